/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the files of fsck share: not for others. Each family of derived rows is
 * one struct fsck_check in a file of its own, listed in fsck.c. Every function
 * returns DHK_OK to go on; what is wrong goes through fsck_bad(). */
#ifndef BROKER_FSCK_IMPL_H
#define BROKER_FSCK_IMPL_H

#include "fsck.h"

#include "card.h"
#include "checkpoint.h"
#include "entry.h"
#include "ledger.h"
#include "table.h"

/* What became of an entry, as the later ones say. */
enum fsck_state {
    FSCK_NOTHING = 0,
    FSCK_CARD,
    FSCK_SHARE_OPEN,
    FSCK_SHARE_ENDED,
    FSCK_SHARE_LATE, /* ended, and its recipient had not answered */
    FSCK_NOTICE_OPEN,
    FSCK_NOTICE_ENDED,
    FSCK_RELEASE, /* of a share that was open and waited */
    FSCK_APPROVAL,
};

struct fsck_card {
    uint8_t id[CARD_ID];
    uint64_t number, revoked;
    char partner[LIMIT_NAME + 1];
    struct sign_public sign, witness;
};
struct fsck_text { /* agreement, roster or revocation */
    uint8_t sha256[32];
    enum entry_kind kind;
    uint8_t compiled[32]; /* of an agreement */
};
struct fsck_force { /* as in force.h */
    bool known, revoked;
    uint64_t entry;
    uint8_t sha256[32];
};

struct fsck {
    struct store *store;
    const struct fsck_options *options;
    struct fsck_result *result;
    struct fsck_place own_place, *place;

    struct store_txn *txn; /* what follows is of its last entry */
    uint64_t begun;        /* monotonic ms */
    unsigned steps;
    uint64_t size; /* entries that were read and understood */
    uint64_t of;   /* entries in TXN */
    struct merkle_frontier frontier;

    struct checkpoint_vkey log; /* of the genesis entry */
    uint64_t time;              /* of the last entry */
    uint8_t *state;             /* enum fsck_state by entry */
    bool *last;                 /* by entry: the last one of its chain */
    uint64_t state_cap;
    struct fsck_card *card; /* by ascending number */
    size_t cards_n, cards_cap;
    size_t *place_of_card; /* by id; 1 + index into card, 0: free */
    size_t places;
    struct fsck_text *text;
    size_t texts_n, texts_cap;
    struct fsck_force agreement, roster;

    struct entry entry; /* the one being looked at */
    struct entry other; /* one that it is about; OTHER_INDEX */
    uint64_t other_index;
    bool has_other;

    uint8_t case_handle[16]; /* whose course was looked at last */
    bool has_case;
};

struct fsck_check {
    const char *name;
    /* every entry in its order, which is in f->entry; may be NULL, as the
     * others. Rows of its own commit are in the store, later ones may be */
    enum dhk_err (*entry)(struct fsck *f, uint64_t index);
    /* then every row of these tables; all entries of the transaction are known
     */
    enum dhk_err (*row)(
        struct fsck *f, enum table table, struct slice key, struct slice value);
    enum table table[3];
    size_t tables_n;
    /* then every entry again, by its state then */
    enum dhk_err (*state)(struct fsck *f, uint64_t index);
    enum dhk_err (*end)(struct fsck *f);
    bool derived; /* can be made again from the entries */
};
extern const struct fsck_check fsck_notes, fsck_cards, fsck_texts, fsck_force,
    fsck_numbers, fsck_mail, fsck_bundles, fsck_notices, fsck_withdrawn,
    fsck_gates, fsck_cases, fsck_chain, fsck_cosigned, fsck_index;

/* A row with an approval, for who looks at its table. */
struct mailbox_row;
DHK_MUST_USE enum dhk_err fsck_gates_row(
    struct fsck *f, const struct mailbox_row *r);
/* A row of a case, the same. */
DHK_MUST_USE enum dhk_err fsck_cases_row(
    struct fsck *f, struct slice key, struct slice value);

/* The entries up to the end of the transaction: their leaves and nodes, and
 * then UNDERSTAND for each with f->entry; in fsck_tree.c. Stops early when the
 * transaction is old. */
typedef enum dhk_err fsck_understand(struct fsck *f);
DHK_MUST_USE enum dhk_err fsck_read_on(
    struct fsck *f, fsck_understand *understand);
/* Whether the transaction is to be ended. */
bool fsck_is_old(const struct fsck *f);

/* Notes the first thing that is wrong, and where; DHK_FORMAT. The place is
 * that of fsck_at(). */
DHK_MUST_USE enum dhk_err fsck_bad(struct fsck *f, const char *what, ...)
    __attribute__((format(printf, 2, 3)));
/* Where the check is from now on: KEY may be empty, INDEX FSCK_NO_ENTRY. */
#define FSCK_NO_ENTRY UINT64_MAX
void fsck_at(
    struct fsck *f, enum table table, struct slice key, uint64_t index);
const char *fsck_table_name(enum table table);
/* A row that must be there: DHK_NOTFOUND becomes a fault at KEY. */
DHK_MUST_USE enum dhk_err fsck_get(
    struct fsck *f, enum table table, struct slice key, struct slice *value);
/* RC of reading or decoding what was found whole before, as a fault. */
DHK_MUST_USE enum dhk_err fsck_rc(struct fsck *f, enum dhk_err rc);

/* The state of entry INDEX, which must be known. */
enum fsck_state fsck_state(const struct fsck *f, uint64_t index);
/* NULL: no such card is on the ledger. */
struct fsck_card *fsck_card(const struct fsck *f, const uint8_t id[CARD_ID]);
struct fsck_card *fsck_card_by_number(const struct fsck *f, uint64_t number);
/* Entry INDEX, of KIND (ENTRY_NONE: any), in f->other; slices borrow from the
 * transaction. A fault when it is not there or another. */
DHK_MUST_USE enum dhk_err fsck_other(
    struct fsck *f, uint64_t index, enum entry_kind kind);

#endif
