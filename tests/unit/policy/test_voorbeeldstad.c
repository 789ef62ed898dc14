/* SPDX-License-Identifier: EUPL-1.2
 *
 * The shipped agreement against the sharing rules of voorbeeldstad.c. Where a
 * row gives something, every assignment is tried of what can matter there;
 * everywhere else, what the rows ask for, and chance. That no permit reaches
 * further than the rows is looked up in the permits themselves. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compiled.h"
#include "generated.h"
#include "rows.h"
#include "rule.h"
#include "voorbeeldstad.h"

#define a rows_agreement
static uint64_t chance = 16;

static void
compare_with_rows(const struct request *req, const struct decision *got)
{
    struct said want = rows_say(req);

    if (got->fields != want.fields) {
        fail_msg("%s gives %s of %s the fields %x, not %x",
            a->parties[req->sender], a->parties[req->recipient],
            a->kinds[req->kind].name, got->fields, want.fields);
    }
    if (want.fields == 0) {
        assert_int_equal(got->verdict, VERDICT_DENY);
        return;
    }
    assert_int_equal(got->verdict,
        want.approval.count > 0 ? VERDICT_PENDING : VERDICT_PERMIT);
    assert_int_equal(got->reason, DENY_NONE);
    assert_int_equal(got->duties.approvals_n, want.approval.count > 0);
    assert_int_equal(got->duties.approval[0].count, want.approval.count);
    assert_int_equal(got->duties.approval[0].of, want.approval.of);
    assert_int_equal(got->duties.has_at_most, want.days > 0);
    assert_int_equal(got->duties.at_most, want.days);
    assert_int_equal(got->duties.onward_limited, want.onward != UINT64_MAX);
    if (got->duties.onward_limited) {
        assert_int_equal(got->duties.onward_to, want.onward);
    }
    assert_true(got->duties.log);
}

static void
decide_and_compare(const struct request *req)
{
    static size_t visited;
    struct decision got;

    if (visited++ % SANITIZED_STEP != 0)
        return;
    evaluate(&got, a, req);
    compare_with_rows(req, &got);
}

static void
every_request_of_a_row_is_decided_as_the_rows_say(void **state)
{
    (void)state;
    print_message("%zu requests\n", rows_visit(decide_and_compare));
}

/* Everybody to everybody, of every kind, for every purpose and on every ground,
 * with what a row of the kind asks for, and once by chance. */
static void
on_no_other_route_is_anything_given(void **state)
{
    size_t routes = a->parties_n * a->parties_n * a->purposes_n * a->grounds_n;
    struct request req;
    struct decision got;

    (void)state;
    for (size_t i = 0; i < voorbeeldstad_rows_n; i++) {
        rows_satisfy(&req, i);
        for (size_t rest, r = 0; r < routes; r += SANITIZED_STEP) {
            rest = r;
            req.sender = (uint16_t)(rest % a->parties_n);
            rest /= a->parties_n;
            req.recipient = (uint16_t)(rest % a->parties_n);
            rest /= a->parties_n;
            req.purpose = (uint16_t)(rest % a->purposes_n);
            req.ground = (uint16_t)(rest / a->purposes_n);
            compiled_decide(&got, a->table, &req);
            compare_with_rows(&req, &got);
        }
    }
}

/* Unless a permit applies nothing is shared: so these are all routes on which
 * anything could be. */
static void
every_route_of_a_permit_is_one_of_a_row(void **state)
{
    size_t routes = a->parties_n * a->parties_n * a->purposes_n * a->grounds_n;
    size_t permitted = 0;

    (void)state;
    for (size_t i = 0; i < routes * a->kinds_n; i += SANITIZED_STEP) {
        struct request req = {0};
        size_t rest = i;
        bool permit = false;

        req.sender = (uint16_t)(rest % a->parties_n);
        rest /= a->parties_n;
        req.recipient = (uint16_t)(rest % a->parties_n);
        rest /= a->parties_n;
        req.purpose = (uint16_t)(rest % a->purposes_n);
        rest /= a->purposes_n;
        req.ground = (uint16_t)(rest % a->grounds_n);
        req.kind = (uint16_t)(rest / a->grounds_n);
        for (size_t k = 0; k < a->rules_n && !permit; k++) {
            const struct rule *r = &a->rules[k];

            permit = r->type == RULE_PERMIT &&
                     (r->senders >> req.sender & 1) != 0 &&
                     (r->recipients >> req.recipient & 1) != 0 &&
                     (r->kinds >> req.kind & 1) != 0 &&
                     (r->purposes >> req.purpose & 1) != 0 &&
                     (r->grounds >> req.ground & 1) != 0;
        }
        permitted += permit;
        if (permit && req.sender != req.recipient && !rows_is_route(&req)) {
            fail_msg("a permit lets %s give %s of %s, which no row says",
                a->parties[req.sender], a->parties[req.recipient],
                a->kinds[req.kind].name);
        }
    }
    assert_true(permitted > 200 / SANITIZED_STEP);
}

static void
compare_with_widest(const struct request *req)
{
    struct decision one;
    struct decision widest;

    evaluate(&one, a, req);
    assert_int_equal(evaluate_widest(&widest, a, req), DHK_OK);
    assert_memory_equal(&one, &widest, sizeof one);
}

static void
compare_with_classes(const struct request *req)
{
    struct request other = *req;
    struct decision one;
    struct decision two;

    for (size_t k = 0; k < a->kinds[req->kind].attributes_n; k++) {
        uint32_t class_ = evaluate_class(a, req->kind, k, req->attribute[k]);

        assert_int_equal(evaluate_representative(
                             &other.attribute[k], a, req->kind, k, class_),
            DHK_OK);
        assert_int_equal(
            evaluate_class(a, req->kind, k, other.attribute[k]), class_);
    }
    evaluate(&one, a, req);
    evaluate(&two, a, &other);
    assert_memory_equal(&one, &two, sizeof one);
}

static void
in_one_of_sixteen(const struct request *req)
{
    if (generated_below(&chance, 16) == 0) {
        compare_with_widest(req);
        compare_with_classes(req);
    }
}

static void
widest_decision_and_classes_of_values_decide_alike(void **state)
{
    (void)state;
    assert_true(rows_visit(in_one_of_sixteen) > 50000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_of_a_row_is_decided_as_the_rows_say),
        cmocka_unit_test(on_no_other_route_is_anything_given),
        cmocka_unit_test(every_route_of_a_permit_is_one_of_a_row),
        cmocka_unit_test(widest_decision_and_classes_of_values_decide_alike),
    };

    return cmocka_run_group_tests(tests, rows_load, rows_unload);
}
