#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# SIGTERM ends the broker with 0 and leaves no process, under load too.
. "$(dirname "$0")/lib.sh"
world $small
parts=$(pgrep -P "$broker_pid" | tr '\n' ' ')
same "$(pgrep -P "$broker_pid" -c)" 3
stop_broker
for pid in $parts; do
    [ ! -d "/proc/$pid" ]
done
start_broker
mkfifo "$W/shares"
background follow bash -c "exec '$driehoek' receive -C '$W/gemeente' --follow >'$W/shares'"
exec 8<"$W/shares"
jq -c '. as $s | range(1; 101) | . as $i |
    $s | .fields = {betrokkene: "R.", signaal: "nummer \($i)"}' \
    "$signalen"/01-*.json >"$W/many.jsonl"
background push "$driehoek" push -C "$W/politie" --timeout 2 "$W/many.jsonl"
push=$child
read -r -t 20 share <&8
parts=$(pgrep -P "$broker_pid" | tr '\n' ' ')
stop_broker
for pid in $parts; do
    [ ! -d "/proc/$pid" ]
done
wait "$push" || same $? 3 # done, or kept in the outbox
start_broker
as politie status >/dev/null
timeout 30 head -n 99 <&8 >"$W/rest.jsonl"
same "$(jq -r .fields.signaal "$W/rest.jsonl" | xargs)" \
    "$(printf 'nummer %d\n' $(seq 2 100) | xargs)"
same "$(ledger 'select(.event == "accepted") | .signals | length' |
    awk '{n += $1} END {print n}')" 100
same "$(events share)" 100
