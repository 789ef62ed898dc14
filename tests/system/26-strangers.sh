#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Whoever has no card, another mechanism than CURVE or another key of the
# broker is turned away in the handshake; who has a card and does not keep to
# the protocol gets an error or nothing. Nobody else notices.
. "$(dirname "$0")/lib.sh"
world $small
mkfifo "$W/shares"
background follow bash -c "exec '$driehoek' receive -C '$W/gemeente' --follow >'$W/shares'"
exec 8<"$W/shares"
n=0
arrives() {
    n=$((n + 1))
    sends politie 01 ".fields = {betrokkene: \"R.\", signaal: \"nummer $n\"}"
    read -r -t 20 share <&8
    same "$(jq -r .fields.signaal <<<"$share")" "nummer $n"
}
arrives
for how in unknown null plain server routing frames oversize; do
    "$BUILD/tests/system/stranger" "$W/politie" $how
done
"$BUILD/tests/system/stranger" "$W/politie" hello "$(card_id gemeente)"
arrives
# none of it made an entry, or a crash
same "$(events refused)" 0
lacks restart "$W/broker.log"
rejected=$(operator status --json | jq '."rejected-messages"')
[ "$rejected" -gt 9 ]
kill -TERM "$child"
wait "$child"
same "$(cat <&8)" ''
verified
