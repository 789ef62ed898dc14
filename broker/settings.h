/* SPDX-License-Identifier: EUPL-1.2
 *
 * The configuration file, read by the short-lived driehoekd-config: the one
 * executable that links CZMQ. */
#ifndef BROKER_SETTINGS_H
#define BROKER_SETTINGS_H

#include "config.h"

/* What is wrong was said on standard error. DHK_FORMAT: the file; DHK_IO. */
DHK_MUST_USE enum dhk_err settings_load(struct config *out, const char *file);

#endif
