#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A share that could not be written comes again, with the same id: a full disk,
# a closed output, a closed pipe, and a kill before the confirmation.
. "$(dirname "$0")/lib.sh"
world $small
sends politie 01

code 5 as gemeente receive --max 1 --timeout 20 >/dev/full 2>"$W/err"
has 'comes again' "$W/err"
# no output at all: nothing of ours takes its place and swallows the share
code 5 as gemeente receive --max 1 --timeout 20 >&- 2>"$W/err"
has 'comes again' "$W/err"
code 5 as gemeente receive --max 1 --timeout 20 <&- >&- 2>&-
# a pipe that nobody reads: its reading end is closed before the start
mkfifo "$W/pipe"
exec 8<>"$W/pipe" 7>"$W/pipe" 8<&-
code 5 as gemeente receive --max 1 --timeout 20 >&7 2>"$W/err"
exec 7>&-
has 'comes again' "$W/err"

# killed while the program works on it
mkfifo "$W/has" "$W/go"
cat >"$W/slow" <<X
#!/bin/sh
cat >"$W/before.jsonl"
echo >"$W/has"
exec cat "$W/go"
X
chmod +x "$W/slow"
background slow "$driehoek" receive -C "$W/gemeente" --exec "$W/slow" --timeout 20
read -r <"$W/has"
kill -KILL "$child"
wait "$child" || :
echo >"$W/go" # lets the orphan end
takes gemeente 1
same "$(jq -r .id "$W/gemeente.jsonl")" "$(jq -r .id "$W/before.jsonl")"
same "$(jq -c .again "$W/gemeente.jsonl")" true
nothing gemeente
same "$(events delivered)" 1
