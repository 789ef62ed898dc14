/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a complete answer proves: that its entries are in the signed ledger,
 * that the seals of each list follow each other without a gap up to what was
 * asked for, that each list shows all rows of what was asked for, and that for
 * each row that fits the entry is there, and no other entry is. */
#include "fullanswer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct shown { /* an entry of the file */
    uint64_t index;
    struct slice bytes;
    bool used;
};
struct chain { /* the seals of one partner, so far */
    char name[LIMIT_NAME + 1];
    uint64_t until, last;
};
struct check {
    const struct fullanswer_input *in;
    struct fullanswer_result *out;
    struct fullanswer_fault *fault;
    struct merkle_head head;
    struct shown *entries; /* ascending */
    size_t n, cap;
    struct chain chain; /* the list at hand */
    bool has_chain;
    size_t wanted;             /* partners whose lists came */
    struct entry *entry, *row; /* a seal, and of a row */
    struct entry *question;
};

__attribute__((format(printf, 3, 4))) static enum dhk_err
no(struct check *x, enum dhk_err rc, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(x->fault->text, sizeof x->fault->text, format, args);
    va_end(args);
    return rc;
}

/* --- checkpoint and entries --- */

static enum dhk_err
take_head(struct check *x, const struct fullanswer_record *r)
{
    struct checkpoint cp;
    enum dhk_err rc = DHK_AUTH;

    for (size_t i = 0; rc != DHK_OK && i < x->in->keys_n; i++) {
        if (x->in->key[i].type == CHECKPOINT_ED25519)
            rc = checkpoint_open(&cp, r->note, &x->in->key[i], NULL);
    }
    if (rc != DHK_OK)
        return no(x, DHK_AUTH, "the checkpoint is not signed by the log's key");
    x->head.size = cp.size;
    memcpy(x->head.root, cp.root, sizeof x->head.root);
    memcpy(x->out->origin, cp.origin, sizeof x->out->origin);
    x->out->size = cp.size;
    x->out->index = r->query;
    return DHK_OK;
}

static enum dhk_err
take_entry(struct check *x, const struct fullanswer_record *r)
{
    uint8_t leaf[MERKLE_HASH];

    if (x->has_chain || (x->n > 0 && r->index <= x->entries[x->n - 1].index))
        return no(x, DHK_FORMAT, "entry %" PRIu64 " is out of order", r->index);
    merkle_leaf(leaf, r->entry);
    if (merkle_inclusion_verify(&x->head, r->index, leaf, r->proof) != DHK_OK)
        return no(x, DHK_AUTH, "entry %" PRIu64 " is not in the signed ledger",
            r->index);
    if (x->n == x->cap) {
        size_t cap = x->cap == 0 ? 64 : 2 * x->cap;
        struct shown *p = reallocarray(x->entries, cap, sizeof *p);
        if (p == NULL)
            return no(x, DHK_NOMEM, "out of memory");
        x->entries = p;
        x->cap = cap;
    }
    x->entries[x->n++] = (struct shown){r->index, r->entry, false};
    return DHK_OK;
}

static struct shown *
find(const struct check *x, uint64_t index)
{
    size_t low = 0, high = x->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (x->entries[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < x->n && x->entries[low].index == index ? &x->entries[low]
                                                        : NULL;
}

/* Entry INDEX decoded and marked as used; false: it is not there. */
static bool
use(struct check *x, uint64_t index, struct entry *out)
{
    struct shown *s = find(x, index);

    if (s == NULL || entry_decode(out, s->bytes, NULL) != DHK_OK)
        return false;
    s->used = true;
    return true;
}

/* Before the first list: what was asked. */
static enum dhk_err
take_question(struct check *x)
{
    struct query *q = &x->out->query;
    struct entry *e = x->question;

    if (!use(x, x->out->index, e) || e->kind != ENTRY_QUERIED)
        return no(x, DHK_FORMAT, "the entry of the question is not there");
    const struct entry_queried *u = &e->u.queried;
    if (query_from_body(q, u->body, u->signature, NULL) != DHK_OK ||
        !slice_equal(q->origin, slice_str(x->out->origin)) ||
        q->what != QUERY_ANSWER || q->until == 0 || !fullanswer_can(q))
        return no(x, DHK_FORMAT, "the question was not for such an answer");
    must(slice_to_str(u->asker, x->out->asker, sizeof x->out->asker) == DHK_OK);
    x->out->time = e->time;
    x->out->until = q->until;
    return DHK_OK;
}

/* --- lists --- */

/* The partner at hand is covered as far as was asked. */
static enum dhk_err
end_chain(struct check *x)
{
    if (!x->has_chain)
        return DHK_OK;
    if (x->chain.until < x->out->until)
        return no(x, DHK_AUTH,
            "the seals of %s end at entry %" PRIu64 ", but the question was "
            "about all up to entry %" PRIu64 ": some were left out",
            x->chain.name, x->chain.until, x->out->until);
    x->out->lists++;
    for (size_t i = 0; x->in->partners != NULL && i < x->in->partners_n; i++)
        x->wanted += strcmp(x->in->partners[i], x->chain.name) == 0 ? 1 : 0;
    return DHK_OK;
}

/* The seal of LIST must go on where the one before it ended. */
static enum dhk_err
follow(struct check *x, const struct fullanswer_record *list)
{
    const struct entry_seal *s = &x->entry->u.seal;
    const struct query *q = &x->out->query;

    if (!use(x, list->seal, x->entry) || x->entry->kind != ENTRY_SEAL)
        return no(x, DHK_FORMAT,
            "entry %" PRIu64 ", the seal of a list, is not there", list->seal);
    if (!x->has_chain || !slice_equal(s->partner, slice_str(x->chain.name))) {
        char before[LIMIT_NAME + 1];
        bool first = !x->has_chain;
        memcpy(before, x->chain.name, sizeof before);
        enum dhk_err rc = end_chain(x);
        if (rc != DHK_OK)
            return rc;
        x->chain = (struct chain){.until = 0};
        must(slice_to_str(s->partner, x->chain.name, sizeof x->chain.name) ==
             DHK_OK);
        x->has_chain = true;
        if (!first && strcmp(before, x->chain.name) >= 0)
            return no(x, DHK_FORMAT, "the lists are not in order");
    }
    if (q->partner.n > 0 && !slice_equal(q->partner, s->partner))
        return no(x, DHK_AUTH,
            "a list is of another partner than the one asked about");
    if (s->from != x->chain.until || s->before != x->chain.last ||
        s->until > list->seal)
        return no(x, DHK_AUTH,
            "the seal of entry %" PRIu64 " does not go on where the one before "
            "it ended: a list was left out",
            list->seal);
    x->chain.until = s->until;
    x->chain.last = list->seal;
    return DHK_OK;
}

/* The share itself says whose it is, and of which case. */
static bool
is_true_share(const struct check *x, const struct seallist_shown *row,
    const struct seallist_rest *rest)
{
    const struct entry_share *s = &x->row->u.share;
    struct slice name = x->entry->u.seal.partner;
    uint8_t blinded[SEALLIST_BLINDED];

    seallist_blind(blinded, x->entry->u.seal.salt, s->case_handle);
    return memcmp(blinded, row->blinded, sizeof blinded) == 0 &&
           slice_equal(s->kind, rest->signal) &&
           (slice_equal(s->sender, name) || slice_equal(s->recipient, name));
}

static bool
is_in_time(const struct query *q, uint64_t time)
{
    return time >= q->since && (q->before == 0 || time < q->before);
}

/* The entry of a row that fits must be there, and be that entry: also when it
 * is of another time, which only the entry tells. */
static enum dhk_err
check_row(struct check *x, const struct seallist_shown *row,
    const struct seallist_rest *rest)
{
    struct part_row part = {.code = rest->code};
    struct seallist_row made;
    struct seallist_of of = {.list_salt = x->entry->u.seal.salt,
        .random = x->row->random,
        .blinded = row->blinded,
        .index = rest->index};

    if (!use(x, rest->index, x->row))
        return no(x, DHK_AUTH,
            "entry %" PRIu64 ", which the list of %s has, was left out",
            rest->index, x->chain.name);
    of.kind = x->row->kind;
    must(slice_to_str(rest->signal, part.signal, sizeof part.signal) == DHK_OK);
    seallist_row(&made, &of, &part);
    if (memcmp(made.salt, row->salt, sizeof made.salt) != 0 ||
        !slice_equal(slice_of(made.rest, made.rest_n), row->rest) ||
        (rest->kind == ENTRY_SHARE && !is_true_share(x, row, rest)))
        return no(x, DHK_AUTH,
            "the list of %s says something else of entry %" PRIu64
            " than the entry",
            x->chain.name, rest->index);
    if (!is_in_time(&x->out->query, x->row->time)) {
        x->out->outside++;
        return DHK_OK;
    }
    x->out->rows++;
    x->out->kinds[rest->kind]++;
    return DHK_OK;
}

static enum dhk_err
check_rows(struct check *x, const struct seallist_shown *rows, size_t n)
{
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < n; i++) {
        struct seallist_rest rest;
        if (!rows[i].open)
            continue; /* a neighbour */
        must(seallist_rest_decode(&rest, rows[i].rest) == DHK_OK);
        if (fullanswer_fits(&x->out->query, &rest))
            rc = check_row(x, &rows[i], &rest);
        else
            x->out->other++;
    }
    return rc;
}

static enum dhk_err
take_list(struct check *x, const struct fullanswer_record *r)
{
    const struct query *q = &x->out->query;
    enum dhk_err rc = x->has_chain ? DHK_OK : take_question(x);

    if (rc == DHK_OK)
        rc = follow(x, r);
    if (rc != DHK_OK)
        return rc;
    struct seallist_shown *rows = calloc(r->rows_n + 1, sizeof *rows);
    if (rows == NULL)
        return no(x, DHK_NOMEM, "out of memory");
    fullanswer_rows(rows, r);
    struct seallist_proof proof = {.seal = &x->entry->u.seal,
        .has_case = q->has_case,
        .case_handle = q->case_handle,
        .first = r->first,
        .row = rows,
        .n = r->rows_n,
        .proof = r->proof};
    rc = seallist_verify(&proof);
    if (rc != DHK_OK && rc != DHK_NOMEM)
        rc = no(x, DHK_AUTH,
            "the list of %s that entry %" PRIu64 " seals is not shown whole: "
            "a row was left out, added or altered",
            x->chain.name, r->seal);
    if (rc == DHK_OK)
        rc = check_rows(x, rows, r->rows_n);
    free(rows);
    x->out->seals++;
    return rc;
}

/* --- all of it --- */

static enum dhk_err
finish(struct check *x)
{
    enum dhk_err rc = end_chain(x);

    if (rc != DHK_OK)
        return rc;
    if (x->out->lists == 0)
        return no(x, DHK_FORMAT, "it has no list at all");
    if (x->out->query.partner.n == 0 && x->in->partners != NULL &&
        x->wanted < x->in->partners_n)
        return no(x, DHK_AUTH, "%zu partners of the roster have no list in it",
            x->in->partners_n - x->wanted);
    for (size_t i = 0; i < x->n; i++) {
        if (!x->entries[i].used)
            return no(x, DHK_FORMAT,
                "entry %" PRIu64 " is nothing that was asked for",
                x->entries[i].index);
    }
    x->out->head_entries = x->n;
    return DHK_OK;
}

static enum dhk_err
read_all(struct check *x, struct fullanswer_reader *r)
{
    struct fullanswer_record record;
    const char *what = NULL;
    enum dhk_err rc = fullanswer_next(&record, r, &what);
    bool first = true;

    while (rc == DHK_OK) {
        if (first != (record.type == FULLANSWER_HEAD))
            return no(x, DHK_FORMAT, "the checkpoint stands first, and once");
        if (record.type == FULLANSWER_HEAD)
            rc = take_head(x, &record);
        else if (record.type == FULLANSWER_ENTRY)
            rc = take_entry(x, &record);
        else
            rc = take_list(x, &record);
        if (rc != DHK_OK)
            return rc;
        first = false;
        rc = fullanswer_next(&record, r, &what);
    }
    return rc == DHK_NOTFOUND ? finish(x) : no(x, rc, "%s", what);
}

enum dhk_err
fullanswer_check(struct slice file, const struct fullanswer_input *in,
    struct fullanswer_result *out, struct fullanswer_fault *fault)
{
    struct fullanswer_reader reader;
    struct check x = {.in = in, .out = out, .fault = fault};

    memset(out, 0, sizeof *out);
    memset(fault, 0, sizeof *fault);
    if (fullanswer_open(&reader, file) != DHK_OK)
        return no(&x, DHK_VERSION,
            "this is not an answer of a version that this program knows");
    x.entry = malloc(sizeof *x.entry);
    x.row = malloc(sizeof *x.row);
    x.question = malloc(sizeof *x.question);
    enum dhk_err rc = x.entry == NULL || x.row == NULL || x.question == NULL
                          ? no(&x, DHK_NOMEM, "out of memory")
                          : read_all(&x, &reader);
    free(x.entry);
    free(x.row);
    free(x.question);
    free(x.entries);
    return rc;
}
