/* SPDX-License-Identifier: EUPL-1.2
 *
 * Node directories: what is made, who may read it, what opens and what not. */
#include "ring.h"

#include "brokers.h"

#include "file.h"

#include <sys/stat.h>

static unsigned
mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 0777;
}

static void
a_node_is_private(void **state)
{
    struct ring *r = *state;
    struct dhk_node *n = r->partner[RING_POLITIE].node;
    static const char *const files[] = {
        "node.conf", "identity.key", "store.key"};
    char path[NODE_PATH];

    assert_int_equal(mode_of(n->dir), 0700);
    for (size_t i = 0; i < 3; i++) {
        ok(node_path(path, n->dir, files[i]));
        assert_int_equal(mode_of(path), 0600);
    }
    ok(enroll_card_path(path, n->dir, n->card.serial, "key"));
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(mode_of(n->broker_dir), 0700);
}

static void
a_second_init_changes_nothing(void **state)
{
    struct ring *r = *state;
    char dir[512];

    assert_int_equal(
        enroll_create(ring_path(dir, r, "politie"), "om", NULL), DHK_EXISTS);
    assert_int_equal(enroll_identity(dir, slice_of(NULL, 0), NULL), DHK_EXISTS);
    assert_string_equal(r->partner[RING_POLITIE].node->name, "politie");
}

static void
a_name_must_be_one_of_the_language(void **state)
{
    struct ring *r = *state;
    char dir[512];

    assert_int_equal(
        enroll_create(ring_path(dir, r, "x"), "Politie!", NULL), DHK_FORMAT);
}

static void
a_key_that_others_may_read_is_refused(void **state)
{
    struct ring *r = *state;
    struct dhk_node *n = NULL;
    char dir[512], path[NODE_PATH];

    ok(node_path(path, ring_path(dir, r, "politie"), "store.key"));
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(node_open(&n, dir, NULL, 0, NULL), DHK_DENIED);
    assert_null(n);
}

static void
a_wrapped_card_needs_its_passphrase(void **state)
{
    struct ring *r = *state;
    struct enroll_card how = {
        .days = 1, .card_pass = slice_str("geheim woord")};
    struct dhk_options wrong = {
        .passphrase = "ander woord", .passphrase_n = 11};
    struct dhk_options right = {
        .passphrase = "geheim woord", .passphrase_n = 12};
    struct dhk_node *n = NULL;
    struct card card;
    char dir[512], path[NODE_PATH];

    ok(enroll_card(&card, path, ring_path(dir, r, "politie"), &how, NULL));
    assert_true(card.serial > r->partner[RING_POLITIE].card.serial);
    assert_int_equal(node_open(&n, dir, NULL, 0, NULL), DHK_AUTH);
    assert_int_equal(node_open(&n, dir, &wrong, 0, NULL), DHK_AUTH);
    ok(node_open(&n, dir, NULL, NODE_LOCKED, NULL));
    node_close(&n);
    ok(node_open(&n, dir, &right, 0, NULL));
    assert_int_equal(n->card.serial, card.serial);
    node_close(&n);
}

/* It would be the newest card, and no broker would take it. */
static void
a_card_is_signed_by_the_nodes_own_identity(void **state)
{
    struct ring *r = *state;
    struct dhk_problem problem = {""};
    char dir[512], path[NODE_PATH], key[512], pub[512];
    struct enroll_card how = {
        .days = 1, .identity = {.path = ring_path(key, r, "om/identity.key")}};
    struct card card;

    assert_int_equal(
        enroll_card(&card, path, ring_path(dir, r, "politie"), &how, &problem),
        DHK_AUTH);
    assert_non_null(strstr(problem.text, "of om"));
    /* another key of the same partner */
    ok(enroll_create(ring_path(dir, r, "nieuw"), "politie", NULL));
    ok(enroll_identity(dir, slice_of(NULL, 0), NULL));
    how.identity.path = ring_path(key, r, "nieuw/identity.key");
    assert_int_equal(
        enroll_card(&card, path, ring_path(dir, r, "politie"), &how, &problem),
        DHK_AUTH);
    assert_non_null(strstr(problem.text, "identity.pub"));
    /* another machine learns its public half */
    ok(enroll_create(ring_path(dir, r, "auto"), "politie", NULL));
    how.identity.path = ring_path(key, r, "politie/identity.key");
    ok(enroll_card(&card, path, dir, &how, &problem));
    assert_int_equal(access(ring_path(pub, r, "auto/identity.pub"), F_OK), 0);
}

static void
a_broker_needs_an_address_to_be_joined(void **state)
{
    static const char *const bad[] = {"foo", "", "127.0.0.1:9",
        "tcp://127.0.0.1", "tcp://:9", "tcp://127.0.0.1:0", "tcp://*:9",
        "tcp://127.0.0.1:9\nname = x", "ipc://x", "tcp://127.0.0.1:65536"};
    struct ring *r = *state;
    struct dhk_problem problem = {""};
    char dir[512], signers[512], roster[512];
    struct enroll_join how = {.broker = "tweede",
        .signers = ring_path(signers, r, "signers"),
        .roster = ring_path(roster, r, "roster")};

    ring_path(dir, r, "politie");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        how.endpoint = bad[i];
        assert_int_equal(enroll_join(dir, &how, &problem), DHK_FORMAT);
    }
    assert_non_null(strstr(problem.text, "tcp://HOST:PORT"));
    how.endpoint = "tcp://broker.example.org:5550";
    ok(enroll_join(dir, &how, &problem));
}

static void
a_roster_without_all_signatures_is_not_joined(void **state)
{
    struct ring *r = *state;
    struct dhk_problem problem = {""};
    char dir[512], signers[512], roster[512], path[512];
    struct enroll_join how = {.broker = "tweede",
        .endpoint = "tcp://127.0.0.1:9",
        .signers = ring_path(signers, r, "signers"),
        .roster = ring_path(roster, r, "roster")};

    assert_int_equal(remove(ring_path(path, r, "roster.om.sig")), 0);
    assert_int_equal(
        enroll_join(ring_path(dir, r, "politie"), &how, &problem), DHK_AUTH);
    assert_non_null(strstr(problem.text, "om"));
    /* nothing is left behind that would hinder a second try */
    assert_int_not_equal(
        access(ring_path(path, r, "politie/brokers/tweede"), F_OK), 0);
}

static void
a_roster_with_another_identity_is_not_joined(void **state)
{
    struct ring *r = *state;
    char dir[512], signers[512], roster[512];
    struct enroll_join how = {.broker = "proef",
        .endpoint = "tcp://127.0.0.1:9",
        .signers = ring_path(signers, r, "signers"),
        .roster = ring_path(roster, r, "roster")};

    ok(enroll_create(ring_path(dir, r, "vals"), "politie", NULL));
    ok(enroll_identity(dir, slice_of(NULL, 0), NULL));
    assert_int_equal(enroll_join(dir, &how, NULL), DHK_AUTH);
}

static void
a_card_of_a_stranger_is_not_taken(void **state)
{
    struct ring *r = *state;
    struct dhk_node *n = r->partner[RING_POLITIE].node;
    struct sign_secret *stranger = NULL;
    struct sign_public pk;
    struct card card = r->partner[RING_OM].card;
    struct card_secret secret;
    uint8_t mem[LIMIT_CARD];
    struct sink out;

    ok(key_sign_new(&stranger, &pk));
    ok(card_secret_new(&secret, &card));
    sink_init(&out, mem, sizeof mem);
    ok(card_issue(&out, &card, stranger));
    assert_int_equal(
        cards_take(n->cards, sink_done(&out), trust_roster(n->trust), true),
        DHK_AUTH);
    assert_null(cards_by_id(n->cards, card.id));
    card_secret_destroy(&secret);
    key_sign_destroy(&stranger);
}

static void
one_process_sends_at_a_time(void **state)
{
    struct ring *r = *state;
    struct dhk_node *second = NULL;
    struct dhk_problem problem = {""};
    char dir[512];

    ok(node_outbox(r->partner[RING_POLITIE].node, NULL));
    ok(node_open(&second, ring_path(dir, r, "politie"), NULL, 0, NULL));
    assert_int_equal(node_outbox(second, &problem), DHK_EXISTS);
    assert_non_null(strstr(problem.text, "sending"));
    ok(node_inbox(second, NULL)); /* and another one receives */
    node_close(&second);
}

static void
join(const struct ring *r, const char *name)
{
    char dir[512], signers[512], roster[512];
    const struct enroll_join how = {.broker = name,
        .endpoint = "tcp://127.0.0.1:9",
        .signers = ring_path(signers, r, "signers"),
        .roster = ring_path(roster, r, "roster")};

    ok(enroll_join(ring_path(dir, r, "politie"), &how, NULL));
}

static void
brokers_are_listed_by_name_behind_the_default(void **state)
{
    struct ring *r = *state;
    struct brokers all;
    char dir[512], path[512], names[BROKERS_TEXT];

    join(r, "zuid");
    join(r, "aalst");
    join(r, "half");
    assert_int_equal(
        remove(ring_path(path, r, "politie/brokers/half/broker.conf")), 0);
    ok(brokers_list(&all, ring_path(dir, r, "politie"), NULL));
    assert_true(all.has_default);
    assert_int_equal(all.n, 3);
    assert_string_equal(all.name[0], r->partner[RING_POLITIE].node->broker);
    assert_string_equal(all.name[1], "aalst");
    assert_string_equal(all.name[2], "zuid");
    assert_int_equal(brokers_others(names, sizeof names, &all, all.name[0]), 2);
    assert_string_equal(names, "aalst and zuid");
    assert_int_equal(brokers_others(names, sizeof names, &all, NULL), 3);
    assert_string_equal(names, "proef, aalst and zuid");
    brokers_clear(&all);
    /* a node that was just made */
    ok(enroll_create(ring_path(dir, r, "nieuw"), "politie", NULL));
    ok(brokers_list(&all, dir, NULL));
    assert_int_equal(all.n, 0);
    assert_false(all.has_default);
    brokers_clear(&all);
    assert_int_equal(
        brokers_list(&all, ring_path(dir, r, "nergens"), NULL), DHK_IO);
    brokers_clear(&all);
}

static void
more_brokers_than_fit_are_counted(void **state)
{
    struct brokers all = {.n = 40};
    char names[BROKERS_TEXT];

    (void)state;
    all.name = calloc(all.n, sizeof *all.name);
    assert_non_null(all.name);
    for (size_t i = 0; i < all.n; i++)
        (void)snprintf(
            all.name[i], sizeof *all.name, "gemeente-%0*zu", LIMIT_NAME - 9, i);
    assert_int_equal(brokers_others(names, sizeof names, &all, NULL), 40);
    assert_non_null(strstr(names, "0003 and 36 others"));
    assert_null(strstr(names, "0004"));
    brokers_clear(&all);
}

static void
a_broker_that_is_not_joined_is_told_from_those_that_are(void **state)
{
    struct ring *r = *state;
    const struct dhk_options options = {.broker = "noord"};
    struct dhk_problem problem = {""};
    struct dhk_node *n = NULL;
    char dir[512], conf[512];

    join(r, "zuid");
    ring_path(dir, r, "politie");
    assert_int_equal(node_open(&n, dir, &options, 0, &problem), DHK_NOTFOUND);
    assert_non_null(strstr(problem.text, "named noord, but to proef and zuid"));
    ok(file_write(ring_path(conf, r, "politie/node.conf"),
        slice_str("name = politie\n"), 0600));
    assert_int_equal(node_open(&n, dir, NULL, 0, &problem), DHK_NOTFOUND);
    assert_non_null(strstr(problem.text, "no default"));
    assert_non_null(strstr(problem.text, "proef and zuid"));
}

#define ring_test(f) cmocka_unit_test_setup_teardown(f, ring_new, ring_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        ring_test(a_node_is_private),
        ring_test(a_second_init_changes_nothing),
        ring_test(a_name_must_be_one_of_the_language),
        ring_test(a_key_that_others_may_read_is_refused),
        ring_test(a_wrapped_card_needs_its_passphrase),
        ring_test(a_card_is_signed_by_the_nodes_own_identity),
        ring_test(a_broker_needs_an_address_to_be_joined),
        ring_test(a_roster_without_all_signatures_is_not_joined),
        ring_test(a_roster_with_another_identity_is_not_joined),
        ring_test(a_card_of_a_stranger_is_not_taken),
        ring_test(one_process_sends_at_a_time),
        ring_test(brokers_are_listed_by_name_behind_the_default),
        cmocka_unit_test(more_brokers_than_fit_are_counted),
        ring_test(a_broker_that_is_not_joined_is_told_from_those_that_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
