#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A broker that changes what it delivers: the recipient's node hands none of it
# out, and answers nothing, for a router could have done it as well; it takes the
# share when it comes as it was sent. What the broker changed in the ledger
# itself is refused with a signature that sender and auditor see. The next
# genuine share comes through.
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
    [[ $error == *"from politie"*"waits without an answer"* && $error != *Ruben* ]]
    rm "$W/broker/evil"
    arrives $how
    sends politie 01 ".fields.signaal = \"good after $how\""
    arrives "good after $how"
done
verified
# what stands in the ledger is proved, and an auditor finds it
echo -n free >"$W/broker/evil"
sends politie 01 '.fields.signaal = "free"'
read -r -t 20 error <&7
[[ $error == *"refused a share from politie"*bad-entry* && $error != *Ruben* ]]
rm "$W/broker/evil"
sends politie 01 '.fields.signaal = "good after free"'
arrives "good after free"
# what the ledger has and the broker keeps to itself is missing, and it is not
# explained: the next share says so, signed
same "$(jq .missing <<<"$share")" 0
mkfifo "$W/broker/swallowed"
exec 9<>"$W/broker/swallowed"
echo -n swallow >"$W/broker/evil"
sends politie 01 '.fields.signaal = "swallowed"'
read -r -t 20 _ <&9
rm "$W/broker/evil"
sends politie 01 '.fields.signaal = "behind it"'
arrives "behind it"
same "$(jq .missing <<<"$share")" 1
kill -TERM "$child"
wait "$child"
same "$(cat <&8)" ''
same "$(ledger 'select(.event == "delivered") | .answers[].missing | values' |
    sort | uniq -c | tail -n 1 | xargs)" '1 1'
same "$(ledger 'select(.event == "delivered") | .answers[].outcome' | grep -vx taken)" \
    bad-entry
same "$(sent politie '.outcomes[].outcome' | sort | uniq -c | xargs)" \
    '1 bad-entry 1 open 20 taken'
code 4 as toezicht ledger verify --for integrity >"$W/verified" 2>"$W/found"
has 'other duties' "$W/found"
