/* SPDX-License-Identifier: EUPL-1.2
 *
 * The courses of all cases of a ledger. Cases are found by a table of their
 * handles, under a key of our own: handles are chosen by partners. */
#include "caselog.h"

#include "key.h"

#include <stdlib.h>
#include <string.h>

enum {
    MADE = 256, /* courses that are kept made, of about 30 KiB */
    FIRST = 64,
    NOT_MADE = -1,
    HASH = 32,
    /* index, time, as, of, length of the partner's name and of the body, the
     * agreement in force */
    HEAD = 8 + 8 + 1 + 1 + 1 + 2 + HASH,
};

struct one { /* case */
    uint8_t handle[STATEMENT_CASE];
    uint8_t *said; /* owned: what was stated, one after the other */
    size_t n, cap;
    int made; /* where its course is, or NOT_MADE */
};
struct made {
    struct course course;
    size_t one; /* whose; from 1, 0: nobody's */
    uint64_t used;
};
struct caselog {
    struct one *list;
    size_t n, cap;
    uint32_t *table; /* places in the list, from 1; a power of two, at most
                        half full */
    size_t table_n;
    uint64_t key[2];
    struct made *made[MADE];
    size_t made_n;
    uint64_t used;
};

enum dhk_err
caselog_new(struct caselog **out)
{
    struct caselog *l = calloc(1, sizeof *l);

    *out = l;
    if (l == NULL)
        return DHK_NOMEM;
    key_random((uint8_t *)l->key, sizeof l->key);
    return DHK_OK;
}

void
caselog_destroy(struct caselog **out)
{
    struct caselog *l = *out;

    if (l == NULL)
        return;
    for (size_t i = 0; i < l->n; i++)
        free(l->list[i].said);
    for (size_t i = 0; i < l->made_n; i++)
        free(l->made[i]);
    free(l->list);
    free(l->table);
    free(l);
    *out = NULL;
}

/* --- cases by their handles --- */

static uint64_t
mix(uint64_t x)
{
    x = (x ^ x >> 31) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return x ^ x >> 32;
}

/* Where HANDLE is in the table, or belongs. */
static size_t
place_of(const struct caselog *l, const uint8_t handle[STATEMENT_CASE])
{
    uint64_t h = mix(bytes_get_u64(handle) ^ l->key[0]);
    size_t at;

    h = mix(h ^ bytes_get_u64(handle + 8) ^ l->key[1]);
    at = (size_t)h & (l->table_n - 1);
    while (l->table[at] != 0 && memcmp(l->list[l->table[at] - 1].handle, handle,
                                    STATEMENT_CASE) != 0)
        at = (at + 1) & (l->table_n - 1);
    return at;
}

static enum dhk_err
grow_table(struct caselog *l)
{
    size_t n = l->table_n == 0 ? FIRST : l->table_n * 2;
    uint32_t *table;

    if (2 * (l->n + 1) <= l->table_n)
        return DHK_OK;
    table = n > UINT32_MAX / 2 ? NULL : calloc(n, sizeof *table);
    if (table == NULL)
        return DHK_NOMEM;
    free(l->table);
    l->table = table;
    l->table_n = n;
    for (size_t i = 0; i < l->n; i++)
        l->table[place_of(l, l->list[i].handle)] = (uint32_t)i + 1;
    return DHK_OK;
}

static struct one *
find(const struct caselog *l, const uint8_t handle[STATEMENT_CASE])
{
    uint32_t i = l->n == 0 ? 0 : l->table[place_of(l, handle)];

    return i == 0 ? NULL : &l->list[i - 1];
}

static struct one *
find_or_add(struct caselog *l, const uint8_t handle[STATEMENT_CASE])
{
    struct one *one = find(l, handle);

    if (one != NULL)
        return one;
    if (l->n == l->cap) {
        size_t cap = l->cap == 0 ? FIRST : l->cap * 2;
        struct one *list = reallocarray(l->list, cap, sizeof *list);
        if (list == NULL)
            return NULL;
        l->list = list;
        l->cap = cap;
    }
    if (l->list == NULL || grow_table(l) != DHK_OK)
        return NULL;
    one = &l->list[l->n];
    *one = (struct one){.made = NOT_MADE};
    memcpy(one->handle, handle, sizeof one->handle);
    l->table[place_of(l, handle)] = (uint32_t)l->n + 1;
    l->n++;
    return one;
}

/* --- what was stated, kept and read again --- */

static enum dhk_err
keep(struct one *one, const struct caselog_said *said)
{
    const struct entry_stated *e = said->e;
    size_t need = one->n + HEAD + e->partner.n + e->body.n;
    uint8_t *at;

    if (need > one->cap) {
        size_t cap = need > 2 * one->cap ? need : 2 * one->cap;
        uint8_t *more = realloc(one->said, cap);
        if (more == NULL)
            return DHK_NOMEM;
        one->said = more;
        one->cap = cap;
    }
    at = one->said + one->n;
    bytes_put_u64(at, said->index);
    bytes_put_u64(at + 8, said->time);
    at[16] = (uint8_t)e->as;
    at[17] = (uint8_t)e->of;
    at[18] = (uint8_t)e->partner.n;
    at[19] = (uint8_t)(e->body.n >> 8);
    at[20] = (uint8_t)e->body.n;
    memcpy(at + 21, e->agreement, HASH);
    memcpy(at + HEAD, e->partner.p, e->partner.n);
    memcpy(at + HEAD + e->partner.n, e->body.p, e->body.n);
    one->n = need;
    return DHK_OK;
}

static enum dhk_err
apply(struct course *c, const struct caselog_said *said,
    enum course_verdict *verdict)
{
    static const uint8_t unread[KEY_SIGNATURE];
    struct statement s;
    struct course_said what = {.s = &s,
        .partner = said->e->partner,
        .as = said->e->as,
        .of = said->e->of,
        .index = said->index,
        .time = said->time};
    enum dhk_err rc = statement_from_body(&s, said->e->body, unread, NULL);

    memcpy(what.agreement, said->e->agreement, sizeof what.agreement);
    if (rc == DHK_OK)
        *verdict = course_apply(c, &what);
    return rc;
}

/* What was kept fits, so that no verdict is looked at. */
static void
make_again(struct course *c, const struct one *one)
{
    enum course_verdict ignored;
    size_t at = 0;

    course_begin(c, one->handle);
    while (at < one->n) {
        const uint8_t *p = one->said + at;
        size_t partner = p[18], body = (size_t)p[19] << 8 | p[20];
        struct entry_stated e = {.partner = slice_of(p + HEAD, partner),
            .body = slice_of(p + HEAD + partner, body),
            .as = p[16],
            .of = p[17]};
        memcpy(e.agreement, p + 21, sizeof e.agreement);
        struct caselog_said said = {
            .index = bytes_get_u64(p), .time = bytes_get_u64(p + 8), .e = &e};

        must(apply(c, &said, &ignored) == DHK_OK);
        at += HEAD + partner + body;
    }
}

/* A place for a course: a new one, or that of the case that was not looked at
 * for the longest time. */
static struct made *
make_room(struct caselog *l, size_t *at)
{
    size_t oldest = 0;

    if (l->made_n < MADE) {
        l->made[l->made_n] = calloc(1, sizeof *l->made[0]);
        if (l->made[l->made_n] == NULL)
            return NULL;
        *at = l->made_n++;
        return l->made[*at];
    }
    for (size_t i = 1; i < l->made_n; i++) {
        if (l->made[i]->used < l->made[oldest]->used)
            oldest = i;
    }
    if (l->made[oldest]->one != 0)
        l->list[l->made[oldest]->one - 1].made = NOT_MADE;
    *at = oldest;
    return l->made[oldest];
}

static struct course *
course_of(struct caselog *l, struct one *one)
{
    size_t at = 0;
    struct made *m;

    if (one->made == NOT_MADE) {
        m = make_room(l, &at);
        if (m == NULL)
            return NULL;
        m->one = (size_t)(one - l->list) + 1;
        one->made = (int)at;
        make_again(&m->course, one);
    }
    m = l->made[one->made];
    m->used = ++l->used;
    return &m->course;
}

/* --- what others see --- */

enum dhk_err
caselog_add(struct caselog *l, const struct caselog_said *said,
    enum course_verdict *verdict, enum act_phase *phase)
{
    static const uint8_t unread[KEY_SIGNATURE];
    struct statement s;
    struct one *one;
    struct course *c;
    enum dhk_err rc = statement_from_body(&s, said->e->body, unread, NULL);

    *verdict = COURSE_PHASE;
    *phase = ACT_PHASE_NONE;
    if (rc != DHK_OK)
        return rc;
    one = find_or_add(l, s.case_handle);
    c = one == NULL ? NULL : course_of(l, one);
    if (c == NULL)
        return DHK_NOMEM;
    *phase = c->phase;
    rc = apply(c, said, verdict);
    return rc == DHK_OK && *verdict == COURSE_OK ? keep(one, said) : rc;
}

enum dhk_err
caselog_find(const struct course **out, struct caselog *l,
    const uint8_t case_handle[STATEMENT_CASE])
{
    struct one *one = find(l, case_handle);

    *out = NULL;
    if (one == NULL || one->n == 0)
        return DHK_OK;
    *out = course_of(l, one);
    return *out == NULL ? DHK_NOMEM : DHK_OK;
}
