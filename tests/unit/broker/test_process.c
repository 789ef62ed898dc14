/* SPDX-License-Identifier: EUPL-1.2
 *
 * Records between processes: whole or not at all, whatever the other end is. */
#include "scratch.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include "key.h"
#include "process.h"

enum { MAX = 1024 * 1024 };

struct pair {
    struct process_link *a, *b;
};

static int
set_up(void **state)
{
    static struct pair p;
    int fd[2];
    ok(process_pair(fd));
    ok(process_link_new(&p.a, fd[0], MAX));
    ok(process_link_new(&p.b, fd[1], MAX));
    *state = &p;
    return 0;
}

static int
tear_down(void **state)
{
    struct pair *p = *state;
    process_link_destroy(&p->a);
    process_link_destroy(&p->b);
    return 0;
}

static void
expect(struct process_link *l, enum process_record type, struct slice want)
{
    enum process_record got = PROCESS_NONE;
    struct slice payload;
    ok(process_receive(l, &got, &payload, false));
    assert_int_equal(got, type);
    assert_int_equal(payload.n, want.n);
    assert_true(slice_equal(payload, want));
}

static void
expect_error(struct process_link *l, enum dhk_err want)
{
    enum process_record type = PROCESS_NONE;
    struct slice payload;
    assert_int_equal(process_receive(l, &type, &payload, false), want);
    assert_int_equal(type, PROCESS_NONE);
}

static void
small_records_keep_their_order(void **state)
{
    struct pair *p = *state;
    struct slice none = slice_of(NULL, 0);
    expect_error(p->b, DHK_NOTFOUND);
    ok(process_send(p->a, PROCESS_READY, none, none));
    ok(process_send(p->a, PROCESS_SEND, slice_str("ab"), slice_str("cd")));
    ok(process_send(p->b, PROCESS_STOP, slice_str("x"), none));
    expect(p->b, PROCESS_READY, none);
    expect(p->b, PROCESS_SEND, slice_str("abcd"));
    expect_error(p->b, DHK_NOTFOUND);
    expect(p->a, PROCESS_STOP, slice_str("x"));
}

static void
a_record_of_several_parts_arrives_whole(void **state)
{
    struct pair *p = *state;
    static uint8_t big[MAX];
    static const size_t sizes[] = {PROCESS_PART - 1, PROCESS_PART,
        PROCESS_PART + 1, 2 * PROCESS_PART, MAX};
    key_random(big, sizeof big);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct slice head = slice_of(big, 9), want = slice_of(big, sizes[i]);
        struct slice body = slice_of(big + 9, sizes[i] - 9);
        pid_t child = fork();
        if (child == 0)
            _exit(
                process_send(p->a, PROCESS_SEND, head, body) == DHK_OK ? 0 : 1);
        enum process_record type = PROCESS_NONE;
        struct slice payload;
        int status = 0;
        ok(process_receive(p->b, &type, &payload, true));
        assert_int_equal(type, PROCESS_SEND);
        assert_true(slice_equal(payload, want));
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
}

/* Sends PACKET as it is to L's other end. */
static void
raw(const struct pair *p, const uint8_t *packet, size_t n)
{
    assert_int_equal(
        send(process_link_fd(p->a), packet, n, MSG_DONTWAIT), (ssize_t)n);
}

struct part {
    uint8_t type, zero;
    uint16_t part, parts, zeros;
    uint32_t id, total;
    size_t payload;
};

static void
raw_part(const struct pair *p, struct part h)
{
    static uint8_t mem[LIMIT_RECORD_PART + 64];
    struct sink s;
    sink_init(&s, mem, sizeof mem);
    sink_u8(&s, h.type);
    sink_u8(&s, h.zero);
    sink_u16(&s, h.part);
    sink_u16(&s, h.parts);
    sink_u16(&s, h.zeros);
    sink_u32(&s, h.id);
    sink_u32(&s, h.total);
    raw(p, mem, s.n + h.payload);
}

static void
malformed_parts_are_refused(void **state)
{
    static const struct part bad[] = {
        {0, 0, 0, 1, 0, 1, 4, 4},  /* no type */
        {13, 0, 0, 1, 0, 1, 4, 4}, /* unknown type */
        {255, 0, 0, 1, 0, 1, 4, 4},
        {11, 1, 0, 1, 0, 1, 4, 4}, /* reserved */
        {11, 0, 0, 1, 9, 1, 4, 4},
        {11, 0, 0, 1, 0, 1, 4, 3}, /* too short, too long */
        {11, 0, 0, 1, 0, 1, 4, 5},
        {11, 0, 1, 1, 0, 1, 4, 4}, /* part beyond parts */
        {11, 0, 0, 2, 0, 1, 4, 4}, /* more parts than it needs, or fewer */
        {11, 0, 0, 0, 0, 1, 0, 0},
        {11, 0, 0, 1, 0, 1, MAX, 100},
        {11, 0, 0, 9, 0, 1, MAX + 1, PROCESS_PART}, /* over the limit */
        {11, 0, 0, 0xffff, 0, 1, 0xffffffff, PROCESS_PART},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        raw_part(*state, bad[i]);
        expect_error(((struct pair *)*state)->b, DHK_FORMAT);
    }
    raw(*state, (const uint8_t *)"short", 5);
    expect_error(((struct pair *)*state)->b, DHK_FORMAT);
    /* longer than any packet may be: what did not fit is not ignored */
    raw_part(*state,
        (struct part){11, 0, 0, 2, 0, 1, 2 * PROCESS_PART, PROCESS_PART + 8});
    expect_error(((struct pair *)*state)->b, DHK_FORMAT);
}

static void
parts_out_of_order_are_refused(void **state)
{
    struct pair *p = *state;
    uint32_t total = 3 * PROCESS_PART;
    raw_part(p, (struct part){11, 0, 0, 3, 0, 7, total, PROCESS_PART});
    expect_error(p->b, DHK_NOTFOUND);
    raw_part(p, (struct part){11, 0, 2, 3, 0, 7, total, PROCESS_PART});
    expect_error(p->b, DHK_FORMAT);
}

static void
a_part_that_changes_type_or_size_is_refused(void **state)
{
    struct pair *p = *state;
    uint32_t total = 2 * PROCESS_PART;
    raw_part(p, (struct part){11, 0, 0, 2, 0, 7, total, PROCESS_PART});
    expect_error(p->b, DHK_NOTFOUND);
    raw_part(p, (struct part){12, 0, 1, 2, 0, 7, total, PROCESS_PART});
    expect_error(p->b, DHK_FORMAT);
    raw_part(p, (struct part){11, 0, 0, 2, 0, 8, total, PROCESS_PART});
    expect_error(p->b, DHK_NOTFOUND);
    raw_part(p, (struct part){11, 0, 1, 2, 0, 8, total - 1, PROCESS_PART - 1});
    expect_error(p->b, DHK_FORMAT);
}

static void
a_broken_record_gives_way_to_the_next(void **state)
{
    struct pair *p = *state;
    uint32_t total = 3 * PROCESS_PART;
    /* its sender died after the first part */
    raw_part(p, (struct part){11, 0, 0, 3, 0, 7, total, PROCESS_PART});
    expect_error(p->b, DHK_NOTFOUND);
    ok(process_send(p->a, PROCESS_DROP, slice_str("whole"), slice_of(NULL, 0)));
    expect(p->b, PROCESS_DROP, slice_str("whole"));
    /* another's rest does not belong to what was begun */
    raw_part(p, (struct part){11, 0, 0, 3, 0, 7, total, PROCESS_PART});
    raw_part(p, (struct part){11, 0, 1, 3, 0, 9, total, PROCESS_PART});
    expect_error(p->b, DHK_NOTFOUND);
    raw_part(p, (struct part){11, 0, 2, 3, 0, 7, total, PROCESS_PART});
    expect_error(p->b, DHK_NOTFOUND);
    /* its receiver died after the first part: the rest finds nobody */
    raw_part(p, (struct part){11, 0, 2, 3, 0, 9, total, PROCESS_PART});
    expect_error(p->b, DHK_NOTFOUND);
    ok(process_send(p->a, PROCESS_DROP, slice_str("again"), slice_of(NULL, 0)));
    expect(p->b, PROCESS_DROP, slice_str("again"));
}

static void
a_lost_peer_is_an_error_at_both_calls(void **state)
{
    struct pair *p = *state;
    struct slice none = slice_of(NULL, 0);
    process_link_destroy(&p->a);
    expect_error(p->b, DHK_IO);
    assert_int_equal(process_send(p->b, PROCESS_READY, none, none), DHK_IO);
}

/* Sends 40 records of 300 KB, then reads as many. */
static int
talk(struct process_link *l)
{
    static uint8_t big[300000];
    enum process_record type = PROCESS_NONE;
    struct slice payload;
    for (int i = 0; i < 40; i++)
        if (process_send(l, PROCESS_SEND, slice_of(NULL, 0),
                slice_of(big, sizeof big)) != DHK_OK)
            return 1;
    for (int i = 0; i < 40; i++)
        if (process_receive(l, &type, &payload, true) != DHK_OK ||
            payload.n != sizeof big)
            return 2;
    return 0;
}

static void
two_that_send_at_once_do_not_wait_for_each_other(void **state)
{
    struct pair *p = *state;
    int status = 0;
    process_link_drain(p->a);
    pid_t child = fork();
    if (child == 0) {
        (void)alarm(20);
        _exit(talk(p->b));
    }
    (void)alarm(20);
    assert_int_equal(talk(p->a), 0);
    (void)alarm(0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* The other end is there, but reads nothing. */
static void
who_hangs_is_not_waited_for_without_end(void **state)
{
    struct pair *p = *state;
    uint8_t *mem = calloc(1, MAX);
    assert_non_null(mem);
    process_link_patience(p->a, 20);
    assert_int_equal(
        process_send(p->a, PROCESS_SEND, slice_of(NULL, 0), slice_of(mem, MAX)),
        DHK_IO);
    free(mem);
}

static void
room_tells_whether_a_send_would_wait(void **state)
{
    struct pair *p = *state;
    static uint8_t big[PROCESS_PART];
    unsigned n = 0;
    for (; process_link_has_room(p->a) && n < 100; n++)
        ok(process_send(
            p->a, PROCESS_SEND, slice_of(NULL, 0), slice_of(big, sizeof big)));
    assert_in_range(n, 1, 99);
    for (; n > 0; n--)
        expect(p->b, PROCESS_SEND, slice_of(big, sizeof big));
    assert_true(process_link_has_room(p->a));
}

#define pair_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        pair_test(small_records_keep_their_order),
        pair_test(a_record_of_several_parts_arrives_whole),
        pair_test(malformed_parts_are_refused),
        pair_test(parts_out_of_order_are_refused),
        pair_test(a_part_that_changes_type_or_size_is_refused),
        pair_test(a_broken_record_gives_way_to_the_next),
        pair_test(a_lost_peer_is_an_error_at_both_calls),
        pair_test(two_that_send_at_once_do_not_wait_for_each_other),
        pair_test(room_tells_whether_a_send_would_wait),
        pair_test(who_hangs_is_not_waited_for_without_end),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
