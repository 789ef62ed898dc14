/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who may knock, and how often, by a clock of our own. */
#include "scratch.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "admission.h"

enum { SECOND = 1000000, MANY = 20000 };

static struct admission a;

/* With a hash that is the same each time: none of our addresses fall together
 * in one run and not in another. */
static int
set_up(void **state)
{
    uint64_t key = 1;
    (void)state;
    admission_init(&a, MANY);
    for (size_t i = 0; i < 10; i++)
        a.key[i / 5][i % 5] = key =
            key * 6364136223846793005 + 1442695040888963407;
    return 0;
}

static struct sockaddr_storage
address(const char *text)
{
    struct sockaddr_storage out;
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    memset(&out, 0, sizeof out);
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
        memcpy(&out, &four, sizeof four);
        return out;
    }
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    memcpy(&out, &six, sizeof six);
    return out;
}

/* The N-th address of strangers. */
static struct sockaddr_storage
stranger(unsigned n)
{
    char text[INET_ADDRSTRLEN];
    (void)snprintf(
        text, sizeof text, "10.%u.%u.%u", n >> 16, n >> 8 & 255, n & 255);
    return address(text);
}

/* How many of N at once from FROM come in. */
static unsigned
come_in(struct sockaddr_storage from, unsigned n, uint64_t now)
{
    struct admission_ticket t;
    unsigned in = 0;
    while (n-- > 0)
        in += admission_take(&a, &t, &from, now);
    return in;
}

static void
show_card(struct sockaddr_storage from, uint64_t now)
{
    struct admission_ticket t;
    assert_true(admission_take(&a, &t, &from, now));
    admission_prove(&a, &t, now);
}

static void
one_address_gets_so_many_and_then_so_many_a_second(void **state)
{
    (void)state;
    struct sockaddr_storage one = stranger(1);
    assert_int_equal(come_in(one, 1000, SECOND), ADMISSION_STRANGER);
    assert_int_equal(come_in(one, 1000, 2 * SECOND), ADMISSION_STRANGER_RATE);
    assert_int_equal(come_in(one, 1000, 60ULL * SECOND), ADMISSION_STRANGER);
}

static void
all_strangers_together_get_so_many(void **state)
{
    (void)state;
    unsigned in = 0;
    for (unsigned i = 0; i < 1000; i++)
        in += come_in(stranger(i), 4, SECOND);
    assert_int_equal(in, ADMISSION_STRANGERS);
    for (unsigned i = 0; i < 1000; i++)
        in += come_in(stranger(i), 4, 2 * SECOND);
    assert_int_equal(in, ADMISSION_STRANGERS + ADMISSION_STRANGERS_RATE);
}

static void
strangers_do_not_keep_known_addresses_out(void **state)
{
    (void)state;
    struct sockaddr_storage partner = address("192.0.2.7");
    show_card(partner, SECOND);
    for (unsigned i = 0; i < 1000; i++)
        (void)come_in(stranger(i), 10, SECOND);
    assert_int_equal(come_in(address("192.0.2.8"), 1, SECOND), 0);
    assert_int_equal(come_in(partner, 1000, SECOND), ADMISSION_KNOWN);
}

static void
shown_cards_cost_nothing(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 10000; i++)
        show_card(address("192.0.2.7"), SECOND);
    /* each from an address of its own, and none known before */
    for (unsigned i = 0; i < 10000; i++)
        show_card(stranger(i), SECOND);
}

static void
a_card_is_shown_once_for_each_connection(void **state)
{
    (void)state;
    struct sockaddr_storage one = stranger(1);
    struct admission_ticket t;
    assert_true(admission_take(&a, &t, &one, SECOND));
    (void)come_in(one, 1000, SECOND);
    admission_prove(&a, &t, SECOND);
    assert_int_equal(come_in(one, 1000, SECOND), ADMISSION_KNOWN);
    admission_prove(&a, &t, SECOND);
    assert_int_equal(come_in(one, 1000, SECOND), 0);
}

static void
a_card_that_is_shown_gives_the_place_back(void **state)
{
    (void)state;
    struct sockaddr_storage one = stranger(1);
    struct admission_ticket t;
    show_card(one, SECOND);
    assert_true(admission_take(&a, &t, &one, SECOND));
    assert_int_equal(come_in(one, 1000, SECOND), ADMISSION_KNOWN - 1);
    admission_prove(&a, &t, SECOND);
    assert_int_equal(come_in(one, 1000, SECOND), 1);
}

static void
half_an_ipv6_address_is_one(void **state)
{
    (void)state;
    assert_int_equal(
        come_in(address("2001:db8::1"), 1000, SECOND), ADMISSION_STRANGER);
    assert_int_equal(come_in(address("2001:db8::ffff:2"), 1000, SECOND), 0);
    assert_int_not_equal(come_in(address("2001:db8:0:1::1"), 1000, SECOND), 0);
}

static void
an_ipv4_address_is_the_same_inside_ipv6(void **state)
{
    (void)state;
    assert_int_equal(
        come_in(address("192.0.2.1"), 1000, SECOND), ADMISSION_STRANGER);
    assert_int_equal(come_in(address("::ffff:192.0.2.1"), 1000, SECOND), 0);
    assert_int_not_equal(come_in(address("::ffff:192.0.2.2"), 1000, SECOND), 0);
}

static void
few_descriptors_are_not_all_for_strangers(void **state)
{
    (void)state;
    unsigned in = 0;
    admission_init(&a, 256);
    for (unsigned i = 0; i < 1000; i++)
        in += come_in(stranger(i), 1, SECOND);
    assert_int_equal(in, 256 / 8);
    admission_init(&a, 1);
    assert_int_equal(come_in(stranger(1), 10, SECOND), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(
            one_address_gets_so_many_and_then_so_many_a_second, set_up),
        cmocka_unit_test_setup(all_strangers_together_get_so_many, set_up),
        cmocka_unit_test_setup(
            strangers_do_not_keep_known_addresses_out, set_up),
        cmocka_unit_test_setup(shown_cards_cost_nothing, set_up),
        cmocka_unit_test_setup(
            a_card_is_shown_once_for_each_connection, set_up),
        cmocka_unit_test_setup(
            a_card_that_is_shown_gives_the_place_back, set_up),
        cmocka_unit_test_setup(half_an_ipv6_address_is_one, set_up),
        cmocka_unit_test_setup(an_ipv4_address_is_the_same_inside_ipv6, set_up),
        cmocka_unit_test_setup(
            few_descriptors_are_not_all_for_strangers, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
