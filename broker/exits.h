/* SPDX-License-Identifier: EUPL-1.2
 *
 * Exit codes of every command. */
#ifndef BROKER_EXITS_H
#define BROKER_EXITS_H

enum {
    EXITS_DONE = 0, /* or yes */
    EXITS_NO = 1,   /* refused, differs */
    EXITS_USAGE = 2,
    EXITS_UNREACHABLE = 3, /* or waiting */
    EXITS_INVALID = 4,     /* or unverified */
    EXITS_LOCAL = 5,       /* files, memory, descriptors */
};

#endif
