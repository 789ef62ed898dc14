/* SPDX-License-Identifier: EUPL-1.2
 *
 * The answers. The choice of rows and entries is written a second time here,
 * not taken from fullanswer_make.c. */
#include "fulltree.h"

#include <stdlib.h>

#include "../proto/vector.h"

static void
ok(enum dhk_err rc)
{
    assert_int_equal(rc, DHK_OK);
}

/* --- answers --- */

static struct sink
room(struct fulltree_answer *a)
{
    struct sink s;

    assert_true(a->pool_n < FULLTREE_RECORDS);
    sink_init(&s, a->pool[a->pool_n++], FULLTREE_PROOF);
    return s;
}

void
fulltree_entry(struct fulltree_record *out, struct fulltree_answer *a,
    const struct fulltree *w, uint64_t index)
{
    static struct tree tree; /* a reader may not be const */
    struct sink proof = room(a);

    tree = w->tree;
    struct merkle_reader r = tree_reader(&tree);
    ok(merkle_inclusion_prove(&proof, index, FULLTREE_SIZE, &r));
    memset(out, 0, sizeof *out);
    out->r = (struct fullanswer_record){.type = FULLANSWER_ENTRY,
        .index = index,
        .entry = slice_of(w->mem[index], w->mem_n[index]),
        .proof = sink_done(&proof)};
}

void
fulltree_shown(struct fulltree_record *out, struct fulltree_answer *a,
    const struct fulltree *w, const struct fulltree_run *run)
{
    const struct fulltree_list *l = &w->list[run->nth];
    struct sink proof = room(a);
    size_t n = run->end - run->first;

    ok(seallist_prove(&proof, l->row, l->n, run->first, n));
    memset(out, 0, sizeof *out);
    out->r = (struct fullanswer_record){.type = FULLANSWER_LIST,
        .seal = l->seal,
        .first = run->first,
        .rows_n = n,
        .proof = sink_done(&proof)};
    for (size_t i = 0; i < n; i++) {
        const struct seallist_row *row = &l->row[run->first + i];
        struct seallist_shown *s = &out->row[i];
        s->open = run->first + i >= run->lo && run->first + i < run->hi;
        memcpy(s->blinded, row->blinded, sizeof s->blinded);
        memcpy(s->inner, row->inner, sizeof s->inner);
        memcpy(s->salt, row->salt, sizeof s->salt);
        s->rest = slice_of(row->rest, row->rest_n);
    }
}

/* Shows what W's list NTH has, and marks in WANTED what that needs. */
static void
answer_list(struct fulltree_record *out, struct fulltree_answer *a,
    const struct fulltree *w, size_t nth, bool *wanted)
{
    const struct fulltree_list *l = &w->list[nth];
    struct fulltree_run run = {.nth = nth, .hi = l->n, .end = l->n};
    uint8_t blinded[SEALLIST_BLINDED];
    struct seallist_rest rest;

    if (w->query.has_case) {
        seallist_blind(blinded, l->salt, w->query.case_handle);
        seallist_find(&run.lo, &run.hi, l->row, l->n, blinded);
        run.first = run.lo - (run.lo > 0);
        run.end = run.hi + (run.hi < l->n);
    }
    fulltree_shown(out, a, w, &run);
    wanted[l->seal] = true;
    for (size_t i = run.lo; i < run.hi; i++) {
        ok(seallist_rest_decode(
            &rest, slice_of(l->row[i].rest, l->row[i].rest_n)));
        if (fullanswer_fits(&w->query, &rest))
            wanted[rest.index] = true;
    }
}

void
fulltree_answer(struct fulltree_answer *a, const struct fulltree *w)
{
    static struct fulltree_record list[FULLTREE_LISTS];
    bool wanted[FULLTREE_SIZE] = {[FULLTREE_QUESTION] = true};
    size_t lists = 0;

    memset(a, 0, sizeof *a);
    a->rec[a->n++].r = (struct fullanswer_record){.type = FULLANSWER_HEAD,
        .query = FULLTREE_QUESTION,
        .note = slice_of(w->note, w->note_n)};
    for (size_t i = 0; i < FULLTREE_LISTS; i++)
        if (w->query.partner.n == 0 ||
            slice_equal(w->query.partner, slice_str(w->list[i].name)))
            answer_list(&list[lists++], a, w, i, wanted);
    for (uint64_t i = 0; i < FULLTREE_SIZE; i++)
        if (wanted[i])
            fulltree_entry(&a->rec[a->n++], a, w, i);
    memcpy(&a->rec[a->n], list, lists * sizeof *list);
    a->n += lists;
}

size_t
fulltree_find(
    const struct fulltree_answer *a, enum fullanswer_type type, uint64_t index)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct fullanswer_record *r = &a->rec[i].r;
        if (r->type == type &&
            index == (type == FULLANSWER_LIST ? r->seal : r->index))
            return i;
    }
    fail_msg("the answer has no such record");
    return 0;
}

void
fulltree_drop(struct fulltree_answer *a, size_t at)
{
    a->n--;
    memmove(&a->rec[at], &a->rec[at + 1], (a->n - at) * sizeof a->rec[0]);
}

void
fulltree_insert(
    struct fulltree_answer *a, size_t at, const struct fulltree_record *rec)
{
    static struct fulltree_record own;

    assert_true(a->n < FULLTREE_RECORDS);
    own = *rec;
    memmove(&a->rec[at + 1], &a->rec[at], (a->n - at) * sizeof a->rec[0]);
    a->rec[at] = own;
    a->n++;
}

size_t
fulltree_write(uint8_t **bytes, const struct fulltree_answer *a)
{
    char *mem = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&mem, &n);
    struct fullanswer_record end = {
        .type = FULLANSWER_END, .records = a->n + a->more};

    assert_non_null(f);
    assert_true(fputs(FULLANSWER_HEADER, f) != EOF);
    for (size_t i = 0; i < a->n; i++)
        ok(fullanswer_write(f, &a->rec[i].r, a->rec[i].row));
    ok(fullanswer_write(f, &end, NULL));
    (void)fclose(f);
    *bytes = (uint8_t *)mem;
    return n;
}

/* --- what is said of them --- */

void
fulltree_ask(struct fulltree *w, struct fulltree_answer *a,
    enum fulltree_about about, enum fulltree_fault fault)
{
    bool all = about == FULLTREE_EVERYBODY;
    struct query q = fulltree_query(all ? "" : "gemeente",
        all || about == FULLTREE_CASE ? fulltree_cases[0] : NULL);

    if (about == FULLTREE_OUTCOME)
        q.outcome = slice_str("taken");
    if (about == FULLTREE_TIMES) {
        q.since = (FULLTREE_TIME + FULLTREE_TAKEN) * 1000ULL;
        q.before = (FULLTREE_TIME + FULLTREE_AGAIN) * 1000ULL;
    }
    fulltree_make(w, fault, all ? "toezicht" : "gemeente", &q);
    fulltree_answer(a, w);
}

enum dhk_err
fulltree_check(struct fullanswer_result *out, struct fullanswer_fault *fault,
    const struct fulltree *w, struct slice file)
{
    const struct fullanswer_input in = {.key = &w->key,
        .keys_n = 1,
        .partners = fulltree_partners,
        .partners_n = FULLTREE_PARTNERS};

    return fullanswer_check(file, &in, out, fault);
}

void
fulltree_refused(const struct fulltree *w, const struct fulltree_answer *a,
    const char *why, const char *name)
{
    static struct fullanswer_result result;
    struct fullanswer_fault fault;
    uint8_t *file;
    size_t n = fulltree_write(&file, a);
    char path[128];

    if (fulltree_check(&result, &fault, w, slice_of(file, n)) == DHK_OK)
        fail_msg("%s: taken", name);
    if (strstr(fault.text, why) == NULL)
        fail_msg("%s: refused with \"%s\"", name, fault.text);
    (void)snprintf(path, sizeof path, "reject/fullanswer/%s.bin", name);
    vector_keep(path, slice_of(file, n));
    free(file);
}
