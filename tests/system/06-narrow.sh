#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A sender may leave out a recipient or a field, with a reason of the closed
# list, and may name the recipients; that narrows and never widens.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om
aanmelding=$signalen/02-politie-aanmelding.json

# both may have it
as politie push --json "$aanmelding" >"$W/out"
same "$(jq -c '[.outcomes[].partner] | sort' "$W/out")" '["gemeente","om"]'
takes gemeente 1
takes om 1
same "$(jq -c '.fields | has("bsn")' "$W/om.jsonl")" true

as politie push --exclude om --reason investigation --json "$aanmelding" >"$W/out"
same "$(jq -c '[.outcomes[].partner]' "$W/out")" '["gemeente"]'
as politie push --withhold bsn --withhold aanmelder --reason safety "$aanmelding" >"$W/out"
signal 02 '.to = ["om"]' | as politie push --json - >"$W/out"
same "$(jq -c '[.outcomes[].partner]' "$W/out")" '["om"]'
signal 02 '.exclude = [{partner: "om", field: "bsn", reason: "third-party"}]' |
    as politie push - >"$W/out"
takes gemeente 3
takes om 3
same "$(jq -c '.fields | keys' "$W/gemeente.jsonl" | tr '\n' ' ')" \
    '["aanmelder","betrokkene","bsn","politiegegevens","signaal"] ["betrokkene","politiegegevens","signaal"] ["aanmelder","betrokkene","bsn","politiegegevens","signaal"] '
same "$(jq -c '.fields | keys' "$W/om.jsonl" | tr '\n' ' ')" \
    '["betrokkene","politiegegevens","signaal"] ["aanmelder","betrokkene","bsn","politiegegevens","signaal"] ["aanmelder","betrokkene","politiegegevens","signaal"] '

# never widens: who is not permitted stays so
signal 02 '.to = ["school"]' >"$W/wide.json"
code 1 as politie push "$W/wide.json" >"$W/out" 2>"$W/err"
signal 02 '.to = ["om", "burgemeester"]' >"$W/wide.json"
code 1 as politie push "$W/wide.json" >"$W/out" 2>"$W/err"
# the reason is of the closed list, and needed
code 2 as politie push --exclude om "$aanmelding" 2>"$W/err"
has reason "$W/err"
code 2 as politie push --exclude om --reason zomaar "$aanmelding" 2>"$W/err"
code 2 as politie push --reason safety "$aanmelding" 2>"$W/err"
# of what exists
code 4 as politie push --exclude omm --reason safety "$aanmelding" 2>"$W/err"
has "'om'" "$W/err"
code 4 as politie push --withhold bns --reason safety "$aanmelding" 2>"$W/err"
has "'bsn'" "$W/err"
has '--withhold' "$W/err"
# nobody is left
code 1 as politie push --exclude om --exclude gemeente --reason source \
    "$aanmelding" >"$W/out" 2>"$W/err"
has 'you left out everybody' "$W/err"
lacks 'agreement permits nobody' "$W/err"
same "$(events accepted)" 5
nothing gemeente om
