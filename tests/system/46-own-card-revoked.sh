#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A partner ends a card of its own with its identity key, in mid-session; nobody
# else's identity key does; the same file again changes nothing; the ledger
# shows it with the partner's signature.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
revoked() { ledger 'select(.event == "revoked-card") | '"$1"; }
# own NODE CARD [OPTION...]: makes the file; its name is in $file
own() {
    as "$1" key revoke "${@:2}" >"$W/out"
    file=$(sed -n 's/^Hand .*: //p' "$W/out")
}

mkfifo "$W/shares"
background follow bash -c "exec '$driehoek' receive -C '$W/gemeente' --follow >'$W/shares'"
exec 8<"$W/shares"
sends politie 01
read -r -t 20 share <&8

# not with another's key, nor for another's card, nor damaged
id=$(card_id gemeente)
code 4 as gemeente key revoke "$id" --identity "$W/politie/identity.key" 2>"$W/err"
has 'the identity key of politie' "$W/err"
own politie "$id"
code 4 operator revoke "$file" >"$W/out" 2>&1
has gemeente "$W/out"
own gemeente "$id"
cp "$file" "$W/true"
tr Aa aA <"$W/true" >"$W/x.revocation"
code 4 operator revoke "$W/x.revocation" >"$W/out" 2>&1
head -c 200 "$W/true" >"$W/x.revocation"
code 4 operator revoke "$W/x.revocation" >"$W/out" 2>&1
same "$(events revoked-card)" 0
sends politie 01
read -r -t 20 share <&8

# by its serial this time
own gemeente "$(as gemeente key list --json | jq -r '.[-1].serial')"
operator revoke "$file" >"$W/out"
has 'is revoked, by entry' "$W/out"
code 1 wait "$child" # its live session ended
same "$(cat <&8)" ''
code 1 as gemeente receive --timeout 1 2>"$W/err"
has card "$W/err"
signal 06 | code 1 as gemeente push --timeout 1 - >"$W/out" 2>"$W/err"
code 1 operator card add "$(card gemeente)" >"$W/out" 2>&1

# again, also after a restart: no other entry, and no harm to the next card
operator revoke "$file" >"$W/out"
crash_broker
start_broker
operator revoke "$file" >"$W/out"
has already "$W/out"
machine nieuw gemeente
operator revoke "$W/true" >"$W/out"
sends politie 01
takes nieuw 1
same "$(revoked '"\(.by) \(.own) \(.card)"')" "gemeente true $id"

# a machine that was lost: its card by the id
lost=$(card_id nieuw)
rm -rf "$W/nieuw"
sends politie 01
own gemeente "$lost"
operator revoke "$file" >"$W/out"
same "$(events returned)" 1
# a signatory's right is as it was
revoke_card "$(card_id om)" >"$W/out"
same "$(revoked '"\(.by) \(.own)"' | tail -n 1)" 'om false'

as toezicht ledger list --for integrity >"$W/list"
has 'a card of its own' "$W/list"
as toezicht ledger show --for integrity "$(revoked .index | head -n 1)" >"$W/show"
has 'made ' "$W/show"
verified
as toezicht ledger fetch --for integrity >"$W/copy"
as toezicht ledger verify "$W/copy" >"$W/out"
as politie ledger verify --for integrity >"$W/out" # a partner sees them too

# usage, and what is not there
code 2 as gemeente key revoke kaart 2>"$W/err"
code 5 as gemeente key revoke 7 2>"$W/err"
code 5 as gemeente key revoke "$lost" --via nergens 2>"$W/err"
