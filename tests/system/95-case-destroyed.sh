#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A case ends: what ties its handle to a person goes from the node, not while a
# hold stands or a share is open, and the ledger says so even when the broker
# was away. Everything still verifies, also proofs from before. What is covert
# is in no answer for the person, and the ledger says that it was held back.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner toezicht:auditor
label='KANARIE Jansen 4713'
value=KANARIE-waarde-4714
case=$(as politie case new --label "$label")
other=$(as politie case new --label 'de buren')
: >"$W/empty"
# a label is found here, and found nowhere else
same "$(as politie case find jansen)" "$case"
same "$(echo jansen | as politie case find -)" "$case"
code 2 as politie case find - <"$W/empty" 2>"$W/err"
same "$(as politie case find --json BUREN | jq -r '.[].case')" "$other"
code 1 as politie case find nobody >"$W/out" 2>"$W/err"
has 'no case of this node' "$W/err"
same "$(cat "$W/out")" ''
about() { signal "$2" ".case = \"$1\" | .fields.signaal = \"$value\" | ${3-.}"; }
about "$case" 01 | as politie push - >"$W/push"
at=$(as toezicht ledger list --for integrity --json |
    jq -r 'select(.event == "accepted") | .index')
as toezicht ledger prove --for integrity "$at" >"$W/proof"
# the locked bytes of label and content, as they lie on the disk
slice() { tail -c 40 "$W/politie/cases/$1" | head -c 24; }
slice "$case" >"$W/../${W##*/}.locked"
locked=$W/../${W##*/}.locked
there() { # how many files have them
    python3 - "$1" "$locked" <<'P'
import os, sys
root, word = sys.argv[1], open(sys.argv[2], "rb").read()
print(sum(word in open(os.path.join(d, f), "rb").read()
          for d, _, fs in os.walk(root) for f in fs))
P
}
same "$(there "$W/politie")" 1
# open shares, and holds, keep it
code 1 as politie case destroy "$case" 2>"$W/err"
has 'shares without an outcome' "$W/err"
takes gemeente 1
as politie case hold --until 2027-06-30 "$case" >"$W/out"
has 'hold until 2027-06-30, on the ledger' "$W/out"
code 1 as politie case destroy "$case" 2>"$W/err"
has 'held by politie until 2027-06-30' "$W/err"
code 1 as politie case destroy --offline "$case" 2>"$W/err"
has 'held by politie' "$W/err"
as politie case release "$case" >"$W/out"
as toezicht case hold --until 2027-01-31 "$case" >"$W/out"
code 1 as politie case destroy "$case" 2>"$W/err"
has 'held by toezicht until 2027-01-31' "$W/err"
code 2 as toezicht case hold --until 2040-01-01 "$case" 2>"$W/err"
has 'within five years' "$W/err"
# another partner's hold binds nobody else; the auditor's binds it, too
as gemeente case hold --until 2026-12-31 "$case" >"$W/out"
code 1 as gemeente case destroy "$case" 2>"$W/err"
has 'held by toezicht' "$W/err"
as toezicht case release "$case" >"$W/out"
code 1 as toezicht case destroy "$case" 2>"$W/err"
has 'takes part in no case' "$W/err"
as gemeente case release --json "$case" >"$W/out"
same "$(jq -c '[.stated, .waits]' "$W/out")" '["release",false]'
same "$(ledger 'select(.event == "stated") | [.from, .stated, .all] | join(" ")' | xargs)" \
    'politie hold false politie release false toezicht hold true gemeente hold false toezicht release true gemeente release false'
# a partner sees its own statements and those that bind it
same "$(as gemeente ledger list --for internal --case "$case" --json |
    jq -r 'select(.event == "stated") | .from' | sort -u | xargs)" \
    'gemeente toezicht'
# the broker is away: not without asking, and then kept and sent later
crash_broker
code 1 as politie case destroy --offline "$case" 2>"$W/err"
has 'held by toezicht' "$W/err" # as it heard last
start_broker
about "$case" 01 | as politie push - >"$W/push"
code 1 as politie case destroy "$case" 2>"$W/err"
has 'shares without an outcome' "$W/err"
takes gemeente 1
as politie case show "$case" >"$W/out" # hears that it was taken
crash_broker
code 3 as politie case destroy --timeout 1 "$case" 2>"$W/err"
has 'nothing was destroyed' "$W/err"
as politie case find Jansen >"$W/out"
code 3 as politie case destroy --offline --timeout 1 "$case" >"$W/out" 2>"$W/err"
has 'not on the ledger yet' "$W/out"
code 1 as politie case find Jansen >"$W/out"
same "$(there "$W/politie")" 0
start_broker
about "$other" 01 | as politie push - >"$W/push" # brings the statement along
same "$(ledger 'select(.stated == "destroyed") | [.from, .case] | join(" ")')" \
    "politie $case"
# again is no second statement; the handle is not used again here
as politie case destroy "$case" >"$W/out"
same "$(ledger 'select(.stated == "destroyed") | .from')" politie
about "$case" 01 >"$W/s.json"
code 1 as politie push "$W/s.json" >"$W/out" 2>"$W/err"
has 'destroyed here' "$W/err"
for word in "$label" "$value"; do
    if grep -rlaF -- "$word" "$W/politie"; then
        same "$word is in a file" 'in none'
    fi
done
verified
as toezicht ledger check "$W/proof" >"$W/out"
rm -f "$locked"

# covert: in no answer for the person, and on the ledger that it was not
in_a_year=$(date -u -d '+1 year' +%F)
about "$other" 01 ".covert_until = \"$in_a_year\"" >"$W/s.json"
as politie push --dry-run "$W/s.json" >"$W/out"
has "covert until $in_a_year" "$W/out"
as politie push "$W/s.json" >"$W/push"
takes gemeente 2
same "$(jq -r '.covert_until | strings' "$W/gemeente.jsonl")" "${in_a_year}T00:00:00Z"
for until in 2026-01-01 2033-01-01; do
    about "$other" 01 ".covert_until = \"$until\"" >"$W/s.json"
    code 4 as politie push "$W/s.json" >"$W/out" 2>"$W/err"
    has "'covert_until'" "$W/err"
done

# the answer to the person: not what is covert, and not that there was any
subject() { as "$1" ledger report subject --case "$other" --for lawfulness "${@:2}"; }
code 2 as politie ledger report subject --for lawfulness 2>"$W/err"
has 'case find' "$W/err"
subject politie --json >"$W/answer"
same "$(jq -c '[.transfers[] | [.to, .from, .outcome]]' "$W/answer")" \
    '[["gemeente","politie","taken"]]'
same "$(jq -c '[.facts.recipients, (.rules[0].title != null), .categories[0].letter]' "$W/answer")" \
    '[["gemeente"],true,"a"]'
subject politie --lang en >"$W/text"
has 'Exceptions to the right of access may apply' "$W/text"
has 'does not say whether one was applied' "$W/text"
held=$(ledger 'select(.event == "held") | [.query, (.shares | length)] | join(" ")')
same "$(cut -d' ' -f2 <<<"$held" | xargs)" '1 1'
same "$(as politie ledger list --for internal --json |
    jq -r 'select(.event == "held")')" ''
same "$(subject toezicht --json | jq '.facts.transfers')" 1
verified
# without covert shares nothing is held back, and nothing is said
same "$(as gemeente ledger report subject --case "$case" --for lawfulness --json |
    jq '.facts.transfers')" 2
same "$(events held)" 3

# who destroyed what, and whose term has passed
as toezicht case hold --until 2031-11-01 "$other" >"$W/out"
as toezicht ledger fetch --for integrity >"$W/ledger"
report() { as toezicht ledger report "$1" --from "$W/ledger" --json "${@:2}"; }
same "$(report destruction --case "$case" |
    jq -c '[.destruction[] | [.partner, .state, .finding]]')" \
    '[["politie","destroyed","in order"],["gemeente","not stated",null]]'
same "$(report overdue | jq -c '[.facts.overdue, .facts.held, .facts.in_time, .facts.destroyed]')" \
    '[0,0,3,1]'
same "$(report overdue --until 2033-01-01 --case "$case" |
    jq -c '[.overdue[] | [.partner, .state]]')" '[["gemeente","overdue"]]'
same "$(report overdue --until 2033-01-01 --partner politie | jq -c '.facts.overdue')" 1
