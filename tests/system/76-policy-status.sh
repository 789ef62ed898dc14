#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Every signatory sees which version is in force, until when and by whose
# signatures, and who has not yet signed the next.
. "$(dirname "$0")/lib.sh"
world $small
sha() { sha256sum "$1" | cut -d' ' -f1; }
day() { TZ=Europe/Amsterdam date -d "$1" +%F; }
# status FILTER [OPTION...]: jq -r over it; its exit code is in $W/code
status() {
    local filter=$1 got=0
    shift
    as politie policy status --json "$@" >"$W/json" 2>"$W/err" || got=$?
    echo $got >"$W/code"
    jq -r "$filter" "$W/json"
}
ended() { same "$(cat "$W/code")" "$1"; }
signatures() { status '.next.signatures[] | "\(.signatory) \(.state)"' --next "$1"; }

same "$(status '.broker, .state, .agreement.version, .agreement.sha256')" \
    "voorbeeldstad
in-force
1
$(sha "$agreement")"
ended 0
same "$(jq -r '.agreement.signatures[] | "\(.signatory) \(.state) \(.key)"' \
    "$W/json")" "$(for name in burgemeester politie om; do
        echo "$name signed $(ssh-keygen -lf "$W/keys/$name.pub" | cut -d' ' -f2)"
    done)"
same "$(jq -c '.next, .agreement["ends-soon"]' "$W/json")" "null
false"
same "$(cat "$W/err")" ''
as politie policy status >"$W/table"
grep -qE '^state +in force' "$W/table"
grep -qE "^text +sha256:$(sha "$agreement")" "$W/table"
compiled() { "$driehoek" policy check --json "$1" | jq -r .compiled_sha256; }
same "$(jq -r .agreement.compiled_sha256 "$W/json")" "$(compiled "$agreement")"
grep -qE "^compiled +sha256:$(compiled "$agreement")" "$W/table"
grep -qE '^valid +from 2026-01-01 until 2036-01-01, Europe/Amsterdam' "$W/table"
grep -qE '^om +signed +SHA256:' "$W/table"
# a signature that was altered in the node's own directory is said to be so
kept=$W/politie/brokers/voorbeeldstad/agreements/$(sha "$agreement").convenant
cp "$kept.om.sig" "$W/om.sig"
cp "$kept.politie.sig" "$kept.om.sig"
same "$(status '.agreement.signatures[] | select(.signatory == "om") | .state')" refused
cp "$W/om.sig" "$kept.om.sig"

# the next one, signed bit by bit; who leaves has to sign, too
old=$agreement
newer v2.convenant -e "s/until 2036-01-01/until $(day '+20 days')/" \
    -e 's/signed by burgemeester, politie, om/signed by politie, om/'
rm "$agreement".*.sig
same "$(signatures "$agreement")" "burgemeester missing
politie missing
om missing"
ended 1
sign "$agreement" driehoek-convenant burgemeester om
same "$(signatures "$agreement")" "burgemeester signed
politie missing
om signed"
ended 1
code 1 as politie policy status --next "$agreement" >"$W/table"
grep -qE '^politie +missing +-' "$W/table"
has 'missing: politie' "$W/table"
# by another key, for another purpose, over another text
cp "$agreement.om.sig" "$agreement.politie.sig"
same "$(signatures "$agreement")" "burgemeester signed
politie refused
om signed"
ended 1
sign "$agreement" driehoek-roster politie
same "$(signatures "$agreement" | grep politie)" "politie refused"
sign "$old" driehoek-convenant politie
cp "$old.politie.sig" "$agreement.politie.sig"
same "$(signatures "$agreement" | grep politie)" "politie refused"
ended 1
sign "$agreement" driehoek-convenant politie
same "$(signatures "$agreement" | cut -d' ' -f2 | sort -u)" signed
ended 0
same "$(jq -r .next.compiled_sha256 "$W/json")" "$(compiled "$agreement")"
same "$(jq -c '.next | .complete, .obstacle' "$W/json")" 'true
null'
# who comes in has to sign, too, with a key that the pinned signers know
sed 's/signed by politie/signed by gemeente, politie/' "$agreement" \
    >"$W/more.convenant"
sign "$W/more.convenant" driehoek-convenant
same "$(signatures "$W/more.convenant" | grep missing)" "gemeente missing"
ended 1
# what is no next version, though all have signed
cp "$old" "$W/again.convenant"
echo '# another text' >>"$W/again.convenant"
sign "$W/again.convenant" driehoek-convenant
has 'version 1' <(status .next.obstacle --next "$W/again.convenant")
ended 1
sed 's/share betrokkene/share betrokkenen/' "$agreement" \
    >"$W/bad.convenant"
code 4 as politie policy status --next "$W/bad.convenant" >"$W/out" 2>"$W/err"
has "$W/bad.convenant:" "$W/err"
code 5 as politie policy status --next "$W/nowhere" 2>"$W/err"

# in force, it soon ends
operator agreement add "$agreement" >/dev/null
same "$(status '.agreement.version, .agreement["days-left"], .agreement["ends-soon"]')" \
    "2
20
true"
ended 0
as politie policy status >"$W/table" 2>"$W/err"
has 'ends in 20 days' "$W/err"
# who left does not sign the one after
newer v3.convenant
rm "$agreement".*.sig
same "$(signatures "$agreement")" "politie missing
om missing"
# revoked by one of them
revoke "$W/v2.convenant"
same "$(status .state)" revoked
ended 1
# without the broker: what was known last; a node that never asked knows none
stop_broker
same "$(status '.state, .agreement.version' --timeout 1)" "revoked
2"
ended 3
code 3 as toezicht policy status --json --timeout 1 >"$W/json" 2>"$W/err"
same "$(jq -c '.state, .agreement' "$W/json")" '"none"
null'
code 5 "$driehoek" policy status -C "$W/nowhere" 2>"$W/err"
