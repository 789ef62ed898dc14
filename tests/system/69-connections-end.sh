#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# What the operator is told of connections and sessions is what there is: who
# has ended or was killed counts no more, and nothing is on its way to it. One
# that hangs still counts. Who comes back gets what it did not answer.
. "$(dirname "$0")/lib.sh"
world $small
status() { operator status --json | jq -r "$1"; }
all='"\(.connections) \(.sessions)"'
gemeente='.partners[] | select(.partner == "gemeente") |
    "\(.queue) \(."in-flight") \(.sessions) \(.credit > 0)"'
# settles FILTER WANT: asks until that is what status says
settles() {
    local got='' until=$((SECONDS + 30))
    while [ $SECONDS -lt $until ]; do
        got=$(status "$1")
        [ "$got" != "$2" ] || return 0
    done
    same "$got" "$2"
}
receiver() { # its id is in $child
    background follow bash -c \
        "exec '$driehoek' receive -C '$W/gemeente' --follow"
    settles "$gemeente" "$1"
}

# programs that have done what they were to do
for _ in {1..20}; do
    as politie status >"$W/out"
done
settles "$all" '0 0'
for _ in {1..3}; do
    sends politie 01
done
settles "$all" '0 0'

# one that hangs, and then is killed
receiver '0 0 1 true'
written follow.out 3
kill -STOP "$child"
sends politie 01
settles "$gemeente" '1 1 1 true'
kill -KILL "$child"
code 137 wait "$child" 2>>"$W/err"
settles "$gemeente" '1 0 0 false'
settles "$all" '0 0'
for _ in {1..3}; do
    sends politie 01
done
same "$(status "$gemeente")" '4 0 0 false'

# it comes back
receiver '0 0 1 true'
written follow.out 4
kill -TERM "$child"
wait "$child"
settles "$all" '0 0'
same "$(jq -r .id "$W/follow.out" | sort -u | wc -l)" 4
same "$(ledger 'select(.event == "delivered") | .answers[]?' | jq -s length)" 7
nothing gemeente
verified
