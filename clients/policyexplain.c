/* SPDX-License-Identifier: EUPL-1.2
 *
 * An explanation in sentences; see policyexplain.h. */
#include "policyexplain.h"

#include <string.h>

#include "explain_words.h"
#include "wrap_text.h"

enum { WIDTH = 80, INDENT = 4 };

struct page {
    FILE *out;
    const struct policyexplain *x;
    const struct agreement *a;
    bool failed; /* memory was short */
};

/* One of two literals, which may be formats: a function could not return one
 * that the compiler checks. */
#define SAY(p, nl, en) ((p)->x->lang == RENDER_EN ? (en) : (nl))

static void
heading(const struct page *p, const char *nl, const char *en)
{
    (void)fprintf(p->out, "\n%s\n", SAY(p, nl, en));
}

/* What was put in W, as a paragraph behind LEAD. */
static void
paragraph(struct page *p, struct words *w, const char *lead)
{
    const char *text;
    if (words_end(w, &text) != DHK_OK)
        p->failed = true;
    (void)fprintf(p->out, "%*s%s", INDENT, "", lead);
    wrap_text_print(p->out, text, INDENT + strlen(lead), WIDTH);
    words_done(w);
}

/* "P1, P2" */
static void
add_ids(struct words *w, const struct page *p, const struct explain_rules *r)
{
    for (size_t i = 0; i < r->n; i++) {
        words_add(w, i > 0 ? ", " : "");
        words_add(w, agreement_rule_id(p->a, r->rule[i]));
    }
    if (r->more > 0)
        words_format(w, SAY(p, " en nog %zu", " and %zu more"), r->more);
}

/* P5 "Title" (file:line) */
static void
rule_head(const struct page *p, uint16_t rule)
{
    (void)fprintf(p->out, "  %s \"%s\" (%s:%u)", agreement_rule_id(p->a, rule),
        agreement_rule_title(p->a, rule), p->x->file->path,
        agreement_rule_line(p->a, rule));
}

/* A value that is not known stops no rule but a permit. */
static void
print_unknown(struct page *p, uint16_t rule)
{
    const struct agreement_kind *kind = &p->a->kinds[p->x->req->kind];
    uint32_t unknown = explain_unknown(p->a, rule, p->x->req);
    const char *comma = "";
    struct words w = {0};
    if (unknown == 0)
        return;
    words_add(&w, SAY(p, "Hier geldt zij omdat niet bekend is: ",
                      "Here it applies because it is not known: "));
    for (; unknown != 0; unknown &= unknown - 1) {
        uint16_t at = kind->attributes[__builtin_ctz(unknown)];
        words_format(&w, "%s%s", comma, p->a->attributes[at].name);
        comma = ", ";
    }
    words_add(&w, ".");
    paragraph(p, &w, "");
}

static void
print_rules(struct page *p, const struct explain_rules *rules)
{
    for (size_t i = 0; i < rules->n; i++) {
        struct words w = {0};
        rule_head(p, rules->rule[i]);
        (void)fputc('\n', p->out);
        render_rule(&w, p->a, rules->rule[i], p->x->lang);
        paragraph(p, &w, "");
        print_unknown(p, rules->rule[i]);
    }
    if (rules->more > 0)
        (void)fprintf(
            p->out, SAY(p, "  en nog %zu\n", "  and %zu more\n"), rules->more);
}

/* --- the decision --- */

static void
print_permit(const struct page *p)
{
    const struct request *req = p->x->req;
    (void)fprintf(p->out,
        SAY(p, "Toegestaan: %s mag een %s aan %s verstrekken.\n",
            "Permitted: %s may give a %s to %s.\n"),
        p->a->parties[req->sender], p->a->kinds[req->kind].name,
        p->a->parties[req->recipient]);
}

static void
add_approval(
    struct words *w, const struct page *p, const struct duty_approval *d)
{
    const char *comma = "";
    words_format(w,
        SAY(p, "Wacht op goedkeuring door minstens %u van ",
            "Waits for approval by at least %u of "),
        d->count);
    if (d->of == 0)
        words_add(w, SAY(p, "de ondertekenaars", "the signatories"));
    for (size_t i = 0; i < p->a->parties_n; i++) {
        if ((d->of >> i & 1) == 0)
            continue;
        words_add(w, comma);
        words_add(w, p->a->parties[i]);
        comma = ", ";
    }
    words_add(w, ".");
}

static void
print_pending(struct page *p)
{
    const struct duties *d = &p->x->why->decision.duties;
    print_permit(p);
    for (size_t i = 0; i < d->approvals_n; i++) {
        struct words w = {0};
        add_approval(&w, p, &d->approval[i]);
        paragraph(p, &w, "");
    }
}

static void
print_denied(const struct page *p)
{
    const struct decision *d = &p->x->why->decision;
    switch (d->reason) {
    case DENY_FORBID:
        (void)fprintf(p->out,
            SAY(p, "Geweigerd: regel %s verbiedt het.\n",
                "Denied: rule %s forbids it.\n"),
            agreement_rule_id(p->a, d->rules[0]));
        break;
    case DENY_NO_FIELDS:
        (void)fputs(SAY(p, "Geweigerd: de regels laten geen enkel veld over.\n",
                        "Denied: the rules leave no field.\n"),
            p->out);
        break;
    case DENY_NO_PERMIT:
    case DENY_NONE:
        (void)fputs(SAY(p, "Geweigerd: geen regel staat het toe.\n",
                        "Denied: no rule permits it.\n"),
            p->out);
        break;
    }
}

static void
print_verdict(struct page *p)
{
    switch (p->x->why->decision.verdict) {
    case VERDICT_PERMIT:
        print_permit(p);
        break;
    case VERDICT_PENDING:
        print_pending(p);
        break;
    case VERDICT_DENY:
        print_denied(p);
        break;
    }
}

/* --- fields and obligations --- */

static const char *
fate_name(const struct page *p, enum explain_fate fate)
{
    switch (fate) {
    case EXPLAIN_SHARED:
        return SAY(p, "gedeeld door", "shared by");
    case EXPLAIN_WITHHELD:
        return SAY(p, "weggelaten door", "withheld by");
    case EXPLAIN_NEVER:
        return SAY(p, "verboden door", "never, by");
    case EXPLAIN_NOT_SHARED:
        return SAY(p, "geen regel deelt het", "no rule shares it");
    case EXPLAIN_DENIED:
        break;
    }
    return SAY(p, "geweigerd", "denied");
}

static void
print_fields(struct page *p)
{
    const struct explain *e = p->x->why;
    const struct agreement_kind *kind = &p->a->kinds[p->x->req->kind];
    size_t widest = 0;
    heading(p, "Velden", "Fields");
    for (size_t i = 0; i < e->fields_n; i++) {
        size_t n = strlen(kind->fields[i].name);
        widest = n > widest ? n : widest;
    }
    for (size_t i = 0; i < e->fields_n; i++) {
        const struct explain_field *f = &e->field[i];
        struct words ids = {0};
        const char *text;
        if (f->by.n > 0)
            words_add(&ids, " ");
        add_ids(&ids, p, &f->by);
        p->failed = words_end(&ids, &text) != DHK_OK || p->failed;
        (void)fprintf(p->out, "  %-*s  %s%s\n", (int)widest,
            kind->fields[i].name, fate_name(p, f->fate), text);
        words_done(&ids);
    }
}

static void
print_duties(struct page *p)
{
    const struct explain *e = p->x->why;
    if (e->duties_n > 0)
        heading(p, "Verplichtingen", "Obligations");
    for (size_t i = 0; i < e->duties_n; i++) {
        struct words w = {0};
        render_duties(&w, p->a, &e->duty[i].only, p->x->lang);
        words_add(&w, " (");
        add_ids(&w, p, &e->duty[i].by);
        words_add(&w, ")");
        paragraph(p, &w, "- ");
    }
}

/* --- what would have been permitted --- */

static void
print_then(const struct page *p, const struct explain_nearest *near)
{
    const char *id =
        near->has_forbid ? agreement_rule_id(p->a, near->forbid) : NULL;
    bool depends = near->then == EXPLAIN_THEN_DEPENDS;
    if (near->then == EXPLAIN_THEN_PERMITTED)
        return;
    (void)fprintf(p->out, "%*s%s", INDENT, "",
        depends ? SAY(p, "Van een deel daarvan: ", "Of some of that: ")
                : SAY(p, "Maar ook dan: ", "But even then: "));
    if (id != NULL)
        (void)fprintf(p->out,
            SAY(p, "regel %s verbiedt het.\n", "rule %s forbids it.\n"), id);
    else
        (void)fputs(
            SAY(p, "er blijft geen veld over.\n", "no field remains.\n"),
            p->out);
}

static void
print_near(struct page *p, const struct explain_nearest *near)
{
    rule_head(p, near->rule);
    (void)fprintf(p->out, "%s\n", SAY(p, " zou gelden als", " would apply if"));
    for (size_t i = 0; i < near->n; i++) {
        struct words w = {0};
        explain_words_differ(&w, p->a, p->x->req, &near->differ[i], p->x->lang);
        words_add(&w, i + 1 == near->n ? "." : SAY(p, ", en", ", and"));
        paragraph(p, &w, "- ");
    }
    print_then(p, near);
}

static void
print_nearest(struct page *p)
{
    const struct explain *e = p->x->why;
    const struct request *req = p->x->req;
    if (e->permits.n > 0)
        return;
    heading(p, "Wat het dichtst in de buurt komt", "What comes nearest");
    if (e->sender_has_none)
        (void)fprintf(p->out,
            SAY(p, "  Geen regel staat %s toe een %s te verstrekken.\n",
                "  No rule permits %s to give a %s.\n"),
            p->a->parties[req->sender], p->a->kinds[req->kind].name);
    for (size_t i = 0; i < e->nearest_n; i++)
        print_near(p, &e->nearest[i]);
    if (e->nearest_n == 0)
        (void)fputs(
            SAY(p, "  Geen enkele regel.\n", "  No rule at all.\n"), p->out);
    if (e->nearest_more > 0)
        (void)fprintf(p->out,
            SAY(p, "  en nog %zu die even dichtbij komen\n",
                "  and %zu more that come as near\n"),
            e->nearest_more);
}

static void
print_instead(struct page *p)
{
    const struct explain *e = p->x->why;
    struct words w = {0};
    if (e->forbids.n == 0 || e->permits.n == 0)
        return;
    words_add(&w, SAY(p, "Zonder verbod zou gelden: ",
                      "Were it not forbidden, these would apply: "));
    add_ids(&w, p, &e->permits);
    words_add(&w, ".");
    (void)fputc('\n', p->out);
    paragraph(p, &w, "");
}

enum dhk_err
policyexplain_print(FILE *out, const struct policyexplain *x)
{
    struct page p = {.out = out, .x = x, .a = x->file->agreement};
    const struct explain *e = x->why;
    bool forbidden = e->forbids.n > 0;
    print_verdict(&p);
    if (forbidden || e->permits.n > 0)
        heading(&p, "Regels", "Rules");
    print_rules(&p, forbidden ? &e->forbids : &e->permits);
    if (!forbidden && e->permits.n > 0) {
        print_rules(&p, &e->nevers);
        print_fields(&p);
        print_duties(&p);
    }
    print_instead(&p);
    print_nearest(&p);
    return p.failed ? DHK_NOMEM : DHK_OK;
}
