#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The two examples for integrators: one pushes, the other receives, and one
# that is handed a share again does not take it twice.
. "$(dirname "$0")/lib.sh"
world $small
examples=$BUILD/clients/examples
for f in police_node municipality_node auditor_node; do
    [ "$(lines "$root/clients/examples/$f.c")" -lt 80 ]
done
"$examples/police_node" "$W/politie" >"$W/out"
"$examples/police_node" "$W/politie" >"$W/out"
"$examples/municipality_node" "$W/gemeente" >"$W/taken"
same "$(events share)" 2
same "$(events delivered | awk '{print ($1 > 0)}')" 1
"$examples/municipality_node" "$W/gemeente" >"$W/again"
same "$(sent politie '.outcomes[].outcome' | xargs)" 'taken taken'
nothing gemeente
