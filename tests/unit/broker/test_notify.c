/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a service manager is told, with a socket of the test's own in its
 * place. */
#include "scratch.h"

#include <stddef.h>

#include "control.h"
#include "notify.h"

struct fixture {
    char *dir;
    int fd;
    struct vigil v;
    unsigned asked;
    bool refuses;
};

/* Listens at ADDRESS ('@' for an abstract name) and names it to us. */
static int
listen_at(const char *address)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    size_t n = strlen(address);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0 && n < sizeof a.sun_path);
    memcpy(a.sun_path, address, n + 1);
    if (address[0] == '@')
        a.sun_path[0] = '\0';
    assert_int_equal(bind(fd, (const struct sockaddr *)&a,
                         (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
                                     n + (address[0] == '@' ? 0 : 1))),
        0);
    assert_int_equal(setenv("NOTIFY_SOCKET", address, 1), 0);
    return fd;
}

static void
hear(int fd, const char *want)
{
    char b[512] = "";
    ssize_t n = recv(fd, b, sizeof b - 1, MSG_DONTWAIT);
    assert_true(n > 0);
    if (strncmp(b, want, strlen(want)) != 0)
        fail_msg("'%s' is not '%s...'", b, want);
}

static void
hear_nothing(int fd)
{
    char b[512] = "";
    if (recv(fd, b, sizeof b - 1, MSG_DONTWAIT) >= 0)
        fail_msg("heard '%s'", b);
}

static bool
ask(void *ctx, uint32_t id, struct slice request)
{
    struct fixture *f = ctx;
    struct control_request r;
    assert_int_equal(id, VIGIL_ID);
    ok(control_decode(&r, request));
    assert_int_equal(r.verb, CONTROL_HEALTH);
    f->asked++;
    return !f->refuses;
}

static int
set_up(void **state)
{
    static struct fixture f;
    char path[128];
    void *dir = NULL;
    memset(&f, 0, sizeof f);
    (void)scratch_new(&dir);
    f.dir = dir;
    (void)snprintf(path, sizeof path, "%s/sock", f.dir);
    f.fd = listen_at(path);
    assert_int_equal(setenv("WATCHDOG_USEC", "3000000", 1), 0);
    (void)unsetenv("WATCHDOG_PID");
    *state = &f;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *f = *state;
    void *dir = f->dir;
    vigil_close(&f->v);
    (void)close(f->fd);
    return scratch_remove(&dir);
}

static void
states_are_told_as_they_come(void **state)
{
    struct fixture *f = *state;
    vigil_open(&f->v);
    assert_null(getenv("NOTIFY_SOCKET"));
    assert_null(getenv("WATCHDOG_USEC"));
    hear_nothing(f->fd);
    vigil_lost(&f->v, 1); /* before it was ever ready: no news */
    hear_nothing(f->fd);
    vigil_ready(&f->v, "tcp://127.0.0.1:9", 1);
    hear(f->fd, "READY=1\nSTATUS=Listening at tcp://127.0.0.1:9");
    vigil_lost(&f->v, 2);
    vigil_lost(&f->v, 3);
    hear(f->fd, "RELOADING=1\nMONOTONIC_USEC=");
    hear_nothing(f->fd);
    vigil_ready(&f->v, "tcp://127.0.0.1:9", 4);
    hear(f->fd, "READY=1\n");
    vigil_stopping(&f->v);
    hear(f->fd, "STOPPING=1\n");
}

static void
the_watchdog_is_pinged_when_core_answers_and_only_then(void **state)
{
    struct fixture *f = *state;
    vigil_open(&f->v);
    vigil_turn(&f->v, 100000, ask, f);
    assert_int_equal(f->asked, 0);
    vigil_ready(&f->v, "x", 100000);
    hear(f->fd, "READY=1");
    vigil_turn(&f->v, 100999, ask, f);
    assert_int_equal(f->asked, 0);
    vigil_turn(&f->v, f->v.due, ask, f);
    assert_int_equal(f->asked, 1);
    assert_int_equal(f->v.due, 102000);
    hear_nothing(f->fd);
    vigil_answered(&f->v);
    hear(f->fd, "WATCHDOG=1");
    vigil_answered(&f->v); /* nobody asked */
    hear_nothing(f->fd);
    for (uint64_t now = 102000; now < 500000; now += 1000)
        vigil_turn(&f->v, now, ask, f);
    assert_int_equal(f->asked, 2); /* it hangs, and is not pressed */
    hear_nothing(f->fd);
    vigil_answered(&f->v);
    hear(f->fd, "WATCHDOG=1");
    vigil_stopping(&f->v);
    hear(f->fd, "STOPPING=1");
    vigil_turn(&f->v, 900000, ask, f);
    assert_int_equal(f->asked, 2);
}

static void
a_core_that_cannot_be_asked_is_asked_again(void **state)
{
    struct fixture *f = *state;
    vigil_open(&f->v);
    vigil_ready(&f->v, "x", 1);
    hear(f->fd, "READY=1");
    f->refuses = true;
    vigil_turn(&f->v, 1001, ask, f);
    vigil_turn(&f->v, 2001, ask, f);
    assert_int_equal(f->asked, 2);
    vigil_answered(&f->v);
    hear_nothing(f->fd);
}

static void
parts_that_are_started_again_have_two_minutes(void **state)
{
    struct fixture *f = *state;
    unsigned pings = 0;
    char b[64];
    vigil_open(&f->v);
    vigil_ready(&f->v, "x", 1000);
    hear(f->fd, "READY=1");
    vigil_lost(&f->v, 1000);
    hear(f->fd, "RELOADING=1");
    for (uint64_t now = 2000; now < 400000; now += 1000) {
        vigil_turn(&f->v, now, ask, f);
        if (recv(f->fd, b, sizeof b, MSG_DONTWAIT) > 0)
            pings++;
    }
    assert_int_equal(f->asked, 0);
    assert_int_equal(pings, 119);
}

static void
abstract_names_and_foreign_watchdogs_are_understood(void **state)
{
    struct fixture *f = *state;
    char name[64], pid[32];
    (void)snprintf(name, sizeof name, "@driehoek-test-%ld", (long)getpid());
    (void)close(f->fd);
    f->fd = listen_at(name);
    assert_int_equal(setenv("WATCHDOG_PID", "1", 1), 0);
    vigil_open(&f->v);
    assert_int_equal(f->v.notify.watchdog_ms, 0);
    vigil_ready(&f->v, "x", 1);
    hear(f->fd, "READY=1");
    assert_int_equal(f->v.due, 0);
    vigil_close(&f->v);

    (void)snprintf(pid, sizeof pid, "%ld", (long)getpid());
    assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
    assert_int_equal(setenv("WATCHDOG_PID", pid, 1), 0);
    assert_int_equal(setenv("WATCHDOG_USEC", "20000", 1), 0);
    vigil_open(&f->v);
    assert_int_equal(f->v.notify.watchdog_ms, 20);
}

static void
no_socket_or_a_strange_one_is_silence(void **state)
{
    static const char *const bad[] = {"", "/", "@", "relative", "vsock:2:1"};
    struct fixture *f = *state;
    char lengthy[200];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(setenv("NOTIFY_SOCKET", bad[i], 1), 0);
        vigil_open(&f->v);
        assert_int_equal(f->v.notify.fd, -1);
        vigil_ready(&f->v, "x", 1);
        vigil_close(&f->v);
    }
    memset(lengthy, '/', sizeof lengthy);
    lengthy[sizeof lengthy - 1] = '\0';
    assert_int_equal(setenv("NOTIFY_SOCKET", lengthy, 1), 0);
    vigil_open(&f->v);
    assert_int_equal(f->v.notify.fd, -1);
    assert_int_equal(setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1), 0);
    vigil_open(&f->v);
    vigil_ready(&f->v, "x", 1); /* who is gone does not hear */
    vigil_close(&f->v);
    vigil_open(&f->v);
    assert_int_equal(f->v.notify.fd, -1);
    hear_nothing(f->fd);
}

#define told(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        told(states_are_told_as_they_come),
        told(the_watchdog_is_pinged_when_core_answers_and_only_then),
        told(a_core_that_cannot_be_asked_is_asked_again),
        told(parts_that_are_started_again_have_two_minutes),
        told(abstract_names_and_foreign_watchdogs_are_understood),
        told(no_socket_or_a_strange_one_is_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
