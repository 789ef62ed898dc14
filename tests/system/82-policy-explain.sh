#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Why a request is decided as it is, in Dutch, English and JSON; what would have
# to differ is tried, and makes the rule apply. Of a denial its recipient is
# told nothing.
. "$(dirname "$0")/lib.sh"
cat >"$W/x.convenant" <<'C'
convenant x version 3 valid 2026-01-01 until 2027-01-01
  timezone "Europe/Amsterdam" signed by a, b;
party a, b, c, d;
purpose p "P"; purpose q "Q"; ground g "G"; ground h "H";
attribute leeftijd : number 0 .. 120;
attribute getoetst : yes-no;
attribute ernst : level laag, middel, hoog;
window werk = mon-fri 08:00-18:00;
signal k with fields naam, adres, bron, dossier, reden
  attributes leeftijd, getoetst, ernst;
permit P1 "Kinderen": from a to b, c signal k for p on g
  when leeftijd below 18 and ernst at least middel and during werk
    and getoetst is yes
  share naam, adres, dossier withhold bron
  oblige retain at most 30 days and no onward and log;
permit P2 "Ook de reden": from a to b signal k for p on g
  when getoetst is yes share naam, reden
  oblige retain at most 90 days and approval by 2 of a, d;
permit P3 "Terug": from b to a signal k for q on h share naam;
forbid V1 "Niet zo": from a to c signal k when ernst is hoog
  because "Wet, artikel 1";
never N1 "Geen dossier": share dossier to any;
expect deny: from d to a signal k for p on g;
C
explain() { "$driehoek" policy explain "$W/x.convenant" "$@"; }
facts='leeftijd is 12, ernst is middel, getoetst is yes, during werk'

# permitted, and it waits for an approval
explain --lang en "from a to b signal k for p on g with $facts" >"$W/en"
has 'Permitted: a may give a k to b.' "$W/en"
has 'Waits for approval by at least 2 of a, d.' "$W/en"
has "P1 \"Kinderen\" ($W/x.convenant:11)" "$W/en"
has 'naam     shared by P1, P2' "$W/en"
has 'bron     withheld by P1' "$W/en"
has 'dossier  never, by N1' "$W/en"
has 'keeps the data for at most 30 days. (P1)' "$W/en"
explain from a to b signal k for p on g with "$facts" >"$W/nl"
has 'Toegestaan: a mag een k aan b verstrekken.' "$W/nl"
has 'Wacht op goedkeuring door minstens 2 van a, d.' "$W/nl"
has 'naam     gedeeld door P1, P2' "$W/nl"
explain --json "from a to b signal k for p on g with $facts" >"$W/json"
same "$(jq -r '.decision' "$W/json")" pending
# each field once
same "$(jq -c '[.fields[] | [.name, .outcome, .rules]]' "$W/json")" \
    '[["naam","shared",["P1","P2"]],["adres","shared",["P1"]],["bron","withheld",["P1"]],["dossier","never",["N1"]],["reden","shared",["P2"]]]'
same "$(jq -c '[.obligations[] | del(.sentence)]' "$W/json")" \
    '[{"retain_at_most_days":30,"rules":["P1"]},{"onward_only_to":[],"rules":["P1"]},{"log":true,"rules":["P1"]},{"approval":{"count":2,"of":["a","d"]},"rules":["P2"]}]'
explain --lang en "from a to b signal k for p on g with getoetst is yes" >"$W/en"
has 'bron     no rule shares it' "$W/en"

# denied: the nearest rules and exactly what would have to differ
code 1 explain --lang en "from a to c signal k for p on g with leeftijd is 20,
    ernst is laag, getoetst is yes" >"$W/en"
has 'Denied: no rule permits it.' "$W/en"
has "P2 \"Ook de reden\" ($W/x.convenant:16) would apply if" "$W/en"
has '- the recipient is b (now c).' "$W/en"
lacks 'P1 "' "$W/en" # $W may have a P1 in it
code 1 explain --lang en "from a to c signal k for p on h with leeftijd is 20,
    getoetst is yes, during werk, ernst is laag" --json >"$W/json"
same "$(jq -c '[.nearest[].id]' "$W/json")" '["P2"]'
code 1 explain "from a to b signal k for p on g with leeftijd is 12" >"$W/nl"
has 'Geweigerd: geen regel staat het toe.' "$W/nl"
has '- getoetst ja is (nu onbekend).' "$W/nl"
# numbers, levels and windows, and a forbid behind them
sed -e '/^permit P2/,/^  oblige/d' "$W/x.convenant" >"$W/y.convenant"
code 1 "$driehoek" policy explain --lang en "$W/y.convenant" \
    "from a to c signal k for q on g with leeftijd is 20, ernst is laag" >"$W/en"
for line in 'the purpose is p (now q), and' \
    'the signal is accepted during werk (now no window), and' \
    'leeftijd is at most 17 (now 20), and' \
    'getoetst is yes (now unknown), and' \
    'ernst is at least middel (now laag).' \
    'Of some of that: rule V1 forbids it.'; do
    has "$line" "$W/en"
done
code 1 "$driehoek" policy explain --json "$W/y.convenant" \
    "from a to c signal k for q on g with leeftijd is 20, ernst is laag" >"$W/json"
same "$(jq -c '.nearest[0] | [.then, .forbidden_by, (.if[] | [.of, .attribute, .would_do // .during])]' "$W/json")" \
    '["depends","V1",["purpose",null,["p"]],["windows",null,["werk"]],["attribute","leeftijd",[{"least":0,"most":17}]],["attribute","getoetst",["yes"]],["attribute","ernst",["middel","hoog"]]]'
# done as it says, it is permitted
"$driehoek" policy explain "$W/y.convenant" "from a to c signal k for p on g
    with leeftijd is 17, ernst is middel, getoetst is yes, during werk" >"$W/nl"
has 'Toegestaan: a mag een k aan c verstrekken.' "$W/nl"
code 1 explain --lang en from d to b signal k for p on g >"$W/en"
has 'No rule permits d to give a k.' "$W/en"
has 'the sender is a (now d)' "$W/en"

# forbidden: the rule with its reason, and what it stands before
code 1 explain --lang en "from a to c signal k for p on g with leeftijd is 12,
    ernst is hoog, getoetst is yes, during werk" >"$W/en"
has 'Denied: rule V1 forbids it.' "$W/en"
lacks 'not known' "$W/en"
code 1 explain --lang en "from a to c signal k for p on g with getoetst is yes" \
    >"$W/unknown"
has 'Here it applies because it is not known: ernst.' "$W/unknown"
code 1 explain "from a to c signal k for p on g with getoetst is yes" \
    >"$W/unknown"
has 'Hier geldt zij omdat niet bekend is: ernst.' "$W/unknown"
has 'Reason: "Wet, artikel 1".' "$W/en"
has 'Were it not forbidden, these would apply: P1.' "$W/en"
code 1 explain --json "from a to c signal k for p on g with ernst is hoog" >"$W/json"
same "$(jq -c '[.decision, .reason, .forbids[0].because, .fields[0].outcome]' "$W/json")" \
    '["deny","forbidden","Wet, artikel 1","denied"]'

# what is wrong is told with its place
code 4 explain "from a to b signal k for p on g with ernst is hog" 2>"$W/err"
has "request:1:47: error: unknown value of ernst 'hog'; did you mean 'hoog'?" "$W/err"
code 4 explain "from a to b signal k for p" 2>"$W/err"
has "request:1:27: error: the request ends too early; expected 'on'" "$W/err"
code 4 explain 'from a to b signal k for p on g; permit' 2>"$W/err"
echo 'convenant' >"$W/bad"
code 4 "$driehoek" policy explain "$W/bad" from a 2>"$W/err"
has "$W/bad:2:1: error" "$W/err"
code 5 "$driehoek" policy explain "$W/none" from a 2>"$W/err"
code 2 explain 2>"$W/err"
code 2 explain --lang fr from a 2>"$W/err"

# the shipped agreement
shipped=$root/policy/convenanten/voorbeeldstad.convenant
code 1 "$driehoek" policy explain "$shipped" "from politie to school
    signal politiesignaal for openbare-orde on wpg-16-1-b
    with noodzaak-openbare-orde is yes" >"$W/nl"
has 'Geweigerd: regel ' "$W/nl"

# whom a signal was denied is told nothing of it: om is not permitted this one
world politie:partner gemeente:partner om:partner toezicht:auditor
sends politie 01
takes gemeente 1
nothing om
as om ledger list --for internal --json >"$W/om.list"
same "$(jq -r 'select(.event | IN("share", "accepted", "refused")) | .event' "$W/om.list")" ''
ledger 'select(.event | IN("share", "accepted")) | .index' >"$W/entries"
same "$(lines "$W/entries")" 2
while read -r entry; do
    code 1 as om ledger show --for internal "$entry" >"$W/out" 2>"$W/err"
    same "$(cat "$W/out")" ''
done <"$W/entries"
# and who was permitted it, not what it did not get, nor why
lacks onderzoeksgegevens "$W/gemeente.jsonl"
same "$(jq -r 'keys[] | select(test("why|withheld|denied|because|explain"))' \
    "$W/gemeente.jsonl")" ''
lacks '"om"' "$W/gemeente.jsonl"
