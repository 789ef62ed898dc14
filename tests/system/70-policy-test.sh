#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# An author runs the examples of an agreement, sees which fail, and lets the
# missing ones be written; together they then show every cell.
. "$(dirname "$0")/lib.sh"
shipped=$root/policy/convenanten/voorbeeldstad.convenant
small=$W/small.convenant
cat >"$small" <<'EOF'
convenant klein version 1 valid 2026-01-01 until 2027-01-01
  timezone "Europe/Amsterdam" signed by a;
party a, b, c;
purpose p "P"; ground g "G";
attribute ernst : level laag, hoog;
signal k with fields s, t attributes ernst;
permit P1 "Aan b en c": from a to b, c signal k for p on g
  when ernst is hoog share s, t;
forbid V1 "Niet aan c": from a to c signal k;
expect deny by V1: from a to c signal k for p on g with ernst is laag;
EOF

# the examples of what is shipped hold
"$driehoek" policy test "$shipped" >"$W/out"
grep -qE '^([0-9]+) of \1 cases hold\.$' "$W/out"
"$driehoek" policy test "$shipped" --json >"$W/out"
same "$(jq '.cases == .passed and .failed == 0 and .failures == []' "$W/out")" \
    true

# what is not shown, and a line for each
code 1 "$driehoek" policy cover "$small" >"$W/out"
grep -qE '^cells permitted +0 of +1 +0 %$' "$W/out"
grep -qE '^the other cells +0 of +1 +0 %$' "$W/out"
has "$small:7: P1 \"Aan b en c\"" "$W/out"
has 'from a to b signal k for any on any when ernst is hoog' "$W/out"
lacks 'from a to c' "$W/out"
code 1 "$driehoek" policy cover --rest "$small" >"$W/out"
has 'from a to c' "$W/out"
"$driehoek" policy test --suggest "$small" >"$W/more" 2>"$W/err"
same "$(cat "$W/more")" "expect permit by P1: from a to b signal k
  for p on g
  with ernst is hoog
  shares exactly s, t;
expect deny by V1: from a to c signal k
  for p on g
  with ernst is hoog;"
same "$(cat "$W/err")" '1 of 1 cases hold.'
"$driehoek" policy cover "$small" "$W/more" >"$W/out"
lacks 'such as' "$W/out"
"$driehoek" policy cover --json "$small" "$W/more" >"$W/out"
same "$(jq -c '[.permitted, .denied, .outside, .uncovered]' "$W/out")" \
    '[{"covered":1,"of":1},{"covered":1,"of":1},1,[]]'
cat "$W/more" >>"$small"
"$driehoek" policy check "$small" >"$W/out"

# every proposed line for what is shipped holds, and nothing is left
"$driehoek" policy test --suggest "$shipped" >"$W/more" 2>"$W/err"
"$driehoek" policy test "$shipped" "$W/more" >"$W/out"
"$driehoek" policy cover --json "$shipped" "$W/more" >"$W/out"
same "$(jq -c '.uncovered' "$W/out")" '[]'

# a failing line is said where it stands, in the agreement and beside it; such
# an agreement is no agreement to anybody else
cat >"$W/wrong" <<'EOF'
# twee gevallen
expect deny: from b to a signal k for p on g;
  expect deny: from a to b signal k for p on g with ernst is hoog;
EOF
code 1 "$driehoek" policy test "$small" "$W/wrong" >"$W/out"
has "$W/wrong:3:3: expected deny, but P1 \"Aan b en c\" shares s, t" "$W/out"
has '4 of 5 cases hold.' "$W/out"
code 1 "$driehoek" policy test --json "$small" "$W/wrong" >"$W/out"
same "$(jq -r '.failures[] | "\(.file):\(.line):\(.column)"' "$W/out")" \
    "$W/wrong:3:3"
"$driehoek" policy cover "$small" "$W/wrong" >"$W/out" 2>"$W/err"
has '1 cases do not hold' "$W/err"
tail -n 1 "$W/wrong" >>"$small"
code 1 "$driehoek" policy test "$small" >"$W/out"
has "$small:18:3: expected deny" "$W/out"
code 4 "$driehoek" policy cover "$small" 2>"$W/err"
code 4 "$driehoek" policy check "$small" 2>"$W/err"

# a text that is not valid
sed -i '$d' "$small"
echo 'expect deny: from a to d signal k for p on g;' >"$W/wrong"
code 4 "$driehoek" policy test "$small" "$W/wrong" 2>"$W/err"
has "$W/wrong:1:24: error: unknown party 'd'" "$W/err"
code 4 "$driehoek" policy cover "$small" "$small" 2>"$W/err"
has "$small:1:1: error: unexpected 'convenant'" "$W/err"
code 5 "$driehoek" policy test "$small" "$W/nowhere" 2>"$W/err"
has "$W/nowhere" "$W/err"
code 2 "$driehoek" policy test 2>"$W/err"

# the shipped agreement: with its further cases each case that a permit decides
# is there, and all hold; without one of them that is seen
shipped=$root/policy/convenanten/voorbeeldstad
"$driehoek" policy test "$shipped.convenant" "$shipped.cases" >"$W/out"
has '1003 of 1003 cases hold.' "$W/out"
"$driehoek" policy cover "$shipped.convenant" "$shipped.cases" >"$W/out"
for line in 'rules at work' 'of them permits' conditions 'cells permitted'; do
    grep "$line" "$W/out" | has '100 %' /dev/stdin
done
code 1 "$driehoek" policy cover "$shipped.convenant" >"$W/out"
