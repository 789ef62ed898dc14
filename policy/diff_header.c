/* SPDX-License-Identifier: EUPL-1.2
 *
 * The header of an agreement in words; see diff_header.h. */
#include "diff_header.h"

#include <string.h>

const char *
diff_header_part(size_t part)
{
    static const char *const name[DIFF_HEADER_PARTS] = {
        "name", "timezone", "valid", "signed by"};

    return name[part];
}

/* As agreements write it. */
static void
add_date(struct words *w, int64_t day)
{
    struct agreement_date date = agreement_date(day);

    words_format(w, "%04d-%02d-%02d", date.year, date.month, date.day);
}

/* The first name after LAST, in the order of the alphabet; or NULL. */
static const char *
signatory_after(const struct agreement *a, const char *last)
{
    const char *next = NULL;

    for (size_t i = 0; i < a->signatories_n; i++) {
        const char *name = a->parties[a->signatories[i]];

        if (strcmp(name, last) > 0 &&
            (next == NULL || strcmp(name, next) < 0)) {
            next = name;
        }
    }
    return next;
}

/* That order, for the one of the text means nothing. */
static void
add_signatories(struct words *w, const struct agreement *a)
{
    const char *name = "";
    const char *comma = "";

    while ((name = signatory_after(a, name)) != NULL) {
        words_format(w, "%s%s", comma, name);
        comma = ", ";
    }
}

void
diff_header_describe(struct words *w, const struct agreement *a, size_t part)
{
    switch (part) {
    case 0:
        words_add(w, a->name);
        return;
    case 1:
        words_add(w, a->timezone);
        return;
    case 2:
        add_date(w, a->valid_from);
        words_add(w, " until ");
        add_date(w, a->valid_until);
        return;
    default:
        break;
    }
    add_signatories(w, a);
}
