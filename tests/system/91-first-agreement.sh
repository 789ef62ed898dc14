#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# policy/README.md, typed by a new user in an empty directory, gives what it says.
. "$(dirname "$0")/lib.sh"
mkdir "$W/empty"
cd "$W/empty"
SRC=$root PATH=$BUILD/clients:$PATH \
    python3 "$root/tests/system/readme.py" "$root/policy/README.md" mijn.convenant
