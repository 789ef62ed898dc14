#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A third party is admitted to one case by its card. The desk has an extract as
# a share, and hands it on: the ledger has that before the file is there. Only
# that key opens it, for that case, unaltered; and nothing is handed once the
# admission has ended.
. "$(dirname "$0")/lib.sh"
world burgemeester:partner politie:partner om:partner gemeente:partner \
    derdenloket:partner toezicht:auditor
case=$(as gemeente case new)
does() { as "$1" case "${@:2}" >"$W/said" 2>"$W/err"; }
day() { date -u -d "+$1 days" +%F; }
reasons=$(printf '7%.0s' {1..64})
guest() { "$driehoek" guest "$@"; }
stated() { as toezicht ledger list --for lawfulness --json |
    jq -r 'select(.event == "stated") | .stated' | grep -cx "$1" || :; }

# the third party's own machine: no node, no connection
guest new "$case" "$W/guest" >"$W/said"
has "case $case" "$W/said"
same "$(stat -c %a "$W/guest/guest.key")" 600
code 1 guest new "$case" "$W/guest" 2>"$W/err"
has 'is there already' "$W/err"
card=$(guest show "$W/guest/guest.card" | sed -n 's/^card //p')
guest new "$case" "$W/other" >"$W/said"
code 2 guest new "${case:1}" "$W/third" 2>"$W/err"

# the case comes into the meeting, and the three admit the card
does gemeente open --bring "$case"
does gemeente weigh --until "$(day 30)" "$case"
for who in burgemeester politie om; do
    does "$who" vote --yes --signal "$reasons" "$case"
done
for step in inform enrich confer; do
    does gemeente move "$step" "$case"
done
extract() {
    jq -n --arg case "$case" '{kind: "extract-derde", purpose: "duiding",
        ground: "pga-3-3", case: $case, attributes: {noodzakelijk: "yes"},
        fields: {betrokkene: "J. de Vries", signaal: "KANARIE 7731",
        politiegegevens: "blijft hier"}}'
}
code 1 as gemeente push - < <(extract) >"$W/push" 2>&1
for who in burgemeester politie; do
    does "$who" admit --desk derdenloket --expertise school \
        --until "$(day 20)" "$case" "$W/guest/guest.card"
done
code 1 as gemeente push - < <(extract) >"$W/push" 2>&1
does om admit --desk derdenloket --expertise school --until "$(day 20)" \
    "$case" "$W/guest/guest.card"
extract | as gemeente push - >"$W/push"
takes derdenloket 1
share=$(jq -r .index "$W/derdenloket.jsonl")
same "$(jq -r '.fields | keys | join(" ")' "$W/derdenloket.jsonl")" \
    'betrokkene signaal'

# the desk hands it on; a card that is not admitted gets nothing
hand() { as derdenloket case extract --card "$W/$1/guest.card" \
    --output "$W/$2" "$3" <"$W/derdenloket.jsonl" >"$W/said" 2>"$W/err"; }
code 1 hand other extract "$share"
has 'not admitted' "$W/err"
code 4 hand guest extract $((share + 1))
has "no share $((share + 1))" "$W/err"
same "$(stated hand)" 0
[ ! -e "$W/extract" ]
hand guest extract "$share"
has 'handed at ledger entry' "$W/said"
same "$(stated hand)" 1
same "$(stat -c %a "$W/extract")" 600
lacks KANARIE "$W/extract"
# nothing is overwritten, nor stated then; what is done again is stated again
code 1 hand guest extract "$share"
has 'is there already' "$W/err"
same "$(stated hand)" 1
hand guest again "$share"
same "$(stated hand)" 2

# it reads what it was handed, with the duties
guest open --key "$W/guest" "$W/extract" >"$W/read"
same "$(jq -r '[.type, .case, .desk, .sender, .share, .fields.signaal,
    .obligations.retain_at_most_days, .obligations.onward_only_to[]?] |
    join("|")' "$W/read")" \
    "extract|$case|derdenloket|gemeente|$share|KANARIE 7731|90"
same "$(jq -r '.until[:10]' "$W/read")" "$(day 20)"
same "$(jq 'has("attributes") or has("rules")' "$W/read")" false
code 4 guest open --key "$W/other" "$W/extract" 2>"$W/err"
has 'another card or case' "$W/err"
# a key may have a passphrase, and then it is asked for
guest new --passphrase-fd 3 "$case" "$W/locked" 3<<<geheim >"$W/said"
code 4 guest open --passphrase-fd 3 --key "$W/locked" "$W/extract" \
    3<<<geraden 2>"$W/err"
has 'the passphrase is missing or wrong' "$W/err"
code 4 guest open --passphrase-fd 3 --key "$W/locked" "$W/extract" \
    3<<<geheim 2>"$W/err"
has 'another card or case' "$W/err"
code 5 guest open --key "$W/locked" "$W/extract" 2>"$W/err" </dev/null
printf 'x' | dd of="$W/again" bs=1 seek=700 conv=notrunc 2>"$W/dd"
code 4 guest open --key "$W/guest" "$W/again" 2>"$W/err"
has 'was altered' "$W/err"

# the report tells who got what; and after the end nothing is handed
as toezicht ledger fetch --for lawfulness >"$W/ledger"
as toezicht ledger report third-parties --from "$W/ledger" --json >"$W/json"
same "$(jq -r '.handed[-1] | [.desk, .expertise, .share, .state] | join(" ")' \
    "$W/json")" "derdenloket school $share runs"
same "$(jq -r '.handed[0].guest' "$W/json")" "$card"
does politie dismiss "$case" "$W/guest/guest.card"
code 1 hand guest late "$share"
has 'does not take it' "$W/err"
[ ! -e "$W/late" ]
same "$(stated hand)" 2
as toezicht ledger report third-parties --for lawfulness --json >"$W/json"
same "$(jq -r '.admissions[] | [.state, .handed] | join(" ")' "$W/json")" \
    'dismissed 2'
verified
