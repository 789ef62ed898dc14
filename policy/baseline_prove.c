/* SPDX-License-Identifier: EUPL-1.2
 *
 * The proof: each permit of the agreement beside each rule of the baseline, and
 * the expect lines. */
#include "baseline.h"

#include <string.h>

#include "baseline_join.h"
#include "expect.h"
#include "hunt.h"

/* Questions put to a rule in one proof: half a second. */
enum { EFFORT_MAX = 20000000 };

static void
copy_text(char *out, size_t cap, const char *text)
{
    size_t n = strlen(text);

    n = n < cap ? n : cap - 1;
    memcpy(out, text, n);
    out[n] = '\0';
}

/* What the agreement shares for the request, as a violation of what stands AT
 * in the baseline. FIELDS are those of the permit that count. */
static void
add(struct baseline_proof *out, const struct agreement *a, size_t permit,
    const struct request *req, uint32_t fields)
{
    struct baseline_violation *v = &out->list[out->n];
    struct decision got;

    out->found++;
    if (out->n == BASELINE_VIOLATIONS) {
        return;
    }
    out->n++;
    v->permit = permit;
    v->witness = *req;
    evaluate(&got, a, req);
    v->fields = got.fields & fields;
}

static void
say_rule(struct baseline_proof *out, const struct rule *rule)
{
    struct baseline_violation *v = &out->list[out->n - 1];

    if (out->n < out->found) {
        return; /* it was not listed */
    }
    v->line = rule->at.line;
    v->column = rule->at.column;
    v->unapproved = rule->approvers != 0;
    copy_text(v->rule, sizeof v->rule, rule->id);
    copy_text(v->title, sizeof v->title, rule->title);
}

static void
prove_rule(struct baseline_proof *out, struct hunt *h,
    const struct agreement *a, const struct rule *against)
{
    uint32_t known = (uint32_t)((UINT64_C(1) << a->windows_n) - 1);

    h->against = against;
    out->empty += against->kinds == 0;
    for (size_t i = 0; i < h->own_n; i++) {
        h->permit = &h->all->rules[i];
        if (h->permit->type == RULE_PERMIT && hunt_run(h)) {
            h->req.windows &= known; /* the baseline may have more */
            add(out, a, i, &h->req, h->fields);
            say_rule(out, against);
        }
        if (h->effort == 0) {
            out->stuck = i;
            return;
        }
    }
}

/* The first of the permits that apply and share a field that was left. */
static size_t
find_permit(const struct agreement *a, const struct request *req,
    const struct decision *got)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        const struct rule *rule = &a->rules[i];

        if (rule->type == RULE_PERMIT &&
            (rule->share[req->kind] & got->fields) != 0 &&
            evaluate_rule_applies(a, i, req)) {
            return i;
        }
    }
    return 0;
}

static void
prove_expect(struct baseline_proof *out, const struct baseline *b,
    const struct agreement *a, const struct syntax_test *test)
{
    struct findings missing = {.n = 0};
    struct agreement borrowed = *a;
    struct resolver r = {
        .syntax = &b->syntax, .a = &borrowed, .findings = &missing};
    struct request req;
    struct decision got;

    out->expects++;
    if (!expect_request(&r, &req, test)) {
        out->expects_skipped++;
        return;
    }
    evaluate(&got, a, &req);
    if (got.verdict == VERDICT_DENY) {
        return;
    }
    add(out, a, find_permit(a, &req, &got), &req, UINT32_MAX);
    if (out->n == out->found) {
        out->list[out->n - 1].line = test->at.line;
        out->list[out->n - 1].column = test->at.column;
    }
}

/* What the broker can know is not for senders to say. */
static void
find_claimed(struct baseline_proof *out, const struct baseline *b,
    const struct agreement *a)
{
    for (size_t i = 0; i < b->own->attributes_n; i++) {
        const struct agreement_attribute *own = &b->own->attributes[i];
        int k = agreement_attribute(a, slice_str(own->name));

        if (own->by_broker && k >= 0 && !a->attributes[k].by_broker) {
            out->claimed |= UINT64_C(1) << k;
            out->found++;
        }
    }
}

static enum dhk_err
prove(struct baseline_proof *out, const struct baseline *b,
    const struct agreement *a, const struct agreement *all)
{
    struct hunt *h = arena_alloc(all->arena, 1, sizeof *h);

    if (h == NULL) {
        return DHK_NOMEM;
    }
    h->all = all;
    h->own_n = a->rules_n;
    h->effort = EFFORT_MAX;
    for (size_t i = a->rules_n; i < all->rules_n && h->effort > 0; i++) {
        out->rules++;
        prove_rule(out, h, a, &all->rules[i]);
    }
    LIST_EACH(struct syntax_test, test, &b->syntax.tests)
    {
        prove_expect(out, b, a, test);
    }
    find_claimed(out, b, a);
    return h->effort == 0 && out->found == 0 ? DHK_LIMIT : DHK_OK;
}

enum dhk_err
baseline_prove(struct baseline_proof *out, const struct baseline *b,
    const struct agreement *a)
{
    struct agreement *all;
    enum dhk_err rc = DHK_LIMIT;

    memset(out, 0, sizeof *out);
    out->stuck = a->rules_n;
    if (a->rules_n > LIMIT_RULES) {
        return DHK_LIMIT;
    }
    rc = baseline_join(&all, b, a);
    if (rc == DHK_OK) {
        rc = prove(out, b, a, all);
        agreement_destroy(&all);
    }
    return rc;
}
