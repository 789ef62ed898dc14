#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Keys wrapped with a passphrase open with it and with no other; --passphrase-fd
# serves scripts.
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
