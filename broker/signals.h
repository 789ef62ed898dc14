/* SPDX-License-Identifier: EUPL-1.2
 *
 * The parent's signals, as a descriptor. */
#ifndef BROKER_SIGNALS_H
#define BROKER_SIGNALS_H

#include "err.h"

/* Blocks SIGTERM, SIGINT, SIGHUP and SIGCHLD; *OUT can be polled for them. */
DHK_MUST_USE enum dhk_err signals_open(int *out);

enum { SIGNALS_STOP = 1, SIGNALS_RELOAD = 2 };
/* What was asked for since the last call; children that died do not count. */
unsigned signals_take(int fd);

#endif
