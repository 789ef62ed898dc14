#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A share that comes into a full mailbox goes back, and its sender reads so in
# plain words: it is no success when nobody gets the signal. The operator is
# told which partner's mailbox is full.
. "$(dirname "$0")/lib.sh"
small() {
    fast
    printf 'limits\n    quota-shares = 2\n' >>"$W/broker/driehoekd.conf"
}
before_start=small
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om

sends politie 01
sends politie 01
lacks 'NOT delivered' "$W/push"
full() { operator status --json | jq -c ".partners[] | select(.partner == \"$1\") | .\"mailbox-full\""; }
same "$(full gemeente)" true
same "$(full om)" false
operator status >"$W/table"
grep -qE '^gemeente +2 .* FULL \(limit: 2 shares, 1073741824 bytes\)$' "$W/table"
same "$(grep -c FULL "$W/table")" 1

# nobody is left who can get it
signal 01 >"$W/s.json"
code 1 as politie push "$W/s.json" >"$W/out"
has 'was accepted, but nobody gets it: ledger entry' "$W/out"
has 'NOT delivered to gemeente: too much waits there for it' "$W/out"
has 'call them' "$W/out"
code 1 as politie push --json "$W/s.json" >"$W/out"
same "$(jq -r '.state + " " + .why' "$W/out")" 'done quota'
same "$(jq -r '.outcomes[] | .partner + " " + .outcome' "$W/out")" \
    'gemeente quota'
same "$(jq -r '.outcomes[].why' "$W/out")" \
    'too much waits there for it; push again later, or call them'
code 1 as politie push --wait "$W/s.json" >"$W/out"
has 'NOT delivered to gemeente' "$W/out"

# another recipient can still get it
sends politie 02
lacks 'nobody gets it' "$W/push"
has 'NOT delivered to gemeente: too much waits there for it' "$W/push"
lacks 'NOT delivered to om' "$W/push"
takes om 1
as politie status >"$W/out"
has 'gemeente quota (' "$W/out"
has 'quota means NOT delivered: too much waits there for it' "$W/out"
same "$(sent politie 'select(.number == 6) | .why')" null
same "$(events returned)" 4

# the log has one line for all of that
grep event=mailbox-full "$W/broker.log" >"$W/full"
same "$(lines "$W/full")" 1
has 'partner=gemeente shares=2 bytes=' "$W/full"
has 'quota-shares=2 quota-bytes=1073741824 quota-age-days=0' "$W/full"

# there is room again
takes gemeente 2
same "$(full gemeente)" false
operator status >"$W/table"
lacks FULL "$W/table"
sends politie 01
lacks 'NOT delivered' "$W/push"
takes gemeente 1
