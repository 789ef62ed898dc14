#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# What a mayor, an officer and a program see of who may give what to whom: text,
# a page, CSV and JSON that agree with one another and with the rules.
. "$(dirname "$0")/lib.sh"
export DRIEHOEK_DIR=$W/nowhere # no node is needed
convenant=$root/policy/convenanten/voorbeeldstad.convenant
cat >"$W/small.convenant" <<'END'
convenant klein version 3 valid 2026-01-01 until 2027-03-01
  timezone "Europe/Amsterdam" signed by a, b;
party a, b, c, d;
purpose p "Doel <b>&amp; meer</b>";
ground g "Grond 'een'"; ground h "Grond twee";
attribute ernst : level laag, hoog;
attribute leeftijd : number 0 .. 120;
window dag = mon - fri 08:00 - 18:00;
signal k with fields s, t, u, v attributes ernst, leeftijd;
signal l with fields s;
permit P1 "Eerste": from a to b, c signal k for p on g, h
  when leeftijd at least 18 share s, t oblige retain at most 30 days;
permit P2 "Tweede": from a to b signal k for p on g
  when ernst is hoog and leeftijd at least 18 and during dag share u
  oblige approval by 1 of a, b;
permit P3 "Derde": from b to c signal l for p on g share s oblige no onward;
never N1 "Nooit": share t to c;
END
matrix() { "$driehoek" policy matrix "$@"; }

# text: one way of giving a line, and the conditions of one pair
matrix "$W/small.convenant" >"$W/text"
has 'convenant klein, versie 3' "$W/text"
row() { sed -nE "s/^$1 +$2 +$3 +([0-9]+) +([0-9]+) +([0-9]+) +([a-z]+)\$/\1 \2 \3 \4/p" "$W/text"; }
same "$(row a b k)" '2 1 1 soms'
same "$(row a c k)" '1 0 3 nooit'
same "$(row b c l)" '1 0 0 nooit'
same "$(grep -cE '^[a-d] +[a-d] ' "$W/text")" 3
has "sha256:$(sha256sum "$W/small.convenant" | cut -d' ' -f1)" "$W/text"
same "$(awk 'length > 80' "$W/text")" ''
matrix --from a --to b "$W/small.convenant" >"$W/text"
tr -s ' \n' ' ' <"$W/text" >"$W/flat"
has 'a -> b: k altijd s en t soms u nooit v Geval 1' "$W/flat"
has 'als leeftijd minstens 18 is en het signaal buiten dag wordt aanvaard' "$W/flat"
has 'en ook u doel "Doel <b>&amp; meer</b>"' "$W/flat"
has 'goedkeuring nodig van minstens 1 van a en b.' "$W/flat"
has 'regel P2 "Tweede"' "$W/flat"
lacks 'a -> c' "$W/text"
matrix --lang en --to c "$W/small.convenant" >"$W/text"
has 'a -> c: k' "$W/text"
has 'b -> c: l' "$W/text"
has 'passes the data on to nobody' "$W/text"
lacks 'a -> b' "$W/text"
matrix --from d "$W/small.convenant" >"$W/text"
has 'Niets: geen regel laat het toe.' "$W/text"

# JSON
matrix --json "$W/small.convenant" >"$W/json"
same "$(jq -c '.matrix[0] | [.from, .to, .kind, .always, .sometimes, .never, .approval]' "$W/json")" \
    '["a","b","k",["s","t"],["u"],["v"],"sometimes"]'
same "$(jq -c '.matrix[0].cases[-1] | [.fields, .rules, .boxes]' "$W/json")" \
    '[["s","t","u"],["P1","P2"],[{"purposes":["p"],"grounds":["g"],"windows":["dag"],"attributes":{"ernst":["hoog"],"leeftijd":[[18,120]]}}]]'
same "$(jq -c '.matrix[0].cases[-1].duties' "$W/json")" \
    '{"retain_at_most_days":30,"notify":[],"log":false,"approvals":[{"count":1,"of":["a","b"]}]}'
same "$(jq -c '[.name, .version, .parties]' "$W/json")" '["klein",3,["a","b","c","d"]]'

# CSV says the same, one record a field, and any reader of RFC 4180 reads it
matrix --csv "$W/small.convenant" >"$W/csv"
same "$(grep -c $'\r$' "$W/csv")" "$(lines "$W/csv")"
python3 - "$W/csv" "$W/json" <<'END'
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], newline=''), strict=True))
said = {(r['from'], r['to'], r['kind'], r['field']): r['shared'] for r in rows}
want = {}
for e in json.load(open(sys.argv[2]))['matrix']:
    for share in 'always', 'sometimes', 'never':
        for field in e[share]:
            want[e['from'], e['to'], e['kind'], field] = share
assert said == want and len(rows) == len(want) == 9, (said, want)
of = {(r['to'], r['field']): r for r in rows if r['kind'] == 'k'}
assert of['b', 's']['rules'] == 'P1 P2' and of['b', 'v']['rules'] == ''
assert of['b', 'u']['approval'] == 'always', of['b', 'u']
assert of['b', 's']['approval'] == 'sometimes'
assert of['c', 's']['approval'] == 'never'
assert 'ernst hoog is' in of['b', 'u']['conditions']
END

# the page: well-formed, nothing from elsewhere, every link leads somewhere
page() {
    python3 - "$1" "$2" <<'END'
import html.parser, re, sys
void = {'meta', 'br'}
class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.tags = [], set(), [], []
        self.text = ''
    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        assert len(a) == len(attributes), ('attribute twice', tag)
        assert tag not in ('script', 'link', 'img', 'iframe', 'object', 'base',
                           'form', 'svg', 'video', 'audio', 'embed'), tag
        assert not [n for n in a if n in ('src', 'style', 'srcset', 'action')
                    or n.startswith('on')], a
        if 'id' in a:
            assert a['id'] not in self.ids, ('id twice', a['id'])
            self.ids.add(a['id'])
        if 'href' in a:
            assert a['href'].startswith('#'), a
            self.links.append(a['href'][1:])
        if tag == 'th':
            assert a['scope'] in ('col', 'row', 'rowgroup'), a
        if tag == 'html':
            assert a['lang'] == sys.argv[2], a
        self.tags.append(tag)
        if tag not in void:
            self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, ('ends', tag, self.getpos())
    def handle_data(self, data):
        if self.open[-1:] == ['style']:
            assert not re.search(r'url\(|@import|https?:|//', data), data
        else:
            self.text += data
text = open(sys.argv[1], encoding='utf-8').read()
assert text.startswith('<!DOCTYPE html>\n')
assert not re.search(r'&(?!amp;|lt;|gt;|quot;|#\d+;)', re.sub('(?s)<style>.*?</style>', '', text))
p = Page()
p.feed(text)
p.close()
assert p.open == [], p.open
assert p.links and set(p.links) <= p.ids, set(p.links) - p.ids
assert p.tags.count('h1') == 1 and 'caption' in p.tags and 'main' in p.tags
print(re.sub(r'\s+', ' ', p.text))
END
}
matrix --html "$W/small.convenant" >"$W/html"
page "$W/html" nl >"$W/seen"
has 'Doel <b>&amp; meer</b>' "$W/seen" # as the agreement has it, not as markup
lacks '<b>&amp;' "$W/html"
has "Grond 'een'" "$W/seen"
has 'klein, versie 3' "$W/seen"
has 'van 1 januari 2026 tot 1 maart 2027' "$W/seen"
has "sha256:$(sha256sum "$W/small.convenant" | cut -d' ' -f1)" "$W/seen"
has 'Hiervoor is soms vooraf akkoord nodig.' "$W/seen"
has 'Velden die niemand krijgt kv' "$W/seen"
# routes on other terms are told apart, those on the same terms told once
same "$(grep -c 'class="terms"' "$W/html")" 3
has '■ Altijds en t ◧ Somsu □ Nooitv' "$W/seen"
has 'van a aan c ■ Altijds □ Nooitt, u en v' "$W/seen"
matrix --html --lang en --from a "$W/small.convenant" >"$W/html"
page "$W/html" en >"$W/seen"
has 'Shown is only what goes from a' "$W/seen"
lacks 'Fields that nobody gets' "$W/seen"
matrix --html "$convenant" >"$W/html"
page "$W/html" nl >"$W/seen"
has 'Velden die niemand krijgt' "$W/seen"
has 'van politie aan om of gemeente' "$W/seen"
# more parties than fit with names of kinds in the boxes
sed -e 's/^party a, b, c, d;/party a, b, c, d, e, f, gg, hh, ii, jj;/' \
    "$W/small.convenant" >"$W/many.convenant"
matrix --html "$W/many.convenant" >"$W/html"
page "$W/html" nl >"$W/seen"
has 'hoeveel soorten signaal' "$W/seen"
matrix --html --to c "$W/many.convenant" >"$W/html"
page "$W/html" nl >"$W/seen"
lacks 'hoeveel soorten signaal' "$W/seen"

# the rules decide what is shown
for pair in 'aivd burgemeester' 'politie gemeente'; do
    # shellcheck disable=SC2086 # words
    set -- $pair
    same "$(matrix --json --from "$1" --to "$2" "$convenant" | jq '.matrix | length > 0')" true
done
same "$(matrix --json --to aivd "$convenant" | jq -c .matrix)" '[]'
same "$(matrix --json "$convenant" | jq -c '[.matrix[].always[], .matrix[].sometimes[]] | map(select(. == "informanten" or . == "bronnen"))')" '[]'

# what is wrong is told
code 2 matrix --from e "$W/small.convenant" 2>"$W/err"
has "unknown party 'e'" "$W/err"
code 2 matrix --to gemeentte "$convenant" 2>"$W/err"
has "did you mean 'gemeente'?" "$W/err"
code 2 matrix --lang fr "$W/small.convenant" 2>"$W/err"
code 2 matrix --html --csv "$W/small.convenant" 2>"$W/err"
code 5 matrix "$W/is-not-there" 2>"$W/err"
sed 's/from b to c/from b to cc/' "$W/small.convenant" >"$W/wrong.convenant"
code 4 matrix "$W/wrong.convenant" >"$W/out" 2>"$W/err"
has "$W/wrong.convenant:16:30:" "$W/err"
same "$(cat "$W/out")" ''
code 5 matrix --html "$convenant" >/dev/full 2>"$W/err"
