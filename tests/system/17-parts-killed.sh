#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# core or keeper is killed: the broker comes back by itself or ends, and in
# either case what was acknowledged is there.
. "$(dirname "$0")/lib.sh"
world $small
n=0
half=$W/broker/store/keeper.head.tmp.a1B2c3 # of a keeper that was killed
echo half >"$half"
touch -d '2 hours ago' "$half"
for name in core keeper core; do
    n=$((n + 1))
    sends politie 01 ".fields = {betrokkene: \"R.\", signaal: \"nummer $n\"}"
    old=$(part $name)
    kill -KILL "$old"
    # it either goes on with a new part, or the whole daemon ends: then its
    # service manager starts it
    if ! as politie status --timeout 10 >/dev/null 2>&1; then
        code 1 wait "$broker_pid" || code 5 wait "$broker_pid"
        broker_pid=
        start_broker
    fi
    [ "$(part $name)" != "$old" ]
done
takes gemeente 3
nothing gemeente
verified
same "$(events share)" 3
[ ! -e "$half" ]
