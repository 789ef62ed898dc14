# SPDX-License-Identifier: EUPL-1.2
"""readme.py README FILE: does in this directory what README tells a reader to
do: types each "$ " line of a console block and compares what comes out, and
changes FILE by each diff block. --write puts what came out into README:
    SRC=$src PATH=$src/build/clients:$PATH \\
        python3 $src/tests/system/readme.py --write $src/policy/README.md FILE"""
import re
import subprocess
import sys


def masked(text):
    """Without what differs each time: the fingerprint of a key."""
    return re.sub(r"SHA256:\S{43}", "SHA256:...", text)


def typed(block):
    """Runs the block's commands: the block as it should be."""
    out = []
    for line in block.splitlines():
        if line.startswith("$ "):
            # the exit code of the command before is asked for by `echo $?`
            done = subprocess.run(
                ["bash", "-c", f"(exit {typed.code}); {line[2:]}"],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                stdin=subprocess.DEVNULL, check=False)
            typed.code = done.returncode
            out.append(line)
            out.extend(done.stdout.rstrip("\n").split("\n") if done.stdout
                       else [])
    return "".join(line.rstrip() + "\n" for line in out)


typed.code = 0


def changed(text, block):
    """TEXT after the hunks of the block, each of which fits in one place."""
    for hunk in re.split(r"(?m)^@@\n", block):
        lines = hunk.splitlines()
        old = "".join(l[1:] + "\n" for l in lines if not l.startswith("+"))
        new = "".join(l[1:] + "\n" for l in lines if not l.startswith("-"))
        if text.count(old) != 1:
            sys.exit(f"fits in {text.count(old)} places:\n{hunk}")
        text = text.replace(old, new)
    return text


def main():
    write = sys.argv[1] == "--write"
    readme, path = sys.argv[-2:]
    with open(readme, encoding="utf-8") as f:
        source = f.read()
    failed = False
    typed_n = 0

    def block(match):
        nonlocal failed, typed_n
        kind, body = match.group(1), match.group(2)
        if kind == "diff":
            with open(path, encoding="utf-8") as f:
                text = changed(f.read(), body)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        elif kind != "console":
            sys.exit(f"{readme}: nobody types a block of kind {kind}")
        else:
            typed_n += 1
            got = typed(body)
            if masked(got) != masked(body):
                failed = True
                if not write:
                    print(f"{readme} says\n{body}but it is\n{got}")
            body = got
        return f"```{kind}\n{body}```\n"

    source = re.sub(r"(?ms)^```(\w+)\n(.*?)^```\n", block, source)
    if typed_n == 0:
        sys.exit(f"{readme}: there is nothing to type")
    if write:
        with open(readme, "w", encoding="utf-8") as f:
            f.write(source)
    elif failed:
        sys.exit(1)


main()
