/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is wrong with a signal is said by name, never by value; and who would
 * get what is what the agreement says. */
#include "ring.h"

#include "preview.h"

struct tried {
    enum dhk_err rc;
    struct dhk_problem problem;
    const struct dhk_preview *preview;
};

static struct tried
try_it(void **state, const struct dhk_signal *s)
{
    struct ring *r = *state;
    struct tried t = {.problem = {""}};

    t.rc =
        dhk_preview(r->partner[RING_POLITIE].node, s, &t.preview, &t.problem);
    return t;
}

static const struct dhk_preview_recipient *
recipient(const struct tried *t, const char *name)
{
    assert_non_null(t->preview);
    for (size_t i = 0; i < t->preview->n; i++) {
        if (strcmp(t->preview->list[i].partner, name) == 0)
            return &t->preview->list[i];
    }
    fail_msg("%s is not in the preview", name);
    return NULL;
}

static void
has_fields(const char *const *list, const char *const *want)
{
    size_t n = 0;

    for (; want[n] != NULL; n++) {
        assert_non_null(list[n]);
        assert_string_equal(list[n], want[n]);
    }
    assert_null(list[n]);
}

static struct dhk_signal *
plain(void)
{
    struct dhk_signal *s = dhk_signal_new();

    assert_non_null(s);
    ok(dhk_signal_set(s, DHK_KIND, "melding"));
    ok(dhk_signal_set(s, DHK_PURPOSE, "weging"));
    ok(dhk_signal_set(s, DHK_GROUND, "wet"));
    ok(dhk_signal_set(s, DHK_CASE, "000102030405060708090a0b0c0d0e0f"));
    return s;
}

/* Ends S; the reason must be DHK_FORMAT and name all of WORDS. */
static void
is_wrong(
    void **state, struct dhk_signal *s, const char *class_, const char *word)
{
    struct tried t = try_it(state, s);

    assert_int_equal(t.rc, DHK_FORMAT);
    assert_null(t.preview);
    assert_non_null(strstr(t.problem.text, class_));
    assert_non_null(strstr(t.problem.text, word));
    dhk_signal_destroy(&s);
}

static void
everybody_is_shown_with_fields_and_rules(void **state)
{
    struct dhk_signal *s = ring_signal("hoog");
    struct tried t = try_it(state, s);
    const struct dhk_preview_recipient *gemeente, *om;

    ok(t.rc);
    assert_int_equal(t.preview->n, 2);
    gemeente = recipient(&t, "gemeente");
    om = recipient(&t, "om");
    assert_true(gemeente->permitted && !gemeente->conditional);
    has_fields(
        gemeente->fields, (const char *[]){"naam", "adres", "feiten", NULL});
    has_fields(gemeente->rules, (const char *[]){"P1", NULL});
    assert_non_null(strstr(gemeente->duties, "retain at most 30 days"));
    assert_non_null(strstr(gemeente->duties, "no onward"));
    /* only the broker knows whether it is known there */
    assert_true(om->permitted && om->conditional);
    has_fields(om->fields, (const char *[]){"naam", NULL});
    has_fields(om->withheld, (const char *[]){"adres", "feiten", NULL});
    has_fields(om->withheld_by, (const char *[]){"no-rule", "no-rule", NULL});
    assert_int_equal(om->permits, 1);
    dhk_preview_destroy(&t.preview);
    dhk_signal_destroy(&s);
}

static void
nobody_permitted_is_denied_and_says_why(void **state)
{
    struct dhk_signal *s = ring_signal("laag");
    struct tried t = try_it(state, s);

    assert_int_equal(t.rc, DHK_DENIED);
    assert_int_equal(t.preview->permitted_n, 0);
    assert_non_null(strstr(recipient(&t, "gemeente")->why, "ernst"));
    dhk_preview_destroy(&t.preview);
    dhk_signal_destroy(&s);
}

static void
an_unknown_kind_names_the_nearest(void **state)
{
    struct dhk_signal *s = dhk_signal_new();

    ok(dhk_signal_set(s, DHK_KIND, "meldng"));
    is_wrong(state, s, "kind", "melding");
}

static void
an_unknown_field_names_the_nearest(void **state)
{
    struct dhk_signal *s = plain();

    ok(dhk_signal_field(s, "adrs", "Kade 1", 6));
    is_wrong(state, s, "field", "adres");
}

static void
an_unknown_value_of_an_attribute_names_the_nearest(void **state)
{
    struct dhk_signal *s = plain();

    ok(dhk_signal_field(s, "naam", "x", 1));
    ok(dhk_signal_attribute(s, "ernst", "midel"));
    is_wrong(state, s, "ernst", "middel");
}

static void
every_attribute_must_be_given(void **state)
{
    struct dhk_signal *s = plain();

    ok(dhk_signal_field(s, "naam", "x", 1));
    ok(dhk_signal_attribute(s, "ernst", "hoog"));
    is_wrong(state, s, "missing", "stil");
}

static void
what_the_broker_computes_is_not_given(void **state)
{
    struct dhk_signal *s = plain();

    ok(dhk_signal_field(s, "naam", "x", 1));
    ok(dhk_signal_attribute(s, "in-casus", "yes"));
    is_wrong(state, s, "computed by the broker", "in-casus");
}

static void
a_case_is_a_handle_and_no_name(void **state)
{
    struct dhk_signal *s = dhk_signal_new();

    ok(dhk_signal_set(s, DHK_KIND, "melding"));
    ok(dhk_signal_set(s, DHK_PURPOSE, "weging"));
    ok(dhk_signal_set(s, DHK_GROUND, "wet"));
    ok(dhk_signal_set(s, DHK_CASE, "Jan Jansen"));
    is_wrong(state, s, "case", "hex");
}

static void
control_characters_and_broken_utf8_are_refused(void **state)
{
    static const char *const bad[] = {
        "a\x1b[2J", "a\rb", "\xc2\x85", "\xff", "\xed\xa0\x80", "a\x7f"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct dhk_signal *s = plain();

        ok(dhk_signal_field(s, "naam", bad[i], strlen(bad[i])));
        is_wrong(state, s, "field", "naam");
    }
}

/* Text is looked at eight bytes at a time: every byte at every place of them.
 */
static void
every_control_character_is_found_wherever_it_stands(void **state)
{
    for (unsigned byte = 1; byte < 0x100; byte++) {
        bool fine =
            byte == '\n' || byte == '\t' || (byte >= 0x20 && byte < 0x7f);

        for (size_t at = 0; at < 19; at++) {
            struct dhk_signal *s = plain();
            char text[20] = "abcdefghi~ klmnopqr";
            struct tried t;

            ok(dhk_signal_attribute(s, "ernst", "hoog"));
            ok(dhk_signal_attribute(s, "stil", "no"));
            text[at] = (char)byte;
            ok(dhk_signal_field(s, "naam", text, 19));
            t = try_it(state, s);
            assert_int_equal(t.rc, fine ? DHK_OK : DHK_FORMAT);
            dhk_preview_destroy(&t.preview);
            dhk_signal_destroy(&s);
        }
    }
}

static void
a_problem_never_holds_a_value(void **state)
{
    struct dhk_signal *s = plain();
    struct tried t;

    ok(dhk_signal_field(s, "naam", "Jan Jansen\x01", 11));
    t = try_it(state, s);
    assert_int_equal(t.rc, DHK_FORMAT);
    assert_null(strstr(t.problem.text, "Jan"));
    dhk_signal_destroy(&s);
}

static void
a_value_too_long_is_refused(void **state)
{
    static char text[LIMIT_VALUE + 1];
    struct dhk_signal *s = plain();

    (void)state;
    memset(text, 'a', sizeof text);
    ok(dhk_signal_field(s, "naam", text, LIMIT_VALUE));
    assert_int_equal(
        dhk_signal_field(s, "adres", text, LIMIT_VALUE + 1), DHK_LIMIT);
    dhk_signal_destroy(&s);
}

static void
exclusion_and_to_narrow(void **state)
{
    struct dhk_signal *s = ring_signal("hoog");
    struct tried t;

    ok(dhk_signal_exclude(s, NULL, "adres", "safety"));
    ok(dhk_signal_exclude(s, "om", NULL, "investigation"));
    t = try_it(state, s);
    ok(t.rc);
    assert_int_equal(t.preview->permitted_n, 1);
    has_fields(recipient(&t, "gemeente")->fields,
        (const char *[]){"naam", "feiten", NULL});
    assert_false(recipient(&t, "om")->permitted);
    dhk_preview_destroy(&t.preview);
    dhk_signal_destroy(&s);
}

static void
who_is_named_must_be_permitted(void **state)
{
    struct dhk_signal *s = ring_signal("laag");
    struct tried t;

    ok(dhk_signal_to(s, "gemeente"));
    t = try_it(state, s);
    assert_int_equal(t.rc, DHK_DENIED);
    assert_non_null(strstr(t.problem.text, "gemeente"));
    dhk_preview_destroy(&t.preview);
    dhk_signal_destroy(&s);
}

static void
a_signal_is_the_same_after_its_codec(void **state)
{
    static uint8_t mem[DRAFT_BYTES], again[DRAFT_BYTES];
    struct dhk_signal *s = ring_signal("hoog"), *copy = NULL;
    struct sink out, second;

    (void)state;
    ok(dhk_signal_to(s, "om"));
    ok(dhk_signal_exclude(s, "om", "adres", "source"));
    ok(dhk_signal_expires(s, 77));
    sink_init(&out, mem, sizeof mem);
    draft_encode(&out, s);
    ok(draft_decode(&copy, sink_done(&out)));
    sink_init(&second, again, sizeof again);
    draft_encode(&second, copy);
    assert_int_equal(out.n, second.n);
    assert_memory_equal(mem, again, out.n);
    for (size_t n = 0; n < out.n; n++) {
        struct dhk_signal *cut = NULL;

        assert_int_not_equal(draft_decode(&cut, slice_of(mem, n)), DHK_OK);
        assert_null(cut);
    }
    dhk_signal_destroy(&copy);
    dhk_signal_destroy(&s);
}

#define ring_test(f) cmocka_unit_test(f)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ring_test(everybody_is_shown_with_fields_and_rules),
        ring_test(nobody_permitted_is_denied_and_says_why),
        ring_test(an_unknown_kind_names_the_nearest),
        ring_test(an_unknown_field_names_the_nearest),
        ring_test(an_unknown_value_of_an_attribute_names_the_nearest),
        ring_test(every_attribute_must_be_given),
        ring_test(what_the_broker_computes_is_not_given),
        ring_test(a_case_is_a_handle_and_no_name),
        ring_test(control_characters_and_broken_utf8_are_refused),
        ring_test(every_control_character_is_found_wherever_it_stands),
        ring_test(a_problem_never_holds_a_value),
        ring_test(a_value_too_long_is_refused),
        ring_test(exclusion_and_to_narrow),
        ring_test(who_is_named_must_be_permitted),
        ring_test(a_signal_is_the_same_after_its_codec),
    };

    return cmocka_run_group_tests(tests, ring_new, ring_end);
}
