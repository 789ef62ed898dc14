/* SPDX-License-Identifier: EUPL-1.2 */
#include "casebook.h"

#include <stdlib.h>
#include <string.h>

#include "about.h"
#include "core.h"
#include "courses.h"
#include "looks.h"
#include "table.h"

enum {
    PAIRS_MAX = 1024,        /* in one answer; who wants more asks again */
    BYTES_MAX = 512 * 1024,  /* the same */
    LOOKS_MAX = 2048,        /* shares that are looked at once one is found */
    CASES_MAX = 1024 * 1024, /* of one partner: more is not sorted */
};

struct slice
casebook_key(uint8_t mem[CASEBOOK_KEY], struct slice partner,
    const uint8_t case_handle[STATEMENT_CASE])
{
    must(partner.n <= LIMIT_NAME);
    mem[0] = 'k';
    if (partner.n > 0)
        memcpy(mem + 1, partner.p, partner.n);
    mem[1 + partner.n] = 0;
    memcpy(mem + 2 + partner.n, case_handle, STATEMENT_CASE);
    return slice_of(mem, 2 + partner.n + STATEMENT_CASE);
}

/* --- which cases concern whom --- */

static enum dhk_err
note_for(struct core *c, const struct course_said *said, struct slice partner)
{
    uint8_t mem[CASEBOOK_KEY], value[8];

    bytes_put_u64(value, said->index);
    return store_put(c->txn, TABLE_LAST,
        casebook_key(mem, partner, said->s->case_handle), slice_of(value, 8));
}

enum dhk_err
casebook_note(struct core *c, const struct course_said *said)
{
    const struct course *course;
    enum dhk_err rc = courses_get(c, said->s->case_handle, &course);

    if (rc == DHK_OK && course == NULL)
        rc = DHK_FORMAT; /* SAID is there */
    if (rc == DHK_OK)
        rc = note_for(c, said, slice_of(NULL, 0));
    if (rc == DHK_OK)
        rc = note_for(c, said, said->partner);
    if (rc == DHK_OK && said->s->partner.n > 0)
        rc = note_for(c, said, said->s->partner);
    for (uint8_t i = 0; rc == DHK_OK && i < course->names_n; i++) {
        struct slice name = slice_str(course->name[i]);
        if (course_takes_part(course, name))
            rc = note_for(c, said, name);
    }
    return rc;
}

/* --- what an answer is made of --- */

struct list {
    struct core *core;
    struct slice asker;
    bool weighs;
    uint64_t after;
    struct slice item[2 * PAIRS_MAX];
    uint8_t number[PAIRS_MAX][8];
    uint8_t handle[PAIRS_MAX][STATEMENT_CASE];
    size_t n; /* pairs */
    size_t bytes;
    uint64_t looked; /* rows and entries */
    struct entry entry;
};

static bool
is_full(const struct list *l)
{
    return l->n == PAIRS_MAX || l->bytes > BYTES_MAX;
}

/* Entry INDEX with its index. */
static enum dhk_err
add_entry(struct list *l, uint64_t index)
{
    struct slice bytes;
    enum dhk_err rc = ledger_bytes_again(l->core->txn, index, &bytes);

    if (rc != DHK_OK)
        return rc;
    bytes_put_u64(l->number[l->n], index);
    l->item[2 * l->n] = slice_of(l->number[l->n], 8);
    l->item[2 * l->n + 1] = bytes;
    l->bytes += bytes.n;
    l->n++;
    return DHK_OK;
}

/* --- a course --- */

bool
casebook_may_see(const struct core *c, const struct course *course,
    const struct course_said *said, bool all, struct slice partner)
{
    return all || courses_is_weigher(c, partner) ||
           slice_equal(said->partner, partner) ||
           slice_equal(said->s->partner, partner) ||
           course_is_holder(course, partner) ||
           (act_rule(said->s->what)->shown &&
               course_takes_part(course, partner));
}

/* The statement of entry INDEX, if it may be seen. */
static enum dhk_err
show_statement(struct list *l, const struct course *course, uint64_t index)
{
    struct course_said said;
    struct statement s;
    enum dhk_err rc = ledger_entry(l->core->txn, index, &l->entry);

    if (rc == DHK_OK)
        rc = courses_read(&said, &s, &l->entry, index);
    if (rc != DHK_OK || !casebook_may_see(l->core, course, &said,
                            l->entry.u.stated.all, l->asker))
        return rc;
    return add_entry(l, index);
}

static enum dhk_err
get_course(struct list *l, const uint8_t handle[STATEMENT_CASE])
{
    const struct course *course;
    const uint64_t *index;
    size_t n;
    enum dhk_err rc = courses_get(l->core, handle, &course);

    if (rc != DHK_OK || course == NULL)
        return rc;
    /* the course stays: this reads no other */
    rc = courses_statements(l->core, handle, &index, &n);
    for (size_t i = 0; rc == DHK_OK && i < n && !is_full(l); i++) {
        if (index[i] > l->after)
            rc = show_statement(l, course, index[i]);
        l->looked++;
    }
    return rc;
}

/* --- cases --- */

struct case_row {
    uint64_t last;
    uint8_t handle[STATEMENT_CASE];
};
struct rows {
    struct slice prefix;
    uint64_t after;
    struct case_row *row;
    size_t n, cap;
    uint64_t looked;
    enum dhk_err rc;
};

static bool
add_row(void *ctx, struct slice key, struct slice value)
{
    struct rows *r = ctx;

    if (key.n != r->prefix.n + STATEMENT_CASE ||
        memcmp(key.p, r->prefix.p, r->prefix.n) != 0 || r->n == CASES_MAX)
        return false;
    r->looked++;
    if (value.n != 8) {
        r->rc = DHK_FORMAT;
        return false;
    }
    struct case_row row = {.last = bytes_get_u64(value.p)};
    memcpy(row.handle, key.p + r->prefix.n, sizeof row.handle);
    if (row.last <= r->after)
        return true;
    if (r->n == r->cap) {
        size_t cap = r->cap == 0 ? 256 : 2 * r->cap;
        struct case_row *more = realloc(r->row, cap * sizeof *more);
        r->rc = more == NULL ? DHK_NOMEM : DHK_OK;
        if (more == NULL)
            return false;
        r->row = more;
        r->cap = cap;
    }
    r->row[r->n++] = row;
    return true;
}

static int
by_last(const void *a, const void *b)
{
    const struct case_row *x = a, *y = b;

    return x->last < y->last ? -1 : x->last > y->last ? 1 : 0;
}

/* A weigher has to do with all cases. */
static enum dhk_err
get_cases(struct list *l)
{
    static const uint8_t first[STATEMENT_CASE];
    uint8_t mem[CASEBOOK_KEY];
    struct slice from =
        casebook_key(mem, l->weighs ? slice_of(NULL, 0) : l->asker, first);
    struct rows r = {
        .prefix = slice_of(from.p, from.n - STATEMENT_CASE), .after = l->after};
    enum dhk_err rc = store_each(l->core->txn, TABLE_LAST, from, add_row, &r);

    rc = rc == DHK_NOTFOUND ? DHK_OK : rc;
    rc = rc == DHK_OK ? r.rc : rc;
    l->looked = r.looked;
    if (rc == DHK_OK && r.n > 1)
        qsort(r.row, r.n, sizeof *r.row, by_last);
    for (size_t i = 0; rc == DHK_OK && i < r.n && !is_full(l); i++, l->n++) {
        memcpy(l->handle[l->n], r.row[i].handle, STATEMENT_CASE);
        bytes_put_u64(l->number[l->n], r.row[i].last);
        l->item[2 * l->n] = slice_of(l->handle[l->n], STATEMENT_CASE);
        l->item[2 * l->n + 1] = slice_of(l->number[l->n], 8);
    }
    free(r.row);
    return rc;
}

/* --- what waits for the asker --- */

struct indexes {
    uint64_t *list;
    size_t n;
};

static int
ascending(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y ? 1 : 0;
}

/* All shares after L->after that wait, whomever for, into OUT, which has room
 * for MAX. */
static enum dhk_err
gather_pending(struct list *l, struct indexes *out, size_t max)
{
    const struct force *f = &l->core->force;
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < f->cards_n; i++) {
        struct mailbox_at at = {.place = l->after};
        while (f->card[i]->pending > 0 && out->n < max &&
               (rc = mailbox_next(l->core->txn, f->card[i]->number,
                    MAILBOX_PENDING, at.place, &at)) == DHK_OK)
            out->list[out->n++] = at.index;
        rc = rc == DHK_NOTFOUND ? DHK_OK : rc;
    }
    if (out->n > 1)
        qsort(out->list, out->n, sizeof *out->list, ascending);
    return rc;
}

static enum dhk_err
get_waiting(struct list *l)
{
    struct core *c = l->core;
    struct indexes all = {.n = 0};
    uint64_t pending = 0;
    bool waits;
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; i < c->force.cards_n; i++)
        pending += c->force.card[i]->pending;
    if (pending == 0)
        return DHK_OK;
    all.list = malloc(pending * sizeof *all.list);
    if (all.list == NULL)
        return DHK_NOMEM;
    rc = gather_pending(l, &all, pending);
    l->looked = pending;
    /* an empty answer says that there is nothing: it takes a look at all */
    for (size_t i = 0; rc == DHK_OK && i < all.n && !is_full(l) &&
                       (l->n == 0 || i < LOOKS_MAX);
         i++) {
        rc = about_waits(c, all.list[i], l->asker, &waits);
        if (rc == DHK_OK && waits)
            rc = add_entry(l, all.list[i]);
    }
    free(all.list);
    return rc;
}

/* --- the message --- */

enum dhk_err
casebook_get(struct core *c, const struct peer *p, const struct command *cmd)
{
    const struct force_card *own = force_card_by_number(&c->force, p->card);
    bool course = cmd->what == COMMAND_GET_COURSE;
    const struct command reply = {
        .type = COMMAND_OBJECT, .number = cmd->number, .what = cmd->what};

    if ((p->modes & (COMMAND_MODE_SEND | COMMAND_MODE_RECEIVE)) == 0)
        return DHK_DENIED; /* only partners have these */
    if (cmd->id.n != (course ? STATEMENT_CASE : 0))
        return DHK_FORMAT;
    struct list *l = calloc(1, sizeof *l);
    if (l == NULL)
        return DHK_NOMEM;
    l->core = c;
    l->asker = slice_str(own->card.partner);
    l->weighs = courses_is_weigher(c, l->asker);
    l->after = cmd->a;
    enum dhk_err rc = course ? get_course(l, cmd->id.p)
                      : cmd->what == COMMAND_GET_CASES ? get_cases(l)
                                                       : get_waiting(l);
    if (rc == DHK_OK)
        rc = core_send_object(c, p->id, &reply, l->item, 2 * l->n);
    looks_took(c, p->card, l->looked);
    free(l);
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}
