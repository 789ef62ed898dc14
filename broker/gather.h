/* SPDX-License-Identifier: EUPL-1.2
 *
 * Files of signed texts as one request for core: the text, then the signatures
 * on it, named or found beside it. */
#ifndef BROKER_GATHER_H
#define BROKER_GATHER_H

#include "control.h"

struct gather {
    struct control_request request; /* borrows from here */
    uint8_t *bytes[CONTROL_FILES];
    char name[CONTROL_FILES][LIMIT_NAME + 1];
    /* what was wrong, when an exit code says that something was */
    char file[4096];
    const char *what;
};

/* Reads FILES, of which the first is the text or card, and when there is no
 * other and BESIDE holds, the files TEXT.NAME.sig beside it. EXITS_DONE, or
 * else G->file and G->what say why. Either way the caller ends it. */
int gather_files(struct gather *g, enum control_verb verb, char *const *files,
    size_t n, bool beside);
void gather_end(struct gather *g);

/* What stands between the name of a file and a line of core's reply about it: a
 * line that begins with a place in the text is FILE:LINE:COLUMN. */
const char *gather_joint(struct slice line);

#endif
