#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# The ledger is exported as the files of a log, then what is new, with what its
# cosigners signed; the files verify offline, and a changed byte in any of them
# does not.
. "$(dirname "$0")/lib.sh"
world $small om:partner
export_=$W/export
sends politie 01
takes gemeente 1
as om status >/dev/null # politie and om are a quorum of the cosigners
as politie status >/dev/null
as toezicht ledger export "$export_" --for integrity >"$W/out"
has 'of which 0 were there' "$W/out"
first=$(sed -n 2p "$export_/checkpoint")
[ -f "$export_/tile/0/000.p/$first" ]
[ -f "$export_/tile/entries/000.p/$first" ]
as toezicht ledger fsck "$export_" >"$W/out"
has "$first entries" "$W/out"
has 'by politie at ' "$W/out"
has 'by om at ' "$W/out"
quorum=$(sed -n 's/.*stands behind the first \([0-9]*\) entries$/\1/p' "$W/out")
[ "$quorum" -gt 5 ]
[ -f "$export_/cosigned/$quorum" ]
sends politie 10
takes gemeente 1
as toezicht ledger export "$export_" --for integrity >"$W/out"
has "of which $first were there" "$W/out"
size=$(sed -n 2p "$export_/checkpoint")
[ "$size" -gt "$first" ]
# the specification lets a partial tile go only when the full one is there
[ -f "$export_/tile/0/000.p/$first" ]
code 1 as politie ledger export "$W/none" --for integrity 2>"$W/err"
has 'only an auditor' "$W/err"
[ ! -e "$W/none" ]
mkdir "$W/other"
echo text >"$W/other/file"
code 4 as toezicht ledger export "$W/other" --for integrity 2>"$W/err"
has 'something else' "$W/err"
stop_broker

# of whoever wants it, with nothing but the signers
"$driehoek" ledger fsck "$export_" --signers "$W/allowed_signers" >"$W/out"
has "$size entries" "$W/out"
as toezicht ledger fsck "$export_" --json >"$W/out"
same "$(jq -r '"\(.verified) \(.size) \(.bundles) \(.tiles) \(.older)"' \
    "$W/out")" "true $size 1 1 2"
# without its texts there is nobody to believe
mv "$export_/texts" "$W/texts"
code 4 as toezicht ledger fsck "$export_" 2>"$W/err"
has texts/rosters/ "$W/err"
mv "$W/texts" "$export_/texts"

# one bit of every file
python3 - "$export_" "$driehoek" "$W/allowed_signers" "$size" <<'P'
import json, os, subprocess, sys
export, driehoek, signers, size = sys.argv[1:5]
names = [os.path.relpath(os.path.join(d, f), export)
         for d, _, files in os.walk(export) for f in files]
assert len(names) > 12, names
seen = set()
for name in sorted(names):
    path = os.path.join(export, name)
    with open(path, "rb") as f:
        data = f.read()
    with open(path, "wb") as f:
        at = len(data) // 2
        f.write(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
    done = subprocess.run([driehoek, "ledger", "fsck", export, "--signers",
                           signers, "--json"], capture_output=True)
    said = json.loads(done.stdout)
    assert done.returncode == 4 and said["verified"] is False, (name, said)
    # of a signature the text is named
    assert name.startswith(said["file"]), (name, said)
    seen.add(name.split("/")[0])
    if name == "tile/entries/000.p/" + size:
        assert "entry" in said, said
    with open(path, "wb") as f:
        f.write(data)
assert seen == {"checkpoint", "cosigned", "texts", "tile"}, seen
P
as toezicht ledger fsck "$export_" >"$W/out"
