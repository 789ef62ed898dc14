#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# What an agreement makes wait for approvals waits, is delivered when those whom
# it names have approved, with the proof of it, and goes back when one declines.
. "$(dirname "$0")/lib.sh"
world wijkteam:partner gemeente:partner politie:partner burgemeester:partner \
    om:partner toezicht:auditor
newer v2.convenant -e '/^permit P2 /,/;$/s/ and log;/ and log\
    and approval by 2 of burgemeester, om;/'
operator agreement add "$agreement" >"$W/out"
case=$(jq -r .case "$signalen"/03-*.json)

sends wijkteam 03
share=$(ledger 'select(.event == "share") | .index')
same "$(ledger 'select(.event == "share") | .pending')" true
nothing gemeente
# only those who are asked, each once
as burgemeester case waiting --json >"$W/waiting"
has "$share" "$W/waiting"
as politie case waiting --json >"$W/waiting"
lacks "$share" "$W/waiting"
code 1 as politie case approve "$share" >"$W/out" 2>&1
as burgemeester case approve "$share" >"$W/out"
code 1 as burgemeester case approve "$share" >"$W/out" 2>&1
same "$(events released)" 0
nothing gemeente
as om case approve "$share" >"$W/out"
takes gemeente 1
same "$(jq -r .index "$W/gemeente.jsonl")" "$share"
same "$(sent wijkteam '.outcomes[].outcome')" taken
# what let it go is on the ledger, and is found
approvals=$(ledger 'select(.stated == "approve") | .index' | xargs)
same "$(ledger 'select(.event == "released") | [.share] + .approvals | join(" ")')" \
    "$share $approvals"
same "$(ledger "select(.stated == \"approve\") | .about" | sort -u)" "$share"
as toezicht ledger list --for lawfulness --case "$case" --outcome released >"$W/table"
has "entry $share; approved in ${approvals/ /, }" "$W/table"
verified

# one decline sends it back
sends wijkteam 03
share=$(ledger 'select(.event == "share") | .index' | tail -n 1)
as om case approve "$share" >"$W/out"
as burgemeester case decline "$share" --reason investigation >"$W/out"
nothing gemeente
same "$(sent wijkteam '.outcomes[].outcome' | tail -n 1)" declined
code 1 as om case approve "$share" >"$W/out" 2>&1
same "$(as toezicht ledger list --for lawfulness --outcome declined --json |
    jq -r .share)" "$share"
verified
as gemeente ledger verify --for internal >"$W/verified"

# neither what went back nor what still waits is missing to its recipient
sends wijkteam 03
sends wijkteam 03
share=$(ledger 'select(.event == "share") | .index' | tail -n 1)
as burgemeester case approve "$share" >"$W/out"
as om case approve "$share" >"$W/out"
takes gemeente 1
same "$(jq .missing "$W/gemeente.jsonl")" 0
same "$(as toezicht ledger report integrity --for integrity --json | jq .facts.missed_by_recipients)" 0
