#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# One directory serves one daemon: a second one refuses to start and does the
# first no harm. init does not overwrite.
. "$(dirname "$0")/lib.sh"
world $small
first=$broker_pid
got=0
"$driehoekd" -C "$W/broker" >"$W/out" 2>"$W/err" || got=$?
[ $got -ge 1 ] && [ $got -le 5 ]
[ -s "$W/err" ]
kill -0 "$first"
got=0
"$driehoekd" init "$W/broker" --origin x.example/1 --signers "$W/allowed_signers" \
    --endpoint tcp://127.0.0.1:1 >"$W/out" 2>"$W/err" || got=$?
[ $got -ge 1 ]
has ledger.voorbeeldstad.example/1 "$W/broker/driehoekd.conf"
code 1 "$driehoek" init "$W/politie" --name politie 2>"$W/err"
code 1 as politie key new 2>"$W/err"
sends politie 01
takes gemeente 1
# after a crash the next one starts at once
crash_broker
start_broker
sends politie 01
takes gemeente 1
