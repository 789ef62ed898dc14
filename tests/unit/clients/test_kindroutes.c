/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who may get what of whom at most: as trying every value of every attribute
 * says it. */
#include "kindroutes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "file.h"

static struct agreement *a;

static int
load(void **state)
{
    struct findings findings;
    uint8_t *text;
    size_t n;

    (void)state;
    assert_int_equal(
        file_read(&text, &n, VECTORS "/accept/convenant/every-form.convenant",
            LIMIT_TEXT),
        DHK_OK);
    assert_int_equal(agreement_load(&a, slice_of(text, n), &findings), DHK_OK);
    file_free(&text, n);
    return 0;
}

static int
unload(void **state)
{
    (void)state;
    agreement_destroy(&a);
    return 0;
}

/* Whatever the attributes and the time are. */
static uint32_t
widest(struct request req)
{
    struct decision d;

    for (size_t k = 0; k < a->kinds[req.kind].attributes_n; k++)
        req.attribute[k].state = VALUE_HIDDEN;
    req.windows_hidden = true;
    assert_int_equal(evaluate_widest(&d, a, &req), DHK_OK);
    return d.verdict == VERDICT_DENY ? 0 : d.fields;
}

static void
they_are_what_trying_every_value_finds(void **state)
{
    size_t parties = a->parties_n, purposes = a->purposes_n,
           grounds = a->grounds_n, opened = 0;

    (void)state;
    for (size_t from = 0; from < parties; from++) {
        struct kindroutes r;

        assert_int_equal(kindroutes_find(&r, a, (int)from), DHK_OK);
        for (size_t i = 0; i < a->kinds_n * parties * purposes * grounds; i++) {
            struct request req = {.sender = (uint16_t)from,
                .kind = (uint16_t)(i % a->kinds_n),
                .recipient = (uint16_t)(i / a->kinds_n % parties),
                .purpose = (uint16_t)(i / a->kinds_n / parties % purposes),
                .ground = (uint16_t)(i / a->kinds_n / parties / purposes)};
            struct kindroute route = {
                .kind = req.kind, .purpose = req.purpose, .ground = req.ground};
            uint32_t want = req.recipient == from ? 0 : widest(req);

            assert_int_equal(
                kindroutes_fields(&r, &route, req.recipient), want);
            opened += want != 0;
        }
        kindroutes_done(&r);
    }
    assert_true(opened > 5);
}

static void
each_purpose_and_ground_is_listed_once(void **state)
{
    struct kindroutes r;
    int from = agreement_party(a, slice_str("gemeente"));
    size_t n = 0;

    (void)state;
    assert_int_equal(kindroutes_find(&r, a, from), DHK_OK);
    for (size_t kind = 0; kind < a->kinds_n; kind++) {
        bool seen[64] = {false};
        const struct kindroute *route = kindroutes_first(&r, kind);

        for (; route != NULL; route = kindroutes_next(&r, route)) {
            size_t at = route->purpose * a->grounds_n + route->ground;

            assert_int_equal(route->kind, kind);
            assert_false(seen[at]);
            seen[at] = true;
            n++;
        }
    }
    assert_int_equal(n, 5); /* melding on four, teken on one */
    kindroutes_done(&r);
}

static void
who_is_no_party_may_send_nothing(void **state)
{
    struct kindroutes r;

    (void)state;
    assert_int_equal(kindroutes_find(&r, a, -1), DHK_OK);
    assert_int_equal(r.n, 0);
    assert_null(kindroutes_first(&r, 0));
    kindroutes_done(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_what_trying_every_value_finds),
        cmocka_unit_test(each_purpose_and_ground_is_listed_once),
        cmocka_unit_test(who_is_no_party_may_send_nothing),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
