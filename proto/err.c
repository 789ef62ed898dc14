/* SPDX-License-Identifier: EUPL-1.2 */
#include "err.h"

#include <stdio.h>
#include <stdlib.h>

const char *
dhk_strerror(enum dhk_err err)
{
    switch (err) {
    case DHK_OK:
        return "no error";
    case DHK_NOMEM:
        return "out of memory";
    case DHK_IO:
        return "input or output failed";
    case DHK_FORMAT:
        return "malformed";
    case DHK_LIMIT:
        return "over a limit";
    case DHK_AUTH:
        return "does not verify";
    case DHK_DENIED:
        return "not allowed";
    case DHK_NOTFOUND:
        return "not found";
    case DHK_EXISTS:
        return "exists already with other content";
    case DHK_STATE:
        return "not possible in this state";
    case DHK_VERSION:
        return "unsupported version";
    }
    return "unknown error";
}

void
err_must_failed(const char *expr, const char *file, int line)
{
    (void)fprintf(
        stderr, "driehoek: programmer's error: %s (%s:%d)\n", expr, file, line);
    abort();
}
