/* SPDX-License-Identifier: EUPL-1.2
 *
 * A secret at rest. Text form, at most KEYFILE_MAX bytes: one secret of
 * 32..128 bytes with its purpose and its owner's name; wrapped with Argon2id
 * (MODERATE, parameters in the file with a floor) and ChaCha20-Poly1305 when
 * a passphrase is given. Turns bytes into bytes; opening files is for others.
 */
#ifndef PROTO_KEYFILE_H
#define PROTO_KEYFILE_H

#include "bytes.h"
#include "err.h"

enum { KEYFILE_MAX = 1024, KEYFILE_SECRET_MIN = 32, KEYFILE_SECRET_MAX = 128 };

struct keyfile {
    char purpose[32]; /* a name (bytes_is_name): "identity", "card", "broker" */
    char name[64];    /* whose: printable ASCII without a space */
    bool wrapped;
};
struct keyfile_secret {
    size_t n;
    uint8_t b[KEYFILE_SECRET_MAX];
};

/* Writes the file text to OUT. PASS empty: not wrapped (KF's flag is not read).
 * The caller wipes OUT's memory. DHK_FORMAT: purpose or name is no name, or the
 * secret's length is wrong; DHK_NOMEM: Argon2id could not get its memory. */
DHK_MUST_USE enum dhk_err keyfile_encode(struct sink *out,
    const struct keyfile *kf, struct slice secret, struct slice pass);
/* Reads the head only; tells whether a passphrase is needed. */
DHK_MUST_USE enum dhk_err keyfile_peek(
    struct keyfile *kf, struct slice text, struct diag *diag);
/* DHK_AUTH: wrong or no passphrase, or altered; SECRET is then wiped. SECRET
 * should lie in memory from key_secret_new(). */
DHK_MUST_USE enum dhk_err keyfile_decode(struct keyfile *kf,
    struct keyfile_secret *secret, struct slice text, struct slice pass,
    struct diag *diag);

#endif
