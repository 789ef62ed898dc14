#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""records.py FORMAT FILE: checks the records of `driehoek ledger records`
against tests/schemas/FORMAT.json, and what a schema cannot say: identifiers
are there once, every parent is there, sequences have no gap. Then it makes
each record wrong in every way listed for the format, and wants a complaint of
each. Prints how many records it saw."""
import copy
import json
import os
import sys

import jsonschema

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TRACED = ["trace_id", "span_id", "status"]
WRONG = {  # what is set where; None: taken away
    "ldv": [(name, None) for name in TRACED + ["name", "start_time", "end_time", "attributes"]] + [
        ("trace_id", "0" * 32), ("trace_id", "ab" * 15), ("trace_id", "AB" * 16), ("span_id", "ab" * 16),
        ("status", "Failed"), ("status", 1), ("status_code", 0), ("operation_id", "ab" * 8), ("name", ""),
        ("start_time", "1764400000000"), ("start_time", 1764400000), ("end_time", -1),
        ("attributes.driehoek.kind", "x"), ("attributes.dpl.read.externalReadAPI_id", "https://x"),
        ("attributes.dpl.core.processing_activity_id", "14"),
        ("attributes.dpl.core.data_subject_id", "123456782"),
        ("attributes.dpl.core.data_subject_id_type", "BSN"),
        ("attributes.exception.type", "denied"), ("foreign_operation", {}),
    ],
    "adl": [(name, None) for name in TRACED + ["event_name", "timestamp", "body"]] + [
        ("status", "Denied"), ("event_name", "access"), ("timestamp", "now"),
        ("body.adl.core.response.decision", "yes"), ("body.adl.core.response.decision", None),
        ("body.adl.core.response", None), ("body.adl.core.request", None), ("body.adl.core.information", None),
        ("body.adl.core.information", {}), ("body.adl.core.request.subject", "gemeente"),
        ("body.adl.core.request.context.bsn", "123456782"),
        ("body.adl.core.policies", {"a": "b"}), ("attributes.adl.core.response", {"decision": True}),
        ("attributes.adl.core.policies", {}), ("attributes.adl.core.policies", {"a": {"sha256": "x"}}),
    ],
    "cloudevents": [(name, None) for name in ["id", "source", "specversion", "type", "sequencetype"]] + [
        ("id", ""), ("source", "https://broker"), ("source", "urn:nld:oin:123:systeem:x"),
        ("specversion", "1.1"), ("type", "share"), ("type", "nl.driehoek.share"), ("time", "yesterday"),
        ("time", 1764400000), ("sequence", "0"), ("sequence", 1), ("sequencetype", "integer"),
        ("subject", "123456782"), ("Case", "x"), ("casehandle", "x"), ("data.case", "x"),
    ],
}


def put(record, path, value):
    """Sets PATH, whose last parts may have dots in them; False: no place."""
    at = record
    while True:
        inner = [k for k in at if path.startswith(k + ".") and isinstance(at[k], dict)]
        if not inner:
            break
        at, path = at[inner[0]], path[len(inner[0]) + 1:]
    if value is None:
        return at.pop(path, None) is not None
    if at.get(path) == value:
        return False
    at[path] = value
    return True


def whole(kind, records):
    """What is wrong with all of them together, or None."""
    if kind == "cloudevents":
        ids = [(r["source"], r["id"]) for r in records]
        if len(set(ids)) != len(ids):
            return "an id is there twice"
        numbers = [int(r["sequence"]) for r in records if "sequence" in r]
        if numbers and numbers != list(range(1, len(records) + 1)):
            return "the sequence has a gap"
        return None
    spans = [(r["trace_id"], r["span_id"]) for r in records]
    if len(set(spans)) != len(spans):
        return "a span is there twice"
    return None


def orphans(records):
    """Records whose parent is not there."""
    spans = {(r["trace_id"], r["span_id"]) for r in records}
    return [r for r in records if "parent_span_id" in r and (r["trace_id"], r["parent_span_id"]) not in spans]


def seeded(kind, check, records):
    """Every wrong record is found."""
    for path, value in WRONG[kind]:
        tried = 0
        for record in records:
            bad = copy.deepcopy(record)
            if not put(bad, path, value):
                continue
            tried += 1
            if check.is_valid(bad):
                sys.exit(f"{kind}: {path} = {value!r} was not found wrong in\n{json.dumps(bad)}")
        if tried == 0:
            sys.exit(f"{kind}: no record has {path}")
    if whole(kind, records + records[-1:]) is None:
        sys.exit(f"{kind}: the same record twice was not found wrong")


def main():
    kind, path = sys.argv[1:3]
    with open(f"{ROOT}/schemas/{kind}.json", encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft7Validator.check_schema(schema)
    check = jsonschema.Draft7Validator(schema)
    with open(path, encoding="utf-8") as f:
        records = [json.loads(line) for line in f]
    for n, record in enumerate(records, 1):
        for error in check.iter_errors(record):
            where = ".".join(str(p) for p in error.absolute_path)
            sys.exit(f"{path}:{n}: {where}: {error.message}")
    wrong = whole(kind, records)
    if wrong is not None:
        sys.exit(f"{path}: {wrong}")
    if "--whole" in sys.argv and orphans(records):
        sys.exit(f"{path}: no parent for {json.dumps(orphans(records)[0])}")
    if "--seeded" in sys.argv:
        seeded(kind, check, records)
    print(len(records))


main()
