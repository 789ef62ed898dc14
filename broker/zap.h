/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who may connect: the handler of ZeroMQ's authentication protocol (ZAP, RFC
 * 27), asked by libzmq at every handshake, and the table of keys that it looks
 * up. Only CURVE, only our domain, only keys of the table; all else is 400.
 * libzmq lets everybody in while no handler is bound, so it is bound before
 * the first server socket and served in the same loop. */
#ifndef BROKER_ZAP_H
#define BROKER_ZAP_H

#include "key.h"

/* CURVE public keys, sorted. */
struct zap_table {
    uint8_t *keys; /* owned */
    size_t n;
};
/* Replaces the table by KEYS, 32 bytes each. DHK_FORMAT for another length,
 * DHK_NOMEM: the table is as before. */
DHK_MUST_USE enum dhk_err zap_table_set(struct zap_table *t, struct slice keys);
bool zap_table_has(const struct zap_table *t, const uint8_t key[KEY_BYTES]);
void zap_table_clear(struct zap_table *t);

struct zap_counts {
    uint64_t allowed, refused, malformed;
};
/* Socket of the handler in CONTEXT, bound; NULL on failure. */
void *zap_bind(void *context);
/* Answers every request that waits on SOCKET. DHK_IO: the socket failed. */
DHK_MUST_USE enum dhk_err zap_serve(
    void *socket, const struct zap_table *t, struct zap_counts *counts);

#endif
