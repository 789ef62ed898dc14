/* SPDX-License-Identifier: EUPL-1.2 */
#include "baselined.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

void
baselined_show(const struct findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        print_message(
            "%u:%u: %s\n", f->list[i].line, f->list[i].column, f->list[i].text);
    }
}

struct baseline *
baselined_load(const char *text)
{
    struct findings findings;
    struct baseline *b;
    enum dhk_err rc = baseline_load(&b, slice_str(text), &findings);

    if (rc != DHK_OK) {
        baselined_show(&findings);
    }
    assert_int_equal(rc, DHK_OK);
    return b;
}

struct baseline_proof
baselined_prove(const char *text, const char *rules)
{
    struct agreement *a = loaded_text(text);
    static struct baseline_proof proof;
    struct baseline *b;
    char whole[2048];

    (void)snprintf(whole, sizeof whole, "baseline b version 1;\n%s", rules);
    b = baselined_load(whole);
    assert_int_equal(baseline_prove(&proof, b, a), DHK_OK);
    assert_int_equal(proof.found, proof.n);
    baseline_destroy(&b);
    agreement_destroy(&a);
    return proof;
}

size_t
baselined_found(const char *text, const char *rules)
{
    struct baseline_proof proof = baselined_prove(text, rules);

    return proof.found;
}
