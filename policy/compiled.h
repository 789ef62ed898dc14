/* SPDX-License-Identifier: EUPL-1.2
 *
 * The compiled evaluator: what evaluate() decides, faster. An agreement becomes
 * one table: for each kind, dimension and value the set of rules that the value
 * lets through, one bit a rule. A decision is the intersection of a dozen such
 * sets. Pure; deciding allocates nothing and its time is bounded by the number
 * of rules. The reference evaluator says what is right: tests compare every
 * byte of the two decisions. */
#ifndef POLICY_COMPILED_H
#define POLICY_COMPILED_H

#include "evaluate.h"

/* A table in memory of its own that is written once and can only be read from
 * then on. It borrows nothing of the agreement and any number of threads may
 * decide by it, so that its owner replaces it by storing one pointer. */
struct compiled;

enum {
    /* bytes of a table: an agreement within limits.h needs less than half */
    COMPILED_BYTES_MAX = 64 * 1024 * 1024,
    /* rules of an agreement that can be compiled: 16 bits hold the index of a
     * rule, and of its duties or of none */
    COMPILED_RULES_MAX = 65534,
};

/* Compiles A, which need not outlive it. Then *OUT owns the table until
 * compiled_destroy(). Errors: DHK_NOMEM, and DHK_LIMIT for an agreement that
 * agreement_load() would refuse too. */
DHK_MUST_USE enum dhk_err compiled_new(
    struct compiled **out, const struct agreement *a);
void compiled_destroy(struct compiled **c);

/* Decides REQ, as evaluate() does by the same agreement. */
void compiled_decide(
    struct decision *out, const struct compiled *c, const struct request *req);

/* Decides REQ by A: by its table or, when it was made without a text and has
 * none, by the reference evaluator. */
void compiled_decide_by(
    struct decision *out, const struct agreement *a, const struct request *req);

/* Whether there is any rule for the kind, sender, recipient, purpose and ground
 * of REQ; without one it is denied, whatever its values. */
bool compiled_has_rules(const struct compiled *c, const struct request *req);

/* What which rules apply depends on, whatever is known of the values. */
struct compiled_matters {
    uint32_t attributes; /* a bit for each position in the kind's list */
    bool windows;
};

/* For the kind, sender, recipient, purpose and ground of REQ. */
void compiled_matters(struct compiled_matters *out, const struct compiled *c,
    const struct request *req);

/* Decides REQ for every party p of the bitmask RECIPIENTS into out[p]; the
 * others, and the recipient in REQ, are not looked at. OUT has a place for each
 * party of the agreement; bits beyond those are ignored. What does not depend
 * on the recipient is found once. */
void compiled_fan_out(struct decision *out, const struct compiled *c,
    const struct request *req, uint64_t recipients);

/* The whole table: the same bytes, on one kind of machine, for agreements with
 * the same meaning and order of names and rules. Borrowed. */
struct slice compiled_bytes(const struct compiled *c);

#endif
