#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# A node of several brokers: one command shows all of them, also when one cannot
# be reached or read, and whoever looks at the wrong one is told where to look.
. "$(dirname "$0")/lib.sh"
world $small
code 5 as politie status --via nope 2>"$W/err"
has 'named nope, but to voorbeeldstad' "$W/err"
as politie status >"$W/out"
lacks 'also joined' "$W/out"
second_broker ander
through() {
    as politie status --all --json --timeout 1 >"$W/json" 2>/dev/null || :
    jq -r "select(.broker == \"$1\") | $2" "$W/json"
}

sends politie 01
for _ in 1 2; do
    signal 01 | as politie push --via ander - >"$W/push"
done
id=$(as politie status --via ander --json | jq -r 'select(.number == 2) | .id')
code 1 as gemeente receive --via ander --exec false --timeout 2 2>"$W/err"

# all, the default one first; each as --via shows it
as politie status --all >"$W/out" 2>"$W/err"
same "$(cat "$W/err")" ''
same "$(grep -oE '^[a-z]+ .*: reached$' "$W/out" | sed 's/tcp:[^ ]*:/:/')" \
    'voorbeeldstad (the default) at : reached
ander at : reached'
same "$(grep -c 'tcp://127.0.0.1:[0-9]' "$W/out")" 2
same "$(grep -cE '^agreement +version 1 until 2036-01-01 ' "$W/out")" 2
same "$(grep -E '^open shares ' "$W/out" | xargs)" 'open shares 1 open shares 2'
same "$(grep -c ' politiesignaal ' "$W/out")" 3
lacks 'also joined' "$W/out"
same "$(through voorbeeldstad '.signals | length, .[].id')" \
    "1
$(sent politie .id)"
same "$(through ander '.signals[].id')" \
    "$(as politie status --via ander --json | jq -r .id)"
same "$(through ander '.reached, .problem, ."open-shares", .agreement.version')" \
    'true
null
2
1'
as politie status --all --node >"$W/out"
same "$(grep -cE '^gemeente +[12] ' "$W/out")" 2
same "$(as politie status --all --node --json |
    jq -r '[.broker, has("signals"), has("partners")] | join(" ")')" \
    'voorbeeldstad false true
ander false true'
# what an application did not take lies in the inbox of that broker
same "$(as gemeente status --all --node --json |
    jq -r '[.broker, ."inbox-shares" > 0] | join(" ")')" \
    'voorbeeldstad false
ander true'
code 2 as politie status --all --via ander 2>"$W/err"

# one alone tells that there is another, not in JSON
as politie status >"$W/out"
same "$(tail -n 1 "$W/out")" \
    'also joined: ander (driehoek status --all shows all)'
as politie status --node --via ander >"$W/out"
has 'also joined: voorbeeldstad (' "$W/out"
as politie outbox list >"$W/out"
has 'also joined: ander (' "$W/out"
as politie status --json >"$W/out" 2>"$W/err"
same "$(lines "$W/out") $(lines "$W/err")" '1 0'
code 5 as politie status --via nope 2>"$W/err"
has 'named nope, but to voorbeeldstad and ander' "$W/err"

# a signal of the other broker, by its id; a number may be of either
where="this node sent it through ander, as number 2 there: use --via ander"
code 1 as politie withdraw "$id" --reason incorrect 2>"$W/err"
has "$where" "$W/err"
signal 01 >"$W/new.json"
code 1 as politie correct "$id" "$W/new.json" 2>"$W/err"
has "$where" "$W/err"
for what in show cancel; do
    code 1 as politie outbox $what "$id" 2>"$W/err"
    has "$where" "$W/err"
    code 1 as politie outbox $what 2 2>"$W/err"
    has 'no signal 2 through voorbeeldstad; numbers are per broker' "$W/err"
    has 'another: ander' "$W/err"
done
code 1 as politie withdraw 2 --reason incorrect 2>"$W/err"
has 'sent no signal 2 through voorbeeldstad; numbers are per broker' "$W/err"
same "$(as politie outbox show "$id" --via ander --json | jq .number)" 2
none=$(printf '%064d' 0)
code 1 as politie withdraw "$none" --reason incorrect 2>"$W/err"
same "$(cat "$W/err")" "driehoek withdraw: this node sent no signal $none"

# one that does not answer does not stop the others
stop_second
code 3 as politie status --all --timeout 1 >"$W/out" 2>"$W/err"
grep -qE '^voorbeeldstad .*: reached$' "$W/out"
grep -qE '^ander at tcp:.*: cannot be reached$' "$W/out"
same "$(grep -c ' politiesignaal ' "$W/out")" 3
has 'status --via ander: the broker is not reachable' "$W/err"
same "$(through ander '.reached, .problem, ."open-shares"')" \
    'false
the broker is not reachable
2'
# nor does one whose files are damaged, and the worst counts
cp -r "$W/politie/brokers/ander" "$W/politie/brokers/achter"
rm "$W/politie/brokers/achter/signers"
code 5 as politie status --all --timeout 1 >"$W/out" 2>"$W/err"
same "$(grep -oE '^(voorbeeldstad|ander|achter)' "$W/out" | xargs)" \
    'voorbeeldstad achter ander'
has 'achter: cannot be opened' "$W/out"
has 'status --via achter: ' "$W/err"
same "$(through achter 'keys_unsorted | join(" ")')" 'broker reached problem'
code 1 as politie withdraw "$none" --reason incorrect 2>"$W/err"
has 'the outbox of achter could not be read' "$W/err"
rm -r "$W/politie/brokers/achter"
# nor the default one
stop_broker
code 3 as politie status --all --timeout 1 >"$W/out" 2>"$W/err"
same "$(grep -c 'cannot be reached$' "$W/out")" 2
signal 01 | code 3 as politie push --timeout 1 - >"$W/push" 2>"$W/err"
code 3 as politie status --all --timeout 1 >"$W/out" 2>"$W/err"
same "$(grep -E '^waiting ' "$W/out" | xargs)" 'waiting 1 waiting 0'
# it has no id yet
for what in show cancel; do
    code 1 as politie outbox $what '' 2>"$W/err"
done

# a passphrase is asked for once
as politie key card --passphrase-fd 3 3< <(printf 'geheim-woord\n') >"$W/out"
code 3 as politie status --all --json --timeout 1 --passphrase-fd 3 \
    3< <(printf 'geheim-woord\n') >"$W/out" 2>"$W/err"
same "$(jq -r .problem "$W/out" | sort -u)" 'the broker is not reachable'
code 4 as politie status --all --json --timeout 1 --passphrase-fd 3 \
    3< <(printf 'verkeerd\n') >"$W/out" 2>"$W/err"
same "$(lines "$W/out")" 2
lacks verkeerd "$W/err"
code 5 as nergens status --all 2>"$W/err"
has 'is not a node directory' "$W/err"
"$driehoek" init "$W/nieuw" --name politie >"$W/out"
code 5 as nieuw status --all 2>"$W/err"
has 'is not joined to a broker: run driehoek join' "$W/err"
