/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares, bare and in a delivery, and what let them go. */
#include "delivery.h"
#include "fuzz_again.h"
#include "inspect.h"

/* No card is known, so that nothing is let go; and whose cards are asked for
 * does not depend on how it is read. */
static void
try_release(struct slice in, const struct share *s)
{
    static struct inspect x;
    static struct release r;
    static struct entry e;
    static struct cards *cards;
    uint8_t ids[LIMIT_APPROVALS][CARD_ID];
    struct release_question q = {
        .share = s, .entry = &e.u.share, .origin = "ledger.example.org/1"};
    size_t n = inspect_read_approvals(&x, ids, in);

    if (cards == NULL)
        must(cards_new(&cards) == DHK_OK);
    q.cards = cards;
    must(n <= s->stated_n);
    must(n == 0 || n < s->stated_n || inspect_may_be_released(in));
    if (entry_decode(&e, s->entry, NULL) != DHK_OK || e.kind != ENTRY_SHARE)
        return;
    must(!release_check(&r, &q) && r.why != NULL);
}

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
    try_release(in, &s);
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
