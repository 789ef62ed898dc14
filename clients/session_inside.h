/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to session*.c. */
#ifndef CLIENTS_SESSION_INSIDE_H
#define CLIENTS_SESSION_INSIDE_H

#include "session.h"

struct aside { /* a message for later */
    struct aside *next;
    size_t n;
    uint8_t bytes[];
};
struct session {
    struct transport *transport;
    const struct clock *clock;
    unsigned modes;
    unsigned generation; /* of the connection that the hello was said on */
    unsigned epoch;
    bool said_hello, superseded, news;
    bool unanswered; /* the last request */
    uint64_t mail;   /* shares that waited at the hello */
    uint64_t number;
    int64_t ahead_ms; /* the broker's clock minus ours */
    struct aside *first, *last, *current;
    size_t aside_n;
    uint8_t *out; /* LIMIT_MESSAGE bytes */
    uint8_t nonce[32];
};

/* Forgets the messages that were set aside. */
void session_drop_aside(struct session *s);
/* Milliseconds until UNTIL (monotonic), at least 0. */
int session_time_left(const struct session *s, uint64_t until);
/* The reply to NUMBER, other messages set aside; DHK_NOTFOUND: not in time. */
DHK_MUST_USE enum dhk_err session_wait_reply(
    struct session *s, uint64_t number, struct command *reply, int timeout_ms);

#endif
