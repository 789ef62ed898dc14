#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A sender takes a signal back. Before delivery nobody learns that there was
# one; who took it is told, whatever is killed in between, and answers what it
# did; nobody else may, and nobody else is told.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner wijkteam:partner \
    toezicht:auditor
consents om
id() { sent politie "select(.number == $1) | .id"; }
notice() { jq -r "select(.type != \"share\") | $1" "$2"; }

# not delivered yet: it never is, and that is on the ledger
sends politie 02
code 2 as politie withdraw 1 2>"$W/err"
code 2 as politie withdraw 1 --reason because 2>"$W/err"
has outdated "$W/err"
as politie withdraw 1 --reason wrong-person >"$W/out"
has 'gemeente withdrawn' "$W/out"
nothing gemeente om
same "$(ledger 'select(.event == "withdrawn") | [.to, .notice, .reason] | join(" ")' | sort | xargs)" \
    'gemeente false wrong-person om false wrong-person'
same "$(sent politie '.state')" 'done'
same "$(as politie status --open --json)" ''
verified

# taken by gemeente, and not by om: only gemeente is told
sends politie 02 '.fields = {betrokkene: "R.", signaal: "het tweede"}'
takes gemeente 1
second=$(id 2)
crash_broker
code 3 as politie withdraw "$second" --reason incorrect --timeout 1 2>"$W/err"
has 'goes with the next' "$W/err"
start_broker
as politie status >"$W/out"
grep -qE 'gemeente taken \([0-9]+\), withdrawn: open' "$W/out"
same "$(sent politie 'select(.number == 2) | [.withdrawn, .withdrawal_waits] | join(" ")')" \
    'incorrect false'
[ -n "$(as politie status --open --json)" ]
crash_broker
start_broker
nothing om wijkteam
as gemeente receive --timeout 2 >"$W/g" 2>"$W/err"
has '--withdrawn deleted' "$W/err"
same "$(notice '[.type, .id, .sender, .reason, .again] | join(" ")' "$W/g")" \
    "withdrawn $second politie incorrect false"
verified
has '1 notice waits' "$W/verified"
open=$(ledger 'select(.event == "withdrawn" and .notice) | .index')
has "entry $open" "$W/verified"
# killed while the application has it
printf '#!/bin/sh\ncat >"%s"\nkill -KILL $PPID\n' "$W/killed" >"$W/killer"
chmod +x "$W/killer"
code 137 as gemeente receive --exec "$W/killer" --timeout 10 2>"$W/err"
same "$(jq -r .id "$W/killed")" "$second"
# not answered: it is shown again, then no more
code 2 as gemeente receive --withdrawn thrown-away 2>"$W/err"
as gemeente receive --timeout 1 --withdrawn locked >"$W/g"
same "$(notice .again "$W/g")" true
nothing gemeente
same "$(sent politie 'select(.number == 2) | .outcomes | map(.partner + " " + .outcome + " " + .withdrawal) | sort | join(", ")')" \
    'gemeente taken locked, om withdrawn not-told'
same "$(as politie status --open --json)" ''
verified
has '0 notices wait' "$W/verified"

# the same again is the same; other words are not
as politie withdraw 2 --reason incorrect >"$W/out"
code 1 as politie withdraw 2 --reason ordered 2>"$W/err"
has 'withdrawn already' "$W/err"
same "$(events withdrawn)" 4

# gemeente's application has it and has not confirmed it: it is not handed out
# again, and the notice comes in its place. Program and broker are killed in
# between.
sends politie 01
code 1 as gemeente receive --exec false --timeout 2 2>"$W/err" # in its inbox
as politie withdraw 3 --reason objection >"$W/out"
has 'gemeente withdrawn' "$W/out"
printf '#!/bin/sh\ncat >>"%s"\nexit $(cat "%s")\n' "$W/program.out" "$W/status" \
    >"$W/program"
chmod +x "$W/program"
echo 0 >"$W/status" # says nothing about notices
as gemeente receive --exec "$W/program" --max 1 --timeout 10 2>"$W/err"
has 'it is not handed out' "$W/err"
has '1 notice of a withdrawal waits for an answer' "$W/err"
same "$(sent politie 'select(.number == 3) | .outcomes[].withdrawal')" open
crash_broker
start_broker
echo 11 >"$W/status"
as gemeente receive --exec "$W/program" --max 1 --timeout 10 2>"$W/err"
same "$(jq -r .type "$W/program.out" | xargs)" 'withdrawn withdrawn'
same "$(sent politie 'select(.number == 3) | .outcomes[].withdrawal')" used
same "$(ledger 'select(.event == "delivered") | .answers[].outcome' | xargs)" \
    'taken locked taken used' # the third: it had it when that was withdrawn
verified

# two came together, and the second is withdrawn before its turn
sends politie 01
sends politie 01 '.fields.signaal = "over een ander"'
as gemeente receive --max 1 >"$W/g"
same "$(jq -r .index "$W/g" | wc -l)" 1
as politie withdraw 5 --reason wrong-person >"$W/out"
code 3 as gemeente receive --max 2 --timeout 2 >"$W/g" 2>"$W/err"
same "$(jq -r '[.type, .id] | join(" ")' "$W/g")" "withdrawn $(id 5)"
# it stays unanswered, and does not keep back what comes behind it
sends politie 01
as gemeente receive --max 1 --timeout 10 >"$W/g" 2>"$W/err"
same "$(jq -r '[.type, .id] | join(" ")' "$W/g" | xargs)" \
    "withdrawn $(id 5) share $(id 6)"
printf 12 >"$W/status"
: >"$W/program.out"
as gemeente receive --exec "$W/program" --max 1 --timeout 10
same "$(sent politie 'select(.number == 5) | .outcomes[].withdrawal')" deleted
verified

# not its own, not there, not sent
code 1 as om withdraw "$second" --reason incorrect 2>"$W/err"
has 'sent no signal' "$W/err"
code 1 as politie withdraw 99 --reason incorrect 2>"$W/err"
stop_broker
sends politie 01 || true
code 1 as politie withdraw 7 --reason incorrect --timeout 1 2>"$W/err"
has 'outbox cancel' "$W/err"
