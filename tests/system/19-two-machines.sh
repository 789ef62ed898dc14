#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Two machines of one partner have one identity and a card each. The newest
# receiving card gets the mail, a card that only sends gets none; both send.
. "$(dirname "$0")/lib.sh"
world $small

machine auto politie --send-only
machine balie gemeente --send-only
sends politie 01 '.fields = {betrokkene: "R.", signaal: "van het bureau"}'
sends auto 01 '.fields = {betrokkene: "R.", signaal: "uit de auto"}'
code 1 as balie receive --timeout 1 >"$W/out" 2>"$W/err" # may not receive
same "$(cat "$W/out")" ''
takes gemeente 2
same "$(jq -r '.sender + " " + .fields.signaal' "$W/gemeente.jsonl" | sort | tr '\n' ';')" \
    'politie uit de auto;politie van het bureau;'
same "$(jq -r .missing "$W/gemeente.jsonl" | sort -u)" 0
# each machine sees its own
same "$(sent auto '.outcomes[].outcome')" taken
same "$(sent politie '.outcomes[].outcome')" taken

# a newer receiving card: from now on the mail is for it
sends politie 01 '.fields = {betrokkene: "R.", signaal: "voor de oude"}'
machine nieuw gemeente
sends politie 01 '.fields = {betrokkene: "R.", signaal: "voor de nieuwe"}'
takes nieuw 1
same "$(jq -r .fields.signaal "$W/nieuw.jsonl")" 'voor de nieuwe'
takes gemeente 1 # what was sealed for the old one is still there
same "$(jq -r .fields.signaal "$W/gemeente.jsonl")" 'voor de oude'
nothing gemeente nieuw
