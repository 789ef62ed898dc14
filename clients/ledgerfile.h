/* SPDX-License-Identifier: EUPL-1.2
 *
 * The fetched ledger in a file of its own: all that verify.h needs but the
 * pinned signers. Reading checks the form only.
 *
 *   file   = "driehoek-ledger@v1\n" record... ; END is the last record
 *   record = u32be length, body (canonical msgpack of that many bytes)
 *   body   = [ 1, origin:str, complete:bool ]                   ORIGIN
 *          | [ 2, text:bin, [ [ principal:name, armor:bin ] ... ] ]  ROSTER
 *          | [ 3, the same ]                                    AGREEMENT
 *          | [ 4, index:uint, leaf:bin32, entry:bin ]           ENTRY
 *          | [ 5, note:bin, consistency:bin, proof:bin ]        CHECKPOINT
 *          | [ 6, entries:uint, chain:bin32 ]                   END
 *   chain of the header line is H(label "driehoek/v1/ledger-file", line), of
 *   each record H(label, chain before, body); END holds that of the record
 *   before it. It guards against accidents; signatures guard against people.
 *
 * ORIGIN is first; each text stands right before the entry that puts it in
 * force. A complete file has every entry from 0 on, and after the entry N - 1
 * the checkpoint of size N wherever the log signed one and it was fetched;
 * proofs are empty. A partial file's (a partner's)
 * CHECKPOINT says that the entries since the one before are in its tree
 * (multi-proof), which extends the tree of the one before (consistency). Both
 * end with a checkpoint. */
#ifndef CLIENTS_LEDGERFILE_H
#define CLIENTS_LEDGERFILE_H

#include "quorum.h"
#include "seal.h"

#include <stdio.h>

enum ledgerfile_type {
    LEDGERFILE_NONE = 0,
    LEDGERFILE_ORIGIN = 1,
    LEDGERFILE_ROSTER = 2,
    LEDGERFILE_AGREEMENT = 3,
    LEDGERFILE_ENTRY = 4,
    LEDGERFILE_CHECKPOINT = 5,
    LEDGERFILE_END = 6,
};

struct ledgerfile_record {
    enum ledgerfile_type type;
    struct slice origin; /* ORIGIN */
    bool complete;
    struct slice text; /* ROSTER, AGREEMENT */
    uint64_t time; /* ms, of the entry after it; as fetched, not in a file */
    struct quorum_sig sig[QUORUM_SIGNATURES];
    size_t sigs_n;
    uint64_t index; /* ENTRY */
    uint8_t leaf[SEAL_HASH];
    struct slice entry;
    struct slice note, consistency, proof; /* CHECKPOINT */
    uint64_t entries;                      /* END */
    uint8_t chain[SEAL_HASH];
};

/* The form of one record's body; slices point into BODY. */
DHK_MUST_USE enum dhk_err ledgerfile_decode(
    struct ledgerfile_record *out, struct slice body, struct diag *diag);

/* --- writing: the header line at once, END by ledgerfile_finish() ----------
 */
struct ledgerfile;
DHK_MUST_USE enum dhk_err ledgerfile_create(
    struct ledgerfile **out, FILE *file);
DHK_MUST_USE enum dhk_err ledgerfile_write(
    struct ledgerfile *f, const struct ledgerfile_record *record);
DHK_MUST_USE enum dhk_err ledgerfile_finish(struct ledgerfile *f);

/* --- reading
 * ------------------------------------------------------------------ */
/* DHK_VERSION: the first line is another. FILE stays the caller's. */
DHK_MUST_USE enum dhk_err ledgerfile_open(struct ledgerfile **out, FILE *file);
/* The next record but END, of which form, count and chain are checked here;
 * its slices live until the next call. DHK_NOTFOUND: the end, all is well.
 * DHK_FORMAT: *WHAT says what is wrong (static text); DHK_IO. */
DHK_MUST_USE enum dhk_err ledgerfile_read(
    struct ledgerfile_record *out, struct ledgerfile *f, const char **what);
/* Bytes read so far, for a progress bar. */
uint64_t ledgerfile_at(const struct ledgerfile *f);
void ledgerfile_destroy(struct ledgerfile **f);

#endif
