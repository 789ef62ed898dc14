/* SPDX-License-Identifier: EUPL-1.2
 *
 * The sender of the crash test: pushes numbered signals, a burst for each byte
 * that it reads (with no standard input: for ever), and writes a journal that
 * survives its own death, one line a step:
 *   S n      about to push signal n
 *   Q n m    signal n is in the outbox as number m
 *   A m      the broker's receipt for number m is verified
 *   R m      number m ended otherwise (refused, review)
 * Usage: crash_sender NODE JOURNAL FIRST [MS]. When nothing came of a flush in
 * MS it connects anew. SIGTERM: flush, then end with 0. */
#include "driehoek.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { AT_ONCE = 3, BURST = 12, IDLE_MS = 1000, TRY_MS = 300 };

static volatile sig_atomic_t stopping;
static int try_ms = TRY_MS;

static void
on_term(int sig)
{
    (void)sig;
    stopping = 1;
}

static void
fail(const char *what, const struct dhk_problem *problem)
{
    (void)fprintf(stderr, "crash_sender: %s: %s\n", what, problem->text);
    exit(5);
}

static void
line(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        exit(5);
}

static struct dhk_signal *
make(uint64_t n)
{
    struct dhk_signal *s = dhk_signal_new();
    char handle[33], text[64];
    int len = snprintf(text, sizeof text, "signaal %" PRIu64, n);

    dhk_case_new(handle);
    if (s == NULL || dhk_signal_set(s, DHK_KIND, "politiesignaal") != DHK_OK ||
        dhk_signal_set(s, DHK_PURPOSE, "openbare-orde") != DHK_OK ||
        dhk_signal_set(s, DHK_GROUND, "wpg-16-1-b") != DHK_OK ||
        dhk_signal_set(s, DHK_CASE, handle) != DHK_OK ||
        dhk_signal_field(s, "betrokkene", "R.", 2) != DHK_OK ||
        dhk_signal_field(s, "signaal", text, (size_t)len) != DHK_OK ||
        dhk_signal_attribute(s, "ernst", "middel") != DHK_OK ||
        dhk_signal_attribute(s, "noodzaak-openbare-orde", "yes") != DHK_OK)
        exit(4);
    return s;
}

/* Journals the end of every number that has not been journalled yet. */
static void
note_ends(struct dhk_node *node, int fd, uint64_t *noted)
{
    const struct dhk_sent *sent;
    char text[64];

    while (dhk_sent_next(node, *noted, &sent) == DHK_OK) {
        if (sent->state == DHK_WAITING)
            break;
        (void)snprintf(text, sizeof text, "%c %" PRIu64 "\n",
            sent->state == DHK_ACCEPTED || sent->state == DHK_DONE ? 'A' : 'R',
            sent->number);
        line(fd, text);
        *noted = sent->number;
    }
}

static void
push_one(struct dhk_node *node, int fd, uint64_t n)
{
    struct dhk_problem problem = {""};
    struct dhk_signal *s = make(n);
    uint64_t number = 0;
    char text[96];

    (void)snprintf(text, sizeof text, "S %" PRIu64 "\n", n);
    line(fd, text);
    if (dhk_push(node, s, &number, &problem) != DHK_OK)
        fail("push", &problem);
    (void)snprintf(text, sizeof text, "Q %" PRIu64 " %" PRIu64 "\n", n, number);
    line(fd, text);
    dhk_signal_destroy(&s);
}

/* Signals to push now: with DRIVEN as many as were asked for by bytes that have
 * come, waiting for one when IDLE; else always some. */
static int
due(const struct dhk_node *node, bool *driven, bool idle)
{
    struct pollfd fds[2] = {
        {STDIN_FILENO, POLLIN, 0}, {dhk_fd(node), POLLIN, 0}};
    char bytes[64];
    ssize_t n = 0;

    if (!*driven)
        return AT_ONCE;
    if (poll(fds, 2, idle ? IDLE_MS : 0) > 0 && fds[0].revents != 0) {
        n = read(STDIN_FILENO, bytes, sizeof bytes);
        *driven = n > 0;
    }
    return n > 0 ? (int)n * BURST : 0;
}

/* Sends and takes receipts; false while something waits. */
static bool
flush(struct dhk_node *node, bool *connected)
{
    struct dhk_problem problem = {""};
    enum dhk_err rc;

    if (!*connected)
        *connected = dhk_connect(node, DHK_SEND, try_ms, &problem) == DHK_OK;
    rc = *connected ? dhk_flush(node, try_ms, &problem) : DHK_NOTFOUND;
    if (rc == DHK_AUTH)
        fail("flush", &problem);
    if (rc != DHK_OK) {
        dhk_disconnect(node);
        *connected = false;
    }
    return rc == DHK_OK;
}

int
main(int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct dhk_node *node = NULL;
    uint64_t n, noted = 0;
    bool connected = false, done = false, driven = true;
    int fd, todo = 0;

    if (argc != 4 && argc != 5)
        return 2;
    if (argc == 5)
        try_ms = (int)strtol(argv[4], NULL, 10);
    (void)signal(SIGTERM, on_term);
    fd = open(argv[2], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    n = strtoull(argv[3], NULL, 10);
    if (fd < 0 || dhk_node_open(&node, argv[1], NULL, &problem) != DHK_OK)
        fail("open", &problem);
    while (!stopping || !done) {
        if (!stopping)
            todo += due(node, &driven, todo == 0 && done);
        for (int i = 0; !stopping && i < AT_ONCE && todo > 0; i++, todo--)
            push_one(node, fd, n++);
        done = flush(node, &connected);
        note_ends(node, fd, &noted);
    }
    dhk_node_close(&node);
    return 0;
}
