/* SPDX-License-Identifier: EUPL-1.2
 *
 * What entries about a case say, for a person and as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "entryview.h"
#include "key.h"
#include "statement.h"

static const struct agreement *
find_none(void *ctx, const uint8_t hash[32])
{
    (void)ctx;
    (void)hash;
    return NULL;
}
static const struct entryview_names nobody = {.find = find_none};

/* An entry in which politie, a weigher, states SAID. */
static struct entry *
stated(const struct statement *what)
{
    static uint8_t mem[LIMIT_STATEMENT];
    struct entry *e = calloc(1, sizeof *e);
    struct statement said = *what, signed_;
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    struct sink s;

    assert_non_null(e);
    said.origin = slice_str("ledger.example.org/1");
    said.made = 1795000000;
    memset(said.case_handle, 0x11, sizeof said.case_handle);
    sink_init(&s, mem, sizeof mem);
    assert_int_equal(key_sign_new(&sk, &pk), DHK_OK);
    assert_int_equal(statement_issue(&s, &said, sk), DHK_OK);
    key_sign_destroy(&sk);
    assert_int_equal(statement_decode(&signed_, sink_done(&s), NULL), DHK_OK);
    e->kind = ENTRY_STATED;
    e->u.stated.partner = slice_str("politie");
    e->u.stated.body = signed_.body;
    e->u.stated.as = ACT_BY_PARTY | ACT_BY_WEIGHER;
    e->u.stated.of = 3;
    return e;
}

static void
row_is(const struct entry *e, const char *detail)
{
    struct entryview_row *row = malloc(sizeof *row);

    assert_non_null(row);
    entryview_row(row, 7, e, &nobody);
    assert_string_equal(row->cell[ENTRYVIEW_DETAIL], detail);
    free(row);
}

static const char *
text(const json_t *o, const char *name)
{
    return json_string_value(json_object_get(o, name));
}

static void
a_statement_is_told_with_all_that_it_has(void **state)
{
    struct statement said = {.what = ACT_ADMIT,
        .partner = slice_str("ggz"),
        .code = 1,
        .until = 1795086400,
        .has_ref = true,
        .ref = {0xab, 0xcd, 0xef, 0x01, 0x23}};
    struct entry *e = stated(&said);
    json_t *o = entryview_json(7, e, &nobody);

    (void)state;
    assert_string_equal(text(o, "from"), "politie");
    assert_string_equal(text(o, "stated"), "admit");
    assert_string_equal(text(o, "partner"), "ggz");
    assert_string_equal(text(o, "code"), "mental-health-care");
    assert_string_equal(text(o, "until"), "2026-11-19T11:06:40Z");
    assert_int_equal(strlen(text(o, "ref")), 64);
    assert_int_equal(json_array_size(json_object_get(o, "as")), 2);
    assert_int_equal(json_integer_value(json_object_get(o, "weighers")), 3);
    assert_null(json_object_get(o, "about"));
    json_decref(o);
    row_is(e, "admit ggz: mental-health-care until 2026-11-19T11:06:40Z; "
              "abcdef01");
    free(e);
}

static void
numbers_and_entries_are_told_as_such(void **state)
{
    struct statement rhythm = {.what = ACT_RHYTHM, .code = 90};
    struct statement approve = {.what = ACT_APPROVE, .about = 12};
    struct statement hold = {.what = ACT_HOLD, .until = 1795086400};
    struct entry *e = stated(&rhythm);

    (void)state;
    row_is(e, "rhythm: 90");
    free(e);
    e = stated(&approve);
    row_is(e, "approve; entry 12");
    free(e);
    e = stated(&hold);
    e->u.stated.all = true;
    row_is(e, "hold until 2026-11-19T11:06:40Z; binds all");
    free(e);
}

static void
a_release_names_its_share_and_who_approved(void **state)
{
    struct entry *e = calloc(1, sizeof *e);
    json_t *o;

    (void)state;
    assert_non_null(e);
    e->kind = ENTRY_RELEASED;
    e->u.released =
        (struct entry_released){.share = 12, .index = {14, 15}, .n = 2};
    row_is(e, "entry 12; approved in 14, 15");
    o = entryview_json(16, e, &nobody);
    assert_string_equal(text(o, "event"), "released");
    assert_int_equal(json_integer_value(json_object_get(o, "share")), 12);
    assert_int_equal(json_array_size(json_object_get(o, "approvals")), 2);
    json_decref(o);
    free(e);
}

static void
a_share_tells_the_facts_of_its_case(void **state)
{
    static const uint8_t yes[] = {0xc3}, nil[] = {0xc0};
    static const uint8_t phase[] = {0xa4, 'p', 'l', 'a', 'n'};
    struct entry *e = calloc(1, sizeof *e);
    struct entry_share *s = &e->u.share;

    (void)state;
    assert_non_null(e);
    e->kind = ENTRY_SHARE;
    s->sender = slice_str("om");
    s->recipient = slice_str("gemeente");
    s->kind = slice_str("inbreng");
    s->purpose = slice_str("plan");
    s->ground = slice_str("wet");
    s->fields = 1;
    s->rule[0] = slice_str("P1");
    s->rules_n = 1;
    s->pending = true;
    s->fact[0] =
        (struct entry_fact){slice_str("aangewezen"), slice_of(yes, sizeof yes)};
    s->fact[1] =
        (struct entry_fact){slice_str("fase"), slice_of(phase, sizeof phase)};
    s->fact[2] =
        (struct entry_fact){slice_str("veto"), slice_of(nil, sizeof nil)};
    s->facts_n = 3;
    row_is(e, "0; rule P1; aangewezen yes, fase plan, veto unknown; pending");
    free(e);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_statement_is_told_with_all_that_it_has),
        cmocka_unit_test(numbers_and_entries_are_told_as_such),
        cmocka_unit_test(a_release_names_its_share_and_who_approved),
        cmocka_unit_test(a_share_tells_the_facts_of_its_case),
    };

    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
