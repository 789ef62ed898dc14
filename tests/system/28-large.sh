#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The largest values go through unaltered; a file beyond the limit is refused
# as a whole; a hundred signals at once go in several bundles.
. "$(dirname "$0")/lib.sh"
world $small
signal 01 '.fields = {signaal: ("€" * 5461), betrokkene: ("x" * 16384),
    politiegegevens: "regel 1\nregel 2\t\"\\ \u00e9\ud83d\ude00"}' |
    tee "$W/s.json" | as politie push - >"$W/out"
takes gemeente 1
same "$(jq -Sc .fields "$W/gemeente.jsonl" | sha256sum)" \
    "$(jq -Sc .fields "$W/s.json" | sha256sum)"
# one byte more
signal 01 '.fields.signaal = ("x" * 16385)' >"$W/s.json"
code 4 as politie push "$W/s.json" 2>"$W/err"
# all that fits into one signal, many times
jq -c '. as $s | range(1; 41) | . as $i | $s |
    .fields = {signaal: ("x" * 16000), betrokkene: "\($i)"}' \
    "$signalen"/01-*.json >"$W/many.jsonl"
as politie push "$W/many.jsonl" >"$W/out"
takes gemeente 40
same "$(jq -r .fields.betrokkene "$W/gemeente.jsonl" | xargs)" "$(seq 40 | xargs)"
[ "$(events accepted)" -gt 5 ]
# a file too large to be meant
head -c 70000000 /dev/zero | tr '\0' ' ' >"$W/large"
code 4 as politie push "$W/large" >"$W/out" 2>"$W/err" || same 'a large file' refused
rm "$W/large"
verified
