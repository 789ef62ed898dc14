/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether a text (agreement, roster, revocation) is signed by all who must:
 * one signature per principal, distinct keys, none invalid. */
#ifndef PROTO_QUORUM_H
#define PROTO_QUORUM_H

#include "sshsig.h"

enum { QUORUM_SIGNATURES = LIMIT_SIGNATORIES * 2, QUORUM_NAME_MAX = 127 };

/* One signature file; NAME is what a person should see of it, its file name
 * (x.convenant.om.sig) or a principal. It is used in messages only. */
struct quorum_sig {
    char name[QUORUM_NAME_MAX + 1];
    struct slice armor;
};

enum quorum_verdict {
    QUORUM_REFUSED = 0, /* an invalid signature of a known key, one that cannot
                           be read, one key twice or for two principals */
    QUORUM_MISSING,     /* some required principal has not signed */
    QUORUM_FULL,
};

struct quorum {
    enum quorum_verdict verdict;
    struct sshsig_result result[QUORUM_SIGNATURES]; /* per signature */
    size_t results_n;
    /* names of required principals without a valid signature */
    char missing[QUORUM_SIGNATURES][LIMIT_NAME + 1];
    size_t missing_n;
    size_t valid_n; /* distinct principals with a valid signature */
    /* One sentence for a person: who has signed, who is missing, what was
     * refused and why. Holds names of principals and file names only. */
    char sentence[512];
};

/* Checks SIGS over TEXT. REQUIRED are the principals that must all have
 * signed. With REQUIRED_N 0 any one valid signature fills the quorum (a
 * revocation). Signatures of unknown keys are ignored but shown; those of
 * keys outside their time or namespace are not counted. Errors: DHK_LIMIT
 * (more than QUORUM_SIGNATURES signatures or principals). */
DHK_MUST_USE enum dhk_err quorum_check(struct quorum *out, struct slice text,
    const struct quorum_sig *sigs, size_t sigs_n, const char *namespace_,
    const struct sshsig_signers *signers, const char *const *required,
    size_t required_n, int64_t now);

/* Whether signature I is valid, and the first one of its principal: that one
 * is kept and named on the ledger. */
bool quorum_is_first(
    const struct quorum *q, size_t i, const struct sshsig_signers *signers);

/* The principals that SIGNERS allows for NAMESPACE (all of them must sign
 * version 1), whatever its times. Returns their number, pointers into
 * SIGNERS; MAX must be at least LIMIT_SIGNATORIES, which a list never
 * exceeds. */
size_t quorum_principals(const char **out, size_t max,
    const struct sshsig_signers *signers, const char *namespace_);

/* Everybody in A or B, once: who must sign a later version (all signatories of
 * the version in force and all that the new one names). MAX must be at least
 * A_N + B_N. */
size_t quorum_union(const char **out, size_t max, const char *const *a,
    size_t a_n, const char *const *b, size_t b_n);

/* --- revocations ------------------------------------------------------
 * text: "driehoek-revocation\n" then "text sha256:HEX\n" (an agreement or
 * roster) or "card HEX\n" (64 hex digits of a card id). Nothing may follow:
 * the ledger keeps the signature, whose text must follow from the entry, and
 * no free text ever stands there. Signed in namespace driehoek-revoke. */
enum quorum_revoked { QUORUM_REVOKES_TEXT = 1, QUORUM_REVOKES_CARD };
struct quorum_revocation {
    enum quorum_revoked what;
    uint8_t id[32]; /* SHA-256 of the text, or card id */
};
DHK_MUST_USE enum dhk_err quorum_revocation_parse(
    struct quorum_revocation *out, struct slice text, struct diag *diag);
/* The text of R. */
enum { QUORUM_REVOCATION_TEXT = 104 };
DHK_MUST_USE struct slice quorum_revocation_text(
    uint8_t mem[QUORUM_REVOCATION_TEXT], const struct quorum_revocation *r);

#endif
