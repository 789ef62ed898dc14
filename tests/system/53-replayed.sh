#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# What was delivered once is delivered again in place of another share, by the
# same broker and by a second one with the same signatories, agreement, partners
# and cards, where the recipient has no trace of it: it is not handed out.
. "$(dirname "$0")/lib.sh"
world $small
stop_broker
evil_core
start_broker
first=$broker_pid
second_broker ander
echo -n save >"$W/broker/evil"
sends politie 01 '.fields = {betrokkene: "R.", signaal: "voor de eerste"}'
takes gemeente 1

# by the same one: the recipient answers as it did, and hands nothing out
echo -n replay >"$W/broker/evil"
sends politie 01 '.fields = {betrokkene: "R.", signaal: "nog een"}'
nothing gemeente
rm "$W/broker/evil"
takes gemeente 1
same "$(jq -r .fields.signaal "$W/gemeente.jsonl")" 'nog een'
same "$(sent politie '.outcomes[].outcome' | xargs)" 'taken taken'
same "$(events delivered)" 2
verified

# by the second one
cp "$W/broker/saved" "$W/two/broker/"
mkfifo "$W/shares" "$W/errors"
echo -n replay >"$W/two/broker/evil"
background follow bash -c "exec '$driehoek' receive -C '$W/gemeente' --follow \
    --via ander >'$W/shares' 2>'$W/errors'"
exec 8<"$W/shares" 7<"$W/errors"
signal 01 '.fields = {betrokkene: "R.", signaal: "voor de tweede"}' |
    as politie push --via ander - >"$W/push"
read -r -t 20 error <&7
[[ $error == *"waits without an answer"*"another ledger"* ]]
# what it really had comes when it is honest again
rm "$W/two/broker/evil"
read -r -t 20 share <&8
same "$(jq -r .fields.signaal <<<"$share")" 'voor de tweede'
kill -TERM "$child"
wait "$child"
same "$(cat <&8)" ''
same "$(as politie status --via ander --json | jq -r '.outcomes[].outcome')" taken
as politie ledger verify --via ander --for integrity >"$W/out"
broker_pid=$second
stop_broker
broker_pid=$first
