#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A router that was killed is there again within a second; nobody loses
# anything and nobody needs to be told.
. "$(dirname "$0")/lib.sh"
world $small
mkfifo "$W/shares"
background follow bash -c "exec '$driehoek' receive -C '$W/gemeente' --follow >'$W/shares'"
exec 8<"$W/shares"
for i in 1 2 3 4; do
    sends politie 01 ".fields = {betrokkene: \"R.\", signaal: \"nummer $i\"}"
    read -r -t 20 share <&8
    same "$(jq -r .fields.signaal <<<"$share")" "nummer $i"
    old=$(part router)
    core=$(part core)
    from=$(date +%s%N)
    kill -KILL "$old"
    # a query needs a new router; it comes through within a second
    as politie status --timeout 5 >/dev/null
    took=$((($(date +%s%N) - from) / 1000000))
    [ $took -lt 2000 ] || same "$took ms" 'within a second'
    [ "$(part router)" != "$old" ]
    same "$(part core)" "$core"
done
kill -TERM "$child"
wait "$child"
same "$(cat <&8)" ''
same "$(events delivered)" 4
verified
