#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# One entry is proved, and anybody with the roster checks the proof offline; a
# changed proof does not hold.
. "$(dirname "$0")/lib.sh"
world $small
sends politie 01
takes gemeente 1
index=$(jq -r .index "$W/gemeente.jsonl")
as toezicht ledger prove --for court "$index" >"$W/proof"
code 1 as toezicht ledger prove --for court 99999 >"$W/out" 2>"$W/err"
stop_broker
for node in toezicht politie gemeente; do
    as $node ledger check "$W/proof" >"$W/out"
    has "$index" "$W/out"
    has politiesignaal "$W/out"
done
head -n 1 "$W/proof" | grep -q '^c2sp.org/tlog-proof@v1$'

# every line changed by one character
python3 - "$W/proof" "$W/bad" <<'P'
import sys
lines = open(sys.argv[1]).read().split("\n")[:-1]
for i, line in enumerate(lines):
    at = len(line) // 2
    other = line[:at] + ("A" if line[at:at + 1] != "A" else "B") + line[at + 1:]
    with open(f"{sys.argv[2]}.{i}", "w") as f:
        f.write("\n".join(lines[:i] + [other] + lines[i + 1:]) + "\n")
P
for bad in "$W"/bad.*; do
    code 4 as toezicht ledger check "$bad" >"$W/out" 2>&1
done
same "$(find "$W" -name 'bad.*' | wc -l)" "$(lines "$W/proof")"
code 4 as toezicht ledger check "$W/allowed_signers" >"$W/out" 2>&1
code 5 as toezicht ledger check "$W/not-there" >"$W/out" 2>&1
