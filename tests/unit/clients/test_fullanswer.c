/* SPDX-License-Identifier: EUPL-1.2
 *
 * A complete answer made by hand is taken, and nothing else is: not another
 * question's, not what a log signed that seals something else, and not with a
 * byte or bit missing or wrong. (What is altered in its meaning:
 * test_fullrows.c, test_fullaltered.c.) */
#include "fulltree.h"

#include <stdlib.h>

#include "../proto/vector.h"

static struct fulltree world;
static struct fulltree_answer answer;

/* --- taken --- */

/* The answer is taken, and is the golden file. */
static void
taken(struct fullanswer_result *out, const char *path)
{
    struct fullanswer_fault fault;
    uint8_t *file;
    size_t n = fulltree_write(&file, &answer);

    if (fulltree_check(out, &fault, &world, slice_of(file, n)) != DHK_OK)
        fail_msg("not taken: %s", fault.text);
    vector_keep(path, slice_of(file, n));
    free(file);
}

static void
a_case_is_taken(void **state)
{
    struct fullanswer_result r;
    (void)state;
    fulltree_ask(&world, &answer, FULLTREE_CASE, FULLTREE_TRUE);
    taken(&r, "accept/fullanswer/case.bin");
    assert_string_equal(r.origin, FULLTREE_ORIGIN);
    assert_string_equal(r.asker, "gemeente");
    assert_int_equal(r.size, FULLTREE_SIZE);
    assert_int_equal(r.index, FULLTREE_QUESTION);
    assert_int_equal(r.until, FULLTREE_RESEALED);
    assert_int_equal(r.lists, 1);
    assert_int_equal(r.seals, 2);
    assert_int_equal(r.rows, 3); /* A, what became of it, and AGAIN */
    assert_int_equal(r.other, 0);
    assert_int_equal(r.kinds[ENTRY_SHARE], 2);
    assert_int_equal(r.kinds[ENTRY_DELIVERED], 1);
    assert_int_equal(r.head_entries, 6);
}

static void
everything_is_taken(void **state)
{
    struct fullanswer_result r;
    (void)state;
    fulltree_ask(&world, &answer, FULLTREE_EVERYTHING, FULLTREE_TRUE);
    taken(&r, "accept/fullanswer/everything.bin");
    assert_int_equal(r.rows, 6);
    assert_int_equal(r.kinds[ENTRY_SHARE], 4);
    assert_int_equal(r.kinds[ENTRY_QUERIED], 1);
    fulltree_ask(&world, &answer, FULLTREE_OUTCOME, FULLTREE_TRUE);
    taken(&r, "accept/fullanswer/outcome.bin");
    assert_int_equal(r.rows, 1);
    assert_int_equal(r.other, 5);
    assert_int_equal(r.kinds[ENTRY_DELIVERED], 1);
}

/* From a time on, it counts; until a time, it does not. */
static void
a_time_is_taken(void **state)
{
    struct fullanswer_result r;
    (void)state;
    fulltree_ask(&world, &answer, FULLTREE_TIMES, FULLTREE_TRUE);
    taken(&r, "accept/fullanswer/times.bin");
    assert_int_equal(r.rows, 1);
    assert_int_equal(r.kinds[ENTRY_DELIVERED], 1);
    assert_int_equal(r.outside, 5);
    assert_int_equal(r.head_entries, 6 + 3);
}

static void
everybody_is_taken(void **state)
{
    struct fullanswer_result r;
    char key[256];
    (void)state;
    fulltree_ask(&world, &answer, FULLTREE_EVERYBODY, FULLTREE_TRUE);
    taken(&r, "accept/fullanswer/everybody.bin");
    assert_string_equal(r.asker, "toezicht");
    assert_int_equal(r.lists, 3);
    assert_int_equal(r.seals, 6);
    assert_int_equal(r.rows, 3 + 1 + 4);
    checkpoint_vkey_text(key, &world.key);
    vector_keep("accept/fullanswer/log.vkey", slice_str(key));
}

/* Who has no roster cannot tell that a partner's lists are all gone. */
static void
without_a_roster_partners_are_counted_only(void **state)
{
    static struct fullanswer_result r;
    struct fullanswer_fault fault;
    (void)state;
    fulltree_ask(&world, &answer, FULLTREE_EVERYBODY, FULLTREE_TRUE);
    fulltree_drop(
        &answer, fulltree_find(&answer, FULLANSWER_LIST, FULLTREE_SEALED + 1));
    fulltree_drop(&answer,
        fulltree_find(&answer, FULLANSWER_LIST, FULLTREE_RESEALED + 1));
    fulltree_drop(
        &answer, fulltree_find(&answer, FULLANSWER_ENTRY, FULLTREE_SEALED + 1));
    fulltree_drop(&answer,
        fulltree_find(&answer, FULLANSWER_ENTRY, FULLTREE_RESEALED + 1));
    fulltree_refused(&world, &answer, "1 partners of the roster have no list",
        "no-lists-of-a-partner");
    uint8_t *file;
    size_t n = fulltree_write(&file, &answer);
    const struct fullanswer_input in = {.key = &world.key, .keys_n = 1};
    assert_int_equal(
        fullanswer_check(slice_of(file, n), &in, &r, &fault), DHK_OK);
    assert_int_equal(r.lists, 2);
    free(file);
}

/* --- what the log signed --- */

static void
a_log_that_seals_something_else_is_refused(void **state)
{
    static const struct {
        const char *name;
        enum fulltree_about about;
        enum fulltree_fault fault;
        const char *why;
    } wrong[] = {
        {"seal-begins-late", FULLTREE_EVERYTHING, FULLTREE_LATE,
            "entry 6 does not go on where the one before it ended"},
        {"seals-with-a-gap", FULLTREE_EVERYTHING, FULLTREE_GAP,
            "entry 11 does not go on where the one before it ended"},
        {"seals-not-linked", FULLTREE_EVERYTHING, FULLTREE_UNLINKED,
            "entry 11 does not go on where the one before it ended"},
        {"seal-ahead", FULLTREE_EVERYTHING, FULLTREE_AHEAD,
            "entry 11 does not go on where the one before it ended"},
        {"share-of-another-case", FULLTREE_CASE, FULLTREE_ROW_CASE,
            "something else of entry 2 than the entry"},
        {"share-of-another-kind", FULLTREE_CASE, FULLTREE_ROW_KIND,
            "something else of entry 1 than the entry"},
        {"share-of-others", FULLTREE_CASE, FULLTREE_ROW_ANOTHER,
            "something else of entry 3 than the entry"},
        {"other-salt", FULLTREE_CASE, FULLTREE_ROW_SALT,
            "something else of entry 1 than the entry"},
        {"other-event", FULLTREE_CASE, FULLTREE_ROW_EVENT,
            "something else of entry 1 than the entry"},
        {"list-not-sorted", FULLTREE_EVERYTHING, FULLTREE_UNSORTED,
            "that entry 6 seals is not shown whole"},
        {"other-log", FULLTREE_CASE, FULLTREE_OTHER_KEY,
            "the checkpoint is not signed by the log's key"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        fulltree_ask(&world, &answer, wrong[i].about, wrong[i].fault);
        fulltree_refused(&world, &answer, wrong[i].why, wrong[i].name);
    }
}

static void
other_until(struct query *q)
{
    q->until = FULLTREE_QUESTION; /* the seals do not reach that far */
}

static void
other_what(struct query *q)
{
    q->what = QUERY_LIST;
}

static void
other_origin(struct query *q)
{
    q->origin = slice_str("proef.example/other");
}

static void
other_sender(struct query *q)
{
    q->sender = slice_str("politie");
}

static void
other_rule(struct query *q)
{
    q->rule = slice_str("P1");
}

static void
other_from(struct query *q)
{
    q->from = 1;
}

/* The answer to a question about case A, under another signed question. */
static void
the_answer_to_another_question_is_refused(void **state)
{
    static const struct {
        const char *name;
        void (*alter)(struct query *q);
        const char *why;
    } other[] = {
        {"question-to-a-later-entry", other_until,
            "the seals of gemeente end at entry 11"},
        {"question-of-a-list", other_what, "not for such an answer"},
        {"question-elsewhere", other_origin, "not for such an answer"},
        {"question-of-a-sender", other_sender, "not for such an answer"},
        {"question-of-a-rule", other_rule, "not for such an answer"},
        {"question-from", other_from, "not for such an answer"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        struct query q = fulltree_query("gemeente", fulltree_cases[0]);
        other[i].alter(&q);
        fulltree_make(&world, FULLTREE_TRUE, "gemeente", &q);
        fulltree_answer(&answer, &world);
        fulltree_refused(&world, &answer, other[i].why, other[i].name);
    }
}

/* What was made for a narrower question does not answer a wider one. */
static void
the_answer_to_a_narrower_question_is_refused(void **state)
{
    struct query narrow = fulltree_query("gemeente", fulltree_cases[0]);
    struct query wide = fulltree_query("gemeente", NULL);
    (void)state;
    fulltree_make(&world, FULLTREE_TRUE, "gemeente", &wide);
    world.query = narrow;
    fulltree_answer(&answer, &world);
    fulltree_refused(
        &world, &answer, "is not shown whole", "case-for-everything");
    wide.has_case = true;
    memcpy(wide.case_handle, fulltree_cases[1], PART_CASE);
    fulltree_make(&world, FULLTREE_TRUE, "gemeente", &wide);
    world.query = narrow;
    fulltree_answer(&answer, &world);
    fulltree_refused(&world, &answer, "is not shown whole", "case-for-another");
    wide = fulltree_query("", fulltree_cases[0]);
    fulltree_make(&world, FULLTREE_TRUE, "toezicht", &wide);
    world.query = narrow;
    fulltree_answer(&answer, &world);
    fulltree_refused(&world, &answer, "2 partners of the roster have no list",
        "partner-for-everybody");
    wide = narrow;
    narrow.outcome = slice_str("taken");
    fulltree_make(&world, FULLTREE_TRUE, "gemeente", &wide);
    world.query = narrow;
    fulltree_answer(&answer, &world);
    fulltree_refused(&world, &answer,
        "entry 1, which the list of gemeente has, was left out",
        "outcome-for-all");
}

/* --- bytes --- */

static void
a_file_cut_off_anywhere_is_refused(void **state)
{
    static struct fullanswer_result r;
    struct fullanswer_fault fault;
    uint8_t *file;
    (void)state;
    fulltree_ask(&world, &answer, FULLTREE_CASE, FULLTREE_TRUE);
    size_t n = fulltree_write(&file, &answer);
    for (size_t i = 0; i < n; i++) {
        uint8_t *cut = malloc(i + 1); /* its own, so that reading on is seen */
        assert_non_null(cut);
        memcpy(cut + 1, file, i);
        if (fulltree_check(&r, &fault, &world, slice_of(cut + 1, i)) == DHK_OK)
            fail_msg("taken when cut at %zu", i);
        assert_true(fault.text[0] != '\0');
        free(cut);
    }
    vector_keep("reject/fullanswer/cut.bin", slice_of(file, n - 1));
    uint8_t *more = calloc(1, n + 1);
    assert_non_null(more);
    memcpy(more, file, n);
    assert_int_equal(
        fulltree_check(&r, &fault, &world, slice_of(more, n + 1)), DHK_FORMAT);
    assert_non_null(strstr(fault.text, "something follows the end"));
    vector_keep("reject/fullanswer/trailing.bin", slice_of(more, n + 1));
    free(more);
    free(file);
}

static void
every_flipped_bit_is_refused(void **state)
{
    static struct fullanswer_result r;
    struct fullanswer_fault fault;
    uint8_t *file;
    (void)state;
    fulltree_ask(&world, &answer, FULLTREE_CASE, FULLTREE_TRUE);
    size_t n = fulltree_write(&file, &answer);
    for (size_t i = 0; i < n * 8; i++) {
        file[i / 8] ^= (uint8_t)(1U << i % 8);
        if (fulltree_check(&r, &fault, &world, slice_of(file, n)) == DHK_OK)
            fail_msg("taken with bit %zu of byte %zu flipped", i % 8, i / 8);
        assert_true(fault.text[0] != '\0');
        file[i / 8] ^= (uint8_t)(1U << i % 8);
    }
    assert_int_equal(
        fulltree_check(&r, &fault, &world, slice_of(file, n)), DHK_OK);
    free(file);
}

static void
a_witness_is_not_the_log(void **state)
{
    struct fullanswer_result r;
    struct fullanswer_fault fault;
    uint8_t *file;
    (void)state;
    fulltree_ask(&world, &answer, FULLTREE_CASE, FULLTREE_TRUE);
    size_t n = fulltree_write(&file, &answer);
    struct checkpoint_vkey key[2] = {world.key, world.key};
    key[0].type = CHECKPOINT_COSIGNATURE;
    struct fullanswer_input in = {.key = key, .keys_n = 1};
    assert_int_equal(
        fullanswer_check(slice_of(file, n), &in, &r, &fault), DHK_AUTH);
    in.keys_n = 2;
    assert_int_equal(
        fullanswer_check(slice_of(file, n), &in, &r, &fault), DHK_OK);
    free(file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_taken),
        cmocka_unit_test(everything_is_taken),
        cmocka_unit_test(a_time_is_taken),
        cmocka_unit_test(everybody_is_taken),
        cmocka_unit_test(without_a_roster_partners_are_counted_only),
        cmocka_unit_test(a_log_that_seals_something_else_is_refused),
        cmocka_unit_test(the_answer_to_another_question_is_refused),
        cmocka_unit_test(the_answer_to_a_narrower_question_is_refused),
        cmocka_unit_test(a_witness_is_not_the_log),
        cmocka_unit_test(a_file_cut_off_anywhere_is_refused),
        cmocka_unit_test(every_flipped_bit_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
