/* SPDX-License-Identifier: EUPL-1.2
 *
 * An agreement with its expect lines and those of further files, for the
 * subcommands of `driehoek policy` that run or count them. */
#ifndef CLIENTS_POLICYCASES_H
#define CLIENTS_POLICYCASES_H

#include "expect.h"
#include "policyfile.h"

struct policycases_text {
    struct policyfile file; /* the first with the agreement */
    struct expect_list cases;
};
struct policycases {
    const struct agreement *agreement;
    struct policycases_text *text; /* owned; the agreement's own first */
    size_t n;
    size_t cases_n; /* in all texts */
};

/* Loads the agreement in the first of the N files that CLI's arguments name,
 * and the cases in it and in the others, into OUT for policycases_done();
 * DRAFT: also one whose own cases fail. Else prints why not, and returns the
 * exit code. */
enum cli_exit policycases_load(
    struct policycases *out, const struct cli *cli, size_t n, bool draft);
void policycases_done(struct policycases *p);

#endif
