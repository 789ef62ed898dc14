#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""forty.py WORLD DRIEHOEK RULES - who gets what, through real nodes.

WORLD is one that script/world.sh made, with a node for each partner; RULES
says what is sent, and what arrives with whom (forty.rules tells how). What is
wrong is said by number of the rule, recipient and field.
"""
import concurrent.futures
import copy
import datetime
import json
import os
import subprocess
import sys

WORLD, DRIEHOEK, RULES = sys.argv[1:4]
AT_ONCE = 4
OF_A_SHARE = ("approve", "decline", "restrict", "veto")


def nodes():
    """Partners with a node of their own; an auditor is sent nothing."""
    with open(os.path.join(WORLD, "partners"), encoding="utf-8") as f:
        roles = dict(line.split() for line in f)
    return [name for name, role in roles.items() if role == "partner" and
            os.path.isdir(os.path.join(WORLD, name, "brokers"))]


def driehoek(node, command, *args, given=None):
    return subprocess.run(
        [DRIEHOEK, command, "-C", os.path.join(WORLD, node), *args],
        input=given, capture_output=True, text=True, check=False)


class Rule:
    """One signal: what is sent, and what is to arrive."""

    def __init__(self, tag, sender, kind, purpose, ground):
        self.tag, self.sender = tag, sender
        self.kind, self.purpose, self.ground = kind, purpose, ground
        self.attributes, self.says, self.arrives = {}, {}, {}
        self.nobody, self.answers, self.only = False, None, []
        self.case, self.waits = None, []

    @property
    def number(self):
        return int(self.tag.split("-")[0])

    @property
    def of_a_case(self):
        """Goes to a case meeting: rules 10 to 27, 29, 34 to 36 and 41."""
        return 10 <= self.number <= 27 or self.number in (29, 34, 35, 36, 41)

    def line(self, words):
        first, rest = words[0], words[1:]
        if first in ("with", "say"):
            into = self.attributes if first == "with" else self.says
            into.update(word.split("=", 1) for word in rest)
        elif first == "re":
            self.answers = rest[0]
        elif first == "only":
            self.only = rest
        elif first == "waits":
            self.waits = rest
        elif first == "to" and rest == ["nobody"]:
            self.nobody = True
        elif first == "to":
            names, fields = " ".join(rest).split(":")
            for name in names.split():
                self.arrives[name] = fields.split()
        else:
            sys.exit(f"{RULES}: what is '{first}'?")


class Forty:
    """The steps of the file, one after the other."""

    def __init__(self):
        self.nodes, self.failures, self.rules = nodes(), [], {}
        self.case, self.cases, self.sent = None, {}, []
        self.entry, self.lines, self.guests = {}, {}, {}
        self.notices = set()
        known = json.loads(driehoek("gemeente", "kinds", "--json").stdout)
        self.kinds = {k["kind"]: k for k in known["kinds"]}
        self.by_id, self.waiting, self.checked = {}, [], 0
        self.case_is("eerste")

    def wrong(self, text):
        self.failures.append(text)
        print(text, flush=True)

    def by_tag(self, tag):
        return next((r, i) for i, r in self.by_id.items() if r.tag == tag)

    def id_of(self, tag):
        return self.by_tag(tag)[1]

    def values(self, rule):
        fields = [f["name"] for f in self.kinds[rule.kind]["fields"]]
        return {f: rule.says.get(f, f"KANARIE {f}, regel {rule.tag}")
                for f in fields}

    def signal(self, rule):
        out = {"kind": rule.kind, "purpose": rule.purpose,
               "ground": rule.ground, "case": rule.case,
               "attributes": rule.attributes, "fields": self.values(rule)}
        if rule.answers:
            out["in_reply_to"] = self.id_of(rule.answers)
        if rule.only:
            out["to"] = rule.only
        return json.dumps(out)

    def push(self, rules):
        """Signals of one sender, in one file."""
        done = driehoek(rules[0].sender, "push", "--json", "-",
                        given="\n".join(map(self.signal, rules)))
        told = (done.stderr or done.stdout)[-400:]
        said = [json.loads(line) for line in done.stdout.splitlines()]
        for rule, row in zip(rules, said):
            if row.get("id"):
                self.by_id[row["id"]] = rule
            elif not rule.nobody:
                self.wrong(f"rule {rule.tag}: not sent: {told}")
        if len(said) < len(rules) and not rules[0].nobody:
            self.wrong(f"rule {rules[0].tag}: not sent: {told}")
        if rules[0].nobody and done.returncode != 1:
            self.wrong(f"rule {rules[0].tag}: must be refused, not "
                       f"{done.returncode}: {told}")

    def flush(self):
        """Sends what waits: one file a sender, but what nobody may have is one
        of its own, for it may be refused."""
        files = {}
        for rule in self.waiting:
            files.setdefault(rule.tag if rule.nobody else (rule.sender,),
                             []).append(rule)
        self.waiting = []
        senders = {}
        for rules in files.values():
            senders.setdefault(rules[0].sender, []).append(rules)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda all_: [self.push(r) for r in all_],
                          senders.values()))

    def compare(self, rule, node, share):
        want = {f: v for f, v in self.values(rule).items()
                if f in rule.arrives[node]}
        self.checked += 1
        got = share["fields"]
        for field in sorted(set(want) | set(got)):
            if got.get(field) != want.get(field):
                self.wrong(f"rule {rule.tag}: {node}: {field}: arrived "
                           f"{got.get(field)!r}, not {want.get(field)!r}")
        for what in ("kind", "sender", "purpose", "ground"):
            if share[what] != getattr(rule, what):
                self.wrong(f"rule {rule.tag}: {node}: {what} {share[what]}")

    def receive(self):
        """What comes for each node, as objects; notices are answered."""
        def one(node):
            for _ in range(10):  # a busy machine may take longer for a hello
                said = driehoek(node, "receive", "--timeout", "1",
                                "--withdrawn", "deleted")
                if said.returncode != 3:
                    break
            return said
        with concurrent.futures.ThreadPoolExecutor(len(self.nodes)) as pool:
            done = dict(zip(self.nodes, pool.map(one, self.nodes)))
        for node, said in done.items():
            for line in said.stderr.splitlines():
                if line and "ALARM: terms of cases" not in line:
                    self.wrong(f"{node}: receive: {line}")
        return {node: [json.loads(line) for line in said.stdout.splitlines()]
                for node, said in done.items()}

    def take(self, node, share):
        """One share that came; returns the tag of what it is of."""
        rule = self.by_id.get(share["id"])
        if rule is None:
            self.wrong(f"{node}: {share}")
        elif node not in rule.arrives:
            self.wrong(f"rule {rule.tag}: {node}: must get nothing, got "
                       f"{' '.join(share['fields'])}")
        else:
            self.entry[rule.tag] = share["index"]
            self.lines[share["id"], node] = json.dumps(share)
            self.compare(rule, node, share)
        return rule.tag if rule else None

    def approve(self):
        """What waits has arrived with nobody; then it is let go."""
        held = {r.tag: r for r in self.rules.values() if r.waits}
        if not held:
            return set()
        got = {(self.take(node, c), node)
               for node, came in self.receive().items() for c in came}
        for tag, node in got:
            if tag in held:
                self.wrong(f"rule {tag}: {node}: did not wait")
        for node in sorted({n for r in held.values() for n in r.waits}):
            self.approve_as(node, held)
        return got

    def approve_as(self, node, held):
        told = driehoek(node, "case", "waiting", "--json")
        for share in json.loads(told.stdout or "[]"):
            if any(node in r.waits and (r.kind, r.sender) ==
                   (share["kind"], share["sender"]) for r in held.values()):
                self.act(node, "approve", str(share["index"]))

    def deliver(self, notice=None, told=()):
        """Everybody receives; NOTICE is due for the nodes TOLD alone."""
        self.flush()
        got = self.approve()
        for node, came in self.receive().items():
            got |= {(self.take(node, c), node) for c in came
                    if c["type"] == "share"}
            notices = [(c["type"], c["id"]) for c in came
                       if c["type"] != "share"]
            if notices == [notice]:
                self.notices.add(37)
            if notices != ([notice] if node in told else []):
                self.wrong(f"rule 37: {node}: told {notices}, not {notice}")
        for rule in self.rules.values():
            for node in rule.arrives:
                if (rule.tag, node) not in got:
                    self.wrong(f"rule {rule.tag}: {node}: nothing arrived")
        self.rules = {}

    def act(self, node, *words):
        self.flush()
        day = datetime.date.today()
        words = [str(day + datetime.timedelta(int(w[1:])))
                 if w[0] == "+" else self.guests.get(w.lstrip("@"), w)
                 for w in words]
        words = [self.id_of(w[1:]) if w[0] == "%" else
                 str(self.entry[w[1:]]) if w[0] == "^" else w for w in words]
        about = [] if words[0] in OF_A_SHARE else [self.case]
        if words[0] == "destroy":  # not before what was sent has an outcome
            driehoek(node, "status")
        done = driehoek(node, "case", words[0], *about, *words[1:])
        if done.returncode != 0:
            self.wrong(f"{node} case {' '.join(words)}: {done.returncode} "
                       f"{done.stderr}")

    def case_is(self, name):
        """From here on it is about that case."""
        self.flush()
        if name not in self.cases:
            self.cases[name] = driehoek("gemeente", "case",
                                        "new").stdout.strip()
        self.case = self.cases[name]

    def withdraw(self, tag):
        """Whoever was given that signal is told, and nobody else."""
        rule, number = self.by_tag(tag)
        done = driehoek(rule.sender, "withdraw", number, "--reason",
                        "incorrect")
        if done.returncode != 0:
            self.wrong(f"rule 37: withdraw {tag}: {done.stderr}")
        self.deliver(("withdrawn", number), rule.arrives)

    def correct(self, tag):
        """The same, and they get what stands in its place."""
        rule, number = self.by_tag(tag)
        right = copy.copy(rule)
        right.tag += "-verbeterd"
        done = driehoek(rule.sender, "correct", number, "--json", "-",
                        given=self.signal(right))
        if done.returncode != 0:
            self.wrong(f"rule 37: correct {tag}: {done.stderr}")
            return
        said = json.loads(done.stdout.splitlines()[0])
        self.by_id[said["id"]] = self.rules[right.tag] = right
        self.deliver(("corrected", number), rule.arrives)

    def guest(self, name):
        """A third party makes its one-case card, outside of every node."""
        done = subprocess.run(
            [DRIEHOEK, "guest", "new", self.case, os.path.join(WORLD, name)],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.wrong(f"rule 24: guest: {done.stderr}")
        self.guests[name] = done.stdout.split()[3]

    def extract(self, tag, desk, name):
        """What the third party reads is what its desk got, and no more."""
        rule, number = self.by_tag(tag)
        home, path = os.path.join(WORLD, name), os.path.join(WORLD, tag)
        done = driehoek(desk, "case", "extract", str(self.entry[tag]),
                        "--card", os.path.join(home, "guest.card"),
                        "--output", path, given=self.lines[number, desk])
        opened = subprocess.run(
            [DRIEHOEK, "guest", "open", "--key", home, path],
            capture_output=True, text=True, check=False)
        if done.returncode != 0 or opened.returncode != 0:
            self.wrong(f"rule {tag}: extract: {done.stderr}{opened.stderr}")
        else:
            self.compare(rule, desk, json.loads(opened.stdout))

    def closed(self):
        """What went to the case before goes nowhere now."""
        again = [copy.copy(r) for r in self.sent if r.of_a_case and r.arrives]
        for rule in again:
            rule.tag += "-na-afsluiting"
            rule.nobody, rule.arrives = True, {}
        self.rules = {r.tag: r for r in again}
        self.waiting = again
        self.deliver()

    def step(self, words):
        if words[0] == "rule":
            rule = Rule(*words[1:])
            if any(r.tag == rule.tag for r in self.sent):
                sys.exit(f"{RULES}: rule {rule.tag} is there twice")
            rule.case = self.case
            self.rules[rule.tag] = rule
            self.waiting.append(rule)
            self.sent.append(rule)
            return rule
        steps = {"send": self.flush, "deliver": self.deliver, "act": self.act,
                 "case": self.case_is, "withdraw": self.withdraw,
                 "guest": self.guest, "extract": self.extract,
                 "correct": self.correct, "closed": self.closed}
        if words[0] not in steps:
            sys.exit(f"{RULES}: what is '{words[0]}'?")
        steps[words[0]](*words[1:])
        return None

    def run(self, text):
        rule = None
        for line in text.splitlines():
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if line.startswith(" "):
                rule.line(words)
            else:
                rule = self.step(words)


def main():
    forty = Forty()
    with open(RULES, encoding="utf-8") as f:
        forty.run(f.read())
    seen = {r.number for r in forty.sent} | forty.notices
    for number in set(range(2, 40)) - seen:  # the others are no signals
        forty.wrong(f"rule {number}: nothing was sent by it")
    print(f"{forty.checked} shares are what the rules say, "
          f"{len(forty.failures)} faults")
    sys.exit(1 if forty.failures else 0)


main()
