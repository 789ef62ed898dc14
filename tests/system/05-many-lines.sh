#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A file has one signal a line. One bad line, and none is sent; all good, and
# each is accepted and arrives, in order.
. "$(dirname "$0")/lib.sh"
world $small
for i in 1 2 3 4 5; do
    signal 01 ".fields = {betrokkene: \"R.\", signaal: \"nummer $i\"}"
done >"$W/five.jsonl"
sed '3s/"signaal":/"signal":/' "$W/five.jsonl" >"$W/bad.jsonl"

code 4 as politie push "$W/bad.jsonl" >"$W/out" 2>"$W/err"
has 'bad.jsonl:3:' "$W/err"
has "'signaal'" "$W/err"
lacks nummer "$W/err"
as politie outbox list >"$W/outbox"
has empty "$W/outbox"
same "$(events accepted)" 0

as politie push --json - <"$W/five.jsonl" >"$W/out"
same "$(jq -r .state "$W/out" | sort -u)" accepted
same "$(jq -r .id "$W/out" | sort -u | wc -l)" 5
takes gemeente 5
same "$(jq -r .fields.signaal "$W/gemeente.jsonl" | tr '\n' ' ')" \
    'nummer 1 nummer 2 nummer 3 nummer 4 nummer 5 '
same "$(jq -r .id "$W/gemeente.jsonl" | sort -u | wc -l)" 5
same "$(ledger 'select(.event == "share") | .to' | wc -l)" 5
