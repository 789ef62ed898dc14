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
# refused with a signature, each but the one whose ledger entry was another:
# that one came again when the broker had mended its ways
same "$(ledger 'select(.event == "delivered") | .answers[].outcome' | grep -vx taken | xargs)" \
    'malformed bad-entry malformed malformed bad-signature'
same "$(sent politie 'select(.number % 2 == 1) | .outcomes[].outcome' | xargs)" \
    'malformed bad-entry malformed malformed bad-signature taken'
verified
