/* SPDX-License-Identifier: EUPL-1.2 */
#include "retention.h"

#include <string.h>

bool
retention_is_over(const struct thread_item *item, int64_t now)
{
    return !item->sent && item->keep_until != 0 && item->keep_until <= now;
}

void
retention_of(struct retention *out, const struct thread *taken,
    const uint8_t handle[STATEMENT_CASE], int64_t now)
{
    *out = (struct retention){.n = 0};
    for (size_t i = 0; i < taken->n; i++) {
        const struct thread_item *item = &taken->item[i];
        int64_t until = item->keep_until;
        if (item->sent ||
            memcmp(item->case_handle, handle, STATEMENT_CASE) != 0)
            continue;
        out->n++;
        out->passed += retention_is_over(item, now);
        if (until == 0 || (out->next != 0 && out->next <= until))
            continue;
        out->next = until;
        out->share = item->index;
    }
    out->over = out->n > 0 && out->passed == out->n;
}
