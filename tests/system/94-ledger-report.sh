#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Reports on what the examples made of the ledger: from the broker for a purpose
# that is recorded, and in an empty directory from a fetched file; never on
# what does not verify.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner burgemeester:partner \
    toezicht:auditor
sends politie 01
# the competent authority agrees to police data in the case of the next one
as burgemeester case consent --until "$(date -u -d '+30 days' +%F)" \
    "$(signal 02 .case | tr -d '"')" >"$W/out"
sends politie 02
sends gemeente 06
sends gemeente 11
sends om 07
takes gemeente 3
takes politie 2
id=$(jq -r 'select(.kind == "politiesignaal") | .id' "$W/gemeente.jsonl")
as politie withdraw "$id" --reason incorrect >"$W/out"
as om ledger list --for internal --case 00000000000000000000000000000000 >"$W/out" 2>"$W/err"
as toezicht ledger fetch --for integrity >"$W/ledger"
mkdir "$W/empty"
# report NAME [OPTION...]: offline, without a node
report() {
    (cd "$W/empty" && "$driehoek" ledger report "$@" --from ../ledger \
        --signers ../allowed_signers)
}
# answer NAME FILTER [OPTION...]
answer() { report "$1" --json "${@:3}" | jq -c "$2"; }

case=$(jq -r .case "$signalen/01-politie-signaal.json")
same "$(answer recipients '[.transfers[] | [.from, .to, .kind, .outcome, .recalled]]' \
    --case "$case" --partner gemeente)" \
    '[["politie","gemeente","politiesignaal","taken",true],["politie","gemeente","aanmelding-politie","taken",false],["om","gemeente","aanmelding-om","taken",false]]'
same "$(answer recipients '.transfers[0] | [.categories, .rules, .case]' --case "$case")" \
    "[[\"a\",\"c\",\"f\"],[\"P5\",\"N1\",\"N2\"],\"$case\"]"
same "$(answer disclosures-police '[.facts.recipients, .facts.transfers]')" '[["gemeente"],3]'
same "$(answer disclosures-om '.facts.taken')" 2
same "$(answer special-categories '[.transfers[] | [.to, .special, .special_necessary]]')" \
    '[["politie",["politics"],"yes"],["om",["politics"],"yes"]]'
same "$(answer approvals '[.findings[], .others[] | [.kind, .approved_by, .finding]] | unique')" \
    '[["aanmelding-politie",["burgemeester"],"in order"],["politiesignaal",[],"not asked"]]'
same "$(answer recalls '[.recalls[] | [.to, .reason, .state]]')" '[["gemeente","incorrect","open"]]'
same "$(answer readers '[.questions[] | [.asker, .for, .asked, .role]]')" \
    '[["om","internal","list","no role"],["toezicht","integrity","fetch","auditor"]]'
same "$(answer in-force '[.facts.in_force, .facts.signed_by]')" \
    '["voorbeeldstad 1",["burgemeester","om","politie"]]'
same "$(answer integrity '[.facts.complete, .facts.unaltered, .facts.not_here]')" '[true,true,0]'
same "$(answer integrity '.facts.size' --since 2026-01-01)" "$(answer integrity '.ledger.size')"
same "$(answer yearly '.years[0].transfers, .years[1].closed' | xargs)" '9 null'
same "$(answer withheld '.facts.shares')" 9
# every report there is, in every form; its page refers to nothing elsewhere
"$driehoek" ledger report --list --json >"$W/list"
[ "$(jq length "$W/list")" -ge 22 ]
same "$(jq '[.[] | select(.law == "" or .question == "" or .vraag == "")] | length' "$W/list")" 0
"$driehoek" ledger report --list >"$W/text"
has 'Wpg 25(1)c' "$W/text"
for name in $(jq -r '.[].report' "$W/list"); do
    partner=()
    [ "$name" != breach ] || partner=(--partner politie)
    [ "$name" != subject ] || partner=(--case "$case")
    report "$name" "${partner[@]}" --html --lang en >"$W/$name.html"
    has "default-src 'none'" "$W/$name.html"
    ! grep -qiE '<script|<link|<img|src=|href=|url\(|@import' "$W/$name.html"
    has '</html>' "$W/$name.html"
    lacks Raadhuisplein "$W/$name.html"
done
report recipients --case "$case" --lang en >"$W/text"
has 'What this does not tell' "$W/text"
report recipients --case 00000000000000000000000000000000 --lang en >"$W/text"
grep -qE 'Received something +none$' "$W/text"
report recipients --case 00000000000000000000000000000000 --lang en --html >"$W/text"
has '>none<' "$W/text"
code 4 "$driehoek" ledger report recipients --from "$W/allowed_signers" \
    --signers "$W/allowed_signers" 2>"$W/err"
has "no report: $W/allowed_signers: " "$W/err"
report recipients --csv >"$W/csv"
same "$(lines "$W/csv")" 10
same "$(head -n 1 "$W/csv" | cut -d, -f1-5)" entry,time,from,to,kind
has "$case" "$W/csv"

# from the broker: a purpose of the closed list, which is recorded
code 2 as toezicht ledger report recipients 2>"$W/err"
has 'what is it for?' "$W/err"
before=$(events queried)
as toezicht ledger report overview --for court --json >"$W/json"
same "$(jq -c '[.asked.for, .facts.taken]' "$W/json")" '["court",5]'
same "$(events queried)" $((before + 2))
# a partner's is of what it may see, and says so
as om ledger report recipients --for internal --lang en >"$W/text"
has 'only what this partner may see' "$W/text"

# never on what does not verify
sed 's/P5/P6/' "$W/ledger" >"$W/forged"
code 4 as toezicht ledger report recipients --from "$W/forged" >"$W/out" 2>"$W/err"
same "$(cat "$W/out")" ''
has 'does not verify' "$W/err"
head -c 5000 "$W/ledger" >"$W/cut"
code 4 as toezicht ledger report recipients --from "$W/cut" >"$W/out" 2>"$W/err"
same "$(cat "$W/out")" ''
code 5 as toezicht ledger report recipients --from "$W/none" 2>"$W/err"
code 2 report recipient 2>"$W/err"
has "'recipients'" "$W/err"
code 2 report yearly --case "$case" 2>"$W/err"
code 2 report breach 2>"$W/err"
code 2 report recipients --partner politi 2>"$W/err"
has "'politie'" "$W/err"
code 2 report recipients --case x 2>"$W/err"
code 2 report yearly --smallest 1 2>"$W/err"
