/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether a share is what its sender signed, for this recipient, and no more
 * than this recipient's own copy of the agreement lets it have. The broker is
 * not believed: what it states is used only to decide again. Pure; whether
 * the counter was seen before is the inbox's to say. */
#ifndef CLIENTS_INSPECT_H
#define CLIENTS_INSPECT_H

#include "agreement.h"
#include "answer.h"
#include "bundle.h"
#include "entry.h"
#include "release.h"
#include "wrap.h"

struct inspect_context {
    const char *origin;           /* of the ledger that the roster names */
    const char *name;             /* own */
    const struct card *card;      /* own */
    const struct dh_secret *seal; /* of that card */
    const struct card *sender;    /* card that the statement names; NULL: not
                                     here, or the roster does not allow it */
    const struct agreement *agreement; /* that the header names; NULL: not here
                                          with the signatures that it needs */
    const struct agreement *in_force;  /* NULL: none */
    const struct cards *cards;         /* by which approvals are signed */
    bool placed; /* the log shows that the share's entry stands at its index:
                    that is what approvals are of */
};

/* What is needed to answer, read without believing any of it. */
struct inspect_label {
    uint8_t leaf[32]; /* hash of the share's ledger entry */
    uint64_t index;
    uint8_t agreement[32]; /* of the header */
};

struct inspect { /* about 100 KiB, and holds values: inspect_destroy() */
    enum answer_outcome outcome; /* ANSWER_NONE: there is no telling yet */
    bool lacks;                  /* for want of a card or an agreement: */
    uint8_t lacked[32];          /* of which this is the id */
    uint64_t detail;
    const char *why; /* static text when not taken */
    struct share share;
    struct entry entry;
    struct release release; /* of a share that waited */
    struct wrap wrap;
    struct wrap_agreed agreed;        /* by ctx->seal with the last sender */
    struct bundle_verified verified;  /* the last statement that verified */
    struct slice value[LIMIT_FIELDS]; /* by place in share.field */
    uint8_t *mem;                     /* of the values */
    size_t mem_n;
};

DHK_MUST_USE enum dhk_err inspect_new(struct inspect **out);
void inspect_destroy(struct inspect **x);

/* DHK_FORMAT: not even an entry is in it; it cannot be answered. */
DHK_MUST_USE enum dhk_err inspect_read_label(
    struct inspect_label *out, struct slice share);
/* Whether SHARE may have come with a release: a look at its end. */
bool inspect_may_be_released(struct slice share);
/* The key cards by which the approvals of SHARE are signed, as far as that can
 * be read, into IDS; how many. X is used for reading. */
size_t inspect_read_approvals(struct inspect *x,
    uint8_t ids[LIMIT_APPROVALS][CARD_ID], struct slice share);
/* Only its entry, borrowed from SHARE. */
DHK_MUST_USE enum dhk_err inspect_read_entry(
    struct slice *entry, struct slice share);
/* Only the agreement of its label. */
DHK_MUST_USE enum dhk_err inspect_read_agreement(
    uint8_t agreement[32], struct slice share);
/* Looks through SHARE under statement ST, with the same CTX->seal each time;
 * the verdict is X->outcome. A refusal is final, and neither statement, entry
 * nor openings came with a signature of core: so there is none without the card
 * and the agreements in CTX, which can be kept back, and none for what a router
 * could have altered, exchanged, added or left out. What is refused is so by
 * the sender's header, what that has digests of, and the entry: as good as that
 * the entry is in the ledger, which is for the caller to see to. Errors other
 * than DHK_OK are this machine's (DHK_NOMEM), not the share's. */
DHK_MUST_USE enum dhk_err inspect_share(struct inspect *x,
    const struct inspect_context *ctx, const struct bundle_statement *st,
    struct slice share);

#endif
