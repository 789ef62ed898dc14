#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# An agreement as sentences: every rule, party, field and obligation of the
# shipped one, in Dutch and English, as text and JSON; no comment of it.
. "$(dirname "$0")/lib.sh"
convenant=$root/policy/convenanten/voorbeeldstad.convenant
render() { "$driehoek" policy render "$convenant" "$@"; }
render >"$W/nl"
render --lang en >"$W/en"
render --json >"$W/nl.json"
render --lang en --json >"$W/en.json"
same "$(render --lang nl)" "$(cat "$W/nl")"
# text and JSON say the same; only line breaks and indents differ
words() { tr -s ' \n' ' '; }
for lang in nl en; do
    words <"$W/$lang" >"$W/$lang.words"
    jq -r '.paragraphs[] | (.id // empty), (if .title then "\"\(.title)\"" else
        empty end), .text' "$W/$lang.json" | while IFS= read -r line; do
        has "$line" "$W/$lang.words"
    done
done
# every rule by its id and title, once
grep -oE '^(permit|forbid|never) [A-Z0-9]+ "[^"]*"' "$convenant" |
    cut -d' ' -f2- | sort >"$W/rules"
for lang in nl en; do
    jq -r '.paragraphs[] | select(.section | IN("permits", "forbids", "nevers"))
        | "\(.id) \"\(.title)\""' "$W/$lang.json" | sort >"$W/rendered"
    same "$(cat "$W/rendered")" "$(cat "$W/rules")"
done
# no paragraph of a rule is like another of the same section
same "$(jq -r '.paragraphs[] | select(.section == "permits").text' \
    "$W/nl.json" | sort | uniq -d)" ''
has "In een signaal van de soort politiesignaal mag politie aan gemeente \
verstrekken: betrokkene, contactgegevens, signaal en politiegegevens. \
Achterwege blijft, ook als een andere regel het toelaat: onderzoeksgegevens, \
themagegevens, informanten en verwijderde-gegevens. Dit mag alleen voor het \
doel openbare-orde, op de grond wpg-16-1-b. Dit mag alleen als \
noodzaak-openbare-orde ja is. De ontvanger bewaart de gegevens hoogstens 365 \
dagen, geeft ze aan niemand door en legt elk gebruik vast." "$W/nl.words"
has "It is forbidden for any party to give a signal of the kind ambtsbericht \
to any party except burgemeester. Reason: \"Wiv 2017, artikelen 62 en 65\"." \
    "$W/en.words"
# the text that is signed, and nothing of its comments
has "sha256:$(sha256sum "$convenant" | cut -d' ' -f1)" "$W/nl"
same "$(jq -r .sha256 "$W/nl.json")" "$(sha256sum "$convenant" | cut -d' ' -f1)"
{
    echo '# alles mag'
    cat "$convenant"
} >"$W/comment.convenant"
same "$("$driehoek" policy render "$W/comment.convenant" | head -n -1)" \
    "$(head -n -1 "$W/nl")"
# what is wrong is said, with the place
sed 's/share betrokkene, dreiging/share betrokkene, dreigng/' "$convenant" \
    >"$W/bad.convenant"
code 4 "$driehoek" policy render "$W/bad.convenant" >"$W/out" 2>"$W/err"
same "$(cat "$W/out")" ''
has "$W/bad.convenant:" "$W/err"
has "did you mean 'dreiging'" "$W/err"
code 5 "$driehoek" policy render "$W/nowhere" 2>"$W/err"
code 2 "$driehoek" policy render "$convenant" --lang fr 2>"$W/err"
has "nl or en" "$W/err"
code 5 "$driehoek" policy render "$convenant" >/dev/full 2>"$W/err"
