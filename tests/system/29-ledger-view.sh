#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The auditor lists, filters and shows entries. Each question needs a purpose
# of the closed list and is an entry itself.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om
sends politie 01
sends politie 02
sends om 07
takes gemeente 3
takes om 1
takes politie 1
case=$(jq -r .case "$signalen/01-politie-signaal.json")

# list as toezicht OPTION...: indexes
list() { as toezicht ledger list --for lawfulness --json "$@" | jq -r .index; }
as toezicht ledger list --for lawfulness >"$W/table"
for word in ENTRY EVENT share politiesignaal politie gemeente P5 queried; do
    has $word "$W/table"
done
lacks Raadhuisplein "$W/table"
# aligned: the column of events begins at one place
same "$(awk 'NR == 1 {at = index($0, "EVENT")} substr($0, at - 1, 1) != " " {n++} END {print n + 0}' "$W/table")" 0

all=$(list | wc -l)
# of a partner: what it takes part in, and the acceptance of what it was sent
same "$(list --partner om | sort)" "$(ledger . | jq -rs '
    [.[] | select(.event == "share" and .to == "om") | .accepted] as $accepted |
    .[] | select((.from, .to) == "om" or (.index | IN($accepted[]))) | .index' |
    sort -u)"
# what was withheld is told with every filter
kept=$(ledger 'select(.event == "share" and .to == "om") | .withheld | length')
[ "$kept" -gt 0 ]
same "$(as toezicht ledger list --for lawfulness --json --partner om |
    jq 'select(.event == "share" and .to == "om") | .withheld | length')" "$kept"
as toezicht ledger list --for lawfulness --partner om >"$W/table"
has 'withheld informanten' "$W/table"
same "$(list --case "$case" --partner gemeente | wc -l)" \
    "$(ledger "select(.case == \"$case\" and (.from, .to) == \"gemeente\") | .index" | sort -u |
        wc -l | awk '{print $1 + 5}')" # and three acceptances, two answers
same "$(list --case 00000000000000000000000000000000)" ''
same "$(list --until 2026-01-01)" ''
same "$(list --since 2100-01-01)" ''
[ "$(list --since 2026-01-01 | wc -l)" -gt "$all" ] # all, and the questions since
# of shares by what they say; and what became of them
shares() { # FILTER OPTION...
    same "$(as toezicht ledger list --for lawfulness --json "${@:2}" |
        jq -r 'select(.event == "share") | .index')" \
        "$(ledger "select(.event == \"share\" and ($1)) | .index")"
}
shares '.from == "politie"' --sender politie
shares '.to == "gemeente"' --recipient gemeente
shares '.kind == "politiesignaal"' --kind politiesignaal
shares '.rules | index("P5")' --rule P5
for_purpose=$(ledger 'select(.event == "share") | .purpose' | head -n 1)
shares ".purpose == \"$for_purpose\"" --purpose "$for_purpose"
shares '.to == "om" and (.rules | index("P5"))' --recipient om --rule P5
same "$(list --outcome taken)" "$(ledger 'select(.event == "delivered") | .index')"
same "$(list --outcome taken --recipient om | wc -l)" 1
same "$(list --kind nergens --sender politie)" ''
# as comma-separated values: what the table says, the case in full
as toezicht ledger list --for lawfulness --csv --recipient gemeente >"$W/csv"
same "$(python3 - "$W/csv" <<'EOF'
import csv, sys
text = open(sys.argv[1], newline="").read()
assert text.count("\r\n") == text.count("\n")
rows = list(csv.DictReader(text.splitlines(), strict=True))
print(*sorted({r["case"] for r in rows if r["event"] == "share" and len(r["case"]) == 32}))
assert all("," in r["detail"] for r in rows if r["event"] == "share")
EOF
)" "$(ledger 'select(.event == "share" and .to == "gemeente") | .case' | sort -u | xargs)"
# page by page: the same as at once, and it says how to go on
at=0 n=0
while [ "$at" != '' ]; do
    as toezicht ledger list --for lawfulness --json --until 2100-01-01 \
        --sender politie --limit 4 --after "$at" >>"$W/paged" 2>"$W/err"
    at=$(sed -n '$s/.*go on with --after //p' "$W/err") n=$((n + 1))
done
[ $n -gt 1 ]
same "$(jq -r .index "$W/paged")" "$(list --sender politie)"
code 2 as toezicht ledger list --for lawfulness --outcome mooi 2>"$W/err"
has 'outcome' "$W/err"
code 2 as toezicht ledger list --for lawfulness --recipient Om 2>"$W/err"
code 2 as toezicht ledger list --for lawfulness --after x 2>"$W/err"
code 2 as toezicht ledger list --for lawfulness --csv --json 2>"$W/err"
code 2 as toezicht ledger list --for lawfulness --since gisteren 2>"$W/err"
code 2 as toezicht ledger list --for lawfulness --case x 2>"$W/err"

index=$(jq -r 'select(.kind == "politiesignaal") | .index' "$W/gemeente.jsonl")
as toezicht ledger show --for court "$index" >"$W/entry"
has P5 "$W/entry"
has gemeente "$W/entry"
same "$(as toezicht ledger show --for court --json "$index" | jq -c '.fields | sort')" \
    '["betrokkene","contactgegevens","politiegegevens","signaal"]'
code 1 as toezicht ledger show --for court 99999 2>"$W/err"
has 'no entry 99999' "$W/err"
# each signal of a bundle on a line of its own
accepted=$(ledger 'select(.event == "accepted") | .index' | head -n 1)
as toezicht ledger show --for court "$accepted" >"$W/entry"
same "$(grep -c '^signals *id [0-9a-f]*, kind politiesignaal' "$W/entry")" 1
roster=$(ledger 'select(.event == "roster") | .index')
as toezicht ledger show --for court "$roster" >"$W/entry"
same "$(grep -c ' principal ' "$W/entry")" 3
code 2 as toezicht ledger show --for court zes 2>"$W/err"

# the purpose
for command in list 'show 1' fetch verify 'prove 1'; do
    # shellcheck disable=SC2086 # words
    code 2 as toezicht ledger $command >"$W/out" 2>"$W/err"
    # shellcheck disable=SC2086 # words
    code 2 as toezicht ledger $command --for fun >"$W/out" 2>"$W/err"
    has integrity "$W/err"
done
before=$(events queried)
list >/dev/null
list --partner om >/dev/null
same "$(ledger 'select(.event == "queried") | .for' | tail -n 3 | xargs)" \
    'lawfulness lawfulness integrity'
same "$(events queried)" $((before + 4))
as toezicht ledger show --for court 1 >/dev/null
as toezicht ledger list --for lawfulness >"$W/table"
has 'list of om' "$W/table"
has 'show 1' "$W/table"
# a full disk is told once, and as what it is
code 5 as toezicht ledger list --for lawfulness >/dev/full 2>"$W/err"
same "$(lines "$W/err")" 1
has 'could not be written' "$W/err"

# what an agreement says and what it means, each by its hash
entry=$(ledger 'select(.event == "agreement") | .index')
as toezicht ledger show --for court "$entry" >"$W/entry"
has "$(sha256sum "$agreement" | cut -d' ' -f1)" "$W/entry"
grep -qE '^compiled_sha256 +[0-9a-f]{64}$' "$W/entry"
same "$(awk '$1 == "compiled_sha256" {print $2}' "$W/entry")" \
    "$("$driehoek" policy check --json "$agreement" | jq -r .compiled_sha256)"
"$driehoek" policy check "$agreement" >"$W/out"
has "compiled sha256:$(awk '$1 == "compiled_sha256" {print $2}' "$W/entry")" "$W/out"
