#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# All have signed an agreement that permits what the law forbids: a field that is
# never shared, or one that nobody but its sender need approve. It does not come
# in force, by either way, and the operator is told which rule permits it and for
# which signal; the agreement before goes on.
. "$(dirname "$0")/lib.sh"
world $small
hash=$(sha256sum "$agreement" | cut -d' ' -f1)
agreement=$W/v2.convenant
write() { # FIELD APPROVAL: the second version, signed
    cat >"$agreement" <<T
convenant voorbeeldstad version 2 valid 2026-01-01 until 2036-01-01
  timezone "Europe/Amsterdam" supersedes sha256:$hash
  signed by burgemeester, politie, om;
party burgemeester, politie, om, gemeente;
purpose weging "Wegen van een melding";
ground wet "De wet";
attribute ernst : level laag, hoog; attribute bijzonder-noodzakelijk : yes-no;
signal melding with fields naam a, $1 attributes ernst, bijzonder-noodzakelijk;
permit P1 "Een melding": from politie to gemeente signal melding
  for weging on wet when ernst is hoog and bijzonder-noodzakelijk is yes
  share naam, ${1%% *}${2-};
T
    sign "$agreement" driehoek-convenant
}
refused() { # FILE WHERE FIELD [HOW]
    has "$1:9:8: error: rule P1 permits what baseline wet-pga forbids${4-} (line" "$2"
    has "it shares $3 from politie to gemeente signal melding" "$2"
    has 'ernst is hoog' "$2"
    same "$(operator status --json | jq -r .agreement.version)" 1
    same "$(events agreement)" 1
}
write 'verwijderde-gegevens f'
code 4 operator agreement add "$agreement" >"$W/out" 2>"$W/err"
refused "$agreement" "$W/err" verwijderde-gegevens
place
hangup
refused agreement.convenant "$W/broker.log" verwijderde-gegevens
operator status >"$W/status"
refused agreement.convenant "$W/status" verwijderde-gegevens
sends politie 01
takes gemeente 1

# what the sender may approve himself
write 'geloof special religion' ' oblige approval by 1 of politie, burgemeester'
code 4 operator agreement add "$agreement" >"$W/out" 2>"$W/err"
refused "$agreement" "$W/err" geloof " without another's approval"
has ', B12): it shares' "$W/err"
same "$(grep -c error: "$W/err")" 1
# no second signature at all
write 'geloof special religion'
place
hangup
refused agreement.convenant "$W/broker.log" geloof " without another's approval"
# with one of another it may come in force
write 'geloof special religion' ' oblige approval by 1 of burgemeester'
place
hangup
same "$(operator status --json |
    jq -c '.agreement | [.version, .["not-loaded"]]')" '[2,null]'
verified
