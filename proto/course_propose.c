/* SPDX-License-Identifier: EUPL-1.2
 *
 * What takes effect only when every weigher has stated it. */
#include "course_impl.h"

#include <string.h>

bool
course_counts(const struct course *c, const struct course_said *said)
{
    return c->under_of == said->of &&
           memcmp(c->under, said->agreement, sizeof c->under) == 0;
}

/* The last word of a weigher about one thing is the one that counts. */
bool
course_proposal_is_replaced(const struct course *c,
    const struct course_proposal *p, const struct statement *s, uint8_t name)
{
    return p->act == s->what && p->partner == course_name(c, s->partner) &&
           memcmp(p->ref, s->ref, sizeof p->ref) == 0 &&
           memchr(p->by, name, p->by_n) != NULL;
}

bool
course_proposal_remains(const struct course *c, const struct course_proposal *p,
    const struct course_said *said, uint8_t name)
{
    if (p->until != 0 && p->until <= (int64_t)(said->time / COURSE_MS))
        return false;
    return p->by_n > 1 || !course_proposal_is_replaced(c, p, said->s, name);
}

uint8_t
course_proposal_at(const struct course *c, const struct statement *s)
{
    uint8_t partner = course_name(c, s->partner);

    for (uint8_t i = 0; i < c->proposals_n; i++) {
        const struct course_proposal *p = &c->proposal[i];
        if (p->act == s->what && p->code == s->code && p->until == s->until &&
            p->partner == partner && memcmp(p->ref, s->ref, 32) == 0)
            return i;
    }
    return COURSE_PROPOSALS;
}

void
course_settle(struct course *c, uint8_t partner, const uint8_t *card)
{
    uint8_t kept = 0;

    for (uint8_t i = 0; i < c->proposals_n; i++) {
        const struct course_proposal *p = &c->proposal[i];
        bool is_about =
            card != NULL ? p->act == ACT_ADMIT && memcmp(p->ref, card, 32) == 0
                         : p->act == ACT_RELIEVE && p->partner == partner;
        if (!is_about)
            c->proposal[kept++] = *p;
    }
    c->proposals_n = kept;
}

/* Takes NAME's word out of what it replaces with SAID, and drops what remains
 * of nobody or is too late. */
static void
clear_away(struct course *c, const struct course_said *said, uint8_t name)
{
    uint8_t same = course_proposal_at(c, said->s), kept = 0;

    for (uint8_t i = 0; i < c->proposals_n; i++) {
        struct course_proposal p = c->proposal[i];
        if (i != same && !course_proposal_remains(c, &p, said, name))
            continue;
        if (i != same && course_proposal_is_replaced(c, &p, said->s, name)) {
            uint8_t *word = memchr(p.by, name, p.by_n--);
            memmove(word, word + 1, (size_t)(p.by + p.by_n - word));
        }
        c->proposal[kept++] = p;
    }
    c->proposals_n = kept;
}

bool
course_propose(struct course *c, const struct course_said *said, uint8_t name)
{
    const struct statement *s = said->s;
    uint8_t partner = course_name_in(c, s->partner);

    clear_away(c, said, name);
    uint8_t at = course_proposal_at(c, s);
    if (at == COURSE_PROPOSALS) {
        at = c->proposals_n++;
        c->proposal[at] = (struct course_proposal){.act = s->what,
            .partner = partner,
            .code = (uint8_t)s->code,
            .until = s->until,
            .index = said->index};
        memcpy(c->proposal[at].ref, s->ref, sizeof c->proposal[at].ref);
    }
    struct course_proposal *p = &c->proposal[at];
    p->by[p->by_n++] = name;
    if (p->by_n < said->of)
        return false;
    c->proposals_n--;
    memmove(p, p + 1, (size_t)(c->proposals_n - at) * sizeof *p);
    return true;
}

void
course_begin_again(struct course *c, const struct course_said *said)
{
    if (course_counts(c, said))
        return;
    c->proposals_n = 0;
    if (c->phase == ACT_PHASE_WEIGHED)
        c->votes_n = 0;
    memcpy(c->under, said->agreement, sizeof c->under);
    c->under_of = (uint8_t)said->of;
}
