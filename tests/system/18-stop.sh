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
follow=$child
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

# core waits for a router that takes nothing any more, and must not go on
# waiting once that router is gone
sends politie 01
read -r -t 20 share <&8 # it is connected
kill -STOP "$follow"
sed 's/nummer/nog eens/' "$W/many.jsonl" | as politie push --timeout 20 - \
    >"$W/push"
router=$(part router)
kill -STOP "$router"
tries=0
while timeout 1 "$driehoekd" status -C "$W/broker" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 1000 ]
done
kill -TERM "$broker_pid"
kill -KILL "$router"
kill -CONT "$follow"
stop_broker
start_broker
timeout 30 head -n 100 <&8 >"$W/rest.jsonl"
same "$(jq -r .fields.signaal "$W/rest.jsonl" | sort -u | wc -l)" 100
