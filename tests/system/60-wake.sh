#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A program that sleeps on the library's descriptor is woken for every step,
# though messages come while it asks for something else or sends. The broker
# tells again too late to hide it.
late() {
    fast
    sed -i 's/redeliver-ms = 100/redeliver-ms = 60000/' \
        "$W/broker/driehoekd.conf"
}
. "$(dirname "$0")/lib.sh"
before_start=late
# shellcheck disable=SC2086 # a list of names
world $small

background gemeente "$driehoek" receive -C "$W/gemeente" --follow
"$BUILD/tests/system/wake_sender" "$W/politie" 200
same "$(events delivered)" 200
kill "$child"
wait "$child" || :
