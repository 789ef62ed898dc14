/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to what reads a ledger: what the entries read so far have
 * established, and whether the next one fits. Pure over decoded entries. */
#ifndef CLIENTS_FACTS_H
#define CLIENTS_FACTS_H

#include "cards.h"
#include "checkpoint.h"
#include "entry.h"
#include "ledgerfile.h"
#include "trust.h"

/* A share, or the notice of a withdrawal, that an outcome may refer to. */
struct facts_share {
    uint64_t index;
    uint64_t expires;
    uint8_t leaf[SEAL_HASH];
    uint32_t sender, recipient; /* see facts.c: names */
    uint32_t kind;              /* of the signal; a name, too */
    uint8_t id[SEAL_HASH];      /* of the signal */
    uint8_t case_handle[16];
    uint64_t accepted; /* of its bundle, and its place there */
    uint32_t position;
    bool ended;    /* has its outcome */
    bool answered; /* by its recipient, ... */
    bool taken;    /* ... with that word, before it had ended otherwise */
    bool notice;
    bool waits; /* for approvals, and was not let go */
};
/* A share that may be decided again: it waits, or the broker computes something
 * of its kind. */
struct facts_kept {
    uint64_t index;
    uint8_t *bytes; /* of its entry; NULL: it has its outcome */
    size_t n;
    size_t approval; /* the last, from 1; 0: none */
    bool declined;
};
struct facts_approval { /* by index */
    uint64_t index;     /* of the STATED entry */
    uint64_t share;
    uint32_t name;
    size_t before; /* of the same share, from 1; 0: none */
};
struct facts_withdrawn {
    uint64_t share;
    uint64_t index; /* of the entry that withdrew it first */
    bool notice;    /* its recipient is told */
    uint8_t body[SEAL_HASH];
};
struct facts_accepted {
    uint64_t index;
    uint8_t *bytes;
    size_t n;
};
struct facts_revoked {
    uint8_t card[CARD_ID];
    uint64_t index;
};

struct facts_linked { /* the last accepted or refused entry of a card */
    uint8_t card[CARD_ID];
    uint64_t last;
};
struct facts_pair { /* the last share between two, and how many so far */
    uint32_t sender, recipient;
    uint64_t nth, last;
};
struct facts_covert { /* a share that is covert until some time */
    uint64_t index, until;
    uint8_t case_handle[16];
    uint32_t sender, recipient;
};

struct facts_seals;
struct caselog;

struct facts {
    bool complete;
    char origin[LIMIT_ORIGIN + 1];
    struct trust *trust; /* borrowed; rosters and agreements go there */
    struct cards *cards;
    struct sign_public log_key; /* of the genesis entry */
    bool has_log_key;
    const struct checkpoint *others; /* heads of other logs; borrowed */
    size_t others_n;
    char (*names)[LIMIT_NAME + 1];
    size_t names_n, names_cap;
    struct facts_share *shares; /* by index */
    size_t shares_n, shares_cap;
    struct facts_accepted *accepted; /* by index */
    size_t accepted_n, accepted_cap;
    struct facts_withdrawn *withdrawn;
    size_t withdrawn_n, withdrawn_cap;
    struct facts_revoked *revoked;
    size_t revoked_n, revoked_cap;
    struct facts_seals *seals;
    struct facts_linked *linked;
    size_t linked_n, linked_cap;
    struct facts_pair *pairs;
    size_t pairs_n, pairs_cap;
    struct facts_covert *covert; /* by index */
    size_t covert_n, covert_cap;
    uint64_t *due; /* what the last answer to a subject had to leave out, ... */
    size_t due_n, due_cap, due_at; /* ... and how much of it is recorded */
    uint64_t due_query;
    uint64_t last_word;  /* share that was declined, or approved by all, by the
                            last entry; the next ends its waiting; 0: none */
    bool roster_revoked; /* and none put in force since */
    struct caselog *cases;   /* of a complete ledger */
    struct facts_kept *kept; /* by index */
    size_t kept_n, kept_cap;
    struct facts_approval *approvals;
    size_t approvals_n, approvals_cap;
    struct entry *scratch; /* accepted entries */
    struct entry *scratch_share;
    uint64_t time; /* of the last entry */
    uint64_t signatures, unchecked, open;
    uint64_t notices; /* that have no answer */
    char why[360];    /* of the last failure */
};

/* One entry with its place. */
struct facts_entry {
    uint64_t index;
    const uint8_t *leaf; /* SEAL_HASH bytes, compared already */
    struct slice bytes;
    const struct entry *e;
    const struct trust_text *text; /* the text record before it, or NULL */
};

DHK_MUST_USE enum dhk_err facts_init(struct facts *f, struct trust *trust);
void facts_end(struct facts *f);
/* Checks E against what is known and adds what it says. On an error f->why
 * says what is wrong with it. */
DHK_MUST_USE enum dhk_err facts_add(
    struct facts *f, const struct facts_entry *e);
/* Whether the last entry demands another behind it. */
bool facts_is_due(const struct facts *f);

/* Private to facts*.c. */
enum dhk_err facts_no(struct facts *f, enum dhk_err rc, const char *why);
DHK_MUST_USE enum dhk_err facts_name(
    uint32_t *out, struct facts *f, struct slice name);
/* The card, when it is known, OWNER's, and not revoked at INDEX. NULL with
 * *RC DHK_OK: not known in a partial file (counted as unchecked). */
const struct card *facts_card(enum dhk_err *rc, struct facts *f,
    const uint8_t id[CARD_ID], struct slice owner, uint64_t index);
bool facts_is_revoked(
    const struct facts *f, const uint8_t id[CARD_ID], uint64_t index);
/* Whether CARD was valid at TIME (ms), as far as clocks agree. */
bool facts_is_valid_at(const struct card *card, uint64_t time);
/* Whether the roster in force at TIME (ms) makes NAME an auditor. */
bool facts_is_auditor(const struct facts *f, struct slice name, uint64_t time);
/* LIST of N, with room for one more of SIZE bytes; NULL: no memory. */
void *facts_grow(void *list, size_t n, size_t *cap, size_t size);
struct facts_share *facts_share(struct facts *f, uint64_t index);
DHK_MUST_USE enum dhk_err facts_keep_share(
    struct facts *f, const struct facts_share *share);
const struct facts_accepted *facts_accepted(
    const struct facts *f, uint64_t index);

/* facts_revoked.c: revoked text, revoked card. */
DHK_MUST_USE enum dhk_err facts_revoked(
    struct facts *f, const struct facts_entry *e);

/* facts_signals.c: accepted, share, refused, delivered, returned, expired.
 */
DHK_MUST_USE enum dhk_err facts_signal(
    struct facts *f, const struct facts_entry *e);

/* facts_seals.c: E, which fits, in the lists of its partners; a seal against
 * its list. */
DHK_MUST_USE enum dhk_err facts_seals_init(struct facts *f);
void facts_seals_end(struct facts *f);
DHK_MUST_USE enum dhk_err facts_seals_add(
    struct facts *f, const struct facts_entry *e);
/* Is told of each seal that fits, with its list in order; an error ends it. */
struct seallist_row;
typedef enum dhk_err facts_sealed(void *ctx, const struct facts_entry *at,
    const struct seallist_row *rows, size_t n);
void facts_seals_tell(struct facts *f, facts_sealed *sealed, void *ctx);

/* facts_chain.c: an entry of CARD, or share S, names the one before. */
DHK_MUST_USE enum dhk_err facts_chain_card(struct facts *f,
    const uint8_t card[CARD_ID], uint64_t before, uint64_t index);
DHK_MUST_USE enum dhk_err facts_chain_share(
    struct facts *f, const struct entry_share *s, uint64_t index);
/* facts_case.c: held, stated; shares that are covert, questions for a
 * subject and the entry behind one. */
DHK_MUST_USE enum dhk_err facts_case(
    struct facts *f, const struct facts_entry *e);
DHK_MUST_USE enum dhk_err facts_covert(struct facts *f,
    const struct facts_entry *at, const struct facts_share *share);
struct query;
DHK_MUST_USE enum dhk_err facts_asked(
    struct facts *f, const struct facts_entry *at, const struct query *q);
DHK_MUST_USE enum dhk_err facts_check_due(
    struct facts *f, const struct facts_entry *at);

/* facts_withdrawn.c: withdrawn, corrected; the notices that have no answer,
 * of which the indexes of the first MAX go to OUT. */
uint64_t facts_notices(uint64_t *out, size_t max, const struct facts *f);
DHK_MUST_USE enum dhk_err facts_withdraw(
    struct facts *f, const struct facts_entry *e);

/* facts_course.c: a statement, which its partner signed, in the course of its
 * case; and that course as it is now (NULL: nothing was stated). */
struct course;
struct statement;
DHK_MUST_USE enum dhk_err facts_course(struct facts *f,
    const struct facts_entry *at, const struct statement *said);
DHK_MUST_USE enum dhk_err facts_course_now(
    const struct course **out, struct facts *f, const uint8_t case_handle[16]);

/* facts_waiting.c: shares that may be decided again. A share that was checked;
 * its outcome (which ends that); approvals and refusals of it, which must be of
 * a share that waits for them; the entry behind the last of these that it
 * needs; what lets it go; and what the outcome returned asks for. */
DHK_MUST_USE enum dhk_err facts_keep(
    struct facts *f, const struct facts_entry *at);
void facts_drop(struct facts *f, uint64_t share);
DHK_MUST_USE enum dhk_err facts_approved(struct facts *f,
    const struct facts_entry *at, const struct statement *said);
DHK_MUST_USE enum dhk_err facts_check_last_word(
    struct facts *f, const struct facts_entry *at);
DHK_MUST_USE enum dhk_err facts_released(
    struct facts *f, const struct facts_entry *at);
DHK_MUST_USE enum dhk_err facts_check_returned(struct facts *f,
    const struct facts_entry *at, const struct facts_share *share);

/* facts_decide.c: the share S decided again, as AT says that it was; CLASSES
 * are those of its accepted entry. DHK_DENIED: the agreement decides
 * otherwise. */
DHK_MUST_USE enum dhk_err facts_decide(struct facts *f,
    const struct facts_entry *at, const struct entry_share *s,
    struct slice classes);
/* The same by the course and the windows of TIME (ms), for what was shared
 * before: whether the decision may be the same, and may be another one. Both
 * when the ledger does not tell. */
struct facts_again {
    bool same, other;
};
DHK_MUST_USE enum dhk_err facts_decide_now(struct facts_again *out,
    struct facts *f, const struct entry_share *s, uint64_t time);
/* What the broker stated of attribute AT; false when it has no such value.
 */
struct value;
bool facts_value(struct value *out, const struct agreement_attribute *at,
    struct slice bytes);
/* The request that share S of a signal with these classes decided, in words
 * of A, under which it was decided; false when the ledger does not tell it
 * exactly. What the broker computed is in S or, with HAS_COURSE, in the
 * case's course as it was then: COURSE, or NULL when nothing was stated. */
struct request;
struct facts_asked {
    const struct agreement *a;
    const struct entry_share *s;
    struct slice classes;
    bool has_course;
    const struct course *course;
    uint64_t time; /* of the share, ms */
};
bool facts_request(struct request *out, const struct facts_asked *asked);

#endif
