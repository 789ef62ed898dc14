#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# One directory serves one daemon: a second one refuses to start and does the
# first no harm. init does not overwrite.
. "$(dirname "$0")/lib.sh"
world $small
first=$broker_pid
# It is refused before it touches anything: the store has a lock of its own, but
# by then a second daemon would have taken over control socket and endpoint.
listing() { (cd "$W/broker/run" && ls -il --time-style=full-iso && cat endpoint); }
listing >"$W/before"
code 1 timeout 30 "$driehoekd" -C "$W/broker" >"$W/out" 2>"$W/err"
has 'its broker runs already' "$W/err"
same "$(lines "$W/err")" 1
listing >"$W/after"
cmp "$W/before" "$W/after"
kill -0 "$first"
operator status >"$W/out"
# nor does one of another directory get the same store
"$driehoekd" init "$W/other" --origin ledger.voorbeeldstad.example/1 \
    --signers "$W/allowed_signers" --endpoint tcp://127.0.0.1:0 >"$W/out"
sed -i "/^ledger/a\    store = \"$W/broker/store\"" "$W/other/driehoekd.conf"
cp "$W"/broker/*.key "$W/other/"
code 5 timeout 30 "$driehoekd" -C "$W/other" >"$W/out" 2>"$W/err"
has 'is in use by another process' "$W/err"
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
