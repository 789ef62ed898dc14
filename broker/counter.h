/* SPDX-License-Identifier: EUPL-1.2
 *
 * The operator's counter: the parent's side of run/control.sock. Who comes
 * must be the daemon's user or root by the kernel's word; requests are checked
 * for form and handed to core, replies handed back. A few operators at once,
 * each with one request.
 *
 *   request = u32 length | control request      reply = u32 length |
 *                                               u8 exit code | text */
#ifndef BROKER_COUNTER_H
#define BROKER_COUNTER_H

#include <poll.h>

#include "control.h"
#include "log.h"

enum {
    COUNTER_CLIENTS = 4,
    COUNTER_FDS = COUNTER_CLIENTS + 1,
    COUNTER_IDS = 0x3fffffff /* those of clients; the parent has others */
};

struct counter;
/* Called with a whole, well-formed request of client ID. False: core cannot
 * take it now. */
typedef bool counter_ask(void *ctx, uint32_t id, struct slice request);

/* Listens at PATH (relative and short), mode 0600, in place of what is there.
 */
DHK_MUST_USE enum dhk_err counter_open(struct counter **out, const char *path,
    const struct log *log, counter_ask *ask, void *ctx);
void counter_close(struct counter **c);
/* Fills FDS with what to wait for; returns how many. */
size_t counter_poll(const struct counter *c, struct pollfd fds[COUNTER_FDS]);
/* Does what poll() found; NOW in ms. */
void counter_turn(
    struct counter *c, const struct pollfd *fds, size_t n, uint64_t now);
/* The reply of core: u8 exit code | text. Ids of clients that left are fine. */
void counter_reply(struct counter *c, uint32_t id, struct slice reply);
/* Whoever waits for core is told that it went away. */
void counter_core_lost(struct counter *c);

#endif
