/* SPDX-License-Identifier: EUPL-1.2
 *
 * The second turn over what came: the entries that belong in the answer, with
 * their proofs, and then its lists. */
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "fullanswer_making.h"
#include "trust.h"

static bool
is_wanted(const struct fullanswer_making *x, uint64_t index)
{
    return x->wanted_n > 0 && bsearch(&index, x->wanted, x->wanted_n,
                                  sizeof index, fullanswer_compare) != NULL;
}

/* --- the second turn: entries --- */

static enum dhk_err
put(struct fullanswer_making *x, const struct fullanswer_record *r)
{
    enum dhk_err rc = fullanswer_write(x->m->out, r, NULL);

    x->out_failed = rc == DHK_IO;
    x->records++;
    return rc;
}

static enum dhk_err
read_node(void *ctx, uint64_t stored, uint8_t hash[MERKLE_HASH])
{
    const struct fullanswer_making *x = ctx;

    if (stored >= x->nodes_n)
        return DHK_NOTFOUND;
    memcpy(hash, x->nodes[stored], MERKLE_HASH);
    return DHK_OK;
}

static enum dhk_err
put_entry(struct fullanswer_making *x)
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
keep_entry(struct fullanswer_making *x)
{
    const struct ledgerfile_record *r = x->record;

    if (x->page_n == FULLANSWER_PAGE)
        return DHK_LIMIT;
    x->page_index[x->page_n] = r->index;
    memcpy(x->page_leaf[x->page_n++], r->leaf, MERKLE_HASH);
    if (!is_wanted(x, r->index))
        return DHK_OK;
    void *p = facts_grow(x->kept, x->kept_n, &x->kept_cap, sizeof *x->kept);
    if (p == NULL)
        return DHK_NOMEM;
    x->kept = p;
    struct fullanswer_kept *k = &x->kept[x->kept_n];
    *k = (struct fullanswer_kept){.index = r->index,
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
put_page(struct fullanswer_making *x, struct slice note)
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
        struct fullanswer_kept *k = &x->kept[i];
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
second_turn(struct fullanswer_making *x)
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
    const struct fullanswer_place *x = a, *y = b;
    int c = strcmp(x->name, y->name);

    return c != 0 ? c : (x->seal > y->seal) - (x->seal < y->seal);
}

/* By partner, and each partner's in the order of the seals. */
static enum dhk_err
put_lists(struct fullanswer_making *x)
{
    uint8_t *mem = malloc(FULLANSWER_RECORD + 4);
    enum dhk_err rc = mem == NULL ? DHK_NOMEM : DHK_OK;

    qsort(x->places, x->places_n, sizeof *x->places, compare_places);
    for (size_t i = 0; rc == DHK_OK && i < x->places_n; i++) {
        const struct fullanswer_place *p = &x->places[i];
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

enum dhk_err
fullanswer_put(struct fullanswer_making *x)
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
