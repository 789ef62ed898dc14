#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Who signs the next version sees every change of meaning, whatever the texts
# look like.
. "$(dirname "$0")/lib.sh"
shipped=$root/policy/convenanten/voorbeeldstad.convenant
old=$W/old.convenant
new=$W/new.convenant
cat >"$old" <<'EOF'
convenant klein version 1 valid 2026-01-01 until 2027-01-01
  timezone "Europe/Amsterdam" signed by a;
party a, b, c;
purpose p "P"; purpose q "Q"; ground g "G"; ground h "H";
attribute ernst : level laag, hoog;
signal k with fields s, t attributes ernst;
permit P1 "Aan allen": from a to any signal k for p on g
  when ernst is hoog share s, t oblige retain at most 30 days;
permit P2 "Van b": from b to c signal k for q on h share t;
EOF

# the same, also in another order and under other words
"$driehoek" policy diff "$shipped" "$shipped" >"$W/out"
same "$(cat "$W/out")" 'Beide teksten betekenen hetzelfde.'
sed -e 's/version 1/version 2/' -e 's/"Van b"/"Van b alleen"/' \
    -e 's/^party a, b, c/party c, a, b/' -e 's/fields s, t/fields t, s/' \
    -e 's/^permit P1/# waarom\n&/' "$old" >"$new"
"$driehoek" policy diff --lang en "$old" "$new" >"$W/out"
has 'Both texts mean the same.' "$W/out"
has 'changed: rule P2: "Van b" -> "Van b alleen"' "$W/out"
same "$("$driehoek" policy diff --json "$old" "$new" |
    jq -c '[.equal, .wider, .narrower, .obligations, .vocabulary]')" \
    '[true,[],[],[],[]]'

# a party that joins, a field less, another term
sed -e 's/party a, b, c/&, d/' -e 's/until 2027/until 2028/' \
    -e 's/when ernst is hoog/when ernst is laag/' "$old" >"$new"
code 1 "$driehoek" policy diff --lang en "$old" "$new" >"$W/out"
same "$(cat "$W/out")" 'Wider (1)
  from a to any signal k for p on g when ernst is laag
    was denied, is now permitted
    gained: s, t
    duties: The recipient keeps the data for at most 30 days.

Narrower (1)
  from a to any except d signal k for p on g when ernst is hoog
    was permitted, is now denied
    lost: s, t

Header and vocabulary
  changed: valid: 2026-01-01 until 2027-01-01 -> 2026-01-01 until 2028-01-01
  added: party d'
sed -e 's/share s, t oblige retain at most 30/share s, t oblige retain at most 20/' \
    -e 's/ share t;/ share t oblige approval by 1 of a;/' "$old" >"$new"
code 1 "$driehoek" policy diff --lang nl "$old" "$new" >"$W/out"
same "$(cat "$W/out")" 'Enger (1)
  van b aan c signaal k voor q op h
    was toegelaten, wordt toegelaten na goedkeuring
    verplichtingen waren: Geen verplichtingen.
    verplichtingen: Vóór de aflevering is goedkeuring nodig van minstens 1 van a.

Andere verplichtingen (1)
  van a aan elke signaal k voor p op g als ernst is hoog
    verplichtingen waren: De ontvanger bewaart de gegevens hoogstens 30 dagen.
    verplichtingen: De ontvanger bewaart de gegevens hoogstens 20 dagen.'
code 1 "$driehoek" policy diff --json "$old" "$new" >"$W/out"
same "$(jq -c '.narrower[0] | [.signal, .conditions, .gained, .lost, .before,
    .after, (.requests | floor), .example]' "$W/out")" \
    '["k",{"from":["b"],"to":["c"],"for":["q"],"on":["h"]},[],[],"permit","pending",3,"from b to c signal k for q on h"]'
same "$(jq -r '.obligations[0].duties.to' "$W/out")" \
    'De ontvanger bewaart de gegevens hoogstens 20 dagen.'

# the words alone
sed 's/ground g "G"/ground g "G, artikel 2"/' "$old" >"$new"
code 1 "$driehoek" policy diff --lang en "$old" "$new" >"$W/out"
same "$(cat "$W/out")" 'Header and vocabulary
  changed: ground g: "G" -> "G, artikel 2"'

# not to be compared
code 4 "$driehoek" policy diff "$old" "$W/out" 2>"$W/err"
has "$W/out:1:1: error" "$W/err"
code 5 "$driehoek" policy diff "$W/nowhere" "$old" 2>"$W/err"
code 2 "$driehoek" policy diff "$old" 2>"$W/err"
code 2 "$driehoek" policy diff --lang fr "$old" "$new" 2>"$W/err"
has "'fr'" "$W/err"
