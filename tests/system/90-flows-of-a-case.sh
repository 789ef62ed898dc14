#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A case by the shipped agreement, as it was stated: only who is designated gets
# what is brought in, what is handled with care waits for approvals, an embargo
# ends it, another municipality hears of no veto, and nothing follows once it is
# closed.
. "$(dirname "$0")/lib.sh"
world gemeente:partner college:partner rvdk:partner burgemeester:partner \
    politie:partner om:partner aivd:partner gemeente-elders:partner \
    toezicht:auditor
case=$(as gemeente case new)
reply=null

# brings NODE KIND PURPOSE GROUND ATTRIBUTES FIELDS [CODE]: the attributes as
# name=value ..., the fields as names; an answer to $reply
brings() {
    local word attributes='' fields=''
    for word in $5; do
        attributes+="\"${word%=*}\": \"${word#*=}\","
    done
    for word in $6; do
        fields+="\"$word\": \"over $word\","
    done
    echo "{\"kind\": \"$2\", \"purpose\": \"$3\", \"ground\": \"$4\",
        \"case\": \"$case\", \"in_reply_to\": $reply,
        \"attributes\": {${attributes%,}},
        \"fields\": {${fields%,}}}" | jq -c 'if .in_reply_to == null then
        del(.in_reply_to) else . end' >"$W/signal.json"
    code "${7-0}" as "$1" push "$W/signal.json" >"$W/push" 2>&1
}
got() { jq -r '[.kind, .sender, (.fields | keys | join(" "))] | join("|")' \
    "$W/$1.jsonl"; }
does() { as "$1" case "$2" "$case" "${@:3}" >"$W/said"; }
day() { date -u -d "+$1 days" +%F; }
# the three agree to what the first of them proposed
all() {
    does burgemeester "$@"
    does politie sign
    does om sign
}
inbreng="noodzakelijk=yes zwaarwegende-reden=no relaties-relevant=no"

# nothing is brought in before the unanimous judgement
does gemeente bring
brings gemeente inbreng duiding pga-6-1 "$inbreng" betrokkene 1
does gemeente weigh --until "$(day 30)"
for voter in burgemeester politie om; do
    brings "$voter" weegstem weging pga-5-3 '' 'oordeel motivering'
done
# before the judgement: what is not taken by then goes back
takes gemeente 3
for voter in burgemeester politie om; do takes "$voter" 2; done
for voter in burgemeester politie om; do
    does "$voter" vote --yes \
        --signal "$(as "$voter" status --json | tail -n 1 | jq -r .id)"
done
does gemeente move inform
does gemeente move enrich
all invite --role participant college
brings gemeente aanwijzing betrekken pga-5-5 '' 'betrokkene rol signaal'
takes college 1
same "$(got college)" 'aanwijzing|gemeente|betrokkene rol'
does gemeente move confer

# the child protection board is not designated: it gets nothing, brings nothing
brings gemeente inbreng duiding pga-6-1 "$inbreng" 'betrokkene plangegevens relaties'
takes college 1
same "$(got college)" 'inbreng|gemeente|betrokkene plangegevens'
takes politie 1
takes om 1
brings rvdk inbreng duiding pga-6-1 "$inbreng" betrokkene 1

# police data: not without consent; of code h3 not before two approve
police="noodzakelijk=yes zwaarwegende-reden=no geheimhouding-vermeld=yes
    bron-betrouwbaarheid=b informatie-juistheid=2"
brings politie inbreng-politie duiding pga-6-1-wpg-20 "$police handling=h1" \
    politiegegevens 1
consents om "$case"
brings politie inbreng-politie duiding pga-6-1-wpg-20 "$police handling=h3" \
    'politiegegevens duiding informanten'
nothing college gemeente om
approves burgemeester 3
nothing college
approves om 3
takes college 1
same "$(got college)" 'inbreng-politie|politie|duiding politiegegevens'
takes gemeente 1
takes om 1
item=$(jq -r .id "$W/gemeente.jsonl")
entry=$(as politie status --json | jq -r "select(.id == \"$item\") |
    .outcomes[] | select(.partner == \"gemeente\") | .index")

# on to another only when the originator approves
reply=\"$item\"
brings gemeente doorverstrekking duiding pga-6-1-wpg-20 "noodzakelijk=yes
    herkomst=politie geheimhouding-vermeld=yes" 'betrokkene politiegegevens'
approves politie 2
takes college 1
same "$(got college)" 'doorverstrekking|gemeente|betrokkene politiegegevens'
takes om 1

# the gist of an official message, when its third-party rule was lifted; without
# whether one was
reply=null
brings aivd ambtsbericht openbare-orde wiv-62 ernst=hoog 'betrokkene dreiging'
takes burgemeester 1
reply=\"$(jq -r .id "$W/burgemeester.jsonl")\"
brings burgemeester ambtsbericht-duiding duiding pga-6-1-wiv-65 '' kern 1
message=$(as aivd status --json | jq -r '.outcomes[0].index')
as aivd case restrict --rule in-force "$message" >"$W/said"
brings burgemeester ambtsbericht-duiding duiding pga-6-1-wiv-65 '' kern 1
as aivd case restrict --rule lifted "$message" >"$W/said"
brings burgemeester ambtsbericht-duiding duiding pga-6-1-wiv-65 '' 'kern document'
takes college 1
same "$(got college)" 'ambtsbericht-duiding|burgemeester|kern'
lacks opgeheven "$W/college.jsonl"
for member in gemeente politie om; do takes "$member" 1; done

# a transfer, item by item: what the police veto stays, and that is not told
does gemeente transfer --until "$(day 30)" gemeente-elders
reply=\"$item\"
move='band-met-gemeente=verblijf'
brings gemeente overdracht overdracht pga-7 "$move" politiegegevens 1
as politie case veto "$entry" >"$W/said"
for member in burgemeester politie om gemeente college; do does "$member" agree; done
brings gemeente overdracht overdracht pga-7 "$move" politiegegevens 1
reply=\"$(as gemeente status --json | jq -r 'select(.kind == "inbreng" and
    .state != "refused") | .id' | head -n 1)\"
brings gemeente overdracht overdracht pga-7 "$move" 'betrokkene plangegevens relaties'
takes gemeente-elders 1
same "$(got gemeente-elders)" 'overdracht|gemeente|betrokkene plangegevens'
lacks veto\" "$W/gemeente-elders.jsonl"
same "$(jq .missing "$W/gemeente-elders.jsonl")" 0
reply=null

# under an embargo nothing is shared on
does om embargo --reason investigation --review "$(day 60)"
brings gemeente inbreng duiding pga-6-1 "$inbreng" betrokkene 1
does om lift

# closed: nothing follows
brings gemeente afsluiting uitvoering pga-6-2 '' afsluitbesluit
for member in college politie om; do takes "$member" 1; done
all close --reason goal-reached --destroy-by "$(day 900)"
brings gemeente voortgang uitvoering pga-6-2 '' uitgevoerd 1
brings gemeente inbreng duiding pga-6-1 "$inbreng" betrokkene 1
nothing rvdk college gemeente-elders burgemeester gemeente politie om
verified
