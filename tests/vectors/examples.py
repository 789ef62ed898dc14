#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Computes the worked examples of proto/PROTOCOL.md once more, as a second
implementation written from that text alone, and compares. Needs
python3-cryptography; the tests do not."""
import hashlib, os, re, struct, sys
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

here = os.path.dirname(os.path.abspath(__file__))


def read_examples():
    got, name = {}, None
    with open(os.path.join(here, "examples.txt")) as f:
        for line in f:
            if line.startswith("    "):
                got[name] += bytes.fromhex(line.strip())
            else:
                name = re.sub(r" \(\d+\)$", "", line.rstrip("\n"))
                got[name] = b""
    return got


E = read_examples()
failed = []


def same(what, a, b):
    if a != b:
        failed.append(what)
        print("DIFFERS:", what, a.hex(), b.hex(), sep="\n  ")


# --- 1.2 -------------------------------------------------------------------
def joined(label, parts):
    return b"".join(struct.pack(">I", len(p)) + p
                    for p in [b"driehoek/v1/" + label.encode(), *parts])


def H(label, *parts):
    return hashlib.blake2b(joined(label, parts), digest_size=32).digest()


def KH(key, label, *parts):
    return hashlib.blake2b(joined(label, parts), digest_size=32,
                           key=key).digest()


def verify(pk, sig, label, *parts):
    ed25519.Ed25519PublicKey.from_public_bytes(pk).verify(
        sig, joined(label, parts))


def unbox(key, aad, box):
    return ChaCha20Poly1305(key).decrypt(bytes(12), box, aad)


# --- 1.1 -------------------------------------------------------------------
class Reader:
    def __init__(self, b):
        self.b, self.at = b, 0

    def take(self, n):
        assert self.at + n <= len(self.b)
        self.at += n
        return self.b[self.at - n:self.at]

    def number(self, n):
        return int.from_bytes(self.take(n), "big")

    def value(self):
        t = self.number(1)
        if t < 0x80:
            return t
        if 0x90 <= t <= 0x9f:
            return [self.value() for _ in range(t & 15)]
        if 0xa0 <= t <= 0xbf:
            return self.take(t & 31).decode()
        if t in (0xc0, 0xc2, 0xc3):
            return {0xc0: None, 0xc2: False, 0xc3: True}[t]
        if t in (0xc4, 0xc5, 0xc6):
            return self.take(self.number(1 << t - 0xc4))
        if 0xcc <= t <= 0xcf:
            return self.number(1 << t - 0xcc)
        if t in (0xd9, 0xda, 0xdb):
            return self.take(self.number(1 << t - 0xd9)).decode()
        assert t in (0xdc, 0xdd)
        return [self.value() for _ in range(self.number(2 << t - 0xdc))]


def unpack(b):
    r = Reader(b)
    v = r.value()
    assert r.at == len(b)
    return v


def u16(i):
    return struct.pack(">H", i)


# --- the examples ----------------------------------------------------------
same("H", H("example", b"ab", b""), E['H("example", "ab", "")'])
same("KH", KH(bytes([9]) * 32, "example", b"ab", b""),
     E["the same keyed with 32 bytes 09"])
for who in "identity", "signing":
    key = ed25519.Ed25519PrivateKey.from_private_bytes(E[who + " seed"])
    same(who, key.public_key().public_bytes_raw(), E[who + " public key"])
identity, sign = E["identity public key"], E["signing public key"]

body, sig = unpack(E["card"])
verify(identity, sig, "card", body)
same("card id", H("card-id", body), E["card id"])
assert unpack(body)[6] == sign
body, sig = unpack(E["its revocation by its partner"])
verify(identity, sig, "card-revocation", body)
assert unpack(body) == [1, "ledger.example/1", E["card id"], "politie",
                        1772000000]

h = unpack(E["header"])
(_, _, origin, agreement, sender, card, kind, purpose, ground, case, reply,
 created, expires, covert, actor, nonce, ephemeral, fields, recipients, attributes,
 manifest_slot) = h
assert E["header"].startswith(E["head"]) and card == E["card id"]
assert E["header"][len(E["head"]):len(E["head"]) + 2] == b"\xc4\x40"
head_hash = H("head", E["head"])
same("head-hash", head_hash, E["head-hash"])
same("id", H("signal", E["header"]), E["id"])
assert covert == 1790000000

header, manifest, field, recipient, attribute = unpack(E["envelope"])
assert header == E["header"] and len(field) == len(recipient) == 1
same("manifest slot", H("slot-manifest", nonce, *manifest), manifest_slot)
i, commitment, ciphertext = field[0]
same("field slot", H("slot-field", nonce, u16(i), commitment, ciphertext),
     fields[:32])
j, salt, partner, to_card, wrap = recipient[0]
same("recipient slot",
     H("slot-recipient", nonce, u16(j), salt, partner.encode(), to_card, wrap),
     recipients[32 * j:32 * j + 32])
k, salt, value = attribute[0]
assert value is True
same("attribute slot", H("slot-attribute", nonce, u16(k), salt, b"\xc3"),
     attributes)
seq, presence, to, previous, listed, excluded = unpack(manifest[1])
assert (seq, presence, to, previous, excluded) == (41, 1, False, None, [])
assert listed == [[j, partner, to_card, 1]]

own = x25519.X25519PrivateKey.from_private_bytes(
    E["recipient's sealing scalar"])
seal = own.public_key().public_bytes_raw()
same("sealing key", seal, E["recipient's sealing key"])
dh = own.exchange(x25519.X25519PublicKey.from_public_bytes(ephemeral))
same("X25519", dh, E["X25519 result"])
wrap_key = KH(dh, "wrap-key", ephemeral, seal, head_hash, u16(j),
              partner.encode(), to_card, b"", b"")
bits, keys, counter = unpack(unbox(wrap_key, fields, wrap))
assert (bits, counter) == (1, 7)
same("K_0", keys, E["K_0, from the wrap"])
same("commitment", H("key-commit", nonce, u16(0), keys), commitment)
padded = unbox(keys, head_hash + u16(0), ciphertext)
same("value", padded.rstrip(b"\0"), E["value of field 0"])
assert len(padded) == 64

card, ids, sig = unpack(E["statement"])
assert card == E["card id"] and ids == E["id"]
verify(sign, sig, "bundle", card, ids)

leaf = hashlib.sha256(b"\0" + E["share entry"]).digest()
same("leaf", leaf, E["its leaf hash"])
body, sig = unpack(E["answer"])
verify(sign, sig, "answer", body)
assert unpack(body)[4] == [[leaf, 1, 0]]
body, sig = unpack(E["query"])
verify(sign, sig, "query", body)
_, type_, number, body, sig = unpack(E["HELLO"])
assert (type_, number) == (2, 2)
verify(sign, sig, "hello", body)
body, sig = unpack(E["confirmation"])
verify(sign, sig, "confirmation", body)
assert unpack(body)[2:] == [E["card id"], 3]
body, sig = unpack(E["hold"])
verify(sign, sig, "statement", body)
assert unpack(body)[2:] == [E["card id"], case, 2, 1790000000, 1772000000,
                            None, None, None, 0]
body, sig = unpack(E["designation"])
verify(sign, sig, "statement", body)
assert unpack(body)[2:] == [E["card id"], case, 32, 0, 1772000000,
                            "reclassering", None, None, 3]


# --- 10.2 ------------------------------------------------------------------
def node(a, b):
    return hashlib.sha256(b"\1" + a + b).digest()


def walk(lo, hi, wanted, proof):
    if not wanted:
        return proof.pop(0)
    if hi - lo == 1:
        return wanted[lo]
    half = 1
    while 2 * half < hi - lo:
        half *= 2
    left = {n: x for n, x in wanted.items() if n < lo + half}
    right = {n: x for n, x in wanted.items() if n >= lo + half}
    a = walk(lo, lo + half, left, proof)
    return node(a, walk(lo + half, hi, right, proof))


proof = E["multi-proof of 1 and 3"]
proof = [proof[n:n + 32] for n in range(0, len(proof), 32)]
wanted = {n: hashlib.sha256(b"\0" + b"%d" % n).digest() for n in (1, 3)}
same("root", walk(0, 5, wanted, proof),
     E['root of five entries "0" to "4"'])
assert proof == []

print("differs" if failed else "all examples hold")
sys.exit(1 if failed else 0)
