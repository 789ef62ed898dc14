#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# What a node took is seen at once beside a receive --follow that goes on, and
# after one that was killed.
. "$(dirname "$0")/lib.sh"
world $small
mkfifo "$W/shares"
background follow bash -c "exec '$driehoek' receive -C '$W/gemeente' --follow >'$W/shares'"
exec 8<"$W/shares"
seen() { as gemeente case timeline --json "$case" | jq -r '.[].event'; }
sends politie 01
read -r -t 20 share <&8
case=$(jq -r .case <<<"$share")
SECONDS=0
same "$(seen)" received
[ $SECONDS -lt 8 ] # it does not wait for the journal's next turn in vain
kill -KILL "$child"
wait "$child" || :
same "$(seen)" received
