/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a request could at most share when some of its values cannot be seen:
 * the reference evaluator over every assignment of one value of each class. */
#include "evaluate.h"

#include <string.h>

#include "duties.h"
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
    rc = search_begin(&search, a, req);
    if (rc != DHK_OK) {
        return rc;
    }
    evaluate(out, a, &search.req);
    while (search_next(&search)) {
        evaluate(&one, a, &search.req);
        join(out, &one);
    }
    out->never &= ~out->fields;
    out->withheld &= ~out->fields;
    return DHK_OK;
}
