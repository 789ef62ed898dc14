/* SPDX-License-Identifier: EUPL-1.2
 *
 * A complete answer that does not show all rows of the case, or of the list,
 * is refused, however well what it shows is proved. */
#include "fulltree.h"

static struct fulltree world;
static struct fulltree_answer answer;

static struct fulltree_record *
list(uint64_t seal)
{
    return &answer.rec[fulltree_find(&answer, FULLANSWER_LIST, seal)];
}

static void
drop_row(struct fulltree_record *l, size_t i)
{
    l->r.rows_n--;
    memmove(&l->row[i], &l->row[i + 1], (l->r.rows_n - i) * sizeof l->row[0]);
}

static void
swap_rows(struct fulltree_record *l, size_t i, size_t j)
{
    struct seallist_shown row = l->row[i];

    l->row[i] = l->row[j];
    l->row[j] = row;
}

/* gemeente's first list: closed B, the two of A, closed C. */
static void
row_dropped(void)
{
    drop_row(list(FULLTREE_SEALED), 1);
}

/* With a right proof of the rows that are left. */
static void
row_dropped_and_proved(void)
{
    struct fulltree_run run = {0, 0, 1, 2, 2};

    fulltree_shown(list(FULLTREE_SEALED), &answer, &world, &run);
}

static void
row_dropped_with_its_neighbour(void)
{
    struct fulltree_run run = {0, 2, 2, 3, 4};

    fulltree_shown(list(FULLTREE_SEALED), &answer, &world, &run);
}

static void
row_added(void)
{
    struct fulltree_record *l = list(FULLTREE_SEALED);

    l->row[4] = l->row[3];
    l->row[3] = l->row[2];
    l->r.rows_n++;
}

static void
row_of_another_list(void)
{
    list(FULLTREE_SEALED)->row[1] = list(FULLTREE_RESEALED)->row[1];
}

static void
rows_reordered(void)
{
    swap_rows(list(FULLTREE_SEALED), 1, 2);
}

static void
row_closed(void)
{
    list(FULLTREE_SEALED)->row[1].open = false;
}

static void
neighbour_opened(void)
{
    struct fulltree_run run = {0, 0, 0, 3, 4};

    fulltree_shown(list(FULLTREE_SEALED), &answer, &world, &run);
}

static void
neighbour_left_dropped(void)
{
    struct fulltree_run run = {0, 1, 1, 3, 4};

    fulltree_shown(list(FULLTREE_SEALED), &answer, &world, &run);
}

static void
neighbour_right_dropped(void)
{
    struct fulltree_run run = {0, 0, 1, 3, 3};

    fulltree_shown(list(FULLTREE_SEALED), &answer, &world, &run);
}

static void
neighbours_swapped(void)
{
    swap_rows(list(FULLTREE_SEALED), 0, 3);
}

/* Said to stand one place further. */
static void
rows_shifted(void)
{
    list(FULLTREE_SEALED)->r.first++;
}

/* As if the case had no row: the two that stand around it. */
static void
case_between_neighbours(void)
{
    struct fulltree_record *l = list(FULLTREE_SEALED);

    drop_row(l, 1);
    drop_row(l, 1);
}

static void
no_rows(void)
{
    struct fulltree_record *l = list(FULLTREE_SEALED);

    l->r.rows_n = l->r.first = 0;
    l->r.proof.n = 0;
}

static void
rest_altered(void)
{
    static uint8_t rest[SEALLIST_REST];
    struct seallist_shown *row = &list(FULLTREE_SEALED)->row[1];

    memcpy(rest, row->rest.p, row->rest.n);
    rest[row->rest.n - 1]++; /* the index */
    row->rest.p = rest;
}

static void
row_hash_missing(void)
{
    list(FULLTREE_RESEALED + 1)->r.proof.n = MERKLE_HASH;
    list(FULLTREE_RESEALED + 1)->r.proof.p = world.note;
}

/* Of everything, the first or last row left out, the others well proved. */
static void
first_of_all_dropped(void)
{
    struct fulltree_run run = {0, 1, 1, 4, 4};

    fulltree_shown(list(FULLTREE_SEALED), &answer, &world, &run);
}

static void
last_of_all_dropped(void)
{
    struct fulltree_run run = {0, 0, 0, 3, 3};

    fulltree_shown(list(FULLTREE_SEALED), &answer, &world, &run);
}

static const struct {
    const char *name; /* of the golden file */
    enum fulltree_about about;
    void (*alter)(void);
} alterations[] = {
    {"row-dropped", FULLTREE_CASE, row_dropped},
    {"row-dropped-and-proved", FULLTREE_CASE, row_dropped_and_proved},
    {"row-dropped-with-its-neighbour", FULLTREE_CASE,
        row_dropped_with_its_neighbour},
    {"row-added", FULLTREE_CASE, row_added},
    {"row-of-another-list", FULLTREE_CASE, row_of_another_list},
    {"rows-reordered", FULLTREE_CASE, rows_reordered},
    {"row-closed", FULLTREE_CASE, row_closed},
    {"row-dropped-of-all", FULLTREE_EVERYTHING, row_dropped},
    {"row-added-to-all", FULLTREE_EVERYTHING, row_added},
    {"rows-reordered-of-all", FULLTREE_EVERYTHING, rows_reordered},
    {"row-closed-of-all", FULLTREE_EVERYTHING, row_closed},
    {"neighbour-opened", FULLTREE_CASE, neighbour_opened},
    {"neighbour-left-dropped", FULLTREE_CASE, neighbour_left_dropped},
    {"neighbour-right-dropped", FULLTREE_CASE, neighbour_right_dropped},
    {"neighbours-swapped", FULLTREE_CASE, neighbours_swapped},
    {"rows-shifted", FULLTREE_CASE, rows_shifted},
    {"case-between-neighbours", FULLTREE_CASE, case_between_neighbours},
    {"no-rows", FULLTREE_CASE, no_rows},
    {"no-rows-of-all", FULLTREE_EVERYTHING, no_rows},
    {"rest-altered", FULLTREE_CASE, rest_altered},
    {"proof-of-no-rows", FULLTREE_EVERYBODY, row_hash_missing},
    {"first-row-of-all-dropped", FULLTREE_EVERYTHING, first_of_all_dropped},
    {"last-row-of-all-dropped", FULLTREE_EVERYTHING, last_of_all_dropped},
};

static void
a_list_not_shown_whole_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof alterations / sizeof alterations[0]; i++) {
        fulltree_ask(&world, &answer, alterations[i].about, FULLTREE_TRUE);
        alterations[i].alter();
        fulltree_refused(
            &world, &answer, "is not shown whole", alterations[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_not_shown_whole_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
