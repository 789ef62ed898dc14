#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A broker that invents a signatory's revocation: nodes send nothing then, but
# do not believe it, and verification names the entry to the auditor and to a
# partner, from the broker and from a file.
. "$(dirname "$0")/lib.sh"
world $small
sends politie 01
takes gemeente 1
verified
as politie ledger verify --for integrity >"$W/out"

stop_broker
mkdir "$W/bin"
cp "$BUILD"/broker/driehoekd* "$W/bin/" 2>/dev/null || :
cp "$BUILD/tests/system/evil_core" "$W/bin/driehoekd-core"
driehoekd=$W/bin/driehoekd
start_broker
ssh-keygen -q -t ed25519 -N '' -C x -f "$W/keys/vreemd"
printf 'driehoek-revocation\ntext sha256:%s\n' \
    "$(sha256sum "$agreement" | cut -d' ' -f1)" >"$W/revocation"
sign "$W/revocation" driehoek-revoke vreemd
code 4 operator revoke "$W/revocation" >"$W/out" 2>&1
echo -n forge >"$W/broker/evil"
operator revoke "$W/revocation" >"$W/out"
index=$(sed -n 's/.*by entry \([0-9]*\).*/\1/p' "$W/out")

# nothing is sent, and the operator of the node is told why
signal 01 | code 1 as politie push - >"$W/out" 2>"$W/err"
has "shows no signatory's revocation of version 1" "$W/err"
has 'no agreement is in force at the broker' "$W/err"
code 1 as politie kinds >"$W/out" 2>"$W/err"
has 'no agreement is in force at the broker' "$W/err"
as politie status --node >"$W/out" 2>"$W/err"
grep -qE '^agreement +none in force at the broker$' "$W/out"
same "$(as politie status --node --json |
    jq -c '[.agreement, ."agreement-revoked"]')" '[null,false]'
lacks revoked "$W"/politie/brokers/*/floor
has none "$W"/politie/brokers/*/floor
for node in toezicht politie; do
    code 4 as $node ledger verify --for integrity >"$W/out" 2>&1
    has "entry $index: a revocation: signed by nobody who may" "$W/out"
    as $node ledger fetch --for integrity >"$W/copy" 2>"$W/err"
    code 4 as $node ledger verify "$W/copy" >"$W/out" 2>&1
    has "entry $index: " "$W/out"
done
