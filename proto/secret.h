/* SPDX-License-Identifier: EUPL-1.2
 *
 * What secret keys consist of: for key.c, which makes them, and seal.c, which
 * uses them. No other file includes this one. */
#ifndef PROTO_SECRET_H
#define PROTO_SECRET_H

#include <stdint.h>

struct sign_secret {
    uint8_t b[64]; /* seed and public key, as libsodium wants them */
};

struct dh_secret {
    uint8_t b[32];
};

#endif
