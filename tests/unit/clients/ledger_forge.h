/* SPDX-License-Identifier: EUPL-1.2
 *
 * A ledger file written anew by somebody who knows the format: whole or as a
 * partner's, with one thing changed and an end mark that fits. */
#ifndef UNIT_CLIENTS_LEDGER_FORGE_H
#define UNIT_CLIENTS_LEDGER_FORGE_H

#include "ledger_make.h"
#include "verify.h"

enum ledger_forgery {
    FORGE_NOTHING = 0,
    FORGE_BYTE,        /* of an entry, and its hash to match */
    FORGE_UNDER_LEAF,  /* the same, but the hash that the log signed stays */
    FORGE_NUMBER,      /* the entry under the next one's number */
    FORGE_REPEAT,      /* the entry again, after a checkpoint */
    FORGE_ORIGIN,      /* the file says it is of another ledger */
    FORGE_TEXT,        /* a text before an entry that is not about it */
    FORGE_TWO_TEXTS,   /* a text after the other */
    FORGE_LAST_TEXT,   /* a text before the last checkpoint */
    FORGE_PROOF,       /* a proof where none belongs, or one more hash */
    FORGE_CONSISTENCY, /* one bit of the proof between two checkpoints */
};
struct forging {
    enum ledger_forgery what;
    bool partial;   /* a partner's: without genesis, auditor's card, question */
    uint64_t entry; /* that it happens to, or before */
    size_t byte;    /* of it */
};
enum { FORGE_RANDOM = 8, FORGE_BODY = 24 }; /* places in an entry */

/* MADE, written anew into OUT (free() its bytes). False: there was no such
 * place, and nothing is changed. */
bool ledger_forge(struct ledger_made *out, const struct ledger_made *made,
    const struct forging *how);
/* verify_file() of MADE, by who saw SEEN (may be NULL) before. */
enum dhk_err ledger_verify(const struct ledger_made *made,
    const struct checkpoint *seen, struct verify_result *result,
    struct verify_fault *fault);

#endif
