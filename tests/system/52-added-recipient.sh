#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A broker that enters a share for one recipient more than the sender had: the
# verification names the entry, for the auditor and for the sender.
. "$(dirname "$0")/lib.sh"
world $small
stop_broker
evil_core
start_broker
echo -n add >"$W/broker/evil"
sends politie 01
rm "$W/broker/evil"
added=$(ledger 'select(.event == "share" and .to == "om") | .index')
for node in toezicht politie; do
    code 4 as $node ledger verify --for integrity >"$W/out" 2>&1
    has "entry $added:" "$W/out"
done
# the others get what is theirs
takes gemeente 1
