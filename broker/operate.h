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

/* Asks the broker in DIR. On EXITS_DONE *OUT is its reply (u8 exit code |
 * text), to be freed; else what is wrong was said on standard error. The
 * broker may take MS milliseconds, 0: any time. */
int operate_ask(uint8_t **out, size_t *out_n, const struct control_request *r,
    const char *dir, unsigned ms);
/* CODE once all of standard output is written; else says so: EXITS_LOCAL. */
int operate_flushed(int code);
/* Prints and frees a reply; returns its code. FILE is what a refusal is about,
 * or NULL. */
int operate_print(uint8_t **reply, size_t n, const char *file);

/* EXITS_DONE when core answers within MS and says that it is well; else
 * EXITS_NO. Either way one sentence is printed. */
int operate_health(const char *dir, unsigned ms);

#endif
