/* SPDX-License-Identifier: EUPL-1.2
 *
 * Two turns over what came: the first verifies it and finds the rows, the
 * second (fullanswer_put.c) takes out the entries of these rows with their
 * proofs. */
#include "fullanswer_making.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "fetch.h"
#include "heads.h"
#include "ledgerfetch.h"

static enum dhk_err
want(struct fullanswer_making *x, uint64_t index)
{
    if (x->wanted_n > 0 && x->wanted[x->wanted_n - 1] == index)
        return DHK_OK;
    void *p =
        facts_grow(x->wanted, x->wanted_n, &x->wanted_cap, sizeof *x->wanted);
    if (p == NULL)
        return DHK_NOMEM;
    x->wanted = p;
    x->wanted[x->wanted_n++] = index;
    return DHK_OK;
}

int
fullanswer_compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* --- the first turn: lists --- */

static void
show(struct seallist_shown *out, const struct seallist_row *row, bool open)
{
    memset(out, 0, sizeof *out);
    memcpy(out->blinded, row->blinded, sizeof out->blinded);
    out->open = open;
    memcpy(out->inner, row->inner, sizeof out->inner);
    memcpy(out->salt, row->salt, sizeof out->salt);
    out->rest = slice_of(row->rest, row->rest_n);
}

struct range {
    size_t first, lo, hi, end; /* rows lo..hi-1, with their neighbours */
};

static void
find_range(struct range *out, const struct fullanswer_making *x,
    const uint8_t *salt, const struct seallist_row *rows, size_t n)
{
    uint8_t blinded[SEALLIST_BLINDED];

    *out = (struct range){.hi = n, .end = n};
    if (!x->query.has_case)
        return;
    seallist_blind(blinded, salt, x->query.case_handle);
    seallist_find(&out->lo, &out->hi, rows, n, blinded);
    out->first = out->lo > 0 ? out->lo - 1 : 0;
    out->end = out->hi < n ? out->hi + 1 : n;
}

static enum dhk_err
write_list(struct fullanswer_making *x, const struct fullanswer_record *list,
    const struct seallist_row *rows, const struct range *r)
{
    struct seallist_shown *shown = calloc(list->rows_n + 1, sizeof *shown);
    enum dhk_err rc = shown == NULL ? DHK_NOMEM : DHK_OK;

    for (size_t i = r->first; rc == DHK_OK && i < r->end; i++) {
        struct seallist_rest rest;
        bool open = i >= r->lo && i < r->hi;
        show(&shown[i - r->first], &rows[i], open);
        if (!open)
            continue;
        must(seallist_rest_decode(
                 &rest, slice_of(rows[i].rest, rows[i].rest_n)) == DHK_OK);
        if (fullanswer_fits(&x->query, &rest))
            rc = want(x, rest.index);
    }
    if (rc == DHK_OK)
        rc = fullanswer_write(x->lists, list, shown);
    free(shown);
    return rc;
}

static enum dhk_err
keep_place(struct fullanswer_making *x, const struct facts_entry *at, long from)
{
    void *p =
        facts_grow(x->places, x->places_n, &x->places_cap, sizeof *x->places);
    long end = ftell(x->lists);

    if (p == NULL)
        return DHK_NOMEM;
    if (from < 0 || end < from)
        return DHK_IO;
    x->places = p;
    struct fullanswer_place *place = &x->places[x->places_n++];
    *place = (struct fullanswer_place){
        .seal = at->index, .at = from, .n = (size_t)(end - from)};
    return slice_to_str(at->e->u.seal.partner, place->name, sizeof place->name);
}

static enum dhk_err
take_seal(void *ctx, const struct facts_entry *at,
    const struct seallist_row *rows, size_t n)
{
    struct fullanswer_making *x = ctx;
    const struct entry_seal *s = &at->e->u.seal;
    uint8_t *mem;
    struct sink proof;
    struct range r;

    if (x->query.partner.n > 0 && !slice_equal(x->query.partner, s->partner))
        return DHK_OK;
    mem = malloc((size_t)LIMIT_MULTIPROOF * MERKLE_HASH);
    if (mem == NULL)
        return DHK_NOMEM;
    find_range(&r, x, s->salt, rows, n);
    sink_init(&proof, mem, (size_t)LIMIT_MULTIPROOF * MERKLE_HASH);
    enum dhk_err rc = seallist_prove(&proof, rows, n, r.first, r.end - r.first);
    struct fullanswer_record list = {.type = FULLANSWER_LIST,
        .seal = at->index,
        .first = r.first,
        .rows_n = r.end - r.first,
        .proof = sink_done(&proof)};
    if (rc == DHK_OK)
        rc = want(x, at->index);
    long from = ftell(x->lists);
    if (rc == DHK_OK)
        rc = write_list(x, &list, rows, &r);
    if (rc == DHK_OK)
        rc = keep_place(x, at, from);
    free(mem);
    return rc;
}

static enum dhk_err
keep_node(struct fullanswer_making *x, const uint8_t leaf[MERKLE_HASH])
{
    struct merkle_nodes made;
    enum dhk_err rc = merkle_frontier_append(&x->tree, leaf, &made);

    for (size_t i = 0; rc == DHK_OK && i < made.n; i++) {
        void *p =
            facts_grow(x->nodes, x->nodes_n, &x->nodes_cap, sizeof *x->nodes);
        if (p == NULL)
            return DHK_NOMEM;
        x->nodes = p;
        memcpy(x->nodes[x->nodes_n++], made.hash[i], MERKLE_HASH);
    }
    return rc;
}

/* All pages are of one tree. */
static enum dhk_err
keep_note(struct fullanswer_making *x, struct slice note)
{
    if (x->note_n > 0 && !x->complete &&
        !slice_equal(slice_of(x->note, x->note_n), note))
        return problem_set(x->problem, DHK_STATE,
            "the broker answered under two checkpoints; ask again");
    memcpy(x->note, note.p, note.n); /* ledgerfile.c bounds it */
    x->note_n = note.n;
    return DHK_OK;
}

/* The question itself is the last entry of its tree. */
static enum dhk_err
look_at(struct fullanswer_making *x)
{
    const struct ledgerfile_record *r = x->record;
    enum dhk_err rc = DHK_OK;

    if (r->type == LEDGERFILE_ENTRY) {
        x->question = r->index;
        if (x->complete)
            rc = keep_node(x, r->leaf);
    } else if (r->type == LEDGERFILE_CHECKPOINT) {
        rc = keep_note(x, r->note);
    } else if (r->type == LEDGERFILE_ORIGIN) {
        x->complete = r->complete;
    }
    return rc;
}

static enum dhk_err
first_turn(struct fullanswer_making *x)
{
    struct verify *v = NULL;
    struct verify_fault fault;
    struct verify_result result;
    const char *what = NULL;
    enum dhk_err rc = verify_new(&v, x->m->verify, &fault);

    if (rc == DHK_OK)
        verify_tell_seals(v, take_seal, x);
    if (rc == DHK_OK)
        rc = ledgerfile_open(&x->file, x->spool);
    while (rc == DHK_OK) {
        rc = ledgerfile_read(x->record, x->file, &what);
        if (rc == DHK_OK)
            rc = look_at(x);
        if (rc == DHK_OK)
            rc = verify_record(v, x->record, &fault);
    }
    if (rc == DHK_NOTFOUND)
        rc = verify_finish(v, &result, &fault);
    if (rc != DHK_OK && fault.text[0] != '\0')
        (void)problem_set(x->problem, rc, "NOT verified: %s", fault.text);
    verify_destroy(&v);
    ledgerfile_destroy(&x->file);
    if (rc != DHK_OK)
        return rc;
    if (x->places_n == 0)
        return problem_set(x->problem, DHK_NOTFOUND,
            "the broker made no seal of what was asked about");
    rc = want(x, x->question);
    qsort(x->wanted, x->wanted_n, sizeof *x->wanted, fullanswer_compare);
    return rc;
}

/* --- asking --- */

static enum dhk_err
spool(void *ctx, const struct ledgerfile_record *record)
{
    struct fullanswer_making *x = ctx;

    return ledgerfile_write(x->file, record);
}

static void
spool_progress(void *ctx, uint64_t done, uint64_t total)
{
    const struct fullanswer_making *x = ctx;

    if (x->m->progress != NULL)
        x->m->progress(x->m->ctx, done, total);
}

static enum dhk_err
ask(struct fullanswer_making *x)
{
    const struct ledgerfetch fetch = {.node = x->m->node,
        .timeout_ms = x->m->timeout_ms,
        .emit = spool,
        .progress = spool_progress,
        .ctx = x,
        .answer = &x->query};
    enum dhk_err rc =
        fetch_consistency(x->m->node, x->m->timeout_ms, x->problem);
    const struct checkpoint *head = heads_last(x->m->node->heads);

    if (rc != DHK_OK)
        return rc;
    if (head == NULL)
        return problem_set(
            x->problem, DHK_NOTFOUND, "the broker has no signed ledger yet");
    x->query.what = QUERY_ANSWER;
    x->query.until = head->size;
    rc = ledgerfile_create(&x->file, x->spool);
    if (rc == DHK_OK)
        rc = ledgerfetch_run(&fetch, x->problem);
    if (rc == DHK_OK)
        rc = ledgerfile_finish(x->file);
    ledgerfile_destroy(&x->file);
    rewind(x->spool);
    return rc;
}

static enum dhk_err
start(struct fullanswer_making *x)
{
    x->spool = tmpfile();
    x->lists = tmpfile();
    if (x->spool == NULL || x->lists == NULL)
        return problem_set(
            x->problem, DHK_IO, "a temporary file: %s", strerror(errno));
    merkle_frontier_init(&x->tree);
    x->record = malloc(sizeof *x->record);
    x->page_index = calloc(FULLANSWER_PAGE, sizeof *x->page_index);
    x->page_leaf = calloc(FULLANSWER_PAGE, sizeof *x->page_leaf);
    return x->record == NULL || x->page_index == NULL || x->page_leaf == NULL
               ? DHK_NOMEM
               : DHK_OK;
}

enum dhk_err
fullanswer_make(const struct fullanswer_make *m, bool *out_failed,
    struct dhk_problem *problem)
{
    struct fullanswer_making x = {
        .m = m, .problem = problem, .query = *m->query};
    enum dhk_err rc = start(&x);

    if (rc == DHK_OK)
        rc = ask(&x);
    if (rc == DHK_OK)
        rc = first_turn(&x);
    if (rc == DHK_OK) {
        rewind(x.spool);
        rc = fullanswer_put(&x);
    }
    *out_failed = x.out_failed;
    if (x.spool != NULL)
        (void)fclose(x.spool);
    if (x.lists != NULL)
        (void)fclose(x.lists);
    for (size_t i = 0; i < x.kept_n; i++)
        free(x.kept[i].bytes);
    free(x.record);
    free(x.page_index);
    free(x.page_leaf);
    free(x.kept);
    free(x.places);
    free(x.nodes);
    free(x.wanted);
    return rc;
}
