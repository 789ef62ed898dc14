#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Opens the guest vectors, as a second implementation written from section 18
of proto/PROTOCOL.md alone. Needs python3-cryptography; the tests do not."""
import hashlib, os, struct
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "accept")


def read(name):
    with open(os.path.join(here, name), "rb") as f:
        return f.read()


def joined(label, parts):
    return b"".join(struct.pack(">I", len(p)) + p
                    for p in [b"driehoek/v1/" + label.encode(), *parts])


def H(label, *parts):
    return hashlib.blake2b(joined(label, parts), digest_size=32).digest()


def KH(key, label, *parts):
    return hashlib.blake2b(joined(label, parts), digest_size=32,
                           key=key).digest()


def quarter(s, a, b, c, d):
    for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8),
                       (c, d, b, 7)):
        s[x] = (s[x] + s[y]) & 0xffffffff
        s[z] ^= s[x]
        s[z] = (s[z] << n | s[z] >> 32 - n) & 0xffffffff


def hchacha20(key, nonce):
    s = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce))
    for _ in range(10):
        for i in range(4):
            quarter(s, i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<8I", *s[:4], *s[12:])


def unbox(key, aad, box):
    sub = hchacha20(key, box[:16])
    return ChaCha20Poly1305(sub).decrypt(bytes(4) + box[16:24], box[24:], aad)


card = read("guest-card/card.bin")
assert card[:4] == b"\x93\x01\xc4\x10" and card[20:22] == b"\xc4\x20"
assert H("guest-card", card) == read("guest-card/id.bin")
case, seal = card[4:20], card[22:]
secret = x25519.X25519PrivateKey.from_private_bytes(b"\x15" + bytes(31))
assert secret.public_key().public_bytes_raw() == seal

extract = read("guest-extract/extract.bin")
assert extract[:2] == b"\x92\xc4"
head, rest = extract[3:3 + extract[2]], extract[3 + extract[2]:]
assert rest[:1] == b"\xc5"
box = rest[3:]
assert len(box) == int.from_bytes(rest[1:3], "big")
assert H("guest-card", card) in head and case in head
ephemeral = head[-32:]
shared = secret.exchange(x25519.X25519PublicKey.from_public_bytes(ephemeral))
text = unbox(KH(shared, "guest-key", ephemeral, seal, head), head, box)
assert len(text) == 1024
assert text.rstrip(b"\0") == \
    b'{"type":"extract","fields":{"betrokkene":"J"}}'
print("the guest vectors hold")
