#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Four leaks that another sharing platform had: an empty list of recipients, an
# unknown organisation, a filter that empties a message, a policy that loses a
# field. None of them shares anything here.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om

# an empty list is a mistake, not everybody
signal 02 '.to = []' >"$W/s.json"
code 4 as politie push "$W/s.json" >"$W/out" 2>"$W/err"
has "'to'" "$W/err"
# an unknown organisation, alone or beside a known one
for to in '["gemente"]' '["gemeente", "zorgverlener"]' '[""]'; do
    signal 02 ".to = $to" >"$W/s.json"
    code 4 as politie push "$W/s.json" >"$W/out" 2>"$W/err"
done
signal 02 '.exclude = [{partner: "justitie", reason: "safety"}]' >"$W/s.json"
code 4 as politie push "$W/s.json" >"$W/out" 2>"$W/err"
# the same on the command line
code 4 as politie push --exclude justitie --reason safety \
    "$signalen/02-politie-aanmelding.json" >"$W/out" 2>"$W/err"
same "$(events accepted)" 0

# only withheld fields: nothing is left to share, so nobody gets a share
signal 01 '.kind = "terugkoppeling" | .purpose = "weging" | .ground = "pga-5-2" |
    .attributes = {"alleen-status": "yes", "gemeld-door": "wijkteam"} |
    .fields = {feiten: "x", duiding: "y"}' >"$W/s.json"
code 1 as gemeente push "$W/s.json" >"$W/out" 2>"$W/err"
# emptied by the sender: the same
sed -i 's/"duiding":"y"/"status":"z"/' "$W/s.json"
code 1 as gemeente push --withhold status --reason safety "$W/s.json" \
    >"$W/out" 2>"$W/err"
same "$(events accepted)" 0
nothing gemeente om

# emptied for one of two: only the other gets a share
signal 02 '.fields = {betrokkene: "R.", signaal: "x", bsn: "999990019"} |
    .exclude = (.fields | keys
        | map({partner: "om", field: ., reason: "necessity"}))' |
    as politie push - >"$W/out"
takes gemeente 1
nothing om
same "$(ledger 'select(.event == "share") | .to')" gemeente

# a policy that loses a field while it is on its way: nobody ever gets it
as politie push "$signalen/02-politie-aanmelding.json" >"$W/out"
newer v2.convenant \
    -e '/^permit P6/,/;$/s/share betrokkene, contactgegevens, bsn,/share betrokkene, contactgegevens,/' \
    -e '/^expect permit by P6/,/;$/s/betrokkene, contactgegevens, bsn,/betrokkene, contactgegevens,/'
operator agreement add "$agreement"
nothing gemeente om
same "$(ledger 'select(.event == "returned") | .code' | sort | uniq -c | xargs)" \
    '2 changed-agreement'
sends politie 02
takes gemeente 1
takes om 1
same "$(jq -c '.fields | has("bsn")' "$W/gemeente.jsonl" "$W/om.jsonl" | uniq)" false
lacks 999990019 "$W/om.jsonl"
