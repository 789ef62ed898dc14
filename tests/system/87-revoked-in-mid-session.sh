#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A recipient is connected and has credit, shares are on their way to it and
# others wait. From the moment when a revocation is in the ledger it is sent
# nothing more; all that had no answer goes back to the sender. The connection
# itself stays, and serves again under the next agreement.
. "$(dirname "$0")/lib.sh"
small_window() {
    fast
    sed -i '/redeliver-ms/a\    window = 4' "$W/broker/driehoekd.conf"
}
before_start=small_window
world $small
# an application that takes its time over the first share
mkfifo "$W/go"
cat >"$W/application" <<X
#!/bin/bash
jq -r .fields.signaal >>"$W/took"
echo >>"$W/began"
[ -e "$W/gone" ] || read -r _ <"$W/go"
X
chmod +x "$W/application"
background follow "$driehoek" receive -C "$W/gemeente" --follow \
    --exec "$W/application"
receiver=$child
for i in $(seq 1 20); do
    signal 01 ".fields = {betrokkene: \"R.\", signaal: \"nummer $i\"}"
done | as politie push - >"$W/push"
written began 1
before=$(sockets "$receiver")
partner() { operator status --json |
    jq -r '.partners[] | select(.partner == "gemeente") | '"$1"; }
same "$(partner '[.queue, .["in-flight"]] | @csv')" 20,4
revoke "$agreement" >"$W/out"
same "$(partner '[.queue, .["in-flight"]] | @csv')" 0,0
entry=$(ledger 'select(.event == "revoked-text") | .index')
same "$(ledger "select(.event == \"returned\" and .index > $entry) | .code" |
    sort | uniq -c | xargs)" '20 changed-agreement'
ledger "select(.event == \"share\" and .index > $entry)" >"$W/shares"
same "$(cat "$W/shares")" ''
# the application goes on; it has what was with it already, at the most
touch "$W/gone"
echo >"$W/go"
code 1 as politie push "$signalen/01-politie-signaal.json" >"$W/out" 2>&1
newer v2.convenant
operator agreement add "$agreement" >"$W/out"
sends politie 01 '.fields = {betrokkene: "R.", signaal: "daarna"}'
written took 1 daarna
same "$(sockets "$receiver")" "$before"
[ "$(grep -c nummer "$W/took")" -le 4 ]
same "$(grep -cxE 'nummer ([5-9]|1[0-9]|20)' "$W/took" || :)" 0
same "$(grep -c daarna "$W/took")" 1
kill -TERM "$receiver"
wait "$receiver"
same "$(sent politie '.outcomes[].outcome' | sort | uniq -c | xargs)" \
    '20 changed-agreement 1 taken'
verified
