#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Texts that are no agreements, and agreements made to wear the reader out: each
# gets a clear error, in little time and memory. Time is what the processor
# spent, so that a busy machine does not fail it.
. "$(dirname "$0")/lib.sh"
python3 - "$W" <<'PY'
import sys

def put(name, data):
    open(f"{sys.argv[1]}/{name}.convenant", "wb").write(data)

head = (b'convenant t version 1 valid 2026-01-01 until 2027-01-01 '
        b'timezone "Europe/Amsterdam" signed by a;\n'
        b'party a, b; purpose p "P"; ground g "G";\n')
kind = b'signal s with fields f;\n'
rule = b'permit P%d "T": from a to b signal s for p on g share f;\n'
put("large", head + kind + b'# ' + b'x' * (10 << 20) + b'\n' + rule % 1)
put("hundred-thousand", head + kind + b''.join(rule % i for i in range(100000)))
put("many", head + kind + b''.join(rule % i for i in range(15000)))
put("deep", head + kind + b'permit P1 "T": from ' + b'(' * 500000)
put("long-list", head + b'group g1 = ' + b', '.join([b'a'] * 200000) + b';\n')
put("utf-8", head + kind + b'# \xff\xfe\n' + rule % 1)
put("bidi", head + kind + '# \u202e\n'.encode() + rule % 1)
put("mark", b'\xef\xbb\xbf' + head + kind + rule % 1)
put("crlf", (head + kind + rule % 1).replace(b'\n', b'\r\n'))
put("empty", b'')
put("nothing", b'\0' * 1000000)
put("unclosed", head + b'purpose q "' + b'x' * 900000)
names = [b'aarde', b'berg', b'citroen', b'duin', b'eend', b'fluit', b'gracht',
         b'haven']
put("explosion", head
    + b''.join(b'attribute %s : number 0 .. 99;\n' % n for n in names)
    + b'signal s with fields f attributes ' + b', '.join(names) + b';\n'
    + rule % 0
    + b''.join(b'permit P%d "T": from a to b signal s for p on g when %s is %d '
               b'share f oblige retain at most %d days;\n'
               % (i + 1, names[i % 8], 10 * (i // 8), i + 1)
               for i in range(64)))
PY

# refused NAME TEXT: exit status 4, the text in the message, nothing printed, and
# at most two seconds of the processor and 64 MiB
refused() {
    local file=$W/$1.convenant
    code 4 bash -c 'ulimit -t 2 -v 262144; exec "$@"' - \
        "$driehoek" policy check "$file" >"$W/out" 2>"$W/err"
    has "$2" "$W/err"
    same "$(cat "$W/out")" ''
    [ "$(wc -c <"$W/err")" -lt 20000 ]
}
refused large 'longer than 1048576 bytes'
refused hundred-thousand 'longer than 1048576 bytes'
refused many 'more than 256 rules'
refused deep ":4:21: error: '(' has no meaning here"
refused long-list 'more than 64'
refused utf-8 ':4:3: error: the bytes are not UTF-8'
refused bidi ':4:3: error: U+202E is not allowed'
refused mark ':1:1: error: U+FEFF is not allowed: byte-order mark'
refused crlf ':1:97: error: U+000D is not allowed'
refused empty 'ends too early'
refused nothing ':1:1: error: U+0000 is not allowed'
refused unclosed 'closing quote'
refused explosion 'in signal s more than 10000000 cases are told apart by rules P1, P2'
