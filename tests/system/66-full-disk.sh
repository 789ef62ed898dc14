#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The broker's disk is full (here: its files may not grow): new signals wait at
# their sender, what is there is served and verifies, nothing dies; and once
# there is room it goes on by itself. A file that was cut short is not served.
. "$(dirname "$0")/lib.sh"
world $small
as politie status >"$W/out" # so that it knows the agreement
size=$(stat -c %s "$W/broker/store/data.mdb")
# may COUNT: what core's files may grow to, in bytes
may() { prlimit --pid "$(part core)" --fsize="$1:"; }
may $((size + 65536))
one=$(signal 01)
sent=0
full=
for _ in {1..40}; do
    for _ in {1..20}; do echo "$one"; done >"$W/twenty"
    sent=$((sent + 20))
    as politie push --timeout 2 "$W/twenty" >"$W/push" 2>"$W/err" || {
        full=$?
        break
    }
done
same "$full" 3 # they wait
has 'waits' "$W/err"
has 'the store is full: nothing new is accepted' "$W/broker.log"
# reads go on
as toezicht ledger verify --for integrity >"$W/out"
as toezicht ledger list --for lawfulness --json >"$W/list"
accepted=$(jq -s '[.[] | select(.event == "share")] | length' "$W/list")
[ "$accepted" -gt 0 ] && [ "$accepted" -lt $sent ]
operator status >"$W/out"
takes gemeente 1
may unlimited
as politie status >"$W/out"
same "$(sent politie '.state' | grep -vc waiting)" $sent
takes gemeente $((sent - 1))
nothing gemeente
verified
lacks part-died "$W/broker.log"

# cut short: refused, and not made anew
stop_broker
cp -a "$W/broker/store" "$W/store"
used=$(python3 - "$W/store/data.mdb" <<'P'
import sys
print(len(open(sys.argv[1], "rb").read().rstrip(b"\0")))
P
)
for part in 2 3 8; do
    cp "$W/store/data.mdb" "$W/broker/store/"
    truncate -s $((used / part / 4096 * 4096)) "$W/broker/store/data.mdb"
    : >"$W/broker.log"
    code 1 start_broker 2>"$W/err"
    has 'cut short' "$W/broker.log"
done
truncate -s 0 "$W/broker/store/data.mdb"
code 1 start_broker 2>"$W/err"
has 'older than the ledger' "$W/broker.log"
cp "$W/store/data.mdb" "$W/broker/store/"
start_broker
verified
