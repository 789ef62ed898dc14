/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether the thread sanitizer would find a race of ours at all, with what
 * tsan.c makes it keep silent about: this program makes one, in a process of
 * its own, and expects to be caught. Built with that sanitizer only. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

enum { CAUGHT = 66 }; /* the sanitizer's exit code */

static const char *self;
static int counter;

static void *
count(void *arg)
{
    counter++;
    return arg;
}

static void
race_between_threads(void)
{
    pthread_t id;
    (void)pthread_create(&id, NULL, count, NULL);
    counter++;
    (void)pthread_join(id, NULL);
}

static void
count_free(void *data, void *hint)
{
    (void)data;
    (void)hint;
    counter++;
}

/* libzmq gives memory back on its own thread, by a function of ours. */
static void
race_with_libzmq(void)
{
    static char text[4096]; /* too long to be copied */
    char endpoint[256];
    size_t n = sizeof endpoint;
    zmq_msg_t m;
    void *context = zmq_ctx_new();
    void *from = zmq_socket(context, ZMQ_DEALER);
    void *to = zmq_socket(context, ZMQ_DEALER);
    (void)zmq_bind(to, "tcp://127.0.0.1:*");
    (void)zmq_getsockopt(to, ZMQ_LAST_ENDPOINT, endpoint, &n);
    (void)zmq_connect(from, endpoint);
    (void)zmq_msg_init_data(&m, text, sizeof text, count_free, NULL);
    (void)zmq_msg_send(&m, from, 0);
    counter++;
    (void)zmq_recv(to, text, sizeof text, 0);
    (void)zmq_close(from);
    (void)zmq_close(to);
    (void)zmq_ctx_term(context);
}

static int
exit_code_of(const char *race)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        (void)execl(self, self, race, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void
a_race_of_our_own_threads_is_caught(void **state)
{
    (void)state;
    assert_int_equal(exit_code_of("threads"), CAUGHT);
}

static void
a_race_of_our_code_on_libzmqs_thread_is_caught(void **state)
{
    (void)state;
    assert_int_equal(exit_code_of("libzmq"), CAUGHT);
}

static void
without_a_race_nothing_is_said(void **state)
{
    (void)state;
    assert_int_equal(exit_code_of("none"), 0);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_race_of_our_own_threads_is_caught),
        cmocka_unit_test(a_race_of_our_code_on_libzmqs_thread_is_caught),
        cmocka_unit_test(without_a_race_nothing_is_said),
    };
    self = argv[0];
    if (argc == 1)
        return cmocka_run_group_tests(tests, NULL, NULL);
    if (strcmp(argv[1], "threads") == 0)
        race_between_threads();
    if (strcmp(argv[1], "libzmq") == 0)
        race_with_libzmq();
    return 0;
}
