#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# No value of a field, shared, withheld, refused, withdrawn or corrected, and no
# label of a case, is in any file of the broker (its store included), its log,
# the ledger, what is fetched, exported, recorded or reported of it, the
# auditor's node, a proof or a core dump; at the nodes themselves it lies locked.
. "$(dirname "$0")/lib.sh"
cd "$W" # where a core dump would go
ulimit -c "$(ulimit -Hc)"
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om
shared=KANARIE-gedeeld-4711
withheld=KANARIE-ingehouden-4712
label=KANARIE-zaak-4713
refused=KANARIE-geweigerd-4714
wrong=KANARIE-onjuist-4715
right=KANARIE-juist-4716
ended=KANARIE-vernietigd-4717
words="$shared $withheld $label $refused $wrong $right $ended"
case=$(as politie case new --label "$label")
old=$(as politie case new --label "$ended")
in_a_year=$(date -u -d '+1 year' +%F)
signal 01 ".case = \"$case\" | .covert_until = \"$in_a_year\" |
    .fields.signaal = \"$shared\" |
    .fields.onderzoeksgegevens = \"$withheld\"" | as politie push - >"$W/push"
signal 02 ".fields.signaal = \"$shared\"" | as politie push - >>"$W/push"
takes gemeente 1 # one is taken, others wait
crash_broker
start_broker
takes gemeente 1
signal 01 ".fields.signaal = \"$shared\"" | as politie push - >>"$W/push"
# denied here, and malformed; corrected; withdrawn
signal 01 ".fields.signaal = \"$refused\" | .purpose = \"openbare-orde\" |
    .to = [\"school\"]" >"$W.json"
as politie push "$W.json" >>"$W/push" 2>&1 || :
signal 01 ".fields.onbekend = \"$refused\" | .attributes = {a: \"$refused\"}" >"$W.json"
code 4 as politie push "$W.json" >>"$W/push" 2>&1
signal 01 ".fields.signaal = \"$wrong\"" | as politie push - >>"$W/push"
signal 01 ".fields.signaal = \"$right\"" >"$W.json"
as politie correct 4 "$W.json" >>"$W/push"
rm -f "$W.json"
as politie withdraw 1 --reason incorrect >>"$W/push"
as gemeente receive --withdrawn deleted --timeout 2 >"$W.late" 2>>"$W/push"
has $right "$W.late"
as politie case hold --until "$in_a_year" "$case" >>"$W/push"
as politie case destroy "$old" >>"$W/push"
# whatever can be asked of it
as politie status >"$W/status"
as politie status --json >>"$W/status"
as politie outbox list >>"$W/status" 2>&1 || :
as toezicht ledger list --for lawfulness --json >"$W/list"
as politie ledger list --for lawfulness --case "$case" >>"$W/list"
as toezicht ledger show --for lawfulness 9 >>"$W/list"
as toezicht ledger prove --for lawfulness 9 >"$W/proof"
as toezicht ledger fetch --for integrity >"$W/copy"
as toezicht ledger verify "$W/copy" >"$W/verify"
as toezicht ledger export --for integrity "$W/export" >"$W/out"
for format in ldv adl cloudevents; do
    as toezicht ledger records --format $format --from "$W/copy" >"$W/$format"
done
as politie ledger report subject --case "$case" --for lawfulness >"$W/subject"
for name in $("$driehoek" ledger report --list --json | jq -r '.[].report'); do
    options=(--from "$W/copy" --signers "$W/allowed_signers")
    [ "$name" != breach ] || options+=(--partner politie)
    [ "$name" != subject ] || options+=(--case "$case")
    "$driehoek" ledger report "$name" "${options[@]}" --html >"$W/$name.html"
done
operator status >"$W/operator"
# found where it must be: the test would show nothing otherwise
has $shared "$W/gemeente.jsonl"
lacks $withheld "$W/gemeente.jsonl"
mv "$W/gemeente.jsonl" "$W.jsonl"
search() {
    local word
    for word in $words "$(printf %s $shared | base64)"; do
        if grep -rlaF -- "$word" "$W"; then
            same "$word is in a file" 'in none'
        fi
    done
}
search
rm -f "$W.jsonl" "$W.late"
as politie case list >"$W/cases"
has "$label" "$W/cases"
lacks "$ended" "$W/cases"
rm "$W/cases"
# nor in the memory of the broker
for pid in $broker_pid $(pgrep -P "$broker_pid"); do
    # shellcheck disable=SC2086 # a list of words
    python3 - "$pid" $words <<'P'
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
# nor in a core dump, for there is none, where another program leaves one
cores() { find "$W" "$@" -maxdepth 2 -name 'core*' -type f -size +64k; }
{ sh -c 'kill -SEGV $$' || :; } 2>"$W/out"
case $(cat /proc/sys/kernel/core_pattern) in
core) [ "$(ulimit -c)" = 0 ] || [ -n "$(cores)" ] ;;
esac
rm -f "$W"/core*
for part in router keeper core; do
    pid=$(part $part)
    place=$(readlink "/proc/$pid/cwd")
    grep -qE '^Max core file size +0 +0' "/proc/$pid/limits"
    kill -SEGV "$pid"
    tail -s 0.05 --pid="$pid" -f /dev/null
    crash_broker || :
    same "$(cores "$place")" ''
    start_broker
done
search
