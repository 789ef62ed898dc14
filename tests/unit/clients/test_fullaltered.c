/* SPDX-License-Identifier: EUPL-1.2
 *
 * A complete answer with an entry, seal or list left out, added, moved or
 * altered, or about another question, is refused, and for that reason. */
#include "fulltree.h"

static struct fulltree world;
static struct fulltree_answer answer;

static struct fulltree_record *
list(uint64_t seal)
{
    return &answer.rec[fulltree_find(&answer, FULLANSWER_LIST, seal)];
}

static struct fulltree_record *
entry(uint64_t index)
{
    return &answer.rec[fulltree_find(&answer, FULLANSWER_ENTRY, index)];
}

/* --- alterations: entries --- */

static void
drop_entry(uint64_t index)
{
    fulltree_drop(&answer, fulltree_find(&answer, FULLANSWER_ENTRY, index));
}

static void
entry_dropped(void)
{
    drop_entry(FULLTREE_TAKEN);
}

/* The entry must be there to show that it is of another time. */
static void
another_time_dropped(void)
{
    drop_entry(FULLTREE_AGAIN);
}

static void
seal_entry_dropped(void)
{
    drop_entry(FULLTREE_RESEALED);
}

static void
question_dropped(void)
{
    drop_entry(FULLTREE_QUESTION);
}

/* B, of another case: behind A, so that the order is right. */
static void
entry_added(void)
{
    struct fulltree_record e;

    fulltree_entry(&e, &answer, &world, FULLTREE_B);
    fulltree_insert(&answer, 2, &e);
}

static void
entry_replaced(void)
{
    entry_added();
    drop_entry(FULLTREE_A);
}

/* Its bytes and proof are of another entry. */
static void
entry_misnamed(void)
{
    struct fulltree_record *e = entry(FULLTREE_A);

    fulltree_entry(e, &answer, &world, FULLTREE_B);
    e->r.index = FULLTREE_A;
}

static void
entry_altered(void)
{
    world.mem[FULLTREE_A][20] ^= 1; /* what the record points to */
}

static void
entry_twice(void)
{
    fulltree_insert(&answer, 2, &answer.rec[1]);
}

static void
entries_swapped(void)
{
    fulltree_insert(&answer, 1, &answer.rec[2]);
    fulltree_drop(&answer, 3);
}

static void
entry_behind_the_lists(void)
{
    size_t at = fulltree_find(&answer, FULLANSWER_ENTRY, FULLTREE_QUESTION);

    fulltree_insert(&answer, at + 2, &answer.rec[at]);
    fulltree_drop(&answer, at);
}

/* --- alterations: seals --- */

static void
drop_list(uint64_t seal)
{
    fulltree_drop(&answer, fulltree_find(&answer, FULLANSWER_LIST, seal));
}

static void
first_list_dropped(void)
{
    drop_list(FULLTREE_SEALED);
}

static void
last_list_dropped(void)
{
    drop_list(FULLTREE_RESEALED);
}

static void
lists_swapped(void)
{
    size_t at = fulltree_find(&answer, FULLANSWER_LIST, FULLTREE_SEALED);

    fulltree_insert(&answer, at + 2, &answer.rec[at]);
    fulltree_drop(&answer, at);
}

static void
list_twice(void)
{
    size_t at = fulltree_find(&answer, FULLANSWER_LIST, FULLTREE_RESEALED);

    fulltree_insert(&answer, at, &answer.rec[at]);
}

static void
lists_all_dropped(void)
{
    first_list_dropped();
    last_list_dropped();
}

/* The second list's rows under the first seal. */
static void
list_of_another_seal(void)
{
    struct fulltree_record *l = list(FULLTREE_SEALED);

    *l = *list(FULLTREE_RESEALED);
    l->r.seal = FULLTREE_SEALED;
}

static void
seal_that_is_none(void)
{
    list(FULLTREE_SEALED)->r.seal = FULLTREE_A;
}

/* om's first list, seal and all, in the place of gemeente's. */
static void
list_of_another_partner(void)
{
    struct fulltree_run run = {2, 0, 0, 1, 1};

    fulltree_shown(list(FULLTREE_SEALED), &answer, &world, &run);
    fulltree_entry(
        entry(FULLTREE_SEALED), &answer, &world, FULLTREE_SEALED + 1);
}

/* politie's chain before om's. */
static void
partners_out_of_order(void)
{
    size_t at = fulltree_find(&answer, FULLANSWER_LIST, FULLTREE_SEALED + 1);

    for (size_t i = 0; i < 2; i++) {
        fulltree_insert(&answer, at + 4, &answer.rec[at]);
        fulltree_drop(&answer, at);
    }
}

/* om's first list among politie's. */
static void
chain_interrupted(void)
{
    size_t at = fulltree_find(&answer, FULLANSWER_LIST, FULLTREE_SEALED + 2);

    fulltree_insert(&answer, at + 1, list(FULLTREE_SEALED + 1));
}

static void
lists_of_one_end_early(void)
{
    drop_list(FULLTREE_RESEALED + 1);
    drop_entry(FULLTREE_RESEALED + 1);
}

/* --- alterations: the checkpoint and the question --- */

static void
head_of_another_question(void)
{
    answer.rec[0].r.query = FULLTREE_ASKED;
}

static void
head_of_no_question(void)
{
    answer.rec[0].r.query = FULLTREE_A;
}

static void
head_missing(void)
{
    fulltree_drop(&answer, 0);
}

static void
head_twice(void)
{
    fulltree_insert(&answer, 1, &answer.rec[0]);
}

/* Signed, of the same log, when it was smaller. */
static void
head_of_another_tree(void)
{
    fulltree_sign(&world, FULLTREE_SIZE - 1);
    answer.rec[0].r.note.n = world.note_n;
}

static void
end_counts_more(void)
{
    answer.more = 1;
}

static const struct {
    const char *name; /* of the golden file */
    enum fulltree_about about;
    void (*alter)(void);
    const char *why;
} alterations[] = {
    {"entry-dropped", FULLTREE_CASE, entry_dropped,
        "entry 5, which the list of "
        "gemeente has, was left out"},
    {"entry-dropped-of-taken", FULLTREE_OUTCOME, entry_dropped, "was left out"},
    {"entry-dropped-of-another-time", FULLTREE_TIMES, another_time_dropped,
        "entry 9, which the list of gemeente has, was left out"},
    {"seal-entry-dropped", FULLTREE_CASE, seal_entry_dropped,
        "entry 11, the seal of a list, is not there"},
    {"question-dropped", FULLTREE_CASE, question_dropped,
        "the entry of the question is not there"},
    {"entry-added", FULLTREE_CASE, entry_added,
        "entry 2 is nothing that was asked for"},
    {"entry-replaced", FULLTREE_CASE, entry_replaced,
        "entry 1, which the list of gemeente has, was left out"},
    {"entry-misnamed", FULLTREE_CASE, entry_misnamed,
        "entry 1 is not in the signed ledger"},
    {"entry-altered", FULLTREE_CASE, entry_altered,
        "entry 1 is not in the signed ledger"},
    {"entry-twice", FULLTREE_CASE, entry_twice, "entry 1 is out of order"},
    {"entries-swapped", FULLTREE_CASE, entries_swapped,
        "entry 1 is out of order"},
    {"entry-behind-lists", FULLTREE_CASE, entry_behind_the_lists,
        "the entry of the question is not there"},
    {"first-list-dropped", FULLTREE_CASE, first_list_dropped,
        "entry 11 does not go on where the one before it ended"},
    {"last-list-dropped", FULLTREE_CASE, last_list_dropped,
        "the seals of gemeente end at entry 6, but the question was about all "
        "up to entry 11"},
    {"lists-swapped", FULLTREE_CASE, lists_swapped,
        "entry 11 does not go on where the one before it ended"},
    {"list-twice", FULLTREE_CASE, list_twice,
        "entry 11 does not go on where the one before it ended"},
    {"no-lists", FULLTREE_CASE, lists_all_dropped, "it has no list at all"},
    {"list-of-another-seal", FULLTREE_CASE, list_of_another_seal,
        "that entry 6 seals is not shown whole"},
    {"seal-that-is-none", FULLTREE_CASE, seal_that_is_none,
        "entry 1, the seal of a list, is not there"},
    {"list-of-another-partner", FULLTREE_CASE, list_of_another_partner,
        "a list is of another partner than the one asked about"},
    {"partners-out-of-order", FULLTREE_EVERYBODY, partners_out_of_order,
        "the lists are not in order"},
    {"chain-interrupted", FULLTREE_EVERYBODY, chain_interrupted,
        "the seals of politie end at entry 6"},
    {"lists-of-one-end-early", FULLTREE_EVERYBODY, lists_of_one_end_early,
        "the seals of om end at entry 6"},
    {"head-of-another-question", FULLTREE_EVERYTHING, head_of_another_question,
        "entry 14 is nothing that was asked for"},
    {"head-of-no-question", FULLTREE_CASE, head_of_no_question,
        "the entry of the question is not there"},
    {"head-missing", FULLTREE_CASE, head_missing,
        "the checkpoint stands first, and once"},
    {"head-twice", FULLTREE_CASE, head_twice,
        "the checkpoint stands first, and once"},
    {"head-of-another-tree", FULLTREE_CASE, head_of_another_tree,
        "entry 1 is not in the signed ledger"},
    {"end-counts-more", FULLTREE_CASE, end_counts_more, "records are missing"},
};

static void
whatever_is_altered_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof alterations / sizeof alterations[0]; i++) {
        fulltree_ask(&world, &answer, alterations[i].about, FULLTREE_TRUE);
        alterations[i].alter();
        fulltree_refused(
            &world, &answer, alterations[i].why, alterations[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_altered_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
