#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Outcomes come back: push --wait sees each recipient's, status shows them, and
# a share that nobody took expires.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om

# taken by both while push waits
background gemeente "$driehoek" receive -C "$W/gemeente" --max 1 --timeout 20
background om "$driehoek" receive -C "$W/om" --max 1 --timeout 20
as politie push --wait 20 --json "$signalen/02-politie-aanmelding.json" >"$W/out"
same "$(jq -r .state "$W/out")" 'done'
same "$(jq -r '.outcomes[] | .partner + " " + .outcome' "$W/out" | sort | xargs)" \
    'gemeente taken om taken'
wait $children

# still open: waiting is over, nothing is lost
code 3 as politie push --wait 1 "$signalen/01-politie-signaal.json" >"$W/out" 2>"$W/err"
has open "$W/out"
has 'within 1 s' "$W/err"
same "$(sent politie 'select(.number == 2) | .state')" accepted

# expired
until=$(date -u -d '+2 seconds' +%FT%TZ)
signal 01 ".expires = \"$until\"" >"$W/s.json"
code 1 as politie push --wait 20 --json "$W/s.json" >"$W/out"
same "$(jq -r '.outcomes[].outcome' "$W/out")" expired
same "$(events expired)" 1
takes gemeente 1
same "$(sent politie '.state' | tr '\n' ' ')" 'done done done '
as politie status >"$W/out"
has 'om taken' "$W/out"
has 'gemeente expired' "$W/out"
same "$(as politie status --open --json)" ''
nothing gemeente
code 3 as gemeente receive --max 2 --timeout 1 2>"$W/err"
has '0 of 2 shares' "$W/err"

# a term that is longer than the broker accepts: the sender reads how long it is
until=$(date -u -d '+2 years' +%F)
signal 01 ".expires = \"$until\"" >"$W/s.json"
code 1 as politie push "$W/s.json" >"$W/out"
has 'refused by the broker (expired)' "$W/out"
has 'ends later than the broker accepts: 90 days' "$W/out"
