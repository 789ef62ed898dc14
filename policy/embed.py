#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""embed.py BASELINE OUT - the text of the statutory baseline as a C source."""
import sys

with open(sys.argv[1], "rb") as source:
    text = source.read()
lines = [
    "    " + " ".join("0x%02x," % byte for byte in text[i:i + 12])
    for i in range(0, len(text), 12)
]
with open(sys.argv[2], "w", encoding="ascii") as out:
    out.write(
        "/* Made by embed.py. */\n"
        '#include "baseline.h"\n\n'
        "static const uint8_t text[] = {\n" + "\n".join(lines) + "\n};\n\n"
        "struct slice\nbaseline_statutory(void)\n{\n"
        "    return slice_of(text, sizeof text);\n}\n")
