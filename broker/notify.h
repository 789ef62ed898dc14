/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the parent tells the service manager that started it: one datagram to
 * the socket named in NOTIFY_SOCKET, as sd_notify(3) describes, without its
 * library. Without that variable nothing is told to anybody. */
#ifndef BROKER_NOTIFY_H
#define BROKER_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "bytes.h"

struct notify {
    int fd; /* -1: nobody wants to know */
    struct sockaddr_un to;
    socklen_t to_n;
    uint64_t watchdog_ms; /* 0: none */
};

/* Reads the environment and takes the variables out of it. */
void notify_open(struct notify *n);
void notify_close(struct notify *n);
/* STATE: "NAME=value" lines. Waits for a second at most; who does not listen
 * does not hear. */
void notify_say(const struct notify *n, const char *state);

/* The parent's state as the service manager is told it. A ping of the watchdog
 * means that core answered. */
enum { VIGIL_ID = 0x40000000 }; /* of its questions to core */
/* Puts REQUEST to core; false: it cannot be asked now. */
typedef bool vigil_ask(void *ctx, uint32_t id, struct slice request);

struct vigil {
    struct notify notify;
    bool ready, asked;
    uint64_t due;  /* when the next question, or ping, is; 0: never */
    uint64_t lost; /* since when not ready; ms */
};

void vigil_open(struct vigil *v);
void vigil_close(struct vigil *v);
void vigil_ready(struct vigil *v, const char *endpoint, uint64_t now);
/* A part died, and will be started again. */
void vigil_lost(struct vigil *v, uint64_t now);
/* New texts are read; the parts go on meanwhile. */
void vigil_reloading(struct vigil *v);
void vigil_reloaded(struct vigil *v, const char *endpoint);
void vigil_stopping(struct vigil *v);
/* Core answered the question. */
void vigil_answered(struct vigil *v);
/* Time passes: asks core when it is due. */
void vigil_turn(struct vigil *v, uint64_t now, vigil_ask *ask, void *ctx);

#endif
