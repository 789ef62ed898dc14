#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# No signal without the individual and the behaviour that it is about. The node
# does not send one; of a node that does, the broker takes none; of a broker that
# does, whoever checks the ledger finds it; and what is only blank, the recipient
# refuses.
. "$(dirname "$0")/lib.sh"
world $small
bold=$BUILD/tests/system/bold_driehoek
bold() { (driehoek=$bold && as politie "$@"); }

stays() { # FILTER FIELD: not even previewed, and the reason is told
    signal 01 "$1" >"$W/s.json"
    for how in --dry-run ''; do
        # shellcheck disable=SC2086 # none, or one word
        code 4 as politie push $how "$W/s.json" >"$W/out" 2>"$W/err"
        same "$(cat "$W/out")" ''
        has "field '$2' is missing" "$W/err"
        has "no signal 'politiesignaal' without it; fill it in" "$W/err"
        lacks Ruben "$W/err"
    done
}
stays 'del(.fields.betrokkene)' betrokkene
stays '.fields.betrokkene = " \n\t "' betrokkene
stays '.fields.signaal = ""' signaal
signal 01 >"$W/s.json"
code 4 as politie push --withhold betrokkene --reason source "$W/s.json" \
    >"$W/out" 2>"$W/err"
has "field 'betrokkene' is kept from everybody" "$W/err"
same "$(events accepted)$(events refused)" 00
as politie kinds --json >"$W/kinds"
same "$(jq -c '.kinds[] | select(.kind == "politiesignaal").fields
    | map(select(.required).name)' "$W/kinds")" '["betrokkene","signaal"]'

# a sender that does not ask
signal 01 'del(.fields.betrokkene)' >"$W/s.json"
code 1 bold push "$W/s.json" >"$W/out" 2>"$W/err"
has incomplete "$W/out"
has 'fill it in and push again' "$W/out"
same "$(sent politie '.state, .why')" $'refused\nincomplete'
same "$(ledger 'select(.event == "refused").code')" incomplete
same "$(as toezicht ledger list --for lawfulness --outcome incomplete --json |
    jq -r .event)" refused
bold push --withhold betrokkene --reason source "$signalen"/01-*.json \
    >"$W/out" 2>"$W/err" || same $? 1
has incomplete "$W/out"
# beside others it is the only one
{
    signal 01
    signal 01 'del(.fields.signaal)'
} | bold push - >"$W/out" 2>"$W/err" || same $? 1
same "$(sent politie .state | sort | uniq -c | xargs)" '1 accepted 3 refused'
takes gemeente 1
verified

# blank, which the broker cannot see
signal 01 '.fields.betrokkene = " "' >"$W/s.json"
bold push "$W/s.json" >"$W/out"
nothing gemeente
same "$(sent politie '.outcomes[].outcome' | sort | xargs)" 'malformed taken'
verified

# a broker that lets it through
stop_broker
evil_core
start_broker
echo -n lack >"$W/broker/evil"
signal 01 'del(.fields.betrokkene)' >"$W/s.json"
bold push "$W/s.json" >"$W/out"
rm "$W/broker/evil"
accepted=$(ledger 'select(.event == "accepted") | .index' | tail -n 1)
for node in toezicht politie; do
    code 4 as $node ledger verify --for integrity >"$W/out" 2>&1
    has "entry $accepted:" "$W/out"
    has 'without a field that its agreement requires' "$W/out"
done
