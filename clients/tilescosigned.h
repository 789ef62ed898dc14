/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the cosigners of a ledger signed, beside its export: cosigned/SIZE is
 * the log's checkpoint of SIZE entries with their lines. Their keys are on the
 * ledger itself, in the cards. */
#ifndef CLIENTS_TILESCOSIGNED_H
#define CLIENTS_TILESCOSIGNED_H

#include "card.h"
#include "checkpoint.h"
#include "roster.h"
#include "tilesdir.h"

/* Keeps NOTE, which the log signed and which does not contradict one that is
 * there; to that of its size only its further lines are added. */
DHK_MUST_USE enum dhk_err tilescosigned_put(
    struct tilesdir *d, struct slice note);

/* The sizes that are there, ascending; free(). A file that is none is left
 * out: nothing is believed of it. */
DHK_MUST_USE enum dhk_err tilescosigned_sizes(
    uint64_t **out, size_t *n, struct tilesdir *d);
/* The note of SIZE, as tilesdir_read(). */
DHK_MUST_USE enum dhk_err tilescosigned_read(
    struct slice *out, struct tilesdir *d, uint64_t size);

struct tilescosigned {
    uint64_t signatures; /* of cosigners, that verify */
    /* the largest tree that a quorum stands behind; 0: none */
    uint64_t quorum_size;
    struct {
        char partner[LIMIT_NAME + 1];
        uint64_t size; /* the largest that it cosigned; 0: none */
        uint64_t time; /* seconds */
    } by[LIMIT_SIGNATORIES];
    size_t by_n; /* the cosigners of the roster */
};
/* Who of the cosigners of ROSTER signed the notes of SIZES, which are known to
 * be of this tree and signed by the log; with the witness key of one of CARDS,
 * valid at that time. DHK_AUTH: a line does not verify, or is of none of CARDS,
 * and *BAD is the note's size. */
struct tilescosigned_cards {
    const struct card *list;
    size_t n;
    const uint64_t *sizes;
    size_t sizes_n;
};
DHK_MUST_USE enum dhk_err tilescosigned_count(struct tilescosigned *out,
    uint64_t *bad, struct tilesdir *d, const struct roster *roster,
    const struct tilescosigned_cards *in);

#endif
