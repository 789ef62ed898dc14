#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A sender that is connected when another agreement comes into force: what it
# sealed for the old one gets a signed refusal, an entry of the ledger, and is
# sealed again; each signal arrives once.
. "$(dirname "$0")/lib.sh"
world $small
python3 - "$BUILD/tests/system/crash_sender" "$W" <<'P' &
import subprocess, sys
sender, world = sys.argv[1:]
# sends until it is told to stop, through all changes of the agreement
p = subprocess.Popen([sender, f"{world}/politie", f"{world}/journal", "1"])
open(f"{world}/sender.pid", "w").write(str(p.pid))
sys.exit(p.wait())
P
children+=" $!"
sender=$!
takes gemeente 50
for v in 2 3 4; do
    newer v$v.convenant -e "s/# --- Wat mag -*/# --- Wat mag, versie $v/"
    operator agreement add "$agreement" >/dev/null
    takes gemeente 50
done
kill -TERM "$(cat "$W/sender.pid")"
wait "$sender"
as gemeente receive --timeout 1 >"$W/rest.jsonl"
# every one that was accepted arrived, and no other end was met
same "$(grep -c '^R' "$W/journal" || :)" 0
same "$(events share)" "$(ledger 'select(.event == "delivered") | .answers[]' | grep -c share)"
ledger 'select(.event == "refused") | .code' | sort -u >"$W/codes"
[ ! -s "$W/codes" ] || same "$(cat "$W/codes")" stale-agreement
verified
