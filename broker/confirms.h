/* SPDX-License-Identifier: EUPL-1.2
 *
 * Outcomes that senders have confirmed, until the store forgets them: nobody
 * waits for that, so it goes with the next batch that writes something else, or
 * after a second. What is lost before is told once more, which changes
 * nothing. */
#ifndef BROKER_CONFIRMS_H
#define BROKER_CONFIRMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct command;
struct core;
struct peer;

enum { CONFIRMS_MAX = 64 };
struct confirms {
    struct {
        uint64_t card, cursor;
    } list[CONFIRMS_MAX];
    size_t n;
    uint64_t since; /* monotonic ms: the oldest of them */
    bool due;       /* with this batch, whatever else it does */
};

/* The CONFIRM message CMD of P, signed by its card: a router could confirm in a
 * sender's name otherwise, who would never hear. */
void confirms_take(struct core *c, struct peer *p, const struct command *cmd);
/* Now, or with the first that comes: a new session of a card begins with what
 * is not forgotten, and a short one should leave nothing for the next. */
void confirms_hurry(struct core *c);
/* At the end of a batch, and when it is durable. */
void confirms_apply(struct core *c);
void confirms_done(struct core *c);

#endif
