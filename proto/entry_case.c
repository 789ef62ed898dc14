/* SPDX-License-Identifier: EUPL-1.2
 *
 * Entries about a case as a whole: what a partner states of it, and what an
 * answer to a data subject left out. */
#include "entry_kinds.h"

#include <string.h>

#include "statement.h"

static void
read_held(struct entry_held *h, struct cursor *c)
{
    h->query = unpack_uint(c, INT64_MAX);
    h->n = unpack_array(c, ENTRY_HELD_MAX);
    if (c->err == DHK_OK && h->n == 0)
        cursor_fail(c, DHK_FORMAT, "nothing was held back");
    for (size_t i = 0; i < h->n && c->err == DHK_OK; i++) {
        h->index[i] = unpack_uint(c, INT64_MAX);
        if (i > 0 && h->index[i] <= h->index[i - 1])
            cursor_fail(c, DHK_FORMAT, "indexes do not ascend");
        else if (h->index[i] >= h->query)
            cursor_fail(c, DHK_FORMAT, "held back before it was there");
    }
}

static void
write_held(struct sink *out, const struct entry_held *h)
{
    pack_uint(out, h->query);
    pack_array(out, h->n);
    for (size_t i = 0; i < h->n; i++)
        pack_uint(out, h->index[i]);
}

/* A weigher is one of the parties; an auditor is none. */
static bool
role_fits(const struct entry_stated *s)
{
    static const uint8_t none[sizeof s->agreement];
    bool party = (s->as & ACT_BY_PARTY) != 0;
    bool weigher = (s->as & ACT_BY_WEIGHER) != 0;

    if (s->all)
        return s->as == 0 && s->of == 0 &&
               memcmp(s->agreement, none, sizeof none) == 0;
    return !weigher || (party && s->of > 0);
}

static void
read_stated(struct entry_stated *s, struct cursor *c)
{
    struct statement said;
    struct diag diag;

    s->partner = unpack_name(c);
    s->all = unpack_bool(c);
    s->body = unpack_bin(c, LIMIT_STATEMENT);
    unpack_fixed(c, s->signature, sizeof s->signature);
    s->as = (unsigned)unpack_uint(c, ACT_BY_PARTY | ACT_BY_WEIGHER);
    s->of = (unsigned)unpack_uint(c, LIMIT_SIGNATORIES);
    unpack_fixed(c, s->agreement, sizeof s->agreement);
    if (c->err != DHK_OK)
        return;
    if (statement_from_body(&said, s->body, s->signature, &diag) != DHK_OK)
        cursor_fail(c, DHK_FORMAT, "a statement that says nothing");
    else if (s->all && said.what != ACT_HOLD && said.what != ACT_RELEASE)
        cursor_fail(c, DHK_FORMAT, "an auditor that takes part in a case");
    else if (!role_fits(s))
        cursor_fail(c, DHK_FORMAT, "a role that nobody has");
}

static void
write_stated(struct sink *out, const struct entry_stated *s)
{
    pack_str(out, s->partner);
    pack_bool(out, s->all);
    pack_bin(out, s->body);
    pack_bin(out, slice_of(s->signature, sizeof s->signature));
    pack_uint(out, s->as);
    pack_uint(out, s->of);
    pack_bin(out, slice_of(s->agreement, sizeof s->agreement));
}

static void
read_released(struct entry_released *r, struct cursor *c)
{
    r->share = unpack_uint(c, INT64_MAX);
    r->n = unpack_array(c, LIMIT_APPROVALS);
    if (c->err == DHK_OK && (r->n == 0 || r->share == 0))
        cursor_fail(c, DHK_FORMAT, "nothing was released, or by nobody");
    for (size_t i = 0; i < r->n && c->err == DHK_OK; i++) {
        r->index[i] = unpack_uint(c, INT64_MAX);
        if (r->index[i] <= (i > 0 ? r->index[i - 1] : r->share))
            cursor_fail(c, DHK_FORMAT, "indexes do not ascend");
    }
}

static void
write_released(struct sink *out, const struct entry_released *r)
{
    pack_uint(out, r->share);
    pack_array(out, r->n);
    for (size_t i = 0; i < r->n; i++)
        pack_uint(out, r->index[i]);
}

void
entry_case_read(struct entry *e, struct cursor *c)
{
    if (e->kind == ENTRY_HELD)
        read_held(&e->u.held, c);
    else if (e->kind == ENTRY_STATED)
        read_stated(&e->u.stated, c);
    else
        read_released(&e->u.released, c);
}

void
entry_case_write(struct sink *out, const struct entry *e)
{
    if (e->kind == ENTRY_HELD)
        write_held(out, &e->u.held);
    else if (e->kind == ENTRY_STATED)
        write_stated(out, &e->u.stated);
    else
        write_released(out, &e->u.released);
}
