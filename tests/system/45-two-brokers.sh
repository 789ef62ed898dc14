#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A node that is joined to two brokers keeps them apart: --via says which one is
# meant, each has its own outbox, inbox and ledger.
. "$(dirname "$0")/lib.sh"
world $small
first=$broker_pid
second_broker ander

sends politie 01 '.fields = {betrokkene: "R.", signaal: "bij de eerste"}'
signal 01 '.fields = {betrokkene: "R.", signaal: "bij de tweede"}' |
    as politie push --via ander - >"$W/push"
as gemeente receive --via ander --max 1 --timeout 20 >"$W/share"
same "$(jq -r .fields.signaal "$W/share")" 'bij de tweede'
as gemeente receive --via ander --timeout 1 >"$W/share"
same "$(cat "$W/share")" ''
same "$(as politie status --via ander --json | jq -r '.outcomes[].outcome')" taken
same "$(sent politie '.outcomes[].outcome')" open
takes gemeente 1
same "$(jq -r .fields.signaal "$W/gemeente.jsonl")" 'bij de eerste'
code 5 as politie status --via geen 2>"$W/err" || code 1 as politie status --via geen 2>"$W/err"
has geen "$W/err"
as politie ledger verify --via ander --for integrity >"$W/out"

# a card is revoked at each, by a file of its own
id=$(card_id politie)
as politie key revoke "$id" >"$W/out"
same "$(find "$W/politie/cards" -name "$id.*.revocation" | wc -l)" 2
code 1 operator revoke "$W/politie/cards/$id.ander.revocation" >"$W/out" 2>&1
has 'another ledger' "$W/out"
rm "$W/politie/cards/$id.ander.revocation"
as politie key revoke "$id" --via ander >"$W/out"
same "$(grep -c 'Hand this file' "$W/out")" 1
own=$(find "$W/politie/cards" -name "$id.*.revocation" ! -name "*.ander.*")
operator revoke "$own" >"$W/out"
signal 01 | code 1 as politie push --timeout 1 - >"$W/push" 2>"$W/err"
signal 01 | as politie push --via ander - >"$W/push"
# the second one stops as well
broker_pid=$second
stop_broker
broker_pid=$first
