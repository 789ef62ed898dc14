#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A partner renews its card while shares wait for the one before: they are
# received all the same, answered with the new card, and stand on a ledger that
# verifies; so is one whose answer was kept when the broker stopped.
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2086 # a list of names
world $small om:partner
consents om
renew() {
    as gemeente key card >/dev/null
    operator card add "$(ls -t "$W/gemeente"/cards/*.card | head -n 1)" >/dev/null
}

as politie push "$signalen/01-politie-signaal.json" >/dev/null

# the first is handed out, and the broker stops before its answer is there
printf '#!/bin/sh\ncat >"%s"\nkill -TERM %s\n' "$W/first" "$broker_pid" >"$W/take"
chmod +x "$W/take"
code 3 as gemeente receive --max 1 --timeout 5 --exec "$W/take" >/dev/null 2>"$W/err" || :
wait "$broker_pid" || :
broker_pid=
same "$(jq -r .kind "$W/first")" politiesignaal
start_broker
as politie push "$signalen/10-politie-acuut.json" >/dev/null
renew

as gemeente receive --max 1 --timeout 10 >"$W/second"
[[ $(jq -r .fields.signaal "$W/second") == "Gezien bij het stadhuis"* ]]
nothing gemeente
as politie push --wait 10 "$signalen/01-politie-signaal.json" >"$W/out" 2>"$W/err" &
child=$!
children+=" $child"
as gemeente receive --max 1 --timeout 10 >"$W/third"
wait "$child"
same "$(sent politie '.outcomes[] | select(.partner == "gemeente") | .outcome' | sort -u)" taken
as toezicht ledger verify --for integrity >/dev/null
