/* SPDX-License-Identifier: EUPL-1.2
 *
 * Baselines: rules that an agreement is proved against, so that no agreement
 * can permit what the law forbids. An agreement holds to a baseline when, with
 * the baseline's rules beside its own, no decision loses a field. The proof is
 * exact: over every request that can be made, not over a sample. Pure.
 *
 * The statutory baseline is part of the program. agreement_load() proves every
 * agreement against it by baseline_check_statutory(); nothing switches that
 * off. */
#ifndef POLICY_BASELINE_H
#define POLICY_BASELINE_H

#include "evaluate.h"

struct baseline;
struct words; /* words.h */

/* A request for which the agreement shares what the baseline forbids. */
struct baseline_violation {
    char rule[LIMIT_RULE_ID + 1]; /* "": an expect line, or without an id */
    char title[LIMIT_TITLE + 1];
    unsigned line, column;  /* of the rule or expect line, in the baseline */
    size_t permit;          /* index of the agreement's rule that shares it */
    struct request witness; /* decided by the agreement */
    uint32_t fields;        /* which the permit shares, of the witness's kind */
    bool unapproved;        /* an approval by others would save it */
};
enum { BASELINE_VIOLATIONS = 32 };
struct baseline_proof {
    /* one for each rule of the baseline and permit that it is at odds with,
     * and one for each expect line that fails */
    struct baseline_violation list[BASELINE_VIOLATIONS];
    size_t n; /* listed */
    /* attributes, by their bits, that the baseline leaves to the broker and the
     * agreement to its senders: whoever may say it may permit himself */
    uint64_t claimed;
    /* all, also claimed ones, or those that were found until it gave up; 0: the
     * agreement holds to the baseline */
    size_t found;
    size_t rules;           /* of the baseline */
    size_t empty;           /* rules that concern nothing in the agreement */
    size_t expects;         /* expect lines of the baseline */
    size_t expects_skipped; /* that use a name which the agreement lacks */
    size_t stuck;           /* DHK_LIMIT: the permit that was tried last */
};

/* Parses TEXT and resolves it by its own declarations; as agreement_load(). */
DHK_MUST_USE enum dhk_err baseline_load(
    struct baseline **out, struct slice text, struct findings *findings);
/* The same of forbids and nevers alone, in the names of OF, which must stay. */
DHK_MUST_USE enum dhk_err baseline_load_rules(struct baseline **out,
    struct slice text, const struct agreement *of, struct findings *findings);
void baseline_destroy(struct baseline **b);

/* "" and 0 for rules alone. Borrowed. */
const char *baseline_name(const struct baseline *b);
uint32_t baseline_version(const struct baseline *b);

/* The text of the statutory baseline. */
struct slice baseline_statutory(void);

/* Proves A against B. DHK_OK: the answer is in OUT, and exact. DHK_LIMIT: more
 * requests would have to be told apart than is sensible, or there are more
 * windows than LIMIT_WINDOWS; A counts as not proved. DHK_NOMEM. */
DHK_MUST_USE enum dhk_err baseline_prove(struct baseline_proof *out,
    const struct baseline *b, const struct agreement *a);
/* Adds an error for each violation, at the place of the permit, and for each
 * attribute that is claimed. */
void baseline_report(struct findings *findings, const struct baseline *b,
    const struct baseline_proof *proof, const struct agreement *a);
/* Proves A against B and reports; an error too when it cannot be settled. Only
 * DHK_NOMEM. */
DHK_MUST_USE enum dhk_err baseline_check(struct findings *findings,
    struct baseline_proof *proof, const struct baseline *b,
    const struct agreement *a);
/* The same against the statutory baseline. */
DHK_MUST_USE enum dhk_err baseline_check_statutory(
    struct findings *findings, const struct agreement *a);

/* Adds the names of the fields of KIND, with commas. */
void baseline_say_fields(
    struct words *w, const struct agreement *a, uint16_t kind, uint32_t fields);

#endif
