/* SPDX-License-Identifier: EUPL-1.2
 *
 * Giving a received share to whoever is to have it: standard output, or a
 * program's standard input. Only when this says DHK_OK may the share be
 * confirmed. */
#ifndef CLIENTS_HANDOUT_H
#define CLIENTS_HANDOUT_H

#include "err.h"
#include "json.h"

/* One line of JSON, flushed, and on the disk when standard output is a file.
 * Takes VALUE. DHK_IO with errno: full disk, closed pipe. */
DHK_MUST_USE enum dhk_err handout_print(json_t *value);

/* Runs PROGRAM (no shell, no argument; the share is never in its environment)
 * with the line on standard input, and waits. Takes VALUE. *STATUS is its exit
 * status, or 128 + the signal that ended it. DHK_IO with errno when it could
 * not be run; DHK_DENIED when it did not end with 0. */
DHK_MUST_USE enum dhk_err handout_exec(
    const char *program, json_t *value, int *status);

#endif
