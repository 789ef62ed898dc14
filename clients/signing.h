/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who has signed an agreement, by the pinned signers, and who still has to. It
 * shows; what is in force was decided by trust.h. */
#ifndef CLIENTS_SIGNING_H
#define CLIENTS_SIGNING_H

#include "approval.h"
#include "json.h"

enum signing_state {
    SIGNING_MISSING = 0, /* not yet */
    SIGNING_SIGNED,
    SIGNING_REFUSED, /* there is a signature, but it does not count */
};
struct signing_one {
    char name[LIMIT_NAME + 1];
    enum signing_state state;
    char key[SSHSIG_FINGERPRINT]; /* of the signature; empty: none */
    const char *why;              /* static text, of a refused one; or NULL */
};
struct signing {
    struct signing_one one[APPROVAL_REQUIRED];
    size_t n;
    bool complete;      /* all have signed, and nothing speaks against it */
    char sentence[512]; /* who has signed, who is missing, what is wrong */
};

/* What the signatures of IN are worth at NOW, for each who must sign by A. */
DHK_MUST_USE enum dhk_err signing_look(struct signing *out,
    const struct approval *a, const struct trust_text *in,
    const struct sshsig_signers *signers, int64_t now);
/* "signed", "missing" or "refused". */
const char *signing_word(enum signing_state state);
DHK_MUST_USE enum dhk_err signing_print(const struct signing *s);
/* An array of signatory, state, key, why. */
json_t *signing_json(const struct signing *s);

#endif
