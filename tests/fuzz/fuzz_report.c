/* SPDX-License-Identifier: EUPL-1.2
 *
 * Core's report: what decodes has one encoding, and its cards can be read. */
#include <stdlib.h>

#include "report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct report r;
    struct sink s;
    struct report_partner *list = NULL;
    size_t n = 0, cards_n = 0;
    if (report_decode(&r, slice_of(data, size)) != DHK_OK)
        return 0;
    struct slice left = r.cards;
    struct report_card *cards = calloc((size_t)r.cards_n + 1, sizeof *cards);
    uint8_t *mem = malloc(size);
    must(cards != NULL && mem != NULL);
    while (report_card(&cards[cards_n], &left))
        cards_n++;
    must(cards_n == r.cards_n && left.n == 0);
    sink_init(&s, mem, size);
    must(report_encode(&s, &r, cards, cards_n) == DHK_OK);
    must(slice_equal(sink_done(&s), slice_of(data, size)));
    must(report_partners(&list, &n, &r) == DHK_OK && n <= cards_n);
    free(list);
    free(cards);
    free(mem);
    return 0;
}
