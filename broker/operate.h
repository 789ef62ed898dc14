/* SPDX-License-Identifier: EUPL-1.2
 *
 * The operator's commands: they hand signed files to the running broker. */
#ifndef BROKER_OPERATE_H
#define BROKER_OPERATE_H

#include "control.h"

/* Sends the first of FILES with signatures: the others, or when there are none
 * and WITH_SIGNATURES the files FILE.NAME.sig beside it. DIR is the broker's
 * directory. Prints what the broker answers; returns the exit code. */
int operate(enum control_verb verb, const char *dir, char *const *files,
    size_t files_n, bool with_signatures);

#endif
