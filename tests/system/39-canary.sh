#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# No value of a field, shared or withheld, is in any file of the broker (its
# store included), its log, the ledger, the auditor's node or a proof; at the
# nodes themselves it lies locked.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
shared=KANARIE-gedeeld-4711
withheld=KANARIE-ingehouden-4712
label=KANARIE-zaak-4713
case=$(as politie case new --label "$label")
signal 01 ".case = \"$case\" | .fields.signaal = \"$shared\" |
    .fields.onderzoeksgegevens = \"$withheld\"" | as politie push - >"$W/push"
signal 02 ".fields.signaal = \"$shared\"" | as politie push - >>"$W/push"
takes gemeente 1 # one is taken, others wait
crash_broker
start_broker
takes gemeente 1
signal 01 ".fields.signaal = \"$shared\"" | as politie push - >>"$W/push"
as politie status >"$W/status"
as toezicht ledger list --for lawfulness --json >"$W/list"
as toezicht ledger fetch --for integrity >"$W/copy"
as toezicht ledger verify "$W/copy" >"$W/verify"
operator status >"$W/operator"
# found where it must be: the test would show nothing otherwise
has $shared "$W/gemeente.jsonl"
lacks $withheld "$W/gemeente.jsonl"
mv "$W/gemeente.jsonl" "$W.jsonl"
for word in $shared $withheld $label "$(printf %s $shared | base64)"; do
    if grep -rlaF -- "$word" "$W"; then
        rm -f "$W.jsonl"
        same "$word is in a file" 'in none'
    fi
done
rm -f "$W.jsonl"
as politie case list >"$W/cases"
has "$label" "$W/cases"
# nor in the memory of the broker
for pid in $broker_pid $(pgrep -P "$broker_pid"); do
    python3 - "$pid" "$shared" "$withheld" <<'P'
import sys
pid, words = sys.argv[1], [w.encode() for w in sys.argv[2:]]
try:
    maps, mem = open(f"/proc/{pid}/maps"), open(f"/proc/{pid}/mem", "rb")
except PermissionError:
    sys.exit(0)
for line in maps:
    span, mode = line.split()[:2]
    if "r" not in mode or "[v" in line:
        continue
    a, b = (int(x, 16) for x in span.split("-"))
    if b - a > 1 << 28:
        continue
    try:
        mem.seek(a)
        data = mem.read(b - a)
    except (OSError, ValueError, OverflowError):
        continue
    if any(w in data for w in words):
        sys.exit(f"a field's value is in the memory of process {pid}")
P
done
