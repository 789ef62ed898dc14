#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Checkpoints and proofs of other logs are checked with the keys that are given,
# and what was altered is refused.
. "$(dirname "$0")/lib.sh"
notes=$root/tests/vectors/note
log=example.com/log/testdata+33d7b496
log+=+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx
witness=witness.example.org+b8a2cf20
witness+=+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN
other=PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW
check() { "$driehoek" ledger check "$@"; }
# published N: note N of notes.txt
published() {
    awk -v n="[$1]" 'index($0, "[") == 1 { on = index($0, n) == 1; next } on' \
        "$notes/notes.txt" | sed '$d'
}

for i in 0 1 2 3 4 5 6 7; do
    check "$notes/tessera-checkpoint.$i" --key $other --key $log >"$W/out"
    has "example.com/log/testdata, $i entries" "$W/out"
    has 'signed       example.com/log/testdata, the log' "$W/out"
done
code 4 check "$notes/tessera-checkpoint.7" --key $other 2>"$W/err"
has 'not signed by the key' "$W/err"
code 2 check "$notes/tessera-checkpoint.7" 2>"$W/err" # no key, no node
has 'with --roster' "$W/err"
has 'with --key' "$W/err"
code 2 check "$notes/tessera-checkpoint.7" --key "${log}A" 2>"$W/err"

# a witness's line beside one of a type that is not known here
published 3 >"$W/cosigned"
check "$W/cosigned" --key $witness >"$W/out"
has 'cosigned     witness.example.org at 2025-12-31T00:00:00Z' "$W/out"
has 'not checked  rome2026h1.example.org+91507526' "$W/out"
has 'its own signature was not checked' "$W/out"
same "$(check "$W/cosigned" --key $witness --json |
    jq -c '[.log_signed, .size, .signatures[].time]')" \
    '[false,300,null,"2025-12-31T00:00:00Z"]'
sed 's/^300$/301/' "$W/cosigned" >"$W/bad"
code 4 check "$W/bad" --key $witness 2>"$W/err"
published 2 >"$W/note" # no checkpoint
code 4 check "$W/note" --key $other 2>"$W/err"
has 'no checkpoint either' "$W/err"

# proofs of every entry of the log of seven, made by other means
python3 - "$notes" "$W" <<'P'
import base64, hashlib, struct, sys
notes, to = sys.argv[1:3]
with open(f"{notes}/tessera-entries-000.p-15", "rb") as f:
    data = f.read()
entries = []
while data:
    n, = struct.unpack(">H", data[:2])
    entries.append(data[2:2 + n])
    data = data[2 + n:]
def split(d):
    return 1 << (len(d) - 1).bit_length() - 1
def root(d):
    if len(d) == 1:
        return hashlib.sha256(b"\0" + d[0]).digest()
    k = split(d)
    return hashlib.sha256(b"\1" + root(d[:k]) + root(d[k:])).digest()
def path(m, d):
    if len(d) == 1:
        return []
    k = split(d)
    if m < k:
        return path(m, d[:k]) + [root(d[k:])]
    return path(m - k, d[k:]) + [root(d[:k])]
def b64(b):
    return base64.b64encode(b).decode()
with open(f"{notes}/tessera-checkpoint.7", encoding="utf-8") as f:
    note = f.read()
for i in range(7):
    hashes = "".join(b64(h) + "\n" for h in path(i, entries[:7]))
    for extra in "", f"extra {b64(entries[i])}\n":
        name = f"{to}/{'with' if extra else 'without'}.{i}"
        with open(name, "w", encoding="utf-8") as f:
            f.write(f"c2sp.org/tlog-proof@v1\n{extra}index {i}\n{hashes}\n"
                    f"{note}")
    with open(f"{to}/entry.{i}", "wb") as f:
        f.write(entries[i])
P
for i in 0 1 2 3 4 5 6; do
    check "$W/with.$i" --key $log >"$W/out"
    has "entry $i stands in the ledger example.com/log/testdata" "$W/out"
    check "$W/without.$i" --entry "$W/entry.$i" --key $log >"$W/out"
    code 4 check "$W/without.$i" --key $log 2>"$W/err"
    has 'with --entry' "$W/err"
    code 4 check "$W/without.$i" --entry "$W/entry.$(((i + 1) % 7))" \
        --key $log 2>"$W/err"
done
same "$(check "$W/with.5" --key $log --json |
    jq -c '[.proved, .index, .size]')" '[true,5,7]'
code 4 check "$W/with.5" --key $other 2>"$W/err"
code 2 check "$W/cosigned" --entry "$W/entry.0" --key $witness 2>"$W/err"
