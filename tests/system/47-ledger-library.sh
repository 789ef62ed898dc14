#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The ledger through the library's public functions: what they hand out is what
# the command shows; each question is an entry; misuse is an error.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om
ask() { "$BUILD/tests/system/ask_ledger" "$W/$1" "${@:2}"; }
# as the command's JSON has it, in the library's order of things
as_json() {
    jq -r '"\(.index) \(.event) from=\(.from // .by // "") to=\(.to // "") " +
        "kind=\(.kind // "") for=\(.purpose // .for // "") " +
        "ground=\(.ground // "") case=\(.case // "") id=\(.id // "") " +
        "fields=\(if .event == "share" then .fields | join(",") else "?" end) " +
        "withheld=\((.withheld // ["?"]) | join(",")) " +
        "rules=\((.rules // ["?"]) | join(","))" +
        (if .facts then " facts=" + (.facts | to_entries | map(.key + "=" +
            ({"true": "yes", "false": "no", "null": "unknown"}[.value | tostring] //
                (.value | tostring))) | join(",")) else "" end) +
        (if .pending == true then " pending" else "" end) +
        (if .stated then " stated=\(.stated)" else "" end) +
        (if .stated and .partner then " partner=\(.partner)" else "" end) +
        (if .code and (.event == "stated" or .event == "returned")
            then " code=\(.code)" else "" end) +
        (if .stated and .until then " until=\(.until | fromdate)" else "" end) +
        (if .about then " about=\(.about)" else "" end) +
        (if .ref then " ref=\(.ref)" else "" end) +
        (if .share then " share=\(.share)" else "" end) +
        (if .approvals then " approvals=\(.approvals | map(tostring) | join(","))" else "" end)'
}
sends politie 01 '.to = ["gemeente"]'
sends politie 02
sends om 07
takes gemeente 3
as om key revoke "$(card_id om)" >"$W/out"
operator revoke "$W"/om/cards/*.revocation >"$W/out"
case=$(jq -r .case "$signalen/01-politie-signaal.json")

as toezicht ledger list --for lawfulness --json >"$W/list"
ask toezicht list 1 | sed 's/ bytes=[1-9][0-9]*$//' >"$W/asked"
same "$(tail -n +"$(($(lines "$W/list") + 1))" "$W/asked" | cut -d' ' -f2-4)" \
    'queried from=toezicht to=' # its own question, and nothing else
same "$(head -n "$(lines "$W/list")" "$W/asked")" "$(as_json <"$W/list")"
has 'withheld=onderzoeksgegevens' "$W/asked"
has 'revoked-card from=om' "$W/asked"

# filters, and a partner's sight
same "$(ask toezicht list 4 - "$case" | awk '$2 == "share" {print $1}')" \
    "$(jq -r "select(.event == \"share\" and .case == \"$case\") | .index" "$W/list")"
same "$(ask toezicht list 4 om - | grep ' share ' | grep -vc '=om ' || :)" 0
since=$(date -d 2100-01-01 +%s)
same "$(ask toezicht list 2 - - "$since")" ''
same "$(ask toezicht list 2 - - 0 "$(date -d 2026-01-01 +%s)")" ''
same "$(ask gemeente list 2 | grep ' share ' | grep -vc 'withheld=? ' || :)" 0
other=$(jq -r 'select(.event == "share" and .to == "om") | .index' "$W/list" | head -n 1)
code 7 ask gemeente one 2 "$other" 2>"$W/err"
has 'no such entry' "$W/err"

# one entry, with a proof that stands alone
index=$(jq -r 'select(.event == "share" and .to == "gemeente") | .index' "$W/list" | head -n 1)
ask gemeente one 4 "$index" >"$W/one" 2>"$W/proof"
same "$(cut -d' ' -f1,2 "$W/one")" "$index share"
as toezicht ledger check "$W/proof" >"$W/out"
has "entry $index" "$W/out"
same "$(ledger 'select(.event == "queried") | "\(.from) \(.for) \(.asked)"' |
    tail -n 2 | head -n 1)" 'gemeente court show'

ask toezicht verify 3 >"$W/verified"
has 'complete=1' "$W/verified"
has 'faulty=0' "$W/verified"
ask politie verify 3 >"$W/verified"
has 'complete=0' "$W/verified"
for node in toezicht politie; do
    ask $node misuse >&"$report"
done
"$BUILD/clients/examples/auditor_node" "$W/toezicht" gemeente >"$W/out"
has 'politie to gemeente' "$W/out"
lacks ' to om,' "$W/out"
has 'verified: ' "$W/out"

# other signers vouch for nothing: the ledger is at fault, not the connection
ssh-keygen -q -t ed25519 -N '' -C x -f "$W/keys/vreemd"
printf 'om %s\n' "$(cut -d' ' -f1,2 "$W/keys/vreemd.pub")" >"$W"/toezicht/brokers/*/signers
code 5 ask toezicht verify 3 >"$W/verified" 2>"$W/err"
has 'faulty=1 place=1' "$W/verified"
[ -s "$W/err" ]
