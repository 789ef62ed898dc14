/* SPDX-License-Identifier: EUPL-1.2
 *
 * The newest head that this node saw a quorum stand behind, in
 * brokers/NAME/quorum. What it covers can not be taken back: before that a
 * receipt is provisional. Who has seen none for a day sends nothing, for it may
 * be the only one that is shown this ledger.
 *
 *   driehoek-quorum@v1
 *   origin ORIGIN
 *   since SECONDS        the first connection for this ledger
 *   time SECONDS         since then a quorum stands behind it; 0: there is none
 *   by NAME...           who made up the quorum; left out when there is none
 *   (blank line, and the note; left out as well) */
#ifndef CLIENTS_COUNTED_H
#define CLIENTS_COUNTED_H

#include "node.h"
#include "quorumhead.h"

struct counted;

enum { COUNTED_FOR = 24 * 3600 }; /* seconds that sending goes on */

/* Reads BROKER_DIR/quorum; NULL: in memory only. What is there of another
 * ledger than ORIGIN is history. */
DHK_MUST_USE enum dhk_err counted_open(struct counted **out,
    const char *broker_dir, const char *origin, struct dhk_problem *problem);
void counted_destroy(struct counted **c);
/* Another ledger counts from now on: nothing is known of it. */
void counted_set_origin(struct counted *c, const char *origin);

/* A connection at NOW: the day begins with the first. */
DHK_MUST_USE enum dhk_err counted_begin(
    struct counted *c, int64_t now, struct dhk_problem *problem);
/* Q is verified, and consistent with the newest head here. An older one than
 * the last changes nothing. */
DHK_MUST_USE enum dhk_err counted_take(
    struct counted *c, const struct quorumhead *q, struct dhk_problem *problem);

/* NULL before the first. */
const struct checkpoint *counted_head(const struct counted *c);
struct slice counted_note(const struct counted *c);
int64_t counted_time(const struct counted *c);
/* Names with blanks between them. */
const char *counted_by(const struct counted *c);
/* Whether entry INDEX is covered. */
bool counted_covers(const struct counted *c, uint64_t index);
/* Whether signals may be sent at NOW. */
bool counted_may_send(const struct counted *c, int64_t now);

#endif
