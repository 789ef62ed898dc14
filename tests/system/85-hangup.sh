#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# SIGHUP loads the roster and the agreement that lie in the broker's directory,
# if all who must have signed them. What is faulty changes nothing, and the log
# and the status say where the fault is. Connections stay.
. "$(dirname "$0")/lib.sh"
world $small
in_force() { operator status --json | jq -r '.agreement.version'; }
not_loaded() { operator status --json | jq -r ".$1[\"not-loaded\"].why // \"-\""; }
mkfifo "$W/shares"
background follow bash -c "exec '$driehoek' receive -C '$W/gemeente' --follow >'$W/shares'"
receiver=$child
exec 8<"$W/shares"
sends politie 01
read -r -t 20 share <&8
before=$(sockets "$receiver")
[ -n "$before" ]
parts=$(pgrep -P "$broker_pid" | xargs)

# nothing is there
hangup
has 'event=not-loaded what="neither partners.roster nor agreement.convenant' \
    "$W/broker.log"
same "$(in_force)" 1
# the one in force, once more
place
hangup
has 'what="agreement.convenant: this agreement is already in force"' "$W/broker.log"
# a newer one
newer v2.convenant -e '/^permit P5/,/;$/s/at most [0-9]* days/at most 301 days/'
place
hangup
has 'event=loaded what="agreement.convenant: agreement voorbeeldstad version 2' \
    "$W/broker.log"
same "$(in_force)" 2
sends politie 01
read -r -t 20 share <&8
same "$(jq -r .obligations.retain_at_most_days <<<"$share")" 301

# not signed by all: the one before stays in force
good=$agreement
newer v3.convenant -e '/^permit P5/,/;$/s/at most [0-9]* days/at most 302 days/'
rm "$agreement.om.sig"
place
hangup
grep 'event=not-loaded' "$W/broker.log" | tail -n 1 >"$W/line"
has 'agreement.convenant: ' "$W/line"
has 'om' "$W/line"
same "$(in_force)" 2
[[ $(not_loaded agreement) == agreement.convenant:*om* ]]
operator status >"$W/status"
grep -qE '^agreement-not-loaded +20[0-9TZ:-]* agreement.convenant: ' "$W/status"

# a fault in the text, by all signed: file, line and column
agreement=$good version=2
newer v3.convenant -e '/^permit P5/,/;$/s/share betrokkene/share betrokkeme/'
line=$(grep -n betrokkeme "$agreement" | cut -d: -f1)
place
hangup
has "event=not-loaded what=\"agreement.convenant:$line:9: error: " "$W/broker.log"
[[ $(not_loaded agreement) == "agreement.convenant:$line:9: error: "* ]]
same "$(in_force)" 2
code 4 operator agreement add "$agreement" >"$W/out" 2>"$W/err"
has "$agreement:$line:9: error: " "$W/err"
# an older one
agreement=$W/voorbeeldstad.convenant
place
hangup
has 'version 2 was in force already' "$W/broker.log"
[[ $(not_loaded agreement) == *'version 2 was in force already' ]]
# the next version, signed by nobody; no file at all, but a directory
agreement=$good
newer v3.convenant -e '/^permit P5/,/;$/s/at most [0-9]* days/at most 303 days/'
place
rm "$W"/broker/agreement.convenant.*.sig
hangup
same "$(in_force)" 2
[[ $(not_loaded agreement) == agreement.convenant:*burgemeester* ]]
rm "$W/broker/agreement.convenant"
mkdir "$W/broker/agreement.convenant"
hangup
same "$(in_force)" 2
[[ $(not_loaded agreement) == agreement.convenant:* ]]
rmdir "$W/broker/agreement.convenant"

# a roster with a fault, and one without, which comes before the agreement
old=$(sha256sum "$W/voorbeeldstad.roster" | cut -d' ' -f1)
world_roster 2 "$old"
sed 's/^quorum 2/quorum two/' "$W/voorbeeldstad.roster" >"$W/broker/partners.roster"
line=$(grep -n quorum "$W/broker/partners.roster" | cut -d: -f1)
sign "$W/broker/partners.roster" driehoek-roster
hangup
has "event=not-loaded what=\"partners.roster:$line: error: " "$W/broker.log"
[[ $(not_loaded roster) == "partners.roster:$line: error: "* ]]
cp "$W/voorbeeldstad.roster" "$W/broker/partners.roster"
for name in $signatories; do
    cp "$W/voorbeeldstad.roster.$name.sig" "$W/broker/partners.roster.$name.sig"
done
agreement=$good version=2
newer v3.convenant -e '/^permit P5/,/;$/s/at most [0-9]* days/at most 303 days/'
place
seen=$(grep -c 'event=loaded' "$W/broker.log")
kill -HUP "$broker_pid"
written broker.log $((seen + 2)) event=loaded
same "$(grep 'event=loaded' "$W/broker.log" | tail -n 2 |
    sed 's/.*what="//; s/:.*//' | xargs)" 'partners.roster agreement.convenant'
same "$(operator status --json | jq -c '[.roster, .agreement] |
    map([.version, .["not-loaded"]])')" '[[2,null],[3,null]]'
sends politie 01
read -r -t 20 share <&8
same "$(jq -r .obligations.retain_at_most_days <<<"$share")" 303

# all this time the same connection and processes
same "$(sockets "$receiver")" "$before"
same "$(pgrep -P "$broker_pid" | xargs)" "$parts"
# while core is away it waits for the next
newer v4.convenant -e '/^permit P5/,/;$/s/at most [0-9]* days/at most 304 days/'
place
core=$(part core)
kill -STOP "$core"
kill -HUP "$broker_pid"
kill -KILL "$core"
written broker.log 2 'process=parent event=ready'
written broker.log $((seen + 4)) event=loaded
same "$(in_force)" 4
# signals that come together ask once or twice, never for less
kill -HUP "$broker_pid"
kill -HUP "$broker_pid"
written broker.log $((seen + 6)) event=loaded
kill -TERM "$receiver"
wait "$receiver"
verified
