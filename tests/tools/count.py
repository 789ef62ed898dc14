#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Prints "PASSED FAILED" of a meson test log (JSON lines): every cmocka test
function counts, any other test as one. Fails when no test ran."""
import json
import re
import sys


def count(test):
    text = (test.get("stdout") or "") + (test.get("stderr") or "")
    ok = sum(int(n) for n in re.findall(r"\[  PASSED  \] (\d+) test", text))
    bad = sum(int(n) for n in re.findall(r"\[  FAILED  \] .*?(\d+) test", text))
    if test["result"] in ("OK", "EXPECTEDFAIL"):
        return (ok or 1), 0
    return ok, (bad or 1)


def main():
    passed = failed = 0
    with open(sys.argv[1], encoding="utf-8") as log:
        for line in log:
            ok, bad = count(json.loads(line))
            passed += ok
            failed += bad
    if passed + failed == 0:
        sys.exit(1)
    print(passed, failed)


if __name__ == "__main__":
    main()
