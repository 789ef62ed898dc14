# SPDX-License-Identifier: EUPL-1.2
# Sourced by every system test: real broker, real clients, one behaviour. The
# test fails at the first command that does, and when it leaves a process
# behind. KEEP=1 keeps its directory.
# shellcheck shell=bash
# shellcheck disable=SC2034 # used by those who source this
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
W=$(mktemp -d "${TMPDIR:-/tmp}/driehoek.XXXXXX")
. "$root/script/world.sh"
signalen=$root/clients/examples/signalen
exec {report}>&2 # for us, also where a command's own errors go to a file
small='politie:partner gemeente:partner toezicht:auditor'
children=

fast() { # deliver again soon, and take little room on the disk
    sed -i '/^ledger/a\    map-size = "64M"' "$W/broker/driehoekd.conf"
    printf 'delivery\n    redeliver-ms = 100\n    reconnect-ms = 20\n' \
        >>"$W/broker/driehoekd.conf"
}
before_start=fast

# The worlds of all tests have the same signatories and nodes: making them would
# take most of the time of many tests.
pool() {
    local dir=$BUILD/tests/pool lock
    mkdir -p "$BUILD/tests"
    exec {lock}>"$dir.lock"
    flock "$lock"
    if [ "$dir/made" -nt "$driehoek" ] &&
        [ "$dir/made" -nt "$root/script/world.sh" ]; then
        world_pool=$dir
    else
        rm -rf "$dir"
        mkdir "$dir"
        world_make_pool "$dir"
        touch "$dir/made"
    fi
    exec {lock}>&-
}

finish() {
    local rc=$? left
    trap - EXIT ERR
    set +e
    # shellcheck disable=SC2086 # a list of ids
    [ -z "$children" ] || { kill -KILL $children; wait $children; } 2>/dev/null
    [ -z "$broker_pid" ] || stop_broker || {
        echo "the broker did not end with 0" >&2
        rc=1
    }
    if left=$(pgrep -af "$W"); then
        echo "left behind: $left" >&2
        pgrep -f "$W" | xargs -r kill -KILL
        rc=1
    fi
    # a sanitizer's complaint, also of a part that was started again
    local complaint='ERROR: (Address|Leak)Sanitizer|runtime error: '
    complaint+='|WARNING: ThreadSanitizer'
    if grep -rqaE "$complaint" "$W" \
        --include='*.log' --include='*err' --include='*out'; then
        grep -rhaE -A 30 "$complaint" "$W" \
            --include='*.log' --include='*err' --include='*out' | head -n 60
        rc=1
    fi
    if [ $rc -ne 0 ]; then
        echo "--- broker's log"
        tail -n 40 "$W/broker.log" 2>/dev/null
    fi
    [ -n "${KEEP-}" ] && echo "kept: $W" || rm -rf "$W"
    exit $rc
}
trap finish EXIT
set -E
failed() { # where, in the script and in what it called
    local i
    for ((i = 0; i < ${#FUNCNAME[@]} - 1; i++)); do
        echo "failed: ${BASH_SOURCE[i + 1]##*/}:${BASH_LINENO[i]}: $1"
    done >&"$report"
}
trap 'failed "$BASH_COMMAND"' ERR
pool

# background NAME COMMAND...: output to NAME.out and NAME.err; its id in $child
background() {
    local name=$1
    shift
    "$@" >"$W/$name.out" 2>"$W/$name.err" &
    child=$!
    children+=" $child"
}

# code N COMMAND...: the command ends with exactly that exit code
code() {
    local want=$1 got=0
    shift
    "$@" || got=$?
    [ "$got" -eq "$want" ] || {
        echo "exit code $got, not $want: $*" >&"$report"
        return 1
    }
}
# has TEXT FILE / lacks TEXT FILE
has() { [[ $(<"$2") == *"$1"* ]] || {
    echo "'$1' is not in $2:" >&"$report"
    tail -n 20 "$2" >&"$report"
    return 1
}; }
lacks() { ! grep -qaF -- "$1" "$2" || {
    echo "'$1' must not be in $2" >&"$report"
    return 1
}; }
same() { [ "$1" = "$2" ] || {
    echo "got '$1', not '$2'" >&"$report"
    return 1
}; }
lines() { wc -l <"$1"; }

# signal NN [FILTER]: one of the example signals on one line, changed by jq
signal() { jq -c "${2-.}" "$signalen/$1"-*.json; }
# sends NODE NN [FILTER]: pushes it; the report is in $W/push
sends() { signal "$2" "${3-.}" | as "$1" push - >"$W/push"; }
# consents NODE [CASE]: agrees, as competent authority, to police data in a case;
# without CASE in that of example 02
consents() {
    as "$1" case consent --until "$(date -u -d '+300 days' +%F)" \
        "${2-$(jq -r .case "$signalen"/02-*.json)}" >"$W/consents"
}
# approves NODE N: approves the N shares that wait for it
approves() {
    local share
    as "$1" case waiting --json | jq '.[].index' >"$W/waiting"
    same "$(lines "$W/waiting")" "$2"
    while read -r share; do
        as "$1" case approve "$share" >"$W/approved"
    done <"$W/waiting"
}
# takes NODE N: receives exactly N shares, into $W/NODE.jsonl
takes() {
    as "$1" receive --max "$2" --timeout 20 >"$W/$1.jsonl"
    same "$(lines "$W/$1.jsonl")" "$2"
}
# nothing NODE...: no share is there for them
nothing() {
    local node pids=
    for node in "$@"; do
        as "$node" receive --timeout 1 >"$W/$node.nothing" &
        pids+=" $!"
    done
    # shellcheck disable=SC2086 # a list of ids
    wait $pids
    for node in "$@"; do
        same "$(cat "$W/$node.nothing")" ''
    done
}
# sent NODE FILTER: jq -r over the signals that NODE sent, one object each
sent() { as "$1" status --json | jq -r "$2"; }
# ledger [FILTER]: jq -r over all entries, one object each
ledger() { as toezicht ledger list --for integrity --json | jq -r "${1-.}"; }
# events NAME: how many such entries there are
events() { ledger "select(.event == \"$1\") | .index" | wc -l; }
verified() { as toezicht ledger verify --for integrity >"$W/verified"; }

# newer FILE EDIT...: $W/FILE becomes the next version of the agreement in
# $agreement, after sed's edits; signed by all; $agreement names it
agreement=$W/voorbeeldstad.convenant
version=1
newer() {
    local to=$W/$1 hash
    shift
    hash=$(sha256sum "$agreement" | cut -d' ' -f1)
    sed -e "s/version $version valid/version $((version + 1)) valid/" \
        -e "/supersedes sha256/d" \
        -e "s/^  signed by /  supersedes sha256:$hash\n&/" \
        "$@" "$agreement" >"$to"
    version=$((version + 1))
    agreement=$to
    sign "$agreement" driehoek-convenant
}
# place: the agreement in $agreement, with its signatures, where the broker
# looks for one when it is sent SIGHUP
place() {
    local sig
    cp "$agreement" "$W/broker/agreement.convenant"
    rm -f "$W"/broker/agreement.convenant.*.sig
    for sig in "$agreement".*.sig; do
        [ ! -e "$sig" ] ||
            cp "$sig" "$W/broker/agreement.convenant.${sig#"$agreement".}"
    done
}
# written FILE N [TEXT]: waits until $W/FILE has N lines (with TEXT)
written() {
    PYTHONPATH=$root/tests/system python3 - "$W" "$@" <<'P'
import os, sys
from follow import until
directory, name, wanted = sys.argv[1:4]
text = "".join(sys.argv[4:])
def there():
    path = os.path.join(directory, name)
    if not os.path.exists(path):
        return False
    with open(path) as f:
        return sum(text in line for line in f) >= int(wanted)
sys.exit(not until(there, directory, 30))
P
}
# hangup: SIGHUP, until what the broker looked at is dealt with
hangup() {
    local before
    before=$(grep -cE 'event=(not-)?loaded' "$W/broker.log" || :)
    kill -HUP "$broker_pid"
    written broker.log $((before + 1)) 'loaded what='
}
# sockets PID: those that it has, by numbers that never come back
sockets() {
    local fd
    for fd in "/proc/$1"/fd/*; do
        readlink "$fd" || :
    done | grep '^socket:' | sort
}
# revoke TEXT-FILE | revoke_card ID: by one signatory, brought in
revocation() {
    printf 'driehoek-revocation\n%s\n' "$1" >"$W/revocation"
    sign "$W/revocation" driehoek-revoke om
    operator revoke "$W/revocation"
}
revoke() { revocation "text sha256:$(sha256sum "$1" | cut -d' ' -f1)"; }
revoke_card() { revocation "card $1"; }
# card NODE: file of its newest card; card_id NODE: what a revocation names
card() { find "$W/$1/cards" -name '*.card' | sort -V | tail -n 1; }
card_id() { as "$1" key list --json | jq -r '.[-1].id'; }
# evil_core: brokers that are started from here on have the core of evil.c
evil_core() {
    mkdir "$W/bin"
    cp "$BUILD"/broker/driehoekd* "$W/bin/" 2>/dev/null || :
    cp "$BUILD/tests/system/evil_core" "$W/bin/driehoekd-core"
    driehoekd=$W/bin/driehoekd
}
# second_broker NAME: another broker in $W/two with the same signatories,
# agreement, partners and cards; politie and gemeente know it as NAME. Its id is
# in $second; $broker_pid and $endpoint stay those of the first.
second_broker() {
    local node one=$W first=$broker_pid first_endpoint=$endpoint
    mkdir "$W/two"
    # shellcheck disable=SC2086 # a list of names
    for node in politie gemeente toezicht om burgemeester wijkteam school aivd \
        $others keys allowed_signers \
        voorbeeldstad.convenant{,.politie.sig,.om.sig} \
        voorbeeldstad.convenant.burgemeester.sig; do
        ln -s "$W/$node" "$W/two/$node"
    done
    cp "$W/partners" "$W/two/"
    W=$W/two
    "$driehoekd" init "$W/broker" --origin ledger.anderstad.example/1 \
        --signers "$W/allowed_signers" \
        --endpoint "tcp://127.0.0.1:$(free_port)" >"$W/broker.out"
    grep '^ledger ' "$W/broker.out" >"$W/ledger.line"
    fast
    world_roster 1
    start_broker
    second=$broker_pid
    operator roster add "$W/voorbeeldstad.roster" >/dev/null
    operator agreement add "$W/voorbeeldstad.convenant" >/dev/null
    for node in politie gemeente; do
        operator card add "$(find -L "$W/$node/cards" -name '*.card')" \
            >/dev/null
        as $node join --name "$1" --broker "$endpoint" \
            --signers "$W/allowed_signers" \
            --roster "$W/voorbeeldstad.roster" >/dev/null
    done
    W=$one broker_pid=$first endpoint=$first_endpoint
}
# other_city NODE NAME: the broker of another municipality in $W/two, with
# signatories and a roster of its own and an agreement of the same text. Of its
# partners NODE alone has a node, the one of this world, which knows that broker
# as NAME. Its id is in $second; $broker_pid and $endpoint stay the first one's.
other_city() {
    local node=$1 name one=$W first=$broker_pid first_endpoint=$endpoint
    mkdir "$W/two"
    ln -s "$W/$node" "$W/two/$node"
    cp "$W/partners" "$W/voorbeeldstad.convenant" "$W/two/"
    W=$W/two
    world_pool='' world_signatories
    world_broker "$(free_port)" ledger.anderstad.example/1
    fast
    [ -z "${days-}" ] || cp "$one/skew" "$W/broker/"
    world_nodes
    sign "$W/voorbeeldstad.convenant" driehoek-convenant
    world_roster 1
    start_broker
    second=$broker_pid
    children+=" $second"
    operator roster add "$W/voorbeeldstad.roster" >/dev/null
    operator agreement add "$W/voorbeeldstad.convenant" >/dev/null
    operator card add "$(card "$node")" >/dev/null
    as "$node" join --name "$2" --broker "$endpoint" \
        --signers "$W/allowed_signers" --roster "$W/voorbeeldstad.roster" \
        >/dev/null
    W=$one broker_pid=$first endpoint=$first_endpoint
}
# stop_second: the broker of other_city or second_broker
stop_second() {
    local first=$broker_pid
    broker_pid=$second
    stop_broker
    broker_pid=$first
}
# moving_clock: brokers and nodes that are made from here on go by a clock that
# `later` moves; so does what they do in $W, which becomes the current
# directory. They are the shipped programs, but for their clock (skew.c).
moving_clock() {
    mkdir -p "$W/bin"
    cp "$BUILD"/broker/driehoekd* "$W/bin/" 2>/dev/null || :
    cp "$BUILD/tests/system/skewed_core" "$W/bin/driehoekd-core"
    driehoekd=$W/bin/driehoekd
    driehoek=$BUILD/tests/system/skewed_driehoek
    days=0 jumps=0
    echo 0 >"$W/skew"
    cd "$W"
}
# today [DAYS]: the date by that clock, so many days on
today() { date -u -d "$((days + ${1-0})) days" +%F; }
# later DAYS [renew]: so many days pass at once. The operators explain the jump
# to their brokers, and the cosigners look at the ledger; $nodes renew their
# cards.
later() {
    # shellcheck disable=SC2086,SC2154 # a list of names; from who sources this
    [ "${2-}" != renew ] || look $nodes
    days=$((days + $1))
    jumps=$((jumps + 1))
    echo $((days * 86400)) >"$W/skew"
    skew_broker
    [ ! -d "$W/two" ] || W=$W/two skew_broker
    # shellcheck disable=SC2086 # lists of names
    [ "${2-}" != renew ] || renew $nodes
    # shellcheck disable=SC2086,SC2154 # a list of names; from world.sh
    look $signatories
}
# skew_broker: its clock is that of $W, from one moment to the next
skew_broker() {
    echo $((days * 86400)) >"$W/broker/skew.new"
    mv "$W/broker/skew.new" "$W/broker/skew"
    operator clock accept >/dev/null
}
# look NODE...: at what became of what it sent, which its next card is not told
look() {
    local name pids=
    for name in "$@"; do
        as "$name" status >/dev/null 2>>"$W/alarms" || : &
        pids+=" $!"
    done
    # shellcheck disable=SC2086 # a list of ids
    wait $pids
}
# renew NODE...: a new key card each
renew() {
    local name pid pids=
    for name in "$@"; do
        as "$name" key card >/dev/null &&
            operator card add "$(card "$name")" >/dev/null &
        pids+=" $!"
    done
    for pid in $pids; do
        wait "$pid" || return 1
    done
    for name in "$@"; do
        [ ! -h "$W/two/$name" ] ||
            W=$W/two operator card add "$(card "$name")" >/dev/null
    done
}
# serial NODE: of its newest card
serial() { basename "$(card "$1")" .card; }
# machine NODE PARTNER OPTION...: another machine of PARTNER, with a card of its
# own that is newer than every one before; the options are `key card`'s. Cards
# until that holds, because serials have the time as a floor, in seconds.
machine() {
    local node=$1 name=$2 other newest=0 own=0
    shift 2
    [ -d "$W/$node" ] ||
        "$driehoek" init "$W/$node" --name "$name" >/dev/null
    cp "$W/$name/identity.pub" "$W/$node/"
    for other in "$W"/*/identity.pub; do
        cmp -s "$other" "$W/$node/identity.pub" || continue
        other=$(serial "$(basename "$(dirname "$other")")")
        [ "${other:-0}" -le $newest ] || newest=$other
    done
    while [ "$own" -le "$newest" ]; do
        as "$node" key card --identity "$W/$name/identity.key" "$@" >/dev/null
        own=$(serial "$node")
    done
    operator card add "$(card "$node")" >/dev/null
    as "$node" join --broker "$endpoint" --signers "$W/allowed_signers" \
        --roster "$W/voorbeeldstad.roster" >/dev/null
}
