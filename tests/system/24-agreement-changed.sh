#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# An agreement changes while shares are queued: what it would decide otherwise
# goes back to the sender, what it decides alike is delivered.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner wijkteam:partner toezicht:auditor
sends politie 01
sends wijkteam 03
# the front line's reports are kept for half as long from now on
newer v2.convenant -e '/^permit P2/,/;$/s/183 days/91 days/'
operator agreement add "$agreement" >"$W/out"
takes gemeente 1
same "$(jq -r .kind "$W/gemeente.jsonl")" politiesignaal
nothing gemeente
same "$(sent politie '.outcomes[].outcome')" taken
same "$(sent wijkteam '.outcomes[].outcome')" changed-agreement
same "$(events returned)" 1
sends wijkteam 03
takes gemeente 1
same "$(jq -r .obligations.retain_at_most_days "$W/gemeente.jsonl")" 91
# a rule that is gone: returned as well
sends wijkteam 12
newer v3.convenant -e '/^permit P2/,/;$/d' -e '/^expect permit by P2/,/;$/d'
operator agreement add "$agreement" >"$W/out"
nothing gemeente
same "$(sent wijkteam '.outcomes[].outcome' | tail -n 1)" changed-agreement
code 1 as wijkteam push "$signalen/12-wijkteam-vervolg.json" >"$W/out" 2>&1
# who has it by then answers all the same: the ledger says who holds it, once
mkfifo "$W/go"
printf '#!/bin/sh\ncat >/dev/null\necho here >>"%s"\nread -r word <"%s"\n' \
    "$W/holding" "$W/go" >"$W/holds"
chmod +x "$W/holds"
sends politie 01
share=$(ledger 'select(.event == "share") | .index' | tail -n 1)
background holder "$driehoek" receive -C "$W/gemeente" --exec "$W/holds" --max 1 \
    --timeout 30
holder=$child
written holding 1
newer v4.convenant -e '/^permit P5/,/;$/s/at most [0-9]* days/at most 77 days/'
operator agreement add "$agreement" >"$W/out"
same "$(ledger "select(.event == \"returned\" and .share == $share) | .code")" \
    changed-agreement
answered() {
    ledger "select(.event == \"delivered\") | .answers[] |
        select(.share == $share) | .outcome"
}
same "$(answered)" ''
echo go >"$W/go"
wait "$holder"
same "$(answered)" taken
same "$(as toezicht ledger report recipients --for lawfulness --json |
    jq -r ".transfers[] | select(.entry == $share) | .outcome")" taken
nothing gemeente
same "$(answered)" taken
verified
operator fsck >"$W/out"
# a field that every signal must have from now on
sends politie 10
newer v5.convenant \
    -e '/^signal politiesignaal/,/;$/s/contactgegevens a,/contactgegevens a required,/'
operator agreement add "$agreement" >"$W/out"
nothing gemeente
same "$(sent politie '.outcomes[].outcome' | tail -n 1)" changed-agreement
verified
