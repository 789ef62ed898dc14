/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether the store may be served at all: it must hold the keeper's ledger,
 * undamaged, and not end before what the keeper signed. */
#include <stdio.h>
#include <string.h>

#include "core.h"
#include "returns.h"
#include "seals.h"

/* The keeper's head must be the beginning of ours. */
static enum dhk_err
check_keeper(struct core *c, const struct core_keeper *k, char why[256])
{
    struct checkpoint head = {.size = k->size};
    uint8_t root[MERKLE_HASH];

    if (!k->has_head || c->standing.closed)
        return DHK_OK;
    memcpy(head.origin, c->ledger.origin, sizeof head.origin);
    memcpy(head.root, k->root, sizeof head.root);
    if (k->size > c->ledger.size && c->standing.restored)
        return standing_ahead(c, &head, k->signature);
    if (k->size > c->ledger.size) {
        snprintf(why, 256,
            "the store has %llu entries, but %llu were signed: it is older "
            "than the ledger it should hold (an old backup?); refusing to "
            "start",
            (unsigned long long)c->ledger.size, (unsigned long long)k->size);
        return DHK_STATE;
    }
    enum dhk_err rc = ledger_root(c->txn, k->size, root);
    if (rc != DHK_OK)
        return rc;
    if (memcmp(root, k->root, sizeof root) != 0 && c->standing.restored)
        return standing_ahead(c, &head, k->signature);
    if (memcmp(root, k->root, sizeof root) != 0) {
        snprintf(why, 256,
            "the first %llu entries of the store are not those that were "
            "signed; refusing to start",
            (unsigned long long)k->size);
        return DHK_STATE;
    }
    c->keeper_size = k->size;
    if (k->size < c->ledger.note_size || k->size == 0)
        return DHK_OK;
    return ledger_signed(&c->ledger, c->txn, &head, k->signature);
}

static enum dhk_err
open_ledger(struct core *c, const struct core_keeper *k, char why[256])
{
    struct ledger_begin begin = {.origin = c->cfg.origin,
        .key = &k->key,
        .before = c->cfg.has_before ? &c->cfg.before : NULL,
        .now = clock_wall_ms(c->clock)};

    if (!slice_equal(k->origin, slice_str(c->cfg.origin))) {
        snprintf(why, 256, "the keeper signs for another ledger");
        return DHK_STATE;
    }
    enum dhk_err rc = ledger_open(&c->ledger, c->txn, &begin);
    if (rc == DHK_EXISTS)
        snprintf(why, 256,
            "the store holds another ledger, or one of "
            "another log key");
    if (rc == DHK_FORMAT)
        snprintf(why, 256,
            "the store is damaged: its entries and its tree "
            "do not fit");
    c->dirty = begin.begun;
    if (rc == DHK_OK)
        rc = standing_load(&c->standing, c->txn);
    return rc != DHK_OK ? rc : check_keeper(c, k, why);
}

/* What was agreed must not come to mean something else with a new program. */
static enum dhk_err
check_meaning(struct core *c, char why[256])
{
    bool same;
    enum dhk_err rc = force_means_same(&same, &c->force, c->txn);

    if (rc != DHK_OK || same)
        return rc;
    snprintf(why, 256,
        "this program reads the agreement in force in another way than the "
        "one that put it in force (another compiled hash); refusing to start");
    return DHK_STATE;
}

enum dhk_err
core_start(struct core *c, const struct core_keeper *keeper, char why[256])
{
    why[0] = '\0';
    c->wall_base = clock_wall_ms(c->clock);
    c->mono_base = clock_monotonic_ms(c->clock);
    c->now = c->wall_base;
    meter_start(&c->meter, c->wall_base, c->mono_base);
    enum dhk_err rc = store_begin(&c->txn, c->store, true);
    if (rc == DHK_OK)
        rc = open_ledger(c, keeper, why);
    if (rc == DHK_OK)
        rc = force_load(&c->force, c->txn);
    if (rc == DHK_OK)
        rc = seals_load(c, c->txn);
    if (rc == DHK_OK)
        rc = cosign_load(&c->cosigns, c->txn);
    if (rc == DHK_OK)
        rc = check_meaning(c, why);
    if (rc != DHK_OK && why[0] == '\0')
        snprintf(why, 256, "opening the store: %s", dhk_strerror(rc));
    if (rc != DHK_OK)
        return rc;
    if (c->force.agreement_refused)
        core_log(c, "this version refuses the agreement that was in force: "
                    "nothing is shared until another is in force; see "
                    "driehoek policy check");
    if (c->standing.restored)
        core_log(c, "the store was restored: nothing is taken, delivered or "
                    "written until a quorum of cosigners has shown its heads");
    if (c->standing.closed)
        core_log(
            c, "this log is closed: nothing is taken, delivered or written");
    core_read_clock(c);
    force_refresh(&c->force, c->now, true);
    /* what ended while nobody ran, or was not returned to its end */
    returns_cards_changed(c);
    returns_agreement_changed(c);
    return core_batch_end(c);
}
