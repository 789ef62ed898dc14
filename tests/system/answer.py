#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Looks into the file of a complete answer, and spoils it in one way:
answer.py has|lacks FILE HEX; answer.py EDIT [ARGUMENT] FILE OUT."""
import sys

HEADER = b"driehoek-answer@v1\n"
HEAD, ENTRY, LIST, END = 1, 2, 3, 4


def uint(v):
    for limit, head, n in ((1 << 7, b"", 1), (1 << 8, b"\xcc", 1),
                           (1 << 16, b"\xcd", 2), (1 << 32, b"\xce", 4)):
        if v < limit:
            return head + v.to_bytes(n, "big")
    return b"\xcf" + v.to_bytes(8, "big")


def pack(v):
    if isinstance(v, int):
        return uint(v)
    if isinstance(v, bytes):
        n = len(v)
        head = b"\xc4" if n < 256 else b"\xc5" if n < 65536 else b"\xc6"
        return head + n.to_bytes(1 << head[0] - 0xc4, "big") + v
    n = len(v)
    head = bytes([0x90 | n]) if n < 16 else b"\xdc" + n.to_bytes(2, "big")
    return head + b"".join(map(pack, v))


def unpack(b, i=0):
    t = b[i]
    if t < 0x80:
        return t, i + 1
    if 0xcc <= t <= 0xcf:
        n = 1 << t - 0xcc
        return int.from_bytes(b[i + 1:i + 1 + n], "big"), i + 1 + n
    if 0xc4 <= t <= 0xc6:
        n = 1 << t - 0xc4
        size = int.from_bytes(b[i + 1:i + 1 + n], "big")
        return b[i + 1 + n:i + 1 + n + size], i + 1 + n + size
    if t == 0xdc:
        n, i = int.from_bytes(b[i + 1:i + 3], "big"), i + 3
    else:
        n, i = t & 15, i + 1
    out = []
    for _ in range(n):
        v, i = unpack(b, i)
        out.append(v)
    return out, i


def read(path):
    data = open(path, "rb").read()
    assert data.startswith(HEADER)
    i, records = len(HEADER), []
    while i < len(data):
        n = int.from_bytes(data[i:i + 4], "big")
        body = data[i + 4:i + 4 + n]
        records.append(unpack(body)[0])
        assert pack(records[-1]) == body
        i += 4 + n
    return records


def write(path, records):
    records = [r for r in records if r[0] != END]
    records.append([END, len(records)])
    with open(path, "wb") as f:
        f.write(HEADER)
        for body in map(pack, records):
            f.write(len(body).to_bytes(4, "big") + body)


def of(records, kind):
    return [r for r in records if r[0] == kind]


def kind_of(entry):
    # random in 2 + 16 bytes behind the head of the array, then the kind
    return entry[2][(1 if entry[2][0] < 0xdc else 3) + 18]


how, path = sys.argv[1], sys.argv[-2]
if how in ("has", "lacks"):
    found = bytes.fromhex(sys.argv[3]) in open(sys.argv[2], "rb").read()
    sys.exit(0 if found == (how == "has") else 1)
records = read(path)
asked = [r for r in of(records, ENTRY) if kind_of(r) not in (15, 17)]
lists = of(records, LIST)
if how == "cut":
    open(sys.argv[-1], "wb").write(open(path, "rb").read()[:-9])
    sys.exit(0)
if how == "drop-entry":
    records.remove(asked[int(sys.argv[2])])
elif how == "drop-row":
    opened = next(r for r in lists if any(len(row) == 3 for row in r[3]))
    opened[3] = [row for row in opened[3] if len(row) != 3]
elif how == "change-entry":
    e = asked[int(sys.argv[2])]
    e[2] = e[2][:-1] + bytes([e[2][-1] ^ 1])
elif how == "other-seal":  # of a made-up list: its root is another one
    e = next(r for r in of(records, ENTRY) if kind_of(r) == 17)
    at = e[2].rindex(b"\xc4\x20") + 2
    e[2] = e[2][:at] + bytes([e[2][at] ^ 1]) + e[2][at + 1:]
elif how == "drop-lists":  # the last of them, with its seal
    records = [r for r in records if r is not lists[-1]]
    records = [r for r in records if r[0] != ENTRY or r[1] != lists[-1][1]]
elif how == "other-list":  # what one partner's list has, as another's
    full = [r for r in lists if any(len(row) == 3 for row in r[3])]
    full[0][2:] = full[-1][2:]
write(sys.argv[-1], records)
