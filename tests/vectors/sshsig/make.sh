#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Makes the vectors of this folder again, with stock ssh-keygen. The keys were
# made for these tests only and sign nothing else; each run makes new ones, so
# that all files change together. The expectations in test_sshsig.c and
# test_quorum.c need no change.
set -eu
cd "$(dirname "$0")"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

for who in burgemeester politie om stranger; do
    ssh-keygen -q -t ed25519 -N '' -C "$who" -f "$dir/$who"
done
ssh-keygen -q -t rsa -b 2048 -N '' -C rsa -f "$dir/rsa"

sign() { # who namespace hash outfile
    ssh-keygen -q -Y sign -f "$dir/$1" -n "$2" -O "hashalg=$3" \
        <text.convenant >"$4" 2>/dev/null
}

printf 'convenant voorbeeld\nversion 1\n' >text.convenant
sign burgemeester driehoek-convenant sha512 burgemeester.sig
sign politie driehoek-convenant sha512 politie.sig
sign politie driehoek-convenant sha256 politie-sha256.sig
sign om driehoek-convenant sha512 om.sig
sign om driehoek-roster sha512 om-wrong-namespace.sig
sign stranger driehoek-convenant sha512 stranger.sig
sign stranger driehoek-roster sha512 stranger-wrong-namespace.sig
sign rsa driehoek-convenant sha512 rsa.sig
printf 'convenant voorbeeld\nversion 2\n' >"$dir/other"
ssh-keygen -q -Y sign -f "$dir/om" -n driehoek-convenant \
    <"$dir/other" >om-other-text.sig 2>/dev/null

{
    echo '# who signs for Voorbeeldstad'
    echo
    for who in burgemeester politie om; do
        echo "$who namespaces=\"driehoek-convenant,driehoek-revoke\" $(cat "$dir/$who.pub")"
    done
} >allowed_signers
ssh-keygen -l -f "$dir/om.pub" | cut -d' ' -f2 >om.fingerprint
ssh-keygen -l -f "$dir/rsa.pub" | cut -d' ' -f2 >rsa.fingerprint

# Stock ssh-keygen must agree with what we shall say of them.
ssh-keygen -q -Y verify -f allowed_signers -I om -n driehoek-convenant \
    -s om.sig <text.convenant
if ssh-keygen -q -Y verify -f allowed_signers -I om -n driehoek-convenant \
    -s om-other-text.sig <text.convenant 2>/dev/null; then
    echo "om-other-text.sig verifies" >&2
    exit 1
fi
