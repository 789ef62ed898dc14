#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A broker that changes what it delivers: the recipient's node hands none of it
# out, answers with a signed refusal that the sender and the auditor see, and
# the next genuine share comes through.
. "$(dirname "$0")/lib.sh"
world $small
stop_broker
mkdir "$W/bin"
cp "$BUILD"/broker/driehoekd* "$W/bin/" 2>/dev/null || :
cp "$BUILD/tests/system/evil_core" "$W/bin/driehoekd-core"
driehoekd=$W/bin/driehoekd
start_broker
for how in flip drop wrap double header entry; do
    echo -n $how >"$W/broker/evil"
    sends politie 01 ".fields.signaal = \"$how\""
    as gemeente receive --timeout 1 >"$W/out" 2>"$W/$how.err"
    same "$(cat "$W/out")" ''
    [ -s "$W/$how.err" ]
    lacks "Ruben" "$W/$how.err"
    rm "$W/broker/evil"
    sends politie 01 ".fields.signaal = \"good after $how\""
    as gemeente receive --timeout 1 >"$W/out" 2>"$W/err"
    same "$(jq -r .fields.signaal "$W/out" | tail -n 1)" "good after $how"
done
# the first four can be told apart from nothing at all: they are on the ledger
same "$(sent politie '.outcomes[].outcome' | head -n 8 | grep -cvx taken)" 4
same "$(ledger 'select(.event == "delivered") | .answers[].outcome' | grep -cvx taken)" 4
verified
