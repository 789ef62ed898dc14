#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# An unknown name, a wrong value or a name twice in the configuration stops
# the broker before it does anything; the message names file and line.
. "$(dirname "$0")/lib.sh"
world_signatories
world_broker "$(free_port)"
fast
conf=$W/broker/driehoekd.conf
cp "$conf" "$W/conf"
start_broker
stop_broker

wrong() { # SED-EDIT TEXT...
    sed "$1" "$W/conf" >"$conf"
    cmp -s "$conf" "$W/conf" && same unchanged changed
    shift
    got=0
    "$driehoekd" -C "$W/broker" >"$W/out" 2>"$W/err" || got=$?
    [ $got -ge 1 ] && [ $got -le 5 ]
    has driehoekd.conf "$W/err"
    while [ $# -gt 0 ]; do
        has "$1" "$W/err"
        shift
    done
}
line=$(grep -n redeliver-ms "$W/conf" | cut -d: -f1)
wrong 's/redeliver-ms/redelivery-ms/' ":$line" redelivery-ms redeliver-ms
wrong 's/redeliver-ms *=.*/redeliver-ms = soon/' ":$line" milliseconds
wrong 's/redeliver-ms *=.*/redeliver-ms = 5/' ":$line" milliseconds
wrong 's/^delivery/delivry/' delivry
line=$(grep -n endpoint "$W/conf" | cut -d: -f1)
wrong 's|endpoint *=.*|endpoint = tcp://*:9400|' ":$line" tcp
wrong 's|endpoint *=.*|endpoint = ipc:///tmp/x|' ":$line" tcp
wrong '$a nonsense' driehoekd.conf
wrong '$a delivery\n    redeliver-ms = 50' ":$(($(wc -l <"$W/conf") + 2)):" \
    'delivery/redeliver-ms is given twice'
cp "$W/conf" "$conf"
start_broker
stop_broker
# the name of a ledger that was begun cannot be changed
sed 's|origin *=.*|origin = "another.example/1"|' "$W/conf" >"$conf"
code 5 "$driehoekd" -C "$W/broker" 2>"$W/err"
has 'of another origin' "$W/err"
cp "$W/conf" "$conf"
start_broker
