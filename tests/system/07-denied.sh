#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# What the agreement permits to nobody is not sent, and the sender reads why.
. "$(dirname "$0")/lib.sh"
world school:partner om:partner aivd:partner burgemeester:partner \
    gemeente:partner toezicht:auditor

no() { # NODE NN FILTER TEXT
    signal "$2" "$3" >"$W/s.json"
    code 1 as "$1" push "$W/s.json" >"$W/out" 2>"$W/err"
    has 'nothing was sent' "$W/err"
    cat "$W/err" >>"$W/out"
    tr -s ' \n' ' ' <"$W/out" >"$W/line" # the preview wraps its lines
    has "$4" "$W/line"
}
# without consent
no school 05 . 'another value of toestemming-of-conflict-van-plichten'
no school 04 '.attributes["toestemming-of-conflict-van-plichten"] = null' \
    'another value of toestemming-of-conflict-van-plichten'
# forbidden: the prosecutor's weighty reason, also when it is unknown
no om 07 '.attributes["zwaarwegende-reden"] = "yes"' V4
no om 07 '.attributes["zwaarwegende-reden"] = "unknown"' V4
# another purpose or ground
no school 04 '.purpose = "openbare-orde"' 'asks for another purpose'
no school 04 '.ground = "wpg-16-1-b"' 'asks for another ground'
# the official message: not from others, not to others
no gemeente 08 . V2
no aivd 08 '.to = ["gemeente"]' V1
same "$(events accepted)" 0
same "$(events refused)" 0
# and the same one as it should be arrives, at the mayor alone
sends aivd 08
takes burgemeester 1
same "$(jq -c '.fields | keys' "$W/burgemeester.jsonl")" '["betrokkene","dreiging"]'
nothing gemeente om
