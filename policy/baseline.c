/* SPDX-License-Identifier: EUPL-1.2
 *
 * Loading a baseline, and saying where an agreement is at odds with it; see
 * baseline.h. */
#include "baseline.h"

#include <string.h>

#include "baseline_join.h"
#include "check.h"
#include "classes.h"
#include "expect.h"
#include "suggest.h"
#include "words.h"

/* Rules that no request can meet are not what their authors meant. What a rule
 * names need not exist in a signal of the baseline itself. */
static void
check_rules(struct resolver *r)
{
    for (size_t i = 0; i < r->a->rules_n; i++) {
        const struct rule *rule = &r->a->rules[i];

        if (!check_conditions(r->a, i)) {
            findings_error(r->findings, rule->at,
                "the rule can never apply: its conditions exclude each other");
        }
    }
}

/* That they name things of the baseline. */
static void
check_expects(struct resolver *r)
{
    LIST_EACH(struct syntax_test, test, &r->syntax->tests)
    {
        struct request req;

        (void)expect_request(r, &req, test);
    }
}

static enum dhk_err
resolve(struct resolver *r)
{
    enum dhk_err rc =
        r->syntax->goal == SYNTAX_BASELINE ? resolve_vocabulary(r) : DHK_OK;

    if (rc == DHK_OK) {
        rc = resolve_rules(r);
    }
    if (rc != DHK_OK || r->findings->errors > 0) {
        return rc;
    }
    rc = classes_build(r->a, r->arena);
    if (rc == DHK_OK) {
        check_rules(r);
        check_expects(r);
    }
    return rc;
}

static enum dhk_err
load(struct baseline *b, struct slice text, const struct agreement *of,
    struct findings *findings)
{
    struct resolver r = {.syntax = &b->syntax,
        .arena = b->arena,
        .scratch = b->arena,
        .findings = findings};
    char *copy = arena_text(b->arena, text); /* for the names in the tree */
    enum dhk_err rc;

    if (copy == NULL) {
        return DHK_NOMEM;
    }
    b->syntax.goal = of == NULL ? SYNTAX_BASELINE : SYNTAX_RULES;
    rc = syntax_parse(&b->syntax, slice_of(copy, text.n), b->arena, findings);
    if (rc != DHK_OK) {
        return rc;
    }
    if (of != NULL) {
        b->own = baseline_vocabulary(b->arena, of, b->syntax.rules.n, 0);
        b->syntax.name.at = (struct place){1, 1};
    } else {
        b->own = arena_alloc(b->arena, 1, sizeof *b->own);
    }
    r.a = b->own;
    rc = b->own == NULL ? DHK_NOMEM : resolve(&r);
    return rc == DHK_OK && findings->errors > 0 ? DHK_FORMAT : rc;
}

static enum dhk_err
load_bounded(struct baseline **out, struct slice text,
    const struct agreement *of, struct findings *findings)
{
    struct arena *arena = arena_new();
    struct baseline *b =
        arena == NULL ? NULL : arena_alloc(arena, 1, sizeof *b);
    enum dhk_err rc = DHK_NOMEM;

    *out = NULL;
    memset(findings, 0, sizeof *findings);
    if (text.n > LIMIT_TEXT) {
        findings_error(findings, (struct place){1, 1},
            "the text is longer than %d bytes", (int)LIMIT_TEXT);
        rc = DHK_LIMIT;
    } else if (b != NULL) {
        b->arena = arena;
        rc = load(b, text, of, findings);
    }
    findings_sort(findings);
    if (rc != DHK_OK) {
        arena_destroy(&arena);
        return rc;
    }
    *out = b;
    return DHK_OK;
}

enum dhk_err
baseline_load(
    struct baseline **out, struct slice text, struct findings *findings)
{
    return load_bounded(out, text, NULL, findings);
}

enum dhk_err
baseline_load_rules(struct baseline **out, struct slice text,
    const struct agreement *of, struct findings *findings)
{
    return load_bounded(out, text, of, findings);
}

void
baseline_destroy(struct baseline **b)
{
    struct arena *arena = *b == NULL ? NULL : (*b)->arena;

    *b = NULL;
    arena_destroy(&arena);
}

const char *
baseline_name(const struct baseline *b)
{
    return b->syntax.goal == SYNTAX_BASELINE ? b->own->name : "";
}

uint32_t
baseline_version(const struct baseline *b)
{
    return b->syntax.goal == SYNTAX_BASELINE ? b->own->version : 0;
}

static void
report_one(struct findings *findings, const struct baseline *b,
    const struct baseline_violation *v, const struct agreement *a)
{
    const struct rule *permit = &a->rules[v->permit];
    int more = __builtin_popcount(v->fields) - 1;
    struct words said = {0};
    const char *text;

    words_add(&said, "it shares ");
    baseline_say_fields(
        &said, a, v->witness.kind, v->fields & (~v->fields + 1));
    if (more > 0) { /* a finding has little room, and the request matters */
        words_format(&said, " and %d more", more);
    }
    words_add(&said, " ");
    suggest_request(&said, a, &v->witness);
    if (words_end(&said, &text) != DHK_OK) {
        text = "memory is short";
    }
    findings_error(findings, permit->at,
        "rule %s permits what baseline %s forbids%s (line %u%s%s): %s",
        permit->id, baseline_name(b),
        v->unapproved ? " without another's approval" : "", v->line,
        v->rule[0] == '\0' ? "" : ", ", v->rule, text);
    words_done(&said);
}

void
baseline_report(struct findings *findings, const struct baseline *b,
    const struct baseline_proof *proof, const struct agreement *a)
{
    for (size_t i = 0; i < a->attributes_n; i++) {
        const struct agreement_attribute *at = &a->attributes[i];

        if ((proof->claimed >> i & 1) != 0) {
            findings_error(findings, (struct place){at->line, at->column},
                "baseline %s leaves '%s' to the broker: say 'by broker' behind "
                "its type",
                baseline_name(b), at->name);
        }
    }
    for (size_t i = 0; i < proof->n; i++) {
        report_one(findings, b, &proof->list[i], a);
    }
}

enum dhk_err
baseline_check(struct findings *findings, struct baseline_proof *proof,
    const struct baseline *b, const struct agreement *a)
{
    enum dhk_err rc = baseline_prove(proof, b, a);

    if (rc == DHK_OK) {
        baseline_report(findings, b, proof, a);
    } else if (rc == DHK_LIMIT) {
        findings_error(findings,
            proof->stuck < a->rules_n ? a->rules[proof->stuck].at
                                      : (struct place){1, 1},
            "whether it holds to baseline %s cannot be settled: its rules tell "
            "too many requests apart",
            baseline_name(b));
        rc = DHK_OK;
    }
    findings_sort(findings);
    return rc;
}

enum dhk_err
baseline_check_statutory(struct findings *findings, const struct agreement *a)
{
    struct findings own;
    struct baseline_proof proof;
    struct baseline *b;
    enum dhk_err rc = baseline_load(&b, baseline_statutory(), &own);

    must(rc == DHK_OK || rc == DHK_NOMEM); /* tests see to the text */
    if (rc == DHK_OK) {
        rc = baseline_check(findings, &proof, b, a);
    }
    baseline_destroy(&b);
    return rc;
}

void
baseline_say_fields(
    struct words *w, const struct agreement *a, uint16_t kind, uint32_t fields)
{
    bool first = true;

    for (; fields != 0; fields &= fields - 1) {
        words_add(w, first ? "" : ", ");
        words_add(w, a->kinds[kind].fields[__builtin_ctz(fields)].name);
        first = false;
    }
}
