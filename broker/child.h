/* SPDX-License-Identifier: EUPL-1.2
 *
 * How router, core and keeper begin and end: their link to the parent, their
 * part of the configuration, their secret. */
#ifndef BROKER_CHILD_H
#define BROKER_CHILD_H

#include "config.h"
#include "key.h"
#include "process.h"

struct child {
    struct process_link *parent;
    struct config cfg;
    struct log log;
};

/* First call of main(): protects the process, takes the link to the parent and
 * reads the configuration from it. NAME is for the log. Errors were logged:
 * exit. */
DHK_MUST_USE enum dhk_err child_begin(struct child *c, const char *name);
/* Reads the PROCESS_SECRET that follows; SEED in memory of key_secret_new().
 */
DHK_MUST_USE enum dhk_err child_secret(struct child *c, uint8_t seed[KEY_SEED]);
/* PROCESS_READY with PAYLOAD. */
DHK_MUST_USE enum dhk_err child_ready(struct child *c, struct slice payload);
/* Takes what the parent sent, without waiting; *STOP on PROCESS_STOP. For who
 * expects nothing else: any other record is DHK_FORMAT. */
DHK_MUST_USE enum dhk_err child_parent(struct child *c, bool *stop);
void child_end(struct child *c);

#endif
