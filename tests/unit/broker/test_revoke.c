/* SPDX-License-Identifier: EUPL-1.2
 *
 * A partner revokes a key card of its own with its identity key, and nobody
 * else's; at once, for good, and on the ledger with its own signature. */
#include "harness.h"
#include "host/file.h"
#include "quorum.h"
#include "revocation.h"

enum { OM = 4, DONE = 0, REFUSED = 1, INVALID = 4 };

/* What is signed, and by whom. */
struct words {
    const char *origin, *partner, *signer;
    const uint8_t *card;
};

static struct slice
file_of(uint8_t *mem, struct harness *h, const struct words *s)
{
    uint8_t bytes[LIMIT_REVOCATION];
    struct revocation r = {.origin = slice_str(s->origin),
        .partner = slice_str(s->partner),
        .made = (int64_t)(h->wall / 1000)};
    struct sink out, file;

    memcpy(r.card, s->card, sizeof r.card);
    sink_init(&out, bytes, sizeof bytes);
    ok(revocation_issue(&out, &r, harness_find(h, s->signer)->identity));
    sink_init(&file, mem, REVOCATION_FILE_MAX);
    ok(revocation_file_encode(&file, sink_done(&out)));
    return sink_done(&file);
}

static int
bring(struct harness *h, struct slice file)
{
    struct harness_text t = {.verb = CONTROL_REVOKE, .text = file};

    return harness_control(h, &t);
}

static int
revoke_as(struct harness *h, const struct words *s)
{
    uint8_t mem[REVOCATION_FILE_MAX];

    return bring(h, file_of(mem, h, s));
}

static struct words
of(struct harness *h, const char *name)
{
    return (struct words){.origin = HARNESS_ORIGIN,
        .partner = name,
        .signer = name,
        .card = harness_find(h, name)->card.id};
}

static void
a_partner_ends_its_card_in_mid_session(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct harness_bundle *b = calloc(1, sizeof *b);

    assert_non_null(b);
    harness_connect(h, &politie, "politie", COMMAND_MODE_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    struct words s = of(h, "politie");
    assert_int_equal(revoke_as(h, &s), DONE);
    assert_int_equal(h->dropped, politie.peer);
    assert_int_equal(h->access_n, HARNESS_PARTNERS - 1);
    harness_forget(h);
    harness_seal(&politie, b, &harness_p5, 1);
    harness_push(&politie, b);
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_STATE);
    assert_int_equal(harness_count(h, ENTRY_ACCEPTED), 1);
    /* nor does it get in again, now or after a restart */
    harness_ask(h, &politie, "politie");
    harness_hello(&politie, COMMAND_MODE_SEND, 0);
    assert_int_equal(harness_error(&politie), COMMAND_ERROR_CARD);
    harness_restart(h);
    assert_int_equal(h->access_n, HARNESS_PARTNERS - 1);
    free(b);
}

static void
the_entry_holds_what_the_partner_signed(void **state)
{
    struct harness *h = *state;
    struct words s = of(h, "gemeente");
    struct revocation r;
    struct entry e;

    assert_int_equal(revoke_as(h, &s), DONE);
    harness_entry(h, h->core->ledger.size - 1, &e);
    assert_int_equal(e.kind, ENTRY_REVOKED_CARD);
    assert_memory_equal(e.u.revoked.id, s.card, CARD_ID);
    assert_true(slice_equal(e.u.revoked.by, slice_str("gemeente")));
    ok(revocation_decode(&r, e.u.revoked.own, NULL));
    ok(revocation_verify(&r, &harness_find(h, "gemeente")->identity_pk));
    assert_memory_equal(r.card, s.card, CARD_ID);
    assert_true(slice_equal(r.origin, slice_str(HARNESS_ORIGIN)));
}

/* What entry INDEX says that a signatory signed. */
static void
check_signed(struct harness *h, uint64_t index, struct quorum_revocation *r)
{
    uint8_t text[QUORUM_REVOCATION_TEXT], armor[SSHSIG_ARMOR_MAX];
    struct sshsig_signers signers;
    struct sshsig_result result;
    struct entry e;
    uint8_t *file = NULL;
    size_t n = 0;

    ok(file_read(&file, &n, h->signers_path, LIMIT_SIGNERS_FILE));
    ok(sshsig_signers_parse(&signers, slice_of(file, n), NULL));
    harness_entry(h, index, &e);
    assert_memory_equal(e.u.revoked.id, r->id, 32);
    assert_int_equal(e.u.revoked.own.n, 0);
    sshsig_verify(&result, sshsig_armor(armor, e.u.revoked.sshsig),
        quorum_revocation_text(text, r), SSHSIG_NS_REVOKE, &signers,
        (int64_t)(e.time / 1000));
    assert_int_equal(result.status, SSHSIG_VALID);
    assert_true(slice_equal(
        e.u.revoked.by, slice_str(signers.list[result.signer].principal)));
    file_free(&file, n);
}

static void
the_entry_holds_what_the_signatory_signed(void **state)
{
    struct harness *h = *state;
    struct quorum_revocation card = {.what = QUORUM_REVOKES_CARD};
    struct quorum_revocation text = {.what = QUORUM_REVOKES_TEXT};

    memcpy(card.id, harness_find(h, "gemeente")->card.id, 32);
    assert_int_equal(harness_revoke_card(h, card.id, OM), DONE);
    check_signed(h, h->core->ledger.size - 1, &card);
    memcpy(text.id, h->agreement, 32);
    assert_int_equal(harness_revoke_text(h, text.id, OM), DONE);
    check_signed(h, h->core->force.agreement_text.entry, &text);
}

static void
whoever_asks_gets_the_signed_end(void **state)
{
    struct harness *h = *state;
    struct harness_node n;
    struct command ask = {
        .type = COMMAND_GET, .number = 5, .what = COMMAND_GET_REVOCATION};
    struct command c;
    struct cursor list;
    struct quorum_revocation r;

    harness_connect(h, &n, "politie", COMMAND_MODE_SEND);
    harness_send_command(&n, &ask, NULL, 0);
    harness_batch(h);
    assert_int_equal(harness_error(&n), COMMAND_ERROR_NOTFOUND);
    assert_int_equal(harness_revoke_text(h, h->agreement, OM), DONE);
    harness_restart(h);
    harness_connect(h, &n, "politie", COMMAND_MODE_SEND);
    harness_send_command(&n, &ask, NULL, 0);
    harness_batch(h);
    assert_true(harness_take(&n, COMMAND_OBJECT, &c));
    assert_int_equal(c.list_n, 3);
    command_list(&list, c.list);
    ok(quorum_revocation_parse(&r, command_list_next(&list), NULL));
    assert_int_equal(r.what, QUORUM_REVOKES_TEXT);
    assert_memory_equal(r.id, h->agreement, 32);
}

static void
mail_for_its_card_goes_back(void **state)
{
    struct harness *h = *state;
    struct harness_node politie;
    struct words s = of(h, "gemeente");

    harness_connect(h, &politie, "politie", COMMAND_MODE_SEND);
    assert_int_equal(harness_code(&politie, &harness_p5), 0);
    assert_int_equal(revoke_as(h, &s), DONE);
    assert_int_equal(harness_count(h, ENTRY_RETURNED), 1);
}

static void
the_same_again_changes_nothing(void **state)
{
    struct harness *h = *state;
    struct words s = of(h, "om");
    uint8_t mem[REVOCATION_FILE_MAX];
    struct slice file = file_of(mem, h, &s);
    uint8_t id[CARD_ID]; /* the harness keeps the newest only */

    memcpy(id, s.card, sizeof id);
    assert_int_equal(bring(h, file), DONE);
    assert_int_equal(bring(h, file), DONE);
    harness_restart(h);
    assert_int_equal(bring(h, file), DONE);
    assert_int_equal(harness_count(h, ENTRY_REVOKED_CARD), 1);
    /* nor does it touch the card that comes after */
    assert_int_equal(harness_card(h, harness_find(h, "om"), true), DONE);
    assert_int_equal(bring(h, file), DONE);
    assert_int_equal(h->access_n, HARNESS_PARTNERS);
    /* and a signatory's comes too late to be another entry */
    assert_int_equal(harness_revoke_card(h, id, OM), DONE);
    assert_int_equal(harness_count(h, ENTRY_REVOKED_CARD), 1);
}

static void
nobody_revokes_the_card_of_another(void **state)
{
    struct harness *h = *state;
    const struct words forged[] = {
        /* another's identity key under the owner's name, and under its own */
        {HARNESS_ORIGIN, "om", "politie", harness_find(h, "om")->card.id},
        {HARNESS_ORIGIN, "politie", "politie", harness_find(h, "om")->card.id},
        {HARNESS_ORIGIN, "toezicht", "toezicht",
            harness_find(h, "om")->card.id},
        {HARNESS_ORIGIN, "vreemd", "politie", harness_find(h, "om")->card.id},
    };

    for (size_t i = 0; i < sizeof forged / sizeof forged[0]; i++)
        assert_int_equal(revoke_as(h, &forged[i]), INVALID);
    assert_int_equal(harness_count(h, ENTRY_REVOKED_CARD), 0);
    assert_int_equal(h->access_n, HARNESS_PARTNERS);
}

static void
one_for_another_ledger_or_card_is_refused(void **state)
{
    struct harness *h = *state;
    static const uint8_t other[CARD_ID] = {1};
    struct words s = of(h, "om");

    s.origin = HARNESS_ORIGIN "2";
    assert_int_equal(revoke_as(h, &s), REFUSED);
    s = of(h, "om");
    s.card = other;
    assert_int_equal(revoke_as(h, &s), REFUSED);
    assert_int_equal(harness_count(h, ENTRY_REVOKED_CARD), 0);
}

static void
a_damaged_file_has_no_effect(void **state)
{
    struct harness *h = *state;
    struct words s = of(h, "om");
    uint8_t mem[REVOCATION_FILE_MAX];
    struct slice file = file_of(mem, h, &s);

    for (size_t n = 0; n + 1 < file.n; n++)
        assert_int_equal(bring(h, slice_of(mem, n)), INVALID);
    for (size_t i = 0; i < file.n; i++) {
        mem[i] ^= 1;
        assert_int_not_equal(bring(h, file), DONE);
        mem[i] ^= 1;
    }
    assert_int_equal(harness_count(h, ENTRY_REVOKED_CARD), 0);
    assert_int_equal(bring(h, file), DONE);
}

/* The card would come back to life with the next roster. */
static void
it_counts_while_the_roster_rests(void **state)
{
    struct harness *h = *state;
    struct words s = of(h, "gemeente");

    assert_int_equal(harness_revoke_text(h, h->roster, OM), DONE);
    assert_int_equal(revoke_as(h, &s), DONE);
    assert_int_equal(harness_roster(h, 7), DONE);
    assert_int_equal(h->access_n, HARNESS_PARTNERS - 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(a_partner_ends_its_card_in_mid_session),
        harness_test(the_entry_holds_what_the_partner_signed),
        harness_test(the_entry_holds_what_the_signatory_signed),
        harness_test(whoever_asks_gets_the_signed_end),
        harness_test(mail_for_its_card_goes_back),
        harness_test(the_same_again_changes_nothing),
        harness_test(nobody_revokes_the_card_of_another),
        harness_test(one_for_another_ledger_or_card_is_refused),
        harness_test(a_damaged_file_has_no_effect),
        harness_test(it_counts_while_the_roster_rests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
