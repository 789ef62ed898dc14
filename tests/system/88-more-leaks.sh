#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The other leaks that a sharing platform had: somebody outside the group, a
# group without members, a member that goes and comes back, numbers that mean
# something else after a change, another organisation under a partner's name,
# members shown to others, a text that was written anew. None happens here.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner wijkteam:partner toezicht:auditor

# agree WHO [ORDER]: the next version: politie shares with WHO
text() {
    local hash
    hash=$(sha256sum "$agreement" | cut -d' ' -f1)
    version=$((version + 1))
    cat <<T
convenant voorbeeldstad version $version valid 2026-01-01 until 2036-01-01
  timezone "Europe/Amsterdam" supersedes sha256:$hash
  signed by burgemeester, politie, om;
party ${2-burgemeester, politie, wijkteam, gemeente, om};
group kring = ${1-gemeente, wijkteam};
purpose weging "Wegen van een melding";
ground wet "De wet";
attribute ernst : level laag, hoog;
signal melding with fields ${3-naam, adres, bron} attributes ernst;
permit P1 "Aan de kring": from politie to kring signal melding
  for weging on wet share naam, adres
  oblige retain at most 30 days;
never N1 "Nooit de bron": share bron to any;
T
}
agree() {
    text "$@" >"$W/v.convenant"
    mv "$W/v.convenant" "$W/v$version.convenant"
    agreement=$W/v$version.convenant
    sign "$agreement" driehoek-convenant
    operator agreement add "$agreement" >"$W/out"
}
melding() { # [FILTER]
    jq -nc '{kind: "melding", purpose: "weging", ground: "wet",
        case: "000102030405060708090a0b0c0d0e0f",
        attributes: {ernst: "hoog"},
        fields: {naam: "de naam", adres: "het adres", bron: "de bron"}} |
        '"${1-.}"
}
pushes() { melding "${1-.}" | as politie push - >"$W/push"; }
shared() { ledger 'select(.event == "share") | .to' | tail -n "$1" | sort | xargs; }

echo "--- somebody outside the group"
agree
pushes
same "$(events share)" 2
same "$(shared 2)" 'gemeente wijkteam'
code 1 as politie push - >"$W/out" 2>&1 < <(melding '.to = ["om"]')
code 1 as politie push - >"$W/out" 2>&1 < <(melding '.to = ["gemeente", "om"]')
same "$(events share)" 2
takes gemeente 1
takes wijkteam 1
nothing om
same "$(jq -c .fields "$W/gemeente.jsonl" "$W/wijkteam.jsonl" | uniq)" \
    '{"naam":"de naam","adres":"het adres"}'
cp "$W/gemeente.jsonl" "$W/first.jsonl"

echo "--- members are not shown to others, nor to each other"
as om ledger list --for internal --json >"$W/list"
same "$(jq -r 'select(.event | IN("share", "accepted", "delivered"))' "$W/list")" ''
as om ledger fetch --for integrity >"$W/copy"
# holds FILE ID: the bytes are in it
holds() {
    python3 -c 'import sys
sys.exit(bytes.fromhex(sys.argv[2]) not in open(sys.argv[1], "rb").read())' "$@"
}
id=$(jq -r .id "$W/gemeente.jsonl")
code 1 holds "$W/copy" "$id"
as gemeente ledger fetch --for integrity >"$W/copy"
holds "$W/copy" "$id"
as gemeente ledger list --for internal --json >"$W/list"
same "$(jq -r 'select(.event == "share") | .to' "$W/list" | sort -u)" gemeente
same "$(jq -c 'select(.event | IN("share", "delivered"))' "$W/list" |
    grep -c '"wijkteam"' || :)" 0
same "$(jq 'has("to") or has("recipients")' "$W/gemeente.jsonl")" false

echo "--- a group without members"
for nobody in '' 'any' 'om except om'; do
    before=$version
    text "$nobody" >"$W/empty.convenant"
    version=$before
    sign "$W/empty.convenant" driehoek-convenant
    code 4 operator agreement add "$W/empty.convenant" >"$W/out" 2>"$W/err"
    has "$W/empty.convenant:5:" "$W/err"
done
before=$version
text | sed 's/to kring/to any except burgemeester, politie, kring, om/' \
    >"$W/empty.convenant"
version=$before
sign "$W/empty.convenant" driehoek-convenant
code 4 operator agreement add "$W/empty.convenant" >"$W/out" 2>"$W/err"
has "$W/empty.convenant:10:" "$W/err"
# its only member is not in the roster any more: nobody is left, not everybody
agree wijkteam
pushes
same "$(shared 1)" wijkteam
grep -v '^wijkteam ' "$W/partners" >"$W/fewer"
cp "$W/partners" "$W/everybody"
cp "$W/fewer" "$W/partners"
world_roster 2 "$(sha256sum "$W/voorbeeldstad.roster" | cut -d' ' -f1)"
operator roster add "$W/voorbeeldstad.roster" >"$W/out"
same "$(ledger 'select(.event == "returned") | .code' | xargs)" card
code 3 as politie push - >"$W/out" 2>&1 < <(melding)
has "no recipient of theirs has a valid key card" "$W/out"
same "$(events share)" 3
nothing gemeente om

echo "--- a member that goes and comes back"
cp "$W/everybody" "$W/partners"
world_roster 3 "$(sha256sum "$W/voorbeeldstad.roster" | cut -d' ' -f1)"
operator roster add "$W/voorbeeldstad.roster" >"$W/out"
nothing wijkteam # what was sent before it went is with its sender
agree
pushes
same "$(shared 2)" 'gemeente wijkteam'
agree gemeente
same "$(ledger 'select(.event == "returned") | .code' | xargs)" \
    'card changed-agreement'
nothing wijkteam
takes gemeente 1
pushes
agree
nothing wijkteam # nor what was sent while it was no member
takes gemeente 1
pushes
takes wijkteam 1
takes gemeente 1
same "$(ledger 'select(.event == "returned")' | jq -s length)" 2

echo "--- numbers that mean something else after a change"
pushes
agree 'wijkteam, gemeente' 'om, gemeente, wijkteam, politie, burgemeester' \
    'bron, adres, naam'
# field 0 was the name and is the source now
same "$(ledger 'select(.event == "returned") | .code' | sort | uniq -c | xargs)" \
    '1 card 3 changed-agreement'
nothing gemeente wijkteam om
pushes
takes gemeente 1
takes wijkteam 1
nothing om
same "$(jq -cS .fields "$W/gemeente.jsonl" "$W/wijkteam.jsonl" | uniq)" \
    "$(jq -cS .fields "$W/first.jsonl")"

echo "--- another organisation under a partner's name"
"$driehoek" init "$W/vreemd" --name wijkteam >/dev/null
as vreemd key new >/dev/null
as vreemd key card >/dev/null
wrong() { # KEY: the next roster, in which it is wijkteam's
    sed -e "s|^\(partner wijkteam role partner key\) [^ ]*|\1 $1|" \
        -e 's/^version 3/version 4/' \
        -e "s/^supersedes .*/supersedes sha256:$(sha256sum \
            "$W/voorbeeldstad.roster" | cut -d' ' -f1)/" \
        "$W/voorbeeldstad.roster" >"$W/wrong.roster"
    sign "$W/wrong.roster" driehoek-roster "${@:2}"
}
# a partner's key is nobody else's
wrong "$(cat "$W/om/identity.pub")"
code 4 operator roster add "$W/wrong.roster" >"$W/out" 2>"$W/err"
has 'key exists' "$W/err"
# who picks the wrong organisation does not pick it alone
rm "$W"/wrong.roster.*.sig
wrong "$(cat "$W/vreemd/identity.pub")" burgemeester politie
code 4 operator roster add "$W/wrong.roster" >"$W/out" 2>"$W/err"
has 'missing: om' "$W/err"
code 4 operator card add "$(card vreemd)" >"$W/out" 2>&1
# and where all of them sign the mistake, nothing that was sealed for the real
# one is given to the other, and the real one gets nothing more
pushes
sign "$W/wrong.roster" driehoek-roster
operator roster add "$W/wrong.roster" >"$W/out"
same "$(ledger 'select(.event == "returned") | .code' | sort | uniq -c | xargs)" \
    '2 card 3 changed-agreement'
pushes
same "$(shared 1)" gemeente
takes gemeente 2
operator card add "$(card vreemd)" >"$W/out"
as vreemd join --broker "$endpoint" --signers "$W/allowed_signers" \
    --roster "$W/wrong.roster" >"$W/out"
nothing vreemd

echo "--- a text that was written anew"
for node in politie gemeente om; do
    as $node status >"$W/out"
    cmp "$agreement" "$W/$node"/brokers/*/agreements/"$(sha256sum "$agreement" |
        cut -d' ' -f1).convenant"
done
lacks 'de bron' "$W/gemeente.jsonl"
verified
