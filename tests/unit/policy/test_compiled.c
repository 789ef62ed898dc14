/* SPDX-License-Identifier: EUPL-1.2
 *
 * The compiled evaluator against the reference: every byte of every decision,
 * for random agreements and those that are shipped. */
#include "loaded.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "compiled.h"
#include "generated.h"
#include "rule.h"
#include "search.h"

/* What the decisions compared were, so that a test knows it tried something. */
struct seen {
    size_t permit, pending, forbidden, no_permit, no_fields;
    size_t several; /* rules joined */
    size_t full;    /* more rules than a decision lists, or as many */
};

static void
count(struct seen *seen, const struct decision *d)
{
    seen->permit += d->verdict == VERDICT_PERMIT;
    seen->pending += d->verdict == VERDICT_PENDING;
    seen->forbidden += d->reason == DENY_FORBID;
    seen->no_permit += d->reason == DENY_NO_PERMIT;
    seen->no_fields += d->reason == DENY_NO_FIELDS;
    seen->several += d->rules_n > 1;
    seen->full += d->rules_n == LIMIT_RULES_USED;
}

static void
show(const struct seen *seen)
{
    print_message("permit %zu, pending %zu, forbidden %zu, no permit %zu, no "
                  "fields %zu; several rules %zu, full %zu\n",
        seen->permit, seen->pending, seen->forbidden, seen->no_permit,
        seen->no_fields, seen->several, seen->full);
}

static void
fail_unequal(const struct decision *want, const struct decision *got)
{
    fail_msg("reference: verdict %d reason %d fields %x never %x withheld %x "
             "rules %zu [%u]; compiled: %d %d %x %x %x %zu [%u]",
        (int)want->verdict, (int)want->reason, want->fields, want->never,
        want->withheld, want->rules_n, want->rules[0], (int)got->verdict,
        (int)got->reason, got->fields, got->never, got->withheld, got->rules_n,
        got->rules[0]);
}

static void
compare(struct seen *seen, const struct agreement *a, const struct compiled *c,
    const struct request *req)
{
    struct decision want;
    struct decision got;

    memset(&got, 0xa5, sizeof got); /* whatever was there */
    evaluate(&want, a, req);
    compiled_decide(&got, c, req);
    if (memcmp(&want, &got, sizeof want) != 0) {
        fail_unequal(&want, &got);
    }
    count(seen, &want);
}

/* The recipients in the mask get what they get one by one; no other place is
 * written. */
static void
compare_fan_out(const struct agreement *a, const struct compiled *c,
    const struct request *req, uint64_t recipients)
{
    static struct decision got[LIMIT_PARTIES];
    static struct decision untouched;
    struct request one = *req;

    memset(got, 0xa5, sizeof got);
    memset(&untouched, 0xa5, sizeof untouched);
    compiled_fan_out(got, c, req, recipients);
    for (uint16_t p = 0; p < LIMIT_PARTIES; p++) {
        struct decision want = untouched;

        if (p < a->parties_n && (recipients >> p & 1) != 0) {
            one.recipient = p;
            evaluate(&want, a, &one);
        }
        if (memcmp(&want, &got[p], sizeof want) != 0) {
            fail_unequal(&want, &got[p]);
        }
    }
}

static struct compiled *
compile(const struct agreement *a)
{
    struct compiled *c;

    assert_int_equal(compiled_new(&c, a), DHK_OK);
    assert_non_null(c);
    return c;
}

static void
compare_random(
    struct seen *seen, const struct agreement *a, size_t n, uint64_t *state)
{
    struct compiled *c = compile(a);

    for (size_t i = 0; i < n; i++) {
        struct request req;

        generated_request(&req, a, state);
        compare(seen, a, c, &req);
        if (i % 16 == 0) {
            compare_fan_out(a, c, &req,
                (uint64_t)generated_below(state, UINT32_MAX) << 32 |
                    generated_below(state, UINT32_MAX));
        }
    }
    compiled_destroy(&c);
    assert_null(c);
}

static size_t
between(uint64_t *state, size_t low, size_t high)
{
    return low + generated_below(state, high - low + 1);
}

static void
random_agreements_decide_alike(void **state)
{
    uint64_t seed = 20261128;
    struct seen seen = {0};

    (void)state;
    for (int i = 0; i < 300; i++) {
        struct generated_shape shape = {
            .parties = between(&seed, 1, i % 8 == 0 ? 64 : 12),
            .kinds = between(&seed, 1, i % 16 == 0 ? 64 : 4),
            .purposes = between(&seed, 1, i % 16 == 0 ? 64 : 4),
            .grounds = between(&seed, 1, i % 16 == 0 ? 64 : 4),
            .attributes = between(&seed, 0, i % 8 == 0 ? 40 : 6),
            .windows = between(&seed, 0, i % 8 == 0 ? 32 : 3),
            .rules = between(&seed, 1, i % 4 == 0 ? 256 : 70),
            .any = (uint32_t)between(&seed, 0, 60),
            .names = (uint32_t)between(&seed, 1, 4),
        };
        struct agreement *a = generated_agreement(&shape, &seed);

        compare_random(&seen, a, 400, &seed);
        agreement_destroy(&a);
    }
    show(&seen); /* each kind of decision was compared often */
    assert_true(seen.permit > 5000);
    assert_true(seen.pending > 2000);
    assert_true(seen.forbidden > 5000);
    assert_true(seen.no_permit > 5000);
    assert_true(seen.no_fields > 500);
    assert_true(seen.several > 10000);
    assert_true(seen.full > 500);
}

/* Rows of many words, and a last block that is not whole. */
static void
thousands_of_rules_decide_alike(void **state)
{
    static const size_t rules[] = {512, 513, 575, 1024, 3000};
    uint64_t seed = 7;
    struct seen seen = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        struct generated_shape shape = {
            .parties = 20,
            .kinds = 1 + i % 2,
            .purposes = 6,
            .grounds = 6,
            .attributes = 10,
            .windows = 4,
            .rules = rules[i],
            .any = 5,
            .names = 3,
        };
        struct agreement *a = generated_agreement(&shape, &seed);

        compare_random(&seen, a, 300, &seed);
        agreement_destroy(&a);
    }
    show(&seen);
    assert_true(seen.permit + seen.pending > 100);
    assert_true(seen.forbidden > 100);
}

/* Every assignment that rules can tell apart, for one route and purpose. */
static size_t
compare_cells(struct seen *seen, const struct agreement *a,
    const struct compiled *c, const struct request *route)
{
    struct request req = *route;
    struct search search;
    size_t cells = 1;

    for (size_t k = 0; k < a->kinds[req.kind].attributes_n; k++) {
        req.attribute[k].state = VALUE_HIDDEN;
    }
    req.windows_hidden = true;
    assert_int_equal(search_begin(&search, a, &req), DHK_OK);
    compare(seen, a, c, &search.req);
    while (search_next(&search)) {
        compare(seen, a, c, &search.req);
        cells++;
    }
    return cells;
}

/* Whether a permit may apply on the route: where none does, every assignment is
 * denied, and a few of those routes will do. */
static bool
is_of_a_permit(const struct agreement *a, const struct request *req)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        const struct rule *rule = &a->rules[i];

        if (rule->type == RULE_PERMIT &&
            (rule->senders >> req->sender & 1) != 0 &&
            (rule->recipients >> req->recipient & 1) != 0 &&
            (rule->kinds >> req->kind & 1) != 0 &&
            (rule->purposes >> req->purpose & 1) != 0 &&
            (rule->grounds >> req->ground & 1) != 0) {
            return true;
        }
    }
    return false;
}

/* Of every STEP-th combination each cell, if it is one of a permit, and of the
 * others of one in EACH. */
static size_t
compare_every_cell(struct seen *seen, const struct agreement *a,
    const struct compiled *c, size_t step, size_t each)
{
    size_t routes = a->parties_n * a->parties_n * a->kinds_n;
    size_t cells = 0;

    for (size_t i = 0; i < routes * a->purposes_n * a->grounds_n; i += step) {
        struct request req = {0};
        size_t rest = i;

        req.sender = (uint16_t)(rest % a->parties_n);
        rest /= a->parties_n;
        req.recipient = (uint16_t)(rest % a->parties_n);
        rest /= a->parties_n;
        req.kind = (uint16_t)(rest % a->kinds_n);
        rest /= a->kinds_n;
        req.purpose = (uint16_t)(rest % a->purposes_n);
        req.ground = (uint16_t)(rest / a->purposes_n);
        if (i / step % each == 0 || is_of_a_permit(a, &req))
            cells += compare_cells(seen, a, c, &req);
    }
    return cells;
}

static void
every_cell_of_small_agreements_decides_alike(void **state)
{
    uint64_t seed = 99;
    struct seen seen = {0};
    size_t cells = 0;

    (void)state;
    for (int i = 0; i < 60; i++) {
        struct generated_shape shape = {
            .parties = between(&seed, 1, 3),
            .kinds = between(&seed, 1, 3),
            .purposes = between(&seed, 1, 2),
            .grounds = between(&seed, 1, 2),
            .attributes = between(&seed, 1, 3),
            .windows = between(&seed, 0, 2),
            .rules = between(&seed, 1, 12),
            .any = 40,
            .names = 2,
        };
        struct agreement *a = generated_agreement(&shape, &seed);
        struct compiled *c = compile(a);

        cells += compare_every_cell(&seen, a, c, 1, 1);
        compiled_destroy(&c);
        agreement_destroy(&a);
    }
    show(&seen);
    assert_true(cells > 50000);
    assert_true(seen.permit > 500 && seen.pending > 500);
    assert_true(seen.forbidden > 500 && seen.no_fields > 50);
}

static void
every_cell_of_the_shipped_agreement_decides_alike(void **state)
{
    struct agreement *a = loaded_file(CONVENANTEN "/voorbeeldstad.convenant");
    struct compiled *c = compile(a);
    struct seen seen = {0};
    uint64_t seed = 5;
    size_t cells = compare_every_cell(&seen, a, c, SANITIZED_STEP, 1009);

    (void)state;
    print_message("%zu cells: ", cells);
    show(&seen);
    assert_true(seen.permit > 0 && seen.forbidden > 0);
    compiled_destroy(&c);
    compare_random(&seen, a, 20000, &seed);
    agreement_destroy(&a);
}

static void
a_table_outlives_its_agreement_and_is_the_same_each_time(void **state)
{
    struct agreement *a = loaded_file(CONVENANTEN "/voorbeeldstad.convenant");
    struct agreement *again =
        loaded_file(CONVENANTEN "/voorbeeldstad.convenant");
    struct compiled *c = compile(a);
    struct compiled *other = compile(again);
    struct seen seen = {0};
    uint64_t seed = 1;

    (void)state;
    agreement_destroy(&a);
    for (int i = 0; i < 1000; i++) {
        struct request req;

        generated_request(&req, again, &seed);
        compare(&seen, again, c, &req);
    }
    assert_true(slice_equal(compiled_bytes(c), compiled_bytes(other)));
    /* and so is the one that it was loaded with */
    assert_true(slice_equal(compiled_bytes(c), compiled_bytes(again->table)));
    compiled_destroy(&c);
    compiled_destroy(&c);
    compiled_destroy(&other);
    agreement_destroy(&again);
}

static void
nobody_can_write_to_a_table(void **state)
{
    struct agreement *a = loaded_file(CONVENANTEN "/voorbeeldstad.convenant");
    struct compiled *c = compile(a);
    struct slice bytes = compiled_bytes(c);
    int status = 0;
    pid_t child = fork();

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        (void)signal(SIGSEGV, SIG_DFL);
        ((volatile uint8_t *)(uintptr_t)bytes.p)[bytes.n - 1] = 1;
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSEGV);
    compiled_destroy(&c);
    agreement_destroy(&a);
}

static void
too_many_rules_are_refused(void **state)
{
    struct agreement *a = loaded_file(CONVENANTEN "/voorbeeldstad.convenant");
    size_t n = a->rules_n;
    struct compiled *c;

    (void)state;
    a->rules_n = (size_t)COMPILED_RULES_MAX + 1;
    assert_int_equal(compiled_new(&c, a), DHK_LIMIT);
    assert_null(c);
    a->rules_n = n;
    agreement_destroy(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_agreements_decide_alike),
        cmocka_unit_test(thousands_of_rules_decide_alike),
        cmocka_unit_test(every_cell_of_small_agreements_decides_alike),
        cmocka_unit_test(every_cell_of_the_shipped_agreement_decides_alike),
        cmocka_unit_test(
            a_table_outlives_its_agreement_and_is_the_same_each_time),
        cmocka_unit_test(nobody_can_write_to_a_table),
        cmocka_unit_test(too_many_rules_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
