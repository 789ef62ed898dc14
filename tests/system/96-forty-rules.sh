#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Every rule of who may give what to whom, through real nodes and a real broker
# in one pass over the phases of a case: what arrives, field by field, and that
# nothing else does, with nobody. Then what no agreement and no node can do.
. "$(dirname "$0")/lib.sh"
parties=
for name in politie om burgemeester gemeente wijkteam school aivd $others; do
    parties+=" $name:partner"
done
# shellcheck disable=SC2086 # a list of words
world $parties toezicht:auditor

# rule 1: a citizen has no node; who takes a report over the telephone knows who
# called, and nobody else does
caller='mevrouw KANARIE-5501 belde'
burger=$(as gemeente case new --label "$caller")
as gemeente case open "$burger" >"$W/out"
grep -rlaF KANARIE-5501 "$W" --include='*' >"$W/where" || :
same "$(grep -v '/gemeente/' "$W/where" || :)" ''

python3 "$root/tests/system/forty.py" "$W" "$driehoek" \
    "${1-$root/tests/system/forty.rules}"

# rule 40: who asks the ledger says what for, from a closed list; that stands
# on it; there is no value and no key in the answer
code 2 as toezicht ledger list 2>"$W/err"
code 2 as toezicht ledger list --for curiosity 2>"$W/err"
before=$(events queried)
as toezicht ledger fetch --for lawfulness >"$W/ledger"
same "$(events queried)" $((before + 2))
lacks KANARIE "$W/ledger"

# nobody outside the list can be named: media, landlords, employers, private
# bureaus, bodies of other countries and of the Union
for name in media verhuurder werkgever recherchebureau europol bka; do
    signal 01 ".to = [\"$name\"]" >"$W/s.json"
    code 4 as politie push "$W/s.json" >"$W/out" 2>"$W/err"
    has "$name" "$W/err"
done
# who is in no roster has no way in: no third party, and no citizen
"$driehoek" init "$W/derde" --name derde >"$W/out"
as derde key new >"$W/out"
code 1 as derde join --broker "$endpoint" --signers "$W/allowed_signers" \
    --roster "$W/voorbeeldstad.roster" >"$W/out" 2>"$W/err"
as derde key card >"$W/out"
code 1 operator card add "$(card derde)" >"$W/out" 2>&1
# no signal without a case, and none without an individual or a behaviour
signal 01 'del(.case)' >"$W/s.json"
code 4 as politie push "$W/s.json" >"$W/out" 2>"$W/err"
has case "$W/err"
# what article 8 does not name cannot be a field of any agreement
for special in trade-union genetic biometric sex; do
    sed "s/diagnose special health/diagnose special $special/" \
        "$agreement" >"$W/x.convenant"
    code 4 "$driehoek" policy check "$W/x.convenant" >"$W/out" 2>"$W/err"
    has "$special" "$W/err"
done
# two of three signatories change nothing
newer x.convenant
rm "$agreement".om.sig
code 4 operator agreement add "$agreement" >"$W/out" 2>&1
has om "$W/out"
verified
