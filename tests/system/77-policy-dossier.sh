#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# What signatories get before they sign: whole or not at all, each file what its
# command prints, hashes that fit, and lines that sign with stock ssh-keygen.
. "$(dirname "$0")/lib.sh"
umask 022
world_signatories
cp "$root/policy/convenanten/voorbeeldstad.convenant" "$agreement"
dossier() { "$driehoek" policy dossier "$@"; }
sha() { sha256sum "$1" | cut -d' ' -f1; }

# files DIR: exactly those of SHA256SUMS, and the index has them
files() {
    local sum name
    (cd "$1" && sha256sum --quiet -c SHA256SUMS)
    same "$(cut -c 67- "$1/SHA256SUMS" | sort)" \
        "$(find "$1" -mindepth 1 -printf '%P\n' | grep -v SHA256SUMS | sort)"
    while read -r sum name; do
        [ "$name" != index.html ] || continue
        has "<a href=\"$name\">$name</a>" "$1/index.html"
        has "<code>$sum</code>" "$1/index.html"
    done <"$1/SHA256SUMS"
    lacks '<script' "$1/index.html"
    lacks 'http' "$1/index.html"
}
# commands DIR: run again in it, each gives its file
commands() {
    local file words
    sed -n -e 's:.*<a href="\([^"]*\)">.*policy \([^<]*\)</code><.*:\1 \2:p' \
        "$1/index.html" >"$W/made"
    [ "$(lines "$W/made")" -ge 3 ]
    while read -r file words; do
        # shellcheck disable=SC2086 # words
        (cd "$1" && "$driehoek" policy $words) >"$W/again" 2>&1 ||
            [ $? -eq 1 ]
        cmp "$W/again" "$1/$file"
    done <"$W/made"
}
# lines_sign DIR NAME...: the line of each signs, and nobody else has one
lines_sign() {
    local dir=$1 name line text=voorbeeldstad.convenant
    shift
    for name in "$@"; do
        line=$(grep -A1 "^$name:$" "$dir/signing.txt" | tail -n 1)
        (cd "$dir" && eval "${line/KEY/\$W/keys/\$name}") 2>"$W/err"
        ssh-keygen -Y verify -n driehoek-convenant -f "$W/allowed_signers" \
            -I "$name" -s "$dir/$text.$name.sig" <"$dir/$text" >"$W/out"
        line=$(sed 's/^ *//; s/</\&lt;/; s/>/\&gt;/' <<<"$line")
        has "<pre>$line</pre>" "$dir/index.html"
    done
    same "$(grep -c 'Y sign' "$dir/signing.txt")" $#
    rm "$dir"/*.sig
}
# gone PATH: neither it nor what it was made under is there
gone() { same "$(find "$W" -path "$1*")" ''; }

# a first agreement
dossier - "$agreement" -o "$W/een" >"$W/out"
has "$W/een" "$W/out"
cmp "$agreement" "$W/een/voorbeeldstad.convenant"
has "sha256:$(sha "$agreement")" "$W/een/signing.txt"
has "sha256:$(sha "$agreement")" "$W/een/index.html"
has 'Achterwege blijft' "$W/een/render-nl.txt"
has 'Left out' "$W/een/render-en.txt"
has 'Wat politie mag geven' "$W/een/matrix-nl.html"
has 'What politie may give' "$W/een/matrix-en.html"
has '"politie","gemeente","politiesignaal","betrokkene","always"' \
    "$W/een/matrix.csv"
has 'valid' "$W/een/check.txt"
has 'lang="nl"' "$W/een/index.html"
lacks 'De tekst ervoor' "$W/een/signing.txt"
files "$W/een"
commands "$W/een"
lines_sign "$W/een" burgemeester politie om
# not again, and what is there stays
touch "$W/een/notitie"
cp -r "$W/een" "$W/before"
code 5 dossier - "$agreement" -o "$W/een" 2>"$W/err"
has 'no empty directory' "$W/err"
diff -r "$W/before" "$W/een"
same "$(find "$W" -path "$W/een.*")" ''

# the next one: who leaves and who comes in both sign
old=$agreement
newer twee.convenant -e 's/retain at most 365 days/retain at most 364 days/' \
    -e 's/signed by burgemeester, politie, om/signed by politie, om, gemeente/'
ssh-keygen -q -t ed25519 -N '' -f "$W/keys/gemeente"
sed 's/^om/gemeente/; s#ssh-ed25519 .*#'"$(cut -d' ' -f1,2 "$W/keys/gemeente.pub")"'#' \
    <(grep ^om "$W/allowed_signers") >>"$W/allowed_signers"
mkdir "$W/twee"
dossier "$old" "$agreement" -o "$W/twee/" --lang en --json >"$W/json"
compiled=$("$driehoek" policy check --json "$agreement" |
    jq -r .compiled_sha256)
same "$(jq -r '.name, .version, .sha256, .compiled_sha256' "$W/json")" \
    "voorbeeldstad
2
$(sha "$agreement")
$compiled"
has 364 "$W/twee/diff-nl.txt"
has 364 "$W/twee/diff-en.txt"
same "$(find "$W/een" -name 'diff*')" ''
has "sha256:$compiled" "$W/twee/signing.txt"
has "sha256:$compiled" "$W/twee/index.html"
has "sha256:$compiled" "$W/twee/check.txt"
same "$(jq -r '.files[] | "\(.sha256)  \(.name)"' "$W/json" |
    grep -v SHA256SUMS)" "$(cat "$W/twee/SHA256SUMS")"
jq -r '.signatories[].sign' "$W/json" >"$W/sign"
same "$(sed 's/^  //' "$W/twee/signing.txt" | grep 'Y sign')" "$(cat "$W/sign")"
cmp "$old" "$W/twee/voorbeeldstad-1.convenant"
has "The text before: sha256:$(sha "$old") (version 1)" "$W/twee/signing.txt"
has 'lang="en"' "$W/twee/index.html"
files "$W/twee"
commands "$W/twee"
lines_sign "$W/twee" burgemeester politie om gemeente
# the same texts give the same dossier
(cd "$W" && umask 077 && dossier voorbeeldstad.convenant twee.convenant -o ook --lang en) \
    >"$W/out"
diff -r "$W/twee" "$W/ook"
same "$(stat -c %a "$W/twee" "$W/ook" "$W/ook/index.html")" "755
700
600"

# refused, and nothing is left: older, no successor, another, faulty, no place
code 1 dossier "$agreement" "$old" -o "$W/niet" 2>"$W/err"
has 'version 2 was in force' "$W/err"
gone "$W/niet"
sed 's/supersedes sha256:./supersedes sha256:x/; s/sha256:x/sha256:0/' \
    "$agreement" | sed 's/sha256:0[0-9a-f]*/sha256:'"$(sha "$W/err")"'/' \
    >"$W/drie.convenant"
code 1 dossier "$old" "$W/drie.convenant" -o "$W/niet" 2>"$W/err"
has "sha256:$(sha "$old")" "$W/err"
gone "$W/niet"
sed 's/^convenant voorbeeldstad/convenant anderstad/' "$agreement" \
    >"$W/ander.convenant"
code 1 dossier "$old" "$W/ander.convenant" -o "$W/niet" 2>"$W/err"
has 'anderstad' "$W/err"
sed 's/share betrokkene/share betrokkenen/' "$agreement" >"$W/fout.convenant"
code 4 dossier "$old" "$W/fout.convenant" -o "$W/niet" 2>"$W/err"
has "$W/fout.convenant:" "$W/err"
code 4 dossier "$W/fout.convenant" "$agreement" -o "$W/niet" 2>"$W/err"
code 5 dossier "$W/nergens" "$agreement" -o "$W/niet" 2>"$W/err"
code 5 dossier "$old" "$agreement" -o "$W/nergens/niet" 2>"$W/err"
code 5 dossier "$old" "$agreement" -o "$agreement" 2>"$W/err"
code 2 dossier "$old" "$agreement" 2>"$W/err"
has '-o DIR' "$W/err"
code 2 dossier "$old" "$agreement" -o "$W/niet" --lang fr 2>"$W/err"
# a file that cannot be written: too large for the limit
code 5 bash -c 'ulimit -f 8; trap "" XFSZ
    exec "$0" policy dossier "$1" "$2" -o "$3"' \
    "$driehoek" "$old" "$agreement" "$W/niet" 2>"$W/err"
gone "$W/niet"
