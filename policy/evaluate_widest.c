/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a request could at most share when some of its values cannot be seen:
 * an evaluator over every assignment of one value of each class; the compiled
 * one, which decides alike, when there is a table. */
#include "evaluate.h"

#include <string.h>

#include "compiled.h"
#include "duties.h"
#include "rule.h"
#include "search.h"

static void
join_rules(struct decision *out, const struct decision *more)
{
    for (size_t i = 0; i < more->rules_n; i++) {
        bool listed = false;

        for (size_t j = 0; j < out->rules_n; j++) {
            listed = listed || out->rules[j] == more->rules[i];
        }
        if (!listed && out->rules_n < LIMIT_RULES_USED) {
            out->rules[out->rules_n++] = more->rules[i];
        }
    }
}

/* How near a denial is to a permit: what one assignment forbids, another may
 * not. */
static int
nearness(enum deny_reason reason)
{
    return reason == DENY_NO_FIELDS ? 2 : reason == DENY_NO_PERMIT ? 1 : 0;
}

static void
join(struct decision *out, const struct decision *more)
{
    if (more->verdict == VERDICT_DENY) {
        if (out->verdict == VERDICT_DENY &&
            nearness(more->reason) > nearness(out->reason)) {
            *out = *more;
        }
        return;
    }
    if (out->verdict == VERDICT_DENY) {
        *out = *more;
        return;
    }
    if (more->verdict == VERDICT_PERMIT) {
        out->verdict = VERDICT_PERMIT;
    }
    out->fields |= more->fields;
    out->never |= more->never;
    out->withheld |= more->withheld;
    join_rules(out, more);
    duties_join(&out->duties, &more->duties);
}

/* Whether rule I applies whatever the hidden values are. */
static bool
applies_always(const struct agreement *a, size_t i, const struct request *req)
{
    struct search search;

    if (search_begin(&search, a, req) != DHK_OK) {
        return false;
    }
    do {
        if (!evaluate_rule_applies(a, i, &search.req)) {
            return false;
        }
    } while (search_next(&search));
    return true;
}

/* Of what is forbidden by one rule or another, the one that always does says
 * more than one that applies because a value is not known. */
static void
name_forbid(
    struct decision *out, const struct agreement *a, const struct request *req)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        const struct rule *rule = &a->rules[i];

        if (rule->type == RULE_FORBID &&
            rule_is_about(rule, req->sender, req->recipient, req->kind) &&
            applies_always(a, i, req)) {
            out->rules[0] = (uint16_t)i;
            out->rules_n = 1;
            return;
        }
    }
}

enum dhk_err
evaluate_widest(
    struct decision *out, const struct agreement *a, const struct request *req)
{
    struct search search;
    struct decision one;
    enum dhk_err rc;

    memset(out, 0, sizeof *out);
    out->reason = DENY_NO_PERMIT;
    if (req->sender >= a->parties_n || req->recipient >= a->parties_n ||
        req->kind >= a->kinds_n) {
        return DHK_OK; /* denied, as evaluate() does */
    }
    if (a->table != NULL && !compiled_has_rules(a->table, req)) {
        return DHK_OK;
    }
    rc = search_begin(&search, a, req);
    if (rc != DHK_OK) {
        return rc;
    }
    compiled_decide_by(out, a, &search.req);
    while (search_next(&search)) {
        compiled_decide_by(&one, a, &search.req);
        join(out, &one);
    }
    out->never &= ~out->fields;
    out->withheld &= ~out->fields;
    if (out->reason == DENY_FORBID) {
        name_forbid(out, a, req);
    }
    return DHK_OK;
}
