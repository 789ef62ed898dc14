/* SPDX-License-Identifier: EUPL-1.2
 *
 * Sentences for a person about a failure. */
#include "problem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum dhk_err
problem_set(struct dhk_problem *p, enum dhk_err rc, const char *format, ...)
{
    va_list args;

    if (p == NULL)
        return rc;
    va_start(args, format);
    (void)vsnprintf(p->text, sizeof p->text, format, args);
    va_end(args);
    return rc;
}

void
problem_of_file(struct dhk_problem *p, const char *path)
{
    char before[sizeof p->text];

    if (p == NULL)
        return;
    memcpy(before, p->text, sizeof before);
    (void)snprintf(p->text, sizeof p->text, "%s: ", path);
    size_t n = strlen(p->text);
    (void)snprintf(p->text + n, sizeof p->text - n, "%s", before);
}

enum dhk_err
problem_file(struct dhk_problem *p, enum dhk_err rc, const char *path)
{
    char mem[128];
    const char *why = dhk_strerror(rc);

    if (rc == DHK_DENIED)
        why = "others may read it, or it is another user's: chmod 600, chown";
    if (rc == DHK_IO && errno != 0)
        why = strerror_r(errno, mem, sizeof mem);
    return problem_set(p, rc, "%s: %s", path, why);
}
