#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Expiry is by the broker's time: wrong clocks of sender and recipient decide
# nothing, and a broker's clock that is set back revives nothing and stops
# acceptance until the operator explains it.
. "$(dirname "$0")/lib.sh"
mkdir "$W/bin"
cp "$BUILD"/broker/driehoekd* "$W/bin/" 2>/dev/null || :
cp "$BUILD/tests/system/skewed_core" "$W/bin/driehoekd-core"
driehoekd=$W/bin/driehoekd
world politie:partner gemeente:partner toezicht:auditor

# off SECONDS NODE COMMAND...: the command of a node whose clock is wrong
off() {
    mkdir -p "$W/off$1"
    echo "$1" >"$W/off$1/skew"
    (cd "$W/off$1" &&
        "$BUILD/tests/system/skewed_driehoek" "$3" -C "$W/$2" "${@:4}")
}
day=86400
# so that its card is valid by that clock, too
off -7200 gemeente key card >/dev/null
operator card add "$(card gemeente)" >/dev/null

# the recipient's clock is twenty days ahead: what is valid for a day is valid
in_a_day=$(date -u -d '+1 day' +%FT%TZ)
sends politie 01 ".expires = \"$in_a_day\""
off $((20 * day)) gemeente receive --max 1 --timeout 20 >"$W/got"
same "$(lines "$W/got")" 1
# the sender's is: by that clock nobody stood behind the ledger for days, and
# that is said
signal 01 >"$W/s.json"
rm -f "$W"/politie/brokers/*/quorum
as politie status >/dev/null
code 3 off $((20 * day)) politie push --timeout 2 "$W/s.json" >"$W/push" \
    2>"$W/err"
has 'for 24 hours no head' "$W/err"
has "clock is 20 days ahead" "$W/err"
# if it just began, its signal arrives, and expires by the broker's time
rm "$W"/politie/brokers/*/quorum
off $((20 * day)) politie status >"$W/out"
takes gemeente 1
expires=$(jq -r .expires "$W/gemeente.jsonl" | xargs -I{} date -d {} +%s)
[ "$expires" -gt $(($(date +%s) + 29 * day)) ]
[ "$expires" -lt $(($(date +%s) + 31 * day)) ]

# a time is a time: it is not counted from the sender's now
signal 01 ".expires = \"$in_a_day\"" >"$W/s.json"
rm "$W"/politie/brokers/*/quorum
off $((20 * day)) politie push "$W/s.json" >"$W/push"
takes gemeente 1
same "$(jq -r .expires "$W/gemeente.jsonl" | tail -n 1 |
    xargs -I{} date -u -d {} +%FT%TZ)" "$in_a_day"
# and what is past by the broker's clock is said to be
signal 01 ".expires = \"$(date -u -d '-1 minute' +%FT%TZ)\"" >"$W/s.json"
code 4 as politie push "$W/s.json" >"$W/out" 2>"$W/err"
has "past by the broker's clock" "$W/err"

# the recipient's is behind: what has expired does not come
in_two=$(date -u -d '+2 seconds' +%FT%TZ)
signal 01 ".expires = \"$in_two\"" >"$W/s.json"
code 1 as politie push --wait 20 --json "$W/s.json" >"$W/out"
same "$(jq -r '.outcomes[].outcome' "$W/out")" expired # the sender is told
same "$(off -7100 gemeente receive --timeout 1)" ''

# the broker's is set back an hour: nothing comes back to life, nothing new is
# accepted; the operator's word is on the ledger
echo -3600 >"$W/broker/skew"
code 3 as politie push --timeout 2 "$signalen/01-politie-signaal.json" \
    >"$W/out" 2>"$W/err"
code 1 operator health >"$W/out" 2>&1
has 'clock jumped' "$W/out"
nothing gemeente
same "$(events expired)" 1
operator clock accept >"$W/out"
same "$(events operator)" 1
operator health >/dev/null
nothing politie # what waited in the outbox goes
as politie status >/dev/null
takes gemeente 1
same "$(events expired)" 1
# times on the ledger never decrease
ledger .time >"$W/times"
sort -C "$W/times"
verified
