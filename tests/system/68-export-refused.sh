#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# An export goes on only from what the same ledger had: another one's directory
# is refused, and a ledger that is not the one that was exported before leaves
# evidence, and the directory as it was.
. "$(dirname "$0")/lib.sh"
world $small
sends politie 01
stop_broker
cp -r "$W/broker" "$W/older"
cp -r "$W/toezicht" "$W/unaware" # an auditor who never sees what follows
start_broker
sends politie 10
takes gemeente 2
export_=$W/export
as toezicht ledger export "$export_" --for integrity >"$W/out"
code 1 as toezicht ledger export "$W/allowed_signers" --for integrity 2>"$W/err"
has 'is no directory' "$W/err"
cp -r "$export_" "$W/foreign"
cp "$root/tests/vectors/note/tessera-checkpoint.7" "$W/foreign/checkpoint"
code 1 as toezicht ledger export "$W/foreign" --for integrity 2>"$W/err"
has 'holds the ledger example.com/log/testdata, not ledger.voorbeeldstad' \
    "$W/err"
stop_broker

# the operator puts an old copy in its place
rm -r "$W/broker"
mv "$W/older" "$W/broker"
start_broker
cp -r "$export_" "$W/kept"
size=$(sed -n 2p "$export_/checkpoint")
refused() {
    code 4 as unaware ledger export "$export_" --for integrity 2>"$W/err"
    has "contradicts $export_/checkpoint" "$W/err"
    diff -r "$export_" "$W/kept"
    evidence=$(find "$W/unaware" -name 'evidence-*-exported-note' | tail -n 1)
    cmp "$evidence" "$export_/checkpoint"
}
refused # it is shorter
for ((i = 0; i < size; i++)); do
    as unaware ledger list --for integrity >"$W/out"
done
refused # and then other
as unaware ledger export "$W/new" --for integrity >"$W/out"
