/* SPDX-License-Identifier: EUPL-1.2
 *
 * One number for each card: the time at which all that it had looked at has
 * come back, in parts of a second. How much a question takes is known only when
 * it is answered: the next one waits for it. */
#include "looks.h"

#include "core.h"

enum { SECOND_MS = 1000 };

static uint64_t
now(const struct core *c)
{
    return c->mono * LOOKS_PER_SECOND / SECOND_MS;
}

bool
looks_may(const struct core *c, uint64_t n)
{
    const struct force_card *card = force_card_by_number(&c->force, n);

    return card != NULL &&
           (card->looked <= now(c) || card->looked - now(c) < LOOKS_AT_ONCE);
}

void
looks_took(struct core *c, uint64_t n, uint64_t rows)
{
    struct force_card *card = force_card_by_number(&c->force, n);

    if (card == NULL)
        return;
    if (card->looked < now(c))
        card->looked = now(c);
    card->looked += LOOKS_QUESTION + rows;
}
