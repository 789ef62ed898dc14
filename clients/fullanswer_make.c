/* SPDX-License-Identifier: EUPL-1.2
 *
 * Two turns over what came: the first verifies it and finds the rows, the
 * second takes out the entries of these rows with their proofs. */
#include "fullanswer_make.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "fetch.h"
#include "fullanswer.h"
#include "heads.h"
#include "ledgerfetch.h"
#include "merkle.h"

enum { PAGE_MAX = 4096 };

struct kept { /* an entry of a page, until its proof is there */
    uint64_t index;
    uint8_t *bytes;
    size_t n, place;
};
struct place { /* of a list in the file of lists */
    char name[LIMIT_NAME + 1];
    uint64_t seal;
    long at;
    size_t n;
};
struct making {
    const struct fullanswer_make *m;
    struct dhk_problem *problem;
    struct query query;
    FILE *spool, *lists;
    struct ledgerfile *file;
    struct ledgerfile_record *record;
    bool complete;
    uint64_t records;
    struct place *places;
    size_t places_n, places_cap;
    uint64_t question; /* index of its own entry; 0: did not come */
    uint64_t *wanted;  /* entries, sorted after the first turn */
    size_t wanted_n, wanted_cap;
    uint8_t note[LIMIT_CHECKPOINT];
    size_t note_n;
    struct merkle_frontier tree; /* complete: of all entries, with its ... */
    uint8_t (*nodes)[MERKLE_HASH];
    size_t nodes_n, nodes_cap;
    uint64_t *page_index; /* partial: entries since the checkpoint before */
    uint8_t (*page_leaf)[MERKLE_HASH];
    size_t page_n;
    struct kept *kept;
    size_t kept_n, kept_cap;
    bool out_failed;
};

static enum dhk_err
want(struct making *x, uint64_t index)
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

static int
compare_index(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static bool
is_wanted(const struct making *x, uint64_t index)
{
    return x->wanted_n > 0 && bsearch(&index, x->wanted, x->wanted_n,
                                  sizeof index, compare_index) != NULL;
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
find_range(struct range *out, const struct making *x, const uint8_t *salt,
    const struct seallist_row *rows, size_t n)
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
write_list(struct making *x, const struct fullanswer_record *list,
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
keep_place(struct making *x, const struct facts_entry *at, long from)
{
    void *p =
        facts_grow(x->places, x->places_n, &x->places_cap, sizeof *x->places);
    long end = ftell(x->lists);

    if (p == NULL)
        return DHK_NOMEM;
    if (from < 0 || end < from)
        return DHK_IO;
    x->places = p;
    struct place *place = &x->places[x->places_n++];
    *place = (struct place){
        .seal = at->index, .at = from, .n = (size_t)(end - from)};
    return slice_to_str(at->e->u.seal.partner, place->name, sizeof place->name);
}

static enum dhk_err
take_seal(void *ctx, const struct facts_entry *at,
    const struct seallist_row *rows, size_t n)
{
    struct making *x = ctx;
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
keep_node(struct making *x, const uint8_t leaf[MERKLE_HASH])
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
keep_note(struct making *x, struct slice note)
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
look_at(struct making *x)
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
first_turn(struct making *x)
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
    qsort(x->wanted, x->wanted_n, sizeof *x->wanted, compare_index);
    return rc;
}

/* --- the second turn: entries --- */

static enum dhk_err
put(struct making *x, const struct fullanswer_record *r)
{
    enum dhk_err rc = fullanswer_write(x->m->out, r, NULL);

    x->out_failed = rc == DHK_IO;
    x->records++;
    return rc;
}

static enum dhk_err
read_node(void *ctx, uint64_t stored, uint8_t hash[MERKLE_HASH])
{
    const struct making *x = ctx;

    if (stored >= x->nodes_n)
        return DHK_NOTFOUND;
    memcpy(hash, x->nodes[stored], MERKLE_HASH);
    return DHK_OK;
}

static enum dhk_err
put_entry(struct making *x)
{
    const struct merkle_reader reader = {read_node, x};
    uint8_t mem[LIMIT_PROOF * MERKLE_HASH];
    struct sink proof;

    sink_init(&proof, mem, sizeof mem);
    enum dhk_err rc =
        merkle_inclusion_prove(&proof, x->record->index, x->tree.size, &reader);
    struct fullanswer_record out = {.type = FULLANSWER_ENTRY,
        .index = x->record->index,
        .entry = x->record->entry,
        .proof = sink_done(&proof)};
    return rc == DHK_OK ? put(x, &out) : rc;
}

/* A page's proof stands behind its entries. */
static enum dhk_err
keep_entry(struct making *x)
{
    const struct ledgerfile_record *r = x->record;

    if (x->page_n == PAGE_MAX)
        return DHK_LIMIT;
    x->page_index[x->page_n] = r->index;
    memcpy(x->page_leaf[x->page_n++], r->leaf, MERKLE_HASH);
    if (!is_wanted(x, r->index))
        return DHK_OK;
    void *p = facts_grow(x->kept, x->kept_n, &x->kept_cap, sizeof *x->kept);
    if (p == NULL)
        return DHK_NOMEM;
    x->kept = p;
    struct kept *k = &x->kept[x->kept_n];
    *k = (struct kept){.index = r->index,
        .bytes = malloc(r->entry.n),
        .n = r->entry.n,
        .place = x->page_n - 1};
    if (k->bytes == NULL)
        return DHK_NOMEM;
    memcpy(k->bytes, r->entry.p, r->entry.n);
    x->kept_n++;
    return DHK_OK;
}

static enum dhk_err
put_page(struct making *x, struct slice note)
{
    uint8_t mem[LIMIT_PROOF * MERKLE_HASH];
    struct checkpoint cp;
    struct merkle_multi multi = {.index = x->page_index,
        .n = x->page_n,
        .leaves = x->page_leaf[0],
        .proof = x->record->proof};
    enum dhk_err rc =
        checkpoint_open(&cp, note, trust_log(x->m->node->trust), NULL);

    multi.size = cp.size;
    for (size_t i = 0; rc == DHK_OK && i < x->kept_n; i++) {
        struct kept *k = &x->kept[i];
        struct sink proof;
        sink_init(&proof, mem, sizeof mem);
        rc = merkle_multi_path(&proof, &multi, k->place);
        struct fullanswer_record out = {.type = FULLANSWER_ENTRY,
            .index = k->index,
            .entry = slice_of(k->bytes, k->n),
            .proof = sink_done(&proof)};
        if (rc == DHK_OK)
            rc = put(x, &out);
    }
    for (size_t i = 0; i < x->kept_n; i++)
        free(x->kept[i].bytes);
    x->kept_n = x->page_n = 0;
    return rc;
}

static enum dhk_err
second_turn(struct making *x)
{
    const char *what = NULL;
    enum dhk_err rc = ledgerfile_open(&x->file, x->spool);

    while (rc == DHK_OK) {
        rc = ledgerfile_read(x->record, x->file, &what);
        if (rc != DHK_OK)
            break;
        if (x->record->type == LEDGERFILE_ENTRY && !x->complete)
            rc = keep_entry(x);
        else if (x->record->type == LEDGERFILE_ENTRY &&
                 is_wanted(x, x->record->index))
            rc = put_entry(x);
        else if (x->record->type == LEDGERFILE_CHECKPOINT && !x->complete)
            rc = put_page(x, x->record->note);
    }
    ledgerfile_destroy(&x->file);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

/* --- the file --- */

static int
compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int c = strcmp(x->name, y->name);

    return c != 0 ? c : (x->seal > y->seal) - (x->seal < y->seal);
}

/* By partner, and each partner's in the order of the seals. */
static enum dhk_err
put_lists(struct making *x)
{
    uint8_t *mem = malloc(FULLANSWER_RECORD + 4);
    enum dhk_err rc = mem == NULL ? DHK_NOMEM : DHK_OK;

    qsort(x->places, x->places_n, sizeof *x->places, compare_places);
    for (size_t i = 0; rc == DHK_OK && i < x->places_n; i++) {
        const struct place *p = &x->places[i];
        if (fseek(x->lists, p->at, SEEK_SET) != 0 ||
            fread(mem, 1, p->n, x->lists) != p->n) {
            rc = DHK_IO;
        } else if (fwrite(mem, 1, p->n, x->m->out) != p->n) {
            x->out_failed = true;
            rc = DHK_IO;
        }
        x->records++;
    }
    free(mem);
    return rc;
}

static enum dhk_err
write_answer(struct making *x)
{
    struct fullanswer_record head = {.type = FULLANSWER_HEAD,
        .query = x->question,
        .note = slice_of(x->note, x->note_n)};
    struct fullanswer_record end = {.type = FULLANSWER_END};

    x->out_failed = fputs(FULLANSWER_HEADER, x->m->out) == EOF;
    enum dhk_err rc = x->out_failed ? DHK_IO : put(x, &head);
    if (rc == DHK_OK)
        rc = second_turn(x);
    if (rc == DHK_OK)
        rc = put_lists(x);
    end.records = x->records;
    return rc == DHK_OK ? put(x, &end) : rc;
}

/* --- asking --- */

static enum dhk_err
spool(void *ctx, const struct ledgerfile_record *record)
{
    struct making *x = ctx;

    return ledgerfile_write(x->file, record);
}

static void
spool_progress(void *ctx, uint64_t done, uint64_t total)
{
    const struct making *x = ctx;

    if (x->m->progress != NULL)
        x->m->progress(x->m->ctx, done, total);
}

static enum dhk_err
ask(struct making *x)
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

    if (rc == DHK_OK && head == NULL)
        rc = problem_set(
            x->problem, DHK_NOTFOUND, "the broker has no signed ledger yet");
    if (rc != DHK_OK)
        return rc;
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
start(struct making *x)
{
    x->spool = tmpfile();
    x->lists = tmpfile();
    if (x->spool == NULL || x->lists == NULL)
        return problem_set(
            x->problem, DHK_IO, "a temporary file: %s", strerror(errno));
    merkle_frontier_init(&x->tree);
    x->record = malloc(sizeof *x->record);
    x->page_index = calloc(PAGE_MAX, sizeof *x->page_index);
    x->page_leaf = calloc(PAGE_MAX, sizeof *x->page_leaf);
    return x->record == NULL || x->page_index == NULL || x->page_leaf == NULL
               ? DHK_NOMEM
               : DHK_OK;
}

enum dhk_err
fullanswer_make(const struct fullanswer_make *m, bool *out_failed,
    struct dhk_problem *problem)
{
    struct making x = {.m = m, .problem = problem, .query = *m->query};
    enum dhk_err rc = start(&x);

    if (rc == DHK_OK)
        rc = ask(&x);
    if (rc == DHK_OK)
        rc = first_turn(&x);
    if (rc == DHK_OK) {
        rewind(x.spool);
        rc = write_answer(&x);
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
