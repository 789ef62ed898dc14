#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A connection that ends at byte n, for sender and recipient, in either
# direction: every signal is acknowledged and handed out, once. Tries one byte in
# STRIDE, and the edges of greeting and handshake; all bytes: script/chaos cuts.
. "$(dirname "$0")/../system/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om
senders=
for i in 1 2 3; do # more cards each, for serials must rise within a second
    senders+=" sender$i"
    for ((j = 1; j < i; j++)); do
        [ -d "$W/sender$i" ] || "$driehoek" init "$W/sender$i" --name politie \
            >/dev/null
        as "sender$i" key card --identity "$W/politie/identity.key" >/dev/null
    done
    machine "sender$i" politie
done
for node in politie $senders; do
    as "$node" status >/dev/null # so that it knows the agreement
done
# shellcheck disable=SC2086 # a list of names
python3 "$root/tests/chaos/cuts.py" "$W" "$BUILD" "${endpoint##*:}" \
    "${STRIDE:-89}" "${PHASE:-0}" $senders >&"$report"
verified
for node in politie $senders; do
    same "$(sent "$node" 'select(.outcomes[].outcome != "taken") | .number')" ''
done
