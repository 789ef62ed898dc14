/* SPDX-License-Identifier: EUPL-1.2
 *
 * Expect lines in a text of their own, and what is asked of an agreement: of
 * any that loads, the lines that are proposed hold and cover all of it, and it
 * does not differ from itself. */
#include <stdlib.h>
#include <string.h>

#include "cover.h"
#include "diff.h"
#include "diff_names.h"
#include "expect.h"
#include "suggest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CELLS = 500 }; /* of agreements that are asked about */

static const char small[] =
    "convenant test version 1 valid 2026-01-01 until 2027-01-01\n"
    "timezone \"Europe/Amsterdam\" signed by a, b;\n"
    "party a, b, c; purpose p \"P\"; purpose q \"Q\";\n"
    "ground g \"G\"; ground h \"H\";\n"
    "attribute age : number 0 .. 99; attribute live : yes-no;\n"
    "window office = mon - fri 08:00 - 18:00;\n"
    "signal k with fields s, t attributes age, live;\n"
    "permit P1 \"T\": from a to b, c signal k for p on g when age at least 18 "
    "and live is yes share s, t oblige approval by 1 of c;\n"
    "permit P2 \"T\": from c to a signal k for p on g unless during office "
    "share s;\n"
    "forbid V1 \"T\": from a to c signal any;\n"
    "never N1 \"T\": share s to b when age above 64;\n";

static struct agreement *
small_agreement(void)
{
    struct findings findings;
    struct agreement *a;

    must(agreement_load(&a, slice_str(small), &findings) == DHK_OK);
    return a;
}

/* Any text as cases of the small agreement. */
static void
check_cases(const struct agreement *a, struct slice text)
{
    struct expect_list cases;
    struct findings findings;
    struct cover *c;
    enum dhk_err rc = expect_read(&cases, a, text, EXPECT_CASES, &findings);

    must((rc == DHK_OK) == (findings.errors == 0));
    must(rc == DHK_OK || cases.n == 0);
    for (size_t i = 0; i < cases.n; i++) {
        struct words why = {0};

        must(expect_holds(&why, a, &cases.list[i]) == (why.n == 0));
        must(cover_new(&c, a, &cases.list[i].req, 1) == DHK_OK);
        must(c->outside + c->permitted.covered + c->denied.covered == 1);
        cover_destroy(&c);
        words_done(&why);
    }
    expect_done(&cases);
}

static void
check_cover(const struct agreement *a)
{
    struct words lines = {0};
    struct expect_list cases;
    struct findings findings;
    struct request *req;
    struct cover *c;

    must(cover_new(&c, a, NULL, 0) == DHK_OK);
    for (size_t i = 0; i < boxes_count(c->boxes); i++) {
        suggest_expect(&lines, a, &boxes_at(c->boxes, i)->request[0]);
    }
    cover_destroy(&c);
    must(expect_read(&cases, a, slice_of(lines.text, lines.n), EXPECT_CASES,
             &findings) == DHK_OK);
    req = calloc(cases.n + 1, sizeof *req);
    must(req != NULL);
    for (size_t i = 0; i < cases.n; i++) {
        must(expect_holds(NULL, a, &cases.list[i]));
        req[i] = cases.list[i].req;
    }
    must(cover_new(&c, a, req, cases.n) == DHK_OK);
    must(c->permitted.covered == c->permitted.of);
    must(c->denied.covered == c->denied.of && c->outside == 0);
    cover_destroy(&c);
    free(req);
    expect_done(&cases);
    words_done(&lines);
}

static void
check_diff(const struct agreement *a, const struct agreement *other)
{
    struct diff_names names;
    struct diff *d;

    must(diff_new(&d, a, a, NULL) == DHK_OK);
    must(d->n == 0);
    diff_destroy(&d);
    must(diff_names_find(&names, a, a) == DHK_OK && names.n == 0);
    diff_names_done(&names);
    if (diff_new(&d, a, other, NULL) == DHK_OK) {
        must(d->n == d->count[0] + d->count[1] + d->count[2]);
    }
    diff_destroy(&d);
    must(diff_names_find(&names, a, other) == DHK_OK);
    must(names.remarks <= names.n);
    diff_names_done(&names);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct agreement *known;
    struct findings findings;
    struct agreement *a;
    struct slice text = slice_of(data, size);

    if (known == NULL) {
        known = small_agreement();
    }
    check_cases(known, text);
    if (agreement_load(&a, text, &findings) == DHK_OK && a->cells_n <= CELLS) {
        check_cover(a);
        check_diff(a, known);
    }
    agreement_destroy(&a);
    return 0;
}
