#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Without a broker a signal waits in the outbox, where it can be looked at and
# cancelled; later it is delivered exactly once.
. "$(dirname "$0")/lib.sh"
world $small
as politie status >"$W/out" # so that it knows the agreement
stop_broker

for i in 1 2; do
    signal 01 ".fields = {betrokkene: \"R.\", signaal: \"nummer $i\"}" >"$W/s.json"
    code 3 as politie push --timeout 1 "$W/s.json" >"$W/out" 2>"$W/err"
    has 'outbox' "$W/err"
done
as politie outbox list >"$W/out"
same "$(grep -c waiting "$W/out")" 2
lacks nummer "$W/out"
as politie outbox list --json >"$W/out"
same "$(jq -r '.number' "$W/out" | tr '\n' ' ')" '1 2 '
as politie outbox show 1 >"$W/out"
has politiesignaal "$W/out"
same "$(as politie outbox show --json 1 | jq -r .state)" waiting
code 3 as politie status --timeout 1 >"$W/out" 2>/dev/null
same "$(grep -c waiting "$W/out")" 2
# the plaintext is not there for all to read
if grep -rqaF 'nummer 1' "$W/politie"; then
    echo 'a value lies open in the node' >&2
    exit 1
fi
as politie outbox cancel 1 >"$W/out"
code 1 as politie outbox cancel 1 2>"$W/err"
has 'cancelled already' "$W/err"
code 1 as politie outbox cancel 9 2>/dev/null
code 1 as politie outbox show 9 2>/dev/null

start_broker
as politie status >"$W/out"
has cancelled "$W/out"
has accepted "$W/out"
code 1 as politie outbox cancel 2 2>/dev/null # too late
takes gemeente 1
same "$(jq -r .fields.signaal "$W/gemeente.jsonl")" 'nummer 2'
as politie status >"$W/out"
nothing gemeente
same "$(events accepted)" 1
same "$(sent politie '.state' | tr '\n' ' ')" 'cancelled done '
