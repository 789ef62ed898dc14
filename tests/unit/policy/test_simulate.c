/* SPDX-License-Identifier: EUPL-1.2
 *
 * What another agreement would make of what the ledger tells: certain where the
 * record suffices, possible where it leaves a value open. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "simulate.h"

#define WORDS                                                                  \
    HEAD "attribute age : number 0 .. 120; attribute live : yes-no;\n"         \
         "attribute ernst : level laag, middel, hoog;\n"                       \
         "window work = mon-fri 08:00-18:00;\n"                                \
         "signal k with fields x, y, z attributes age, live, ernst;\n"         \
         "attribute many : number 0 .. 1000;\n"                                \
         "signal m with fields x attributes many;\n"
enum { X = 1, Y = 2, Z = 4 };

static struct agreement *was, *now;
static struct simulate *s;
static uint8_t classes[LIMIT_ATTRIBUTES];
static struct simulate_signal signal_;

static int
begin(void **state)
{
    (void)state;
    s = malloc(sizeof *s);
    assert_non_null(s);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    free(s);
    agreement_destroy(&was);
    agreement_destroy(&now);
    return 0;
}

/* What the ledger has of REQ. */
static void
record(const struct request *req, uint32_t presence)
{
    size_t n = was->kinds[req->kind].attributes_n;

    for (size_t k = 0; k < n; k++) {
        uint32_t class_ = evaluate_class(was, req->kind, k, req->attribute[k]);

        classes[k] = (uint8_t)class_;
    }
    signal_ = (struct simulate_signal){.was = was,
        .sender = req->sender,
        .kind = req->kind,
        .purpose = req->purpose,
        .ground = req->ground,
        .presence = presence,
        .classes = slice_of(classes, n),
        .windows_was = req->windows,
        .windows_now = req->windows};
}

/* The outcome for the recipient of LINE, who was sent all that it might have,
 * but for KEPT. */
static struct simulate_outcome
replay(const char *line, uint32_t presence, uint32_t kept)
{
    struct request req = loaded_request(was, line);
    struct simulate_outcome out;
    struct decision d;
    struct simulate_share share;

    evaluate(&d, was, &req);
    share.fields = d.fields & presence & ~kept;
    share.wrapped = share.fields;
    share.shared = share.fields != 0;
    share.pending = d.verdict == VERDICT_PENDING;
    record(&req, presence);
    assert_int_equal(simulate_begin(s, &signal_, now), DHK_OK);
    simulate_party(&out, s, slice_str(was->parties[req.recipient]), &share);
    return out;
}

static void
what_both_decide_alike_is_certain(void **state)
{
    struct simulate_outcome o;

    (void)state;
    was = loaded_text(WORDS
        "permit P1 \"T\": from a to b signal k for p on g\n"
        " when age at least 18 and live is yes and during work share x, y;\n");
    now = loaded_text(
        WORDS "permit P1 \"T\": from a to b, c signal k for p on g\n"
              " when age at least 18 share x, z oblige approval by 1 of a;\n");
    o = replay("a b k p g age=30 live=yes ernst=laag work!", X | Y | Z, 0);
    assert_false(o.left_out);
    assert_true(o.may_get);
    assert_false(o.may_not);
    assert_true(o.may_wait);
    assert_false(o.may_wait_not);
    assert_int_equal(o.lost_least, Y);
    assert_int_equal(o.lost_most, Y);
    assert_int_equal(o.gained_least, Z);
    assert_int_equal(o.gained_most, Z);
    /* c got nothing, and would */
    o = replay("a c k p g age=30 live=yes ernst=laag work!", X | Y, 0);
    assert_true(o.may_get && !o.may_not);
    assert_int_equal(o.gained_least, X);
    assert_int_equal(o.gained_most, X);
    o = replay("a d k p g age=30 live=yes ernst=laag work!", X | Y, 0);
    assert_true(!o.may_get && o.may_not);
    assert_int_equal(o.gained_most, 0);
}

static void
a_class_that_is_split_may_be_either(void **state)
{
    struct simulate_outcome o;

    (void)state;
    was = loaded_text(WORDS "permit P1 \"T\": from a to b signal k for p on g\n"
                            " when age at least 18 share x;\n");
    now = loaded_text(WORDS "permit P1 \"T\": from a to b signal k for p on g\n"
                            " when age at least 21 share x;\n"
                            "permit P2 \"T\": from a to b signal k for p on g\n"
                            " when live is yes share y;\n");
    o = replay("a b k p g age=50 live=no ernst=laag", X | Y, 0);
    assert_true(o.may_get && o.may_not);
    assert_int_equal(o.lost_least, 0);
    assert_int_equal(o.lost_most, X);
    /* no rule of that time asked whether it is live: yes and no are one class,
     * so that it may be; but unknown was recorded as such */
    assert_int_equal(o.gained_least, 0);
    assert_int_equal(o.gained_most, Y);
    o = replay("a b k p g age=50 live=unknown ernst=laag", X | Y, 0);
    assert_int_equal(o.gained_most, 0);
    assert_int_equal(o.lost_most, X);
    o = replay("a b k p g age=17 live=unknown ernst=laag", X | Y, 0);
    assert_true(!o.may_get && o.may_not);
}

static void
what_now_does_not_know_is_denied(void **state)
{
    struct simulate_outcome o;

    (void)state;
    was = loaded_text(
        WORDS "permit P1 \"T\": from a to b signal k for p on g\n"
              " when ernst at least middel share x, y;\n"
              "permit P2 \"T\": from a to b signal k for q on h share x;\n");
    now = loaded_text(
        "convenant test version 1 valid 2026-01-01 until 2027-01-01\n"
        "timezone \"Europe/Amsterdam\" signed by a;\n"
        "party a, b; purpose p \"P\"; ground g \"G\";\n"
        "attribute ernst : level laag, middel, acuut; attribute new : yes-no;\n"
        "signal k with fields x, w attributes ernst, new;\n"
        "permit P1 \"T\": from a to b signal k for p on g\n"
        " when ernst at least middel unless new is yes share x, w;\n");
    /* middel or hoog; of them hoog is unknown now, and new was not asked */
    o = replay("a b k p g age=1 live=no ernst=hoog", X | Y, 0);
    assert_true(o.may_get && o.may_not);
    assert_int_equal(o.lost_least, Y); /* there is no such field any more */
    assert_int_equal(o.lost_most, X | Y);
    assert_int_equal(o.gained_most, 0); /* w was not carried */
    o = replay("a b k q h age=1 live=no ernst=laag", X | Y, 0);
    assert_true(!o.may_get && o.may_not);
    assert_int_equal(o.lost_least, X);
}

static void
what_the_sender_kept_back_stays_kept_back(void **state)
{
    struct simulate_outcome o;

    (void)state;
    was = loaded_text(
        WORDS "permit P1 \"T\": from a to b, c signal k for p on g\n"
              " when live is yes share x, y;\n");
    now = loaded_text(
        WORDS "permit P1 \"T\": from a to b, c signal k for p on g\n"
              " when live is yes share x, y, z;\n");
    o = replay("a b k p g age=1 live=yes ernst=laag", X | Y | Z, Y);
    assert_int_equal(o.gained_least, Z);
    assert_int_equal(o.gained_most, Z);
    o = replay("a c k p g age=1 live=yes ernst=laag", X | Y | Z, X | Y);
    assert_true(o.left_out);
    /* nothing that is there would go */
    o = replay("a c k p g age=1 live=no ernst=laag", X, 0);
    assert_false(o.left_out);
    assert_true(!o.may_get && o.may_not);
}

static void
a_known_value_is_exact(void **state)
{
    struct simulate_share share = {true, X, X, false};
    struct simulate_outcome out;
    struct request req;

    (void)state;
    was = loaded_text(WORDS "permit P1 \"T\": from a to b signal k for p on g\n"
                            " when age at least 18 share x;\n");
    now =
        loaded_text(WORDS "permit P1 \"T\": from a to b signal k for p on g\n"
                          " when age at least 21 and ernst is hoog share x;\n");
    req = loaded_request(was, "a b k p g age=50 live=yes ernst=hoog");
    record(&req, X);
    signal_.exact = 5;
    signal_.value[0] = req.attribute[0];
    signal_.value[2] = req.attribute[2];
    assert_int_equal(simulate_begin(s, &signal_, now), DHK_OK);
    simulate_party(&out, s, slice_str("b"), &share);
    assert_true(out.may_get && !out.may_not);
    signal_.value[0].v = 20;
    assert_int_equal(simulate_begin(s, &signal_, now), DHK_OK);
    simulate_party(&out, s, slice_str("b"), &share);
    assert_true(!out.may_get && out.may_not);
}

static void
a_record_that_does_not_fit_is_refused(void **state)
{
    struct request req;

    (void)state;
    was = loaded_text(
        WORDS "permit P1 \"T\": from a to b signal k for p on g share x;\n");
    now = loaded_text(
        WORDS "permit P1 \"T\": from a to b signal k for p on g share x;\n");
    req = loaded_request(was, "a b k p g age=50 live=yes ernst=hoog");
    record(&req, X);
    classes[0] = 9;
    assert_int_equal(simulate_begin(s, &signal_, now), DHK_FORMAT);
    record(&req, X);
    signal_.classes.n--;
    assert_int_equal(simulate_begin(s, &signal_, now), DHK_FORMAT);
    record(&req, X);
    signal_.purpose = 7;
    assert_int_equal(simulate_begin(s, &signal_, now), DHK_FORMAT);
}

/* As many classes as a byte of the ledger holds, unknown being one. */
static void
the_last_class_is_exact(void **state)
{
    static char text[40000];
    struct simulate_outcome o;
    size_t n = strlen(WORDS);

    (void)state;
    memcpy(text, WORDS, n);
    for (int i = 0; i < 127; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n,
            "permit P%d \"T\": from a to b signal m for p on g when many at "
            "least %d and many at most %d share x;\n",
            i, 3 * i, 3 * i);
    }
    must(snprintf(text + n, sizeof text - n,
             "permit Q \"T\": from a to b signal m for p on g when many at "
             "least 600 share x;\n") > 0);
    was = loaded_text(text);
    now = loaded_text(WORDS "permit P1 \"T\": from a to b signal m for p on g\n"
                            " when many at least 500 share x;\n");
    o = replay("a b m p g many=599", X, 0); /* 379 to 599 */
    assert_true(o.may_get && o.may_not);
    o = replay("a b m p g many=601", X, 0);
    assert_int_equal(classes[0], UINT8_MAX);
    assert_true(o.may_get && !o.may_not);
    o = replay("a b m p g many=3", X, 0);
    assert_true(!o.may_get && o.may_not);
}

static void
without_a_field_that_is_required_now_nobody_gets_it(void **state)
{
    static const char permit[] =
        "permit P1 \"T\": from a to b signal k for p on g share x, y;\n";
    char text[1024];
    struct simulate_outcome o;

    (void)state;
    (void)snprintf(
        text, sizeof text, HEAD "signal k with fields x, y;\n%s", permit);
    was = loaded_text(text);
    (void)snprintf(text, sizeof text,
        HEAD "signal k with fields y required, x;\n%s", permit);
    now = loaded_text(text);
    o = replay("a b k p g", X, 0);
    assert_true(o.may_not && !o.may_get);
    assert_int_equal(o.lost_least, X);
    o = replay("a b k p g", X | Y, 0);
    assert_true(o.may_get && !o.may_not);
    assert_int_equal(o.lost_most, 0);
    /* kept from this recipient, it was there all the same */
    o = replay("a b k p g", X | Y, Y);
    assert_true(o.may_get && !o.may_not);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_both_decide_alike_is_certain, begin, end),
        cmocka_unit_test_setup_teardown(
            a_class_that_is_split_may_be_either, begin, end),
        cmocka_unit_test_setup_teardown(
            what_now_does_not_know_is_denied, begin, end),
        cmocka_unit_test_setup_teardown(
            what_the_sender_kept_back_stays_kept_back, begin, end),
        cmocka_unit_test_setup_teardown(a_known_value_is_exact, begin, end),
        cmocka_unit_test_setup_teardown(
            a_record_that_does_not_fit_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(the_last_class_is_exact, begin, end),
        cmocka_unit_test_setup_teardown(
            without_a_field_that_is_required_now_nobody_gets_it, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
