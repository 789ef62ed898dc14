#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Of two receivers with one card the newer wins; nothing comes to both. One
# directory serves one receiver and one sender at a time.
. "$(dirname "$0")/lib.sh"
world $small
mkfifo "$W/first" "$W/second"
background first bash -c "exec '$driehoek' receive -C '$W/gemeente' --follow >'$W/first'"
first=$child
exec 8<"$W/first"
sends politie 01 '.fields = {betrokkene: "R.", signaal: "nummer 1"}'
read -r -t 20 share <&8
code 5 as gemeente receive --timeout 1 2>"$W/err"

# the same card in a copy of the node: what must not be, and is not harmful
cp -r "$W/gemeente" "$W/kopie"
background second bash -c "exec '$driehoek' receive -C '$W/kopie' --follow >'$W/second'"
second=$child
exec 7<"$W/second"
code 3 wait "$first" || code 1 wait "$first" # it is told, and ends
for i in 2 3; do
    sends politie 01 ".fields = {betrokkene: \"R.\", signaal: \"nummer $i\"}"
    read -r -t 20 share <&7
    same "$(jq -r .fields.signaal <<<"$share")" "nummer $i"
done
same "$(cat <&8)" ''
kill -TERM "$second"
wait "$second"
same "$(events delivered)" 3
nothing gemeente
