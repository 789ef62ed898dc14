/* SPDX-License-Identifier: EUPL-1.2
 *
 * `driehoekd init`: makes a broker's directory, and reads its keys again. */
#ifndef BROKER_SETUP_H
#define BROKER_SETUP_H

#include "config.h"
#include "supervise.h"

/* In the store's directory of a log that goes on for a closed one: the note of
 * the head at which that was closed, until there is a first entry. */
#define SETUP_BEFORE "before.note"

struct setup {
    const char *dir, *origin, *signers;
    const char *endpoint; /* or NULL */
    const char *after;    /* directory of the broker whose log was closed, from
                             the root; or NULL */
    int passphrase_fd;    /* or -1 */
    bool passphrase;      /* ask for one on the terminal */
};
/* Returns the exit code; what is wrong was said on standard error. */
int setup_make(const struct setup *s);

/* Reads both key files of CFG (working directory: the broker's), asking for
 * the passphrase on PASSPHRASE_FD, or the terminal, when one is wrapped.
 * Returns the exit code. */
int setup_read_keys(
    struct supervise_secrets *out, const struct config *cfg, int passphrase_fd);

#endif
