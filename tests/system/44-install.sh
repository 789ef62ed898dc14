#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# meson install puts everything in its place; an integrator builds the example
# with the installed header and library and nothing else of ours.
. "$(dirname "$0")/lib.sh"
world $small
meson install -C "$BUILD" --no-rebuild --quiet --destdir "$W/root" >"$W/out"
for name in bin/driehoek sbin/driehoekd include/driehoek.h \
    libexec/driehoek/driehoekd-{config,core,keeper,metrics,router,status} \
    share/driehoek/convenanten/{minimaal,voorbeeldstad}.convenant \
    share/man/man{1/driehoek.1,3/driehoek.3,5/convenant.5,8/driehoekd.8}; do
    [ -n "$(find "$W/root" -path "*/$name")" ]
done
same "$(find "$W/root" -name '*.h' -printf '%f\n' | sort | xargs)" \
    'driehoek-case.h driehoek-ledger.h driehoek.h'
library=$(find "$W/root" -name 'libdriehoek.so' -printf '%h\n')
include=$(find "$W/root" -name driehoek.h -printf '%h\n')
pc=$(find "$W/root" -name driehoek.pc)
has '-ldriehoek' "$pc"
# nothing but the interface is to be seen
same "$(nm -D --defined-only "$library/libdriehoek.so" | grep -v ' dhk_' || :)" ''
for name in police_node auditor_node casework; do
    cc -std=c11 -I"$include" "$root/clients/examples/$name.c" \
        -o "$W/$name" -L"$library" -ldriehoek
done
LD_LIBRARY_PATH=$library "$W/police_node" "$W/politie" >"$W/out"
takes gemeente 1
LD_LIBRARY_PATH=$library "$W/auditor_node" "$W/toezicht" >"$W/out"
has 'politie to gemeente' "$W/out"
has 'verified: ' "$W/out"
