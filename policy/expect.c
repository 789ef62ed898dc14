/* SPDX-License-Identifier: EUPL-1.2
 *
 * Running the expect lines; see expect.h. A permit that waits for approval
 * counts as a permit: the line is about who may get what. */
#include "expect.h"

#include <string.h>

static const char *
id(const struct agreement *a, size_t i)
{
    return a->rules[i].id;
}

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

/* A text of bounded length; what does not fit ends in dots. */
struct words {
    char text[160];
    struct sink out;
};

static void
words_init(struct words *w)
{
    memset(w->text, 0, sizeof w->text);
    sink_init(&w->out, w->text, sizeof w->text - 4);
}

static void
words_add(struct words *w, const char *text)
{
    size_t n = strlen(text);

    if (w->out.err == DHK_OK && n <= w->out.cap - w->out.n) {
        sink_put(&w->out, text, n);
    } else if (w->out.err == DHK_OK) {
        memcpy(w->text + w->out.n, "...", 3);
        w->out.err = DHK_LIMIT;
    }
}

static void
add_fields(struct words *w, const struct agreement_kind *kind, uint32_t fields)
{
    bool first = true;

    for (size_t i = 0; i < kind->fields_n; i++) {
        if ((fields >> i & 1) != 0) {
            words_add(w, first ? "" : ", ");
            words_add(w, kind->fields[i].name);
            first = false;
        }
    }
}

static void
add_rules(
    struct words *w, const struct agreement *a, const struct decision *got)
{
    for (size_t i = 0; i < got->rules_n; i++) {
        words_add(w, i == 0 ? "" : ", ");
        words_add(w, id(a, got->rules[i]));
    }
    if (got->rules_n == 1) {
        words_add(w, " \"");
        words_add(w, a->rules[got->rules[0]].title);
        words_add(w, "\"");
    }
}

/* What was decided instead, and by which rule. */
static void
describe(struct words *w, const struct agreement *a, const struct request *req,
    const struct decision *got)
{
    words_init(w);
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

static void
run(struct resolver *r, const struct syntax_test *test)
{
    struct request req;
    struct decision got;
    struct words instead;
    uint32_t fields = 0;
    int by = find_rule(r, &test->by);
    bool permitted;

    if (by == -2 || !expect_request(r, &req, test) ||
        !read_fields(r, &fields, req.kind, &test->fields)) {
        return;
    }
    evaluate(&got, r->a, &req);
    permitted = got.verdict != VERDICT_DENY;
    if (permitted == test->permit && is_by(r->a, &req, &got, by) &&
        got.fields == fields) {
        return;
    }
    describe(&instead, r->a, &req, &got);
    findings_error(r->findings, test->at, "expected %s%s%s, but %s",
        test->permit ? "permit" : "deny", by < 0 ? "" : " by ",
        by < 0 ? "" : id(r->a, (size_t)by), instead.text);
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
