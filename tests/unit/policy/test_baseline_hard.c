/* SPDX-License-Identifier: EUPL-1.2
 *
 * A proof that would take too long is given up, and counts as none. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "baseline.h"
#include "baseline_join.h"

/* "A is one of V and V and ...": those whose BIT is VALUE. */
static size_t
say_bit(char *out, size_t cap, uint32_t of, uint32_t value)
{
    size_t n = (size_t)snprintf(out, cap, "at%u is one of ", of / 3);
    const char *between = "";

    for (uint32_t v = 0; v < 8; v++) {
        if ((v >> of % 3 & 1) == value) {
            n += (size_t)snprintf(out + n, cap - n, "%sv%u", between, v);
            between = ", ";
        }
    }
    return n;
}

/* Sixteen attributes of three bits each. */
static void
say_vocabulary(char *text, size_t cap)
{
    size_t n = (size_t)snprintf(text, cap, "%s", HEAD);

    for (int i = 0; i < 16; i++) {
        n += (size_t)snprintf(text + n, cap - n,
            "attribute at%d : choice v0, v1, v2, v3, v4, v5, v6, v7;\n", i);
    }
    n += (size_t)snprintf(
        text + n, cap - n, "signal s with fields naam a attributes at0");
    for (int i = 1; i < 16; i++) {
        n += (size_t)snprintf(text + n, cap - n, ", at%d", i);
    }
    (void)snprintf(text + n, cap - n,
        ";\npermit P1 \"T\": from a to b signal s for p on g share naam;\n");
}

/* Each four forbids say that the sum of some three of the 48 bits is odd, or is
 * even. Whether all can be so is hard to tell by trying. */
static void
say_sums(char *text, size_t cap)
{
    uint32_t seed = 7;
    size_t n = 0;

    for (uint32_t i = 0; i < 4 * 62; i++) {
        uint32_t m = i % 4;
        uint32_t odd;

        seed = m == 0 ? seed * 1664525U + 1013904223U : seed;
        odd = (m ^ m >> 1 ^ seed >> 30) & 1;
        n += (size_t)snprintf(
            text + n, cap - n, "forbid from a to b signal s when ");
        n += say_bit(text + n, cap - n, seed >> 8 & 15, m & 1);
        n += (size_t)snprintf(text + n, cap - n, " and ");
        n += say_bit(text + n, cap - n, 16 + (seed >> 12 & 15), m >> 1);
        n += (size_t)snprintf(text + n, cap - n, " and ");
        n += say_bit(text + n, cap - n, 32 + (seed >> 16 & 15), odd);
        n += (size_t)snprintf(text + n, cap - n, ";\n");
    }
}

/* With these rules it would not load. */
static struct agreement *
join_sums(const struct agreement *a)
{
    static char text[128 * 1024];
    struct findings findings;
    struct agreement *out;
    struct baseline *sums;

    say_sums(text, sizeof text);
    assert_int_equal(
        baseline_load_rules(&sums, slice_str(text), a, &findings), DHK_OK);
    assert_int_equal(baseline_join(&out, sums, a), DHK_OK);
    baseline_destroy(&sums);
    return out;
}

static void
what_cannot_be_settled_is_not_proved(void **state)
{
    static char text[8192];
    static struct baseline_proof proof;
    struct findings findings = {.n = 0};
    struct agreement *plain;
    struct agreement *a;
    struct baseline *b;

    (void)state;
    say_vocabulary(text, sizeof text);
    plain = loaded_text(text);
    assert_int_equal(baseline_load(&b,
                         slice_str("baseline b version 1;\n"
                                   "signal s with fields naam a;\n"
                                   "never B1 \"T\": share naam to any;\n"),
                         &findings),
        DHK_OK);
    a = join_sums(plain);
    assert_int_equal(baseline_prove(&proof, b, a), DHK_LIMIT);
    assert_int_equal(baseline_check(&findings, &proof, b, a), DHK_OK);
    assert_int_equal(findings.errors, 1);
    assert_true(loaded_has(&findings, "baseline b cannot be settled"));
    assert_int_equal(findings.list[0].line, agreement_rule_line(a, 0));
    baseline_destroy(&b);
    agreement_destroy(&a);
    agreement_destroy(&plain);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_settled_is_not_proved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
