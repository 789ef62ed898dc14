/* SPDX-License-Identifier: EUPL-1.2
 *
 * SIGHUP: the parent reads the configured roster and agreement with the
 * signatures beside them and puts them to core as an operator would. What core
 * refuses changes nothing; either way the log says so. */
#ifndef BROKER_RELOAD_H
#define BROKER_RELOAD_H

#include "config.h"

enum { RELOAD_ID = 0x40000002 }; /* of its requests to core */
enum { RELOAD_TEXTS = 2 };       /* the roster, then the agreement */
/* Puts REQUEST to core; false: it cannot be asked now. */
typedef bool reload_ask(void *ctx, uint32_t id, struct slice request);

struct reload {
    const struct config *cfg;
    const struct log *log;
    bool wanted;     /* once more, from the beginning */
    unsigned text;   /* the one that is dealt with; RELOAD_TEXTS: none is */
    bool busy;       /* its end was not told yet */
    bool asked;      /* core has it */
    bool is_missing; /* no text was there so far */
};

void reload_open(
    struct reload *r, const struct config *cfg, const struct log *log);
/* A signal came. */
void reload_want(struct reload *r);
/* Goes on as far as it can without waiting. True when it has just ended. */
bool reload_turn(struct reload *r, reload_ask *ask, void *ctx);
/* Core's reply: u8 exit code | text. */
void reload_reply(struct reload *r, struct slice reply);
/* Core died: what it was asked is asked again. */
void reload_core_lost(struct reload *r);

#endif
