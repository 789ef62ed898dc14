#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A router that doubles, holds back, replays, misleads and alters messages and
# confirms in the name of senders, with the broker's transport key in its hands:
# what is acknowledged arrives, once; the ledger holds what was signed and nothing
# else; every outcome is told; and nobody crashes.
. "$(dirname "$0")/../system/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om
machine sender1 politie
for node in politie sender1; do
    as "$node" status >/dev/null # so that it knows the agreement
done
stop_broker
mkdir "$W/bin"
cp "$BUILD"/broker/driehoekd* "$W/bin/" 2>/dev/null || :
cp "$BUILD/tests/chaos/evil_router" "$W/bin/driehoekd-router"
driehoekd=$W/bin/driehoekd
start_broker
: >"$W/broker.log"
seed=${SEED:-1}
python3 "$root/tests/chaos/evil_router.py" "$W" "$BUILD" "${ROUNDS:-12}" \
    "$seed" >"$W/pushed" || {
    tail -n 20 "$W"/*.err >&"$report"
    exit 1
}
rm "$W/broker/evil-router"
lacks part-died "$W/broker.log"
# who was told by the router that its answers are committed answers again
nothing gemeente om
for node in politie sender1; do
    same "$(sent "$node" '.outcomes[].outcome' | sort -u)" taken
done
# signal by signal: accepted once, shared once, taken once
same "$(ledger 'select(.event == "share") | .id' | sort -u | wc -l)" "$(cat "$W/pushed")"
same "$(events share)" "$(cat "$W/pushed")"
# (what was taken under an entry that the router made up is an answer to nothing)
answers='select(.event == "delivered") | .answers[]'
same "$(ledger "$answers | select(.share != null) | .outcome" | sort | uniq -c | xargs)" \
    "$(cat "$W/pushed") taken"
same "$(ledger "$answers | .outcome" | sort -u)" taken
same "$(events refused)" 0
verified
