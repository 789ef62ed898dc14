/* SPDX-License-Identifier: EUPL-1.2
 *
 * How verified texts and the floor lie in a broker's
 * directory. An empty directory name means: in memory only. */
#ifndef CLIENTS_TEXTS_H
#define CLIENTS_TEXTS_H

#include "trust.h"

/* The highest version that ever was in force at this node. */
struct texts_floor_one {
    uint32_t version; /* 0: none yet */
    uint8_t hash[SEAL_HASH];
};
struct texts_floor {
    struct texts_floor_one roster, agreement;
    bool ended;   /* no agreement is in force, the broker says */
    bool revoked; /* a signatory says so; then it has ended, too */
};

enum texts_kind { TEXTS_ROSTER, TEXTS_AGREEMENT };

/* Keeps IN and those of its signatures that are valid by QUORUM. */
DHK_MUST_USE enum dhk_err texts_store(const char *dir, enum texts_kind kind,
    const struct trust_text *in, const struct quorum *quorum,
    const struct sshsig_signers *signers);
/* PATH (NODE_PATH bytes): where the text with HASH lies, for texts_gather(). */
DHK_MUST_USE enum dhk_err texts_path(char *path, const char *dir,
    enum texts_kind kind, const uint8_t hash[SEAL_HASH]);
/* The text with HASH into *MEM, for file_free(). DHK_NOTFOUND; DHK_AUTH when
 * the file's content is not what its name says. */
DHK_MUST_USE enum dhk_err texts_read(uint8_t **mem, size_t *n, const char *dir,
    enum texts_kind kind, const uint8_t hash[SEAL_HASH]);

DHK_MUST_USE enum dhk_err texts_floor_store(
    const char *dir, const struct texts_floor *floor);
DHK_MUST_USE enum dhk_err texts_floor_read(
    struct texts_floor *floor, const char *dir);

/* Reads a text's file at PATH and the signatures beside it: PATH.PRINCIPAL.sig
 * for every principal of SIGNERS. The caller ends *IN, also after a failure,
 * with texts_release(). */
DHK_MUST_USE enum dhk_err texts_gather(struct trust_text *in,
    const struct sshsig_signers *signers, const char *path,
    struct dhk_problem *problem);
void texts_release(struct trust_text *in);

#endif
