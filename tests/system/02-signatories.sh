#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Roster and agreement come into force only with every signatory's signature;
# an older version, a fork and a revoked text do not.
. "$(dirname "$0")/lib.sh"
world_signatories
world_broker "$(free_port)"
: >"$W/partners"
for name in politie om burgemeester gemeente wijkteam school aivd toezicht \
    $others; do
    world_node $name
    echo "$name $([ $name = toezicht ] && echo auditor || echo partner)" \
        >>"$W/partners"
done
world_roster 1
roster=$W/voorbeeldstad.roster
start_broker

# missing
mv "$roster.om.sig" "$W/om.sig"
code 4 operator roster add "$roster" >"$W/out" 2>&1
has "$roster: signed by burgemeester, politie; missing: om" "$W/out"
# wrong namespace
sign "$roster" driehoek-convenant om
code 4 operator roster add "$roster" >"$W/out" 2>&1
has om "$W/out"
# one key twice
cp "$roster.politie.sig" "$roster.om.sig"
code 4 operator roster add "$roster" >"$W/out" 2>&1
has 'same key' "$W/out"
# signature over other bytes
mv "$W/om.sig" "$roster.om.sig"
cp "$roster" "$W/changed.roster"
echo '# added' >>"$W/changed.roster"
for name in $signatories; do
    cp "$roster.$name.sig" "$W/changed.roster.$name.sig"
done
code 4 operator roster add "$W/changed.roster" >"$W/out" 2>&1
# an unknown key is shown and ignored
ssh-keygen -q -t ed25519 -N '' -C x -f "$W/keys/vreemd"
sign "$roster" driehoek-roster vreemd
operator roster add "$roster" >"$W/out" 2>&1
has vreemd "$W/out"
# what is wrong with which file, of several
echo 'no roster' >"$W/no.roster"
sign "$W/no.roster" driehoek-roster
code 4 operator roster add "$W/no.roster" 2>"$W/err"
has "$W/no.roster:1: error: " "$W/err"
code 4 operator card add "$W"/om/cards/*.card "$W/no.roster" >"$W/out" 2>"$W/err"
has "$W/no.roster: this is not a key card" "$W/err"
code 4 operator card add "$W"/politie/cards/*.key 2>"$W/err"
has '.key: this is not a key card' "$W/err"
# again: nothing changes
operator roster add "$roster" >"$W/out" 2>&1
# a fork of the same version
cp "$roster" "$W/fork.roster"
echo '# a fork' >>"$W/fork.roster"
sign "$W/fork.roster" driehoek-roster
code 1 operator roster add "$W/fork.roster" >"$W/out" 2>&1

# the agreement
convenant=$W/voorbeeldstad.convenant
cp "$root/policy/convenanten/voorbeeldstad.convenant" "$convenant"
sign "$convenant" driehoek-convenant burgemeester politie
code 4 operator agreement add "$convenant" >"$W/out" 2>&1
has om "$W/out"
sign "$convenant" driehoek-convenant om
operator agreement add "$convenant"
# a failing expect line keeps a file out, whoever signed it
sed 's/version 1 valid/version 2 valid/' "$convenant" >"$W/v2.convenant"
sed -i "s/  signed by/  supersedes sha256:$(sha256sum "$convenant" |
    cut -d' ' -f1) signed by/" "$W/v2.convenant"
cp "$W/v2.convenant" "$W/bad.convenant"
echo 'expect deny: from politie to gemeente signal politiesignaal for openbare-orde on wpg-16-1-b with noodzaak-openbare-orde is yes;' >>"$W/bad.convenant"
sign "$W/bad.convenant" driehoek-convenant
code 4 operator agreement add "$W/bad.convenant" >"$W/out" 2>&1
has P5 "$W/out"
# outside its validity
sed 's/valid 2026-01-01 until 2036-01-01/valid 2024-01-01 until 2025-01-01/' \
    "$W/v2.convenant" >"$W/old.convenant"
sign "$W/old.convenant" driehoek-convenant
code 1 operator agreement add "$W/old.convenant" >"$W/out" 2>&1
# version 2 is in force, so version 1 is older
sign "$W/v2.convenant" driehoek-convenant
operator agreement add "$W/v2.convenant"
code 1 operator agreement add "$convenant" >"$W/out" 2>&1
# one signatory ends it
printf 'driehoek-revocation\ntext sha256:%s\n' \
    "$(sha256sum "$W/v2.convenant" | cut -d' ' -f1)" >"$W/revocation"
code 4 operator revoke "$W/revocation" >"$W/out" 2>&1
sign "$W/revocation" driehoek-revoke om
operator revoke "$W/revocation"
code 1 operator agreement add "$W/v2.convenant" >"$W/out" 2>&1
