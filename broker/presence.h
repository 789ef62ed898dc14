/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which peer speaks on which connection, and whose connection has ended. A
 * descriptor is another connection's as soon as it is closed, and a message may
 * be read after that: so who speaks on one that is closed, or that an older
 * peer spoke on, is told apart. A peer that is there is never said to have
 * ended. Pure: no sockets, no lock. */
#ifndef BROKER_PRESENCE_H
#define BROKER_PRESENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct presence_line { /* by descriptor */
    uint32_t peer;     /* that spoke on it */
    bool open, spoken;
};
struct presence {
    struct presence_line *line;
    size_t lines;
    uint32_t *ended; /* peers to be told of, the first that ended first */
    size_t first, n, cap;
};

/* For descriptors below DESCRIPTORS; of others nothing is known. DHK_NOMEM. */
DHK_MUST_USE enum dhk_err presence_init(struct presence *p, size_t descriptors);
void presence_clear(struct presence *p);
/* FD is a new connection. */
void presence_opened(struct presence *p, int fd);
/* FD is about to be closed, whether or not it is a connection. */
void presence_closed(struct presence *p, int fd);
/* A message of PEER that came on FD was read. Peers are numbered in the order
 * in which they connected, and begin again at 0 after the last number. */
void presence_spoke(struct presence *p, int fd, uint32_t peer);
/* How many peers have ended and were not taken. Without memory one may be
 * missed: it is then taken for one that is silent. */
size_t presence_ended(const struct presence *p);
/* Takes the first of them. One may come twice, when it was read late. */
DHK_MUST_USE bool presence_take(struct presence *p, uint32_t *peer);

#endif
