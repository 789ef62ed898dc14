#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Thousands of strangers who say nothing, say it slowly, or stop in the middle
# of the handshake, and no descriptor left: see crowds.py.
. "$(dirname "$0")/lib.sh"
world $small
python3 "$root/tests/system/crowds.py" "$W" "$BUILD" "$broker_pid" \
    "${PAIRS:-4}" "${MS:-300}"
lacks part-died "$W/broker.log"
verified
