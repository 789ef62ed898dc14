/* SPDX-License-Identifier: EUPL-1.2
 *
 * A change between two agreements in words, Dutch or English. Pure. */
#ifndef POLICY_DIFF_WORDS_H
#define POLICY_DIFF_WORDS_H

#include "diff.h"
#include "render.h"

/* Adds to which requests it applies: "from politie to om signal x for p on g
 * when ernst is hoog and during nacht". Makes the box's kind the one at hand.
 * DHK_NOMEM, DHK_LIMIT as in cells.h. */
DHK_MUST_USE enum dhk_err diff_words_where(struct words *out,
    const struct diff *d, const struct box *box, enum render_lang lang);
/* Adds a set of values of one dimension, of the kind at hand. */
void diff_words_set(struct words *out, const struct cells *c, size_t dimension,
    const struct cells_set *set, enum render_lang lang);
/* Adds what becomes of approval, "denied" or "permitted": "was denied, is
 * permitted after approval"; nothing when that stays. */
void diff_words_verdict(
    struct words *out, const struct diff_box *box, enum render_lang lang);
/* Adds the obligations of the old or new agreement as sentences, or that there
 * are none. */
void diff_words_duties(struct words *out, const struct agreement *a,
    const struct duties *duties, enum render_lang lang);

#endif
