#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A broker that changes what it delivers: the recipient's node hands none of it
# out, answers with a signed refusal that the sender and the auditor see (with
# none, where nothing is proved), and the next genuine share comes through.
. "$(dirname "$0")/lib.sh"
world $small
stop_broker
evil_core
start_broker
mkfifo "$W/shares" "$W/errors"
background follow bash -c "exec '$driehoek' receive -C '$W/gemeente' --follow \
    >'$W/shares' 2>'$W/errors'"
exec 8<"$W/shares" 7<"$W/errors"
arrives() { # TEXT: the next share says so
    read -r -t 20 share <&8
    same "$(jq -r .fields.signaal <<<"$share")" "$1"
}
# without the sender's card there is no telling: it waits, and is taken later
echo -n card >"$W/broker/evil"
sends politie 01 '.fields.signaal = "card"'
read -r -t 20 error <&7
[[ $error == *"from politie"*"waits without an answer"* && $error != *Ruben* ]]
rm "$W/broker/evil"
arrives card
sends politie 01 '.fields.signaal = "good after card"'
arrives "good after card"
for how in flip drop wrap double move swap header entry; do
    echo -n $how >"$W/broker/evil"
    sends politie 01 ".fields.signaal = \"$how\""
    read -r -t 20 error <&7
    [[ $error == *refused* && $error != *Ruben* ]]
    rm "$W/broker/evil"
    # one whose ledger entry was another comes again: its answer was about
    # nothing that the broker knows
    [ $how != entry ] || arrives entry
    sends politie 01 ".fields.signaal = \"good after $how\""
    arrives "good after $how"
done
kill -TERM "$child"
wait "$child"
same "$(cat <&8)" ''
# refused with a signature, each but the last
same "$(ledger 'select(.event == "delivered") | .answers[].outcome' | grep -vx taken | xargs)" \
    'malformed bad-entry malformed malformed malformed malformed bad-signature'
same "$(sent politie 'select(.number % 2 == 1) | .outcomes[].outcome' | xargs)" \
    'taken malformed bad-entry malformed malformed malformed malformed bad-signature taken'
verified
