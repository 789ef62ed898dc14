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

void
ledger_put_seal_between(struct maker *m)
{
    struct seallist_row rows[2];
    uint8_t blinded[SEALLIST_BLINDED];
    struct entry_seal s = {.partner = slice_str("politie"),
        .until = m->accepted_index + 1,
        .count = 2};
    struct part_row card = {.code = 0};
    struct part_row accepted = {.has_case = true, .signal = "signaal"};

    if (m->fault != LEDGER_SEALED)
        return;
    key_random(s.salt, sizeof s.salt);
    seallist_blind(blinded, s.salt, NULL);
    seallist_row(&rows[0],
        &(struct seallist_of){
            s.salt, m->card_random, blinded, ENTRY_CARD, m->card_index},
        &card);
    memcpy(accepted.case_handle, m->case_handle, sizeof m->case_handle);
    seallist_blind(blinded, s.salt, m->case_handle);
    seallist_row(&rows[1],
        &(struct seallist_of){s.salt, m->accepted_random, blinded,
            ENTRY_ACCEPTED, m->accepted_index},
        &accepted);
    assert_true(seallist_sort(rows, 2));
    seallist_root(s.root, rows, 2);
    ledger_fresh(m, ENTRY_SEAL)->u.seal = s;
    (void)ledger_put(m, NULL);
}
