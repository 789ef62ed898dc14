/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the broker computed, in words of both agreements; see replay_case.h. */
#include "replay_case.h"

#include "facts.h"
#include "relation.h"

bool
replay_case_stated(struct value value[LIMIT_ATTRIBUTES], uint32_t *stated,
    const struct agreement *a, const struct entry_share *s)
{
    int kind = agreement_kind(a, s->kind);

    *stated = 0;
    for (size_t i = 0; kind >= 0 && i < s->facts_n; i++) {
        int of = agreement_attribute(a, s->fact[i].attribute);
        uint8_t k = of < 0 ? NO_POSITION : a->kinds[kind].position[of];

        if (k == NO_POSITION || !a->attributes[of].by_broker ||
            !facts_value(&value[k], &a->attributes[of], s->fact[i].value))
            return false;
        *stated |= UINT32_C(1) << k;
    }
    return kind >= 0;
}

/* The kind of S in the other agreement; NULL: it has none of that name. */
static const struct agreement_kind *
kind_now(const struct simulate_signal *s, const struct agreement *now)
{
    int i = agreement_kind(now, slice_str(s->was->kinds[s->kind].name));

    return i < 0 ? NULL : &now->kinds[i];
}

/* To what a signal replied the ledger does not tell. */
static bool
is_told(const struct replay_case *c, const struct agreement_attribute *at)
{
    enum relation r = relation_by_name(at->name);

    return c->told && r != RELATION_THIRD_PARTY_RULE && r != RELATION_VETO;
}

static struct value
computed(const struct replay_case *c, const struct agreement_attribute *at)
{
    const struct relation_question q = {.course = c->course,
        .sender = c->sender,
        .recipient = c->recipient,
        .seconds = c->seconds};

    return relation_value(at, &q);
}

static uint32_t
by_broker(const struct agreement *a, const struct agreement_kind *kind)
{
    uint32_t mask = 0;

    for (size_t k = 0; kind != NULL && k < kind->attributes_n; k++) {
        if (a->attributes[kind->attributes[k]].by_broker)
            mask |= UINT32_C(1) << k;
    }
    return mask;
}

bool
replay_case_matters(
    const struct simulate_signal *s, const struct agreement *now)
{
    return by_broker(s->was, &s->was->kinds[s->kind]) != 0 ||
           by_broker(now, kind_now(s, now)) != 0;
}

void
replay_case_fill(struct simulate_signal *s, const struct agreement *now,
    const struct replay_case *c)
{
    const struct agreement_kind *was = &s->was->kinds[s->kind];
    const struct agreement_kind *is = kind_now(s, now);
    uint32_t left = by_broker(s->was, was);

    s->exact = s->untold = s->computed = 0;
    for (; left != 0; left &= left - 1) {
        unsigned k = (unsigned)__builtin_ctz(left);
        const struct agreement_attribute *at =
            &s->was->attributes[was->attributes[k]];

        if ((c->stated >> k & 1) != 0)
            s->value[k] = c->value[k];
        else if (is_told(c, at))
            s->value[k] = computed(c, at);
        else
            s->untold |= UINT32_C(1) << k;
        s->exact |= (UINT32_C(1) << k) & ~s->untold;
    }
    for (left = by_broker(now, is); left != 0; left &= left - 1) {
        unsigned k = (unsigned)__builtin_ctz(left);
        const struct agreement_attribute *at =
            &now->attributes[is->attributes[k]];

        if (!is_told(c, at))
            continue;
        s->computed |= UINT32_C(1) << k;
        s->now_value[k] = computed(c, at);
    }
}
