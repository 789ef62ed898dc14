#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Thousands of strangers who say nothing, say it slowly, or stop in the middle
# of the handshake, and no descriptor left: see crowds.py. Meanwhile the router
# tries its own door every second, and that always works.
. "$(dirname "$0")/lib.sh"
often() {
    fast
    # signals run all the time, and a fast machine makes many of them
    sed -i 's/map-size = "64M"/map-size = "2G"/' "$W/broker/driehoekd.conf"
    printf 'probe\n    interval-s = 1\n' >>"$W/broker/driehoekd.conf"
}
before_start=often
world $small
python3 "$root/tests/system/crowds.py" "$W" "$BUILD" "$broker_pid" \
    "${PAIRS:-3}" "${MS:-300}" "${RATE:-2000}"
same "$(grep -c part-died "$W/broker.log")" 1 # the one that it killed
lacks probe-unanswered "$W/broker.log"
verified
