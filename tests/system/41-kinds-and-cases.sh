#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# kinds prints what exists and a template that can be filled and pushed; case
# prints fresh handles and keeps their labels locked at the node.
. "$(dirname "$0")/lib.sh"
world $small
as politie kinds >"$W/kinds"
for kind in politiesignaal aanmelding-politie ambtsbericht; do
    has $kind "$W/kinds"
done
same "$(as politie kinds --json | jq -r '.kinds[] | select(.may_send) | .kind' | sort | xargs)" \
    "$(echo aanmelding-politie aanwijzing afwijzing bekendheidsvraag doorverstrekking extract-derde \
        inbreng inbreng-politie inbreng-politie-strikt inzage-bijdrage \
        politiesignaal terugkeer-notificatie voortgang weegstem)"
code 4 as politie kinds politiesignal 2>"$W/err"
has "'politiesignaal'" "$W/err"

handle=$(as politie case new --label 'melding 12')
[[ $handle =~ ^[0-9a-f]{32}$ ]]
[ "$(as politie case new)" != "$handle" ]
as politie case list >"$W/cases"
has 'melding 12' "$W/cases"
if grep -rqaF 'melding 12' "$W/politie"; then
    same 'the label lies open' locked
fi
# a damaged one is told, and hides no other
printf x >>"$W/politie/cases/$(as politie case new)"
code 4 as politie case list >"$W/cases" 2>"$W/err"
has 'melding 12' "$W/cases"
has damaged "$W/cases"
has 'is damaged' "$W/err"
code 4 as politie case list --json >"$W/cases" 2>"$W/err"
same "$(jq -r '[.[] | .label] | sort | map(. // "null") | join(",")' "$W/cases")" 'null,,melding 12'
DRIEHOEK_DIR=$W/politie "$driehoek" kinds politiesignaal >"$W/form" 2>"$W/told"
has noodzaak-openbare-orde "$W/told"
has gemeente "$W/told"
has 'Never without: betrokkene, signaal' "$W/told"
# the form as it is will not do; filled, and its empty fields left out, it does
code 4 as politie push "$W/form" >"$W/out" 2>"$W/err"
jq ".case = \"$handle\" | .fields.betrokkene = \"R.\" |
    .fields.signaal = \"ingevuld\" |
    .attributes[\"noodzaak-openbare-orde\"] = \"yes\"" "$W/form" >"$W/filled"
as politie push "$W/filled" >"$W/out"
takes gemeente 1
same "$(jq -c .fields "$W/gemeente.jsonl")" \
    '{"betrokkene":"R.","signaal":"ingevuld"}'
same "$(jq -r .case "$W/gemeente.jsonl")" "$handle"
