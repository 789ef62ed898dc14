#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# All have signed an agreement that permits what the law forbids. It does not
# come in force, by either way, and the operator is told which rule permits it
# and for which signal; the agreement before goes on.
. "$(dirname "$0")/lib.sh"
world $small
hash=$(sha256sum "$agreement" | cut -d' ' -f1)
cat >"$W/v2.convenant" <<T
convenant voorbeeldstad version 2 valid 2026-01-01 until 2036-01-01
  timezone "Europe/Amsterdam" supersedes sha256:$hash
  signed by burgemeester, politie, om;
party burgemeester, politie, om, gemeente;
purpose weging "Wegen van een melding";
ground wet "De wet";
attribute ernst : level laag, hoog;
signal melding with fields naam a, verwijderde-gegevens f attributes ernst;
permit P1 "Een melding": from politie to gemeente signal melding
  for weging on wet when ernst is hoog
  share naam, verwijderde-gegevens;
T
agreement=$W/v2.convenant
sign "$agreement" driehoek-convenant
refused() { # FILE WHERE
    has "$1:9:8: error: rule P1 permits what baseline wet-pga forbids" "$2"
    has 'verwijderde-gegevens from politie to gemeente signal melding' "$2"
    has 'with ernst is hoog' "$2"
    same "$(operator status --json | jq -r .agreement.version)" 1
    same "$(events agreement)" 1
}
code 4 operator agreement add "$agreement" >"$W/out" 2>"$W/err"
refused "$agreement" "$W/err"
place
hangup
refused agreement.convenant "$W/broker.log"
operator status >"$W/status"
refused agreement.convenant "$W/status"
sends politie 01
takes gemeente 1
# without the field it may come in force
sed -i 's/^  share naam, .*/  share naam;/' "$agreement"
sign "$agreement" driehoek-convenant
place
hangup
same "$(operator status --json |
    jq -c '.agreement | [.version, .["not-loaded"]]')" '[2,null]'
verified
