#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Computes the compiled hash of the agreement in test_compiled_hash.c once more,
as a second implementation written from section 2.3 of proto/PROTOCOL.md alone,
and compares. What the agreement means is put down here by hand: a rule's sets,
and for each condition which values let it through."""
import hashlib, os, re, struct, sys

PARTIES, PURPOSES, GROUNDS, ALL = "abcd", "pq", "gh", 2**64 - 1


def u32(v):
    return struct.pack(">I", v)


def u64(v):
    return struct.pack(">Q", v)


def text(s):
    return u32(len(s)) + s.encode()


def sha256(b):
    return hashlib.sha256(b).digest()


def parties(names):
    return u64(sum(1 << PARTIES.index(n) for n in names))


def attribute(name, kind, values, low, high, flags):
    return (text(name) + u32(kind) + u32(len(values)) +
            b"".join(map(text, values)) + u32(low) + u32(high) + u32(flags))


def duties(flags=0, most=2**32 - 1, least=0, onward=u64(ALL),
           notify=u64(0), approvals=()):
    return (u32(flags) + u32(most) + u32(least) + onward + notify +
            u32(len(approvals)) + b"".join(u32(n) + of for n, of in approvals))


class Rule:
    def __init__(self, name, source, to, purposes, grounds, fields,
                 withheld=0, owes=b""):
        self.name, self.source, self.to = name, source, to
        self.purposes, self.grounds = purposes, grounds
        self.head = text(name) + u32(fields) + u32(withheld) + owes


def rules_of(rules, passes):
    return u64(sum(1 << i for i, r in enumerate(rules) if passes(r)))


def tested(rules, position, high, name, unknown, holds):
    """One that rule NAME alone tests: UNKNOWN and HOLDS(value) let it through."""
    def given(passes):
        return rules_of(rules, lambda r: r.name != name or passes)
    out, before = u32(position) + given(unknown), None
    for value in range(high + 1):
        now = given(holds(value))
        if now != before:
            out += u32(1) + u32(value) + now
        before = now
    return out + u32(0)


def kind(name, psk, fields, attributes, rules, forbids, permits, conditions,
         windows):
    out = text(name) + u32(psk) + u32(len(fields))
    for field, category, special in fields:
        out += text(field) + u32(category) + text(special)
    out += u32(attributes) + b"".join(map(u32, range(attributes)))
    out += u32(forbids) + u32(permits) + u32(len(rules))
    out += b"".join(r.head for r in rules)
    for names, of in ((PARTIES, "source"), (PARTIES, "to"),
                      (PURPOSES, "purposes"), (GROUNDS, "grounds")):
        for n in names:
            out += rules_of(rules, lambda r: n in getattr(r, of))
    return sha256(out + u32(len(conditions)) + b"".join(conditions) +
                  u32(len(windows)) + b"".join(windows))


F1 = Rule("F1", "a", "b", "pq", "gh", 0)
P1 = Rule("P1", "a", "bc", "p", "g", 0b011, 0b100,
          duties(1, most=30, notify=parties("c")))
P2 = Rule("P2", "b", "c", "p", "h", 0b01, 0,
          duties(4, onward=u64(0), approvals=[(2, parties("ab"))]))
P3 = Rule("P3", "c", "d", "q", "g", 0b10, 0, duties())
N1 = Rule("N1", "abcd", "d", "pq", "gh", 0b10)
R = [F1, P1, P2, P3]  # N1 takes no field of melding away

melding = kind(
    "melding", 1, [("een", 1, ""), ("twee", 3, ""), ("drie", 9, "health")], 5,
    R, 1, 4,
    [tested(R, 0, 2, "P1", False, lambda v: v >= 1),
     tested(R, 1, 120, "P1", False, lambda v: v < 18),
     tested(R, 2, 100000, "P1", False, lambda v: not v > 900),
     tested(R, 3, 2, "F1", True, lambda v: v == 2),
     tested(R, 4, 1, "P3", False, lambda v: v == 1)],
    [u32(0) + rules_of(R, lambda r: r is not P3) + rules_of(R, lambda r: True)])
bericht = kind("bericht", 0, [("een", 256 + 1, ""), ("vier", 0, "")], 0,
               [P2, N1], 0, 1, [], [])

out = text("driehoek/v1/compiled") + text("Europe/Amsterdam")
for names in (PARTIES, PURPOSES, GROUNDS):
    out += u32(len(names)) + b"".join(map(text, names))
out += u32(5)
out += attribute("ernst", 1, ["laag", "midden", "hoog"], 0, 2, 4)
out += attribute("leeftijd", 3, [], 0, 120, 0)
out += attribute("jaren", 3, [], 0, 100000, 0)
out += attribute("soort", 2, ["rood", "groen", "blauw"], 0, 2, 2)
out += attribute("eerder", 0, [], 0, 1, 1)
out += u32(1) + text("kantoor") + u32(5)
for day in range(5):
    out += u32(day * 1440 + 8 * 60) + u32(day * 1440 + 18 * 60)
got = sha256(out + u32(2) + melding + bericht).hex()

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "../unit/policy/test_compiled_hash.c")) as f:
    want = re.search(r'"([0-9a-f]{64})"', f.read()).group(1)
if got != want:
    sys.exit("DIFFERS:\n  " + got + "\n  " + want)
print("the compiled hash holds")
