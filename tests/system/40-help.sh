#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Every command's --help ends with 0 and names each option that its man page
# names; no command, an unknown one or an unknown option is wrong usage.
. "$(dirname "$0")/lib.sh"
commands='init|key|key new|key card|key list|key revoke|join|kinds|case|case new|case list|case find|case destroy|case hold|case release
case show|case timeline|case waiting|case open|case bring|case drop|case assign|case weigh
case vote|case lapse|case move|case review|case rhythm|case invite|case reshare|case relieve|case leave
case admit|case dismiss|case sign|case consent|case revoke|case approve|case decline|case refuse
case embargo|case lift|case restrict|case transfer|case agree|case veto|case postpone|case tell
case request|case answer|case close
push|withdraw|correct|status|outbox|outbox list|outbox show|outbox cancel|receive|ledger
ledger list|ledger show|ledger fetch|ledger verify|ledger query|ledger prove|ledger check
ledger records|ledger report|policy
policy check|policy cover|policy diff|policy dossier|policy explain|policy matrix
policy prove|policy render|policy simulate|policy status|policy test|policy who|help
case extract|guest|guest new|guest show|guest open
version'
while IFS= read -r command; do
    # shellcheck disable=SC2086 # words
    "$driehoek" $command --help >"$W/help" 2>"$W/err"
    [ -s "$W/help" ]
    has "driehoek" "$W/help"
    cat "$W/help" >>"$W/help.all"
    same "$(cat "$W/err")" ''
    case $command in
    help | version) continue ;;
    esac
    # shellcheck disable=SC2086 # words
    code 2 "$driehoek" $command --zomaar 2>"$W/err"
done <<<"${commands//|/$'\n'}"
# every option of a man page is in some help, and the other way round
options() { grep -ohE -- '--[a-z][a-z-]+' "$@" | sort -u; }
for page in "$root"/clients/driehoek*.1; do
    mandoc -T ascii "$page" 2>/dev/null | sed 's/.\x08//g'
done >"$W/man"
if command -v mandoc >/dev/null; then
    same "$(comm -13 <(options "$W/help.all") <(options "$W/man") |
        grep -vxE -- '--ready-fd|--verify' || :)" ''
    same "$(comm -23 <(options "$W/help.all") <(options "$W/man"))" ''
fi
code 2 "$driehoek" 2>"$W/err"
same "$("$driehoek" --version)" "$("$driehoek" version)"
same "$("$driehoek" help ledger verify)" "$("$driehoek" ledger verify --help)"
code 2 "$driehoek" help pus 2>"$W/err"
has "'push'" "$W/err"
code 2 "$driehoek" pus 2>"$W/err"
has "'push'" "$W/err"
code 2 "$driehoek" push 2>"$W/err"
code 2 "$driehoek" push --timeuot 3 x 2>"$W/err"
has "--timeout" "$W/err"
code 2 "$driehoek" push a b 2>"$W/err"
code 5 "$driehoek" push -C "$W/nowhere" "$signalen/01-politie-signaal.json" 2>"$W/err"
has "$W/nowhere is not a node" "$W/err"
code 2 "$driehoek" receive -C "$W/nowhere" --max 0 2>"$W/err"
has 'max wants 1' "$W/err"
code 2 env -u DRIEHOEK_DIR "$driehoek" status 2>"$W/err"
has DRIEHOEK_DIR "$W/err"
"$driehoekd" --help >"$W/help"
code 2 "$driehoekd" --zomaar 2>"$W/err"
