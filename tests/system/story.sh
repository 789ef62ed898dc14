# SPDX-License-Identifier: EUPL-1.2
# Sourced by the story: how it is told, how its people act, and what is kept of
# it to be compared with what the ledger says.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # used by, and from, those who source this

nodes='politie om burgemeester gemeente wijkteam aivd college reclassering
    rvdk derdenloket contactpunt gemeente-elders toezicht'
casus= # the case that is acted upon
declare -A cases
declare -A id    # of a signal, by the name that the story gives it
declare -A index # of a share on the ledger, by NODE:NAME
chapters=0
# every share that arrived: case, entry, sender, recipient, kind, fields
: >"$W/told"

# what a reader of the demo is told
chapter() {
    chapters=$((chapters + 1))
    [ -z "${TELL-}" ] || printf '\n%d. %s\n' "$chapters" "$1"
}
tell() {
    [ -z "${TELL-}" ] || { tr -s ' \n' '  ' <<<"$1" && echo; } |
        fold -s -w 76 | sed 's/^/   /; s/ *$//'
}

story_world() {
    moving_clock
    # shellcheck disable=SC2046,SC2086 # lists of words
    world $(printf '%s:partner ' ${nodes/toezicht/}) toezicht:auditor
    other_city gemeente-elders anderstad
}

# new_case NODE NAME LABEL: made by NODE; what follows is about it
new_case() {
    casus=$(as "$1" case new --label "$3")
    cases[$2]=$casus
}
take_up() { casus=${cases[$1]}; }
# does NODE WORD...: driehoek case WORD... about the case
does() {
    local node=$1 act=$2
    shift 2
    case $act in
    approve | decline | restrict | veto) ;; # of a share
    *) set -- "$casus" "$@" ;;
    esac
    as "$node" case "$act" "$@" >"$W/said"
}
# refused WORDS NODE WORD...: the same, and it is turned down in these words
refused() {
    local words=$1
    shift
    code 1 does "$@" 2>"$W/refused"
    has "$words" "$W/refused"
}
# all_sign NODE...: what another of the three proposed
all_sign() {
    local node
    for node in "$@"; do
        does "$node" sign
    done
}
# approve_all NODE: every share that waits for NODE's approval
approve_all() {
    local share
    as "$1" case waiting --json >"$W/waiting"
    for share in $(jq '.[].index' "$W/waiting"); do
        does "$1" approve "$share"
    done
}
# unanswered NODE: who did not answer a question in time
unanswered() {
    as "$1" status >"$W/said" 2>>"$W/alarms" # who took what
    as "$1" case show --json "$casus" |
        jq -r '.questions[] | select(.alarm) | .partner'
}
phase() { as "$1" case show --json "$casus" | jq -r .phase; }

# brings NAME NODE KIND PURPOSE GROUND ATTRIBUTES FIELD=TEXT...: a signal about
# the case, in reply to the one called $re, for $to alone if that is set
brings() {
    local name=$1 node=$2 rc=0
    # shellcheck disable=SC2016 # jq's variables
    jq -nc --arg kind "$3" --arg purpose "$4" --arg ground "$5" \
        --arg case "$casus" --arg reply "${re:+${id[$re]}}" --arg to "${to-}" \
        'def pairs: map(capture("^(?<key>[^=]+)=(?<value>.*)$"; "s")) |
            from_entries;
        {$kind, $purpose, $ground, $case,
            attributes: ($ARGS.positional[0] / " " | map(select(. != "")) |
                pairs),
            fields: ($ARGS.positional[1:] | pairs)} +
        (if $reply == "" then {} else {in_reply_to: $reply} end) +
        (if $to == "" then {} else {to: [$to]} end)' \
        --args "$(xargs <<<"$6")" "${@:7}" >"$W/signal.json"
    as "$node" push --json "$W/signal.json" >"$W/push" || rc=$?
    id[$name]=$(jq -r .id "$W/push")
    return $rc
}
# arrive NAME FIELDS NODE...: at each of them that signal's share is the next
# one, with exactly these fields
arrive() {
    local name=$1 fields node pid pids='' rc=0
    fields=$(xargs -n 1 <<<"$2" | sort | xargs)
    shift 2
    for node in "$@"; do
        as "$node" receive --max 1 --timeout 20 >"$W/$node.jsonl" \
            2>"$W/$node.alarms" &
        pids+=" $!"
    done
    for pid in $pids; do
        wait "$pid" || rc=$?
    done
    [ $rc -eq 0 ] || {
        grep . "$W"/*.alarms >&"$report"
        return 1
    }
    for node in "$@"; do
        same "$node: $(jq -r '[.id] + (.fields | keys) | join(" ")' \
            "$W/$node.jsonl")" "$node: ${id[$name]} $fields"
        index[$node:$name]=$(jq -r .index "$W/$node.jsonl")
        jq -r --arg to "$node" '[.case, .index, .sender, $to, .kind,
            (.fields | keys | join(","))] | map(tostring) | join(" ")' \
            "$W/$node.jsonl" >>"$W/told"
    done
}
# votes CASE (NODE yes|no SCORE)...: each with the scores in a sealed weegstem,
# which the other two get
votes() {
    local name=$1 node
    shift
    while [ $# -gt 0 ]; do
        brings "stem-$name-$1" "$1" weegstem weging pga-5-3 '' \
            score-geweldsbereidheid="$3" score-gedachtegoed="$3" \
            score-relaties="$3" score-identificatie="$3" \
            score-zelfredzaamheid="$3" oordeel="$2" motivering="De reden van $1."
        # shellcheck disable=SC2046 # a list of words
        arrive "stem-$name-$1" "score-geweldsbereidheid score-gedachtegoed
            score-relaties score-identificatie score-zelfredzaamheid oordeel
            motivering" gemeente $(xargs -n 1 <<<"$three" | grep -vx "$1")
        # the last vote ends the weighing, and what waits then goes back
        does "$1" vote "--$2" --signal "${id[stem-$name-$1]}"
        shift 3
    done
}
# gone CASE NODE...: destroyed with each of them, and signed
gone() {
    local node
    casus=${cases[$1]}
    for node in "${@:2}"; do
        as "$node" status >"$W/said" 2>>"$W/alarms" # what became of its shares
        as "$node" case destroy "$casus" >"$W/said"
    done
}
