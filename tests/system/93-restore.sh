#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A backup that is made while signals come holds all that was acknowledged
# before. Restored, a broker serves reads only until a quorum of cosigners has
# shown its heads: then it goes on if it has them all, and else the log is
# closed and another one goes on.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om
as om status >"$W/out"
sends politie 01
sends politie 02 &
pushing=$!
operator backup "$W/old" >"$W/out"
has 'log.key, curve.key' "$W/out"
code 1 operator backup "$W/old" 2>"$W/err"
code 1 operator restore "$W/old" 2>"$W/err"
has 'its broker runs already' "$W/err"
"$driehoekd" fsck -C "$W/old" >"$W/out"
same "$(find "$W/old" -name '*.key' -o -name '*.unfinished*')" ''
wait $pushing
takes gemeente "$(as politie status --json | jq -s length)"
verified
operator backup "$W/new" >"$W/out"
stop_broker
# one that is damaged is not restored
cp -r "$W/new" "$W/bad"
sed -i 's/gemeente/gemeentf/g' "$W/bad/store/data.mdb"
code 4 operator restore "$W/bad" >"$W/out" 2>"$W/err"
has 'nothing was restored' "$W/err"

# a machine that has nothing yet is told where to read on
code 5 "$driehoekd" restore -C "$W/keys" "$W/new" 2>"$W/err"
has RESTORING "$W/err"

# one that was killed at the end may have left the store before in that place
cp -r "$W/broker/store" "$W/broker/store.restoring"
code 1 operator restore "$W/new" 2>"$W/err"
has 'another name' "$W/err"
rm -r "$W/broker/store.restoring/journal" # and of one that was killed before
# a current one: reads only, until two of three have shown their heads
operator restore "$W/new" >"$W/out"
start_broker
code 1 operator health 2>"$W/err"
code 3 sends politie 01 2>"$W/err"
has 'from a backup' "$W/err"
code 1 operator card add "$(card politie)" 2>"$W/err"
has 'nothing is written' "$W/err"
operator status >"$W/out"
grep -qE '^heads-shown +1$' "$W/out"
as om status >"$W/out" # its head is the second
operator health >"$W/out"
sends politie 01
takes gemeente 1
verified

# an older one: the log is closed, at the highest head that was shown
stop_broker
operator restore "$W/old" >"$W/out"
start_broker
code 3 sends politie 01 2>"$W/err"
code 3 as gemeente receive --timeout 5 2>"$W/err"
code 1 as om receive --timeout 5 2>"$W/err"
has 'closed for good' "$W/err"
code 1 operator health 2>"$W/err"
has 'log is closed' "$W/err"
# another one goes on: its first entry names the head at which this was closed
code 1 "$driehoekd" init "$W/next" --origin ledger.voorbeeldstad.example/2 \
    --signers "$W/allowed_signers" --after "$W/new" >"$W/out" 2>"$W/err"
"$driehoekd" init "$W/next" --origin ledger.voorbeeldstad.example/2 \
    --signers "$W/allowed_signers" --after "$W/broker" >"$W/out"
stop_broker
"$driehoekd" -C "$W/next" --ready-fd 9 9>"$W/next.ready" 2>>"$W/broker.log" &
broker_pid=$!
written next.ready 1
"$driehoekd" fsck -C "$W/next" >"$W/out"
has 'ledger.voorbeeldstad.example/1' "$W/next/store/data.mdb"
