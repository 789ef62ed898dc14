/* SPDX-License-Identifier: EUPL-1.2
 *
 * The matrix of an agreement for people and for programs: text, a page, CSV and
 * JSON; see policy/matrix.h. */
#ifndef CLIENTS_MATRIXPAGE_H
#define CLIENTS_MATRIXPAGE_H

#include "matrix.h"
#include "policyfile.h"
#include "render.h"

struct matrixpage {
    const struct policyfile *file;
    struct matrix *matrix;
    enum render_lang lang;
    int from, to;    /* parties, or -1 for every one */
    enum dhk_err rc; /* of what went wrong first; begins as DHK_OK */
};

/* The whole on OUT. In text the ways of giving one a line; or, when FROM or TO
 * names a party, each with its fields and conditions. Where writing fails,
 * ferror(OUT) remembers it. DHK_NOMEM, DHK_LIMIT. */
DHK_MUST_USE enum dhk_err matrixpage_text(FILE *out, struct matrixpage *p);
/* An HTML page that needs nothing but itself. */
DHK_MUST_USE enum dhk_err matrixpage_html(FILE *out, struct matrixpage *p);
/* RFC 4180: a head, then a record for each field of each way of giving. */
DHK_MUST_USE enum dhk_err matrixpage_csv(FILE *out, struct matrixpage *p);
DHK_MUST_USE enum dhk_err matrixpage_json(json_t **out, struct matrixpage *p);

/* --- what these have in common, and `policy who` with them --- */

/* Says which rules make too many cases, as matrix_new() put in WHY. */
void matrixpage_too_many(const struct cli *cli, const struct words *why);

/* Whether the entry is between the parties asked for. */
bool matrixpage_shows(const struct matrixpage *p, const struct matrix_entry *e);
/* The fields of its kind that no signal of E may hold. */
uint32_t matrixpage_kept(
    const struct matrixpage *p, const struct matrix_entry *e);
/* One of the two, by the language. */
const char *matrixpage_say(
    const struct matrixpage *p, const char *nl, const char *en);
/* What W holds; short memory is remembered. */
const char *matrixpage_words(struct matrixpage *p, const struct words *w);
/* "altijd", "soms", "nooit", or with PLAIN "always", "sometimes", "never". */
const char *matrixpage_share(
    const struct matrixpage *p, enum matrix_share share, bool plain);
/* Date of a day number: "1 januari 2026". */
void matrixpage_date(
    char *out, size_t n, const struct matrixpage *p, int64_t day);

/* When one case of an entry is: any of some rows. Borrowed. */
struct matrixpage_row {
    const char *purposes;
    const char *grounds;
    const char *when; /* "" for no further condition */
};
typedef void (*matrixpage_take)(
    void *ctx, const struct matrixpage_row *row, size_t i, size_t n);
void matrixpage_rows(struct matrixpage *p, const struct matrix_entry *e,
    const struct matrix_case *one, matrixpage_take take, void *ctx);
/* Prints the rows, the obligations and the rules of ONE, indented. */
void matrixpage_case(FILE *out, struct matrixpage *p,
    const struct matrix_entry *e, const struct matrix_case *one);
/* The same for programs. */
json_t *matrixpage_case_json(struct matrixpage *p, const struct matrix_entry *e,
    const struct matrix_case *one);
json_t *matrixpage_fields_json(
    const struct matrixpage *p, uint16_t kind, uint32_t fields);

#endif
