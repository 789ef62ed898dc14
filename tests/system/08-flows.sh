#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The flows that the examples are about, with the fields that each recipient gets.
. "$(dirname "$0")/lib.sh"
world
consents om
sends politie 01
sends politie 02
sends wijkteam 03
sends school 04
sends gemeente 06
sends om 07
sends aivd 08
sends politie 10
sends gemeente 11
approves burgemeester 2
sends wijkteam 12

# got NODE: kind, sender and fields of all its shares
got() {
    jq -r '[.kind, .sender, (.fields | keys | join(" ")),
        (.obligations.retain_at_most_days // "-")] | map(tostring) |
        join("|")' "$W/$1.jsonl" | sort
}
takes gemeente 7
takes om 3
takes politie 3
takes burgemeester 1
nothing wijkteam school aivd gemeente om politie burgemeester
same "$(got gemeente)" 'aanmelding-om|om|aanmelder betrokkene justitiele-gegevens signaal|1826
aanmelding-politie|politie|aanmelder betrokkene bsn politiegegevens signaal|1826
melding-professional|school|betrokkene contra-indicaties duiding feiten melder|183
melding-professional|wijkteam|betrokkene contactgegevens contra-indicaties duiding feiten melder|183
melding-professional|wijkteam|betrokkene contra-indicaties duiding feiten melder|183
politiesignaal|politie|betrokkene contactgegevens politiegegevens signaal|365
politiesignaal|politie|betrokkene politiegegevens signaal|365'
same "$(got om)" 'aanmelding-gemeente|gemeente|aanmelder betrokkene noodzaak politieke-overtuiging signaal|1826
aanmelding-gemeente|gemeente|aanmelder betrokkene signaal|1826
aanmelding-politie|politie|aanmelder betrokkene bsn politiegegevens signaal|1826'
same "$(got politie)" 'aanmelding-gemeente|gemeente|aanmelder betrokkene noodzaak politieke-overtuiging signaal|1826
aanmelding-gemeente|gemeente|aanmelder betrokkene signaal|1826
aanmelding-om|om|aanmelder betrokkene justitiele-gegevens signaal|1826'
same "$(got burgemeester)" 'ambtsbericht|aivd|betrokkene dreiging|-'
# onward: to the three together, or to nobody
same "$(jq -c 'select(.kind == "aanmelding-politie") | .obligations.onward_only_to | sort' \
    "$W/om.jsonl")" '["gemeente","om","politie"]'
same "$(jq -c 'select(.rules | index("P7B") | not) | select(.kind == "aanmelding-gemeente") | .obligations.onward_only_to | length' \
    "$W/om.jsonl")" 3
same "$(jq -c 'select(.rules | index("P7B")) |
    .obligations.onward_only_to' "$W/om.jsonl")" '[]'
# the urgent one came first
[[ $(jq -r .fields.signaal "$W/gemeente.jsonl" | head -n 1) == 'Gezien bij het stadhuis'* ]]
verified
