#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Agreements come in force while signals are pushed and delivered: sender and
# recipient keep the connection that they have; each signal is decided by the
# old agreement or the new one; what was acknowledged is delivered, or returned
# to its sender.
. "$(dirname "$0")/lib.sh"
world $small
as politie status >"$W/out" # so that it knows the agreement
mkfifo "$W/shares"
background follow bash -c "exec '$driehoek' receive -C '$W/gemeente' --follow >'$W/shares'"
receiver=$child
tee "$W/all.jsonl" <"$W/shares" >"$W/copy" &
copier=$!
background sender "$BUILD/tests/system/crash_sender" "$W/politie" "$W/journal" 1 \
    20000 # which is patient, so that it has no reason to connect anew
sender=$child
written all.jsonl 20
before="$(sockets "$sender") / $(sockets "$receiver")"
[[ $before == *socket:*/*socket:* ]]
# whether a change met a signal on its way
met() {
    [ "$(ledger 'select(.event == "returned" or .event == "refused") | .event' |
        wc -l)" -gt 0 ]
}
version_of() { operator status --json | jq -r .agreement.version; }
for days in {301..312}; do
    newer "v$days.convenant" \
        -e "/^permit P5/,/;\$/s/at most [0-9]* days/at most $days days/"
    place
    if [ $((days % 2)) = 0 ]; then # by either way
        hangup
    else
        operator agreement add "$agreement" >"$W/out"
    fi
    same "$(version_of)" $((days - 299))
    written all.jsonl $(($(lines "$W/all.jsonl") + 10))
    ! { [ "$days" -ge 302 ] && met; } || break
done
same "$(sockets "$sender") / $(sockets "$receiver")" "$before"
kill -TERM "$sender"
wait "$sender" # flushes: every signal has its receipt
# every signal was accepted in the end, the refused ones when sealed again
same "$(grep -c '^R' "$W/journal" || :)" 0
accepted=$(grep -c '^A' "$W/journal")
same "$accepted" "$(grep -c '^Q' "$W/journal")"
returned=$(events returned)
[ "$returned" -lt "$accepted" ]
written all.jsonl $((accepted - returned))
kill -TERM "$receiver"
wait "$receiver"
wait "$copier"

# nothing twice; all that was not returned came, and besides at the most what
# was on its way when it was
jq -r .id "$W/all.jsonl" | sort >"$W/came"
same "$(uniq -d "$W/came")" ''
ledger . >"$W/ledger"
jq -rs '[.[] | select(.event == "returned") | .share] as $r | .[] |
    select(.event == "share" and (.index | IN($r[]) | not)) | .id' \
    "$W/ledger" | sort >"$W/due"
same "$(lines "$W/due")" $((accepted - returned))
same "$(comm -13 "$W/came" "$W/due")" ''
comm -23 "$W/came" "$W/due" >"$W/late"
same "$(jq -rs '[.[] | select(.event == "returned") | .share] as $r | .[] |
    select(.event == "share" and (.index | IN($r[]))) | .id' "$W/ledger" |
    sort | comm -23 "$W/late" -)" ''
same "$(ledger 'select(.event == "returned") | .code' | sort -u)" \
    "$([ "$returned" = 0 ] || echo changed-agreement)"
ledger 'select(.event == "refused") | .code' >"$W/refused"
same "$(grep -vx stale-agreement "$W/refused" || :)" ''
# some change met a signal on its way, or this shows nothing
[ $((returned + $(lines "$W/refused"))) -gt 0 ]
# each by the agreement that its entry names, whose duty it carries
jq -r '"\(.agreement) \(.obligations.retain_at_most_days)"' "$W/all.jsonl" |
    sort -u >"$W/pairs"
same "$(lines "$W/pairs")" $((days - 299))
while read -r hash days; do
    text=$(grep -l . "$W"/*.convenant | xargs sha256sum | grep "^$hash " |
        sed 's/^[^ ]* *//')
    same "$(sed -n '/^permit P5/,/;$/s/.*at most \([0-9]*\) days.*/\1/p' "$text")" \
        "$days"
done <"$W/pairs"
verified
