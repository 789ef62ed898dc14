/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signals, their shares, and what becomes of those. */
#include "ledger_courser.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "pack.h"

static void
put_accepted(struct ledger_course *c, struct ledger_share *s, size_t classes)
{
    static const uint8_t unknown[8];
    struct owner *o = &c->owner[s->from];
    struct entry_accepted *a =
        &ledger_course_fresh(c, ENTRY_ACCEPTED)->u.accepted;

    key_random(s->id, sizeof s->id);
    a->sender = slice_str(ledger_course_names[s->from]);
    memcpy(a->card, o->card.id, 32);
    seal_sha256(a->agreement, slice_str(ledger_course_text));
    a->ids = slice_of(s->id, 32);
    struct slice parts[2] = {slice_of(a->card, 32), a->ids};
    seal_sign(a->signature, "driehoek/v1/bundle", parts, 2, o->secret.sign);
    a->kind[0] = slice_str(s->kind);
    a->kinds_n = 1;
    a->mark[0] = (struct entry_mark){
        .presence = 3, .seq = ++o->seq, .classes = slice_of(unknown, classes)};
    if (strcmp(s->kind, "bijdrage") != 0)
        a->mark[0].presence = 1;
    a->n = 1;
    a->before = o->last;
    o->last = ledger_course_put(c, NULL);
}

static struct slice
fact_value(uint8_t mem[64], const char *value)
{
    struct sink s;

    sink_init(&s, mem, 64);
    if (value == NULL)
        pack_nil(&s);
    else if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0)
        pack_bool(&s, value[0] == 'y');
    else
        pack_cstr(&s, value);
    return sink_done(&s);
}

static void
fill_share(struct entry_share *e, const struct ledger_share *s)
{
    e->sender = slice_str(ledger_course_names[s->from]);
    e->recipient = slice_str(ledger_course_names[s->to]);
    memcpy(e->id, s->id, 32);
    e->kind = slice_str(s->kind);
    e->purpose = slice_str("doel");
    e->ground = slice_str("wet");
    seal_sha256(e->agreement, slice_str(ledger_course_text));
    e->fields = e->wrapped = s->fields == 0 ? 1 : s->fields;
    e->rule[0] = slice_str(s->rule);
    e->rules_n = 1;
    e->pending = s->count != 0 && !s->at_once;
    if (s->count != 0) {
        struct entry_approval *x = &e->duties.approval[0];
        e->duties.approvals_n = 1;
        x->count = (uint16_t)s->count;
        for (size_t i = 0; i < s->of_n; i++)
            x->of[x->of_n++] = slice_str(ledger_course_names[s->of[i]]);
    }
}

uint64_t
ledger_put_share(struct ledger_course *c, struct ledger_share *s)
{
    static uint8_t mem[4][64];
    struct pair *pair = &c->pair[s->from][s->to];
    struct put *p = &c->put[c->put_n++];

    assert_true(c->put_n <= SHARES);
    put_accepted(c, s,
        strcmp(s->kind, "bijdrage") == 0  ? 2
        : strcmp(s->kind, "bericht") == 0 ? 0
                                          : 1);
    struct entry_share *e = &ledger_course_fresh(c, ENTRY_SHARE)->u.share;
    fill_share(e, s);
    e->accepted = c->tree.size - 1;
    memcpy(e->card, c->owner[s->to].card.id, 32);
    memcpy(e->case_handle, c->case_handle, sizeof e->case_handle);
    e->expires = LEDGER_NOW + 86400;
    for (; e->facts_n < 4 && s->fact[e->facts_n].name != NULL; e->facts_n++)
        e->fact[e->facts_n] =
            (struct entry_fact){slice_str(s->fact[e->facts_n].name),
                fact_value(mem[e->facts_n], s->fact[e->facts_n].value)};
    e->nth = ++pair->nth;
    e->before = pair->last;
    *p = (struct put){.from = s->from, .to = s->to};
    p->index = pair->last = ledger_course_put(c, p->leaf);
    return p->index;
}

void
ledger_take_share(struct ledger_course *c, uint64_t share)
{
    uint8_t mem[4096];
    struct sink s;
    struct answer *a = calloc(1, sizeof *a);
    struct answer *signed_ = calloc(1, sizeof *signed_);
    const struct put *p = c->put;

    while (p->index != share)
        p++;
    assert_true(a != NULL && signed_ != NULL);
    a->origin = slice_str(ORIGIN);
    a->sender = slice_str(ledger_course_names[p->from]);
    memcpy(a->card, c->owner[p->to].card.id, 32);
    memcpy(a->item[0].entry_hash, p->leaf, 32);
    a->item[0].outcome = ANSWER_TAKEN;
    a->items_n = 1;
    sink_init(&s, mem, sizeof mem);
    ok(answer_issue(&s, a, c->owner[p->to].secret.sign));
    ok(answer_decode(signed_, sink_done(&s), NULL));
    struct entry_delivered *d =
        &ledger_course_fresh(c, ENTRY_DELIVERED)->u.delivered;
    d->recipient = slice_str(ledger_course_names[p->to]);
    d->body = signed_->body;
    memcpy(d->signature, signed_->signature, sizeof d->signature);
    d->index[0] = share;
    d->n = 1;
    (void)ledger_course_put(c, NULL);
    free(a);
    free(signed_);
}

void
ledger_release(
    struct ledger_course *c, uint64_t share, const uint64_t *stated, size_t n)
{
    struct entry_released *r =
        &ledger_course_fresh(c, ENTRY_RELEASED)->u.released;

    r->share = share;
    r->n = n;
    memcpy(r->index, stated, n * sizeof *stated);
    (void)ledger_course_put(c, NULL);
}

void
ledger_return(struct ledger_course *c, uint64_t share, enum entry_code code)
{
    struct entry_returned *r =
        &ledger_course_fresh(c, ENTRY_RETURNED)->u.returned;

    r->index = share;
    r->code = code;
    seal_sha256(r->agreement, slice_str(ledger_course_text));
    (void)ledger_course_put(c, NULL);
}

void
ledger_expire(struct ledger_course *c, uint64_t share)
{
    c->time = ((uint64_t)LEDGER_NOW + 2 * 86400) * 1000;
    struct entry_expired *x = &ledger_course_fresh(c, ENTRY_EXPIRED)->u.expired;

    x->index[0] = share;
    x->n = 1;
    (void)ledger_course_put(c, NULL);
}
