#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The operator's socket carries signed things in and nothing else: junk is
# refused, what is not signed has no effect, and the broker goes on.
. "$(dirname "$0")/lib.sh"
world $small
python3 - "$W/broker/run/control.sock" <<'P'
import os, socket, sys
def attempt(data):
    for kind in (socket.SOCK_SEQPACKET, socket.SOCK_STREAM):
        s = socket.socket(socket.AF_UNIX, kind)
        s.settimeout(5)
        try:
            s.connect(sys.argv[1])
            for part in data:
                s.send(part)
            s.shutdown(socket.SHUT_WR)
            s.recv(65536)
        except OSError:
            pass
        finally:
            s.close()
for data in ([b""], [b"\0"], [b"x" * 64], [os.urandom(16) for _ in range(50)],
             [b"\x28\0\0\0\0\x01\0\0\0\0\0\x01\xff\xff\xff\xff"],
             [os.urandom(4096)] * 3):
    attempt(data)
# and some who connect and say nothing
open_ones = []
for _ in range(40):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        s.connect(sys.argv[1])
    except OSError:
        continue
    open_ones.append(s)
P
operator status >"$W/status"
grep -qE '^agreement +in-force version 1 ' "$W/status"

# whom the socket does not let in is told so
nobody() { setpriv --reuid 65534 --clear-groups "$@"; }
chmod 711 "$W" "$W/broker"
if [ "$(id -u)" = 0 ] && nobody "$driehoekd" --version >/dev/null 2>&1 &&
    nobody test -d "$W/broker"; then
    code 5 nobody "$driehoekd" status -C "$W/broker" 2>"$W/err"
    has 'own user or root' "$W/err"
fi
chmod 700 "$W" "$W/broker"

operator card add "$(card politie)" >"$W/out" # known already: no change
head -c 200 "$(card politie)" >"$W/x.card"
code 4 operator card add "$W/x.card" >"$W/out" 2>&1
code 5 operator card add "$W/not-there" >"$W/out" 2>&1
code 4 operator agreement add "$W/allowed_signers" >"$W/out" 2>&1
code 4 operator roster add "$W/allowed_signers" >"$W/out" 2>&1
code 4 operator revoke "$W/allowed_signers" >"$W/out" 2>&1
code 2 operator card ad "$W/x.card" >"$W/out" 2>&1
same "$(events card)" 3
same "$(events agreement)" 1
sends politie 01
takes gemeente 1
stop_broker
code 3 operator status >"$W/out" 2>&1 || code 5 operator status >"$W/out" 2>&1
