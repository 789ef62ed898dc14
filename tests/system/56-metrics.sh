#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A scraper on this machine is given the broker's numbers, every line of the
# text format well-formed; one that is slow, silent or hostile costs nobody
# anything; who does not listen here is not asked for, and without the
# configuration nobody listens at all.
. "$(dirname "$0")/lib.sh"
port=$(free_port)
metered() {
    fast
    printf 'metrics\n    listen = "tcp://127.0.0.1:%s"\n' "$port" \
        >>"$W/broker/driehoekd.conf"
}
before_start=metered
world $small
sends politie 01
sends politie 01
cat >"$W/scrape" <<'P'
import re, socket, sys, time
where = sys.argv[1]
def connect():
    if where[0] in "./":
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(20)
        s.connect(where)
        return s
    return socket.create_connection(("127.0.0.1", int(where)), 20)
def talk(data):
    with connect() as s:
        s.sendall(data)
        got = b""
        try:
            while True:
                more = s.recv(65536)
                if not more:
                    return got
                got += more
        except ConnectionResetError:
            return got
def scrape():
    got = talk(b"GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n")
    head, _, body = got.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    fields = dict(l.split(": ", 1) for l in lines[1:])
    assert int(fields["Content-Length"]) == len(body), head
    return lines[0], fields, body.decode()
NAME = r"driehoek_[a-z][a-z0-9_]*"
LABELS = r'\{[a-z0-9]+="[^"\\\n]*"(,[a-z0-9]+="[^"\\\n]*")*\}'
def until(test): # a page may be a second old
    end = time.monotonic() + 20
    while True:
        got = scrape()
        if test(*got):
            return got
        assert time.monotonic() < end, got
def parse(body):
    assert body.endswith("\n")
    kind, seen, values = {}, set(), {}
    for line in body[:-1].split("\n"):
        m = re.fullmatch(r"# (HELP|TYPE) (%s) (.+)" % NAME, line)
        if m:
            if m[1] == "TYPE":
                assert m[2] not in kind and m[3] in ("gauge", "counter"), line
                kind[m[2]] = m[3]
                assert m[3] != "counter" or m[2].endswith("_total"), line
            continue
        m = re.fullmatch(r"((%s)(%s)?) ([0-9]+(\.[0-9]{3})?)" % (NAME, LABELS),
                         line)
        assert m, line
        assert m[2] in kind and m[1] not in values, line
        values[m[1]] = float(m[5])
    return values
P
scrape() { # WHERE CODE: python with the functions above
    python3 -c "$(cat "$W/scrape")
$2" "$1"
}
scrape "$port" '
status, fields, body = scrape()
assert status == "HTTP/1.1 200 OK", status
assert fields["Content-Type"].startswith("text/plain; version=0.0.4")
v = parse(body)
assert v["driehoek_queue_shares{partner=\"gemeente\"}"] == 2, v
assert v["driehoek_queue_shares{partner=\"politie\"}"] == 0
assert v["driehoek_events_total{event=\"accepted\"}"] == 2
assert v["driehoek_open_shares"] == 2
assert v["driehoek_ledger_entries_total"] == v["driehoek_checkpoint_entries"]
assert v["driehoek_store_limit_bytes"] == 64 << 20
assert [k for k in v if k.startswith("driehoek_in_force{text=\"agreement\",version=\"1\"")]
assert sum(x for k, x in v.items() if k.startswith("driehoek_in_force")) == 2
for data, code in ((b"GET / HTTP/1.1\r\n\r\n", 404), (b"PUT /metrics HTTP/1.1\r\n\r\n", 405),
                   (b"\x16\x03\x01" + b"x" * 90, 400), (b"a" * 9000, 431)):
    got = talk(data)
    assert got == b"" or got.startswith(b"HTTP/1.1 %d " % code), (data[:20], got)
# forty that are silent, drip, or take nothing: none keeps the next one waiting,
# and the broker works on
idle = [connect() for _ in range(40)]
for i, s in enumerate(idle):
    if i % 2:
        try:
            s.sendall(b"GET /met")
        except OSError:
            pass
assert scrape()[0] == "HTTP/1.1 200 OK"
'
takes gemeente 2
ledger 'select(.event == "share") | .case, .id, .kind' | sort -u >"$W/words"
scrape "$port" '
print(until(lambda status, _, body:
    parse(body)["driehoek_events_total{event=\"answered\"}"] == 2)[2])
' >"$W/page"
while read -r word; do
    lacks "$word" "$W/page"
done <"$W/words"

# it has the listening socket, its link and nothing else; no key, no file
metrics=$(part metrics)
same "$(ls "/proc/$metrics/fd" | tr '\n' ' ')" '0 1 2 3 4 '
same "$(tr -d '\0' <"/proc/$metrics/environ")" ''
# it hangs: nobody else notices; it dies: the next one listens on
kill -STOP "$metrics"
sends politie 01
takes gemeente 1
operator health >"$W/out"
kill -CONT "$metrics"
kill -KILL "$metrics"
scrape "$port" 'assert scrape()[0] == "HTTP/1.1 200 OK"'
# a core that hangs is told of, not waited for
core=$(part core)
kill -STOP "$core"
scrape "$port" 'until(lambda status, *_: status.startswith("HTTP/1.1 503 "))'
kill -CONT "$core"
sends politie 01
takes gemeente 1
stop_broker
! scrape "$port" 'connect()' 2>"$W/err"

# a socket in the file system, for its group; only a socket is replaced
conf=$W/broker/driehoekd.conf
sed -i "s|listen = .*|listen = \"unix:run/m.sock\"|" "$conf"
start_broker
same "$(stat -c %a "$W/broker/run/m.sock")" 660
(cd "$W/broker" && scrape ./run/m.sock 'assert parse(scrape()[2])')
stop_broker
[ ! -e "$W/broker/run/m.sock" ]
echo precious >"$W/broker/run/m.sock"
code 5 "$driehoekd" -C "$W/broker" 2>"$W/err"
has metrics-failed "$W/err"
has precious "$W/broker/run/m.sock"
for other in tcp://0.0.0.0:9401 tcp://localhost:9401 'tcp://[::]:9401' 9401; do
    sed -i "s|listen = .*|listen = \"$other\"|" "$conf"
    code 4 "$driehoekd" -C "$W/broker" 2>"$W/err"
    has 'nobody outside this machine' "$W/err"
done
sed -i '/^metrics/,$d' "$conf"
start_broker
! part metrics
