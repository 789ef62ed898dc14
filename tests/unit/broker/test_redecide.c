/* SPDX-License-Identifier: EUPL-1.2
 *
 * Shares that are queued when another agreement comes in force: those that it
 * decides otherwise go back to their sender, the others are delivered. */
#include "harness.h"

static const struct harness_signal to_gemeente = {
    .kind = "melding",
    .purpose = "weging",
    .ground = "wet",
    .to = {"gemeente"},
    .named = true,
};
static const struct harness_signal to_om = {
    .kind = "melding",
    .purpose = "weging",
    .ground = "wet",
    .to = {"om"},
    .named = true,
};

struct change {
    const char *from, *to;
};

/* A share of S is queued when the agreement changes by C; TO is its
 * recipient. Whether it is returned; if not, whether it is delivered. */
static bool
is_returned(
    struct harness *h, const struct harness_signal *s, const struct change *c)
{
    struct harness_node politie;
    struct entry e;
    size_t before = harness_count(h, ENTRY_RETURNED);

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, s), 0);
    if (harness_agreement(h, 7, c->from, c->to) != 0)
        fail_msg("%s: %s", c->to, h->reply);
    if (harness_count(h, ENTRY_RETURNED) == before)
        return false;
    harness_entry(h, h->core->ledger.size - 1, &e);
    assert_int_equal(e.kind, ENTRY_RETURNED);
    assert_int_equal(e.u.returned.code, ENTRY_CODE_CHANGED_AGREEMENT);
    assert_memory_equal(e.u.returned.agreement, h->agreement, 32);
    return true;
}

/* How many shares NODE gets now; all are taken. */
static size_t
delivered(struct harness *h, const char *name)
{
    struct harness_node node;
    struct harness_share share[8];

    harness_connect(h, &node, name, COMMAND_MODE_RECEIVE);
    size_t n = harness_shares(&node, share, 8);
    for (size_t i = 0; i < n; i++)
        assert_true(share[i].opens);
    if (n > 0)
        harness_answer(&node, share, n, ANSWER_TAKEN);
    return n;
}

/* The agreement as it was, so that the next change is one from there. */
static void
put_back(struct harness *h)
{
    assert_int_equal(harness_agreement(h, 7, NULL, NULL), 0);
}

static void
each_is_returned(struct harness *h, const struct harness_signal *s,
    const struct change *changes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_returned(h, s, &changes[i]))
            fail_msg("not returned: %s", changes[i].to);
        assert_int_equal(delivered(h, s->to[0]), 0);
        put_back(h);
        assert_int_equal(delivered(h, s->to[0]), 0);
    }
}
#define RETURNED(h, s, list)                                                   \
    each_is_returned(h, s, list, sizeof(list) / sizeof(list)[0])

static void
each_is_delivered(struct harness *h, const struct harness_signal *s,
    const struct change *changes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (is_returned(h, s, &changes[i]))
            fail_msg("returned: %s", changes[i].to);
        assert_int_equal(delivered(h, s->to[0]), 1);
        put_back(h);
    }
}
#define DELIVERED(h, s, list)                                                  \
    each_is_delivered(h, s, list, sizeof(list) / sizeof(list)[0])

/* --- what is given --- */

static void
fewer_fields_are_another_decision(void **state)
{
    static const struct change list[] = {
        {"share een, twee, drie", "share een, twee"},
        {"permit P2", "permit P3 \"T\": from politie to gemeente\n"
                      "signal melding for weging on wet share twee withhold "
                      "drie;\npermit P2"},
        {"permit P2", "never N1 \"T\": share twee to gemeente;\npermit P2"},
        /* all of them */
        {"permit P2",
            "forbid V1 \"T\": from politie to gemeente signal melding\n"
            "when haast is yes;\npermit P2"},
        {"from politie to gemeente", "from om to gemeente"},
    };

    RETURNED(*state, &to_gemeente, list);
}

static void
more_fields_are_another_decision(void **state)
{
    static const struct change list[] = {
        {"share een, twee, drie", "share een, twee, drie, vier"},
        {"permit P2", "permit P3 \"T\": from politie to gemeente\n"
                      "signal melding for weging on wet share vier\n"
                      "oblige retain at most 365 days and onward only to om;\n"
                      "permit P2"},
    };

    RETURNED(*state, &to_gemeente, list);
}

static void
more_fields_that_the_sender_has_not_are_not(void **state)
{
    static const struct change list[] = {
        {"share een, twee, drie", "share een, twee, drie, vier"},
    };
    struct harness_signal s = to_gemeente;

    s.presence = 7;
    DELIVERED(*state, &s, list);
}

static void
more_fields_that_the_sender_keeps_back_are_not(void **state)
{
    static const struct change list[] = {
        {"share een, twee, drie", "share een, twee, drie, vier"},
    };
    struct harness_signal s = to_gemeente;

    s.exclusion = (struct manifest_exclusion){.partner = slice_str("gemeente"),
        .fields = 8,
        .code = MANIFEST_CODE_NECESSITY};
    DELIVERED(*state, &s, list);
}

static void
conditions_are_asked_again(void **state)
{
    /* ernst is middel, haast is yes, and it is past noon */
    static const struct change other[] = {
        {"wet\n  share een, twee", "wet when ernst is hoog share een, twee"},
        {"wet\n  share een, twee", "wet unless haast is yes share een, twee"},
        {"wet\n  share een, twee", "wet when outside middag share een, twee"},
    };
    static const struct change same[] = {
        {"wet\n  share een, twee", "wet when ernst is middel share een, twee"},
        {"wet\n  share een, twee", "wet when haast is yes share een, twee"},
        {"wet\n  share een, twee", "wet when during middag share een, twee"},
        {"= mon - sun 12:00 - 24:00;",
            "= mon - sun 12:00 - 24:00;\n"
            "window steeds = mon - sun 00:00 - 24:00;"},
    };

    RETURNED(*state, &to_gemeente, other);
    DELIVERED(*state, &to_gemeente, same);
}

/* A window that was not there yet held all the same. */
static void
a_new_window_is_asked_at_the_time_of_acceptance(void **state)
{
    static const struct change list[] = {
        {"permit P2",
            "never N1 \"T\": share twee to gemeente when during middag;\n"
            "permit P2"},
    };

    RETURNED(*state, &to_gemeente, list);
}

/* --- what it obliges to --- */

static void
other_duties_are_another_decision(void **state)
{
    static const struct change list[] = {
        {"365 days", "364 days"},
        {"365 days", "366 days"},
        {"retain at most 365 days and ", ""},
        {" and onward only to om", ""},
        {"onward only to om", "no onward"},
        {"onward only to om", "onward only to om, burgemeester"},
        {"onward only to om", "onward only to om and log"},
        {"onward only to om", "onward only to om and notify om"},
        {"onward only to om", "onward only to om and retain at least 3 days"},
    };

    RETURNED(*state, &to_gemeente, list);
}

static void
an_approval_that_is_wanted_now_is_another_decision(void **state)
{
    static const struct change list[] = {
        {"onward only to om", "onward only to om and approval by 1 of om"},
        {"onward only to om", "onward only to om and approval by 1"},
    };

    RETURNED(*state, &to_gemeente, list);
}

/* --- what waits for an approval --- */

static void
a_share_that_waits_for_another_approval_goes_back(void **state)
{
    static const struct change list[] = {
        {"approval by 1 of burgemeester", "approval by 1 of gemeente"},
        {"approval by 1 of burgemeester",
            "approval by 2 of burgemeester, gemeente"},
        {"approval by 1 of burgemeester", "approval by 1"},
        {"share een\n", "share een, twee\n"},
        {"and log", "and retain at most 3 days"},
        {"from politie to om", "from gemeente to om"},
    };

    RETURNED(*state, &to_om, list);
}

/* It was not decided that it may be delivered without; nobody approved it. */
static void
a_share_whose_approval_is_not_wanted_any_more_goes_back(void **state)
{
    static const struct change list[] = {
        {"approval by 1 of burgemeester and log", "log"},
    };

    RETURNED(*state, &to_om, list);
}

static void
a_share_that_waits_for_the_same_approval_goes_on_waiting(void **state)
{
    struct harness *h = *state;
    static const struct change change = {
        "share een, twee, drie", "share een, twee"};

    assert_false(is_returned(h, &to_om, &change));
    assert_int_equal(harness_mailbox(h, "om")->pending, 1);
    assert_int_equal(delivered(h, "om"), 0);
    assert_int_equal(harness_revoke_text(h, h->agreement, 4), 0);
    assert_int_equal(harness_count(h, ENTRY_RETURNED), 1);
    assert_int_equal(harness_mailbox(h, "om")->pending, 0);
}

/* --- words --- */

static void
a_kind_of_another_shape_is_another_decision(void **state)
{
    static const struct change list[] = {
        {"fields een, twee", "fields twee, een"},
        {"fields een, twee, drie, vier", "fields een, twee, drie, vier, vijf"},
        {"attributes ernst, haast", "attributes haast, ernst"},
        {"laag, middel, hoog", "laag, middel, hoog, acuut"},
        {"haast : yes-no", "haast : yes-no closed"},
        {"melding with", "melding requires psk with"},
    };

    RETURNED(*state, &to_gemeente, list);
}

static void
other_words_for_the_same_are_no_other_decision(void **state)
{
    static const struct change list[] = {
        {"permit P1", "# P1\npermit P1"},
        {"permit P1", "permit P7"},
        {"\"Een melding aan de gemeente\"", "\"Een andere titel\""},
        {"share een, twee, drie\n", "share drie, twee, een\n"},
        /* in two rules */
        {"share een, twee, drie\n",
            "share een oblige onward only to om;\n"
            "permit P3 \"T\": from politie to gemeente signal melding\n"
            "for weging on wet share twee, drie\n"},
        {"approval by 1", "approval by 1 of gemeente and approval by 1"},
        {"from politie to om", "from gemeente to om"},
        {"purpose weging", "purpose beheer \"B\";\npurpose weging"},
        {"signal melding with",
            "signal bericht with fields een;\nsignal melding with"},
        {"party burgemeester, politie", "party politie, burgemeester"},
    };

    DELIVERED(*state, &to_gemeente, list);
}

/* --- in flight --- */

/* It was sent and is not answered: it goes back, and the answer that comes
 * after all says nothing any more. */
static void
a_share_in_flight_goes_back_too(void **state)
{
    struct harness *h = *state;
    struct harness_node gemeente, politie;
    struct harness_share share[4];
    struct entry e;

    harness_connect(h, &gemeente, "gemeente", COMMAND_MODE_RECEIVE);
    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &to_gemeente), 0);
    assert_int_equal(harness_shares(&gemeente, share, 4), 1);
    assert_int_equal(harness_agreement(h, 7, "365 days", "91 days"), 0);
    assert_int_equal(harness_outcome(&politie, &e), ENTRY_RETURNED);
    /* both are connected still */
    assert_int_equal(h->drops, 0);
    struct harness_share late = share[0];
    harness_turn(h, 5000);
    assert_int_equal(harness_shares(&gemeente, share, 4), 0);
    harness_answer(&gemeente, &late, 1, ANSWER_TAKEN);
    assert_int_equal(harness_error(&gemeente), COMMAND_ERROR_NONE);
    assert_int_equal(harness_mailbox(h, "gemeente")->open, 0);
    /* and go on under the new one */
    assert_int_equal(harness_code(&politie, &to_gemeente), 0);
    assert_int_equal(harness_shares(&gemeente, share, 4), 1);
    assert_true(share[0].opens);
    assert_int_equal(h->drops, 0);
}

/* The store is too full to return any of them. */
static void
nothing_is_delivered_before_all_were_decided_again(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;

    harness_connect(h, &politie, "politie", HARNESS_SEND);
    assert_int_equal(harness_code(&politie, &to_gemeente), 0);
    h->core->full_until = UINT64_MAX;
    assert_int_equal(harness_agreement(h, 7, "365 days", "91 days"), 0);
    assert_int_equal(delivered(h, "gemeente"), 0);
    harness_turn(h, 5000);
    assert_int_equal(delivered(h, "gemeente"), 0);
    assert_int_equal(harness_count(h, ENTRY_RETURNED), 0);
    h->core->full_until = 0;
    harness_turn(h, 5000);
    assert_int_equal(harness_count(h, ENTRY_RETURNED), 1);
    assert_int_equal(delivered(h, "gemeente"), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(fewer_fields_are_another_decision),
        harness_test(more_fields_are_another_decision),
        harness_test(more_fields_that_the_sender_has_not_are_not),
        harness_test(more_fields_that_the_sender_keeps_back_are_not),
        harness_test(conditions_are_asked_again),
        harness_test(a_new_window_is_asked_at_the_time_of_acceptance),
        harness_test(other_duties_are_another_decision),
        harness_test(an_approval_that_is_wanted_now_is_another_decision),
        harness_test(a_share_that_waits_for_another_approval_goes_back),
        harness_test(a_share_whose_approval_is_not_wanted_any_more_goes_back),
        harness_test(a_share_that_waits_for_the_same_approval_goes_on_waiting),
        harness_test(a_kind_of_another_shape_is_another_decision),
        harness_test(other_words_for_the_same_are_no_other_decision),
        harness_test(a_share_in_flight_goes_back_too),
        harness_test(nothing_is_delivered_before_all_were_decided_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
