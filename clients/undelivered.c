/* SPDX-License-Identifier: EUPL-1.2 */
#include "undelivered.h"

#include <stdbool.h>
#include <string.h>

#include "wrap_text.h"

enum { LINE = 78, TEXT = 512 };

/* A recipient's own refusal is not among them: that one had the share. */
static const struct {
    const char *outcome, *why;
} ends[] = {
    {"quota", "too much waits there for it; push again later, or call them"},
    {"expired", "the term of the signal passed before it was answered; push "
                "again if it still matters"},
    {"withdrawn", "it was withdrawn before it was answered"},
    {"not-shared", "by what the broker knows, the agreement leaves nothing "
                   "that it may get"},
    {"declined", "whose approval it waited for has declined; ask them why"},
    {"card", "its key card was revoked or has run out; push again when it has "
             "a new one"},
    {"changed-agreement", "the agreement changed and does not permit this "
                          "share any more; look with push --dry-run"},
    {"changed-case", "the case changed, in its phase or in who takes part, "
                     "and this share does not fit any more; look with "
                     "driehoek case show"},
};
enum { ENDS = sizeof ends / sizeof ends[0] };

/* Its place in the list; ENDS: the recipient got it, or still may. Whoever is
 * told of a withdrawal held the share all the same. */
static size_t
find(const struct dhk_outcome *o)
{
    size_t i = 0;

    if (o->withdrawal != NULL && strcmp(o->withdrawal, "not-told") != 0)
        return ENDS;
    while (i < ENDS && strcmp(ends[i].outcome, o->outcome) != 0)
        i++;
    return i;
}

const char *
undelivered_why(const struct dhk_outcome *o)
{
    size_t i = find(o);

    return i < ENDS ? ends[i].why : NULL;
}

const char *
undelivered_by_all(const struct dhk_sent *s)
{
    bool same = true;

    for (size_t i = 0; i < s->outcomes_n; i++) {
        if (undelivered_why(&s->outcomes[i]) == NULL)
            return NULL;
        same =
            same && strcmp(s->outcomes[i].outcome, s->outcomes[0].outcome) == 0;
    }
    if (s->outcomes_n == 0)
        return NULL;
    return same ? s->outcomes[0].outcome : "undelivered";
}

void
undelivered_print(FILE *out, const struct dhk_sent *s)
{
    char text[TEXT];

    for (size_t i = 0; i < s->outcomes_n; i++) {
        const char *why = undelivered_why(&s->outcomes[i]);

        if (why == NULL)
            continue;
        (void)snprintf(text, sizeof text, "NOT delivered to %s: %s",
            s->outcomes[i].partner, why);
        (void)fputs("  ", out);
        wrap_text_print(out, text, 2, LINE);
    }
}

void
undelivered_see(struct undelivered_legend *l, const struct dhk_sent *s)
{
    for (size_t i = 0; i < s->outcomes_n; i++) {
        size_t end = find(&s->outcomes[i]);

        if (end < ENDS)
            l->seen |= 1U << end;
    }
}

void
undelivered_explain(FILE *out, const struct undelivered_legend *l)
{
    char text[TEXT];

    for (size_t i = 0; i < ENDS; i++) {
        if ((l->seen & 1U << i) == 0)
            continue;
        (void)snprintf(text, sizeof text, "%s means NOT delivered: %s",
            ends[i].outcome, ends[i].why);
        wrap_text_print(out, text, 0, LINE);
    }
}
