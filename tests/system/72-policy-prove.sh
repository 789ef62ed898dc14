#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# What an agreement may not permit: the statutory baseline refuses it in check
# and on a node, another baseline in check, and prove answers what is asked.
. "$(dirname "$0")/lib.sh"
cd "$W"
cp "$root/policy/convenanten/voorbeeldstad.convenant" stad.convenant

# the shipped agreement holds to the statutory baseline
"$driehoek" policy check stad.convenant >out
has 'holds to baseline wet-pga version' out
"$driehoek" policy check --json stad.convenant >out
same "$(jq -r '.valid, .baselines[0].name, .baselines[0].statutory' out)" \
    "$(printf 'true\nwet-pga\ntrue')"

# one that shares removed police data does not load, and says where and why
cat >fout.convenant <<'END'
convenant fout version 1 valid 2026-01-01 until 2027-01-01
  timezone "Europe/Amsterdam" signed by politie;
party politie, gemeente;
purpose weging "Wegen"; ground wet "De Wet";
attribute ernst : level laag, hoog;
signal melding with fields naam a, verwijderde-gegevens f attributes ernst;
permit P1 "Melden": from politie to gemeente signal melding for weging on wet
  when ernst is hoog share naam, verwijderde-gegevens;
END
code 4 "$driehoek" policy check fout.convenant >out 2>err
same "$(cat out)" ''
has 'fout.convenant:7:8: error: rule P1 permits what baseline wet-pga forbids' err
has 'it shares verwijderde-gegevens from politie to gemeente signal melding' err
has 'with ernst is hoog' err
code 4 "$driehoek" policy check --json fout.convenant >out 2>err
same "$(jq -r '.valid, .findings[0].line' out)" "$(printf 'false\n7')"
code 4 "$driehoek" policy prove fout.convenant 'never share naam to any;' \
    >out 2>err
has 'fout.convenant:7:8: error' err

# a baseline of one's own; its own faults name it
cat >eigen.baseline <<'END'
baseline eigen version 3;
party reclassering, om, gemeente, bank;
purpose duiding "Duiden"; ground pga-6-1 "De Wet";
attribute in-casus : yes-no;
signal inbreng with fields bsn b attributes in-casus;
never E1 "Bsn alleen in een casus":
  share bsn to reclassering unless in-casus is yes;
never E2 "Niets over gezondheid naar het OM": share special health to bank;
expect deny: from gemeente to reclassering signal inbreng
  for duiding on pga-6-1 with in-casus is no;
expect deny: from gemeente to bank signal inbreng
  for duiding on pga-6-1;
END
"$driehoek" policy check stad.convenant --baseline eigen.baseline >out
has 'holds to baseline wet-pga' out
has 'holds to baseline eigen version 3 (rules: 2, about nothing in it: 1;' out
has 'expect lines: 2, about nothing in it: 1)' out
sed 's/to bank;/to om;/' eigen.baseline >strenger.baseline
code 4 "$driehoek" policy check stad.convenant -b strenger.baseline >out 2>err
has 'rule P7B permits what baseline eigen forbids (line 8, E2)' err
has 'gezondheid from gemeente to om signal aanmelding-gemeente' err
sed 's/share bsn/share bsm/' eigen.baseline >stuk.baseline
code 4 "$driehoek" policy check stad.convenant -b stuk.baseline >out 2>err
has "stuk.baseline:7:9: error: unknown field 'bsm'; did you mean 'bsn'?" err
code 5 "$driehoek" policy check stad.convenant -b geen.baseline 2>err
code 4 "$driehoek" policy check eigen.baseline 2>err
has "expected 'convenant'" err

# prove: yes, no with a witness that can be checked, and not a question
"$driehoek" policy prove stad.convenant \
    'never share politieke-overtuiging to any except driehoek;' >out
has 'It holds' out
"$driehoek" policy prove stad.convenant \
    'never share geloof to any unless approval by burgemeester;' >out
has 'It holds' out
code 1 "$driehoek" policy prove stad.convenant \
    'never share geloof to any unless approval by om;' >out
has 'rule P7B' out
code 1 "$driehoek" policy prove stad.convenant \
    'forbid from gemeente to om signal any unless bijzonder-noodzakelijk is yes;' \
    >out 2>err
has 'rule P7 "Gemeente meldt een persoon' out
has 'from gemeente to om signal aanmelding-gemeente for weging on pga-5-1' out
echo 'never N1 "Geen bsn": share category b to om;' >belofte
code 1 "$driehoek" policy prove --json stad.convenant @belofte >out
same "$(jq -c '[.holds, .found, .violations[].permit]' out)" \
    '[false,7,"P6","P6B","P6C","P7","P9C","P15","P17"]'
same "$(jq -c '.violations[0] | [.rule, .line, .fields, .request.to]' out)" \
    '["N1",1,["bsn"],"om"]'
code 4 "$driehoek" policy prove stad.convenant 'never share bsm to om;' 2>err
has "assertion:1:13: error: unknown field 'bsm'; did you mean 'bsn'?" err
same "$(wc -l <err)" 1
code 4 "$driehoek" policy prove stad.convenant \
    'permit P1 "X": from om to om signal any for weging on pga-5-1 share bsn;' \
    2>err
has 'a baseline permits nothing' err
code 5 "$driehoek" policy prove stad.convenant @geen 2>err
code 2 "$driehoek" policy prove stad.convenant 2>err
