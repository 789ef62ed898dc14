#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Who could ever hold a field, by which rules and conditions, and onward.
. "$(dirname "$0")/lib.sh"
export DRIEHOEK_DIR=$W/nowhere # no node is needed
convenant=$root/policy/convenanten/voorbeeldstad.convenant
cat >"$W/chain.convenant" <<'END'
convenant keten version 1 valid 2026-01-01 until 2027-01-01
  timezone "Europe/Amsterdam" signed by a, b;
party a, b, c, d, e;
purpose p "Doel"; ground g "Grond";
attribute ernst : level laag, hoog;
signal k with fields naam, adres attributes ernst;
signal l with fields naam;
permit P1 "Een": from a to b signal k for p on g when ernst is hoog
  share naam, adres oblige onward only to c, d;
permit P2 "Twee": from b to c, e signal l for p on g share naam;
permit P3 "Drie": from c to d signal l for p on g share naam
  oblige no onward and approval by 1;
permit P4 "Vier": from d to e signal l for p on g share naam;
permit P5 "Vijf": from a to e signal k for p on g share adres;
END
who() { "$driehoek" policy who "$@"; }

who "$W/chain.convenant" k.naam >"$W/text"
has 'k.naam kan terechtkomen bij: b.' "$W/text"
has 'a -> b: k' "$W/text"
has 'ernst hoog is' "$W/text"
has 'P1 "Een"' "$W/text"
lacks 'b -> c' "$W/text"
lacks 'Vijf' "$W/text"
who "$W/chain.convenant" naam >"$W/text"
has 'naam kan terechtkomen bij: b, c, d, e.' "$W/text"
who --lang en "$W/chain.convenant" adres >"$W/text"
has 'adres could come to: b, e.' "$W/text"
has 'Vijf' "$W/text"

# a gives it to b; b may pass it on to c, not to e; c to d; d to nobody
who --onward "$W/chain.convenant" k.naam >"$W/text"
has 'a -> b (k P1) -> c (l P2)' "$W/text"
has 'a -> b (k P1) -> c (l P2) -> d (l P3)' "$W/text"
lacks '-> e' "$W/text"
who --onward --json "$W/chain.convenant" k.naam >"$W/json"
same "$(jq -c '[.field, .holders]' "$W/json")" '["naam",["b"]]'
same "$(jq -c '[.onward[] | [.origin, .holder, .number, [.hops[] | .from + .to + .kind]]]' "$W/json")" \
    '[["a","b",1,["abk"]],["a","c",2,["abk","bcl"]],["a","d",3,["abk","bcl","cdl"]]]'
same "$(jq -c '.ways[0].cases[0].boxes' "$W/json")" \
    '[{"purposes":["p"],"grounds":["g"],"attributes":{"ernst":["hoog"]}}]'
same "$(who --json "$W/chain.convenant" l.naam | jq -c '[.ways[] | [.to, .approval]]')" \
    '[["c","never"],["e","never"],["d","always"],["e","never"]]'
same "$(who --json "$W/chain.convenant" naam | jq 'has("onward")')" false
# without the obligations e gets it too
sed -e 's/ oblige onward only to c, d//' "$W/chain.convenant" >"$W/free.convenant"
who --onward "$W/free.convenant" k.naam >"$W/text"
has 'a -> b (k P1) -> e (l P2)' "$W/text"
who --onward "$W/chain.convenant" k.adres >"$W/text"
has 'Doorgeven brengt het bij niemand anders.' "$W/text"

# in the shipped agreement
same "$(who --json "$convenant" bsn | jq -c .holders)" '["politie","om","gemeente","college","reclassering","rvdk","gemeente-elders"]'
who "$convenant" informanten >"$W/text"
has 'niemand' "$W/text"
who --onward "$convenant" politiesignaal.betrokkene >"$W/text"
has 'Doorgeven brengt het bij niemand anders.' "$W/text"

# what is wrong is told
code 2 who "$convenant" bns 2>"$W/err"
has "did you mean 'bsn'?" "$W/err"
code 2 who "$convenant" ambtsbericht.bsn 2>"$W/err"
has "no kind has field 'ambtsbericht.bsn'" "$W/err"
code 2 who "$convenant" 2>"$W/err"
code 2 who --lang fr "$convenant" bsn 2>"$W/err"
code 5 who "$W/is-not-there" bsn 2>"$W/err"
code 4 who "$root/README.md" bsn 2>"$W/err"
