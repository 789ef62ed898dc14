#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# One signatory ends the agreement in mid-session: nothing is delivered or
# accepted any more, until a higher version is signed by all.
. "$(dirname "$0")/lib.sh"
world $small
sends politie 01 '.fields = {betrokkene: "R.", signaal: "nog op weg"}'
mkfifo "$W/shares"
revoke "$agreement" >"$W/out"
nothing gemeente
same "$(sent politie '.outcomes[].outcome')" changed-agreement
# refused before it leaves the node, or kept there
as politie push "$signalen/01-politie-signaal.json" >"$W/out" 2>"$W/err" &&
    same 'it was pushed' 'it was refused'
has 'the agreement was revoked by a signatory' "$W/err"
as politie correct 1 "$signalen/01-politie-signaal.json" --reason incorrect \
    >"$W/out" 2>"$W/err" && same 'it was pushed' 'it was refused'
has 'the agreement was revoked by a signatory' "$W/err"
as politie status --all >"$W/out"
has 'revoked by a signatory' "$W/out"
as politie status --node >"$W/out"
grep -qE '^agreement +none in force: revoked by a signatory$' "$W/out"
same "$(as politie status --node --json |
    jq -c '[.agreement, ."agreement-revoked"]')" '[null,true]'
same "$(events accepted)" 1
has revoked "$W"/politie/brokers/*/floor # a signatory says so, not the broker
code 1 operator agreement add "$agreement" >"$W/out" 2>&1
newer v2.convenant
operator agreement add "$agreement" >"$W/out"
sends politie 01 '.fields = {betrokkene: "R.", signaal: "weer in werking"}'
takes gemeente 1
same "$(jq -r .fields.signaal "$W/gemeente.jsonl")" 'weer in werking'
nothing gemeente
lacks revoked "$W"/politie/brokers/*/floor
verified
as politie ledger verify --for integrity >"$W/out"
as toezicht ledger list --for integrity >"$W/list"
has 'by om' "$W/list"
