/* SPDX-License-Identifier: EUPL-1.2
 *
 * What two agreements are called, talk about and are signed by: their headers
 * and vocabularies, name by name. Pure. */
#ifndef POLICY_DIFF_NAMES_H
#define POLICY_DIFF_NAMES_H

#include "agreement.h"

enum diff_class {
    DIFF_HEADER = 0, /* name: "name", "timezone", "valid", "signed by" */
    DIFF_PARTY,
    DIFF_PURPOSE,
    DIFF_GROUND,
    DIFF_ATTRIBUTE,
    DIFF_WINDOW,
    DIFF_SIGNAL,
    DIFF_FIELD,   /* of a signal that both have */
    DIFF_CARRIED, /* attribute of a signal that both have */
    DIFF_RULE,    /* a remark: see diff_name_is_remark() */
};
/* Of a field that is required in one of the two, where both have the signal:
 * what no request shows, for a request has no fields. */
enum diff_effect {
    DIFF_NO_EFFECT = 0,
    DIFF_WIDENS,  /* a signal may do without it now */
    DIFF_NARROWS, /* no signal may */
};
enum diff_how { DIFF_ADDED = 0, DIFF_REMOVED, DIFF_CHANGED };

struct diff_name {
    enum diff_class class;
    enum diff_how how;
    const char *name;
    const char *of; /* the signal of a field or carried attribute, else NULL */
    const char *from, *to; /* what it was and is, as the texts say it; NULL when
                            * there is nothing to say */
    enum diff_effect effect;
};
struct diff_names {
    struct diff_name *list;
    size_t n, cap;
    size_t remarks; /* of them */
    void *arena;    /* owns all of it */
};

/* For diff_names_done(), also after DHK_NOMEM; both must outlive it. */
DHK_MUST_USE enum dhk_err diff_names_find(struct diff_names *out,
    const struct agreement *before, const struct agreement *after);
void diff_names_done(struct diff_names *names);

/* Whether it changes no meaning: rules added, removed or with another title;
 * what they do stands in diff.h. */
bool diff_name_is_remark(const struct diff_name *name);
/* "party", "signal", ... in the words of the language of agreements. */
const char *diff_class_name(enum diff_class class);

#endif
