#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A new agreement comes into force while a sender is away. What waits in its
# outbox is sealed again when the new one shares the same, and is put aside for
# review when it would share otherwise.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om

waits() { # NN: into the outbox, while the broker is away
    signal "$1" >"$W/s.json"
    code 3 as politie push --timeout 1 "$W/s.json" >"$W/out" 2>&1
}
as politie status >"$W/out" # so that it knows the agreement
stop_broker
waits 01
waits 02
start_broker
newer v2.convenant \
    -e '/^permit P6/,/;$/s/share betrokkene, contactgegevens, bsn,/share betrokkene, contactgegevens,/' \
    -e '/^expect permit by P6/,/;$/s/betrokkene, contactgegevens, bsn,/betrokkene, contactgegevens,/'
operator agreement add "$agreement" >"$W/out"
as politie status >"$W/out" || :
same "$(sent politie '"\(.number) \(.state)"' | xargs)" '1 accepted 2 review'
takes gemeente 1
same "$(jq -r .kind "$W/gemeente.jsonl")" politiesignaal
same "$(jq -r .agreement "$W/gemeente.jsonl")" "$(sha256sum "$agreement" | cut -d' ' -f1)"
nothing om gemeente
as politie outbox list >"$W/out"
has review "$W/out"
# looked at and pushed again: now it goes, without the field
sends politie 02
takes om 1
same "$(jq -c '.fields | has("bsn")' "$W/om.jsonl")" false
as politie outbox cancel 2 >/dev/null
verified
