#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Makes the card vectors, as a second implementation written from the format
alone. Seeds are fixed (byte 1 to 5 repeated), so every run gives the same
files. Needs python3-cryptography; the tests do not."""
import base64, hashlib, os, struct
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519

here = os.path.dirname(os.path.abspath(__file__))


def ed(seed):
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return key, key.public_key().public_bytes_raw()


def x(seed):
    key = x25519.X25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return key.public_key().public_bytes_raw()


def part(b):
    return struct.pack(">I", len(b)) + b


def uint(v):
    for limit, head, form in ((128, b"", ">B"), (2**8, b"\xcc", ">B"),
                              (2**16, b"\xcd", ">H"), (2**32, b"\xce", ">I")):
        if v < limit:
            return head + struct.pack(form, v)
    return b"\xcf" + struct.pack(">Q", v)


def binary(b):
    return b"\xc4" + struct.pack(">B", len(b)) + b


identity, identity_pk = ed(1)


def body(version=uint(1), partner=b"\xa8gemeente", serial=uint(7),
         start=uint(1767225600), until=uint(1775001600), receives=b"\xc3",
         sign=ed(2)[1], seal=x(3), curve=x(4), witness=ed(5)[1], more=b""):
    return (b"\x9a" + version + partner + serial + start + until + receives +
            binary(sign) + binary(seal) + binary(curve) + binary(witness) +
            more)


def card(b, label=b"driehoek/v1/card", more=b""):
    return (b"\x92" + binary(b) +
            binary(identity.sign(part(label) + part(b))) + more)


def write(name, data):
    with open(os.path.join(here, name), "wb") as f:
        f.write(data)


good = card(body())
write("accept/card/card.bin", good)
write("accept/card/identity.bin", identity_pk)
write("accept/card/id.bin", hashlib.blake2b(
    part(b"driehoek/v1/card-id") + part(body()), digest_size=32).digest())
text = base64.b64encode(good)
write("accept/card/card.txt", b"-----BEGIN DRIEHOEK CARD-----\n" + b"".join(
    text[i:i + 64] + b"\n" for i in range(0, len(text), 64)) +
    b"-----END DRIEHOEK CARD-----\n")

for name, data in {
    "trailing-byte": card(body(), more=b"\0"),
    "trailing-byte-in-body": card(body(more=b"\0")),
    "version-2": card(body(version=uint(2))),
    "long-integer": card(body(serial=b"\xcc\x07")),
    "long-string": card(body(partner=b"\xd9\x08gemeente")),
    "name-upper-case": card(body(partner=b"\xa8Gemeente")),
    "until-before-from": card(body(until=uint(1767225599))),
    "until-is-from": card(body(until=uint(1767225600))),
    "receives-is-a-number": card(body(receives=uint(1))),
    "signing-key-witnesses": card(body(witness=ed(2)[1])),
    "sealing-key-transports": card(body(curve=x(3))),
    "key-of-31-bytes": card(body(sign=ed(2)[1][:31])),
    "other-label": card(body(), label=b"driehoek/v1/bundle"),
    "other-identity": b"\x92" + binary(body()) + binary(
        ed(9)[0].sign(part(b"driehoek/v1/card") + part(body()))),
}.items():
    write("reject/card/%s.bin" % name, data)
