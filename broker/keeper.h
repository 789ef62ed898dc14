/* SPDX-License-Identifier: EUPL-1.2
 *
 * The keeper of the ledger's signing key: it signs a head only with a proof
 * that the tree begins with the one it signed last. What it signed last it
 * keeps as a signed note in a file of its own, written after the reply. */
#ifndef BROKER_KEEPER_H
#define BROKER_KEEPER_H

#include "key.h"
#include "limits.h"
#include "merkle.h"
#include "process.h"

enum { KEEPER_REPLY = 512 };

struct keeper {
    char origin[LIMIT_ORIGIN + 1];
    char path[512]; /* of the file with the head */
    struct sign_secret *sk;
    struct sign_public pk;
    bool has;   /* whether anything was signed yet */
    bool dirty; /* HEAD is not in the file yet */
    struct merkle_head head;
    uint8_t signature[KEY_SIGNATURE];
};

/* Takes the key from SEED and the last head from PATH, if that is there.
 * DHK_AUTH: the file holds no head signed by this key for ORIGIN. */
DHK_MUST_USE enum dhk_err keeper_open(struct keeper *k, const char *origin,
    const char *path, const uint8_t seed[KEY_SEED]);
/* Answers one record of core. DHK_FORMAT: not one that core sends. */
DHK_MUST_USE enum dhk_err keeper_answer(struct keeper *k,
    enum process_record *reply, struct sink *out, enum process_record type,
    struct slice payload);
/* Writes the head durably if it is not. */
DHK_MUST_USE enum dhk_err keeper_save(struct keeper *k);
void keeper_close(struct keeper *k);

#endif
