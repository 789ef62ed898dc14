#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# What was shared is replayed under narrower and wider agreements, from the
# broker and from an exported ledger: certain where the ledger suffices, "may
# be" where it does not.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
sends politie 01
sends politie 01
sends om 07
takes gemeente 3
shipped=$agreement
# a version of its own in which the police share less, and one signal by it
newer less.convenant -e '/^expect/,/;$/d' \
    -e '/^permit P5/,/;$/s/share betrokkene, contactgegevens, signaal,/share betrokkene,/'
operator agreement add "$agreement" >"$W/out"
sends politie 01
takes gemeente 1
as toezicht ledger fetch --for integrity >"$W/ledger"

# variant NAME EDIT...: another text, without its examples; not signed
variant() {
    local to=$W/$1.convenant
    shift
    sed -e '/^expect/,/;$/d' "$@" "$shipped" >"$to"
    "$driehoek" policy check "$to" >"$W/out" 2>"$W/err"
}
# simulate NAME [OPTION...]
simulate() {
    local name=$1
    shift
    as toezicht policy simulate "$W/$name.convenant" --ledger "$W/ledger" "$@"
}
counts='[.shares, (.newly_denied, .newly_delivered, .newly_waiting,
    .fields_lost, .fields_gained | [.least, .most])]'
# row FROM TO: counts of the police's signals, or what else it is
row() { jq -c ".weeks[] | select(.from == \"$1\" and .to == \"$2\") | $counts" "$W/json"; }

# the same again: nothing changes but what the second version had taken
variant same
simulate same --json >"$W/json"
same "$(jq -c '[.complete, .signals, .newly_denied.most, .newly_delivered.most, .fields_lost.most]' "$W/json")" \
    '[true,4,0,0,0]'
same "$(row politie gemeente)" '[3,[0,0],[0,0],[0,0],[0,0],[2,2]]'
same "$(jq -c '[.changes[] | [.from, .to, .delivered, .would_be, .gained, .may_gain]]' "$W/json")" \
    '[["politie","gemeente","yes","yes",["contactgegevens","signaal"],[]]]'
week=$(TZ=Europe/Amsterdam date -d "$(jq -r '.changes[0].time' "$W/json")" +%G-W%V)
same "$(jq -r '[.weeks[].week] | unique[]' "$W/json")" "$week"
simulate same >"$W/text"
has '4 signals, ' "$W/text"
has 'fields gained: 2' "$W/text"
has '+contactgegevens +signaal' "$W/text"
has "$week" "$W/text"

# narrower: no rule for the prosecutor's, and a field less from the police
variant narrow -e '/^permit P8/,/;$/d' \
    -e '/^permit P5/,/;$/s/share betrokkene,/share/'
simulate narrow --json >"$W/json"
same "$(row om gemeente | cut -c 1-9)" '[1,[1,1],'
same "$(row om politie | cut -c 1-9)" '[1,[1,1],'
same "$(row politie gemeente)" '[3,[0,0],[0,0],[0,0],[3,3],[2,2]]'
simulate narrow >"$W/text"
has 'shares newly denied: 2' "$W/text"
has '-betrokkene' "$W/text"

# the class of an attribute that no rule asked about: it may be either
variant split -e '/^permit P5/,/;$/s/when noodzaak/when ernst is acuut and noodzaak/'
simulate split --json >"$W/json"
same "$(row politie gemeente | cut -c 1-9)" '[3,[0,3],'
same "$(jq -r '.changes[0].would_be' "$W/json")" maybe
simulate split >"$W/text"
has 'shares newly denied: may be, at least 0, at most 3' "$W/text"
# an attribute that is certain: noodzaak-openbare-orde was yes
variant other -e '/^permit P5/,/;$/s/when noodzaak-openbare-orde is yes/when noodzaak-openbare-orde is no/'
simulate other --json >"$W/json"
same "$(row politie gemeente | cut -c 1-9)" '[3,[3,3],'

# wider: the prosecutor too; and an approval
variant wide -e '/^permit P5/,/;$/{
    s/from politie to gemeente/from politie to gemeente, om/
    s/ and log;/ and log and approval by 1 of om;/
}'
simulate wide --json >"$W/json"
same "$(row politie om)" '[0,[0,0],[3,3],[0,0],[0,0],[12,12]]'
same "$(row politie gemeente)" '[3,[0,0],[0,0],[3,3],[0,0],[2,2]]'
simulate wide >"$W/text"
has 'shares newly delivered: 3' "$W/text"
has 'shares that would wait for approval: 3' "$W/text"

# time windows, by the time of acceptance
today=$(LC_ALL=C TZ=Europe/Amsterdam date +%a | tr A-Z a-z)
later=$(LC_ALL=C TZ=Europe/Amsterdam date -d '3 days' +%a | tr A-Z a-z)
days=$(printf '%s\n' mon tue wed thu fri sat sun | grep -v "$later" |
    sed 's/$/ 00:00-24:00/' | paste -sd ,)
for window in "$later 00:00-24:00" "$days"; do
    variant window -e "0,/^signal /s//window w = $window;\nsignal /" \
        -e '/^permit P5/,/;$/s/when noodzaak/when during w and noodzaak/'
    simulate window --json >"$W/json"
    row politie gemeente | cut -c 1-9
done >"$W/rows"
same "$(paste -sd ' ' "$W/rows")" '[3,[3,3], [3,[0,0],'

# names that the new one lacks: denied
variant lacks -e '/^permit P41C/,/;$/d' -e 's/\(^\|[^a-z-]\)om\([^a-z-]\|$\)/\1officier\2/g'
simulate lacks --json >"$W/json"
same "$(row om gemeente | cut -c 1-9)" '[1,[1,1],'
same "$(row politie gemeente | cut -c 1-9)" '[3,[0,0],'

# from the broker: the auditor's whole ledger, for a purpose; a partner's part
as toezicht policy simulate "$W/narrow.convenant" --ledger --for lawfulness \
    --json >"$W/online"
simulate narrow --json >"$W/json"
same "$(jq -c .weeks "$W/online")" "$(jq -c .weeks "$W/json")"
same "$(ledger 'select(.event == "queried") | .for' | grep -c lawfulness)" 1
as gemeente policy simulate "$W/narrow.convenant" --ledger --for internal \
    --json >"$W/json"
same "$(jq -c '[.complete, .signals, .not_replayed.acceptance_unseen]' "$W/json")" \
    '[false,0,4]'
as politie policy simulate "$W/narrow.convenant" --ledger --for internal >"$W/text"
has 'Only what one partner may see' "$W/text"
has '-betrokkene' "$W/text"
has 'shares whose acceptance this ledger does not show: 1' "$W/text"

# without a node, with the signers to believe
"$driehoek" policy simulate "$W/same.convenant" --ledger "$W/ledger" \
    --signers "$W/allowed_signers" >"$W/text"
has 'fields gained: 2' "$W/text"
# no value of a field, nor of an attribute
lacks Raadhuisplein "$W/text"

# what does not verify is not told
sed 's/P5/P6/' "$W/ledger" >"$W/forged"
code 4 as toezicht policy simulate "$W/same.convenant" --ledger "$W/forged" \
    >"$W/out" 2>"$W/err"
same "$(cat "$W/out")" ''
head -c 5000 "$W/ledger" >"$W/cut"
code 4 as toezicht policy simulate "$W/same.convenant" --ledger "$W/cut" \
    >"$W/out" 2>"$W/err"
same "$(cat "$W/out")" ''
code 4 as toezicht policy simulate "$W/same.convenant" \
    --ledger "$W/same.convenant" >"$W/out" 2>"$W/err"
code 5 as toezicht policy simulate "$W/same.convenant" --ledger "$W/none" 2>"$W/err"
echo nothing >"$W/bad.convenant"
code 4 simulate bad 2>"$W/err"
code 2 as toezicht policy simulate "$W/same.convenant" 2>"$W/err"
code 2 as toezicht policy simulate "$W/same.convenant" --ledger 2>"$W/err"
has 'what is it for?' "$W/err"
