/* SPDX-License-Identifier: EUPL-1.2
 *
 * Writing expect lines; see suggest.h. Lines are broken as the shipped
 * agreements have it. */
#include "suggest.h"

#include <string.h>

#include "rule.h"

enum { WIDTH = 80 };

struct line {
    struct words *w;
    size_t begins; /* where in W the line at hand begins */
    bool endless;  /* is never broken */
};

static void
new_line(struct line *line, const char *indent)
{
    if (line->endless) {
        words_add(line->w, " ");
        return;
    }
    words_format(line->w, "\n%s", indent);
    line->begins = line->w->n - strlen(indent);
}

/* Adds TEXT after a blank, or on a line of its own when it would be too long.
 */
static void
add(struct line *line, const char *text, const char *end)
{
    size_t n = strlen(text) + 1; /* a comma or semicolon follows */
    bool first = line->w->n > 0 && line->w->text[line->w->n - 1] == ' ';

    if (!first && !line->endless && line->w->n - line->begins + 1 + n > WIDTH) {
        new_line(line, "    ");
    } else if (!first) {
        words_add(line->w, " ");
    }
    words_format(line->w, "%s%s", text, end);
}

static void
add_value(struct words *w, const struct agreement_attribute *at, uint32_t v)
{
    if (at->type == ATTRIBUTE_NUMBER) {
        words_format(w, "%u", v);
    } else {
        words_add(w, agreement_value_name(at, v));
    }
}

/* A list that is being written, each but the last with a comma. */
struct listing {
    struct words item; /* the last, not yet written */
    bool begun;
};

static void
list(struct line *line, struct listing *l, const char *word)
{
    if (l->item.n > 0) {
        add(line, l->item.text, ",");
    } else if (!l->begun) {
        new_line(line, "  ");
        words_format(line->w, "%s", word);
    }
    l->begun = true;
    l->item.n = 0;
}

static void
list_end(struct line *line, struct listing *l)
{
    if (l->item.n > 0) {
        add(line, l->item.text, "");
    }
    line->w->no_memory = line->w->no_memory || l->item.no_memory;
    words_done(&l->item);
}

/* What is not said is unknown, and a window not said does not hold. */
static void
add_facts(
    struct line *line, const struct agreement *a, const struct request *req)
{
    const struct agreement_kind *kind = &a->kinds[req->kind];
    struct listing l = {.begun = false};

    for (size_t k = 0; k < kind->attributes_n; k++) {
        const struct agreement_attribute *at =
            &a->attributes[kind->attributes[k]];

        if (req->attribute[k].state == VALUE_KNOWN) {
            list(line, &l, "with");
            words_format(&l.item, "%s is ", at->name);
            add_value(&l.item, at, req->attribute[k].v);
        }
    }
    for (size_t i = 0; i < a->windows_n; i++) {
        if ((req->windows >> i & 1) != 0) {
            list(line, &l, "with");
            words_format(&l.item, "during %s", a->windows[i].name);
        }
    }
    list_end(line, &l);
}

static void
add_fields(
    struct line *line, const struct agreement_kind *kind, uint32_t fields)
{
    struct listing l = {.begun = false};

    for (size_t i = 0; i < kind->fields_n; i++) {
        if ((fields >> i & 1) != 0) {
            list(line, &l, "shares exactly");
            words_add(&l.item, kind->fields[i].name);
        }
    }
    list_end(line, &l);
}

/* The first rule of the type that it was decided by, or NULL. */
static const struct rule *
decided_by(const struct agreement *a, const struct decision *d)
{
    enum rule_type wanted = d->verdict != VERDICT_DENY ? RULE_PERMIT
                            : d->reason == DENY_FORBID ? RULE_FORBID
                                                       : RULE_NEVER;

    for (size_t i = 0; i < d->rules_n; i++) {
        if (a->rules[d->rules[i]].type == wanted) {
            return &a->rules[d->rules[i]];
        }
    }
    return NULL;
}

static void
add_request(
    struct line *line, const struct agreement *a, const struct request *req)
{
    words_format(line->w, "from %s to %s signal %s", a->parties[req->sender],
        a->parties[req->recipient], a->kinds[req->kind].name);
    new_line(line, "  ");
    words_format(line->w, "for %s on %s", a->purposes[req->purpose].name,
        a->grounds[req->ground].name);
    add_facts(line, a, req);
}

void
suggest_expect(
    struct words *out, const struct agreement *a, const struct request *req)
{
    struct line line = {.w = out, .begins = out->n};
    struct decision d;
    const struct rule *by;

    evaluate(&d, a, req);
    by = decided_by(a, &d);
    words_format(out,
        "expect %s%s%s: ", d.verdict == VERDICT_DENY ? "deny" : "permit",
        by == NULL ? "" : " by ", by == NULL ? "" : by->id);
    add_request(&line, a, req);
    if (d.verdict != VERDICT_DENY) {
        add_fields(&line, &a->kinds[req->kind], d.fields);
    }
    words_add(out, ";\n");
}

void
suggest_request(
    struct words *out, const struct agreement *a, const struct request *req)
{
    struct line line = {.w = out, .endless = true};

    add_request(&line, a, req);
}
