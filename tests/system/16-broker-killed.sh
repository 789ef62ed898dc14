#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The broker is killed between push and receive: what it acknowledged arrives,
# once, and the ledger goes on where it was.
. "$(dirname "$0")/lib.sh"
world $small
sends politie 01 '.fields = {betrokkene: "R.", signaal: "nummer 1"}'
crash_broker
start_broker
sends politie 01 '.fields = {betrokkene: "R.", signaal: "nummer 2"}'
crash_broker
start_broker
verified
takes gemeente 2
same "$(jq -r .fields.signaal "$W/gemeente.jsonl" | tr '\n' ' ')" 'nummer 1 nummer 2 '
crash_broker
start_broker
nothing gemeente
same "$(sent politie '.outcomes[].outcome' | tr '\n' ' ')" 'taken taken '
same "$(events share)" 2
same "$(ledger 'select(.event == "delivered") | .answers[].outcome' | xargs)" 'taken taken'
verified
