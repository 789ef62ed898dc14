#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A node joins only by a roster that all signatories signed and that names it;
# one pinned, other signers never count. A broker that is not the one of the
# roster is not talked to.
. "$(dirname "$0")/lib.sh"
world $small
roster=$W/voorbeeldstad.roster
try() { # ROSTER SIGNERS: a fresh node of the police joins
    rm -rf "$W/n"
    "$driehoek" init "$W/n" --name politie >/dev/null
    cp "$W/politie/identity.pub" "$W/n/"
    as n join --broker "$endpoint" --signers "$2" --roster "$1"
}
try "$roster" "$W/allowed_signers" >"$W/out"
code 1 as n join --broker "$endpoint" --signers "$W/allowed_signers" \
    --roster "$roster" >"$W/out" 2>"$W/err" # once
mkdir "$W/x"
"$driehoek" init "$W/nieuw" --name politie >/dev/null
code 5 as nieuw join --broker "$endpoint" --signers "$W/allowed_signers" \
    --roster "$roster" 2>"$W/err"
has 'driehoek key new' "$W/err"
cp "$roster" "$W/x/"
code 4 try "$W/partners" "$W/allowed_signers" >"$W/out" 2>"$W/err"
has "$W/partners: roster, line 1" "$W/err"
code 4 try "$roster" "$W/partners" >"$W/out" 2>"$W/err"
has "$W/partners: allowed signers, line 1" "$W/err"
code 4 try "$W/x/voorbeeldstad.roster" "$W/allowed_signers" >"$W/out" 2>"$W/err"
has burgemeester "$W/err"
cp "$roster".*.sig "$W/x/"
try "$W/x/voorbeeldstad.roster" "$W/allowed_signers" >"$W/out"
rm "$W/x/voorbeeldstad.roster.om.sig"
code 4 try "$W/x/voorbeeldstad.roster" "$W/allowed_signers" >"$W/out" 2>"$W/err"
has om "$W/err"
cp "$roster".*.sig "$W/x/"
sed -i 's/^quorum 2/quorum 3/' "$W/x/voorbeeldstad.roster"
code 4 try "$W/x/voorbeeldstad.roster" "$W/allowed_signers" >"$W/out" 2>"$W/err"
# other people's keys under the right names
(
    W=$W/others
    mkdir "$W"
    world_pool='' world_signatories
)
code 4 try "$roster" "$W/others/allowed_signers" >"$W/out" 2>"$W/err"

# another broker at the same place: not the roster's key
stop_broker
mv "$W/broker" "$W/right"
mv "$W/ledger.line" "$W/right.line"
world_broker "${endpoint##*:}"
fast
start_broker
code 3 as politie status --timeout 2 >"$W/out" 2>"$W/err"
has 'another CURVE key' "$W/err"
code 3 as gemeente receive --timeout 2 >"$W/out" 2>"$W/err"
has 'another CURVE key' "$W/err"
stop_broker
rm -r "$W/broker"
mv "$W/right" "$W/broker"
start_broker
sends politie 01
takes gemeente 1

# a roster of the same version with another text, signed by all: a fork, which
# a node that knows the first does not follow
stop_broker
rm "$W"/broker/store/*
echo '# another text' >>"$roster"
sign "$roster" driehoek-roster
start_broker
operator roster add "$roster" >/dev/null
operator card add "$W"/toezicht/cards/*.card >/dev/null
code 4 as toezicht ledger list --for integrity >"$W/out" 2>"$W/err"
has 'with another text' "$W/err"
# a node that has seen no agreement and reaches nobody can keep nothing
stop_broker
try "$roster" "$W/allowed_signers" >"$W/out"
as n key card --identity "$W/politie/identity.key" >/dev/null
code 3 as n push --timeout 1 "$signalen/01-politie-signaal.json" >"$W/out" 2>"$W/err"
has 'no agreement' "$W/err"
lacks 'saw it last' "$W/out"
# without a key card nothing can be asked, whatever the command
rm "$W"/toezicht/cards/*
code 4 as toezicht status >"$W/out" 2>"$W/err"
has 'no valid key card' "$W/err"
code 4 as toezicht receive 2>"$W/err"
code 4 as toezicht kinds 2>"$W/err"
