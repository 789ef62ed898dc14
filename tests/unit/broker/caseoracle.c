/* SPDX-License-Identifier: EUPL-1.2 */
#include "caseoracle.h"

#include "relation.h"

void
caseoracle_handle(uint8_t out[16], size_t i)
{
    memset(out, (int)(i + 1), 16);
}

struct course *
caseoracle_course(struct world *w, const uint8_t handle[16])
{
    assert_true(handle[0] >= 1 && handle[0] <= CASES);
    return &w->course[handle[0] - 1];
}

void
caseoracle_decide(struct world *w, struct decision *out, uint8_t reply_to)
{
    const struct agreement *a = w->t.h->parsed;
    const struct entry_share *s = &w->share.u.share;
    int kind = agreement_kind(a, s->kind);
    struct request req = {.sender = (uint16_t)agreement_party(a, s->sender),
        .recipient = (uint16_t)agreement_party(a, s->recipient),
        .kind = (uint16_t)kind,
        .purpose = (uint16_t)agreement_purpose(a, s->purpose),
        .ground = (uint16_t)agreement_ground(a, s->ground)};
    struct relation_question q = {
        .course = caseoracle_course(w, s->case_handle),
        .sender = s->sender,
        .recipient = s->recipient,
        .reply_to = reply_to == 0 ? NULL : w->id[reply_to - 1],
        .seconds = (int64_t)(w->t.h->core->now / 1000)};

    for (size_t i = 0; i < a->kinds[kind].attributes_n; i++) {
        const struct agreement_attribute *at =
            &a->attributes[a->kinds[kind].attributes[i]];
        req.attribute[i] = at->by_broker ? relation_value(at, &q)
                                         : (struct value){VALUE_KNOWN, 0};
    }
    evaluate(out, a, &req);
}

void
caseoracle_demand(struct world *w, uint8_t reply_to)
{
    const struct entry_share *s = &w->share.u.share;
    struct decision d;

    caseoracle_decide(w, &d, reply_to);
    assert_int_not_equal(d.verdict, VERDICT_DENY);
    assert_int_equal(s->fields, d.fields & 15);
    assert_int_equal(s->pending, d.verdict == VERDICT_PENDING);
}

/* Without an answer. */
static void
end(struct world *w, uint64_t index)
{
    struct seen *s = &w->seen[index];

    assert_true(s->state == OPEN || s->state == WAITS);
    s->state = s->state == OPEN ? LATE : ENDED; /* it may be there already */
}

static void
answered(struct seen *s)
{
    assert_true(s->delivered);
    assert_true(s->state == OPEN || s->state == LATE);
    s->state = ENDED;
}

static void
on_stated(struct world *w, uint64_t index)
{
    const struct entry_stated *e = &w->entry.u.stated;
    struct course_said said = {.partner = e->partner,
        .as = e->as,
        .of = e->of,
        .index = index,
        .time = w->entry.time};
    struct statement s;

    ok(statement_from_body(&s, e->body, e->signature, NULL));
    memcpy(said.agreement, e->agreement, sizeof said.agreement);
    said.s = &s;
    assert_int_equal(
        course_apply(caseoracle_course(w, s.case_handle), &said), COURSE_OK);
    w->acts++;
}

static void
on_share(struct world *w, uint64_t index)
{
    w->share = w->entry;
    w->seen[index].state = w->share.u.share.pending ? WAITS : OPEN;
    w->seen[index].reply_to = w->replies_to;
    caseoracle_demand(w, w->replies_to);
}

/* As many of the approvals that RELEASED names count for X as it asks for. */
static void
is_approved(struct world *w, const struct entry_released *r,
    const struct entry_approval *x)
{
    static struct entry e;
    char name[CASETEST_PEOPLE][LIMIT_NAME + 1];
    size_t n = 0;

    for (size_t i = 0; i < r->n; i++) {
        bool counts = x->of_n == 0;
        harness_entry(w->t.h, r->index[i], &e);
        assert_int_equal(e.kind, ENTRY_STATED);
        for (size_t k = 0; k < x->of_n; k++)
            counts = counts || slice_equal(x->of[k], e.u.stated.partner);
        for (size_t k = 0; counts && k < n; k++)
            assert_false(slice_equal(slice_str(name[k]), e.u.stated.partner));
        if (counts)
            ok(slice_to_str(e.u.stated.partner, name[n++], LIMIT_NAME + 1));
        if (x->of_n == 0)
            assert_true((e.u.stated.as & 2) != 0);
    }
    assert_true(n >= x->count);
}

static void
on_released(struct world *w)
{
    const struct entry_released r = w->entry.u.released;

    assert_int_equal(w->seen[r.share].state, WAITS);
    w->seen[r.share].state = OPEN;
    harness_entry(w->t.h, r.share, &w->share);
    assert_true(w->share.u.share.duties.approvals_n > 0);
    for (size_t i = 0; i < w->share.u.share.duties.approvals_n; i++)
        is_approved(w, &r, &w->share.u.share.duties.approval[i]);
    caseoracle_demand(w, w->seen[r.share].reply_to);
}

static void
on_entry(struct world *w, uint64_t index)
{
    const struct entry *e = &w->entry;

    w->count[e->kind]++;
    switch ((unsigned)e->kind) {
    case ENTRY_STATED:
        on_stated(w, index);
        break;
    case ENTRY_SHARE:
        on_share(w, index);
        break;
    case ENTRY_RELEASED:
        on_released(w);
        break;
    case ENTRY_RETURNED:
        w->changed += e->u.returned.code == ENTRY_CODE_CHANGED_CASE ? 1 : 0;
        end(w, e->u.returned.index);
        break;
    case ENTRY_EXPIRED:
        for (size_t i = 0; i < e->u.expired.n; i++)
            end(w, e->u.expired.index[i]);
        break;
    case ENTRY_DELIVERED:
        for (size_t i = 0; i < e->u.delivered.n; i++) {
            if (e->u.delivered.index[i] == 0)
                continue;
            answered(&w->seen[e->u.delivered.index[i]]);
        }
        break;
    default:
        break;
    }
}

void
caseoracle_leaf(struct world *w, uint64_t index, uint8_t out[32])
{
    struct slice bytes;
    struct store_txn *t = NULL;

    ok(store_begin(&t, w->t.h->store, false));
    ok(ledger_bytes(t, index, &bytes));
    merkle_leaf(out, bytes);
    store_abort(&t);
}

void
caseoracle_read(struct world *w)
{
    for (; w->known < w->t.h->core->ledger.size; w->known++) {
        assert_true(w->known < ENTRIES);
        harness_entry(w->t.h, w->known, &w->entry);
        caseoracle_leaf(w, w->known, w->seen[w->known].leaf);
        on_entry(w, w->known);
    }
}
