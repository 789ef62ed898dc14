/* SPDX-License-Identifier: EUPL-1.2
 *
 * Drawn again only when the percentage is another. */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

void
progress_start(struct progress *p)
{
    p->shown = isatty(STDERR_FILENO) == 1;
    p->percent = 101;
}

void
progress_to(struct progress *p, uint64_t done, uint64_t total)
{
    enum { WIDTH = 40 };
    static const char full[] = "########################################";
    unsigned percent = total == 0 ? 0 : (unsigned)(done * 100 / total);
    if (!p->shown || percent == p->percent || percent > 100)
        return;
    p->percent = percent;
    int marks = (int)(percent * WIDTH / 100);
    (void)fprintf(
        stderr, "\r[%.*s%*s] %3u%%", marks, full, WIDTH - marks, "", percent);
}

void
progress_end(const struct progress *p)
{
    if (p->shown && p->percent <= 100)
        (void)fprintf(stderr, "\r%60s\r", "");
}
