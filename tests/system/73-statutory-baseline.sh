#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# All signatories sign an agreement that permits what the law forbids: the
# broker does not put it in force, and the one before goes on.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner wijkteam:partner toezicht:auditor
cat >"$W/verboden.convenant" <<END
convenant voorbeeldstad version 2 valid 2026-01-01 until 2036-01-01
  timezone "Europe/Amsterdam"
  supersedes sha256:$(sha256sum "$agreement" | cut -d' ' -f1)
  signed by burgemeester, politie, om;
party burgemeester, politie, om, gemeente, wijkteam;
purpose weging "Wegen"; ground wet "De Wet";
signal melding with fields naam a, verwijderde-gegevens f;
permit P1 "Alles": from politie to gemeente signal melding for weging on wet
  share naam, verwijderde-gegevens;
END
sign "$W/verboden.convenant" driehoek-convenant
code 4 operator agreement add "$W/verboden.convenant" >"$W/out" 2>&1
has 'rule P1 permits what baseline wet-pga forbids' "$W/out"
sends politie 01
takes gemeente 1
same "$(jq -r .kind "$W/gemeente.jsonl")" politiesignaal
same "$(events agreement)" 1
# without that field it is put in force
sed -i 's/, verwijderde-gegevens;/;/' "$W/verboden.convenant"
sign "$W/verboden.convenant" driehoek-convenant
operator agreement add "$W/verboden.convenant" >"$W/out"
same "$(events agreement)" 2
verified
