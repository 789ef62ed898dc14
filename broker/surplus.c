/* SPDX-License-Identifier: EUPL-1.2 */
#include "surplus.h"

#include <malloc.h>

enum { REST_MS = 1000 };

void
surplus_turn(struct surplus *s, bool work, uint64_t now_ms)
{
    if (work) {
        s->worked_ms = now_ms;
        s->kept = true;
    } else if (s->kept && now_ms >= s->worked_ms + REST_MS) {
        s->kept = false;
        (void)malloc_trim(0);
    }
}
