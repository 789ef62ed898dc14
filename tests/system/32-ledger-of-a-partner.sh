#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A partner sees its own entries and no other's, verifies them and the growth
# of the whole, and is refused what is not its own.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner wijkteam:partner toezicht:auditor
sends politie 01
sends wijkteam 03
sends om 07
takes gemeente 3
takes politie 1

as gemeente ledger list --for internal --json >"$W/gemeente.list"
as politie ledger list --for internal --json >"$W/politie.list"
as wijkteam ledger list --for internal --json >"$W/wijkteam.list"
# shares to it, and its own; never those between others
same "$(jq -r 'select(.event == "share") | .from + " " + .to' "$W/wijkteam.list")" \
    'wijkteam gemeente'
same "$(jq -r 'select(.event == "share") | .from + " " + .to' "$W/politie.list" | sort | tr '\n' ';')" \
    'om politie;politie gemeente;'
same "$(jq -r 'select(.event == "share") | .from + " " + .to' "$W/gemeente.list" | sort | tr '\n' ';')" \
    'om gemeente;politie gemeente;wijkteam gemeente;'
# the recipient does not see what the sender kept back
same "$(jq -r 'select(.event == "accepted")' "$W/gemeente.list")" ''
lacks onderzoeksgegevens "$W/gemeente.list"
as toezicht ledger list --for lawfulness --json >"$W/toezicht.list"
has onderzoeksgegevens "$W/toezicht.list"
# nor who asked what
same "$(jq -r 'select(.event == "queried") | .from' "$W/gemeente.list" | sort -u)" gemeente
# not even by number
other=$(ledger 'select(.event == "share" and .from == "wijkteam") | .index')
code 1 as politie ledger show --for internal "$other" 2>"$W/err"
code 1 as politie ledger prove --for internal "$other" >"$W/out" 2>"$W/err"
own=$(jq -r 'select(.event == "share" and .from == "politie") | .index' "$W/politie.list")
as politie ledger show --for internal "$own" >"$W/out"
as politie ledger prove --for internal "$own" >"$W/proof"
as gemeente ledger check "$W/proof" >"$W/out"

as gemeente ledger verify --for integrity >"$W/out"
as gemeente ledger fetch --for integrity >"$W/copy"
as gemeente ledger verify "$W/copy" >"$W/out"
verified
# the auditor does not push or receive
code 1 as toezicht receive --timeout 1 >"$W/out" 2>"$W/err"
code 1 as toezicht push "$signalen/01-politie-signaal.json" >"$W/out" 2>"$W/err"

# a new identity key in the next roster: what was signed under the old one is
# checked by the roster of its time
hash=$(sha256sum "$W/voorbeeldstad.roster" | cut -d' ' -f1)
rm "$W"/gemeente/identity.*
as gemeente key new >"$W/out"
world_roster 2 "$hash"
operator roster add "$W/voorbeeldstad.roster" >"$W/out"
as gemeente key card >"$W/out"
operator card add "$(card gemeente)" >"$W/out"
as gemeente ledger verify --for integrity >"$W/out"
as gemeente ledger fetch --for integrity >"$W/copy"
as gemeente ledger verify "$W/copy" >"$W/out"
verified
