#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The examples for integrators: one pushes, another receives, and one that is
# handed a share again does not take it twice; one weighs a case.
. "$(dirname "$0")/lib.sh"
world $small om:partner burgemeester:partner
examples=$BUILD/clients/examples
for f in police_node municipality_node auditor_node casework; do
    [ "$(lines "$root/clients/examples/$f.c")" -le 85 ]
done
"$examples/police_node" "$W/politie" >"$W/out"
"$examples/police_node" "$W/politie" >"$W/out"
"$examples/municipality_node" "$W/gemeente" >"$W/taken"
same "$(events share)" 2
same "$(events delivered | awk '{print ($1 > 0)}')" 1
"$examples/municipality_node" "$W/gemeente" >"$W/again"
same "$(sent politie '.outcomes[].outcome' | xargs)" 'taken taken'
nothing gemeente

# a case, from nothing to the last of three votes; a second vote is refused
case=$(as politie case new)
stem=$(printf 'a%.0s' {1..64})
"$examples/casework" "$W/politie" "$case" "$stem" >"$W/out"
has 'weigh is entry' "$W/out"
has 'phase weging, held by politie' "$W/out"
code 1 "$examples/casework" "$W/politie" "$case" "$stem" >"$W/out" 2>"$W/err"
has 'it has been stated already' "$W/err"
"$examples/casework" "$W/om" "$case" "$stem" >"$W/out"
"$examples/casework" "$W/burgemeester" "$case" "$stem" >"$W/out"
has 'phase casus, held by politie' "$W/out"
same "$(grep -c ': yes' "$W/out")" 3
