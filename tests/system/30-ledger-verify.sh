#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The whole ledger verifies online and from a fetched file; one flipped byte of
# the file does not, and the entry is named.
. "$(dirname "$0")/lib.sh"
world $small
sends politie 01
sends politie 10
takes gemeente 2
as politie status >/dev/null

as toezicht ledger verify --for integrity >"$W/out"
as toezicht ledger fetch --for integrity >"$W/copy"
stop_broker
as toezicht ledger verify "$W/copy" >"$W/out" # offline
grep -qE '[0-9]+ entries' "$W/out"

# in an entry whose number we know, the second signal's share, and at a hundred
# places
index=$(jq -r .index "$W/gemeente.jsonl" | sort -n | tail -n 1)
at=$(grep -abo politiesignaal "$W/copy" | cut -d: -f1 | tail -n 1)
python3 - "$W/copy" "$W/bad" "$at" <<'P'
import sys
data = open(sys.argv[1], "rb").read()
places = [int(sys.argv[3])] + [len(data) * i // 101 + i for i in range(1, 100)]
for n, at in enumerate(places):
    bad = bytearray(data)
    bad[at] ^= 1
    open(f"{sys.argv[2]}.{n}", "wb").write(bad)
P
code 4 as toezicht ledger verify "$W/bad.0" >"$W/out" 2>&1
has "entry $index:" "$W/out"
for bad in "$W"/bad.*; do
    code 4 as toezicht ledger verify "$bad" >"$W/out" 2>&1
done
size=$(stat -c %s "$W/copy")
# cut short, and grown
head -c $((size - 1)) "$W/copy" >"$W/bad"
code 4 as toezicht ledger verify "$W/bad" >"$W/out" 2>&1
head -c $((size / 2)) "$W/copy" >"$W/bad"
code 4 as toezicht ledger verify "$W/bad" >"$W/out" 2>&1
{ cat "$W/copy"; echo; } >"$W/bad"
code 4 as toezicht ledger verify "$W/bad" >"$W/out" 2>&1
code 4 as toezicht ledger verify "$W/allowed_signers" >"$W/out" 2>&1
code 5 as toezicht ledger verify "$W/not-there" >"$W/out" 2>&1
