# SPDX-License-Identifier: EUPL-1.2
# Sourced by the story: the twenty questions that the law asks of the ledger,
# each with the answer that what happened gives.
# shellcheck shell=bash
# shellcheck disable=SC2016,SC2154 # awk's variables; from story.sh

# ask REPORT [OPTION...]: of the broker, for a purpose that is recorded; of the
# whole time, for the law looks back four years and this is over in five
ask() {
    as toezicht ledger report "$1" --for lawfulness --json "${@:2}" \
        >"$W/answer"
    asked=$((asked + 1))
}
# rows TABLE COLUMN...: of that answer, one a line, in the order of the ledger
rows() {
    jq -r '$ARGS.positional as $columns | .[$columns[0]][] | . as $row |
        [$columns[1:][] | $row[.] | if type == "array" then join(",")
            elif . == null then "-" else tostring end] | join(" ")' \
        "$W/answer" --args "$@"
}
fact() { jq -r --arg fact "$1" '.facts[$fact] | if type == "array" then
    join(",") elif . == null then "none" else tostring end' "$W/answer"; }
# shares [FILTER]: what was told of shares, as awk's fields: case, entry,
# sender, recipient, kind, fields
shares() { sort -k 2n "$W/told" | awk "${1-1} {print \$2, \$3, \$4, \$5}"; }

ask_all() {
    local name
    asked=0
    for name in transfers special course approvals third_parties held_back ends \
        person ledger_itself figures; do
        "ask_$name"
    done
}

ask_transfers() {
    local name
    # 1: who received anything about the case
    for name in esmee ruben; do
        ask recipients --case "${cases[$name]}"
        same "$(rows transfers entry from to kind)" \
            "$(shares "\$1 == \"${cases[$name]}\"")"
    done
    # and the dissent shows wherever Ruben's case does
    same "$(fact dissent)" "${cases[ruben]:0:8} om"
    # 2 and 3: what the police and the prosecutor disclosed
    ask disclosures-police --since 2026-01-01
    same "$(rows transfers entry from to kind)" "$(shares '$3 == "politie"')"
    ask disclosures-om --since 2026-01-01
    same "$(rows transfers entry from to kind)" "$(shares '$3 == "om"')"
    ask disclosures-om # four years ago it was over
    same "$(rows transfers entry)" ''
}
ask_special() {
    # 4: special categories: filled in for one, two and three recipients, and
    # shared with none
    ask special-categories
    same "$(rows transfers entry)" ''
    same "$(fact kept_back_transfers) $(fact kept_back_fields)" '6 6'
    # 5: of two cases no share is told, so that nobody is
    ask representation
    same "$(rows senders any_percent | sort -u)" -
}
ask_course() {
    # 6: a purpose of the agreement, in its phase
    ask purposes
    same "$(rows transfers entry)" ''
    same "$(fact transfers)" "$(shares | wc -l)"
    # 7: nobody got anything of a meeting in which it was not designated
    ask designations
    same "$(rows findings entry)" ''
    same "$(rows members partner role)" "burgemeester by office
politie by office
om by office
gemeente by office
college participant
reclassering executor"
    # 8: three votes in the one case; in the other, which never came to a
    # meeting, one against
    ask weighing
    same "$(rows cases case phase yes no finding)" \
        "${cases[esmee]} vernietigd burgemeester,politie,om  unanimous"
    same "$(fact dissents) $(fact dissent)" "1 ${cases[ruben]:0:8} om"
    same "$(fact lacking)" 0
}
ask_approvals() {
    # 9: police data with the mayor's consent, and what had two signatures more
    ask approvals
    same "$(rows findings entry)" ''
    same "$(rows others entry to finding)" "$(shares '$5 == "inbreng-politie"' |
        awk '{ print $1, $3, "in order" }')"
}
ask_third_parties() {
    # 10: what the expert saw, and that it is over
    ask third-parties
    same "$(rows handed desk expertise share kind state)" \
        "derdenloket extremism ${index[derdenloket:extract]} extract-derde expired"
    same "$(rows admissions desk expertise state handed)" \
        'derdenloket extremism expired 1'
    # 11: the gist went on when the rule was lifted, and not before
    ask intelligence
    same "$(rows onward from kind third_party_rule finding | sort -u)" \
        'burgemeester ambtsbericht-duiding lifted lifted first'
    same "$(fact not_lifted)" 0
}
ask_held_back() {
    # 12: the embargo, and what the broker refused: police data before the
    # mayor's consent, the gist before the rule was lifted, what was shared
    # under the embargo, the vetoed item, and what came after the end
    ask refusals
    same "$(rows refusals by from reason state)" "embargo om investigation lifted
broker politie denied -
broker burgemeester denied -
broker gemeente denied -
broker gemeente denied -
broker college denied -"
    # 13: the signal that was withdrawn, and that all confirmed it
    ask recalls
    same "$(rows recalls to reason state | sort)" 'college wrong-person deleted
gemeente wrong-person deleted
om wrong-person deleted'
    same "$(fact open)" 0
}
ask_ends() {
    # 14: nothing is kept beyond its term
    ask overdue
    same "$(fact overdue) $(fact rejected) $(fact past_date)" '0 0 0'
    same "$(rows after_end entry)" ''
    # 15: each signed that it is gone, who gave or got anything
    ask destruction --case "${cases[esmee]}"
    same "$(rows destruction state finding | sort -u)" 'destroyed in order'
    same "$(rows destruction partner | sort)" \
        "$(awk "\$1 == \"$casus\" { print \$3; print \$4 }" "$W/told" | sort -u)"
}
ask_person() {
    # 16: told late, with a ground, and answered in part
    ask notices
    same "$(rows postponed by ground state)" 'gemeente criminal-law told'
    same "$(rows requests state answer)" 'answered granted-in-part'
}
ask_ledger_itself() {
    # 17: one agreement, signed by the three
    ask in-force
    same "$(fact in_force) $(fact signed_by)" \
        'voorbeeldstad 1 burgemeester,om,politie'
    # 18: the officer asked, and each that destroyed whether something held it
    ask readers
    same "$(rows questions for asked | sort -u)" "internal list
lawfulness fetch"
    same "$(fact no_role)" 0
    # 19: complete, unaltered, with a jump of the clock for each that was made
    ask integrity
    same "$(fact complete) $(fact unaltered) $(fact not_here)" 'true true 0'
    same "$(fact clock_jumps)" "$jumps"
}
ask_figures() {
    # 20: figures so small that they would point at her are not told
    ask yearly
    same "$(rows years reports opened closed | sort -u)" '- - -'
}
