/* SPDX-License-Identifier: EUPL-1.2
 *
 * Requests in words, against an agreement of every kind of attribute: what is
 * read decides, and its explanation accounts for it; what is not read is told
 * with a place inside the text. */
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] =
    "convenant x version 1 valid 2026-01-01 until 2027-01-01\n"
    "timezone \"UTC\" signed by a; party a, b, c; purpose p \"P\";\n"
    "purpose q \"Q\"; ground g \"G\"; ground h \"H\";\n"
    "attribute n : number 0 .. 9; attribute y : yes-no;\n"
    "attribute l : level low, mid, top;\n"
    "window w = mon-fri 08:00-18:00; window v = fri 12:00-20:00;\n"
    "signal k with fields f, o, r attributes n, y, l;\n"
    "signal m with fields f;\n"
    "permit P1 \"T\": from a to b, c signal k for p on g when n above 3\n"
    " and during w unless y is yes share f, o withhold r oblige log;\n"
    "permit P2 \"T\": from a, b to c signal k for p, q on g, h\n"
    " when l at least mid share r oblige approval by 1 of a;\n"
    "permit P3 \"T\": from c to a signal m for p on h share f;\n"
    "forbid V1 \"T\": from a to c signal k when l is top because \"R\";\n"
    "never N1 \"T\": share o to c unless n is 5;\n";

static unsigned
lines_of(const uint8_t *data, size_t size)
{
    unsigned n = 1;

    for (size_t i = 0; i < size; i++) {
        n += data[i] == '\n';
    }
    return n;
}

static void
check_explanation(const struct agreement *a, const struct request *req)
{
    static struct explain e;
    struct decision d;

    explain_request(&e, a, req);
    evaluate(&d, a, req);
    must(memcmp(&d, &e.decision, sizeof d) == 0);
    must(e.fields_n == a->kinds[req->kind].fields_n);
    for (size_t i = 0; i < e.fields_n; i++) {
        must((e.field[i].fate == EXPLAIN_SHARED) == (d.fields >> i & 1));
    }
    must(e.permits.n == 0 || e.nearest_n == 0);
    must(d.reason != DENY_FORBID || e.forbids.n > 0);
    must(e.permits.n > 0 || e.nearest_n > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct agreement *a;
    static struct findings findings;
    struct request req;
    enum dhk_err rc;

    if (a == NULL) {
        rc = agreement_load(&a, slice_str(text), &findings);
        must(rc == DHK_OK);
    }
    rc = request_read(&req, a, slice_of(data, size), &findings);
    if (rc == DHK_OK) {
        must(findings.errors == 0);
        check_explanation(a, &req);
        return 0;
    }
    must(findings.errors > 0 && findings.n > 0);
    for (size_t i = 0; i < findings.n; i++) {
        must(findings.list[i].line >= 1 && findings.list[i].column >= 1);
        must(findings.list[i].line <= lines_of(data, size));
    }
    return 0;
}
