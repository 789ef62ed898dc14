#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Two nodes with one name: only the identity that the roster names counts. The
# other one's card is refused, and it can neither join nor connect.
. "$(dirname "$0")/lib.sh"
world $small
world_node vals
rm -r "$W/vals"
"$driehoek" init "$W/vals" --name politie >/dev/null
as vals key new >/dev/null
as vals key card >/dev/null
code 4 operator card add "$W"/vals/cards/*.card >"$W/out" 2>&1
has identity "$W/out"
code 4 as vals join --broker "$endpoint" --signers "$W/allowed_signers" \
    --roster "$W/voorbeeldstad.roster" 2>"$W/err"
has identity "$W/err"
# with the real one's public half it joins, and still has no card that counts
cp "$W/politie/identity.pub" "$W/vals/"
as vals join --broker "$endpoint" --signers "$W/allowed_signers" \
    --roster "$W/voorbeeldstad.roster" >/dev/null
code 1 as vals status --timeout 2 >"$W/out" 2>"$W/err"
signal 01 >"$W/s.json"
as vals push --timeout 2 "$W/s.json" >"$W/out" 2>"$W/err" && same sent refused
# a name that is in no roster
"$driehoek" init "$W/vreemd" --name vreemd >/dev/null
as vreemd key new >/dev/null
as vreemd key card >/dev/null
code 1 operator card add "$W"/vreemd/cards/*.card >"$W/out" 2>&1
code 1 as vreemd join --broker "$endpoint" --signers "$W/allowed_signers" \
    --roster "$W/voorbeeldstad.roster" 2>"$W/err"
same "$(events card)" 3
sends politie 01
takes gemeente 1
