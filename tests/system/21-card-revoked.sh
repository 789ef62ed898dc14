#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A card is revoked in mid-session: its connection ends, what it sends and asks
# is refused, what waits for it goes back; the partner's other cards go on.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om

mkfifo "$W/shares"
background follow bash -c "exec '$driehoek' receive -C '$W/gemeente' --follow >'$W/shares'"
exec 8<"$W/shares"
sends politie 01
read -r -t 20 share <&8

revoke_card "$(card_id gemeente)"
code 1 wait "$child" # its live session ended
same "$(cat <&8)" ''
code 1 as gemeente receive --timeout 1 2>"$W/err"
has 'card' "$W/err"
signal 06 | code 1 as gemeente push --timeout 1 - >"$W/out" 2>"$W/err"
has 'nothing was kept or sent' "$W/err"
same "$(as gemeente outbox list --json)" ''
code 1 operator card add "$(card gemeente)" >"$W/out" 2>&1 # not by the back door

# nobody is there to receive: it waits at the sender's
signal 01 >"$W/s.json"
code 3 as politie push --timeout 1 "$W/s.json" >"$W/out" 2>"$W/err"
has 'no recipient of theirs has a valid key card' "$W/err" # not the broker's fault
lacks 'in time' "$W/err"
code 3 as politie status --timeout 1 >"$W/out" 2>"$W/err"
has 'no recipient of theirs has a valid key card' "$W/err"

# another machine of the same partner
machine nieuw gemeente
sends politie 01
takes nieuw 2

# what waits for a card that is revoked goes back to its sender
sends politie 02 '.to = ["om"]'
revoke_card "$(card_id om)"
[[ $(sent politie 'select(.kind == "aanmelding-politie") | .outcomes[].outcome') == *card ]]
same "$(events returned)" 1
# a revocation needs one signatory, and no other
printf 'driehoek-revocation\ncard %s\n' "$(card_id politie)" >"$W/revocation"
rm "$W"/revocation.*.sig
code 4 operator revoke "$W/revocation" >"$W/out" 2>&1
ssh-keygen -q -t ed25519 -N '' -C x -f "$W/keys/vreemd"
sign "$W/revocation" driehoek-revoke vreemd
code 4 operator revoke "$W/revocation" >"$W/out" 2>&1
sign "$W/revocation" driehoek-convenant om
code 4 operator revoke "$W/revocation" >"$W/out" 2>&1
sends politie 01
verified
