#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Every file of node and broker is for its owner only; a key that others may
# read is refused, by the node and by the broker.
. "$(dirname "$0")/lib.sh"
umask 000 # the program must see to it itself
world $small
sends politie 01
takes gemeente 1
as politie case new --label 'Zaak 12' >"$W/out"
for dir in politie gemeente toezicht broker; do
    # what is public by nature may be read: cards, identity.pub, signed texts
    find "$W/$dir" \( -type f -o -type s \) -perm /077 \
        ! -name '*.card' ! -name identity.pub -print >"$W/open"
    same "$(cat "$W/open")" ''
    find "$W/$dir" -type d -perm /022 -print >"$W/open"
    same "$(cat "$W/open")" ''
done
same "$(find "$W" -name '*.key' -perm /077)" ''
same "$(stat -c %a "$W/broker/run/control.sock")" 600

chmod 640 "$W"/politie/cards/*.key
code 1 as politie push "$signalen/01-politie-signaal.json" >"$W/out" 2>"$W/err"
has .key "$W/err"
chmod 600 "$W"/politie/cards/*.key
sends politie 01
chmod 644 "$W/politie/identity.key"
code 1 as politie key card >"$W/out" 2>"$W/err"
stop_broker
for key in log curve; do
    chmod 640 "$W/broker/$key.key"
    start_broker 2>"$W/err" && same 'it started' 'not with a readable key'
    chmod 600 "$W/broker/$key.key"
done
start_broker
