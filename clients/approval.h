/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether a text may come into force: for trust.c, revoked.c, and those who
 * show what a text still lacks. Pure. */
#ifndef CLIENTS_APPROVAL_H
#define CLIENTS_APPROVAL_H

#include "texts.h"

/* A text that asks to come into force. */
struct approval {
    const char *what; /* "a roster", "an agreement" */
    const char *namespace_;
    uint32_t version;
    const uint8_t *supersedes;             /* SEAL_HASH bytes, or NULL */
    const char *before[LIMIT_SIGNATORIES]; /* of the one in force */
    size_t before_n;
    const char *named[LIMIT_SIGNATORIES]; /* by the text itself */
    size_t named_n;
};
void approval_of_roster(
    struct approval *out, const struct roster *r, const struct roster *before);
void approval_of_agreement(struct approval *out, const struct agreement *a,
    const struct agreement *before);

/* Who must all sign; OUT has room for APPROVAL_REQUIRED. Pointers into A and
 * SIGNERS. Nobody (0) when SIGNERS name nobody and A neither. */
enum { APPROVAL_REQUIRED = 3 * LIMIT_SIGNATORIES };
size_t approval_required(const char **out, const struct approval *a,
    const struct sshsig_signers *signers);
/* Signed by all who must: at first sight of such a text everybody whom SIGNERS
 * name for it, later the signatories of the one before; and all that it
 * names. DHK_AUTH. */
DHK_MUST_USE enum dhk_err approval_check(struct quorum *q,
    const struct approval *a, const struct trust_text *in,
    const struct sshsig_signers *signers, int64_t now,
    struct dhk_problem *problem);
/* May follow FLOOR: a higher version, and the next one names the hash of that
 * before it. DHK_EXISTS. */
DHK_MUST_USE enum dhk_err approval_follows(const struct approval *a,
    const struct texts_floor_one *floor, struct dhk_problem *problem);
/* Within its validity at NOW. DHK_STATE. */
DHK_MUST_USE enum dhk_err approval_roster_is_valid(
    const struct roster *r, int64_t now, struct dhk_problem *problem);
DHK_MUST_USE enum dhk_err approval_agreement_is_valid(
    const struct agreement *a, int64_t now, struct dhk_problem *problem);

/* Broker and node decide by one text: they must read it alike. COMPILED is the
 * compiled hash that the other has of A; empty: not said. DHK_STATE. */
DHK_MUST_USE enum dhk_err approval_means(const struct agreement *a,
    struct slice compiled, struct dhk_problem *problem);

#endif
