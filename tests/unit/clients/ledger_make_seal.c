/* SPDX-License-Identifier: EUPL-1.2
 *
 * Seals of the auditor's list, of its card and then of its question, true and
 * false. */
#include "ledger_maker.h"

#include <string.h>

#include "seallist.h"

static bool
is_sealed(const struct maker *m)
{
    return m->fault == LEDGER_SEALED ||
           (m->fault >= LEDGER_SEAL_ROOT && m->fault <= LEDGER_SEAL_AHEAD);
}

/* The entry made last, as the only row since the seal before. */
static void
make_row(struct seallist_row *out, const struct maker *m, const uint8_t *salt)
{
    uint8_t blinded[SEALLIST_BLINDED];
    struct part_row part = {
        .code = m->entry.kind == ENTRY_QUERIED ? QUERY_INTEGRITY : 0};
    struct seallist_of of = {
        salt, m->entry.random, blinded, m->entry.kind, m->tree.size - 1};

    seallist_blind(blinded, salt, NULL);
    seallist_row(out, &of, &part);
}

void
ledger_put_seal(struct maker *m)
{
    struct seallist_row row;
    struct entry_seal s = {.partner = slice_str("toezicht"),
        .from = m->sealed_until,
        .until = m->tree.size,
        .count = 1,
        .before = m->sealed};
    bool second = m->sealed != 0;

    if (!is_sealed(m))
        return;
    key_random(s.salt, sizeof s.salt);
    make_row(&row, m, s.salt);
    if (m->fault == LEDGER_SEAL_LEFT_OUT && second)
        s.count = 0;
    seallist_root(s.root, &row, (size_t)s.count);
    if (m->fault == LEDGER_SEAL_ROOT)
        s.root[31] ^= 1;
    if (m->fault == LEDGER_SEAL_SKIPS && second)
        s.from++;
    if (m->fault == LEDGER_SEAL_UNLINKED && second)
        s.before--;
    if (m->fault == LEDGER_SEAL_AHEAD)
        s.until += 2;
    ledger_fresh(m, ENTRY_SEAL)->u.seal = s;
    m->sealed = ledger_put(m, NULL);
    m->sealed_until = s.until;
}
