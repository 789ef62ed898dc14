/* SPDX-License-Identifier: EUPL-1.2
 *
 * The request of a scraper, and the page for it; and where it may be asked
 * for. */
#include "scratch.h"

#include <sys/un.h>

#include "listener.h"
#include "metrics.h"

static enum metrics_status
ask(const char *text)
{
    return metrics_request(slice_str(text));
}

static void
a_whole_request_is_judged(void **state)
{
    static const struct {
        const char *text;
        enum metrics_status want;
    } cases[] = {
        {"GET /metrics HTTP/1.1\r\n\r\n", METRICS_OK},
        {"GET /metrics HTTP/1.0\r\nHost: a\r\nAccept: */*\r\n\r\n", METRICS_OK},
        {"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\nmore", METRICS_OK},
        {"GET / HTTP/1.1\r\n\r\n", METRICS_NOT_FOUND},
        {"GET /metrics/ HTTP/1.1\r\n\r\n", METRICS_NOT_FOUND},
        {"GET /metrics?a=b HTTP/1.1\r\n\r\n", METRICS_NOT_FOUND},
        {"GET /../metrics HTTP/1.1\r\n\r\n", METRICS_NOT_FOUND},
        {"POST /metrics HTTP/1.1\r\n\r\n", METRICS_METHOD},
        {"get /metrics HTTP/1.1\r\n\r\n", METRICS_METHOD},
        {"GET /metrics HTTP/2.0\r\n\r\n", METRICS_BAD},
        {"GET /metrics\r\n\r\n", METRICS_BAD},
        {"GET  /metrics HTTP/1.1\r\n\r\n", METRICS_BAD},
        {"GET /metrics HTTP/1.1\r\nnonsense\r\n\r\n", METRICS_BAD},
        {"\r\n\r\n", METRICS_BAD},
        {"GET /metrics HTTP/1.1\n\n", METRICS_BAD},
        {"GET /metrics\x01", METRICS_BAD},
        {"GET /metrics HTTP/1.1\rHost", METRICS_BAD},
        {"", METRICS_MORE},
        {"GET /metrics HTTP/1.1\r\nHost: a", METRICS_MORE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (ask(cases[i].text) != cases[i].want)
            fail_msg("%d for: %s", (int)ask(cases[i].text), cases[i].text);
}

static void
a_request_is_whole_at_its_last_byte_and_bounded(void **state)
{
    static const char text[] = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";
    static char big[METRICS_REQUEST + 1];
    (void)state;
    for (size_t n = 0; n + 1 < sizeof text; n++)
        assert_int_equal(metrics_request(slice_of(text, n)), (int)METRICS_MORE);
    assert_int_equal(ask(text), METRICS_OK);
    memset(big, 'a', sizeof big);
    assert_int_equal(
        metrics_request(slice_of(big, METRICS_REQUEST - 1)), METRICS_MORE);
    assert_int_equal(
        metrics_request(slice_of(big, METRICS_REQUEST)), METRICS_TOO_LARGE);
    assert_int_equal(
        metrics_request(slice_of(big, sizeof big)), METRICS_TOO_LARGE);
}

static void
the_page_fits_its_bound_and_names_every_partner(void **state)
{
    static struct report_card cards[300];
    static char names[300][LIMIT_NAME + 1];
    struct report r = {.cards_n = 0}, decoded;
    struct sink bytes, page;
    static uint8_t mem[128 * 1024];
    (void)state;
    memset(r.number, 0xff, sizeof r.number);
    memset(r.count, 0xff, sizeof r.count);
    for (size_t i = 0; i < 300; i++) {
        memset(names[i], 'a', LIMIT_NAME);
        (void)snprintf(names[i] + LIMIT_NAME - 3, 4, "%03zu", i);
        cards[i] = (struct report_card){.partner = slice_str(names[i]),
            .queue = UINT64_MAX,
            .oldest = 1,
            .in_flight = UINT64_MAX,
            .credit = UINT64_MAX,
            .sessions = UINT64_MAX};
    }
    sink_init(&bytes, mem, sizeof mem);
    ok(report_encode(&bytes, &r, cards, 300));
    ok(report_decode(&decoded, sink_done(&bytes)));
    assert_int_equal(decoded.cards_n, 300);
    char *text = malloc(metrics_page_max(&decoded) + 1);
    assert_non_null(text);
    sink_init(&page, text, metrics_page_max(&decoded));
    ok(metrics_page(&page, &decoded));
    text[page.n] = '\0';
    assert_int_equal(text[page.n - 1], '\n');
    assert_non_null(strstr(text, "driehoek_queue_shares{partner=\"aaa"));
    assert_non_null(strstr(text, "299\"} 18446744073709551615\n"));
    free(text);
}

static void
metrics_are_for_this_machine_alone(void **state)
{
    static const char *const good[] = {"tcp://127.0.0.1:9401",
        "tcp://127.255.0.9:1", "tcp://[::1]:65535", "unix:run/metrics.sock",
        "unix:/run/driehoekd/metrics.sock"};
    static const char *const bad[] = {"", "9401", "tcp://0.0.0.0:9401",
        "tcp://192.0.2.1:9401", "tcp://128.0.0.1:9401", "tcp://localhost:9401",
        "tcp://[::]:9401", "tcp://[2001:db8::1]:9401",
        "tcp://[::ffff:127.0.0.1]:9401", "tcp://*:9401", "tcp://127.0.0.1",
        "tcp://127.0.0.1:0", "tcp://127.0.0.1:65536", "tcp://127.1:9401",
        "tcp://0x7f.0.0.1:9401", "tcp://:9401", "unix:", "ipc://x",
        "tcp://127.0.0.1:9401 "};
    struct sockaddr_storage a;
    socklen_t n = 0;
    char lengthy[200] = "unix:";
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (listener_parse(&a, &n, slice_str(good[i])) != DHK_OK)
            fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (listener_parse(&a, &n, slice_str(bad[i])) == DHK_OK)
            fail_msg("accepted: %s", bad[i]);
    size_t most = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;
    memset(lengthy + 5, 'a', most);
    ok(listener_parse(&a, &n, slice_of(lengthy, 5 + most)));
    lengthy[5 + most] = 'a';
    assert_int_equal(
        listener_parse(&a, &n, slice_of(lengthy, 6 + most)), DHK_FORMAT);
}

static void
only_a_socket_is_replaced(void **state)
{
    char text[200], path[190];
    int fd = -1, other = -1;
    (void)snprintf(path, sizeof path, "%s/m", (const char *)*state);
    (void)snprintf(text, sizeof text, "unix:%s", path);
    ok(listener_open(&fd, slice_str(text)));
    ok(listener_open(&other, slice_str(text)));
    (void)close(fd);
    (void)close(other);
    assert_int_equal(unlink(path), 0);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fclose(f);
    assert_int_equal(listener_open(&fd, slice_str(text)), DHK_EXISTS);
    assert_int_equal(access(path, F_OK), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_request_is_judged),
        cmocka_unit_test(a_request_is_whole_at_its_last_byte_and_bounded),
        cmocka_unit_test(the_page_fits_its_bound_and_names_every_partner),
        cmocka_unit_test(metrics_are_for_this_machine_alone),
        scratch_test(only_a_socket_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
