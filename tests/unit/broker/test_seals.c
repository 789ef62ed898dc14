/* SPDX-License-Identifier: EUPL-1.2
 *
 * Seals: when they are made, and that each commits the very list that can be
 * made again from the ledger. */
#include "harness.h"

#include "../heap.h"

#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "seallist.h"
#include "seals.h"
#include "sight.h"

enum { DAY_MS = 24 * 3600 * 1000, SOME = 100, LITTLE = 256 * 1024 };

static struct harness *of;
static struct entry entry, other;

static const struct entry_share *
share_at(void *ctx, uint64_t index)
{
    (void)ctx;
    if (index >= of->core->ledger.size)
        return NULL;
    harness_entry(of, index, &other);
    if (other.kind == ENTRY_WITHDRAWN || other.kind == ENTRY_CORRECTED)
        harness_entry(of, other.u.withdrawn.share, &other);
    return other.kind == ENTRY_SHARE ? &other.u.share : NULL;
}

/* The rows of PARTNER from the entries that seal S covers. */
static size_t
rows_of(struct seallist_row **out, const struct entry_seal *s, const char *name)
{
    static const struct part_reader reader = {share_at, NULL};
    static struct part part;
    size_t n = 0;

    *out = calloc(SEALLIST_ROWS, sizeof **out);
    assert_non_null(*out);
    for (uint64_t i = s->from; i < s->until; i++) {
        harness_entry(of, i, &entry);
        assert_int_equal(part_of(&part, &entry, i, &reader), DHK_OK);
        bool is_its = false;
        for (size_t k = 0; k < part.names_n; k++)
            is_its = is_its || strcmp(part.name[k], name) == 0;
        for (size_t k = 0; is_its && k < part.rows_n; k++) {
            uint8_t blinded[SEALLIST_BLINDED];
            const struct part_row *r = &part.row[k];
            struct seallist_of of_ = {
                s->salt, entry.random, blinded, entry.kind, i};
            seallist_blind(
                blinded, s->salt, r->has_case ? r->case_handle : NULL);
            seallist_row(&(*out)[n++], &of_, r);
        }
    }
    assert_true(seallist_sort(*out, n));
    return n;
}

struct last {
    char name[LIMIT_NAME + 1];
    uint64_t index, until;
};

static struct last *
last_of(struct last *list, struct slice name)
{
    while (list->name[0] != '\0' && !slice_equal(slice_str(list->name), name))
        list++;
    assert_int_equal(slice_to_str(name, list->name, sizeof list->name), DHK_OK);
    return list;
}

/* Makes the list of every seal again; returns how many there are. */
static size_t
check_seals(struct harness *h)
{
    static struct last list[64];
    static struct entry e;
    size_t seals = 0;

    of = h;
    memset(list, 0, sizeof list);
    for (uint64_t i = 0; i < h->core->ledger.size; i++) {
        uint8_t root[32];
        struct seallist_row *rows = NULL;
        harness_entry(h, i, &e);
        if (e.kind != ENTRY_SEAL)
            continue;
        const struct entry_seal *s = &e.u.seal;
        struct last *l = last_of(list, s->partner);
        assert_int_equal(s->before, l->index);
        assert_int_equal(s->from, l->until);
        assert_true(s->until <= i);
        size_t n = rows_of(&rows, s, l->name);
        assert_int_equal(s->count, n);
        seallist_root(root, rows, n);
        assert_memory_equal(s->root, root, 32);
        free(rows);
        l->index = i;
        l->until = s->until;
        seals++;
    }
    return seals;
}

static void
settle(struct harness *h)
{
    do
        harness_batch(h);
    while (core_is_busy(h->core));
}

/* A day at a time is no jump of the clock. */
static void
pass(struct harness *h, uint64_t ms)
{
    harness_pass(h, ms);
    settle(h);
}

static void
a_day_of_activity_is_sealed(void **state)
{
    struct harness *h = *state;
    struct harness_node n;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_push_many(&n, &harness_p5, 7);
    settle(h);
    assert_int_equal(check_seals(h), 0);
    pass(h, DAY_MS + 1);
    size_t seals = check_seals(h);
    assert_in_range(seals, 2, HARNESS_PARTNERS); /* cards are activity, too */
    pass(h, DAY_MS + 1);
    assert_int_equal(check_seals(h), seals); /* nothing happened since */
}

static void
many_entries_are_sealed_without_waiting(void **state)
{
    struct harness *h = *state;
    struct harness_node n;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    for (size_t i = 0; h->core->ledger.size < SEALS_ENTRIES + SOME; i++) {
        harness_push_many(&n, &harness_p6, 200);
        harness_forget(h);
    }
    settle(h);
    assert_in_range(check_seals(h), 3, 3 * HARNESS_PARTNERS);
}

static void
rows_take_memory_only_while_they_are_sealed(void **state)
{
    struct harness *h = *state;
    struct harness_node n;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_push_many(&n, &harness_p6, 200);
    pass(h, DAY_MS + 1);
    harness_forget(h);
    size_t at_rest = heap_used();
    for (int i = 0; i < 10; i++) {
        harness_push_many(&n, &harness_p6, 200);
        settle(h);
        harness_forget(h);
    }
    assert_true(heap_used() < at_rest + LITTLE);
    size_t seals = check_seals(h);
    pass(h, DAY_MS + 1);
    harness_forget(h);
    assert_true(check_seals(h) > seals);
    assert_true(heap_used() < at_rest + LITTLE);
}

static enum dhk_err
cover(struct harness *h, const char *name)
{
    enum dhk_err rc = DHK_STATE;
    uint64_t until = h->core->ledger.size;

    for (int i = 0; i < 100 && rc == DHK_STATE; i++) {
        core_tick(h->core); /* begins a batch */
        rc = seals_cover(h->core, slice_str(name), until);
        harness_batch(h);
    }
    return rc;
}

/* An answer that was asked for in between does not put off what is due. */
static void
seals_on_demand_delay_no_others(void **state)
{
    struct harness *h = *state;
    struct harness_node n;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_push_many(&n, &harness_p5, 7);
    assert_int_equal(cover(h, "politie"), DHK_OK);
    size_t seals = check_seals(h);
    for (size_t i = 0; h->core->ledger.size < SEALS_ENTRIES + SOME; i++) {
        harness_push_many(&n, &harness_p6, 200);
        harness_forget(h);
    }
    settle(h);
    assert_true(check_seals(h) > seals);
    harness_push_many(&n, &harness_p5, 7);
    assert_int_equal(cover(h, "politie"), DHK_OK);
    harness_push_many(&n, &harness_p5, 7);
    seals = check_seals(h);
    pass(h, DAY_MS + 1);
    assert_true(check_seals(h) >= seals + 2);
    seals = check_seals(h);
    pass(h, DAY_MS + 1);
    assert_int_equal(check_seals(h), seals);
}

static void
seals_come_on_demand(void **state)
{
    struct harness *h = *state;
    struct harness_node n;

    settle(h);
    assert_int_equal(cover(h, "politie"), DHK_OK);
    assert_int_equal(check_seals(h), 1);
    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_push_many(&n, &harness_p5, 7);
    assert_int_equal(cover(h, "politie"), DHK_OK);
    assert_int_equal(check_seals(h), 2);
    assert_int_equal(cover(h, "wereldmacht"), DHK_NOTFOUND);
    assert_int_equal(cover(h, ""), DHK_OK);
    size_t all = check_seals(h);
    assert_in_range(all, 2 + HARNESS_PARTNERS / 2, 3 + HARNESS_PARTNERS);
    /* a seal of what came since is a seal of nothing for most */
    assert_int_equal(cover(h, "gemeente"), DHK_OK);
    assert_int_equal(check_seals(h), all + 1);
    core_tick(h->core);
    assert_int_equal(
        seals_cover(h->core, slice_str("politie"), h->core->ledger.size + 1000),
        DHK_LIMIT);
    harness_batch(h);
}

static void
seals_go_on_after_a_restart_and_a_batch_that_failed(void **state)
{
    struct harness *h = *state;
    struct harness_node n;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_push_many(&n, &harness_p5, 7);
    assert_int_equal(cover(h, "politie"), DHK_OK);
    harness_push_many(&n, &harness_p5, 7);
    core_tick(h->core);
    h->fail_next = true;
    assert_int_equal(
        seals_cover(h->core, slice_str("politie"), h->core->ledger.size),
        DHK_OK);
    harness_batch(h);
    assert_int_equal(check_seals(h), 1);
    assert_int_equal(cover(h, "politie"), DHK_OK);
    assert_int_equal(check_seals(h), 2);
    harness_push_many(&n, &harness_p5, 7);
    harness_restart(h);
    settle(h);
    assert_int_equal(cover(h, "politie"), DHK_OK);
    assert_int_equal(check_seals(h), 3);
    pass(h, DAY_MS + 1);
    pass(h, DAY_MS + 1);
    assert_true(check_seals(h) > 3);
    harness_restart(h);
    settle(h);
    size_t seals = check_seals(h);
    pass(h, DAY_MS + 1);
    assert_int_equal(check_seals(h), seals);
}

/* Lists hold what their partner may see, no more and no less. */
static void
a_list_holds_what_its_partner_may_see(void **state)
{
    static const struct part_reader reader = {share_at, NULL};
    static struct part part;
    static struct sight sight;
    static struct entry e;
    struct harness *h = *state;
    struct harness_node n, gemeente;
    struct harness_share shares[64];
    struct store_txn *t = NULL;
    size_t seen = 0;

    of = h;
    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_push_many(&n, &harness_p5, 20);
    harness_push_many(&n, &harness_p6, 5);
    harness_credit(&gemeente, 64);
    harness_batch(h);
    size_t got = harness_shares(&gemeente, shares, 64);
    harness_answer(&gemeente, shares, got / 2, ANSWER_TAKEN);
    pass(h, (uint64_t)8 * DAY_MS); /* the others expire */
    assert_int_equal(cover(h, "om"), DHK_OK);
    assert_true(harness_count(h, ENTRY_EXPIRED) > 0);
    assert_true(harness_count(h, ENTRY_DELIVERED) > 0);
    assert_int_equal(store_begin(&t, h->store, false), DHK_OK);
    sight.force = &h->core->force;
    for (uint64_t i = 0; i < h->core->ledger.size; i++) {
        assert_int_equal(ledger_entry(t, i, &e), DHK_OK);
        assert_int_equal(part_of(&part, &e, i, &reader), DHK_OK);
        for (size_t k = 0; k < HARNESS_PARTNERS; k++) {
            bool is_its = false;
            const char *name = h->partner[k].name;
            if (name == NULL)
                continue;
            for (size_t j = 0; j < part.names_n; j++)
                is_its = is_its || strcmp(part.name[j], name) == 0;
            sight.viewer = slice_str(name);
            bool may_see = sight_may_see(&sight, t, &e);
            bool of_all = e.kind == ENTRY_GENESIS || e.kind == ENTRY_ROSTER ||
                          e.kind == ENTRY_AGREEMENT || e.kind == ENTRY_SEAL;
            assert_int_equal(is_its, may_see && !of_all);
            seen += is_its ? 1 : 0;
        }
    }
    store_abort(&t);
    assert_true(seen > 50);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(a_day_of_activity_is_sealed),
        harness_test(many_entries_are_sealed_without_waiting),
        harness_test(rows_take_memory_only_while_they_are_sealed),
        harness_test(seals_on_demand_delay_no_others),
        harness_test(seals_come_on_demand),
        harness_test(seals_go_on_after_a_restart_and_a_batch_that_failed),
        harness_test(a_list_holds_what_its_partner_may_see),
    };

    return cmocka_run_group_tests_name("seals", tests, NULL, NULL);
}
