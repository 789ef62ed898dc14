#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A receipt counts when a quorum of the cosigners stands behind the ledger. A
# broker whose log shows two views cannot have that for both; two nodes find it
# out by comparing their heads, one that is shown both at once; and whoever found
# it out works with that ledger no more.
. "$(dirname "$0")/lib.sh"
world politie:partner om:partner gemeente:partner
sends politie 01
has 'receipt is provisional' "$W/push"
same "$(sent politie .receipt)" provisional
# om has seen the ledger with it; politie cosigns when it connects
takes gemeente 1
as om status >/dev/null
same "$(sent politie .receipt)" counted
as politie status --node --json >"$W/out"
same "$(jq -r .counted.by "$W/out" | tr ' ' '\n' | sort | xargs)" 'om politie'
# nodes compare without the broker
stop_broker
as om ledger head >"$W/om.heads"
as politie ledger compare "$W/om.heads" >"$W/out"
has 'were shown the same ledger' "$W/out"
printf 'elsewhere.example\n7\n%s=\n\n\342\200\224 elsewhere.example %s==\n' \
    "$(printf 'A%.0s' {1..43})" "$(printf 'A%.0s' {1..90})" >"$W/checkpoint"
code 3 as politie ledger compare "$W/checkpoint" >"$W/out"
has 'Not comparable' "$W/out"
code 4 as politie ledger compare "$W/allowed_signers" 2>"$W/err"
has 'allowed_signers:1: no checkpoint' "$W/err"

# the operator begins a second view: a copy of the store and of the log's key
cp -r "$W/broker" "$W/broker2"
second=$(free_port)
start_broker
first=$broker_pid
view() { # NODE: is shown the second view from now on
    sed -i "s/127\.0\.0\.1:[0-9]*/127.0.0.1:$second/" \
        "$W/$1"/brokers/*/broker.conf
}
mkdir "$W/two"
mv "$W/broker2" "$W/two/broker"
sed -i "s/127\.0\.0\.1:[0-9]*/127.0.0.1:$second/" "$W/two/broker/driehoekd.conf"
one=$W
W=$W/two
start_broker
W=$one
children+=" $broker_pid $(pgrep -P "$broker_pid" | xargs)"
broker_pid=$first
view gemeente
view om
# both grow by as much, and nobody sees that from what it is shown
asks() { as "$1" ledger list --for integrity >"$W/out"; }
asks politie
asks gemeente
for node in politie gemeente; do as $node status >/dev/null; done
as politie ledger head >"$W/politie.heads"
# a single checkpoint, as any C2SP log serves it, will do
tail -n 5 "$W/politie.heads" | sed -n '/^ledger/,$p' >"$W/checkpoint"
code 4 as gemeente ledger compare "$W/checkpoint" >"$W/out" 2>"$W/err"
has 'It showed two ledgers' "$W/out"
has 'STOP: the log of' "$W/err"
same "$(find "$W"/gemeente/brokers -name 'evidence-*' | wc -l)" 2
# and that is for good: every command says so, and nothing goes on
signal 01 >"$W/s.json"
for command in status receive 'ledger list --for integrity' 'push s.json'; do
    # shellcheck disable=SC2086 # words
    (cd "$W" && code 4 as gemeente $command) >"$W/out" 2>"$W/err"
    has 'STOP: the log of' "$W/err"
done
code 4 as gemeente status --node --json >"$W/out" 2>"$W/err"
same "$(jq .stopped "$W/out")" true
as gemeente case new >"$W/out" 2>"$W/err"
has 'STOP: the log of' "$W/err"

# who is shown both is told at once: om has been shown the second view, ...
asks politie
asks om
as politie status >/dev/null
as om status --node --json >"$W/out"
# (where one cosigner is no quorum, so that nothing new counts)
same "$(jq '.counted.checkpoint < .checkpoint' "$W/out")" true
# ... and is shown the first one now
cp "$W"/politie/brokers/*/broker.conf "$W"/om/brokers/*/
code 4 as om status >"$W/out" 2>"$W/err"
has 'STOP: the log of' "$W/err"
