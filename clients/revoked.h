/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether a signatory revoked something: by its signature over the revocation,
 * whoever tells of it. Pure over what a node believes. */
#ifndef CLIENTS_REVOKED_H
#define CLIENTS_REVOKED_H

#include "trust.h"

struct revoked {
    struct quorum_revocation what;
    char by[LIMIT_NAME + 1]; /* the signatory */
};

/* IN is a revocation with its signatures, at least one of them valid at NOW
 * (seconds) and of a signatory: of the text that it revokes, the roster in
 * force or the highest agreement known to T; or, for a card, of either. Errors:
 * DHK_FORMAT, DHK_AUTH, DHK_NOTFOUND (it revokes a text that T does not know:
 * OUT->what says which; its signers may be nobody who counts). */
DHK_MUST_USE enum dhk_err revoked_check(struct revoked *out, struct trust *t,
    const struct trust_text *in, int64_t now, struct dhk_problem *problem);

#endif
