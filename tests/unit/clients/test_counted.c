/* SPDX-License-Identifier: EUPL-1.2
 *
 * The newest head that counts: what it covers, that it is kept, and the day
 * after which nothing is sent. */
#include "../broker/scratch.h"

#include "counted.h"
#include "file.h"

#define ORIGIN "proef.example/ledger"

enum { NOW = 1795000000, DAY = 24 * 3600 };

struct fixture {
    char *dir;
    struct sign_secret *sk;
    struct sign_public pk;
    struct counted *counted;
};

static int
begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    void *dir = NULL;

    assert_non_null(f);
    ok(key_init());
    (void)scratch_new(&dir);
    f->dir = dir;
    ok(key_sign_new(&f->sk, &f->pk));
    ok(counted_open(&f->counted, f->dir, ORIGIN, NULL));
    *state = f;
    return 0;
}

static int
end(void **state)
{
    struct fixture *f = *state;
    void *dir = f->dir;

    counted_destroy(&f->counted);
    key_sign_destroy(&f->sk);
    (void)scratch_remove(&dir);
    free(f);
    return 0;
}

static void
again(struct fixture *f, const char *origin)
{
    counted_destroy(&f->counted);
    ok(counted_open(&f->counted, f->dir, origin, NULL));
}

static void
take(struct fixture *f, uint64_t size, int64_t time)
{
    struct quorumhead q = {.time = time, .by = {"politie", "om"}, .by_n = 2};
    struct sink out;

    q.cp = (struct checkpoint){.origin = ORIGIN, .size = size};
    sink_init(&out, q.note, sizeof q.note);
    ok(checkpoint_sign(&out, &q.cp, f->sk, &f->pk));
    q.note_n = out.n;
    ok(counted_take(f->counted, &q, NULL));
}

static void
entries_below_its_size_are_covered(void **state)
{
    struct fixture *f = *state;

    assert_false(counted_covers(f->counted, 0));
    assert_null(counted_head(f->counted));
    take(f, 9, NOW);
    assert_true(counted_covers(f->counted, 8));
    assert_false(counted_covers(f->counted, 9));
}

static void
it_is_kept(void **state)
{
    struct fixture *f = *state;

    ok(counted_begin(f->counted, NOW - 100, NULL));
    again(f, ORIGIN);
    assert_null(counted_head(f->counted));
    take(f, 9, NOW);
    again(f, ORIGIN);
    assert_int_equal(counted_head(f->counted)->size, 9);
    assert_int_equal(counted_time(f->counted), NOW);
    assert_string_equal(counted_by(f->counted), "politie om");
    assert_true(counted_note(f->counted).n > 0);
}

static void
an_older_one_changes_nothing(void **state)
{
    struct fixture *f = *state;

    take(f, 9, NOW);
    take(f, 7, NOW + DAY);
    assert_int_equal(counted_head(f->counted)->size, 9);
    assert_int_equal(counted_time(f->counted), NOW);
    /* the same head, with which it counts anew */
    take(f, 9, NOW + 3600);
    assert_int_equal(counted_time(f->counted), NOW + 3600);
    /* a larger one since before: the time does not go back */
    take(f, 12, NOW);
    assert_int_equal(counted_head(f->counted)->size, 12);
    assert_int_equal(counted_time(f->counted), NOW + 3600);
}

static void
without_one_a_day_is_given(void **state)
{
    struct fixture *f = *state;

    assert_true(counted_may_send(f->counted, NOW));
    ok(counted_begin(f->counted, NOW, NULL));
    again(f, ORIGIN);
    ok(counted_begin(f->counted, NOW + DAY / 2, NULL)); /* not the first */
    assert_true(counted_may_send(f->counted, NOW + DAY - 1));
    assert_false(counted_may_send(f->counted, NOW + DAY));
    take(f, 9, NOW + DAY);
    assert_true(counted_may_send(f->counted, NOW + 2 * DAY - 1));
    assert_false(counted_may_send(f->counted, NOW + 2 * DAY));
    again(f, ORIGIN);
    assert_false(counted_may_send(f->counted, NOW + 2 * DAY));
}

/* It was set right since; the day must not become a year. */
static void
a_clock_that_was_ahead_gives_no_more(void **state)
{
    struct fixture *f = *state;

    ok(counted_begin(f->counted, NOW + 300 * DAY, NULL));
    take(f, 9, NOW + 300 * DAY);
    ok(counted_begin(f->counted, NOW, NULL));
    again(f, ORIGIN);
    assert_true(counted_may_send(f->counted, NOW + DAY - 1));
    assert_false(counted_may_send(f->counted, NOW + DAY));
}

static void
another_ledger_begins_anew(void **state)
{
    struct fixture *f = *state;

    ok(counted_begin(f->counted, NOW, NULL));
    take(f, 9, NOW);
    counted_set_origin(f->counted, ORIGIN);
    assert_non_null(counted_head(f->counted));
    counted_set_origin(f->counted, "proef.example/next");
    assert_null(counted_head(f->counted));
    assert_false(counted_covers(f->counted, 0));
    ok(counted_begin(f->counted, NOW + 5 * DAY, NULL));
    assert_true(counted_may_send(f->counted, NOW + 5 * DAY));
    again(f, "proef.example/next");
    assert_false(counted_may_send(f->counted, NOW + 6 * DAY));
    again(f, ORIGIN); /* history */
    assert_null(counted_head(f->counted));
}

static const char *const wrong[] = {
    "",
    "driehoek-quorum@v2\norigin " ORIGIN "\nsince 1\ntime 0\n",
    "driehoek-quorum@v1\n",
    "driehoek-quorum@v1\norigin " ORIGIN "\nsince 1\n",
    "driehoek-quorum@v1\norigin " ORIGIN "\nsince x\ntime 0\n",
    "driehoek-quorum@v1\norigin " ORIGIN "\nsince 1\ntime -1\n",
    "driehoek-quorum@v1\norigin " ORIGIN "\nsince 1\ntime 1\nby a\n",
    "driehoek-quorum@v1\norigin " ORIGIN "\nsince 1\ntime 1\nby a\n\nno note\n",
};

static void
a_damaged_file_is_not_believed(void **state)
{
    struct fixture *f = *state;
    char path[NODE_PATH];

    ok(node_path(path, f->dir, "quorum"));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        counted_destroy(&f->counted);
        ok(file_write(path, slice_str(wrong[i]), 0600));
        assert_int_equal(
            counted_open(&f->counted, f->dir, ORIGIN, NULL), DHK_FORMAT);
        assert_null(f->counted);
    }
}

#define counted_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        counted_test(entries_below_its_size_are_covered),
        counted_test(it_is_kept),
        counted_test(an_older_one_changes_nothing),
        counted_test(without_one_a_day_is_given),
        counted_test(a_clock_that_was_ahead_gives_no_more),
        counted_test(another_ledger_begins_anew),
        counted_test(a_damaged_file_is_not_believed),
    };

    return cmocka_run_group_tests_name("counted", tests, NULL, NULL);
}
