/* SPDX-License-Identifier: EUPL-1.2
 *
 * What requests cover of an agreement; and that the lines which are proposed
 * for the rest can be read, hold, and cover it. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cover.h"
#include "expect.h"
#include "generated.h"
#include "suggest.h"

static const char small[] = HEAD
    "attribute age : number 0 .. 99; attribute live : yes-no;\n"
    "window office = mon - fri 08:00 - 18:00;\n"
    "signal k with fields s, t attributes age, live;\n"
    "permit P1 \"T\": from a to b, c signal k for p on g when age at least 18 "
    "and live is yes share s, t;\n"
    "permit P2 \"T\": from d to a signal k for p on g unless during office "
    "share s;\n"
    "forbid V1 \"T\": from a to c signal any;\n"
    "never N1 \"T\": share s to b, c when age above 64;\n";

static struct cover *
covered(const struct agreement *a, const char *const *lines, size_t n)
{
    struct request req[16];
    struct cover *c;

    assert_true(n <= sizeof req / sizeof req[0]);
    for (size_t i = 0; i < n; i++) {
        req[i] = loaded_request(a, lines[i]);
    }
    assert_int_equal(cover_new(&c, a, req, n), DHK_OK);
    return c;
}

static void
same_count(const struct cover_count *count, size_t n, size_t of)
{
    assert_int_equal(count->covered, n);
    assert_int_equal(count->of, of);
}

static void
same_rule(const struct cover *c, const struct agreement *a, const char *id,
    const struct cover_rule *want)
{
    const struct cover_rule *rule = &c->rule[loaded_rule(a, id)];

    assert_int_equal(rule->requests, want->requests);
    assert_int_equal(rule->met, want->met);
    assert_int_equal(rule->failed, want->failed);
    assert_int_equal(rule->conditions, want->conditions);
}

static void
rules_conditions_and_cells_are_counted(void **state)
{
    static const char *const lines[] = {
        "a b k p g age=18 live=yes",         /* P1 */
        "a b k p g age=20 live=yes",         /* the same cell */
        "a b k p g age=17 live=yes",         /* fails on age alone */
        "a b k p g age=17 live=no",          /* on both, shows neither */
        "a b k q g age=65 live=yes",         /* no permit; N1 applies */
        "a c k p g age=65 live=yes office!", /* V1, so that N1 has no part */
        "d a k p g age=1 live=yes office!",  /* P2's exception */
    };
    struct agreement *a = loaded_text(small);
    struct cover *c = covered(a, lines, sizeof lines / sizeof lines[0]);

    (void)state;
    same_rule(c, a, "P1",
        &(struct cover_rule){
            .requests = 2, .met = 3, .failed = 1, .conditions = 2});
    same_rule(c, a, "P2", &(struct cover_rule){.failed = 1, .conditions = 1});
    same_rule(c, a, "V1", &(struct cover_rule){.requests = 1});
    same_rule(c, a, "N1",
        &(struct cover_rule){
            .requests = 1, .met = 1, .failed = 1, .conditions = 1});
    same_count(&c->rules, 3, 4);
    same_count(&c->permits, 1, 2);
    same_count(&c->conditions, 6, 8);
    /* P1 with and without N1, P2; P1 under V1 */
    same_count(&c->permitted, 1, 3);
    same_count(&c->denied, 1, 2);
    assert_int_equal(c->outside, 4);
    assert_int_equal(cover_percent(&c->permitted), 33);
    cover_destroy(&c);
    agreement_destroy(&a);
}

static void
of_nothing_all_is_covered_and_by_nothing_none(void **state)
{
    struct agreement *a = loaded_text(small);
    struct cover *c = covered(a, NULL, 0);

    (void)state;
    same_count(&c->rules, 0, 4);
    same_count(&c->conditions, 0, 8);
    same_count(&c->permitted, 0, 3);
    assert_int_equal(cover_percent(&c->permitted), 0);
    assert_int_equal(cover_percent(&(struct cover_count){0, 0}), 100);
    assert_int_equal(cover_percent(&(struct cover_count){999, 1000}), 99);
    cover_destroy(&c);
    agreement_destroy(&a);
}

static bool
some_permit_applies(const struct agreement *a, const struct request *req)
{
    bool permits;

    for (size_t i = 0; i < a->rules_n; i++) {
        (void)evaluate_rule_keeps(a, i, req->kind, &permits);
        if (permits && evaluate_rule_applies(a, i, req)) {
            return true;
        }
    }
    return false;
}

/* In range, and with windows that do hold at some minute. */
static bool
is_possible(const struct agreement *a, const struct request *req)
{
    bool possible = req->sender < a->parties_n &&
                    req->recipient < a->parties_n && req->kind < a->kinds_n &&
                    req->purpose < a->purposes_n &&
                    req->ground < a->grounds_n && !req->windows_hidden;
    bool windows = false;

    for (size_t i = 0; i < a->window_sets_n; i++) {
        windows = windows || a->window_sets[i] == req->windows;
    }
    for (size_t k = 0; possible && k < a->kinds[req->kind].attributes_n; k++) {
        const struct agreement_attribute *at =
            &a->attributes[a->kinds[req->kind].attributes[k]];
        struct value v = req->attribute[k];

        possible = v.state == VALUE_UNKNOWN ||
                   (v.state == VALUE_KNOWN && v.v >= at->min && v.v <= at->max);
    }
    return possible && windows;
}

static const struct generated_shape shape = {.parties = 6,
    .kinds = 4,
    .purposes = 3,
    .grounds = 3,
    .attributes = 4,
    .windows = 2,
    .rules = 10,
    .any = 20,
    .names = 3};
enum { REQUESTS = 300 };

static void
every_request_to_which_a_permit_applies_lies_in_one_cell(void **state)
{
    uint64_t seed = 16;
    size_t inside = 0;

    (void)state;
    for (int round = 0; round < 40; round++) {
        struct agreement *a = generated_agreement(&shape, &seed);
        struct request req[REQUESTS];
        struct cover *c;
        size_t n = 0;
        size_t permitted = 0;
        size_t lies = 0;
        size_t applies = 0;

        while (n < REQUESTS) {
            generated_request(&req[n], a, &seed);
            n += is_possible(a, &req[n]);
        }
        for (size_t i = 0; i < n; i++) {
            struct decision d;

            evaluate(&d, a, &req[i]);
            permitted += d.verdict != VERDICT_DENY;
            applies += some_permit_applies(a, &req[i]);
        }
        assert_int_equal(cover_new(&c, a, req, n), DHK_OK);
        for (size_t i = 0; i < boxes_count(c->boxes); i++) {
            lies += c->cell[i].requests;
            permitted -= c->cell[i].permits ? c->cell[i].requests : 0;
        }
        assert_int_equal(lies, applies);
        assert_int_equal(c->outside, n - applies);
        assert_int_equal(permitted, 0);
        inside += lies;
        cover_destroy(&c);
        agreement_destroy(&a);
    }
    assert_true(inside > 2000);
}

/* Every line that is proposed, as one text. */
static void
suggest_all(struct words *out, const struct agreement *a)
{
    struct cover *c;

    assert_int_equal(cover_new(&c, a, NULL, 0), DHK_OK);
    for (size_t i = 0; i < boxes_count(c->boxes); i++) {
        suggest_expect(out, a, &boxes_at(c->boxes, i)->request[0]);
    }
    cover_destroy(&c);
}

/* Reads the lines in parts, for a text may be that long only. */
static size_t
check_suggested(const struct agreement *a)
{
    struct words lines = {0};
    struct expect_list cases;
    struct findings f;
    struct cover *c;
    const char *text;
    struct request *req;
    size_t n;

    suggest_all(&lines, a);
    assert_int_equal(words_end(&lines, &text), DHK_OK);
    assert_int_equal(
        expect_read(&cases, a, slice_str(text), EXPECT_CASES, &f), DHK_OK);
    n = cases.n;
    req = calloc(n + 1, sizeof *req);
    assert_non_null(req);
    for (size_t i = 0; i < n; i++) {
        assert_true(expect_holds(NULL, a, &cases.list[i]));
        req[i] = cases.list[i].req;
    }
    assert_int_equal(cover_new(&c, a, req, n), DHK_OK);
    assert_int_equal(c->permitted.covered, c->permitted.of);
    assert_int_equal(c->denied.covered, c->denied.of);
    assert_int_equal(c->outside, 0);
    assert_int_equal(n, c->permitted.of + c->denied.of);
    cover_destroy(&c);
    free(req);
    expect_done(&cases);
    words_done(&lines);
    return n;
}

static void
suggested_lines_hold_and_cover_every_cell(void **state)
{
    static const struct generated_shape little = {.parties = 4,
        .kinds = 2,
        .purposes = 2,
        .grounds = 2,
        .attributes = 4,
        .windows = 2,
        .rules = 7,
        .any = 10,
        .names = 2};
    struct agreement *a = loaded_text(small);
    uint64_t seed = 5;
    size_t lines = 0;

    (void)state;
    assert_int_equal(check_suggested(a), 5);
    agreement_destroy(&a);
    a = loaded_file(CONVENANTEN "/voorbeeldstad.convenant");
    assert_true(check_suggested(a) >= 500);
    agreement_destroy(&a);
    for (int round = 0; round < 60; round++) {
        struct cover *c;

        a = generated_agreement(&little, &seed);
        assert_int_equal(cover_new(&c, a, NULL, 0), DHK_OK);
        if (c->permitted.of + c->denied.of <= LIMIT_EXPECTS) {
            lines += check_suggested(a);
        }
        cover_destroy(&c);
        agreement_destroy(&a);
    }
    assert_true(lines > 500);
}

static void
suggested_lines_read_like_written_ones(void **state)
{
    static const char want[] =
        "expect permit by P1: from a to b signal k\n"
        "  for p on g\n"
        "  with age is 18, live is yes\n"
        "  shares exactly s, t;\n"
        "expect deny by V1: from a to c signal k\n"
        "  for p on g\n"
        "  with live is no, during office;\n"
        "from d to a signal k for p on g with during office";
    struct agreement *a = loaded_text(small);
    struct request permit = loaded_request(a, "a b k p g age=18 live=yes");
    struct request deny = loaded_request(a, "a c k p g live=no office!");
    struct request one = loaded_request(a, "d a k p g office!");
    struct words lines = {0};
    const char *text;

    (void)state;
    suggest_expect(&lines, a, &permit);
    suggest_expect(&lines, a, &deny);
    suggest_request(&lines, a, &one);
    assert_int_equal(words_end(&lines, &text), DHK_OK);
    assert_string_equal(text, want);
    words_done(&lines);
    agreement_destroy(&a);
}

static void
long_lines_are_broken_at_eighty(void **state)
{
    struct agreement *a = loaded_file(CONVENANTEN "/voorbeeldstad.convenant");
    struct words lines = {0};
    const char *text;

    (void)state;
    suggest_all(&lines, a);
    assert_int_equal(words_end(&lines, &text), DHK_OK);
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");

        /* the first of a line is never broken */
        assert_true(n <= 80 || strncmp(text, "expect", 6) == 0);
        assert_int_not_equal(text[n - 1], ' ');
        text += n + 1;
    }
    words_done(&lines);
    agreement_destroy(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_conditions_and_cells_are_counted),
        cmocka_unit_test(of_nothing_all_is_covered_and_by_nothing_none),
        cmocka_unit_test(
            every_request_to_which_a_permit_applies_lies_in_one_cell),
        cmocka_unit_test(suggested_lines_hold_and_cover_every_cell),
        cmocka_unit_test(suggested_lines_read_like_written_ones),
        cmocka_unit_test(long_lines_are_broken_at_eighty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
