/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading a journal after a crash: what came half to the disk is left out, and
 * what is damaged is found, however long its records are. */
#include "storetest.h"

enum { MAP = 64 * 1024 * 1024, BLOCK = 4096 };
static const char *const tables[] = {"one", "two"};
static const struct store_options options = {.tables = tables,
    .tables_n = 2,
    .map_bytes = MAP,
    .journal_bytes = 1024 * 1024};
static const struct store_options beside = {
    .tables = tables, .tables_n = 2, .map_bytes = MAP, .beside = true};

/* Three records, each of one block. */
static void
three(struct store *s)
{
    storetest_put(s, "a", "1");
    storetest_put(s, "b", "2");
    storetest_put(s, "a", "3");
    must(storetest_holds(s, "a", "3") && store_is_synced(s));
}

static void
a_record_that_was_being_written_is_none(void **state)
{
    struct store *s = NULL;
    storetest_crash(*state, &options, three);
    storetest_alter(*state, 3 * BLOCK + 53);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "a", "1"));
    assert_true(storetest_holds(s, "b", "2"));
    store_close(&s);
}

static void
one_with_another_behind_it_was_written(void **state)
{
    struct store *s = NULL;
    for (off_t block = 1; block < 3; block++) {
        storetest_crash(*state, &options, three);
        storetest_alter(*state, block * BLOCK + 53);
        assert_int_equal(store_open(&s, *state, &options), DHK_FORMAT);
        assert_int_equal(store_open(&s, *state, &beside), DHK_FORMAT);
        for (int i = 1; i < 256; i++)
            storetest_alter(*state, block * BLOCK + 53);
        ok(store_open(&s, *state, &options));
        store_close(&s);
    }
}

enum { LONG = 100 * 1024 };

static const char *
long_value(char c)
{
    static char mem[LONG + 1];
    memset(mem, c, LONG);
    return mem;
}

/* Each longer than what is read of the journal at once. */
static void
long_ones(struct store *s)
{
    storetest_put(s, "a", long_value('1'));
    storetest_put(s, "b", long_value('2'));
    storetest_put(s, "c", long_value('3'));
}

static void
longer_ones(struct store *s)
{
    storetest_put(s, "a", long_value('4'));
    storetest_put(s, "b", long_value('5'));
    storetest_put(s, "c", long_value('6'));
}

static void
long_records_come_back_and_damage_in_them_is_found(void **state)
{
    const off_t record = LONG / BLOCK * BLOCK + BLOCK;
    struct store *s = NULL;

    storetest_crash(*state, &options, long_ones);
    ok(store_open(&s, *state, &options));
    for (int i = 0; i < 3; i++) {
        char key[2] = {(char)('a' + i), 0};
        assert_true(storetest_holds(s, key, long_value((char)('1' + i))));
    }
    store_close(&s);
    for (int i = 0; i < 2; i++) {
        const off_t at = BLOCK + i * record + record / 2;
        storetest_crash(*state, &options, long_ones);
        storetest_alter(*state, at);
        assert_int_equal(store_open(&s, *state, &options), DHK_FORMAT);
        for (int k = 1; k < 256; k++)
            storetest_alter(*state, at);
        ok(store_open(&s, *state, &options));
        store_close(&s);
    }
    storetest_crash(*state, &options, longer_ones);
    storetest_alter(*state, BLOCK + 2 * record + record / 2);
    ok(store_open(&s, *state, &options));
    assert_true(storetest_holds(s, "b", long_value('5')));
    assert_true(storetest_holds(s, "c", long_value('3')));
    store_close(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(a_record_that_was_being_written_is_none),
        scratch_test(one_with_another_behind_it_was_written),
        scratch_test(long_records_come_back_and_damage_in_them_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
