#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A service manager hears when the broker is ready, starts a part again, stops,
# and that core answers; a core that hangs is not pinged for. Its socket may
# have a path or an abstract name. The unit that is installed names the daemon.
. "$(dirname "$0")/lib.sh"
world_signatories
world_broker "$(free_port)"
fast
cat >"$W/manager" <<'P'
import os, signal, socket, subprocess, sys
daemon, broker, address = sys.argv[1:]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("\0" + address[1:] if address[0] == "@" else address)
s.settimeout(20)
env = dict(os.environ, NOTIFY_SOCKET=address, WATCHDOG_USEC="300000")
p = subprocess.Popen([daemon, "-C", broker], env=env,
                     stderr=open(broker + "/log", "w"))
def hear():
    return s.recv(4096).decode().split("\n")
def until(*words):
    heard = []
    while words:
        heard.append(hear()[0])
        if heard[-1] == words[0]:
            words = words[1:]
    return heard
def part(name):
    return int(subprocess.check_output(
        ["pgrep", "-P", str(p.pid), "-f", "driehoekd-" + name]))
try:
    first = hear()
    assert first[0] == "READY=1", first
    assert first[1].startswith("STATUS=Listening at tcp://127.0.0.1:"), first
    until("WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1")
    os.kill(part("router"), signal.SIGKILL)
    until("RELOADING=1", "READY=1", "WATCHDOG=1")
    os.kill(part("core"), signal.SIGKILL)
    until("RELOADING=1", "READY=1", "WATCHDOG=1", "WATCHDOG=1")
    core = part("core")
    os.kill(core, signal.SIGSTOP)
    s.settimeout(0.5)   # longer than the watchdog would wait
    extra = 0
    try:
        while extra <= 2:
            assert hear() == ["WATCHDOG=1"]
            extra += 1
    except TimeoutError:
        pass
    assert extra <= 2, extra
    os.kill(core, signal.SIGCONT)
    s.settimeout(20)
    until("WATCHDOG=1", "WATCHDOG=1")
    p.send_signal(signal.SIGHUP)
    until("RELOADING=1", "READY=1", "WATCHDOG=1")
    p.terminate()
    heard = until("STOPPING=1")
    assert p.wait(20) == 0
    s.setblocking(False)
    try:
        raise SystemExit("heard after the end: %r" % hear())
    except BlockingIOError:
        pass
finally:
    p.kill()
    p.wait()
P
python3 "$W/manager" "$driehoekd" "$W/broker" "$W/notify"
python3 "$W/manager" "$driehoekd" "$W/broker" "@driehoek-$$"

meson install -C "$BUILD" --no-rebuild --quiet --destdir "$W/root" >"$W/out"
unit=$(find "$W/root" -path '*/lib/systemd/system/driehoekd.service')
daemon=$(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' "$unit")
[ -x "$W/root$daemon" ]
has Type=notify "$unit"
has KillMode=mixed "$unit"
# shellcheck disable=SC2016 # the unit's own variable
has 'ExecReload=/bin/kill -HUP $MAINPID' "$unit"
[ -n "$(find "$W/root" -path '*/lib/sysusers.d/driehoekd.conf')" ]
if command -v systemd-analyze >/dev/null; then
    sed -e "s|^ExecStart=/|ExecStart=$W/root/|" -e /^Documentation=/d \
        "$unit" >"$W/driehoekd.service"
    systemd-analyze verify "$W/driehoekd.service" >"$W/out" 2>&1
    lacks 'driehoekd.service' "$W/out" # no complaint about ours
fi
