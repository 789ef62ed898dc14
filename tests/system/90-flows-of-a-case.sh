#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A case by the shipped agreement: only who is designated gets what is brought
# in, another municipality hears of no veto, and nothing follows once it is
# closed.
. "$(dirname "$0")/lib.sh"
world gemeente:partner college:partner rvdk:partner burgemeester:partner \
    gemeente-elders:partner toezicht:auditor
case=5d0c3f2a91be47d08a6ef1c2b7930e41

# brings NODE KIND PURPOSE GROUND ATTRIBUTES FIELDS [CODE]: the attributes as
# name=value ..., the fields as names; who is designated unless told otherwise
brings() {
    local word attributes='' fields=''
    for word in $5; do
        attributes+="\"${word%=*}\": \"${word#*=}\","
    done
    for word in $6; do
        fields+="\"$word\": \"over $word\","
    done
    echo "{\"kind\": \"$2\", \"purpose\": \"$3\", \"ground\": \"$4\",
        \"case\": \"$case\", \"attributes\": {${attributes%,}},
        \"fields\": {${fields%,}}}" >"$W/signal.json"
    code "${7-0}" as "$1" push "$W/signal.json" >"$W/push" 2>&1
}
got() { jq -r '[.kind, .sender, (.fields | keys | join(" "))] | join("|")' \
    "$W/$1.jsonl"; }
designated='gemeente-aangewezen=yes politie-aangewezen=no om-aangewezen=no
    college-aangewezen=yes reclassering-aangewezen=unknown rvdk-aangewezen=no'
now='in-casus=yes fase=overleg'

# the child protection board is not designated: it gets nothing, brings nothing
brings gemeente inbreng duiding pga-6-1 "$designated $now noodzakelijk=yes
    zwaarwegende-reden=no relaties-relevant=no" 'betrokkene plangegevens relaties'
takes college 1
same "$(got college)" 'inbreng|gemeente|betrokkene plangegevens'
brings rvdk inbreng duiding pga-6-1 "$designated $now noodzakelijk=yes
    zwaarwegende-reden=no relaties-relevant=yes" betrokkene 1
has V17B "$W/push"

# the gist of an official message, without whether a rule was lifted for it
brings burgemeester ambtsbericht-duiding duiding pga-6-1-wiv-65 \
    "$designated $now derdenregel=opgeheven" 'kern document'
takes gemeente 1
takes college 1
same "$(got college)" 'ambtsbericht-duiding|burgemeester|kern'
lacks opgeheven "$W/college.jsonl"
brings burgemeester ambtsbericht-duiding duiding pga-6-1-wiv-65 \
    "$designated $now derdenregel=van-kracht" kern 1
has V10 "$W/push"

# a transfer: what the police veto stays, and that they did is not told
brings gemeente overdracht overdracht pga-7 "$now band-met-gemeente=verblijf
    vetoronde-afgerond=yes politie-veto=yes om-veto=no" \
    'betrokkene plangegevens politiegegevens justitiele-gegevens relaties'
takes gemeente-elders 1
same "$(got gemeente-elders)" \
    'overdracht|gemeente|betrokkene justitiele-gegevens plangegevens'
has vetoronde-afgerond "$W/gemeente-elders.jsonl"
lacks politie-veto "$W/gemeente-elders.jsonl"
lacks om-veto "$W/gemeente-elders.jsonl"

# closed: nothing follows
brings gemeente voortgang uitvoering pga-6-2 \
    "$designated in-casus=yes fase=afgesloten" uitgevoerd 1
has V11 "$W/push"
nothing rvdk college gemeente-elders burgemeester gemeente
verified
