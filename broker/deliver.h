/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cuts shares out of stored bundles and sends them, and tells senders of
 * outcomes. Reads only; runs after the commit, for connections that were
 * woken. */
#ifndef BROKER_DELIVER_H
#define BROKER_DELIVER_H

#include "err.h"

struct core;

/* Everything that credit allows, to every woken connection. */
DHK_MUST_USE enum dhk_err deliver_all(struct core *c);
/* Begins again, for deliver_all(), where nothing, or not the oldest share, was
 * answered for long, or outcomes were not confirmed. */
void deliver_again(struct core *c);

#endif
