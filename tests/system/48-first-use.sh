#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The lines of first use in the README do what they say, as they stand there;
# and the form that they make can be filled in and sent.
. "$(dirname "$0")/lib.sh"
world $small
stop_broker
cd "$W"
ln -s "$root/clients" clients
D=$W
PATH=$BUILD/clients:$BUILD/broker:$PATH
sed -n '/^## First use/,/^## /s/^    //p' "$root/README.md" >lines
same "$(lines lines)" 21
has 'driehoekd -C $D/broker &' lines
while IFS= read -r line; do
    eval "$line" >>out 2>>err </dev/null
done <lines
child=$!
children=$child
has 'gets       betrokkene' out
has 'melding 12' <(as politie case list)
has 'phase weging' out
has 'votes are due' out
has '"sender":"politie"' out
has 'gemeente taken' out
has 'PARTNER ' out
has 'Verified' out
has 'special-categories' out
has 'Ontvangers (recipients)' out
has 'nothing was left out' out
jq '.case = "5d0c3f2a91be47d08a6ef1c2b7930e41"
    | .fields.betrokkene = "R." | .fields.signaal = "Gezien."
    | .attributes["noodzaak-openbare-orde"] = "yes"' s.json >own.json
as politie push own.json >out
kill -TERM "$child"
wait "$child"
children=
