#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Keys wrapped with a passphrase open with it and with no other; --passphrase-fd
# serves scripts, and a terminal is asked.
. "$(dirname "$0")/lib.sh"
world politie:partner gemeente:partner om:partner toezicht:auditor
pass() { printf '%s\n' "$1"; }

"$driehoek" init "$W/s" --name politie >/dev/null
as s key new --passphrase-fd 3 3< <(pass 'paard batterij nietje') >"$W/out"
lacks paard "$W/out"
code 4 as s key card --passphrase-fd 3 3< <(pass 'iets anders') 2>"$W/err"
code 4 as s key card </dev/null 2>"$W/err" || code 5 as s key card </dev/null 2>"$W/err"
as s key card --passphrase-fd 3 3< <(pass 'paard batterij nietje') >/dev/null
# an empty passphrase is none
"$driehoek" init "$W/leeg" --name leeg >/dev/null
code 5 as leeg key new --passphrase-fd 3 3< <(printf '\n') 2>"$W/err"
[ ! -e "$W/leeg/identity.key" ]

# a second machine of the police, its card's key wrapped
"$driehoek" init "$W/auto" --name politie >/dev/null
for i in 1 2; do
    as auto key card --send-only --identity "$W/politie/identity.key" \
        --passphrase-fd 3 3< <(pass geheim-woord) >/dev/null
done
operator card add "$(card auto)" >/dev/null
as auto join --broker "$endpoint" --signers "$W/allowed_signers" \
    --roster "$W/voorbeeldstad.roster" >/dev/null
signal 01 >"$W/s.json"
code 4 as auto push --passphrase-fd 3 "$W/s.json" 3< <(pass verkeerd) 2>"$W/err"
lacks verkeerd "$W/err"
as auto push "$W/s.json" </dev/null >"$W/out" 2>"$W/err" && same 'pushed' 'not without'
as auto push --passphrase-fd 3 "$W/s.json" 3< <(pass geheim-woord) >"$W/out"
takes gemeente 1
if grep -rqaF geheim-woord "$W/auto" "$W/broker"; then
    same 'the passphrase in a file' 'in none'
fi
# what needs no secret works without it
as auto key list >"$W/out"
as auto kinds >"$W/out"
as auto case new --label 'Zaak 12' >"$W/out"

# on a terminal: asked twice for a new one, never shown, and a wrong answer or an
# interruption leaves the terminal as it was
terminal() { python3 "$root/tests/tools/terminal.py" "$@" >"$W/out"; }
"$driehoek" init "$W/t" --name om >/dev/null
code 5 terminal geheim-woord geheim-wort -- "$driehoek" key new -C "$W/t" --passphrase
has 'the two differ' "$W/out"
lacks 'no passphrase' "$W/out"
code 130 terminal ^C -- "$driehoek" key new -C "$W/t" --passphrase
has 'echo on' "$W/out"
[ ! -e "$W/t/identity.key" ]
terminal geheim-woord geheim-woord -- "$driehoek" key new -C "$W/t" --passphrase
has 'Passphrase for the identity key: ' "$W/out"
lacks geheim-woord "$W/out"
has 'echo on' "$W/out"
has argon2id "$W/t/identity.key"
code 4 terminal verkeerd -- "$driehoek" key card -C "$W/t"
terminal geheim-woord -- "$driehoek" key card -C "$W/t"
lacks geheim-woord "$W/out"
# the broker's keys
make() { "$driehoekd" init "$W/b" --origin l.example/1 \
    --signers "$W/allowed_signers" --endpoint tcp://127.0.0.1:0 "$@"; }
code 2 make --passphrase </dev/null 2>"$W/err"
code 2 make --passphrase-fd 3 3< <(pass '') 2>"$W/err"
init="$driehoekd init $W/b --origin l.example/1 --signers $W/allowed_signers"
# shellcheck disable=SC2086 # words
{
    code 2 terminal geheim-woord geheim-wort -- $init --passphrase
    [ ! -e "$W/b" ]
    terminal geheim-woord geheim-woord -- $init --passphrase
}
lacks geheim-woord "$W/out"
has 'ledger l.example/1' "$W/out"
same "$(grep -lc argon2id "$W"/b/*.key | wc -l)" 2
code 4 terminal verkeerd -- "$driehoekd" -C "$W/b"
has 'wrong passphrase' "$W/out"
code 2 "$driehoekd" -C "$W/b" --passphrase 2>"$W/err"
