#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Police push a signal; the municipality receives exactly its share; the
# compliance officer sees it on the ledger, verifies and proves it.
. "$(dirname "$0")/lib.sh"
world
signal=$signalen/01-politie-signaal.json

as politie push "$signal" >"$W/push"
takes gemeente 1
share=$W/gemeente.jsonl
same "$(jq -r .sender "$share")" politie
same "$(jq -r .kind "$share")" politiesignaal
same "$(jq -r .purpose "$share")" openbare-orde
same "$(jq -r .ground "$share")" wpg-16-1-b
same "$(jq -r .case "$share")" "$(jq -r .case "$signal")"
same "$(jq -r .missing "$share")" 0
# exactly the permitted fields, with their values; nothing of the withheld one
same "$(jq -Sc .fields "$share")" \
    "$(jq -Sc '.fields | del(.onderzoeksgegevens)' "$signal")"
lacks Telefoononderzoek "$share"
# the duties travel with it
same "$(jq -c .obligations.retain_at_most_days "$share")" 365
same "$(jq -c .obligations.onward_only_to "$share")" '[]'
same "$(jq -c .obligations.log "$share")" true
same "$(jq -r '.rules[0]' "$share")" P5

# confirmed, so never again; nobody else gets anything
nothing gemeente om burgemeester wijkteam school aivd
same "$(sent politie '.outcomes[] | .partner + " " + .outcome')" 'gemeente taken'

# the ledger
index=$(jq -r .index "$share")
as toezicht ledger show --for lawfulness "$index" >"$W/entry"
has politiesignaal "$W/entry"
# what was withheld is the auditor's and the sender's to see, not the recipient's
has 'withheld     onderzoeksgegevens' "$W/entry"
as gemeente ledger show --for lawfulness "$index" >"$W/own"
lacks onderzoeksgegevens "$W/own"
verified
as toezicht ledger prove --for court "$index" >"$W/proof"
as toezicht ledger check "$W/proof" >/dev/null
