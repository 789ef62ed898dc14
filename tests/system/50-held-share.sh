#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A share that an application holds stays open, however often the broker
# delivers it again: nothing answers for the application before it has
# confirmed.
. "$(dirname "$0")/lib.sh"
world $small
sends politie 01
for i in 1 2; do
    "$BUILD/tests/system/holder" "$W/gemeente" >"$W/held.$i"
    same "$(events delivered)" 0
    same "$(sent politie '.outcomes[].outcome')" open
done
takes gemeente 1
same "$(jq -r '.id, .again' "$W/gemeente.jsonl" | xargs)" \
    "$(cat "$W/held.1") true"
same "$(cat "$W/held.1")" "$(cat "$W/held.2")"
same "$(sent politie '.outcomes[].outcome')" taken
same "$(events delivered)" 1
verified
