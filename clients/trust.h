/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a node believes of one broker: the signers that it pinned when it
 * joined, and the roster and agreement in force that they signed. A text is
 * kept under its hash once its signatures are verified; an older version, or
 * another text of the same version, never replaces it. An agreement that others
 * read in another way than this program does, by its compiled hash, is not
 * taken.
 *
 *   brokers/NAME/broker.conf   endpoint = ...
 *   brokers/NAME/signers       pinned allowed_signers
 *   brokers/NAME/rosters/HEX.roster        + HEX.roster.PRINCIPAL.sig
 *   brokers/NAME/agreements/HEX.convenant  + HEX.convenant.PRINCIPAL.sig
 *   brokers/NAME/floor         "roster VERSION HEX", "agreement VERSION HEX",
 *                              and "none" when the broker says that no
 *                              agreement is in force, or "revoked" when a
 *                              signatory does
 */
#ifndef CLIENTS_TRUST_H
#define CLIENTS_TRUST_H

#include "agreement.h"
#include "checkpoint.h"
#include "problem.h"
#include "quorum.h"
#include "roster.h"

struct trust;

/* A signed text as it arrives or lies in files. */
struct trust_text {
    struct slice text;
    struct slice compiled; /* of an agreement, as another reads it; empty: not
                              said */
    struct quorum_sig sig[QUORUM_SIGNATURES];
    size_t sigs_n;
    uint8_t *owned[1 + QUORUM_SIGNATURES]; /* by texts_gather() */
    size_t owned_size[1 + QUORUM_SIGNATURES];
    size_t owned_n;
};

/* Reads DIR/brokers/NAME (BROKER_DIR). Errors: DHK_NOTFOUND (no signers or no
 * roster), DHK_AUTH (a kept text does not have its hash). */
DHK_MUST_USE enum dhk_err trust_open(
    struct trust **out, const char *broker_dir, struct dhk_problem *problem);
/* With the text of an allowed_signers file and nothing in force yet. Texts are
 * kept in BROKER_DIR, which exists; NULL: in memory only. */
DHK_MUST_USE enum dhk_err trust_new(struct trust **out, struct slice signers,
    const char *broker_dir, struct dhk_problem *problem);
void trust_destroy(struct trust **t);

/* In force, or NULL. Borrowed; valid until the next trust_take_*(). */
const struct roster *trust_roster(const struct trust *t);
const uint8_t *trust_roster_hash(const struct trust *t);
const struct agreement *trust_agreement(const struct trust *t);
const uint8_t *trust_agreement_hash(const struct trust *t);
struct slice trust_agreement_text(const struct trust *t);
struct slice trust_roster_text(const struct trust *t);
/* The log's verifier key, from the roster. */
const struct checkpoint_vkey *trust_log(const struct trust *t);

/* Puts a text in force when it is signed by all who must, of a higher version
 * and within its validity at NOW (seconds). The text in force again: fine.
 * Errors: DHK_AUTH (signatures; PROBLEM names who is missing), DHK_EXISTS (an
 * older version, or a fork), DHK_STATE (outside its validity, or read in
 * another way than IN says), DHK_FORMAT. */
DHK_MUST_USE enum dhk_err trust_take_roster(struct trust *t,
    const struct trust_text *in, int64_t now, struct dhk_problem *problem);
DHK_MUST_USE enum dhk_err trust_take_agreement(struct trust *t,
    const struct trust_text *in, int64_t now, struct dhk_problem *problem);
/* Keeps an agreement of a lower version than the one in force, for shares
 * that were decided by it; never puts it in force. */
DHK_MUST_USE enum dhk_err trust_keep_agreement(struct trust *t,
    const struct trust_text *in, int64_t now, struct dhk_problem *problem);
/* The broker says that none is in force, and nobody else: the same text may
 * come back. */
DHK_MUST_USE enum dhk_err trust_agreement_ended(
    struct trust *t, struct dhk_problem *problem);
/* IN is a signatory's revocation of the highest agreement here, which ends for
 * good: only a higher version can follow. OUT says who. Errors: revoked.h's. */
struct revoked;
DHK_MUST_USE enum dhk_err trust_agreement_revoked(struct revoked *out,
    struct trust *t, const struct trust_text *in, int64_t now,
    struct dhk_problem *problem);
/* The highest agreement here, in force or ended, and whether a signatory
 * revoked it. NULL: there was none. */
const struct agreement *trust_highest(struct trust *t);
const uint8_t *trust_highest_hash(const struct trust *t);
bool trust_is_revoked(const struct trust *t);

/* The verified agreement with this hash, in force or kept; NULL. Borrowed
 * until trust_destroy(), or the next call for an agreement in force. */
const struct agreement *trust_agreement_by_hash(
    struct trust *t, const uint8_t hash[32]);

const struct sshsig_signers *trust_signers(const struct trust *t);

#endif
