/* SPDX-License-Identifier: EUPL-1.2
 *
 * The newest checkpoint that this node verified, in brokers/NAME/checkpoint,
 * and the demand that every later one extends it; and some of those before, in
 * brokers/NAME/heads, for comparing with others. Two that contradict each other
 * are kept in evidence-* files and end the work with that broker. When both are
 * of one size and signed by the log, nothing can explain them: brokers/NAME/
 * stopped holds both, and nothing goes on until a roster with another ledger is
 * in force. */
#ifndef CLIENTS_HEADS_H
#define CLIENTS_HEADS_H

#include "node.h"
#include "checkpoint.h"
#include "headlist.h"

struct heads;

DHK_MUST_USE enum dhk_err heads_open(struct heads **out, const char *broker_dir,
    const struct checkpoint_vkey *log, struct dhk_problem *problem);
void heads_destroy(struct heads **h);
/* Another roster is in force: LOG is the log's key from now on. With another
 * origin the history begins anew. */
void heads_set_log(struct heads *h, const struct checkpoint_vkey *log);
/* The newest verified one; NULL before the first. */
const struct checkpoint *heads_last(const struct heads *h);
struct slice heads_last_note(const struct heads *h);

/* Opens NOTE under the log's key (checkpoint_open); one that is byte for byte
 * the last that was opened is not verified again: the receipts of a batch all
 * have the same. */
DHK_MUST_USE enum dhk_err heads_read(struct heads *h, struct checkpoint *cp,
    struct slice note, struct diag *diag);
/* A note came by: its signature is verified, and it is remembered when it is
 * the newest, to be proved by heads_prove(). DHK_AUTH; as heads_check(). */
DHK_MUST_USE enum dhk_err heads_saw(
    struct heads *h, struct slice note, struct dhk_problem *problem);
/* The same for what the broker called its newest when the last one here was of
 * LEAST entries: DHK_STATE, with evidence, when it is older than that. */
DHK_MUST_USE enum dhk_err heads_saw_newest(struct heads *h, struct slice note,
    uint64_t least, struct dhk_problem *problem);
/* A proof is needed before the newest seen may count. */
bool heads_is_unproved(const struct heads *h);
const struct checkpoint *heads_unproved(const struct heads *h);
/* PROOF (32 * n bytes) from the last to the unproved one; then that is the
 * last, durably. Without a last one nothing needs a proof: PROOF is empty.
 * DHK_STATE: they contradict; evidence is kept. */
DHK_MUST_USE enum dhk_err heads_prove(
    struct heads *h, struct slice proof, struct dhk_problem *problem);
/* NOTE is newer than the unproved one, PROOF leads from that to it: it is the
 * unproved one now. For logs that do not keep every note. */
DHK_MUST_USE enum dhk_err heads_bridge(struct heads *h, struct slice note,
    struct slice proof, struct dhk_problem *problem);
/* Whether two views were shown; and DHK_STATE with a sentence that says so. */
bool heads_is_stopped(const struct heads *h);
enum dhk_err heads_refuse(const struct heads *h, struct dhk_problem *problem);
/* NOTE, signed by the log, against every head that is known here: DHK_STATE,
 * for good, when one of its size has another root; DHK_AUTH. It need not be
 * consistent with them. */
DHK_MUST_USE enum dhk_err heads_check(
    struct heads *h, struct slice note, struct dhk_problem *problem);
/* NOTE is signed by the log; PROOF leads between it and the last head, in
 * whichever order. DHK_STATE: it does not, and evidence is kept; or there is no
 * last one. */
DHK_MUST_USE enum dhk_err heads_relate(struct heads *h, struct slice note,
    struct slice proof, struct dhk_problem *problem);
/* Keeps NOTE, which is verified and consistent, among those to compare. */
DHK_MUST_USE enum dhk_err heads_remember(
    struct heads *h, struct slice note, struct dhk_problem *problem);
/* Those, and not the newest. */
const struct headlist *heads_history(const struct heads *h);
/* Keeps BYTES as brokers/NAME/evidence-TIME-WHAT; best effort. */
void heads_evidence(struct heads *h, const char *what, struct slice bytes);

#endif
