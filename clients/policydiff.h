/* SPDX-License-Identifier: EUPL-1.2
 *
 * What changes from one agreement to the next, for people and for programs. */
#ifndef CLIENTS_POLICYDIFF_H
#define CLIENTS_POLICYDIFF_H

#include "diff_names.h"
#include "diff_words.h"
#include "policyfile.h"

struct policydiff {
    const struct policyfile *file[2]; /* old, new; borrowed */
    struct diff *diff;
    struct diff_names names;
};

/* For policydiff_done(), also after an error: see diff_new(). */
DHK_MUST_USE enum dhk_err policydiff_find(struct policydiff *out,
    const struct policyfile *old, const struct policyfile *new,
    struct words *why);
void policydiff_done(struct policydiff *x);
/* Whether both mean the same. */
bool policydiff_is_equal(const struct policydiff *x);
void policydiff_print(
    FILE *out, const struct policydiff *x, enum render_lang lang);
/* One object, for json_print(). */
json_t *policydiff_json(const struct policydiff *x, enum render_lang lang);

/* For both: the kind of the box in the old (0) or new agreement, or NULL. */
const struct agreement_kind *policydiff_kind(
    const struct policydiff *x, const struct diff_box *one, size_t which);

#endif
