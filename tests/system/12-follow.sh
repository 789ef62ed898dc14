#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# receive --follow goes on: over a broker that comes later, one that is killed
# and comes back, and ends with 0 when it is told to.
. "$(dirname "$0")/lib.sh"
world $small
stop_broker
mkfifo "$W/shares"
background follow bash -c "exec '$driehoek' receive -C '$W/gemeente' --follow >'$W/shares'"
exec 8<"$W/shares"
start_broker
for i in 1 2; do
    sends politie 01 ".fields = {betrokkene: \"R.\", signaal: \"nummer $i\"}"
    read -r -t 20 share <&8
    same "$(jq -r .fields.signaal <<<"$share")" "nummer $i"
done
crash_broker
start_broker
sends politie 01 '.fields = {betrokkene: "R.", signaal: "nummer 3"}'
read -r -t 20 share <&8
same "$(jq -r .fields.signaal <<<"$share")" 'nummer 3'
kill -TERM "$child"
wait "$child"
same "$(cat <&8)" ''
same "$(sent politie '.outcomes[].outcome' | sort | uniq -c | xargs)" '3 taken'
