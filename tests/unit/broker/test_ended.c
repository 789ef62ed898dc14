/* SPDX-License-Identifier: EUPL-1.2
 *
 * What of its shares a recipient is told that it was not to get: those that
 * wait, went back, were withdrawn, or ran out while they waited; not those that
 * it has, is to get or let run out, and nobody else's. */
#include "casetest.h"

enum { MAX = 8 };

struct shown {
    enum command_error error;
    size_t n;
    uint64_t share[MAX], end[MAX];
    enum entry_kind kind[MAX]; /* of what ended it; ENTRY_NONE: nothing */
};

static void
read_one(struct shown *out, struct cursor *list)
{
    static struct entry e;
    struct slice index = command_list_next(list);
    struct slice entry = command_list_next(list);
    struct slice end = command_list_next(list);
    struct slice how = command_list_next(list);
    size_t i = out->n++;

    assert_true(i < MAX);
    ok(entry_decode(&e, entry, NULL));
    assert_int_equal(e.kind, ENTRY_SHARE);
    out->share[i] = bytes_get_u64(index.p);
    out->end[i] = bytes_get_u64(end.p);
    out->kind[i] = ENTRY_NONE;
    if (how.n == 0)
        return;
    ok(entry_decode(&e, how, NULL));
    out->kind[i] = e.kind;
}

/* WHO asks for share A and the B - 1 before it. */
static void
get(struct casetest *t, enum casetest_who who, uint64_t a, uint64_t b,
    struct shown *out)
{
    struct harness_node *n = &t->node[who];
    struct command c = {.type = COMMAND_GET,
        .number = 7,
        .what = COMMAND_GET_ENDED,
        .a = a,
        .b = b};
    struct cursor list;

    memset(out, 0, sizeof *out);
    harness_send_command(n, &c, NULL, 0);
    harness_batch(n->h);
    if (!harness_take(n, COMMAND_OBJECT, &c)) {
        out->error = harness_error(n);
        return;
    }
    assert_int_equal(c.what, COMMAND_GET_ENDED);
    assert_int_equal(c.list_n % 4, 0);
    command_list(&list, c.list);
    for (size_t i = 0; i < c.list_n / 4; i++)
        read_one(out, &list);
}

static void
what_waits_or_went_back_is_told(void **state)
{
    struct casetest t;
    struct shown s;
    struct harness_signal piece = casetest_signal("stuk", "gemeente");
    uint64_t share[3];

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CONFERRED);
    for (size_t i = 0; i < 3; i++)
        share[i] = casetest_push(&t, POL, &piece);
    assert_int_equal(casetest_decline(&t, OM, share[0]), 0);
    assert_int_equal(casetest_approve(&t, BURG, share[2]), 0);
    get(&t, GEM, share[2], 3, &s);
    assert_int_equal(s.n, 2); /* the last one is due */
    assert_int_equal(s.share[0], share[1]);
    assert_int_equal(s.end[0], 0);
    assert_int_equal(s.kind[0], ENTRY_NONE);
    assert_int_equal(s.share[1], share[0]);
    assert_int_equal(s.kind[1], ENTRY_RETURNED);
    /* no further back than was asked for */
    get(&t, GEM, share[2], 2, &s);
    assert_int_equal(s.n, 1);
    get(&t, GEM, share[0], 1000000, &s);
    assert_int_equal(s.n, 1);
    /* nor of others, nor of what is no share */
    get(&t, BURG, share[2], 3, &s);
    assert_int_equal(s.error, COMMAND_ERROR_NOTFOUND);
    get(&t, GEM, share[2] + 1, 3, &s);
    assert_int_equal(s.error, COMMAND_ERROR_NOTFOUND);
    get(&t, GEM, UINT32_MAX, 3, &s);
    assert_int_equal(s.error, COMMAND_ERROR_NOTFOUND);
    get(&t, GEM, 0, 3, &s);
    assert_int_equal(s.error, COMMAND_ERROR_NOTFOUND);
}

static void
what_was_let_run_out_is_not(void **state)
{
    struct casetest t;
    struct shown s;
    struct harness_signal piece = casetest_signal("stuk", "gemeente");
    struct harness_signal due = casetest_signal("plan", "gemeente");
    uint64_t waits, last;

    casetest_begin(&t, *state);
    casetest_reach(&t, ACT_PHASE_CONFERRED);
    waits = casetest_push(&t, POL, &piece);
    last = casetest_push(&t, POL, &due);
    assert_int_equal(casetest_approve(&t, BURG, last), 0);
    assert_int_equal(harness_count(t.h, ENTRY_RELEASED), 1);
    harness_turn(t.h, (uint64_t)8 * 86400 * 1000);
    casetest_connect(&t);
    assert_true(harness_count(t.h, ENTRY_EXPIRED) > 0);
    get(&t, GEM, last, 2, &s);
    assert_int_equal(s.error, 0);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.share[0], waits);
    assert_int_equal(s.end[0], 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(what_waits_or_went_back_is_told),
        harness_test(what_was_let_run_out_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
