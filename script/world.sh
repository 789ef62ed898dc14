# SPDX-License-Identifier: EUPL-1.2
# Sourced by script/demo, script/kill and tests/system: a small world of
# signatories, a broker and nodes in the directory $W.
# shellcheck shell=bash

BUILD=${BUILD:-$root/build}
driehoekd=$BUILD/broker/driehoekd
driehoek=$BUILD/clients/driehoek
signatories='burgemeester politie om'
# parties of the shipped agreement that the examples are about, and an auditor
everybody='politie:partner om:partner burgemeester:partner gemeente:partner
    wijkteam:partner school:partner aivd:partner toezicht:auditor'
# its other parties, for the roster names all; of their identities nobody has the
# secret half
others=$(cut -d' ' -f1 "$root/script/world.others")
# a directory of world_make_pool(), whose signatories and nodes worlds copy; empty:
# each world makes its own
world_pool=
broker_pid=

# as NODE COMMAND...: the driehoek command in that node's directory
as() {
    local node=$1
    shift
    "$driehoek" "$1" -C "$W/$node" "${@:2}"
}
operator() { "$driehoekd" "$@" -C "$W/broker"; }

# A key for each signatory and the allowed_signers file that pins them.
world_signatories() {
    local name
    if [ -n "$world_pool" ]; then
        cp -a "$world_pool/keys" "$world_pool/allowed_signers" "$W/"
        return
    fi
    mkdir -p "$W/keys"
    : >"$W/allowed_signers"
    for name in $signatories; do
        ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$W/keys/$name"
        printf '%s namespaces="%s" %s\n' "$name" \
            driehoek-convenant,driehoek-roster,driehoek-revoke \
            "$(cut -d' ' -f1,2 "$W/keys/$name.pub")" >>"$W/allowed_signers"
    done
}

# sign FILE NAMESPACE [NAME...]: FILE.NAME.sig by each signatory, with stock
# ssh-keygen
sign() {
    local file=$1 namespace=$2 name
    shift 2
    for name in ${*:-$signatories}; do
        ssh-keygen -q -Y sign -f "$W/keys/$name" -n "$namespace" \
            <"$file" >"$file.$name.sig" 2>/dev/null
    done
}

# world_identity NAME: a node directory with an identity
world_identity() {
    if [ -d "$world_pool/identity/$1" ]; then
        cp -a "$world_pool/identity/$1" "$W/"
    else
        "$driehoek" init "$W/$1" --name "$1" >/dev/null &&
            as "$1" key new >/dev/null
    fi
}
# world_node NAME: the same with a first card
world_node() {
    if [ -d "$world_pool/node/$1" ]; then
        cp -a "$world_pool/node/$1" "$W/"
    else
        world_identity "$1" && as "$1" key card >/dev/null
    fi
}
# world_agreement_sign: the signatures of $W/voorbeeldstad.convenant
world_agreement_sign() {
    local text=voorbeeldstad.convenant
    if cmp -s "$W/$text" "$world_pool/$text"; then
        cp "$world_pool/$text".*.sig "$W/"
    else
        sign "$W/$text" driehoek-convenant
    fi
}

# world_make_pool DIR: makes, in DIR, what many worlds may share: the signatories'
# keys, nodes of everybody, and the signatures of the shipped agreement. Later
# worlds are made from it.
world_make_pool() {
    local W=$1 pair pid pids=
    world_signatories
    mkdir "$W/identity" "$W/node"
    for pair in $everybody; do
        (W=$1/identity world_identity "${pair%:*}" &&
            cp -a "$1/identity/${pair%:*}" "$1/node/" &&
            W=$1/node as "${pair%:*}" key card >/dev/null) &
        pids+=" $!"
    done
    for pid in $pids; do
        wait "$pid" || return 1
    done
    cp "$root/policy/convenanten/voorbeeldstad.convenant" "$W/"
    world_agreement_sign
    world_pool=$1
}

# roster VERSION [SUPERSEDES]: who takes part, from $W/partners ("NAME ROLE" a
# line) and the broker's own line
world_roster() {
    local name role
    {
        echo "roster voorbeeldstad"
        echo "version $1"
        echo "valid 2026-01-01 until 2036-01-01"
        [ -z "${2-}" ] || echo "supersedes sha256:$2"
        echo "signed-by $signatories"
        cat "$W/ledger.line"
        while read -r name role; do
            echo "partner $name role $role key $(cat "$W/$name/identity.pub")" \
                "valid 2026-01-01 until 2036-01-01"
        done <"$W/partners"
        echo "cosigner $signatories"
        echo "quorum 2"
    } >"$W/voorbeeldstad.roster"
    sign "$W/voorbeeldstad.roster" driehoek-roster
}

# world_broker [PORT [ORIGIN]]: a broker's directory, and its line of the roster
world_broker() {
    "$driehoekd" init "$W/broker" \
        --origin "${2-ledger.voorbeeldstad.example/1}" \
        --signers "$W/allowed_signers" \
        --endpoint "tcp://127.0.0.1:${1:-0}" >"$W/broker.out"
    grep '^ledger ' "$W/broker.out" >"$W/ledger.line"
}

# Waits for the readiness line, never for a time.
start_broker() {
    rm -f "$W/ready"
    mkfifo "$W/ready"
    "$driehoekd" -C "$W/broker" --ready-fd 9 9>"$W/ready" \
        2>>"$W/broker.log" &
    broker_pid=$!
    read -r _ endpoint <"$W/ready" || {
        echo "the broker did not start:" >&2
        tail -n 20 "$W/broker.log" >&2
        wait "$broker_pid"
        broker_pid=
        return 1
    }
}
stop_broker() {
    local rc=0
    [ -n "$broker_pid" ] || return 0
    kill -TERM "$broker_pid" 2>/dev/null
    wait "$broker_pid" || rc=$?
    broker_pid=
    return $rc
}
# crash_broker: the whole daemon, at once
crash_broker() {
    local parts
    parts=$(pgrep -P "$broker_pid")
    # shellcheck disable=SC2086 # a list of ids
    kill -KILL "$broker_pid" $parts 2>/dev/null
    wait "$broker_pid" 2>/dev/null || :
    broker_pid=
}
# part NAME: process id of driehoekd-NAME of our broker
part() { pgrep -P "$broker_pid" -f "driehoekd-$1"; }

# A free port of the loopback for a broker that must come back on it: below
# those that the kernel hands out by itself.
free_port() {
    python3 - <<'P'
import random, socket
while True:
    port = random.randrange(10000, 32000)
    try:
        with socket.socket() as s:
            s.bind(("127.0.0.1", port))
    except OSError:
        continue
    print(port)
    break
P
}

# The nodes of $W/partners at the same time: whole ones for those among $@, for
# the others an identity only, which is what the roster wants of them.
world_nodes() {
    local name pid pids=
    while read -r name _; do
        if [ -e "$W/$name/identity.pub" ]; then
            continue
        elif [[ " $* " == *" $name "* ]]; then
            world_node "$name" &
        else
            world_identity "$name" &
        fi
        pids+=" $!"
    done <"$W/partners"
    for pid in $pids; do
        wait "$pid" || return 1
    done
}
# join NODE: its card to the operator, the node to the broker
join() {
    operator card add "$W/$1"/cards/*.card >/dev/null &&
        as "$1" join --broker "$endpoint" --signers "$W/allowed_signers" \
            --roster "$W/voorbeeldstad.roster" >/dev/null
}

# world [NODE:ROLE...]: all of the above, with the shipped agreement in force, or
# that of $world_agreement,
# and the nodes joined (every one, or those named; roles: partner, auditor).
world() {
    local pair name names= pid pids=
    world_signatories
    world_broker "$(free_port)"
    for pair in ${*:-$everybody}; do
        names+=" ${pair%:*}"
    done
    for pair in $everybody; do
        [[ " $* " == *" ${pair%:*}:"* ]] || echo "${pair%:*} ${pair#*:}"
    done >"$W/partners"
    for pair in "$@"; do
        echo "${pair%:*} ${pair#*:}"
    done >>"$W/partners"
    for name in $others; do
        [[ " $* " != *" $name:"* ]] || continue
        echo "$name partner"
        mkdir -p "$W/$name"
        sed -n "s/^$name //p" "$root/script/world.others" >"$W/$name/identity.pub"
    done >>"$W/partners"
    cp "${world_agreement:-$root/policy/convenanten/voorbeeldstad.convenant}" \
        "$W/voorbeeldstad.convenant"
    # shellcheck disable=SC2086 # a list of names
    world_nodes $names
    world_agreement_sign &
    pid=$!
    world_roster 1
    wait $pid
    [ -z "${before_start-}" ] || $before_start
    start_broker
    operator roster add "$W/voorbeeldstad.roster" >/dev/null
    operator agreement add "$W/voorbeeldstad.convenant" >/dev/null
    for name in $names; do
        join "$name" &
        pids+=" $!"
    done
    for pid in $pids; do
        wait "$pid" || return 1
    done
}
