/* SPDX-License-Identifier: EUPL-1.2
 *
 * An agreement's text for the subcommands of `driehoek policy`: read, loaded,
 * and its findings printed with file, line and column. */
#ifndef CLIENTS_POLICYFILE_H
#define CLIENTS_POLICYFILE_H

#include "agreement.h"
#include "cli.h"
#include "json.h"

struct policyfile {
    const char *path;            /* borrowed from the command line */
    uint8_t *text;               /* owned */
    size_t n;                    /* bytes of text */
    struct agreement *agreement; /* owned; NULL when it is not valid */
    struct findings findings;
    char sha256[65];   /* of the text, in hexadecimal digits */
    char compiled[65]; /* the compiled hash, the same way; empty when invalid */
};

/* Reads PATH, which must stay, and loads it into OUT, for policyfile_done().
 * DHK_OK: OUT->agreement is there. Else nothing was printed yet: see
 * policyfile_fail(). DHK_FORMAT: see the findings; others as of file_read()
 * and agreement_load(). */
DHK_MUST_USE enum dhk_err policyfile_load(
    struct policyfile *out, const char *path);
/* The same, whatever its expect lines say: for who wants to see which fail. */
DHK_MUST_USE enum dhk_err policyfile_draft(
    struct policyfile *out, const char *path);
/* Reads PATH only, as text and hash. As of file_read(). */
DHK_MUST_USE enum dhk_err policyfile_read(
    struct policyfile *out, const char *path);
void policyfile_done(struct policyfile *f);

/* Findings on standard error: "file:line:column: error: ...". */
void policyfile_print(const struct policyfile *f);
/* Prints why policyfile_load() ended with RC, and returns the exit code:
 * CLI_INVALID for a faulty text, CLI_LOCAL for a file that cannot be read. */
enum cli_exit policyfile_fail(
    const struct cli *cli, const struct policyfile *f, enum dhk_err rc);
/* The findings as an array of severity, line, column, text. */
json_t *policyfile_json(const struct policyfile *f);

/* Puts the names of those fields of KIND, which may be NULL: none. */
void policyfile_put_fields(json_t *o, const char *name,
    const struct agreement_kind *kind, uint32_t fields);

#endif
