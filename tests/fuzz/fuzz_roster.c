/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whatever roster is accepted must keep its promises. */
#include "roster.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct roster *r = NULL;
    struct diag diag = {NULL, 0};
    if (key_init() != DHK_OK)
        return 0;
    if (roster_parse(&r, slice_of(data, size), &diag) != DHK_OK) {
        must(r == NULL && diag.what != NULL);
        return 0;
    }
    must(r->valid_from < r->valid_until);
    must(2 * (size_t)r->quorum > r->cosigners_n);
    must(r->quorum <= r->cosigners_n);
    for (size_t i = 0; i < r->partners_n; i++) {
        const struct roster_partner *p = &r->partners[i];
        must(roster_find(r, slice_str(p->name)) == p);
    }
    roster_destroy(&r);
    return 0;
}
