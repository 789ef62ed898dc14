#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A correction that nobody gets, because it was taken back or found every
# mailbox full, leaves the signal as it is, says so, and stands in nobody's way.
. "$(dirname "$0")/lib.sh"
tight() {
    fast
    printf 'limits\n    quota-shares = 3\n' >>"$W/broker/driehoekd.conf"
}
before_start=tight
world politie:partner gemeente:partner om:partner toezicht:auditor
consents om
right() { signal "$1" '.fields = {betrokkene: "R.", signaal: "goed"}' >"$W/right.json"; }
recall() { sent politie "select(.number == $1) | [.withdrawn, .withdrawal_waits, .not_replaced_with] | join(\" \")"; }
fill() { for _ in 1 2 3; do sends politie 01; done; }

# taken back before the broker saw it
sends politie 01
stop_broker
right 01
code 3 as politie correct 1 "$W/right.json" --timeout 1 >"$W/out" 2>"$W/err"
code 1 as politie withdraw 1 --reason wrong-person --timeout 1 2>"$W/err"
has 'to be corrected by signal 2' "$W/err"
as politie outbox cancel 2 >"$W/out"
has 'Signal 1 is therefore not withdrawn.' "$W/out"
code 3 as politie status --timeout 1 >"$W/out" 2>"$W/err"
lacks 'the withdrawal waits' "$W/out"
has 'not withdrawn' "$W/out"
as politie outbox show 1 >"$W/out"
has 'signal 2, which was to replace it, went to nobody' "$W/out"
code 3 as politie withdraw 1 --reason wrong-person --timeout 1 >"$W/out" 2>"$W/err"
start_broker
as politie status >"$W/out"
same "$(recall 1)" 'wrong-person false '
nothing gemeente

# gemeente's mailbox is full, by the very signal among others
fill
code 1 as politie correct 5 "$W/right.json" >"$W/out" 2>"$W/err"
has 'did not reach gemeente: its mailbox is full; nothing was withdrawn' "$W/err"
same "$(recall 5)" '  6'
# the same when it waits for the broker first, told by status
stop_broker
code 3 as politie correct 5 "$W/right.json" --timeout 1 >"$W/out" 2>"$W/err"
start_broker
as politie status >"$W/out"
has 'not withdrawn: signal 7' "$W/out"
same "$(recall 5)" '  7'
same "$(events corrected)" 0
takes gemeente 3
# there is room now
as politie correct 5 "$W/right.json" >"$W/out" 2>"$W/err"
lacks full "$W/err"
as gemeente receive --max 2 --timeout 10 --withdrawn deleted >"$W/g"
same "$(jq -r .type "$W/g" | sort | xargs)" 'corrected share'
same "$(recall 5)" 'incorrect false '
as politie status >"$W/out"

# one of two gets it: the other is named
sends politie 02
takes gemeente 1
fill
right 02
as politie correct 9 "$W/right.json" >"$W/out" 2>"$W/err"
has 'did not reach gemeente: its mailbox is full' "$W/err"
lacks 'nothing was withdrawn' "$W/err"
same "$(recall 9)" 'incorrect false '
takes om 1
same "$(jq -r .fields.signaal "$W/om.jsonl")" goed
verified
