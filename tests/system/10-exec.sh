#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# receive --exec: a share is confirmed when the program ended with 0, else it
# comes again with the same id, and says so.
. "$(dirname "$0")/lib.sh"
world $small
cat >"$W/fails" <<X
#!/bin/sh
cat >>"$W/failed.jsonl"
exit 7
X
cat >"$W/works" <<X
#!/bin/sh
cat >>"$W/worked.jsonl"
X
chmod +x "$W/fails" "$W/works"
sends politie 01

for i in 1 2; do
    code 1 as gemeente receive --exec "$W/fails" --timeout 20 2>"$W/err"
    has 'status 7' "$W/err"
done
code 5 as gemeente receive --exec "$W/is-not-there" --timeout 20 2>"$W/err"
as gemeente receive --exec "$W/works" --max 1 --timeout 20
same "$(jq -r .id "$W/failed.jsonl" "$W/worked.jsonl" | sort | uniq -c | wc -l)" 1
same "$(jq -c .again "$W/failed.jsonl" "$W/worked.jsonl" | tr '\n' ' ')" \
    'false true true '
# never again
as gemeente receive --exec "$W/works" --timeout 1
same "$(lines "$W/worked.jsonl")" 1
same "$(events delivered)" 1
# the program holds none of our files or pipes but output and errors
sends politie 01
printf '#!/bin/sh\ncat >/dev/null\nls -l /proc/$$/fd >%s/fds\n' "$W" >"$W/looks"
chmod +x "$W/looks"
as gemeente receive --exec "$W/looks" --max 1 --timeout 20 >/dev/null 2>&1
lacks "$W/gemeente" "$W/fds"
lacks socket "$W/fds"
