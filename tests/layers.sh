#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Who may include whom. Upward includes between our folders do not compile;
# this catches libraries where they do not belong, and impure calls.
set -eu
cd "$(dirname "$0")/.."
failed=0

# allow PATTERN FILES...: PATTERN may stand in no other file of the product
allow() {
    pattern=$1
    shift
    found=$(grep -rlE "$pattern" --include='*.[chy]' \
        proto policy broker clients | sort)
    for file in $found; do
        ok=no
        for allowed in "$@"; do
            case $file in $allowed) ok=yes ;; esac
        done
        if [ $ok = no ]; then
            echo "layers: $file must not have: $pattern"
            failed=1
        fi
    done
}

allow '^#include <czmq' 'broker/configread.c'
allow '^#include <zmq' 'broker/router*.[ch]' 'broker/zap.[ch]' \
    'broker/probe.[ch]' 'clients/transport.[ch]' 'proto/host/curve.h'
allow '^#include <lmdb' 'proto/host/store*.[ch]' 'clients/examples/*.c'
allow '^#include <sodium' 'proto/key*.[ch]' 'proto/seal.c'
allow '^#include <openssl' 'proto/merkle.c'
allow '^#include <msgpack' 'proto/pack.c'
allow '^#include <jansson' 'clients/*.[ch]' 'broker/status_show.c'
allow '^#include <libsmartcols' 'clients/table.c' 'broker/status_show.c'
# an agreement whose examples fail is for its author's eyes only
allow 'agreement_draft' 'policy/agreement.[ch]' 'clients/policyfile.[ch]'
# proto/ proper and policy/ are pure: no host library, files, clock, sockets
for file in proto/*.[ch] policy/*.[chy]; do
    if grep -nE '#include ("(store|clock|file|curve)\.h"|<(sys/socket|sys/stat|fcntl|unistd|time|dirent|sys/time)\.h>)' "$file"; then
        echo "layers: $file must stay pure"
        failed=1
    fi
    if grep -nE '(^|[^>._a-z])(fopen|open|read|write|time|clock_gettime|getenv|printf|syslog)\(' "$file" |
        grep -vE '^[0-9]+: \*'; then
        echo "layers: $file calls what a pure module may not"
        failed=1
    fi
done
# policy/ knows only bytes, err and limits of proto/, and the course of a case
if grep -nE '#include "(key|seal|envelope|bundle|entry|card|roster|sshsig|quorum|merkle|checkpoint|command|query|answer|receipt)\.h"' policy/*.[chy]; then
    echo "layers: policy/ may include bytes, err, limits and course only"
    failed=1
fi
# nothing listens without CURVE, and nobody reads a secret from argv or the
# environment
if grep -rnE 'ZMQ_(PLAIN|GSSAPI)|ZMQ_NULL\b|ZMQ_PUB\b|ZMQ_XPUB' \
    --include='*.[ch]' broker clients proto; then
    echo "layers: only CURVE, and no PUB/SUB"
    failed=1
fi
# a test that is in no list never runs
for test in tests/system/[0-9]*.sh; do
    grep -q "'$(basename "$test" .sh)'" tests/system/meson.build || {
        echo "layers: $test is not in tests/system/meson.build"
        failed=1
    }
done
exit $failed
