/* SPDX-License-Identifier: EUPL-1.2
 *
 * Third parties' cards, as bytes and as files, and extracts: what decodes has
 * one form only, and none opens with a key that it was not sealed to. */
#include <stdlib.h>

#include "guest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
decode_card(struct slice bytes)
{
    uint8_t mem[GUEST_CARD_FILE_MAX];
    struct guest_card card, again;
    struct sink s;
    if (guest_card_decode(&card, bytes, NULL) != DHK_OK)
        return;
    again = card;
    sink_init(&s, mem, sizeof mem);
    must(guest_card_encode(&s, &again) == DHK_OK);
    must(slice_equal(sink_done(&s), bytes));
    sink_init(&s, mem, sizeof mem);
    must(guest_card_file_encode(&s, &card) == DHK_OK);
    must(guest_card_file_decode(&again, sink_done(&s), NULL) == DHK_OK);
}

static void
decode_extract(struct slice bytes)
{
    static const uint8_t seed[KEY_SEED] = {3};
    struct guest_extract x;
    struct guest_card card = {.id = {0}};
    struct dh_secret *sk = NULL;
    struct slice text;
    if (guest_decode(&x, bytes, NULL) != DHK_OK)
        return;
    must(x.until > x.made && x.handed > x.share && x.share > 0);
    uint8_t *mem = malloc(x.box.n);
    if (mem == NULL || key_dh_from_seed(&sk, &card.seal, seed) != DHK_OK) {
        free(mem);
        return;
    }
    memcpy(card.id, x.card, sizeof card.id);
    memcpy(card.case_handle, x.case_handle, sizeof card.case_handle);
    must(guest_open(&text, mem, &x, &card, sk, 0) != DHK_OK);
    free(mem);
    key_dh_destroy(&sk);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct guest_card card;
    if (key_init() != DHK_OK)
        return 0;
    decode_card(slice_of(data, size));
    (void)guest_card_file_decode(&card, slice_of(data, size), NULL);
    decode_extract(slice_of(data, size));
    return 0;
}
