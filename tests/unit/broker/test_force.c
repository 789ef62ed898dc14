/* SPDX-License-Identifier: EUPL-1.2
 *
 * What comes in force and what does not: rosters, agreements, cards and
 * revocations, by the signatures on them alone. */
#include "harness.h"

enum { BURGEMEESTER = 1, POLITIE = 2, OM = 4, ALL = 7 };
enum { DONE = 0, REFUSED = 1, INVALID = 4 };

static bool
said(const struct harness *h, const char *words)
{
    return strstr(h->reply, words) != NULL;
}

/* --- the first texts --- */

static void
nothing_is_in_force_at_first(void **state)
{
    struct harness *h = *state;

    assert_null(force_agreement(&h->core->force));
    assert_null(force_roster(&h->core->force));
    assert_int_equal(h->core->ledger.size, 1); /* genesis */
}

static void
every_signatory_must_sign_the_first_roster(void **state)
{
    struct harness *h = *state;

    assert_int_equal(harness_roster(h, BURGEMEESTER | OM), INVALID);
    assert_true(said(h, "politie"));
    assert_null(force_roster(&h->core->force));
    assert_int_equal(harness_roster(h, 0), INVALID);
    assert_int_equal(harness_roster(h, ALL), DONE);
    assert_non_null(force_roster(&h->core->force));
    assert_int_equal(harness_count(h, ENTRY_ROSTER), 1);
}

static void
an_agreement_needs_a_roster_first(void **state)
{
    struct harness *h = *state;

    assert_int_equal(harness_agreement(h, ALL, NULL, NULL), REFUSED);
    assert_true(said(h, "roster"));
    assert_int_equal(harness_roster(h, ALL), DONE);
    assert_int_equal(harness_agreement(h, ALL, NULL, NULL), DONE);
    assert_non_null(force_agreement(&h->core->force));
}

static void
every_signatory_must_sign_the_first_agreement(void **state)
{
    struct harness *h = *state;

    assert_int_equal(harness_roster(h, ALL), DONE);
    assert_int_equal(
        harness_agreement(h, BURGEMEESTER | POLITIE, NULL, NULL), INVALID);
    assert_true(said(h, "om"));
    assert_null(force_agreement(&h->core->force));
    assert_int_equal(harness_count(h, ENTRY_AGREEMENT), 0);
}

static void
a_signature_for_another_namespace_does_not_count(void **state)
{
    struct harness *h = *state;
    struct harness_text t = {.verb = CONTROL_AGREEMENT_ADD,
        .text = slice_str("convenant x version 1;\n"),
        .signers = ALL,
        .namespace_ = "driehoek-roster"};

    assert_int_equal(harness_control(h, &t), INVALID);
}

static void
faults_in_the_agreement_are_named_with_line_and_column(void **state)
{
    struct harness *h = *state;

    assert_int_equal(harness_roster(h, ALL), DONE);
    assert_int_equal(harness_agreement(h, ALL,
                         "from politie to gemeente signal politiesignaal\n"
                         "  for openbare-orde",
                         "from politei to gemeente signal politiesignaal\n"
                         "  for openbare-orde"),
        INVALID);
    assert_true(said(h, "politei"));
    assert_true(said(h, "error"));
    assert_non_null(strchr(h->reply, ':'));
    assert_null(force_agreement(&h->core->force));
}

static void
an_agreement_names_only_partners_of_the_roster(void **state)
{
    struct harness *h = *state;

    assert_int_equal(harness_roster(h, ALL), DONE);
    assert_int_equal(harness_agreement(h, ALL, "party wijkteam, school, aivd;",
                         "party wijkteam, school, aivd, dierenpolitie;"),
        REFUSED);
    assert_true(said(h, "dierenpolitie"));
}

/* --- later versions --- */

static void
the_same_text_again_changes_nothing(void **state)
{
    struct harness *h = *state;
    uint64_t size = h->core->ledger.size;

    h->agreement_version = 0;
    memset(h->agreement, 0, 32);
    assert_int_equal(harness_agreement(h, ALL, NULL, NULL), DONE);
    assert_true(said(h, "already"));
    assert_int_equal(h->core->ledger.size, size);
}

static void
a_fork_is_refused(void **state)
{
    struct harness *h = *state;

    h->agreement_version = 0;
    assert_int_equal(harness_agreement(h, ALL, "retain at most 183 days",
                         "retain at most 182 days"),
        REFUSED);
    assert_true(said(h, "fork"));
}

static void
an_older_version_is_refused(void **state)
{
    struct harness *h = *state;

    assert_int_equal(harness_agreement(h, ALL, NULL, NULL), DONE);
    h->agreement_version = 0;
    assert_int_equal(harness_agreement(h, ALL, NULL, NULL), REFUSED);
    assert_true(said(h, "version 2 was in force"));
}

static void
a_later_version_must_name_what_it_supersedes(void **state)
{
    struct harness *h = *state;
    uint8_t right[32];

    memcpy(right, h->agreement, 32);
    memset(h->agreement, 7, 32);
    assert_int_equal(harness_agreement(h, ALL, NULL, NULL), REFUSED);
    memcpy(h->agreement, right, 32);
    assert_int_equal(harness_agreement(h, ALL, NULL, NULL), DONE);
}

static void
all_of_the_old_signatories_must_sign_the_new(void **state)
{
    struct harness *h = *state;

    assert_int_equal(harness_agreement(h, BURGEMEESTER | POLITIE,
                         "signed by burgemeester, politie, om;",
                         "signed by burgemeester, politie;"),
        INVALID);
    assert_true(said(h, "om"));
    assert_int_equal(h->core->force.agreement->version, 1);
}

static void
all_that_the_new_one_names_must_sign_it_too(void **state)
{
    struct harness *h = *state;

    assert_int_equal(
        harness_agreement(h, ALL, "signed by burgemeester, politie, om;",
            "signed by burgemeester, politie, om, gemeente;"),
        INVALID);
    assert_true(said(h, "gemeente"));
}

static void
only_a_signatory_of_the_text_revokes_it(void **state)
{
    struct harness *h = *state;

    assert_int_equal(
        harness_agreement(h, ALL, "signed by burgemeester, politie, om;",
            "signed by burgemeester, politie;"),
        DONE);
    assert_int_equal(harness_revoke_text(h, h->agreement, OM), INVALID);
    assert_int_equal(harness_revoke_text(h, h->agreement, POLITIE), DONE);
}

static void
what_was_not_valid_today_is_refused(void **state)
{
    struct harness *h = *state;

    assert_int_equal(
        harness_agreement(h, ALL, "valid 2026-01-01", "valid 2027-01-01"),
        REFUSED);
}

static void
texts_survive_a_restart(void **state)
{
    struct harness *h = *state;

    assert_int_equal(harness_agreement(h, ALL, NULL, NULL), DONE);
    harness_restart(h);
    assert_int_equal(force_agreement(&h->core->force)->version, 2);
    assert_non_null(force_roster(&h->core->force));
    assert_int_equal(h->core->force.cards_n, HARNESS_PARTNERS);
    assert_int_equal(h->access_n, HARNESS_PARTNERS);
}

/* --- revocation --- */

static void
any_one_signatory_revokes(void **state)
{
    struct harness *h = *state;

    assert_int_equal(harness_revoke_text(h, h->agreement, 0), INVALID);
    assert_int_equal(harness_revoke_text(h, h->roster, OM), DONE);
    assert_null(force_roster(&h->core->force));
    assert_int_equal(harness_revoke_text(h, h->agreement, POLITIE), DONE);
    assert_null(force_agreement(&h->core->force));
    assert_int_equal(harness_count(h, ENTRY_REVOKED_TEXT), 2);
    harness_restart(h);
    assert_null(force_agreement(&h->core->force));
    assert_int_equal(h->access_n, 0);
}

static void
a_revoked_text_stays_out_and_a_higher_version_ends_it(void **state)
{
    struct harness *h = *state;
    uint8_t before[32];

    memcpy(before, h->agreement, 32);
    assert_int_equal(harness_revoke_text(h, h->agreement, OM), DONE);
    h->agreement_version = 0;
    assert_int_equal(harness_agreement(h, ALL, NULL, NULL), REFUSED);
    h->agreement_version = 1;
    assert_int_equal(harness_agreement(h, ALL, NULL, NULL), DONE);
    assert_int_equal(force_agreement(&h->core->force)->version, 2);
}

static void
what_is_not_in_force_cannot_be_revoked(void **state)
{
    struct harness *h = *state;
    uint8_t other[32] = {1};

    assert_int_equal(harness_revoke_text(h, other, OM), REFUSED);
    assert_int_equal(harness_revoke_card(h, other, OM), REFUSED);
}

static void
a_revoked_card_is_out_for_good(void **state)
{
    struct harness *h = *state;
    struct harness_partner *p = harness_find(h, "om");
    struct harness_node n;

    assert_int_equal(harness_revoke_card(h, p->card.id, BURGEMEESTER), DONE);
    assert_int_equal(h->access_n, HARNESS_PARTNERS - 1);
    harness_ask(h, &n, "om");
    harness_hello(&n, COMMAND_MODE_SEND, 0);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_CARD);
    harness_restart(h);
    assert_int_equal(h->access_n, HARNESS_PARTNERS - 1);
    assert_int_equal(harness_card(h, p, true), DONE);
    assert_int_equal(h->access_n, HARNESS_PARTNERS);
}

/* --- cards --- */

static int
add_card(
    struct harness *h, struct card *card, const struct sign_secret *identity)
{
    uint8_t mem[LIMIT_CARD];
    struct sink out;
    struct card_secret secret;

    ok(card_secret_new(&secret, card));
    card_secret_destroy(&secret);
    sink_init(&out, mem, sizeof mem);
    ok(card_issue(&out, card, identity));
    struct harness_text t = {.verb = CONTROL_CARD_ADD, .text = sink_done(&out)};
    return harness_control(h, &t);
}

static void
a_card_must_be_signed_by_its_partner(void **state)
{
    struct harness *h = *state;
    struct card card = {.partner = "om", .serial = 9, .receives = true};

    card.from = (int64_t)(h->wall / 1000);
    card.until = card.from + 1000;
    assert_int_equal(
        add_card(h, &card, harness_find(h, "politie")->identity), INVALID);
    assert_int_equal(add_card(h, &card, harness_find(h, "om")->identity), DONE);
}

static void
a_card_keeps_within_the_rosters_days(void **state)
{
    struct harness *h = *state;
    struct card card = {.partner = "om", .serial = 9};
    const struct sign_secret *om = harness_find(h, "om")->identity;
    int64_t now = (int64_t)(h->wall / 1000), day = 24 * 3600;

    card.from = now;
    card.until = now + 91 * day;
    assert_int_equal(add_card(h, &card, om), REFUSED);
    card.until = now + 90 * day;
    assert_int_equal(add_card(h, &card, om), DONE);
    card.serial++;
    card.from = 1767225600 - 1; /* before 2026 */
    card.until = card.from + day;
    assert_int_equal(add_card(h, &card, om), REFUSED);
    card.from = now - 2 * day;
    card.until = now - day;
    assert_int_equal(add_card(h, &card, om), REFUSED);
}

static void
a_card_needs_a_higher_serial(void **state)
{
    struct harness *h = *state;
    struct card card = {.partner = "om", .serial = 1};

    card.from = (int64_t)(h->wall / 1000);
    card.until = card.from + 1000;
    assert_int_equal(
        add_card(h, &card, harness_find(h, "om")->identity), REFUSED);
}

static void
no_two_cards_have_a_key_in_common(void **state)
{
    struct harness *h = *state;
    struct harness_partner *om = harness_find(h, "om");
    struct harness_partner *politie = harness_find(h, "politie");
    struct card card = politie->card;
    uint8_t mem[LIMIT_CARD];
    struct sink out;

    strcpy(card.partner, "om");
    card.serial = 9;
    sink_init(&out, mem, sizeof mem);
    ok(card_issue(&out, &card, om->identity));
    struct harness_text t = {.verb = CONTROL_CARD_ADD, .text = sink_done(&out)};
    assert_int_equal(harness_control(h, &t), REFUSED);
    assert_true(said(h, "politie"));
}

static void
a_stranger_gets_no_card(void **state)
{
    struct harness *h = *state;
    struct card card = {.partner = "vreemdeling", .serial = 1};

    card.from = (int64_t)(h->wall / 1000);
    card.until = card.from + 1000;
    assert_int_equal(
        add_card(h, &card, harness_find(h, "om")->identity), REFUSED);
    struct harness_text t = {
        .verb = CONTROL_CARD_ADD, .text = slice_str("geen kaart")};
    assert_int_equal(harness_control(h, &t), INVALID);
}

static void
an_expired_card_loses_access(void **state)
{
    struct harness *h = *state;
    struct card card = {.partner = "om", .serial = 9};

    card.from = (int64_t)(h->wall / 1000);
    card.until = card.from + 100;
    assert_int_equal(add_card(h, &card, harness_find(h, "om")->identity), DONE);
    assert_int_equal(h->access_n, HARNESS_PARTNERS + 1);
    h->wall += 101 * 1000;
    h->mono += 101 * 1000;
    core_tick(h->core);
    harness_batch(h);
    assert_int_equal(h->access_n, HARNESS_PARTNERS);
}

/* --- the operator's other questions --- */

static void
status_names_what_is_in_force(void **state)
{
    struct harness *h = *state;
    struct report r;

    harness_report(h, &r);
    assert_true(slice_equal(r.origin, slice_str(HARNESS_ORIGIN)));
    assert_int_equal(r.agreement.state, REPORT_IN_FORCE);
    assert_memory_equal(r.agreement.sha256, h->agreement, 32);
    assert_int_equal(r.roster.state, REPORT_IN_FORCE);
    assert_memory_equal(r.roster.sha256, h->roster, 32);
    assert_int_equal(r.cards_n, HARNESS_PARTNERS);
}

static void
garbage_from_the_operator_is_refused(void **state)
{
    struct harness *h = *state;
    uint8_t bytes[64];

    for (int i = 0; i < 500; i++) {
        key_random(bytes, sizeof bytes);
        h->reply_code = -1;
        core_control(h->core, 1, slice_of(bytes, (size_t)i % 64));
        harness_batch(h);
        assert_int_equal(h->reply_code, INVALID);
    }
    h->reply_code = -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test_empty(nothing_is_in_force_at_first),
        harness_test_empty(every_signatory_must_sign_the_first_roster),
        harness_test_empty(an_agreement_needs_a_roster_first),
        harness_test_empty(every_signatory_must_sign_the_first_agreement),
        harness_test_empty(a_signature_for_another_namespace_does_not_count),
        harness_test_empty(
            faults_in_the_agreement_are_named_with_line_and_column),
        harness_test_empty(an_agreement_names_only_partners_of_the_roster),
        harness_test(the_same_text_again_changes_nothing),
        harness_test(a_fork_is_refused),
        harness_test(an_older_version_is_refused),
        harness_test(a_later_version_must_name_what_it_supersedes),
        harness_test(all_of_the_old_signatories_must_sign_the_new),
        harness_test(all_that_the_new_one_names_must_sign_it_too),
        harness_test(only_a_signatory_of_the_text_revokes_it),
        harness_test(what_was_not_valid_today_is_refused),
        harness_test(texts_survive_a_restart),
        harness_test(any_one_signatory_revokes),
        harness_test(a_revoked_text_stays_out_and_a_higher_version_ends_it),
        harness_test(what_is_not_in_force_cannot_be_revoked),
        harness_test(a_revoked_card_is_out_for_good),
        harness_test(a_card_must_be_signed_by_its_partner),
        harness_test(a_card_keeps_within_the_rosters_days),
        harness_test(a_card_needs_a_higher_serial),
        harness_test(no_two_cards_have_a_key_in_common),
        harness_test(a_stranger_gets_no_card),
        harness_test(an_expired_card_loses_access),
        harness_test(status_names_what_is_in_force),
        harness_test(garbage_from_the_operator_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
