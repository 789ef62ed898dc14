#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# What an application still holds when the connection is lost does not come over
# the wire again, nor to the next process; what is new does; and all of it does
# when the inbox is lost. The broker delivers again too late to hide it.
late() {
    fast
    sed -i 's/redeliver-ms = 100/redeliver-ms = 60000/' \
        "$W/broker/driehoekd.conf"
}
. "$(dirname "$0")/lib.sh"
before_start=late
world $small
stop_broker
evil_core
start_broker
echo -n count >"$W/broker/evil"
counted() { # N: that many shares were delivered so far, and M of them again
    same "$(lines "$W/broker/counted") $(sort "$W/broker/counted" | uniq -d | wc -l)" "$1 $2"
}

sends politie 01
mkfifo "$W/held"
background holder bash -c \
    "exec '$BUILD/tests/system/holder' '$W/gemeente' 3 >'$W/held'"
exec 8<"$W/held"
read -r -t 20 first <&8
for i in 1 2; do
    kill -KILL "$(part router)"
    sends politie 01
    read -r -t 20 next <&8
    [ "$next" != "$first" ]
done
wait "$child"
counted 3 0

# another process: it is handed what is in the inbox, and answers
takes gemeente 3
same "$(jq -r .again "$W/gemeente.jsonl" | xargs)" 'true true true'
counted 3 0
same "$(sent politie '.outcomes[].outcome' | xargs)" 'taken taken taken'

# an inbox that is gone has no cursor; nothing is sent to who has ended since
kill -KILL "$(part router)"
sends politie 01
"$BUILD/tests/system/holder" "$W/gemeente" >"$W/held.1"
counted 4 0
rm -r "$W"/gemeente/brokers/*/inbox
takes gemeente 1
same "$(jq -r .id "$W/gemeente.jsonl")" "$(cat "$W/held.1")"
counted 5 1
verified
