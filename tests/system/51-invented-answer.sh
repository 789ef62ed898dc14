#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A broker that enters an answer which the recipient never gave, with a keeper
# that signs whatever it is given: the verification names the entry, for the
# auditor and for that recipient, and the sender does not believe it.
. "$(dirname "$0")/lib.sh"
world $small
sends politie 01
takes gemeente 1
verified
stop_broker
evil_core
start_broker
echo -n invent >"$W/broker/evil"
sends politie 01
rm "$W/broker/evil"
same "$(sent politie 'select(.number == 2) | .outcomes[].outcome')" open
invented=$(ledger 'select(.event == "delivered") | .index' | tail -n 1)
for node in toezicht gemeente; do
    code 4 as $node ledger verify --for integrity >"$W/out" 2>&1
    has "entry $invented:" "$W/out"
    has "recipient's signature" "$W/out"
done
# the genuine answer counts with the sender
takes gemeente 1
same "$(sent politie 'select(.number == 2) | .outcomes[].outcome')" taken
