/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading the ledger from a broker that may lie: what it changed must never
 * be handed out. */
#include "fake_broker.h"

#include <stdlib.h>

#include "heads.h"
#include "reader.h"

/* --- the node ---------------------------------------------------------------
 */

static struct dhk_node *
node_new(struct fake_broker *b)
{
    struct dhk_node *node = calloc(1, sizeof *node);
    assert_non_null(node);
    node->session = (struct session *)(uintptr_t)b;
    node->secret.sign = b->card;
    ok(heads_open(&node->heads, NULL, fake_broker_key(), NULL));
    return node;
}

static void
node_destroy(struct dhk_node *node)
{
    heads_destroy(&node->heads);
    free(node);
}

/* NODE saw the head of SIZE before. */
static void
saw(struct dhk_node *node, struct fake_broker *b, uint64_t size)
{
    uint8_t note[LIMIT_CHECKPOINT];
    struct sink n;
    sink_init(&n, note, sizeof note);
    ok(heads_saw(node->heads, fake_broker_note(b, &n, size), NULL));
    ok(heads_prove(node->heads, slice_of(NULL, 0), NULL));
}

/* Reads all; what is handed out must be true. The number of entries. */
static size_t
read_all(struct dhk_node *node, const struct query *q, enum dhk_err *end)
{
    struct reader *r = NULL;
    struct slice bytes;
    uint8_t text[TEXT];
    uint64_t index = 0, least = q->from;
    size_t n = 0;
    *end = reader_open(&r, node, q, 1000, NULL);
    while (*end == DHK_OK) {
        *end = reader_next(r, &index, &bytes, NULL);
        if (*end != DHK_OK)
            break;
        assert_true(index >= least);
        assert_true(slice_equal(
            bytes, slice_of(text, fake_broker_text(text, index, false))));
        assert_int_equal(reader_page(r)->index[reader_place(r)], index);
        least = index + 1;
        n++;
    }
    if (r != NULL) /* the end stays the end */
        assert_int_equal(reader_next(r, &index, &bytes, NULL), *end);
    reader_close(&r);
    assert_null(r);
    return n;
}

static void
entries_come_once_and_in_order(void **state)
{
    struct query q = {.purpose = QUERY_COURT};
    (void)state;
    for (uint64_t step = 1; step <= SIZE; step++) {
        q.what = step % 2 == 0 ? QUERY_LIST : QUERY_FETCH;
        struct fake_broker *b = fake_broker_new();
        struct dhk_node *node = node_new(b);
        enum dhk_err end;
        b->step = step;
        assert_int_equal(read_all(node, &q, &end), (SIZE + step - 1) / step);
        assert_int_equal(end, DHK_NOTFOUND);
        assert_int_equal(b->query.purpose, QUERY_COURT);
        assert_int_equal(heads_last(node->heads)->size, SIZE);
        node_destroy(node);
        fake_broker_destroy(b);
    }
}

static void
nothing_found_is_no_error(void **state)
{
    const struct query q = {.purpose = QUERY_INTERNAL, .what = QUERY_LIST};
    struct fake_broker *b = fake_broker_new();
    struct dhk_node *node = node_new(b);
    enum dhk_err end;
    (void)state;
    b->step = 0;
    assert_int_equal(read_all(node, &q, &end), 0);
    assert_int_equal(end, DHK_NOTFOUND);
    node_destroy(node);
    fake_broker_destroy(b);
}

static void
a_complete_ledger_needs_no_proof_in_its_pages(void **state)
{
    struct query q = {.purpose = QUERY_INTEGRITY, .what = QUERY_FETCH};
    (void)state;
    for (uint64_t until = 0; until <= SIZE; until++) {
        struct fake_broker *b = fake_broker_new();
        struct dhk_node *node = node_new(b);
        enum dhk_err end;
        b->whole = true;
        q.until = b->until = until;
        assert_int_equal(read_all(node, &q, &end), until == 0 ? SIZE : until);
        assert_int_equal(end, DHK_NOTFOUND);
        /* one for each page that does not bring the end */
        assert_int_equal(
            b->proofs, b->pages - (until == 0 || until == SIZE ? 1 : 0));
        node_destroy(node);
        fake_broker_destroy(b);
    }
}

static void
one_entry_comes_with_its_proof(void **state)
{
    struct query q = {.purpose = QUERY_COURT, .what = QUERY_PROVE, .from = 11};
    struct fake_broker *b = fake_broker_new();
    struct dhk_node *node = node_new(b);
    struct reader *r = NULL;
    struct slice bytes;
    uint64_t index;
    uint8_t mem[16384];
    struct sink text;
    (void)state;
    b->until = 12;
    ok(reader_open(&r, node, &q, 1000, NULL));
    assert_int_equal(reader_own_index(r), OWN);
    ok(reader_next(r, &index, &bytes, NULL));
    assert_int_equal(index, 11);
    sink_init(&text, mem, sizeof mem);
    ok(receipt_proof(&text, reader_page(r), reader_place(r)));
    assert_int_equal(reader_next(r, &index, &bytes, NULL), DHK_NOTFOUND);
    reader_close(&r);
    node_destroy(node);
    fake_broker_destroy(b);
}

static void
another_entry_than_was_asked_for_is_refused(void **state)
{
    struct query q = {.purpose = QUERY_COURT, .what = QUERY_SHOW, .from = 11};
    struct fake_broker *b = fake_broker_new();
    struct dhk_node *node = node_new(b);
    enum dhk_err end;
    (void)state;
    b->until = 13; /* two */
    assert_int_equal(read_all(node, &q, &end), 0);
    assert_int_equal(end, DHK_FORMAT);
    q.what = QUERY_LIST;
    q.until = 12;
    b->pages = 0;
    assert_int_equal(read_all(node, &q, &end), 0);
    assert_int_equal(end, DHK_FORMAT);
    node_destroy(node);
    fake_broker_destroy(b);
}

struct lie {
    enum fault fault;
    bool whole;
    size_t page;
    enum dhk_err rc;
};

static void
try_lie(const struct lie *lie)
{
    struct query q = {.purpose = QUERY_INTEGRITY,
        .what = lie->whole ? QUERY_FETCH : QUERY_LIST};
    struct fake_broker *b = fake_broker_new();
    struct dhk_node *node = node_new(b);
    enum dhk_err end;
    b->whole = lie->whole;
    b->fault = lie->fault;
    b->fault_page = lie->page;
    /* nothing of the page in which it happens */
    size_t n = read_all(node, &q, &end);
    if (n != lie->page * PAGE || end != lie->rc)
        print_message("fault %d, whole %d, page %d\n", (int)lie->fault,
            (int)lie->whole, (int)lie->page);
    assert_int_equal(end, lie->rc);
    assert_int_equal(n, lie->page * PAGE);
    node_destroy(node);
    fake_broker_destroy(b);
}

static void
a_page_with_a_lie_is_not_handed_out(void **state)
{
    static const struct lie lies[] = {
        {FAULT_ENTRY, false, 0, DHK_AUTH},
        {FAULT_ENTRY, false, 3, DHK_AUTH},
        {FAULT_ENTRY, true, 0, DHK_AUTH},
        {FAULT_ENTRY, true, 2, DHK_AUTH},
        {FAULT_ENTRY, true, 5, DHK_AUTH},
        {FAULT_PLACE, false, 0, DHK_FORMAT},
        {FAULT_PLACE, false, 4, DHK_FORMAT},
        {FAULT_PLACE, true, 1, DHK_FORMAT},
        {FAULT_STRANGER, false, 0, DHK_AUTH},
        {FAULT_STRANGER, true, 1, DHK_AUTH},
        {FAULT_ORIGIN, false, 1, DHK_AUTH},
        {FAULT_LEFT_OUT, true, 0, DHK_AUTH},
        {FAULT_LEFT_OUT, true, 5, DHK_AUTH},
        {FAULT_MIXED, true, 1, DHK_AUTH},
        {FAULT_CUT, true, 0, DHK_AUTH},
        {FAULT_CUT, true, 3, DHK_AUTH},
        {FAULT_AGAIN, false, 2, DHK_FORMAT},
        {FAULT_AGAIN, true, 2, DHK_FORMAT},
        {FAULT_STAY, false, 2, DHK_FORMAT},
        {FAULT_STAY, true, 1, DHK_FORMAT},
        {FAULT_FAR, false, 0, DHK_FORMAT},
        {FAULT_OVERLAP, false, 1, DHK_FORMAT},
        {FAULT_OTHER_OWN, false, 1, DHK_FORMAT},
        {FAULT_SILENT, false, 0, DHK_NOTFOUND},
        {FAULT_SILENT, false, 2, DHK_IO},
        {FAULT_SILENT, true, 2, DHK_IO},
        {FAULT_LOST, false, 0, DHK_NOTFOUND},
        {FAULT_LOST, true, 3, DHK_IO},
        {FAULT_OBJECT, false, 0, DHK_FORMAT},
        {FAULT_PROOF, true, 0, DHK_AUTH},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++)
        try_lie(&lies[i]);
}

static void
a_broker_that_never_comes_to_an_end_is_refused(void **state)
{
    const struct query q = {.purpose = QUERY_COURT, .what = QUERY_LIST};
    struct fake_broker *b = fake_broker_new();
    struct dhk_node *node = node_new(b);
    enum dhk_err end;
    (void)state;
    b->step = 0;
    b->fault = FAULT_LOOP;
    assert_int_equal(read_all(node, &q, &end), 0);
    assert_int_equal(end, DHK_FORMAT);
    assert_int_equal(b->pages, 2);
    node_destroy(node);
    fake_broker_destroy(b);
}

static void
a_head_without_the_question_itself_is_refused(void **state)
{
    const struct query q = {.purpose = QUERY_COURT, .what = QUERY_LIST};
    struct fake_broker *b = fake_broker_new();
    struct dhk_node *node = node_new(b);
    enum dhk_err end;
    (void)state;
    b->head = OWN;
    assert_int_equal(read_all(node, &q, &end), 0);
    assert_int_equal(end, DHK_AUTH);
    node_destroy(node);
    fake_broker_destroy(b);
}

/* A tree of its own, signed by the true key, entries and proofs to match. */
static void
a_ledger_that_contradicts_what_was_seen_is_refused(void **state)
{
    struct query q = {.purpose = QUERY_INTEGRITY, .what = QUERY_LIST};
    static const uint64_t sizes[] = {1, 38, SIZE};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct fake_broker *b = fake_broker_new();
        struct dhk_node *node = node_new(b);
        enum dhk_err end;
        saw(node, b, sizes[i]);
        b->fault = FAULT_FORK;
        assert_int_equal(read_all(node, &q, &end), 0);
        assert_int_equal(end, DHK_STATE);
        node_destroy(node);
        fake_broker_destroy(b);
    }
}

static void
an_older_head_must_be_part_of_what_was_seen(void **state)
{
    struct query q = {.purpose = QUERY_INTEGRITY, .what = QUERY_LIST};
    (void)state;
    for (int forked = 0; forked < 2; forked++) {
        struct fake_broker *b = fake_broker_new();
        struct dhk_node *node = node_new(b);
        enum dhk_err end;
        saw(node, b, SIZE);
        b->head = OWN + 1;
        b->fault = forked ? FAULT_FORK : FAULT_NONE;
        assert_int_equal(read_all(node, &q, &end), forked ? 0 : OWN + 1);
        assert_int_equal(end, forked ? DHK_AUTH : DHK_NOTFOUND);
        node_destroy(node);
        fake_broker_destroy(b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_once_and_in_order),
        cmocka_unit_test(nothing_found_is_no_error),
        cmocka_unit_test(a_complete_ledger_needs_no_proof_in_its_pages),
        cmocka_unit_test(one_entry_comes_with_its_proof),
        cmocka_unit_test(another_entry_than_was_asked_for_is_refused),
        cmocka_unit_test(a_page_with_a_lie_is_not_handed_out),
        cmocka_unit_test(a_broker_that_never_comes_to_an_end_is_refused),
        cmocka_unit_test(a_head_without_the_question_itself_is_refused),
        cmocka_unit_test(a_ledger_that_contradicts_what_was_seen_is_refused),
        cmocka_unit_test(an_older_head_must_be_part_of_what_was_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
