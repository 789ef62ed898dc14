/* SPDX-License-Identifier: EUPL-1.2 */
#include "term.h"

#include "sight.h"

struct term
term_of(enum term_field field, struct slice value)
{
    return (struct term){.field = field, .value = value};
}

struct visitor {
    term_visit visit;
    void *ctx;
};

static void
say(const struct visitor *v, enum term_field field, struct slice value)
{
    struct term term = term_of(field, value);

    if (value.n > 0)
        v->visit(v->ctx, &term);
}

static bool
say_line(void *ctx, const struct line *line)
{
    const struct visitor *v = ctx;

    for (size_t i = 0; i < 2; i++) {
        say(v, TERM_PARTNER, line->partner[i]);
        say(v, TERM_OUTCOME, line->outcome[i]);
    }
    say(v, TERM_SENDER, line->sender);
    say(v, TERM_RECIPIENT, line->recipient);
    say(v, TERM_KIND, line->kind);
    say(v, TERM_PURPOSE, line->purpose);
    if (line->case_handle != NULL)
        say(v, TERM_CASE, slice_of(line->case_handle, 16));
    for (size_t i = 0; i < line->rules_n; i++)
        say(v, TERM_RULE, line->rule[i]);
    return false;
}

enum dhk_err
term_each(struct line_reader *r, struct store_txn *t, const struct entry *e,
    uint64_t index, term_visit visit, void *ctx)
{
    struct visitor v = {.visit = visit, .ctx = ctx};
    const uint8_t event = (uint8_t)e->kind;
    struct sight_viewers seen = sight_viewers(r, t, e);

    say(&v, TERM_EVENT, slice_of(&event, 1));
    for (size_t i = 0; i < 2 && !seen.all; i++)
        say(&v, TERM_SEEN, seen.name[i]);
    if (seen.all)
        visit(ctx, &(struct term){.field = TERM_ALL});
    return line_each(r, t, e, index, say_line, &v);
}

size_t
term_of_query(struct term out[TERM_FILTERS], const struct query *q)
{
    const struct term all[TERM_FILTERS] = {
        term_of(TERM_CASE, slice_of(q->case_handle, q->has_case ? 16 : 0)),
        term_of(TERM_RULE, q->rule),
        term_of(TERM_OUTCOME, q->outcome),
        term_of(TERM_RECIPIENT, q->recipient),
        term_of(TERM_SENDER, q->sender),
        term_of(TERM_PARTNER, q->partner),
        term_of(TERM_KIND, q->kind),
        term_of(TERM_PURPOSE, q->share_purpose),
    };
    size_t n = 0;

    for (size_t i = 0; i < TERM_FILTERS; i++) {
        if (all[i].value.n > 0)
            out[n++] = all[i];
    }
    return n;
}
