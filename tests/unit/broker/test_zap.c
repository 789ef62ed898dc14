/* SPDX-License-Identifier: EUPL-1.2
 *
 * The authentication handler, asked as libzmq asks it and as it should not. */
#include "scratch.h"

#include <zmq.h>

#include "zap.h"

struct fixture {
    void *context, *handler, *asker;
    struct zap_table table;
    struct zap_counts counts;
    uint8_t known[KEY_BYTES];
    char status[4], user[2 * KEY_BYTES + 1];
};

static int
set_up(void **state)
{
    static struct fixture f;
    int none = 0, wait = 5000;
    memset(&f, 0, sizeof f);
    f.context = zmq_ctx_new();
    f.handler = zap_bind(f.context);
    assert_non_null(f.handler);
    f.asker = zmq_socket(f.context, ZMQ_DEALER);
    (void)zmq_setsockopt(f.asker, ZMQ_LINGER, &none, sizeof none);
    (void)zmq_setsockopt(f.asker, ZMQ_RCVTIMEO, &wait, sizeof wait);
    assert_int_equal(zmq_connect(f.asker, "inproc://zeromq.zap.01"), 0);
    key_random(f.known, sizeof f.known);
    ok(zap_table_set(&f.table, slice_of(f.known, KEY_BYTES)));
    *state = &f;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    (void)zmq_close(f->asker);
    (void)zmq_close(f->handler);
    (void)zmq_ctx_term(f->context);
    zap_table_clear(&f->table);
    return 0;
}

static void
send_frame(const struct fixture *f, struct slice s, bool more)
{
    assert_int_equal(
        zmq_send(f->asker, s.p, s.n, more ? ZMQ_SNDMORE : 0), (int)s.n);
}

static size_t
receive(const struct fixture *f, char *out, size_t cap)
{
    int n = zmq_recv(f->asker, out, cap - 1, 0);
    assert_in_range(n, 0, (int)cap - 1);
    out[n] = '\0';
    return (size_t)n;
}

static bool
has_more(const struct fixture *f)
{
    int more = 0;
    size_t n = sizeof more;
    assert_int_equal(zmq_getsockopt(f->asker, ZMQ_RCVMORE, &more, &n), 0);
    return more != 0;
}

/* Sends a request of FRAMES and reads the reply's six frames. */
static void
ask(struct fixture *f, const struct slice *frames, size_t n)
{
    char text[128];
    send_frame(f, slice_of("", 0), true); /* the envelope of a REQ */
    for (size_t i = 0; i < n; i++)
        send_frame(f, frames[i], i + 1 < n);
    ok(zap_serve(f->handler, &f->table, &f->counts));
    assert_int_equal(receive(f, text, sizeof text), 0);
    (void)receive(f, text, sizeof text);
    assert_string_equal(text, "1.0");
    (void)receive(f, text, sizeof text);
    if (n > 1 && frames[1].n < sizeof text)
        assert_memory_equal(text, frames[1].p, frames[1].n);
    (void)receive(f, f->status, sizeof f->status);
    (void)receive(f, text, sizeof text);
    (void)receive(f, f->user, sizeof f->user);
    assert_int_equal(receive(f, text, sizeof text), 0);
    assert_false(has_more(f));
}

enum { FRAMES = 7 };
static void
good(struct slice out[FRAMES + 1], const uint8_t key[KEY_BYTES])
{
    out[0] = slice_str("1.0");
    out[1] = slice_str("17");
    out[2] = slice_str("driehoek");
    out[3] = slice_str("127.0.0.1");
    out[4] = slice_of("", 0);
    out[5] = slice_str("CURVE");
    out[6] = slice_of(key, KEY_BYTES);
    out[7] = slice_str("one more");
}

static void
a_known_key_is_let_in_under_its_own_name(void **state)
{
    struct fixture *f = *state;
    struct slice request[FRAMES + 1];
    char hex[2 * KEY_BYTES + 1];
    good(request, f->known);
    ask(f, request, FRAMES);
    assert_string_equal(f->status, "200");
    bytes_hex(hex, f->known, KEY_BYTES);
    assert_string_equal(f->user, hex);
    assert_int_equal(f->counts.allowed, 1);
}

static void
a_key_that_differs_in_one_bit_is_refused(void **state)
{
    struct fixture *f = *state;
    struct slice request[FRAMES + 1];
    uint8_t key[KEY_BYTES];
    memcpy(key, f->known, sizeof key);
    good(request, key);
    for (size_t i = 0; i < 8 * KEY_BYTES; i++) {
        key[i / 8] ^= (uint8_t)(1U << (i % 8));
        ask(f, request, FRAMES);
        assert_string_equal(f->status, "400");
        assert_string_equal(f->user, "");
        key[i / 8] ^= (uint8_t)(1U << (i % 8));
    }
    assert_int_equal(f->counts.refused, 8 * KEY_BYTES);
    assert_int_equal(f->counts.allowed, 0);
}

static void
every_other_frame_must_be_right(void **state)
{
    struct fixture *f = *state;
    static const struct {
        size_t at;
        const char *text;
    } bad[] = {{0, "1.1"}, {0, ""}, {2, ""}, {2, "driehoek2"}, {2, "Driehoek"},
        {5, "NULL"}, {5, "PLAIN"}, {5, "GSSAPI"}, {5, ""}, {6, ""},
        {6, "short"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct slice request[FRAMES + 1];
        good(request, f->known);
        request[bad[i].at] = slice_str(bad[i].text);
        ask(f, request, FRAMES);
        assert_string_equal(f->status, "400");
    }
}

static void
requests_of_other_lengths_are_refused_and_the_next_is_served(void **state)
{
    struct fixture *f = *state;
    static uint8_t big[4096];
    for (size_t n = 1; n <= FRAMES + 1; n++) {
        struct slice request[FRAMES + 1];
        good(request, f->known);
        ask(f, request, n);
        assert_string_equal(f->status, n == FRAMES ? "200" : "400");
    }
    for (size_t i = 0; i < FRAMES; i++) {
        struct slice request[FRAMES + 1];
        good(request, f->known);
        request[i] = slice_of(big, sizeof big);
        ask(f, request, FRAMES);
        assert_string_equal(f->status, "400");
    }
    struct slice request[FRAMES + 1];
    good(request, f->known);
    ask(f, request, FRAMES);
    assert_string_equal(f->status, "200");
}

static void
the_table_is_replaced_as_a_whole(void **state)
{
    struct fixture *f = *state;
    static uint8_t keys[1000][KEY_BYTES];
    key_random(keys, sizeof keys);
    ok(zap_table_set(&f->table, slice_of(keys, sizeof keys)));
    for (size_t i = 0; i < 1000; i++)
        assert_true(zap_table_has(&f->table, keys[i]));
    assert_false(zap_table_has(&f->table, f->known));
    assert_int_equal(zap_table_set(&f->table, slice_of(keys, 33)), DHK_FORMAT);
    assert_true(zap_table_has(&f->table, keys[0]));
    ok(zap_table_set(&f->table, slice_of(NULL, 0)));
    assert_false(zap_table_has(&f->table, keys[0]));
    struct slice request[FRAMES + 1];
    good(request, keys[0]);
    ask(f, request, FRAMES);
    assert_string_equal(f->status, "400");
}

#define zap_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        zap_test(a_known_key_is_let_in_under_its_own_name),
        zap_test(a_key_that_differs_in_one_bit_is_refused),
        zap_test(every_other_frame_must_be_right),
        zap_test(requests_of_other_lengths_are_refused_and_the_next_is_served),
        zap_test(the_table_is_replaced_as_a_whole),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
