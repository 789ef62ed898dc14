/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares, bare and in a delivery. */
#include "delivery.h"
#include "fuzz_again.h"

static void
try_share(struct slice in)
{
    static struct share s;
    if (share_decode(&s, in, NULL) != DHK_OK)
        return;
    struct sink out = fuzz_sink();
    share_encode(&out, &s);
    fuzz_same(&out, in);
    (void)!share_check(&s);
    must(share_fields(&s) != 0 || s.fields_n == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = slice_of(data, size), share;
    struct bundle_statement st;
    struct delivery d;

    fuzz_ready();
    try_share(in);
    if (delivery_decode(&d, in, NULL) != DHK_OK)
        return 0;
    while (delivery_group_next(&d, &st))
        while (delivery_share_next(&d, &share))
            try_share(share);
    must(d.groups_left == 0 && d.shares_left == 0);
    must(cursor_end(&d.c) == DHK_OK);
    return 0;
}
