/* SPDX-License-Identifier: EUPL-1.2
 *
 * Every seal's list, made again from the entries that it covers. An accepted
 * entry is looked at when its shares, which tell the cases, have come. */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#include "part.h"
#include "seallist.h"

enum { FIRST_ROWS = 64 };

struct facts_row {
    uint64_t index, code;
    uint8_t random[ENTRY_RANDOM];
    uint8_t case_handle[PART_CASE];
    bool has_case;
    enum entry_kind kind;
    uint32_t signal; /* a name; see facts.c */
};
struct facts_list { /* of one partner */
    uint32_t name;
    uint64_t last;  /* index of its last seal; 0: none */
    uint64_t until; /* where that ends */
    struct facts_row *rows;
    size_t n, cap;
};
struct facts_seals {
    struct facts_list *lists;
    size_t n, cap;
    uint64_t held; /* accepted entry whose shares come; 0: none */
    struct entry entry;
    struct entry_share look;
    struct part part;
    facts_sealed *sealed;
    void *ctx;
};

enum dhk_err
facts_seals_init(struct facts *f)
{
    f->seals = calloc(1, sizeof *f->seals);
    return f->seals == NULL ? DHK_NOMEM : DHK_OK;
}

void
facts_seals_end(struct facts *f)
{
    if (f->seals == NULL)
        return;
    for (size_t i = 0; i < f->seals->n; i++)
        free(f->seals->lists[i].rows);
    free(f->seals->lists);
    free(f->seals);
}

void
facts_seals_tell(struct facts *f, facts_sealed *sealed, void *ctx)
{
    f->seals->sealed = sealed;
    f->seals->ctx = ctx;
}

/* --- rows --- */

static const struct entry_share *
share_at(void *ctx, uint64_t index)
{
    struct facts *f = ctx;
    const struct facts_share *s = facts_share(f, index);
    struct entry_share *out = &f->seals->look;

    if (s == NULL)
        return NULL;
    out->sender = slice_str(f->names[s->sender]);
    out->recipient = slice_str(f->names[s->recipient]);
    out->kind = slice_str(f->names[s->kind]);
    memcpy(out->case_handle, s->case_handle, sizeof out->case_handle);
    out->accepted = s->accepted;
    out->position = s->position;
    return out;
}

static struct facts_list *
list_of(enum dhk_err *rc, struct facts *f, struct slice partner)
{
    struct facts_seals *s = f->seals;
    uint32_t name;

    *rc = facts_name(&name, f, partner);
    if (*rc != DHK_OK)
        return NULL;
    for (size_t i = 0; i < s->n; i++) {
        if (s->lists[i].name == name)
            return &s->lists[i];
    }
    void *lists = facts_grow(s->lists, s->n, &s->cap, sizeof *s->lists);
    *rc = lists == NULL ? DHK_NOMEM : DHK_OK;
    if (lists == NULL)
        return NULL;
    s->lists = lists;
    s->lists[s->n] = (struct facts_list){.name = name};
    return &s->lists[s->n++];
}

/* Rows stand by their entry's index: an accepted entry's come after those of
 * its shares, and a seal may end between the two. */
static void
insert_row(struct facts_list *l, const struct facts_row *row)
{
    size_t at = l->n++;

    for (; at > 0 && l->rows[at - 1].index > row->index; at--)
        l->rows[at] = l->rows[at - 1];
    l->rows[at] = *row;
}

static enum dhk_err
add_rows(struct facts *f, struct facts_list *l, const struct entry *e,
    uint64_t index)
{
    const struct part *p = &f->seals->part;

    for (size_t i = 0; i < p->rows_n; i++) {
        const struct part_row *part = &p->row[i];
        struct facts_row row = {.index = index,
            .code = part->code,
            .has_case = part->has_case,
            .kind = e->kind};
        enum dhk_err rc = facts_name(&row.signal, f, slice_str(part->signal));
        void *rows = facts_grow(l->rows, l->n, &l->cap, sizeof *l->rows);
        if (rc != DHK_OK || rows == NULL)
            return rc != DHK_OK ? rc : DHK_NOMEM;
        memcpy(row.random, e->random, sizeof row.random);
        memcpy(row.case_handle, part->case_handle, sizeof row.case_handle);
        l->rows = rows;
        insert_row(l, &row);
    }
    return DHK_OK;
}

static enum dhk_err
add_entry(struct facts *f, const struct entry *e, uint64_t index)
{
    const struct part_reader reader = {share_at, f};
    struct part *p = &f->seals->part;
    enum dhk_err rc = part_of(p, e, index, &reader);

    if (rc != DHK_OK && !f->complete) {
        f->unchecked++; /* a seal over it will not fit either */
        return DHK_OK;
    }
    if (rc != DHK_OK)
        return facts_no(f, rc, "it cannot be told whose list it is part of");
    for (size_t i = 0; i < p->names_n; i++) {
        struct facts_list *l = list_of(&rc, f, slice_str(p->name[i]));
        if (rc == DHK_OK)
            rc = add_rows(f, l, e, index);
        if (rc != DHK_OK)
            return rc;
    }
    return DHK_OK;
}

/* All its shares are there. */
static enum dhk_err
add_held(struct facts *f)
{
    struct facts_seals *s = f->seals;
    const struct facts_accepted *a = facts_accepted(f, s->held);
    uint64_t index = s->held;

    s->held = 0;
    if (a == NULL ||
        entry_decode(&s->entry, slice_of(a->bytes, a->n), NULL) != DHK_OK)
        return facts_no(f, DHK_FORMAT, "the accepted entry is malformed");
    return add_entry(f, &s->entry, index);
}

/* --- seals --- */

/* The first N rows of L as the seal X has them, sorted. NULL: no memory. */
static struct seallist_row *
make_list(const struct facts *f, const struct facts_list *l, size_t n,
    const struct entry_seal *x)
{
    struct seallist_row *out = calloc(n + 1, sizeof *out);

    for (size_t i = 0; out != NULL && i < n; i++) {
        const struct facts_row *r = &l->rows[i];
        uint8_t blinded[SEALLIST_BLINDED];
        struct part_row part = {.code = r->code};
        struct seallist_of of = {
            x->salt, r->random, blinded, r->kind, r->index};
        memcpy(part.signal, f->names[r->signal], sizeof part.signal);
        seallist_blind(blinded, x->salt, r->has_case ? r->case_handle : NULL);
        seallist_row(&out[i], &of, &part);
    }
    if (out != NULL && !seallist_sort(out, n)) {
        free(out);
        return NULL;
    }
    return out;
}

static enum dhk_err
check_list(struct facts *f, struct facts_list *l, size_t n,
    const struct facts_entry *at)
{
    const struct entry_seal *x = &at->e->u.seal;
    uint8_t root[MERKLE_HASH];
    enum dhk_err rc = DHK_OK;

    struct seallist_row *rows = make_list(f, l, n, x);
    if (rows == NULL)
        return DHK_NOMEM;
    seallist_root(root, rows, n);
    if (memcmp(root, x->root, sizeof root) != 0)
        rc = facts_no(f, DHK_AUTH,
            "it seals another list than the entries that it covers give");
    else if (f->seals->sealed != NULL)
        rc = f->seals->sealed(f->seals->ctx, at, rows, n);
    free(rows);
    return rc;
}

static enum dhk_err
add_seal(struct facts *f, const struct facts_entry *at)
{
    const struct entry_seal *x = &at->e->u.seal;
    size_t n = 0;
    enum dhk_err rc;
    struct facts_list *l = list_of(&rc, f, x->partner);

    if (rc != DHK_OK)
        return rc;
    if (x->before != l->last || x->from != l->until)
        return facts_no(f, DHK_AUTH,
            "it does not go on where the partner's seal before it ended");
    if (x->until > at->index)
        return facts_no(f, DHK_AUTH, "it covers entries that come after it");
    while (n < l->n && l->rows[n].index < x->until)
        n++;
    if (n != x->count)
        return facts_no(f, DHK_AUTH,
            "it seals more or fewer rows than the entries that it covers give");
    rc = check_list(f, l, n, at);
    if (rc != DHK_OK)
        return rc;
    l->last = at->index;
    l->until = x->until;
    l->n -= n;
    if (l->n > 0)
        memmove(l->rows, l->rows + n, l->n * sizeof *l->rows);
    return DHK_OK;
}

enum dhk_err
facts_seals_add(struct facts *f, const struct facts_entry *at)
{
    struct facts_seals *s = f->seals;
    const struct entry *e = at->e;
    enum dhk_err rc = DHK_OK;

    if (s->held != 0 &&
        (e->kind != ENTRY_SHARE || e->u.share.accepted != s->held))
        rc = add_held(f);
    if (rc != DHK_OK)
        return rc;
    if (e->kind == ENTRY_ACCEPTED) {
        s->held = at->index;
        return DHK_OK;
    }
    return e->kind == ENTRY_SEAL ? add_seal(f, at) : add_entry(f, e, at->index);
}
