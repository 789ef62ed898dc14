#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A sender goes on sending while other agreements come into force: what it
# sealed for an older one is refused with a signature, sealed again and
# accepted; each signal arrives once.
. "$(dirname "$0")/lib.sh"
world $small
as politie status >"$W/out" # so that it knows the agreement
background sender "$BUILD/tests/system/crash_sender" "$W/politie" "$W/journal" 1
takes gemeente 60
cat "$W/gemeente.jsonl" >"$W/all.jsonl"
for v in 2 3 4 5; do
    newer v$v.convenant -e "s/^# --- Wat mag -*/# --- Wat mag, versie $v/"
    operator agreement add "$agreement" >/dev/null
    takes gemeente 60
    cat "$W/gemeente.jsonl" >>"$W/all.jsonl"
done
kill -TERM "$child"
wait "$child"
as gemeente receive --timeout 1 >>"$W/all.jsonl"
# every signal was accepted in the end, and arrived once
same "$(grep -c '^R' "$W/journal" || :)" 0
same "$(jq -r .fields.signaal "$W/all.jsonl" | sort | uniq -d)" ''
same "$(lines "$W/all.jsonl")" "$(grep -c '^Q' "$W/journal")"
same "$(grep -c '^A' "$W/journal")" "$(grep -c '^Q' "$W/journal")"
same "$(ledger 'select(.event == "refused") | .code' | sort -u | grep -vx stale-agreement || :)" ''
[ "$(jq -r .agreement "$W/all.jsonl" | sort -u | wc -l)" -ge 5 ]
verified
