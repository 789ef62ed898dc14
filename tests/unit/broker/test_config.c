/* SPDX-License-Identifier: EUPL-1.2
 *
 * Configuration: every value is checked, nothing unknown passes. */
#include "scratch.h"

#include "../proto/wiretest.h"
#include "config.h"

static enum dhk_err
parse(struct config *c, const char *lines)
{
    struct diag diag = {NULL, 0};
    enum dhk_err rc = config_parse(c, slice_str(lines), &diag);
    if (rc != DHK_OK)
        assert_non_null(diag.what);
    return rc;
}

static void
nothing_given_leaves_the_defaults(void **state)
{
    struct config c;
    (void)state;
    ok(parse(&c, ""));
    assert_string_equal(c.endpoint, "tcp://127.0.0.1:9400");
    assert_string_equal(c.origin, "");
    assert_string_equal(c.store, "store");
    assert_int_equal(c.map_bytes, (uint64_t)64 << 30);
    assert_int_equal(c.redeliver_ms, 30000);
    assert_int_equal(c.window, 1024);
    assert_int_equal(c.log_level, LOG_LEVEL_INFO);
    assert_int_equal(c.probe_s, 60);
}

static void
given_values_take_their_place(void **state)
{
    struct config c;
    (void)state;
    ok(parse(&c, "server/endpoint=tcp://[::1]:0\nledger/origin=a.example/1\n"
                 "ledger/map-size=512M\ndelivery/redeliver-ms=20\n"
                 "delivery/reconnect-ms=0\nlog/level=debug\n"));
    assert_string_equal(c.endpoint, "tcp://[::1]:0");
    assert_string_equal(c.origin, "a.example/1");
    assert_int_equal(c.map_bytes, (uint64_t)512 << 20);
    assert_int_equal(c.redeliver_ms, 20);
    assert_int_equal(c.reconnect_ms, 0);
    assert_int_equal(c.log_level, LOG_LEVEL_DEBUG);
}

static void
values_that_make_no_sense_are_refused(void **state)
{
    static const char *const bad[] = {"server/endpoint=\n",
        "server/endpoint=ipc://x\n", "server/endpoint=tcp://*:9400\n",
        "server/endpoint=tcp://127.0.0.1\n", "server/endpoint=tcp://:9\n",
        "server/endpoint=tcp://127.0.0.1:65536\n",
        "server/endpoint=tcp://127.0.0.1:*\n",
        "server/endpoint=tcp://127.0.0.1:09\n", "ledger/origin=a b\n",
        "ledger/origin=a+b\n", "ledger/origin=\xc3\xa9\n",
        "ledger/map-size=1K\n", "ledger/map-size=65T\n",
        "ledger/map-size=99999999T\n", "ledger/map-size=G\n",
        "ledger/map-size=-1\n", "ledger/map-size=1.5G\n", "delivery/window=0\n",
        "delivery/window=4097\n", "delivery/window=010\n",
        "delivery/window= 1\n", "delivery/window=\n",
        "delivery/redeliver-ms=9\n", "log/level=loud\n", "log/level=\n",
        "probe/interval-s=0\n", "trust/signers=\n", "trust/signers=a\x1b[m\n",
        "keys/log=\xff\n", "metrics/listen=tcp://0.0.0.0:9401\n",
        "metrics/listen=tcp://localhost:9401\n"};
    struct config c;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (parse(&c, bad[i]) == DHK_OK)
            fail_msg("accepted: %s", bad[i]);
}

static void
lines_that_are_not_of_the_form_are_refused(void **state)
{
    static const char *const bad[] = {"x", "\n", "server/endpoint\n",
        "server/nothing=1\n", "=1\n", "Server/endpoint=tcp://1.1.1.1:1\n",
        "delivery/window=5", "delivery/window=5\ndelivery/window=5\n"};
    struct config c;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (parse(&c, bad[i]) == DHK_OK)
            fail_msg("accepted: %s", bad[i]);
}

static void
a_long_value_is_refused_not_cut(void **state)
{
    char line[400] = "trust/signers=";
    struct config c;
    (void)state;
    size_t n = strlen(line);
    memset(line + n, 'a', CONFIG_TEXT - 1);
    line[n + CONFIG_TEXT - 1] = '\n';
    ok(parse(&c, line));
    assert_int_equal(strlen(c.signers), CONFIG_TEXT - 1);
    line[n + CONFIG_TEXT - 1] = 'a';
    line[n + CONFIG_TEXT] = '\n';
    assert_int_equal(parse(&c, line), DHK_LIMIT);
}

static void
the_line_of_an_error_is_told(void **state)
{
    struct config c;
    struct diag diag = {NULL, 0};
    (void)state;
    assert_int_equal(
        config_parse(&c, slice_str("delivery/window=5\nx=1\n"), &diag),
        DHK_NOTFOUND);
    assert_int_equal(diag.at, 2);
}

static void
a_mistyped_name_has_a_nearest(void **state)
{
    const char *nearest = NULL;
    (void)state;
    assert_true(config_is_name(slice_str("ledger/origin"), &nearest));
    assert_false(config_is_name(slice_str("ledger/orgin"), &nearest));
    assert_string_equal(nearest, "ledger/origin");
    assert_false(config_is_name(slice_str("something/else"), &nearest));
    assert_null(nearest);
}

/* What READER is given of C, as text. */
static const char *
lines_for(const struct config *c, enum config_reader reader)
{
    static char mem[CONFIG_LINES];
    struct sink s;
    sink_init(&s, mem, sizeof mem - 1);
    ok(config_encode(&s, c, reader));
    mem[s.n] = '\0';
    return mem;
}

static void
each_process_is_given_its_part_and_reads_it_back(void **state)
{
    struct config c, back;
    (void)state;
    ok(parse(&c, "ledger/origin=a\ndelivery/window=7\nlog/level=warn\n"
                 "ledger/map-size=2G\nprobe/interval-s=5\n"));
    const char *router = lines_for(&c, CONFIG_ROUTER);
    assert_null(strstr(router, "keys/"));
    assert_null(strstr(router, "trust/"));
    assert_null(strstr(router, "store"));
    ok(parse(&back, router));
    assert_int_equal(back.window, 7);
    assert_int_equal(back.probe_s, 5);
    const char *core = lines_for(&c, CONFIG_CORE);
    assert_null(strstr(core, "keys/"));
    ok(parse(&back, core));
    assert_string_equal(back.origin, "a");
    assert_int_equal(back.map_bytes, (uint64_t)2 << 30);
    assert_int_equal(back.log_level, LOG_LEVEL_WARN);
    assert_null(strstr(lines_for(&c, CONFIG_KEEPER), "keys/"));
    assert_string_equal(lines_for(&c, CONFIG_METRICS), "log/level=warn\n");
}

/* Good lines read back the same from what the processes are given. */
static enum dhk_err
again(struct sink *out, struct slice lines)
{
    struct config c, back;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = config_parse(&c, lines, &diag);
    if (rc != DHK_OK)
        return rc;
    struct slice all = slice_str(
        lines_for(&c, (enum config_reader)(CONFIG_PARENT | CONFIG_ROUTER |
                                           CONFIG_CORE | CONFIG_KEEPER)));
    ok(config_parse(&back, all, &diag));
    assert_memory_equal(&c, &back, sizeof c);
    sink_slice(out, lines);
    return out->err;
}

static void
golden_files_are_taken_or_refused_as_their_folder_says(void **state)
{
    (void)state;
    wiretest_folder("accept", "config", again);
    wiretest_folder("reject", "config", again);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_given_leaves_the_defaults),
        cmocka_unit_test(given_values_take_their_place),
        cmocka_unit_test(values_that_make_no_sense_are_refused),
        cmocka_unit_test(lines_that_are_not_of_the_form_are_refused),
        cmocka_unit_test(a_long_value_is_refused_not_cut),
        cmocka_unit_test(the_line_of_an_error_is_told),
        cmocka_unit_test(a_mistyped_name_has_a_nearest),
        cmocka_unit_test(each_process_is_given_its_part_and_reads_it_back),
        cmocka_unit_test(
            golden_files_are_taken_or_refused_as_their_folder_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
