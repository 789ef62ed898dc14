#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# What was really shared shows which permits of the agreement are used, and
# which are not needed.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om
sends politie 01
sends politie 01 '.attributes.ernst = "acuut"'
sends politie 02
takes gemeente 3
takes om 1
as politie status >"$W/status"
as toezicht ledger fetch --for lawfulness >"$W/copy"

code 1 as toezicht policy cover --ledger "$agreement" "$W/copy" >"$W/out"
grep -qE '^shares +4$' "$W/out"
grep -qE '^permits used +2 of +[0-9]+ ' "$W/out"
sed '1,/never used:/d;/^$/,$d' "$W/out" >"$W/unused"
has ': P7 "' "$W/unused"
lacks ': P5 "' "$W/unused"
lacks ': P6 "' "$W/unused"
lacks ': V1 "' "$W/unused"
lacks 'signal politiesignaal' "$W/out"
has 'from wijkteam to gemeente signal melding-professional' "$W/out"
code 1 as toezicht policy cover --ledger --json "$agreement" "$W/copy" \
    >"$W/out"
same "$(jq -c '[.shares, .others, .unclear, .permits.covered, .outside,
    ([.each_rule[] | select(.cases > 0 and .permits) | .id])]' "$W/out")" \
    '[4,0,0,2,0,["P5","P6"]]'

# by signers that are given, without a node
code 1 "$driehoek" policy cover --ledger --signers "$W/allowed_signers" \
    "$agreement" "$W/copy" >"$W/out"
grep -qE '^shares +4$' "$W/out"
# what was shared under another agreement says nothing of this one
old=$agreement
newer later.convenant
code 1 as toezicht policy cover --ledger "$agreement" "$W/copy" >"$W/out"
grep -qE '^shares +0$' "$W/out"
has 'under other agreements, not counted: 4' "$W/out"
# a recipient sees what it got, not what the sender said of it
as gemeente ledger fetch --for lawfulness >"$W/partial"
code 1 as gemeente policy cover --ledger "$old" "$W/partial" >"$W/out"
grep -qE '^shares +0$' "$W/out"
has 'not told exactly, not counted: 3' "$W/out"

# a ledger that does not verify is not counted
head -c $(($(stat -c %s "$W/copy") - 1)) "$W/copy" >"$W/bad"
code 4 as toezicht policy cover --ledger "$old" "$W/bad" >"$W/out" 2>"$W/err"
same "$(cat "$W/out")" ''
has 'does not verify' "$W/err"
code 4 as toezicht policy cover --ledger "$old" "$old" 2>"$W/err"
code 5 as toezicht policy cover --ledger "$old" "$W/nowhere" 2>"$W/err"
code 2 as toezicht policy cover --ledger "$old" 2>"$W/err"
code 2 env -u DRIEHOEK_DIR "$driehoek" policy cover --ledger "$old" \
    "$W/copy" 2>"$W/err"
has '--signers' "$W/err"
