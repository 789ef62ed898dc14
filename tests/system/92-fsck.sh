#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# fsck looks at a store beside its broker, does not disturb it, and names what
# is damaged.
. "$(dirname "$0")/lib.sh"
world $small
sends politie 01
takes gemeente 1
for i in 1 2; do sends politie 01; done &
children+=" $!"
for i in 1 2; do
    operator fsck --json >"$W/fsck"
    same "$(jq -c .whole "$W/fsck")" true
done
wait $!
takes gemeente 2
operator fsck >"$W/fsck"
has 'The store is whole.' "$W/fsck"
verified
stop_broker
operator fsck --json >"$W/fsck"
entries=$(jq .entries "$W/fsck")
sed -i 's/gemeente/gemeentf/g' "$W/broker/store/data.mdb"
code 4 operator fsck >"$W/fsck" 2>"$W/err"
grep -qE '^driehoekd: store: table [a-z]+, (key [0-9a-f]+, )?entry [0-9]+: ' "$W/err"
code 4 operator fsck --json >"$W/fsck" 2>"$W/err"
same "$(jq -c .whole "$W/fsck")" false
[ "$(jq .fault.entry "$W/fsck")" -lt "$entries" ]
# a file of which nothing is left that LMDB could read
truncate -s 8192 "$W/broker/store/data.mdb"
code 4 operator fsck >"$W/fsck" 2>"$W/err"
has 'driehoekd: store' "$W/err"
