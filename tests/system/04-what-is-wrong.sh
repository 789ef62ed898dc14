#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A signal with a mistake is refused before anything leaves the node. The
# message names the line and the nearest valid name, never a value.
. "$(dirname "$0")/lib.sh"
world $small

# wrong FILTER TEXT...: the signal changed by jq is refused; each TEXT is in
# the message. The signal stands on three lines more than it has members, so
# that line numbers tell something.
wrong() {
    jq "$1" "$signalen/01-politie-signaal.json" >"$W/s.json"
    shift
    code 4 as politie push "$W/s.json" >"$W/out" 2>"$W/err"
    while [ $# -gt 0 ]; do
        has "$1" "$W/err"
        shift
    done
    for value in Ruben Kanaalstraat Raadhuisplein GEHEIM; do
        lacks $value "$W/err"
        lacks $value "$W/out"
    done
}
wrong '.kind = "politiesignal"' ':2:' politiesignal "'politiesignaal'"
wrong '.kind = "wat-anders"' ':2:' wat-anders
wrong '.purpose = "openbare-order"' ':3:' openbare-order "'openbare-orde'"
wrong '.ground = "wpg-16-1-a"' ':4:' wpg-16-1-a "'wpg-16-1-b'"
wrong '.case = "zaak 12"' ':5:' 32
wrong '.attributes.ernts = "laag"' ':9:' "'ernst'"
wrong '.attributes.ernst = "ernstig"' ':7:' "ernst"
wrong '.attributes.ernst = "GEHEIM"' ':7:' "'ernst'"
wrong '.attributes.ernst = 3' ':7:' "ernst"
wrong '.attributes["noodzaak-openbare-orde"] = "misschien"' ':8:' noodzaak-openbare-orde
wrong '.attributes.ernst = ["hoog"]' ':7:' "ernst"
wrong 'del(.attributes.ernst)' ernst
wrong '.fields.signaaal = "GEHEIM"' ':16:' "'signaal'"
wrong '.fields.zomaar = "GEHEIM"' ':16:' zomaar
wrong '.fields.bsn = "GEHEIM"' ':16:' bsn
wrong '.fields.signaal = 12' ':13:' signaal
wrong '.fields.signaal = null' ':13:' signaal
wrong '.fields.signaal = ("GEHEIM" * 3000)' ':13:' signaal 16384
wrong '.fields = {}' ':10:' fields
wrong 'del(.fields)' fields
wrong 'del(.kind)' kind
wrong 'del(.purpose)' purpose
wrong 'del(.ground)' ground
wrong 'del(.case)' case
wrong '.felds = {"signaal": "GEHEIM"}' "'fields'"
wrong '.to = ["gemeete"]' "'gemeente'"
wrong '.exclude = [{"partner": "gemeete", "reason": "safety"}]' "'gemeente'"
wrong '.exclude = [{"partner": "gemeente", "reason": "zomaar"}]' reason
wrong '.expires = "gisteren"' expires
wrong '.expires = "2020-01-01"' expires

# for programs as well: what, and where
jq -c '.kind = "politiesignal"' "$signalen/01-politie-signaal.json" >"$W/s.json"
signal 01 >>"$W/s.json"
signal 01 '.fields.signaal = 12' >>"$W/s.json"
code 4 as politie push --json "$W/s.json" >"$W/out" 2>"$W/err"
same "$(jq -c '[.line, (.problem | contains("signaal"))]' "$W/out")" '[3,true]'
sed -i '$d' "$W/s.json"
code 4 as politie push --json "$W/s.json" >"$W/out" 2>"$W/err"
same "$(jq -r 'select(.problem) | "\(.line):\(.column) \(.problem)"' "$W/out")" \
    "1:9 unknown kind 'politiesignal'; did you mean 'politiesignaal'?"

# not JSON at all
printf '{"kind": "politiesignaal",\n "fields": {"signaal": "GEHEIM"\n' >"$W/s.json"
code 4 as politie push "$W/s.json" 2>"$W/err"
lacks GEHEIM "$W/err"
printf '{"kind":"a",\n"kind":"b"}' >"$W/s.json"
code 4 as politie push "$W/s.json" 2>"$W/err"
has twice "$W/err"
: >"$W/s.json"
code 4 as politie push "$W/s.json" 2>"$W/err"
code 5 as politie push "$W/is-not-there" 2>"$W/err"

# nothing has left the node
as politie outbox list >"$W/outbox"
has empty "$W/outbox"
same "$(events accepted)" 0
same "$(events refused)" 0
same "$(operator status --json | jq '."rejected-messages"')" 0
