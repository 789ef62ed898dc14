#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Each example signal is one that its sender may send by the shipped agreement;
# those of a case, when the broker finds the case to be where they belong.
. "$(dirname "$0")/lib.sh"
world burgemeester:partner gemeente:partner politie:partner om:partner \
    reclassering:partner toezicht:auditor
nodes=' burgemeester gemeente politie om reclassering '
seen=
for file in "$signalen"/*.json; do
    name=$(basename "$file" .json)
    node=${name#*-}
    node=${node%%-*}
    case $name in
        05-* | 09-*) continue ;; # what may not be, and a mistyped field
    esac
    [[ $nodes == *" $node "* ]] || continue # no node of this world
    as "$node" push --dry-run --json "$file" >"$W/out" || {
        echo "$name is not permitted" >&2
        exit 1
    }
    same "$(jq -r '[.recipients[] | select(.permitted)] | length > 0' "$W/out")" true
    number=${name%%-*}
    case $name in
        01-* | 10-*) want=false ;;
        *) want=true ;;
    esac
    same "$number $(jq -r '[.recipients[] | select(.permitted)] |
        all(.conditional)' "$W/out")" "$number $want"
    seen+=" $number"
done
same "$seen" ' 01 02 06 07 10 11 13 14 15 16 17 18 19 20 21 22 23 24 25 26'
same "$(events accepted)" 0
