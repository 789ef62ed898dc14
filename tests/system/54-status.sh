#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The operator sees how the broker stands: the numbers are those of what was
# pushed and answered, in the table as in the JSON, and nothing that belongs to
# a case or a person is among them. health says yes and, without a core, no.
. "$(dirname "$0")/lib.sh"
world $small
status() { operator status --json | jq -r "$1"; }
of() { status ".partners[] | select(.partner == \"$1\") | .$2"; }

for _ in 1 2 3; do sends politie 01; done
as politie push --json - >"$W/pushed" < <(signal 01)
same "$(of gemeente queue)" 4
same "$(of politie queue)" 0
same "$(of gemeente sessions)" 0
same "$(status .events.accepted.total)" 4
same "$(status .events.shared.total)" 4
same "$(status '."open-shares"')" 4
[ "$(of gemeente '"oldest-age-s"')" -ge 0 ]
takes gemeente 3
same "$(of gemeente queue)" 1
same "$(status .events.answered.total)" 3
same "$(status '.agreement.state, .agreement.version, .agreement.sha256')" \
    "in-force
1
$(sha256sum "$agreement" | cut -d' ' -f1)"
same "$(status .roster.sha256)" \
    "$(sha256sum "$W/voorbeeldstad.roster" | cut -d' ' -f1)"
same "$(status .agreement.until)" 2036-01-01T00:00:00Z
same "$(status '."store-limit"')" $((64 << 20))
same "$(status '.checkpoint == .entries')" true
same "$(status '.cards | map(.id) | sort | .[]')" \
    "$(for n in gemeente politie toezicht; do card_id $n; done | sort)"
[ "$(ledger .index | wc -l)" -gt 0 ] # is a question on the ledger
same "$(status .events.queried.total)" 1

operator status >"$W/table"
grep -qE '^gemeente +1 +[0-9]+s ' "$W/table"
grep -qE '^answered +3 ' "$W/table"
grep -qE '^agreement +in-force version 1 until 2036-01-01 ' "$W/table"
# neither a case nor a signal can be told from it
operator status --json >"$W/json"
ledger 'select(.event == "share") | .case, .id, .kind' | sort -u >"$W/words"
[ "$(lines "$W/words")" -ge 6 ]
while read -r word; do
    lacks "$word" "$W/json"
    lacks "$word" "$W/table"
done <"$W/words"
has 'core answers' <(operator health)

# the sender's own view of the same
node() { as politie status --node --json | jq -r "$1"; }
same "$(node '."open-shares", .waiting, ."pushed-last-hour"')" "1
0
4"
same "$(node '.partners[] | .partner, ."open-shares"')" "gemeente
1"
same "$(node .agreement.sha256)" "$(status .agreement.sha256)"
same "$(node .roster.sha256)" "$(status .roster.sha256)"
same "$(node .roster.until)" 2036-01-01T00:00:00Z
[ "$(node .checkpoint)" -le "$(status .checkpoint)" ]
[ "$(node .checkpoint)" -gt 0 ]
as politie status --node >"$W/table"
grep -qE '^gemeente +1 +[0-9]+s' "$W/table"
grep -qE '^agreement +version 1 until 2036-01-01 ' "$W/table"
while read -r word; do
    lacks "$word" "$W/table"
done <"$W/words"

# a core that hangs does not answer in time; the sentence is one
kill -STOP "$(part core)"
code 1 operator health --within 200 >"$W/out" 2>"$W/err"
same "$(cat "$W/out")" ''
same "$(lines "$W/err")" 1
before=$SECONDS
code 3 operator status >"$W/out" 2>"$W/err"
[ $((SECONDS - before)) -le 10 ] # and not half a minute
has 'does not answer' "$W/err"
kill -CONT "$(part core)"
operator health >"$W/out"
# what cannot be written is said; options are of those who know them
code 5 operator status >/dev/full 2>"$W/err"
has 'standard output: cannot be written' "$W/err"
code 1 operator health >/dev/full 2>"$W/err"
has 'standard output: cannot be written' "$W/err"
code 2 operator health --json >"$W/out" 2>"$W/err"
has '--json goes with status and fsck' "$W/err"
code 2 operator health --within 0 2>"$W/err"
code 2 operator status now 2>"$W/err"
stop_broker
code 1 operator health >"$W/out" 2>"$W/err"
same "$(lines "$W/err")" 1
code 3 as politie push - >"$W/out" 2>&1 --timeout 1 < <(signal 01)
code 3 as politie status --node --json --timeout 1 >"$W/node" 2>"$W/err"
same "$(jq -r .waiting "$W/node")" 1
code 3 operator status --json >"$W/out" 2>"$W/err"
same "$(cat "$W/out")" ''
