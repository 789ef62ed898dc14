#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The ledger as records of Dutch standards: each is what its schema says and
# nothing else, tells nothing of a person, and is the same for everyone; what
# does not verify is not written at all.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner wijkteam:partner \
    toezicht:auditor
consents om
value=KANARIE-waarde-4714
case=$(jq -r .case "$signalen/01-politie-signaal.json")

# taken, withdrawn and answered, expired, returned, asked about
sends politie 01 ".fields.signaal = \"$value\""
sends politie 02
takes gemeente 2
signal 01 ".expires = \"$(date -u -d '+3 seconds' +%FT%TZ)\"" | as politie push --wait 20 - >"$W/out" || :
as politie withdraw 2 --reason outdated >"$W/out"
as gemeente receive --timeout 1 --withdrawn deleted >"$W/out"
sends wijkteam 03
as politie status >"$W/out"
newer v2.convenant -e '/^permit P2/,/;$/s/183 days/91 days/'
operator agreement add "$agreement" >"$W/out"
as toezicht ledger list --for court --case "$case" >"$W/out"
as gemeente ledger fetch --for internal >"$W/part"
as toezicht ledger fetch --for integrity >"$W/copy"

records() { # NODE FILE FORMAT OUT
    as "$1" ledger records --format "$3" --from "$W/$2" >"$W/$4"
}
check() { python3 "$root/tests/tools/records.py" "$@"; }
for format in ldv adl cloudevents; do
    records toezicht copy $format $format
    check $format "$W/$format" --seeded >"$W/out"
    lacks "$value" "$W/$format"
    # the same again, also of signers that are given; a partner's are among them
    "$driehoek" ledger records --format $format --from "$W/copy" \
        --signers "$W/allowed_signers" | cmp - "$W/$format"
    records gemeente part $format $format.part
    check $format "$W/$format.part" >"$W/out"
done
check ldv "$W/ldv" --whole >"$W/out"
# every entry is an event; what a partner may not see leaves a gap
same "$(lines "$W/cloudevents")" "$(jq -s 'length' <(as toezicht ledger \
    verify --json "$W/copy" | jq '.events[] as $n | range($n)'))"
same "$(jq -r 'select(.sequence) | .id' "$W/cloudevents.part")" ''
same "$(comm -13 <(jq -c .id "$W/cloudevents" | sort) <(jq -c .id "$W/cloudevents.part" | sort))" ''
same "$(jq -r .source "$W/cloudevents" | sort -u)" \
    urn:nld:driehoek:ledger.voorbeeldstad.example:1

# one trace for a signal, from acceptance to the answer about its withdrawal,
# and of every action of a partner's the identifiers that the auditor has
same "$(jq -r 'select(.name | test("^aanmelding-politie of politie")) | .name' \
    "$W/ldv" | sed 's/^aanmelding-politie of politie //' | sort -u)" \
    "$(sort <<'T'
accepted
answered by gemeente: deleted
answered by gemeente: taken
for weging shared with gemeente
for weging shared with om
to gemeente withdrawn
to om withdrawn
T
)"
same "$(jq -r 'select(.name | test("^aanmelding-politie of politie")) | .trace_id' "$W/ldv" | sort -u | wc -l)" 1
ids() { jq -r '.trace_id + .span_id' "$1" | sort; }
for format in ldv adl; do
    same "$(comm -13 <(ids "$W/$format") <(ids "$W/$format.part"))" ''
done
# joined: a decision hangs under the signal that it was about
same "$(comm -13 <(ids "$W/ldv") <(jq -r '.trace_id + .parent_span_id' \
    "$W/adl" | sort -u))" ''
same "$(jq -r .status "$W/ldv" | sort -u | xargs)" 'Ok Unset'
for word in expired 'returned: changed-agreement'; do
    has "$word" "$W/ldv"
    same "$(jq -r "select(.name | test(\"$word\")) | .status" "$W/ldv" | sort -u)" Unset
done
same "$(jq -r 'select(.name == "ledger queried by toezicht for court") | .attributes["dpl.core.data_subject_id"]' "$W/ldv")" \
    "$case"
same "$(jq -r '.attributes["dpl.core.processing_activity_id"]' "$W/ldv" |
    grep -c '^ni:///sha-256;[A-Za-z0-9_-]\{43\}?kind=politiesignaal&purpose=')" \
    "$(grep -c '"politiesignaal of .* \(accepted\|shared\|answered\|expired\)' "$W/ldv")"

# decisions: each share, each return
same "$(jq -r '.body["adl.core.response"].context.code // "permitted"' "$W/adl" | sort | uniq -c | xargs)" \
    '1 changed-agreement 5 permitted'
old=$(sha256sum "$W/voorbeeldstad.convenant" | cut -d' ' -f1)
compiled=$("$driehoek" policy check --json "$W/voorbeeldstad.convenant" | jq -r .compiled_sha256)
same "$(jq -c 'select(.body["adl.core.response"].decision) | .attributes["adl.core.policies"]' "$W/adl" | sort -u)" \
    "{\"voorbeeldstad\":{\"version\":1,\"sha256\":\"$old\",\"compiled_sha256\":\"$compiled\"}}"
[ "$(jq 'select(.body["adl.core.request"].resource.type == "politiesignaal") |
    .body["adl.core.information"].sender.attribute_classes | length' "$W/adl" | head -n 1)" -gt 0 ]
same "$(jq -c '.body["adl.core.information"].sender // empty' "$W/adl.part")" '' # not for a recipient

# the operator's OIN, once a roster gives it
"$driehoek" init "$W/beheer" --name beheer >/dev/null
as beheer key new >/dev/null
echo 'beheer operator' >>"$W/partners"
world_roster 2 "$(sha256sum "$W/voorbeeldstad.roster" | cut -d' ' -f1)"
sed -i "/^partner beheer/s/ valid/ oin 00000001823288444000&/" "$W/voorbeeldstad.roster"
sign "$W/voorbeeldstad.roster" driehoek-roster
operator roster add "$W/voorbeeldstad.roster" >"$W/out"
as toezicht ledger records --format cloudevents --for integrity >"$W/events"
check cloudevents "$W/events" >"$W/out"
same "$(tail -n 1 "$W/events" | jq -r .source)" \
    urn:nld:oin:00000001823288444000:systeem:driehoek:ledger.voorbeeldstad.example:1

# nothing of what does not verify
head -c $(($(stat -c %s "$W/copy") - 1)) "$W/copy" >"$W/bad"
code 4 as toezicht ledger records --format ldv --from "$W/bad" >"$W/out" 2>"$W/err"
same "$(cat "$W/out")" ''
python3 - "$W/copy" "$W/bad" <<'P'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[data.rindex(b"politiesignaal")] ^= 1
open(sys.argv[2], "wb").write(data)
P
code 4 as toezicht ledger records --format adl --from "$W/bad" >"$W/out" 2>"$W/err"
same "$(cat "$W/out")" ''
has 'does not verify' "$W/err"
code 2 as toezicht ledger records --format csv --from "$W/copy" 2>"$W/err"
code 2 as toezicht ledger records --format ldv 2>"$W/err"
code 5 as toezicht ledger records --format ldv --from "$W/nowhere" 2>"$W/err"
code 5 as toezicht ledger records --format ldv --from "$W/copy" >/dev/full 2>"$W/err"
has 'could not be written' "$W/err"
