/* SPDX-License-Identifier: EUPL-1.2
 *
 * The operator's counter over its real socket. */
#include "scratch.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "clock.h"
#include "counter.h"

struct fixture {
    struct counter *counter;
    struct log log;
    char *dir, path[100];
    bool busy;
    unsigned asked;
    uint32_t id;
    uint8_t request[256];
    size_t request_n;
};

static bool
ask(void *ctx, uint32_t id, struct slice request)
{
    struct fixture *f = ctx;
    f->asked++;
    f->id = id;
    f->request_n = request.n;
    assert_true(request.n <= sizeof f->request);
    memcpy(f->request, request.p, request.n);
    return !f->busy;
}

static int
set_up(void **state)
{
    static struct fixture f;
    void *dir = NULL;
    memset(&f, 0, sizeof f);
    (void)scratch_new(&dir);
    f.dir = dir;
    f.log = (struct log){LOG_LEVEL_ERROR, "test"};
    (void)snprintf(f.path, sizeof f.path, "%s/sock", f.dir);
    ok(counter_open(&f.counter, f.path, &f.log, ask, &f));
    *state = &f;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    void *dir = f->dir;
    counter_close(&f->counter);
    return scratch_remove(&dir);
}

static int
customer(const struct fixture *f)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    memcpy(a.sun_path, f->path, strlen(f->path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

/* Lets the counter do all that is to be done by NOW. */
static void
turn_at(struct fixture *f, uint64_t now)
{
    struct pollfd fds[COUNTER_FDS];
    for (int i = 0; i < 20; i++) {
        size_t n = counter_poll(f->counter, fds);
        if (poll(fds, n, 0) < 0)
            fail();
        counter_turn(f->counter, fds, n, now);
    }
}

static void
turn(struct fixture *f)
{
    turn_at(f, clock_monotonic_ms(clock_system()));
}

static void
say(int fd, uint32_t length, const void *p, size_t n)
{
    uint8_t head[4];
    bytes_put_u32(head, length);
    assert_int_equal(send(fd, head, 4, MSG_NOSIGNAL), 4);
    assert_int_equal(send(fd, p, n, MSG_NOSIGNAL), (ssize_t)n);
}

/* Reads a reply of CODE and closes FD; the counter must have closed, too. */
static void
hear(int fd, unsigned code)
{
    uint8_t b[512];
    size_t n = 0;
    ssize_t got = 0;
    while ((got = recv(fd, b + n, sizeof b - n, MSG_DONTWAIT)) > 0)
        n += (size_t)got;
    assert_int_equal(got, 0);
    assert_true(n >= 5);
    assert_int_equal(bytes_get_u32(b), n - 4);
    assert_int_equal(b[4], code);
    (void)close(fd);
}

static const uint8_t status[] = {CONTROL_STATUS, 0, 0};

static void
a_request_reaches_core_and_its_reply_comes_back(void **state)
{
    struct fixture *f = *state;
    int fd = customer(f);
    say(fd, sizeof status, status, sizeof status);
    turn(f);
    assert_int_equal(f->asked, 1);
    assert_true(slice_equal(
        slice_of(f->request, f->request_n), slice_of(status, sizeof status)));
    counter_reply(f->counter, f->id + 1, slice_str("\001not for you"));
    counter_reply(f->counter, f->id, slice_str("\001no"));
    hear(fd, 1);
}

static void
the_socket_is_its_owners_alone(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void
malformed_requests_never_reach_core(void **state)
{
    struct fixture *f = *state;
    static const uint8_t bad[] = {99, 0, 0};
    int fd = customer(f);
    say(fd, sizeof bad, bad, sizeof bad);
    turn(f);
    hear(fd, 4);
    fd = customer(f);
    say(fd, 0, bad, 1);
    turn(f);
    assert_int_equal(f->asked, 0);
    (void)close(fd);
    fd = customer(f);
    say(fd, CONTROL_MAX + 1, bad, 1);
    turn(f);
    assert_int_equal(f->asked, 0);
    (void)close(fd);
    turn(f);
}

static void
a_request_may_come_byte_by_byte(void **state)
{
    struct fixture *f = *state;
    uint8_t all[4 + sizeof status];
    int fd = customer(f);
    bytes_put_u32(all, sizeof status);
    memcpy(all + 4, status, sizeof status);
    for (size_t i = 0; i < sizeof all; i++) {
        assert_int_equal(f->asked, 0);
        assert_int_equal(send(fd, all + i, 1, MSG_NOSIGNAL), 1);
        turn(f);
    }
    assert_int_equal(f->asked, 1);
    counter_reply(f->counter, f->id, slice_of("", 1));
    hear(fd, 0);
}

static void
without_core_the_operator_is_told_at_once(void **state)
{
    struct fixture *f = *state;
    f->busy = true;
    int fd = customer(f);
    say(fd, sizeof status, status, sizeof status);
    turn(f);
    hear(fd, 3);
    f->busy = false;
    fd = customer(f);
    say(fd, sizeof status, status, sizeof status);
    turn(f);
    counter_core_lost(f->counter);
    hear(fd, 3);
    counter_reply(f->counter, f->id, slice_str("\001late"));
}

static void
those_who_are_too_many_wait_their_turn(void **state)
{
    struct fixture *f = *state;
    int fd[COUNTER_CLIENTS + 1];
    for (size_t i = 0; i <= COUNTER_CLIENTS; i++)
        fd[i] = customer(f);
    turn(f);
    say(fd[COUNTER_CLIENTS], sizeof status, status, sizeof status);
    turn(f);
    assert_int_equal(f->asked, 0);
    (void)close(fd[0]);
    turn(f);
    assert_int_equal(f->asked, 1);
    for (size_t i = 1; i <= COUNTER_CLIENTS; i++)
        (void)close(fd[i]);
    turn(f);
}

static void
who_says_nothing_is_sent_away(void **state)
{
    struct fixture *f = *state;
    uint64_t now = clock_monotonic_ms(clock_system());
    char ch = 0;
    int fd = customer(f);
    turn_at(f, now);
    assert_int_equal(recv(fd, &ch, 1, MSG_DONTWAIT), -1);
    turn_at(f, now + 31000);
    assert_int_equal(recv(fd, &ch, 1, MSG_DONTWAIT), 0);
    (void)close(fd);
}

#define counter_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        counter_test(a_request_reaches_core_and_its_reply_comes_back),
        counter_test(the_socket_is_its_owners_alone),
        counter_test(malformed_requests_never_reach_core),
        counter_test(a_request_may_come_byte_by_byte),
        counter_test(without_core_the_operator_is_told_at_once),
        counter_test(those_who_are_too_many_wait_their_turn),
        counter_test(who_says_nothing_is_sent_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
