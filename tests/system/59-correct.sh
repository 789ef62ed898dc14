#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A correction is another signal, decided like any, in the place of the one that
# is withdrawn for it: both or none, whatever is killed in between.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner wijkteam:partner \
    toezicht:auditor
consents om
id() { sent politie "select(.number == $1) | .id"; }
notice() { jq -r "select(.type != \"share\") | $1" "$2"; }

sends politie 02 '.fields = {betrokkene: "R.", signaal: "fout"}'
takes gemeente 1
signal 02 '.fields = {betrokkene: "R.", signaal: "goed"}' >"$W/right.json"
as politie correct --dry-run 1 "$W/right.json" >"$W/out"
has gemeente "$W/out"
same "$(events accepted)" 1

# the broker is away: both are kept
crash_broker
code 3 as politie correct 1 "$W/right.json" --timeout 1 >"$W/out" 2>"$W/err"
start_broker
as politie status >"$W/out"
same "$(sent politie 'select(.number == 1) | [.withdrawn, .withdrawal_waits, .replaced_with, .replaced_by] | join(" ")')" \
    "incorrect false 2 $(id 2)"
crash_broker
start_broker

# who took the first gets the second, and the notice that binds them; who did
# not gets the second only, and nothing that speaks of the first
as gemeente receive --withdrawn deleted --timeout 2 >"$W/g"
same "$(jq -r 'select(.type == "share") | .id + " " + .fields.signaal' "$W/g")" \
    "$(id 2) goed"
same "$(notice '[.type, .id, .replaced_by] | join(" ")' "$W/g")" \
    "corrected $(id 1) $(id 2)"
as om receive --timeout 2 >"$W/o"
same "$(jq -r '.type + " " + .id' "$W/o")" "share $(id 2)"
lacks "$(id 1)" "$W/o"
same "$(events corrected)" 2
same "$(sent politie 'select(.number == 1) | .outcomes | map(.partner + " " + .outcome + " " + .withdrawal) | sort | join(", ")')" \
    'gemeente taken deleted, om withdrawn not-told'
verified

# refused by the broker: the first stays as it is
signal 02 '.fields = {betrokkene: "R.", signaal: "weer fout"}' | as politie push - >/dev/null
takes gemeente 1
until=$(date -u -d '+4 seconds' +%FT%TZ)
crash_broker
signal 02 ".expires = \"$until\"" >"$W/late.json"
code 3 as politie correct 3 "$W/late.json" --timeout 1 >"$W/out" 2>"$W/err"
code 3 as politie status --timeout 6 >"$W/out" 2>"$W/err" # meanwhile it expires
start_broker
as politie status >"$W/out"
same "$(sent politie 'select(.number == 4) | .state + " " + .why')" 'refused expired'
same "$(sent politie 'select(.number == 3) | .withdrawn')" null
same "$(events corrected)" 2
# and may be corrected after all
as politie correct 3 "$W/right.json" --reason outdated >"$W/out"
has Corrected "$W/out"

# the agreement permits nobody: nothing is kept or withdrawn
signal 02 '.fields = {betrokkene: "R.", signaal: "x"} | .to = ["wijkteam"]' >"$W/nobody.json"
code 1 as politie correct 5 "$W/nobody.json" >"$W/out" 2>"$W/err"
has 'nothing was sent or withdrawn' "$W/err"
same "$(sent politie 'select(.number == 5) | .withdrawn')" null
verified
