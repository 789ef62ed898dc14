/* SPDX-License-Identifier: EUPL-1.2
 *
 * One DEALER socket over CURVE to one broker; the only includer of zmq.h here
 * (libzmq, not CZMQ, which installs signal handlers). Messages only: what they
 * mean is the session's business, and nothing that came is trusted more than
 * that the broker's CURVE key sent it. That sending succeeded means nothing. */
#ifndef CLIENTS_TRANSPORT_H
#define CLIENTS_TRANSPORT_H

#include "key.h"

struct transport;

/* Begins to connect; goes on trying in the background, with an interval of its
 * own so that a thousand clients do not come back in step. DHK_FORMAT: the
 * endpoint is none; DHK_IO; DHK_NOMEM. */
DHK_MUST_USE enum dhk_err transport_open(struct transport **out,
    const char *endpoint, const struct dh_public *broker,
    const struct dh_secret *own, const struct dh_public *own_pk);
void transport_close(struct transport **t);

/* Polls readable when something may have arrived (edge-triggered, as libzmq
 * has it: receive until DHK_NOTFOUND before polling again). */
int transport_fd(const struct transport *t);
/* Counts the connections made: another number than before means that the
 * broker knows nothing of this peer any more. 0: none yet. */
unsigned transport_generation(struct transport *t);
bool transport_is_connected(struct transport *t);
/* Whether the broker turned the key down in the last attempt. */
bool transport_is_refused(struct transport *t);
/* Whether the last attempt ended in the handshake without a reason: a network
 * that breaks connections, or a broker with another CURVE key. */
bool transport_is_broken(struct transport *t);

/* The first and the longest time between attempts to connect; false: they
 * cannot be had. */
bool transport_reconnect_ms(
    const struct transport *t, int *first, int *longest);

/* Whether a message is there already: sending, too, takes the descriptor's
 * edge away. Ask before polling it. */
bool transport_has_input(struct transport *t);

/* DHK_NOTFOUND: not connected, or no room within TIMEOUT_MS. DHK_LIMIT. */
DHK_MUST_USE enum dhk_err transport_send(
    struct transport *t, struct slice message, int timeout_ms);
/* The next message, borrowed until the next call; DHK_NOTFOUND after
 * TIMEOUT_MS, or at once when the connection changed meanwhile. */
DHK_MUST_USE enum dhk_err transport_receive(
    struct transport *t, struct slice *message, int timeout_ms);

#endif
