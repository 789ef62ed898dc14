/* SPDX-License-Identifier: EUPL-1.2
 *
 * The links that make a missing entry visible: every card's accepted and
 * refused entries, and every two partners' shares, name the one before. */
#include "harness.h"

#include <string.h>

struct link {
    char name[2 * LIMIT_NAME + 2]; /* a card's id in part, or both partners */
    uint64_t nth, last;
    bool used; /* a card's id may begin with 0 */
};

static struct link *
link_of(struct link *list, const void *name, size_t n)
{
    while (list->used && memcmp(list->name, name, n) != 0)
        list++;
    list->used = true;
    memcpy(list->name, name, n);
    return list;
}

/* Reads the whole ledger; returns how many links it has, all good. */
static size_t
check_links(struct harness *h)
{
    static struct link list[64];
    static struct entry e;
    char pair[sizeof list[0].name];
    size_t links = 0;

    memset(list, 0, sizeof list);
    for (uint64_t i = 0; i < h->core->ledger.size; i++) {
        struct link *l;
        harness_entry(h, i, &e);
        if (e.kind == ENTRY_ACCEPTED || e.kind == ENTRY_REFUSED) {
            l = link_of(list,
                e.kind == ENTRY_ACCEPTED ? e.u.accepted.card : e.u.refused.card,
                32);
            assert_int_equal(e.kind == ENTRY_ACCEPTED ? e.u.accepted.before
                                                      : e.u.refused.before,
                l->last);
        } else if (e.kind == ENTRY_SHARE) {
            const struct entry_share *s = &e.u.share;
            int n = snprintf(pair, sizeof pair, "%.*s>%.*s", (int)s->sender.n,
                (const char *)s->sender.p, (int)s->recipient.n,
                (const char *)s->recipient.p);
            l = link_of(list, pair, (size_t)n + 1);
            assert_int_equal(s->nth, ++l->nth);
            assert_int_equal(s->before, l->last);
        } else {
            continue;
        }
        l->last = i;
        links++;
    }
    return links;
}

static void
every_entry_names_the_one_before(void **state)
{
    struct harness *h = *state;
    struct harness_signal bad = harness_p5;
    struct harness_node n, other;

    bad.kind = "roddel";
    bad.fields[0] = 15;
    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_connect(h, &other, "gemeente", HARNESS_SEND);
    harness_push_many(&n, &harness_p5, 40);
    harness_forget(h);
    assert_int_equal(harness_code(&n, &bad), ENTRY_CODE_VOCABULARY);
    assert_int_equal(harness_code(&other, &bad), ENTRY_CODE_VOCABULARY);
    harness_push_many(&n, &harness_p6, 3);
    size_t links = check_links(h);
    assert_in_range(links, 40, 200);
    assert_int_equal(harness_count(h, ENTRY_REFUSED), 2);
}

static void
links_outlive_a_restart_and_a_batch_that_failed(void **state)
{
    struct harness *h = *state;
    struct harness_node n;

    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_push_many(&n, &harness_p5, 20);
    size_t before = check_links(h);
    h->fail_next = true;
    harness_push_many(&n, &harness_p5, 20);
    assert_int_equal(check_links(h), before);
    harness_push_many(&n, &harness_p5, 20);
    harness_restart(h);
    harness_connect(h, &n, "politie", HARNESS_SEND);
    harness_push_many(&n, &harness_p5, 20);
    assert_int_equal(check_links(h), 3 * before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(every_entry_names_the_one_before),
        harness_test(links_outlive_a_restart_and_a_batch_that_failed),
    };

    return cmocka_run_group_tests_name("chain", tests, NULL, NULL);
}
