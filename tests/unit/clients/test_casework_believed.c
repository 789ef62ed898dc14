/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cases at a node: what the broker shows is believed as far as it is proved,
 * and what is kept is this node's alone. */
#include "caseworktest.h"

#include <dirent.h>

#include "file.h"

/* --- what is not believed --- */

static size_t
evidence(const struct dhk_node *node)
{
    const struct dirent *e;
    size_t n = 0;
    DIR *d = opendir(node->broker_dir);

    assert_non_null(d);
    while ((e = readdir(d)) != NULL)
        n += strncmp(e->d_name, "evidence-", 9) == 0 ? 1 : 0;
    (void)closedir(d);
    return n;
}

static void
not_believed(enum desk_fault fault, enum dhk_err rc, const char *why)
{
    struct dhk_node *node = talk(RING_OM);
    struct casework *c;

    desk.fault = fault;
    enum dhk_err got = casework_ask(node, handle, &problem);
    if (got != rc || strstr(problem.text, why) == NULL)
        fail_msg("%d, %s", (int)got, problem.text);
    desk.fault = DESK_HONEST;
    c = seen(node);
    assert_int_equal(c->n, 0);
    assert_int_equal(c->store.asked, 0);
    casework_close(&c);
}

static void
what_a_lying_broker_shows_is_not_taken(void **state)
{
    (void)state;
    (void)states(RING_POLITIE, ACT_REPORT);
    (void)states(RING_POLITIE, ACT_BRING);
    not_believed(DESK_FORGED, DHK_AUTH, "not its partner's");
    not_believed(DESK_OTHER_CASE, DHK_AUTH, "no statement about this case");
    not_believed(DESK_NO_STATED, DHK_AUTH, "no statement about this case");
    not_believed(DESK_WEIGHER, DHK_AUTH, "something else by the agreement");
    not_believed(DESK_ALONE, DHK_AUTH, "something else by the agreement");
    not_believed(DESK_BACKWARD, DHK_FORMAT, "does not ascend");
    assert_true(evidence(ring->partner[RING_OM].node) > 0);
    desk.fault = DESK_SILENT;
    assert_int_equal(
        casework_ask(talk(RING_OM), handle, &problem), DHK_NOTFOUND);
    desk.fault = DESK_HONEST;
    ok(casework_ask(talk(RING_OM), handle, &problem));
    assert_int_equal(seen_phase(RING_OM, NULL), ACT_PHASE_BROUGHT);
}

static void
another_entry_in_its_place_is_evidence(void **state)
{
    struct dhk_node *node;

    (void)state;
    (void)states(RING_POLITIE, ACT_REPORT);
    node = talk(RING_GEMEENTE);
    /* sees it as the one whom it names */
    (void)states(RING_POLITIE, ACT_ASSIGN);
    node = talk(RING_GEMEENTE);
    ok(casework_ask(node, handle, &problem));
    struct casestore s;
    ok(casestore_load(&s, node, handle, &problem));
    s.whole = 0; /* asks for all once more */
    ok(casestore_save(&s, node, handle, &problem));
    casestore_clear(&s);
    desk.fault = DESK_CHANGED;
    assert_int_equal(casework_ask(node, handle, &problem), DHK_AUTH);
    assert_non_null(strstr(problem.text, "another one before"));
    assert_int_equal(seen_phase(RING_GEMEENTE, NULL), ACT_PHASE_REPORTED);
}

static void
without_a_key_card_a_statement_counts_for_nothing(void **state)
{
    struct casework *c;
    struct dhk_node *node;

    (void)state;
    (void)states(RING_POLITIE, ACT_REPORT);
    (void)states(RING_OM, ACT_BRING);
    node = talk(RING_OM);
    cards_clear(node->cards);
    desk.fault = DESK_NO_CARD;
    ok(casestore_forget(node, handle, &problem));
    ok(casework_ask(node, handle, &problem));
    c = seen(node);
    assert_int_equal(c->store.unproved, 1);
    assert_int_equal(c->store.whole, 0);
    assert_int_equal(c->n, 1);
    assert_int_equal(c->course.phase, ACT_PHASE_BROUGHT);
    casework_close(&c);
    desk.fault = DESK_HONEST;
    ok(casework_ask(talk(RING_OM), handle, &problem));
    c = seen(node);
    assert_int_equal(c->store.unproved, 0);
    assert_int_equal(c->n, 2);
    casework_close(&c);
}

/* --- the store --- */

static void
nobody_else_reads_or_changes_what_is_kept(void **state)
{
    struct dhk_node *node;
    struct casework *c = NULL;
    char path[NODE_PATH], folder[NODE_PATH];
    uint8_t *bytes = NULL;
    size_t n = 0;

    (void)state;
    (void)states(RING_POLITIE, ACT_REPORT);
    node = ring->partner[RING_POLITIE].node;
    ok(node_path(folder, node->broker_dir, "courses"));
    ok(node_path(path, folder, "07010203000000000000000000000000"));
    ok(file_read(&bytes, &n, path, 65536));
    assert_null(memmem(bytes, n, "politie", 7));
    assert_null(memmem(bytes, n, handle, sizeof handle));
    bytes[n - 1] ^= 1;
    ok(file_write(path, slice_of(bytes, n), 0600));
    assert_int_equal(casework_open(&c, node, handle, &problem), DHK_AUTH);
    assert_non_null(strstr(problem.text, path));
    file_free(&bytes, n);
    ok(casestore_forget(node, handle, &problem));
    ok(casestore_forget(node, handle, &problem));
    assert_int_equal(seen_phase(RING_POLITIE, NULL), ACT_PHASE_NONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
        T(what_a_lying_broker_shows_is_not_taken),
        T(another_entry_in_its_place_is_evidence),
        T(without_a_key_card_a_statement_counts_for_nothing),
        T(nobody_else_reads_or_changes_what_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
