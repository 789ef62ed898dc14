/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading and running expect lines; see expect.h. */
#include "expect.h"

#include <stdlib.h>
#include <string.h>

#include "resolve.h"

static bool
read_window(struct resolver *r, struct request *req, const struct token *name)
{
    int i = resolve_window(r, name);

    if (i < 0) {
        return false;
    }
    req->windows |= UINT32_C(1) << i;
    return true;
}

static bool
read_value(
    struct resolver *r, struct request *req, const struct syntax_atom *fact)
{
    const struct agreement_kind *kind = &r->a->kinds[req->kind];
    int i = resolve_attribute(r, &fact->name);
    struct value *v;

    if (i < 0) {
        return false;
    }
    if (kind->position[i] == NO_POSITION) {
        findings_error(r->findings, fact->name.at,
            "signal '%s' does not carry attribute '%s'", kind->name,
            r->a->attributes[i].name);
        return false;
    }
    v = &req->attribute[kind->position[i]];
    if (v->state != VALUE_NA) {
        findings_error(r->findings, fact->name.at, "'%s' has a value already",
            r->a->attributes[i].name);
        return false;
    }
    v->state = VALUE_UNKNOWN;
    if (slice_equal(fact->value.text, slice_str("unknown"))) {
        return true;
    }
    v->state = VALUE_KNOWN;
    return resolve_value(r, &v->v, &r->a->attributes[i], &fact->value);
}

/* Windows overlap: `during` one may mean during another too. */
static bool
is_window_set(const struct agreement *a, uint32_t windows)
{
    for (size_t i = 0; i < a->window_sets_n; i++) {
        if (a->window_sets[i] == windows) {
            return true;
        }
    }
    return false;
}

bool
expect_request(
    struct resolver *r, struct request *req, const struct syntax_test *test)
{
    int sender = resolve_party(r, &test->from);
    int recipient = resolve_party(r, &test->to);
    int kind = resolve_kind(r, &test->kind);
    int purpose = resolve_purpose(r, &test->purpose);
    int ground = resolve_ground(r, &test->ground);

    memset(req, 0, sizeof *req);
    if (sender < 0 || recipient < 0 || kind < 0 || purpose < 0 || ground < 0) {
        return false;
    }
    req->sender = (uint16_t)sender;
    req->recipient = (uint16_t)recipient;
    req->kind = (uint16_t)kind;
    req->purpose = (uint16_t)purpose;
    req->ground = (uint16_t)ground;
    LIST_EACH(struct syntax_atom, fact, &test->facts)
    {
        bool window = fact->op == OP_DURING;

        if (!(window ? read_window(r, req, &fact->name)
                     : read_value(r, req, fact))) {
            return false;
        }
    }
    if (!is_window_set(r->a, req->windows)) {
        findings_error(r->findings, test->at,
            "no minute of the week is in exactly these windows: name every "
            "window that it is in");
        return false;
    }
    return true;
}

static bool
read_fields(
    struct resolver *r, uint32_t *out, size_t k, const struct list *names)
{
    const struct agreement_kind *kind = &r->a->kinds[k];

    *out = 0;
    LIST_EACH(struct word, word, names)
    {
        struct nearest nearest;
        int i = agreement_field(kind, word->token.text);

        if (i >= 0) {
            *out |= UINT32_C(1) << i;
            continue;
        }
        names_nearest_init(&nearest, word->token.text);
        for (size_t f = 0; f < kind->fields_n; f++) {
            names_nearest_offer(&nearest, kind->fields[f].name);
        }
        resolve_unknown(r, &word->token, "field", &nearest);
        return false;
    }
    return true;
}

/* Index of the rule that the line names: -1 none named, -2 no such rule. */
static int
find_rule(struct resolver *r, const struct token *by)
{
    if (by->text.n == 0) {
        return -1;
    }
    for (size_t i = 0; i < r->a->rules_n; i++) {
        if (slice_equal(by->text, slice_str(r->a->rules[i].id))) {
            return (int)i;
        }
    }
    findings_error(r->findings, by->at, "unknown rule '%.*s'", (int)by->text.n,
        (const char *)by->text.p);
    return -2;
}

/* Where a list of fields or rules becomes too long for a message. */
enum { LISTED_MAX = 150 };

/* Adds NAME to a list that began at FROM in W, or dots for the rest of it. */
static void
list_name(struct words *w, size_t from, const char *name)
{
    if (w->n - from > LISTED_MAX) {
        if (w->text[w->n - 1] != '.') {
            words_add(w, ", ...");
        }
        return;
    }
    words_format(w, "%s%s", w->n > from ? ", " : "", name);
}

static void
add_fields(struct words *w, const struct agreement_kind *kind, uint32_t fields)
{
    size_t from = w->n;

    for (size_t i = 0; i < kind->fields_n; i++) {
        if ((fields >> i & 1) != 0) {
            list_name(w, from, kind->fields[i].name);
        }
    }
}

static void
add_rules(
    struct words *w, const struct agreement *a, const struct decision *got)
{
    size_t from = w->n;

    for (size_t i = 0; i < got->rules_n; i++) {
        list_name(w, from, a->rules[got->rules[i]].id);
    }
    if (got->rules_n == 1) {
        words_format(w, " \"%s\"", a->rules[got->rules[0]].title);
    }
}

/* What was decided instead, and by which rule. */
static void
describe(struct words *w, const struct agreement *a, const struct request *req,
    const struct decision *got)
{
    if (got->verdict != VERDICT_DENY) {
        add_rules(w, a, got);
        words_add(w, got->rules_n == 1 ? " shares " : " share ");
        add_fields(w, &a->kinds[req->kind], got->fields);
    } else if (got->reason == DENY_FORBID) {
        add_rules(w, a, got);
        words_add(w, " denies it");
    } else if (got->reason == DENY_NO_FIELDS) {
        words_add(w, "no field remains after ");
        add_rules(w, a, got);
    } else {
        words_add(w, "no rule permits it");
    }
}

/* Whether the rule that the line names had its part in the decision. */
static bool
is_by(const struct agreement *a, const struct request *req,
    const struct decision *got, int by)
{
    enum rule_type type;

    if (by < 0) {
        return true;
    }
    type = a->rules[by].type;
    if (!evaluate_rule_applies(a, (size_t)by, req)) {
        return false;
    }
    if (got->verdict != VERDICT_DENY) {
        return type == RULE_PERMIT;
    }
    return got->reason == DENY_FORBID ? type == RULE_FORBID
                                      : type == RULE_NEVER;
}

bool
expect_holds(
    struct words *why, const struct agreement *a, const struct expect_case *c)
{
    struct decision got;

    evaluate(&got, a, &c->req);
    if ((got.verdict != VERDICT_DENY) == c->permit &&
        is_by(a, &c->req, &got, c->by) && got.fields == c->fields) {
        return true;
    }
    if (why != NULL) {
        words_format(why, "expected %s%s%s, but ",
            c->permit ? "permit" : "deny", c->by < 0 ? "" : " by ",
            c->by < 0 ? "" : a->rules[c->by].id);
        describe(why, a, &c->req, &got);
    }
    return false;
}

/* False after a finding. */
static bool
read_case(
    struct resolver *r, struct expect_case *out, const struct syntax_test *test)
{
    out->by = find_rule(r, &test->by);
    out->permit = test->permit;
    out->line = test->at.line;
    out->column = test->at.column;
    return out->by != -2 && expect_request(r, &out->req, test) &&
           read_fields(r, &out->fields, out->req.kind, &test->fields);
}

static void
run(struct resolver *r, const struct syntax_test *test)
{
    struct words why = {0};
    struct expect_case c;
    const char *text;

    if (!read_case(r, &c, test) || expect_holds(&why, r->a, &c)) {
        return;
    }
    if (words_end(&why, &text) != DHK_OK) {
        text = "it comes out otherwise";
    }
    findings_error(r->findings, test->at, "%s", text);
    words_done(&why);
}

void
expect_run(struct resolver *r)
{
    LIST_EACH(struct syntax_test, test, &r->syntax->tests)
    {
        run(r, test);
        if (findings_is_full(r->findings)) {
            return;
        }
    }
}

static enum dhk_err
read_all(struct expect_list *out, struct resolver *r)
{
    const struct list *tests = &r->syntax->tests;

    if (tests->n == 0) {
        return DHK_OK;
    }
    out->list = calloc(tests->n, sizeof *out->list);
    if (out->list == NULL) {
        return DHK_NOMEM;
    }
    LIST_EACH(struct syntax_test, test, tests)
    {
        out->n += read_case(r, &out->list[out->n], test);
        if (findings_is_full(r->findings)) {
            break;
        }
    }
    return r->findings->errors > 0 ? DHK_FORMAT : DHK_OK;
}

enum dhk_err
expect_read(struct expect_list *out, const struct agreement *a,
    struct slice text, enum expect_text what, struct findings *findings)
{
    struct arena *scratch = arena_new();
    struct agreement names = *a; /* to look up in, as loading does */
    struct syntax syntax = {0};
    struct resolver r = {.syntax = &syntax,
        .a = &names,
        .scratch = scratch,
        .findings = findings};
    enum dhk_err rc = DHK_NOMEM;

    memset(out, 0, sizeof *out);
    memset(findings, 0, sizeof *findings);
    if (text.n > LIMIT_TEXT) {
        findings_error(findings, (struct place){1, 1},
            "the text is longer than %d bytes", (int)LIMIT_TEXT);
        rc = DHK_LIMIT;
    } else if (scratch != NULL) {
        syntax.goal = what == EXPECT_CASES ? SYNTAX_CASES : SYNTAX_AGREEMENT;
        rc = syntax_parse(&syntax, text, scratch, findings);
    }
    if (rc == DHK_OK) {
        rc = read_all(out, &r);
    }
    if (rc != DHK_OK) {
        expect_done(out);
    }
    findings_sort(findings);
    arena_destroy(&scratch);
    return rc;
}

void
expect_done(struct expect_list *list)
{
    free(list->list);
    memset(list, 0, sizeof *list);
}
