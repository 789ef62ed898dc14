/* SPDX-License-Identifier: EUPL-1.2
 *
 * Core's report as bytes. */
#include "scratch.h"

#include "report.h"

static uint8_t mem[4096];

static void
fill(struct report *r, struct report_card cards[3])
{
    static const char *const names[] = {"politie", "gemeente", "politie"};
    memset(r, 0, sizeof *r);
    for (size_t i = 0; i < REPORT_NUMBERS; i++)
        r->number[i] = 1000 + i;
    for (size_t i = 0; i < REPORT_EVENTS; i++)
        r->count[i] = (struct report_count){i, 7 * i};
    r->agreement = (struct report_text){.state = REPORT_IN_FORCE,
        .version = 3,
        .until = 99,
        .refused = 77,
        .why = slice_str("x.convenant:3:4: error: so")};
    memset(r->agreement.sha256, 0xab, 32);
    r->origin = slice_str("ledger.example/1");
    for (size_t i = 0; i < 3; i++)
        cards[i] = (struct report_card){.partner = slice_str(names[i]),
            .serial = i + 1,
            .flags = (uint8_t)(REPORT_CARD_VALID | REPORT_CARD_RECEIVES |
                               (i == 2 ? REPORT_CARD_FULL : 0)),
            .from = 10,
            .until = 20,
            .queue = 5 * i,
            .oldest = i == 0 ? 0 : 900 - i,
            .in_flight = 2,
            .credit = 62,
            .sessions = 1};
}

static struct slice
encode(size_t cap)
{
    struct report r;
    struct report_card cards[3];
    struct sink s;
    fill(&r, cards);
    sink_init(&s, mem, cap);
    ok(report_encode(&s, &r, cards, 3));
    return sink_done(&s);
}

static void
a_report_is_read_back(void **state)
{
    struct report r, want;
    struct report_card c, cards[3];
    (void)state;
    fill(&want, cards);
    ok(report_decode(&r, encode(sizeof mem)));
    assert_memory_equal(r.number, want.number, sizeof r.number);
    assert_memory_equal(r.count, want.count, sizeof r.count);
    assert_int_equal(r.agreement.version, 3);
    assert_int_equal(r.agreement.state, REPORT_IN_FORCE);
    assert_memory_equal(r.agreement.sha256, want.agreement.sha256, 32);
    assert_int_equal(r.agreement.refused, 77);
    assert_true(slice_equal(r.agreement.why, want.agreement.why));
    assert_int_equal(r.roster.state, REPORT_NONE);
    assert_int_equal(r.roster.refused, 0);
    assert_true(slice_equal(r.origin, want.origin));
    assert_int_equal(r.cards_left, 0);
    for (size_t i = 0; i < 3; i++) {
        assert_true(report_card(&c, &r.cards));
        assert_true(slice_equal(c.partner, cards[i].partner));
        assert_int_equal(c.serial, i + 1);
        assert_int_equal(c.queue, 5 * i);
        assert_int_equal(c.credit, 62);
    }
    assert_false(report_card(&c, &r.cards));
}

static void
a_partner_is_the_sum_of_its_cards(void **state)
{
    struct report r;
    struct report_partner *list = NULL;
    size_t n = 0;
    (void)state;
    ok(report_decode(&r, encode(sizeof mem)));
    ok(report_partners(&list, &n, &r));
    assert_int_equal(n, 2);
    assert_true(slice_equal(list[0].name, slice_str("gemeente")));
    assert_int_equal(list[0].queue, 5);
    assert_int_equal(list[0].full, 0);
    assert_int_equal(list[1].full, 1);
    assert_int_equal(list[0].oldest, 899);
    assert_true(slice_equal(list[1].name, slice_str("politie")));
    assert_int_equal(list[1].queue, 10);
    assert_int_equal(list[1].oldest, 898);
    assert_int_equal(list[1].in_flight, 4);
    assert_int_equal(list[1].credit, 124);
    assert_int_equal(list[1].sessions, 2);
    free(list);
}

static void
cards_that_do_not_fit_are_counted(void **state)
{
    struct report r;
    (void)state;
    size_t whole = encode(sizeof mem).n;
    ok(report_decode(&r, encode(whole - 1)));
    assert_int_equal(r.cards_n, 2);
    assert_int_equal(r.cards_left, 1);
    ok(report_decode(&r, encode(whole)));
    assert_int_equal(r.cards_n, 3);
}

static void
a_reason_is_plain_text(void **state)
{
    struct report r;
    (void)state;
    struct slice whole = encode(sizeof mem);
    uint8_t *at = memmem(mem, whole.n, "error", 5);
    assert_non_null(at);
    *at = 0x1b;
    assert_int_equal(report_decode(&r, whole), DHK_FORMAT);
}

static void
every_truncation_and_a_trailing_byte_are_refused(void **state)
{
    struct report r;
    (void)state;
    struct slice whole = encode(sizeof mem);
    for (size_t i = 0; i < whole.n; i++)
        assert_int_not_equal(report_decode(&r, slice_of(mem, i)), DHK_OK);
    mem[whole.n] = 0;
    assert_int_equal(report_decode(&r, slice_of(mem, whole.n + 1)), DHK_FORMAT);
}

static void
a_flipped_bit_is_refused_or_read_as_what_it_says(void **state)
{
    static uint8_t again[sizeof mem];
    (void)state;
    struct slice whole = encode(sizeof mem);
    for (size_t i = 0; i < whole.n * 8; i++) {
        struct report r;
        struct report_card cards[3];
        struct sink s;
        mem[i / 8] ^= (uint8_t)(1U << (i % 8));
        if (report_decode(&r, whole) == DHK_OK) {
            struct slice left = r.cards;
            assert_int_equal(r.cards_n, 3);
            for (size_t j = 0; j < 3; j++)
                assert_true(report_card(&cards[j], &left));
            sink_init(&s, again, sizeof again);
            ok(report_encode(&s, &r, cards, 3));
            assert_true(slice_equal(sink_done(&s), whole));
        }
        mem[i / 8] ^= (uint8_t)(1U << (i % 8));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_is_read_back),
        cmocka_unit_test(a_partner_is_the_sum_of_its_cards),
        cmocka_unit_test(cards_that_do_not_fit_are_counted),
        cmocka_unit_test(a_reason_is_plain_text),
        cmocka_unit_test(every_truncation_and_a_trailing_byte_are_refused),
        cmocka_unit_test(a_flipped_bit_is_refused_or_read_as_what_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
