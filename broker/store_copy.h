/* SPDX-License-Identifier: EUPL-1.2
 *
 * Files of a store, copied durably. */
#ifndef BROKER_STORE_COPY_H
#define BROKER_STORE_COPY_H

#include "bytes.h"
#include "err.h"

/* Writes what the store in DIR holds now to PATH, a new file, also while its
 * broker runs. *COMPACT: without freed pages, if that succeeded. DHK_IO: errno
 * tells; DHK_EXISTS. */
DHK_MUST_USE enum dhk_err store_copy_to(
    const char *path, const char *dir, size_t map_bytes, bool *compact);
/* The same for a file that nobody writes: byte by byte. */
DHK_MUST_USE enum dhk_err store_copy_file(const char *path, const char *from);

#endif
