#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A complete answer is checked in an empty directory, from the log's key alone;
# an answer with one entry left out, with another partner's or a made-up list,
# or about less than was asked is refused; it holds no key of another case.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner wijkteam:partner toezicht:auditor
sends politie 01
sends wijkteam 03
sends om 07
takes gemeente 3
code 1 as politie ledger query --for court --partner gemeente 2>"$W/err" >"$W/out"
has 'only auditors' "$W/err"

share='select(.event == "share" and .from == "politie")'
case=$(ledger "$share | .case")
other=$(ledger 'select(.event == "share" and .from == "wijkteam") | .case')
as gemeente ledger query --for court --case "$case" >"$W/gemeente.answer"
as gemeente ledger query --for court >"$W/all.answer"
as toezicht ledger query --for court --case "$case" >"$W/case.answer"
as toezicht ledger query --for lawfulness --partner gemeente --case "$case" \
    >"$W/of.answer"
as toezicht ledger query --for lawfulness --partner gemeente --outcome taken \
    >"$W/taken.answer"

vkey=$(awk '$1 == "ledger" { print $4 }' "$W/voorbeeldstad.roster")
mkdir "$W/empty"
check() { (cd "$W/empty" && "$driehoek" ledger check --key "$vkey" "$@"); }
for answer in gemeente all case of taken; do
    check "$W/$answer.answer" >"$W/$answer.said"
    has 'nothing was left out' "$W/$answer.said"
done
has "case $case, that gemeente took part in" "$W/gemeente.said"
has 'rows         4: 2 share, 2 delivered' "$W/gemeente.said"
has '3 share, 3 delivered' "$W/all.said"
has 'of all 19 partners' "$W/case.said"
has '--roster' "$W/case.said"
has 'rows         3: 3 delivered' "$W/taken.said"
same "$(check --json "$W/of.answer" | jq -r '.partner + " " + .asker')" \
    'gemeente toezicht'
# rows have no time: the entries are there, and the check counts
as gemeente ledger query --for court --case "$case" --until 2020-01-01 >"$W/then.answer"
check "$W/then.answer" >"$W/said"
has 'rows         0' "$W/said"
has 'outside      4 rows' "$W/said"
code 2 as gemeente ledger query --for court --since 2021 >"$W/out" 2>"$W/err"
has 'want a date like' "$W/err"
# the roster says who has to be in it
check --roster "$W/voorbeeldstad.roster" "$W/case.answer" >"$W/said"
lacks '--roster' "$W/said"
sed 's/partner wijkteam /partner elders /' "$W/voorbeeldstad.roster" >"$W/other.roster"
code 4 check --roster "$W/other.roster" "$W/case.answer" 2>"$W/err"
has '1 partners of the roster have no list' "$W/err"
as politie ledger check "$W/case.answer" >"$W/said" # by the node's own roster
lacks '--roster' "$W/said"

# nothing in it tells of another case
for answer in gemeente case of; do
    python3 "$root/tests/system/answer.py" has "$W/$answer.answer" "$case"
    python3 "$root/tests/system/answer.py" lacks "$W/$answer.answer" "$other"
done
lacks wijkteam "$W/gemeente.answer"

# refused: FILE EDIT... as answer.py has them, and why
refused() {
    local why=$1 from=$2
    shift 2
    python3 "$root/tests/system/answer.py" "$@" "$W/$from.answer" "$W/bad"
    code 4 check "$W/bad" >"$W/out" 2>"$W/err"
    has "$why" "$W/err"
}
refused 'was left out' gemeente drop-entry 0
refused 'not shown whole' gemeente drop-row
refused 'is not in the signed ledger' gemeente change-entry 0
refused 'is not in the signed ledger' gemeente other-seal
refused 'end at entry' all drop-lists
refused 'not shown whole' case other-list
python3 "$root/tests/system/answer.py" cut "$W/case.answer" "$W/bad"
code 4 check "$W/bad" 2>"$W/err"
verified
