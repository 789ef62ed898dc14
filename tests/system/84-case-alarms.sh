#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# One dissent rejects a case, and all who took part destroy it at once, but not
# while a hold stands. What was stated without the broker and came too late is
# told. Questions without an answer, and terms that have passed, raise an alarm.
# Shares that wait are approved or go back. Who takes part in no case destroys what
# it took when it is kept too long, and says so; a hold puts that off.
# shellcheck disable=SC2034,SC2154 # for, and from, lib.sh and world.sh
. "$(dirname "$0")/lib.sh"
moving_clock
cat >"$W/own.convenant" <<'C'
convenant voorbeeldstad version 1 valid 2026-01-01 until 2036-01-01
  timezone "Europe/Amsterdam" signed by burgemeester, politie, om;
party burgemeester, politie, om, gemeente, school, wijkteam;
purpose weging "Wegen van een melding";
ground wet "De wet";
attribute haast : yes-no;
signal proefvraag with fields tekst attributes haast;
signal proefantwoord with fields tekst attributes haast;
signal proefstuk with fields tekst attributes haast;
permit T1 "Een vraag": from gemeente to school signal proefvraag
  for weging on wet share tekst oblige retain at most 30 days and log;
permit T2 "Een antwoord": from school to gemeente signal proefantwoord
  for weging on wet share tekst oblige log;
permit T3 "Een stuk dat wacht": from politie to gemeente signal proefstuk
  for weging on wet share tekst oblige approval by 1 of burgemeester and log;
permit T4 "Een vraag aan wie deelneemt": from politie to om signal proefvraag
  for weging on wet share tekst oblige retain at most 10 days and log;
C
world_agreement=$W/own.convenant
world burgemeester:partner politie:partner om:partner gemeente:partner \
    school:partner wijkteam:partner toezicht:auditor
does() { as "$1" case "${@:2}" >"$W/said" 2>"$W/err"; }
phase() { as "$1" case show --json "$2" | jq -r .phase; }
pushes() { # NODE KIND CASE [IN-REPLY-TO]: its id
    jq -nc --arg kind "$2" --arg case "$3" --arg reply "${4-}" \
        '{$kind, purpose: "weging", ground: "wet", $case,
        attributes: {haast: "no"}, fields: {tekst: "KANARIE-waarde"}} +
        (if $reply == "" then {} else {in_reply_to: $reply} end)' |
        as "$1" push --json - | jq -r .id
}
reasons=$(printf '8%.0s' {1..64})

# --- a dissent
label='KANARIE-label 7731'
one=$(as school case new --label - <<<"$label")
does school open --bring "$one"
same "$(jq -Rr 'capture("phase (?<p>[a-z]+)$").p' "$W/said" | xargs)" \
    'melding aanmelding'
does om weigh --until "$(today 30)" "$one"
does politie vote --yes --signal "$reasons" "$one"
does om vote --no --signal "$reasons" "$one"
has 'phase weging' "$W/said"
does burgemeester vote --yes --signal "$reasons" "$one"
has 'phase afgewezen' "$W/said"
as politie case show "$one" >"$W/said"
has 'om: NO, a dissent' "$W/said"
has 'to be destroyed (yours) PASSED' "$W/said"
code 1 as om case bring "$one" 2>"$W/err"
has 'it was brought forward already, or is over' "$W/err"
as politie status >"$W/said" 2>"$W/err"
has 'ALARM: terms of cases that have passed: 1' "$W/err"
as politie case hold --until "$(today 300)" "$one" >"$W/said"
code 1 as politie case destroy --due >"$W/said" 2>"$W/err"
has 'held by politie' "$W/err"
as politie case release "$one" >"$W/said"
for node in burgemeester politie om; do
    as "$node" case destroy --due >"$W/said"
    has "case $one: destroyed, on the ledger" "$W/said"
done
same "$(phase school "$one")" afgewezen
as school case destroy --json --due >"$W/said"
same "$(jq -c '[.case, .stated, .waits]' "$W/said")" "[\"$one\",\"destroyed\",false]"
same "$(phase school "$one")" vernietigd
as school case destroy "$one" >"$W/said"
has 'destroyed before' "$W/said"
as school case destroy --due >"$W/said"
has 'No case here' "$W/said"
same "$(as school case list --json)" '[]'
same "$(as school case list --all --json | jq -c '.[] | [.phase, .label, .destroyed_here]')" \
    '["vernietigd",null,true]'
same "$(ledger 'select(.stated == "destroyed") | .from' | sort | xargs)" \
    'burgemeester om politie school'
as om status >"$W/said" 2>"$W/err"
lacks ALARM "$W/err"
code 2 as school case find '' 2>"$W/err"
code 2 as school case destroy 2>"$W/err"
code 2 as school case destroy --due "$one" 2>"$W/err"

# --- without the broker
two=$(as politie case new)
crash_broker
code 3 as om case vote --timeout 1 --yes --signal "$reasons" "$two" 2>"$W/err"
has 'nothing of this case was seen' "$W/err"
code 3 as politie case open --timeout 1 "$two" >"$W/said" 2>"$W/err"
has 'not on the ledger yet' "$W/said"
code 1 as politie case open --offline "$two" >"$W/said" 2>"$W/err"
code 3 as politie case bring --offline --json "$two" >"$W/said" 2>"$W/err"
same "$(jq -c '[.stated, .waits]' "$W/said")" '["bring",true]'
same "$(as politie case show --offline --json "$two" | jq -c '[.phase, .waiting]')" \
    '["geen",2]'
start_broker
does om open "$two" # was there first
as politie case list >"$W/said" 2>"$W/err"
has "the statement 'report' about case $two will not be taken" "$W/err"
same "$(phase politie "$two")" aanmelding
as politie case list >"$W/said" 2>"$W/err" # told once
lacks 'not be taken' "$W/err"
same "$(as politie case show --json "$two" | jq -r .holder)" om

# --- questions
three_case=$(as gemeente case new)
id=$(pushes gemeente proefvraag "$three_case")
other=$(pushes gemeente proefvraag "$three_case")
takes school 2
# shown at once, though nobody has asked what became of them
same "$(as gemeente case show --json --offline "$three_case" |
    jq -c .questions)" '[]'
same "$(as gemeente case show --json "$three_case" |
    jq -c '.questions[] | [.partner, .alarm]' | sort -u)" '["school",false]'
same "$(as gemeente case show --json --offline "$three_case" |
    jq '.questions | length')" 2
as gemeente status >"$W/said" 2>"$W/err"
lacks ALARM "$W/err"
same "$(as school case show --json "$three_case" |
    jq -c '.questions[] | [.asker, .partner, .alarm]' | sort -u)" \
    '["gemeente","school",false]'
same "$(as school case list --json | jq -c '.[0] | [.next.what, .next.passed, .kept, .kept_too_long]')" \
    '["retention",false,2,0]'
as school case destroy --due >"$W/said"
has 'No case here' "$W/said"
later 15
as gemeente status >"$W/said" 2>"$W/err"
has 'questions that others have not answered: 2' "$W/err"
lacks "$three_case" "$W/err"
as school receive --timeout 1 >"$W/said" 2>"$W/err"
has 'questions to answer: 2' "$W/err"
as gemeente case show "$three_case" >"$W/said"
has 'school has not answered ALARM' "$W/said"
pushes school proefantwoord "$three_case" "$id" >"$W/said"
takes gemeente 1
share=$(as school case show --json "$three_case" | jq -r '.questions[0].share')
same "$(as school case show --json "$three_case" | jq -r '.questions[0].id')" "$other"
code 2 as school case refuse --reason third-persons --review "$(today 30)" \
    --question nothing "$three_case" 2>"$W/err"
share_of_question=$share
does school refuse --reason third-persons --review "$(today 30)" \
    --question "$share" "$three_case"
same "$(as school case show --json "$three_case" | jq -c .questions)" '[]'
as school status >"$W/said" 2>"$W/err"
lacks 'questions to answer: 1' "$W/err"
# who asked sees the answer; the refusal is shown to those who weigh
same "$(as gemeente case timeline --json "$three_case" |
    jq -r '.[] | select(.event == "received") | [.kind, .from, .in_reply_to] | join(" ")')" \
    "proefantwoord school $id"
if grep -rlaF KANARIE-waarde "$W"/gemeente/brokers "$W"/school/brokers; then
    same 'a value is in a file' 'in none'
fi

verified

# --- shares that wait
pushes politie proefstuk "$two" >"$W/said"
nothing gemeente
as burgemeester case waiting --json >"$W/said"
same "$(jq -c '.[] | [.sender, .recipient, .kind, .case]' "$W/said")" \
    "[\"politie\",\"gemeente\",\"proefstuk\",\"$two\"]"
share=$(jq '.[0].index' "$W/said")
same "$(as burgemeester case show --json "$two" | jq '.approvals[0].index')" "$share"
same "$(as politie status --json | jq -r 'select(.kind == "proefstuk") |
    .outcomes[] | [.outcome, .index] | join(" ")')" "pending $share"
code 1 as om case approve "$share" 2>"$W/err"
has 'no share that waits for an approval of this partner' "$W/err"
does burgemeester approve "$share"
has 'approve; on the ledger' "$W/said"
takes gemeente 1
code 1 as burgemeester case approve "$share" 2>"$W/err"
pushes politie proefstuk "$two" >"$W/said"
share=$(as burgemeester case waiting --json | jq '.[0].index')
does burgemeester decline --reason investigation "$share"
same "$(as politie status --json | jq -r 'select(.kind == "proefstuk") |
    .outcomes[].outcome' | xargs)" 'taken declined'
nothing gemeente
as burgemeester case waiting >"$W/said"
has 'Nothing waits' "$W/said"

# --- one's own signals
first=$(as politie status --json | jq -r 'select(.kind == "proefstuk") |
    .outcomes[0].index' | head -n 1)
does politie restrict --rule in-force "$first"
same "$(as politie case timeline --json "$two" |
    jq -r '.[] | select(.stated == "restrict") | [.code, .about] | join(" ")')" \
    "in-force $first"
does politie restrict --rule lifted "$(as politie status --json |
    jq -r 'select(.kind == "proefstuk") | .id' | head -n 1)"
code 1 as gemeente case restrict --rule absent "$first" 2>"$W/err"
has 'that this node sent' "$W/err"

# --- terms
pushes politie proefvraag "$two" >"$W/said"
takes om 1
does om weigh --until "$(today 20)" "$two"
as om status >"$W/said" 2>"$W/err"
lacks ALARM "$W/err"
later 21
as om status >"$W/said" 2>"$W/err"
has 'terms of cases that have passed: 1' "$W/err"
same "$(as om case list --json | jq -c '.[0] | [.case, .next.what, .next.passed]')" \
    "[\"$two\",\"retention\",true]"
verified

# --- what is kept too long, by the duty that came with it
asked() { as "$1" case list --json | jq -c ".[] | select(.case == \"$2\") |
    [.next.what, .next.own, .next.passed, .kept, .kept_too_long]"; }
same "$(asked school "$three_case")" '["retention",true,true,2,2]'
as school case list >"$W/said" 2>"$W/err"
has "a share is kept no longer (yours) PASSED" "$W/said"
as school status >"$W/said" 2>"$W/err"
has 'shares that are kept too long: 2' "$W/err"
as school case hold --until "$(today 300)" "$three_case" >"$W/said"
code 1 as school case destroy --due >"$W/said" 2>"$W/err"
has 'held by school' "$W/err"
same "$(ledger 'select(.stated == "destroyed" and .case == "'"$three_case"'") | .from')" ''
as school case release "$three_case" >"$W/said"
as school case destroy --due >"$W/said"
has "case $three_case: destroyed, on the ledger" "$W/said"
has "share $share_of_question, proefvraag of gemeente" "$W/said"
same "$(ledger 'select(.stated == "destroyed" and .case == "'"$three_case"'") | .from')" school
same "$(asked school "$three_case")" ''
as school status >"$W/said" 2>"$W/err"
lacks 'kept too long' "$W/err"
as school case destroy --due >"$W/said"
has 'No case here' "$W/said"
# who is asked again in that case can answer, and destroys that in its turn
id=$(pushes gemeente proefvraag "$three_case")
code 1 as school push - >"$W/said" 2>"$W/err" <<<"$(jq -nc --arg case "$three_case" \
    '{kind: "proefantwoord", purpose: "weging", ground: "wet", $case,
    attributes: {haast: "no"}, fields: {tekst: "x"}}')"
has 'destroyed here' "$W/err"
takes school 1
same "$(asked school "$three_case")" '["refusal-review",true,false,1,0]'
pushes school proefantwoord "$three_case" "$id" >"$W/said"
# who takes part keeps the case, and forgets the share
same "$(asked om "$two")" "[\"retention\",true,true,1,1]"
as om case hold --until "$(today 300)" "$two" >"$W/said"
code 1 as om case destroy --due >"$W/said" 2>"$W/err"
has 'held by om' "$W/err"
same "$(asked om "$two")" "[\"retention\",true,true,1,1]"
as om case release "$two" >"$W/said"
as om case destroy --due --json >"$W/said"
same "$(jq -c '[.case, .stated, (.shares[] | .kind)]' "$W/said")" \
    "[\"$two\",null,\"proefvraag\"]"
same "$(asked om "$two")" '["votes",true,true,0,0]'
same "$(phase om "$two")" weging
verified
# an auditor has labels, and no part in any case
as toezicht case new --label - <<<'een vraag' >"$W/said"
as toezicht case list --json >"$W/said" 2>"$W/err"
has 'an auditor takes part in no case' "$W/err"
same "$(jq -r '.[].label' "$W/said")" 'een vraag'
code 1 as toezicht case open "$two" >"$W/said" 2>"$W/err"
has 'this partner may not state it' "$W/err"
