#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A case runs through its course: reported, brought forward, weighed by three,
# then a case with members, consents, an embargo, and closed by three. Each step
# is on the ledger, signed; what the course does not have is refused in words,
# before anything is signed; and all who take part see the same.
# A weighing that lacks a vote lapses once its date has passed, and not before.
# shellcheck disable=SC2034,SC2154 # for, and from, lib.sh and world.sh
. "$(dirname "$0")/lib.sh"
moving_clock
world burgemeester:partner politie:partner om:partner gemeente:partner \
    school:partner wijkteam:partner toezicht:auditor
label='KANARIE-label 5519'
case=$(as gemeente case new --label - <<<"$label")
does() { as "$1" case "${@:2}" >"$W/said" 2>"$W/err"; }
# no WORDS NODE COMMAND...: refused in these words, and nothing was stated
no() {
    local before
    before=$(events stated)
    code 1 as "$2" case "${@:3}" >"$W/said" 2>"$W/err"
    has "$1" "$W/err"
    same "$(cat "$W/said")" ''
    same "$(events stated)" "$before"
}
shown() { as "$1" case show --json "$case" | jq -r "$2"; }
reasons=$(printf '7%.0s' {1..64})

# nothing before the beginning
no "'vote' in phase 'geen'" politie vote --yes --signal "$reasons" "$case"
no "'weigh' in phase 'geen'" burgemeester weigh --until "$(today 30)" "$case"
no "(Wet, article 5(3))" burgemeester close --reason no-risk \
    --destroy-by "$(today 90)" "$case"
does gemeente open "$case"
has 'on the ledger as entry' "$W/said"
has 'phase melding' "$W/said"
no 'the case has begun already' gemeente open "$case"
same "$(shown gemeente '[.phase, .holder, .label] | join(" ")')" \
    "melding gemeente $label"
# the police see that there is a case, and no label
same "$(shown politie '[.phase, .holder, .label] | join(" ")')" 'melding gemeente '
does gemeente bring "${case:0:8}"
has 'phase aanmelding' "$W/said"
no 'this partner may not state it' school weigh --until "$(today 30)" "$case"
no 'its date has passed, or is too far away' gemeente weigh \
    --until "$(today 200)" "$case"
no 'its date has passed' gemeente weigh --until 2026-01-01 "$case"
does gemeente weigh --until "$(today 30)" "$case"
same "$(as om case list --json | jq -r ".[] | select(.case == \"$case\") |
    [.phase, .next.what, .next.own, .next.passed] | join(\" \")")" \
    'weging votes true false'
same "$(as gemeente case list --json | jq -r '.[0].next.own')" false

# three votes; scores are in a signal
code 2 as politie case vote --yes "$case" 2>"$W/err"
code 2 as politie case vote --yes --no --signal "$reasons" "$case" 2>"$W/err"
no 'this partner may not state it' gemeente vote --yes --signal "$reasons" "$case"
code 1 as politie case vote --yes --signal 1 "$case" 2>"$W/err"
sends politie 01 ".case = \"$case\""
# beside one that works with the inbox
background follow "$driehoek" receive -C "$W/gemeente" --follow
written follow.out 1
same "$(as gemeente case timeline --json "$case" |
    jq -r '.[] | select(.event == "received") | [.kind, .from] | join(" ")')" \
    'politiesignaal politie'
as gemeente case show "$case" >"$W/said"
kill -TERM "$child"
wait "$child"
does politie vote --yes --signal 1 "$case"
no 'it has been stated already' politie vote --yes --signal 1 "$case"
same "$(shown om '[.phase, (.votes | length)] | join(" ")')" 'weging 1'
does om vote --yes --signal "$reasons" "$case"
does burgemeester vote --yes --signal "$reasons" "$case"
has 'phase casus' "$W/said"
same "$(shown gemeente '[.votes[] | .partner] | sort | join(" ")')" \
    'burgemeester om politie'
same "$(shown gemeente '.votes[] | select(.partner == "politie") | .signal')" \
    "$(sent politie '.id')"
same "$(shown gemeente '[.members[] | "\(.partner) \(.role)"] | sort | join(", ")')" \
    'burgemeester office, gemeente office, om office, politie office'

# one step after the other
no 'the question who knows the person' gemeente move enrich "$case"
code 2 as gemeente case move close "$case" 2>"$W/err"
does gemeente move inform "$case"
does gemeente move enrich "$case"
no 'what is executed is a plan' gemeente move execute "$case"
does gemeente move confer "$case"

# the three designate; two are not enough
does politie invite --role participant --reshare "$case" school
has 'driehoek case sign' "$W/said"
has 'does not take part yet' "$W/err"
same "$(shown school .phase)" geen
no 'there is nothing that it could be about' politie reshare "$case" school
no 'it has been stated already' politie invite --role participant "$case" school
code 1 as politie case sign "$case" 2>"$W/err"
has "nothing waits for this partner's signature" "$W/err"
number=$(shown om '.proposals[0].number')
same "$(shown om '.proposals[0] | [.act, .partner, .code, .by[], .missing[]] | join(" ")')" \
    'designate school participant politie burgemeester om'
does om sign "$case" "$number"
code 1 as burgemeester case sign "$case" 999 2>"$W/err"
does burgemeester sign --reshare "$case"
has 'reshare school' "$W/said"
# who takes part since today sees what was before
same "$(shown school '[.phase, .whole] | join(" ")')" 'overleg true'
same "$(shown school '.members[] | select(.partner == "school") | .role')" participant
no 'this partner may not state it' school invite --role chair "$case" wijkteam
code 2 as om case invite --role boss "$case" wijkteam 2>"$W/err"
code 2 as om case invite --role chair "$case" nobody 2>"$W/err"
has "no partner 'nobody'" "$W/err"

# the competent authority, an embargo that its own partner sees and the school
# does not, and a refusal
does burgemeester consent --until "$(today 300)" "$case"
no 'this partner may not state it' school consent --until "$(today 10)" "$case"
does om embargo --reason investigation --review "$(today 90)" "$case"
same "$(shown politie .embargo)" true
same "$(shown school .embargo)" false
same "$(shown politie '.terms[] | select(.what == "embargo-review") |
    [.partner, .code, .own] | join(" ")')" 'om investigation false'
no 'there is nothing that it could be about' politie lift "$case"
does om lift "$case"
same "$(shown politie .embargo)" false
does school refuse --reason professional-secrecy --review "$(today 60)" "$case"
same "$(shown school '.terms[] | select(.own) | .what')" refusal-review
does burgemeester revoke "$case"

# terms of the data subject; a plan, reviews
does gemeente postpone --ground criminal-law --review "$(today 30)" "$case"
does gemeente tell "$case"
same "$(shown gemeente '[.told, (.terms[] | .what)] | join(" ")')" \
    'true refusal-review'
does wijkteam request --until "$(today 30)" "$case"
same "$(shown gemeente '.terms[0] | [.what, .own] | join(" ")')" 'access-request true'
does gemeente answer --outcome granted "$case"
does gemeente move plan "$case"
does gemeente move execute "$case"
does gemeente rhythm "$case" 90
does gemeente review --next "$(today 365)" "$case"
same "$(shown gemeente '.terms[] | select(.what == "review") | .at[0:10]')" "$(today 90)"
does gemeente move confer "$case"
does om relieve "$case" school
does politie sign "$case"
does burgemeester sign "$case"
same "$(shown om '.members[] | select(.partner == "school") | (.until != null)')" true

# closed by three, and shielded at once
does burgemeester close --reason goal-reached --destroy-by "$(today 1000)" "$case"
does om sign "$case"
same "$(shown gemeente .phase)" overleg
does politie sign "$case"
same "$(shown gemeente '[.phase, .closed_for, .destroy_by[0:10]] | join(" ")')" \
    "afgesloten goal-reached $(today 1000)"
no "'inform' in phase 'afgesloten'" gemeente move "$case" inform
no 'judged unanimously' gemeente transfer --until "$(today 30)" "$case" school
as gemeente case destroy --due >"$W/said"
has 'No case here is to be destroyed now' "$W/said"

# what it was about is shown to nobody who works on, and for a purpose of the law
# once the ledger has that; a stranger's purpose shows nothing
other=$(as gemeente case new --label - <<<'KANARIE-label 7000')
asked() { ledger 'select(.event == "queried" and .from == "gemeente") | .index' | wc -l; }
before=$(asked)
same "$(shown gemeente '[.label, .shielded] | map(tostring) | join(" ")')" 'null true'
as gemeente case show "$case" >"$W/said"
has "$case  (shielded)" "$W/said"
for way in '' --offline; do
    # shellcheck disable=SC2086 # a word or none
    as gemeente case list $way >"$W/said" 2>"$W/err"
    has '(shielded)' "$W/said"
    has 'KANARIE-label 7000' "$W/said"
    lacks "$label" "$W/said"
done
same "$(as gemeente case list --json | jq -c ".[] | select(.case == \"$case\") |
    [.label, .shielded]")" '[null,true]'
same "$(as gemeente case find --json KANARIE 2>"$W/err" | jq -r '.[].case')" "$other"
has 'not looked at: 1 closed' "$W/err"
code 1 as gemeente case find 5519 >"$W/said" 2>"$W/err"
same "$(asked)" "$before"
code 2 as gemeente case show --for curiosity "$case" >"$W/said" 2>"$W/err"
code 3 as gemeente case show --for lawfulness --offline "$case" >"$W/said" 2>"$W/err"
has 'needs the broker' "$W/err"
code 2 as gemeente case find --for curiosity KANARIE >"$W/said" 2>"$W/err"
same "$(cat "$W/said")" ''
same "$(asked)" "$before"
same "$(as gemeente case show --for lawfulness --json "$case" | jq -r .label)" "$label"
same "$(asked)" $((before + 1))
same "$(as gemeente case find --for court --labels 5519 | grep -c "$label")" 1
same "$(asked)" $((before + 2))
same "$(as gemeente case find --for court 7000)" "$other" # is not shielded
same "$(asked)" $((before + 2))
same "$(ledger "select(.event == \"queried\" and .from == \"gemeente\") |
    [.for, .case] | join(\" \")" | tail -n 2 | xargs)" "lawfulness $case court $case"

# a vote that does not come: the weighing lapses, after its date only
late=$(as gemeente case new --label - <<<"$label")
does gemeente open --bring "$late"
does gemeente weigh --until "$(today 10)" "$late"
does politie vote --yes --signal "$reasons" "$late"
does om vote --yes --signal "$reasons" "$late"
no 'the date of the votes has not passed' politie lapse "$late"
as om case list >"$W/said" 2>"$W/err"
lacks 'the term to vote passed' "$W/err"
later 9
no 'the date of the votes has not passed' politie lapse "$late"
later 1
for node in om gemeente; do
    as "$node" case list >"$W/said" 2>"$W/err"
    has "case $late: the term to vote passed on $(today); without burgemeester; driehoek case lapse ends it" "$W/err"
    has "$(today) votes are due (yours) PASSED" "$W/said"
done
as gemeente status >"$W/said" 2>"$W/err"
has 'ALARM: terms of cases that have passed: 1' "$W/err"
no 'this partner may not state it' school lapse "$late"
does gemeente lapse "$late"
has 'phase afgewezen' "$W/said"
has 'Without the votes of burgemeester' "$W/said"
no "'vote' in phase 'afgewezen'" burgemeester vote --yes --signal "$reasons" "$late"
no 'only a weighing that lacks votes lapses' om lapse "$late"
same "$(as politie case show --json "$late" |
    jq -c '[.phase, .lapsed, .votes_missing, (.terms[] | select(.what == "destruction") | .passed)]')" \
    '["afgewezen",true,["burgemeester"],true]'
as politie case show "$late" >"$W/text"
has 'lapsed without the votes of burgemeester' "$W/text"
as politie case timeline "$late" >"$W/text"
has 'gemeente states lapse, without the votes of burgemeester' "$W/text"
same "$(as politie case timeline --json "$late" | jq -c '[.[-1] | .stated, .missing]')" \
    '["lapse",["burgemeester"]]'
as toezicht ledger report weighing --for lawfulness --json >"$W/said"
same "$(jq -c '.cases[] | select(.finding == "lapsed") | [.case, .lacking]' "$W/said")" \
    "[\"$late\",[\"burgemeester\"]]"
for node in politie om gemeente; do
    as "$node" case destroy --due >"$W/said"
    has "case $late: destroyed, on the ledger" "$W/said"
done
same "$(as burgemeester case show --json "$late" | jq -r .phase)" vernietigd

# in the order of the ledger, own signals among it
as politie case timeline --json "$case" >"$W/timeline"
same "$(jq -r '[.[] | select(.event == "stated") | .stated] | join(" ")' "$W/timeline")" \
    'report bring weigh vote vote vote inform enrich confer designate designate designate reshare consent embargo lift refuse revoke postpone tell request answer plan execute rhythm review confer relieve relieve relieve close close close'
same "$(jq -r '.[] | select(.event == "sent") | [.kind, .outcomes[0].partner] | join(" ")' "$W/timeline")" \
    'politiesignaal gemeente'
same "$(jq '[.[].index] == ([.[].index] | sort)' "$W/timeline")" true
as politie case timeline "$case" >"$W/text"
has 'politie states vote, yes' "$W/text"
as gemeente case show "$case" >"$W/text"
has 'closed: goal-reached' "$W/text"
# without the broker, as it was seen
crash_broker
same "$(as gemeente case show --offline --json "$case" | jq -r .phase)" afgesloten
as gemeente case show --timeout 1 --json "$case" >"$W/said" 2>"$W/err"
has 'by what was seen last' "$W/err"
same "$(jq -r .phase "$W/said")" afgesloten
start_broker
verified
# who is asked about the ledger finds no label in any file but the locked one
lacks 'KANARIE' "$W/broker.log"
if grep -rlaF -- "$label" "$W/broker" "$W/gemeente" "$W/politie"; then
    same "$label is in a file" 'in none'
fi
