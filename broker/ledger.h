/* SPDX-License-Identifier: EUPL-1.2
 *
 * The ledger on the store: entries, the nodes of the Merkle tree, signed
 * checkpoints. Appends in the caller's transaction; the head in memory is of
 * that transaction, so that after an abort the caller opens the ledger anew.
 * No bytes borrowed from the store outlive the next append. */
#ifndef BROKER_LEDGER_H
#define BROKER_LEDGER_H

#include "checkpoint.h"
#include "entry.h"
#include "host/store.h"
#include "merkle.h"

struct ledger {
    char origin[LIMIT_ORIGIN + 1];
    struct sign_public log_key;
    uint64_t size;
    uint64_t time;   /* of the last entry, ms */
    uint64_t opened; /* entries that it had when it was opened */
    struct merkle_frontier frontier;
    struct key_pool pool; /* the random bytes of entries */
    uint64_t note_size;   /* of the newest checkpoint, 0: none */
    bool note_stored;     /* it goes with the next commit */
    size_t note_n;
    uint8_t note[LIMIT_CHECKPOINT];
};

/* Reads the head. An empty store gets the genesis entry of ORIGIN and KEY at
 * NOW and *BEGUN is set; another must have been begun with the same two
 * (DHK_EXISTS), its last key must fit its number of entries, and its nodes
 * must lead to one root with its last leaf (DHK_FORMAT). */
struct ledger_begin {
    const char *origin;
    const struct sign_public *key;
    const struct checkpoint *before; /* head of the closed log that a new one
                                        goes on for; or NULL */
    uint64_t now;
    bool begun; /* out */
};
DHK_MUST_USE enum dhk_err ledger_open(
    struct ledger *l, struct store_txn *t, struct ledger_begin *b);
/* Reads the head again after an abort. Notes in memory stay. */
DHK_MUST_USE enum dhk_err ledger_reload(struct ledger *l, struct store_txn *t);

/* Appends E, whose random bytes and time are filled in here: NOW in
 * milliseconds, or the time of the entry before if that is later. DHK_LIMIT:
 * the entry is too long, or the store is full. */
DHK_MUST_USE enum dhk_err ledger_append(struct ledger *l, struct store_txn *t,
    struct entry *e, uint64_t now, uint64_t *index);
/* The bytes of entry INDEX; borrowed from T. DHK_FORMAT: the store is damaged,
 * for they do not have the leaf hash that was recorded. */
DHK_MUST_USE enum dhk_err ledger_bytes(
    struct store_txn *t, uint64_t index, struct slice *bytes);
/* The same without that check, for who has read the entry in T already. */
DHK_MUST_USE enum dhk_err ledger_bytes_again(
    struct store_txn *t, uint64_t index, struct slice *bytes);
/* Shows VISIT the entries FROM..UNTIL-1, until it returns something else than
 * DHK_OK, which is returned. Their hashes are not checked. DHK_FORMAT: one is
 * missing. */
typedef enum dhk_err (*ledger_visit)(
    void *ctx, uint64_t index, struct slice bytes);
DHK_MUST_USE enum dhk_err ledger_each(struct store_txn *t, uint64_t from,
    uint64_t until, ledger_visit visit, void *ctx);
/* Decoded; slices borrow from T. As ledger_bytes(); DHK_FORMAT also when they
 * are no entry. */
DHK_MUST_USE enum dhk_err ledger_entry(
    struct store_txn *t, uint64_t index, struct entry *out);
/* The same without that check, as ledger_bytes_again(). */
DHK_MUST_USE enum dhk_err ledger_entry_again(
    struct store_txn *t, uint64_t index, struct entry *out);
/* The same for who looks at every entry behind the ledger: those that this
 * process has appended were hashed just then, and are not again. L may be NULL:
 * none was. */
DHK_MUST_USE enum dhk_err ledger_entry_behind(const struct ledger *l,
    struct store_txn *t, uint64_t index, struct entry *out);
/* The first entry at MS or later; SIZE: there is none among the first SIZE. */
DHK_MUST_USE enum dhk_err ledger_first_since(
    struct store_txn *t, uint64_t size, uint64_t ms, uint64_t *index);
/* Leaf hash as stored. */
DHK_MUST_USE enum dhk_err ledger_leaf(
    struct store_txn *t, uint64_t index, uint8_t leaf[MERKLE_HASH]);

DHK_MUST_USE enum dhk_err ledger_root(
    struct store_txn *t, uint64_t size, uint8_t root[MERKLE_HASH]);
/* Computes the leaf hashes of OLD..SIZE-1 again from the stored entries: what
 * was stored, not what was meant, gets signed. DHK_FORMAT when one differs. */
DHK_MUST_USE enum dhk_err ledger_recheck(
    struct store_txn *t, uint64_t old, uint64_t size);
/* Concatenated hashes, as in merkle.h. */
DHK_MUST_USE enum dhk_err ledger_consistency(
    struct store_txn *t, struct sink *out, uint64_t old, uint64_t size);
DHK_MUST_USE enum dhk_err ledger_prove(struct store_txn *t, struct sink *out,
    uint64_t size, const uint64_t *index, size_t n);

/* Keeps the note of a head that the keeper signed. DHK_AUTH: it does not
 * verify, or is of another root than ours. */
DHK_MUST_USE enum dhk_err ledger_signed(struct ledger *l, struct store_txn *t,
    const struct checkpoint *head, const uint8_t sig[KEY_SIGNATURE]);
/* Stores the newest note if it is not yet. */
DHK_MUST_USE enum dhk_err ledger_flush(struct ledger *l, struct store_txn *t);
/* The first note of a size >= *SIZE, which is set to it. */
DHK_MUST_USE enum dhk_err ledger_note(const struct ledger *l,
    struct store_txn *t, uint64_t *size, struct slice *note);
/* The newest note; empty before the first. */
struct slice ledger_note_last(const struct ledger *l);

#endif
