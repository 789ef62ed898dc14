#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A preview shows who gets which fields, what is withheld and by which rule,
# and sends nothing; it works without the broker.
. "$(dirname "$0")/lib.sh"
world $small
signal=$signalen/01-politie-signaal.json

check() {
    has gemeente "$1"
    has 'betrokkene, contactgegevens, signaal, politiegegevens' "$1"
    has 'withheld   onderzoeksgegevens (by rule P5)' "$1"
    lacks 'N1' "$1" # takes nothing away from this signal
    has 'P5 Politie geeft een signaal aan de dossierhouder' "$1"
    has 'retain at most 365 days' "$1"
    lacks 'Ruben de Wit' "$1" # no value on the screen
}
as politie push --dry-run "$signal" >"$W/preview"
check "$W/preview"
as politie push --dry-run --json "$signal" >"$W/json"
same "$(jq -c '.recipients[] | select(.permitted) | .partner, .fields, .withheld, .rules' "$W/json")" \
    '"gemeente"
["betrokkene","contactgegevens","signaal","politiegegevens"]
["onderzoeksgegevens"]
["P5","N1","N2"]'
same "$(jq -c '[.recipients[] | select(.permitted | not) | .partner] | sort' "$W/json")" \
    '["aivd","burgemeester","college","contactpunt","derdenloket","gemeente-elders","ggz","gi","lovj","nctv","om","raad","reclassering","rvdk","school","wijkteam"]'
lacks 'Ruben de Wit' "$W/json"
# why each field is withheld: by whom, and not by somebody else
as politie push --dry-run --withhold signaal --reason source "$signal" >"$W/out"
has 'withheld   signaal (by you); onderzoeksgegevens (by rule P5)' "$W/out"
same "$(signal 02 '.fields.themagegevens = "x"' |
    as politie push --dry-run --withhold bsn --reason source --json - |
    jq -c '.recipients[] | select(.partner == "om") | .withheld_by')" \
    '{"bsn":"sender","themagegevens":"N2","informanten":"N2"}'

# a rule that forbids it whatever is the phase of the case, not V11, which does
# only when the case is closed
same "$(signal 14 | as gemeente push --dry-run --json - |
    jq -r '.recipients[] | select(.partner == "raad") | .why' | cut -c 1-20)" \
    'rule V25 forbids it:'

# nothing has left the node, nothing waits in it
as politie outbox list >"$W/outbox"
has 'empty' "$W/outbox"
same "$(events accepted)" 0
same "$(events refused)" 0

stop_broker
as politie push --dry-run --timeout 1 "$signal" >"$W/preview"
check "$W/preview"
has 'cannot be reached' "$W/preview"
as politie outbox list >"$W/outbox"
has 'empty' "$W/outbox"
