/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the operator carries in: rosters, agreements, key cards, revocations.
 * Each counts by the signatures on it alone; the operator, and whoever holds
 * the control socket, can add nothing of their own. Everything put in force
 * is a ledger entry. Replies end with a code: 0 done, 1 refused by the rules,
 * 4 invalid or not signed by all who must. */
#ifndef BROKER_ENACT_H
#define BROKER_ENACT_H

#include "control.h"
#include "entry.h"
#include "force.h"
#include "quorum.h"

struct core;

enum enact_code { ENACT_DONE = 0, ENACT_REFUSED = 1, ENACT_INVALID = 4 };

/* One request being worked on. */
struct enact {
    struct core *core;
    uint32_t client;
    struct control_request request;
    struct sshsig_signers signers;
    struct quorum_sig sig[CONTROL_FILES];
    size_t sigs_n;
    struct quorum quorum;
    struct findings findings;
    uint8_t sha256[32];            /* of the text */
    enum enact_code code;          /* of the reply */
    char text[FINDINGS_MAX * 288]; /* of the reply */
};

/* Handles a control request and replies after the commit. */
void enact_control(struct core *c, uint32_t client, struct slice request);

/* --- for revoke.c ------------------------------------------------------- */
void enact_reply(struct enact *e, enum enact_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with what stands in E's text. */
void enact_say(struct enact *e, enum enact_code code);
/* Checks the signatures for NAMESPACE; replies and returns false unless all
 * of REQUIRED (or, with N 0, anybody) signed. */
bool enact_is_signed(struct enact *e, const char *namespace_,
    const char *const *required, size_t n);
/* Keeps the text and each signatory's valid signature for ever. */
DHK_MUST_USE enum dhk_err enact_keep(struct enact *e);
/* Notes in the store which text counts. */
DHK_MUST_USE enum dhk_err enact_set(
    struct core *c, const char *name, const struct force_text *text);
/* Reads what is in force again, and sees to what follows from it. */
void enact_changed(struct core *c);

#endif
