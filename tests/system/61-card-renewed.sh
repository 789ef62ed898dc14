#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A partner renews its card while shares wait for the one before: they are
# received all the same, answered with the new card, and stand on a ledger that
# verifies; so is one whose answer was kept when the broker stopped. A partner
# that renews, or revokes, the card that it sent with hears all the same what
# became of that, and asks no more once it knows.
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2086 # a list of names
world $small om:partner
consents om

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
renew gemeente

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

# the sender renews: what it sent before is answered, and its case can end
case=$(as politie case new --label 'wie dit is')
push() { signal 01 ".case = \"$case\" | ${1-.}" | as politie push - >"$W/push"; }
became() { sent politie "select(.case == \"$case\") | .outcomes[].outcome" | xargs; }
asked() { ledger 'select(.event == "queried" and .from == "politie") | .index' | wc -l; }
push
renew politie
push # with the card in between
renew politie
same "$(became)" 'open open'
code 1 as politie case destroy "$case" 2>"$W/err"
has 'shares without an outcome' "$W/err"
takes gemeente 2
before=$(asked)
same "$(became)" 'taken taken'
same "$(asked)" "$before" # the cards are valid: no need to ask the ledger

# withdrawn with another card than it was sent with; and a notice that is
# answered to a card of before
push
takes gemeente 1
number=$(sent politie "select(.case == \"$case\") | .number" | tail -n 1)
as politie withdraw --reason outdated "$number" >"$W/out"
push
renew politie
number=$((number + 1))
as politie withdraw --reason outdated "$number" >"$W/out"
as gemeente receive --max 1 --timeout 20 --withdrawn deleted >"$W/out"
same "$(became)" 'taken taken taken withdrawn'

# the card is revoked at once: the ledger has what it would be told
push
as politie key card >/dev/null
operator card add "$(card politie)" >"$W/out"
old=$(as politie key list --json | jq -r '.[-2].serial')
as politie key revoke "$old" >"$W/out"
operator revoke "$(sed -n 's/^Hand .*: //p' "$W/out")" >"$W/out"
same "$(became)" 'taken taken taken withdrawn open'
takes gemeente 1
same "$(became)" 'taken taken taken withdrawn taken'
before=$(asked)
for serial in $(as politie key list --json | jq -r '.[:-1][].serial'); do
    mv "$W/politie/cards/$serial.key" "$W/$serial.gone"
done
as politie status >"$W/out" 2>"$W/err"
same "$(cat "$W/err")" ''
same "$(asked)" "$before" # all is known
as politie case destroy "$case" >"$W/out"
has 'on the ledger' "$W/out"
verified
