#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# The words that editors colour are the words of the language, each once.
set -eu
cd "$(dirname "$0")/../policy"
words=$(grep '^%token' grammar.y | grep -oE '"[a-z]+(-[a-z]+)*"' |
    tr -d '"' | sort)
vim=$(sed -n 's/^syntax keyword [A-Za-z]* //p' editors/vim/syntax/convenant.vim |
    tr ' ' '\n' | sort)
grammar=editors/vscode/syntaxes/convenant.tmLanguage.json
vscode=$(jq -r '.patterns[] | select(.name | test("^(keyword|storage|support)"))
    | .match | capture("[(](?<words>[a-z|-]+)[)]").words' $grammar |
    tr '|' '\n' | sort)
failed=0
same() { # NAME WORDS
    [ "$2" = "$words" ] || {
        echo "editors: the words of $1 differ from those of grammar.y:"
        for word in $words $2; do echo "$word"; done | sort | uniq -c |
            awk '$1 != 2 { print "  " $2 }'
        failed=1
    }
}
[ -n "$words" ] || failed=1
same vim "$vim"
same vscode "$vscode"
for file in editors/vscode/*.json; do
    jq -e . "$file" >/dev/null || failed=1
done
exit $failed
