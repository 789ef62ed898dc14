/* SPDX-License-Identifier: EUPL-1.2
 *
 * A sender that sleeps on dhk_fd() between calls of dhk_flush() with timeout 0,
 * as the manual says that programs with a loop of their own may: pushes COUNT
 * signals, one after the other, each until its outcome is there. Ends with 1
 * when it slept for SLEEP_MS although the next step was the library's.
 * Usage: wake_sender NODE COUNT */
#include "driehoek.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { SLEEP_MS = 8000, CONNECT_MS = 10000 };

static void
fail(const char *what, const struct dhk_problem *problem)
{
    (void)fprintf(stderr, "wake_sender: %s: %s\n", what, problem->text);
    exit(5);
}

static struct dhk_signal *
make(void)
{
    struct dhk_signal *s = dhk_signal_new();
    char handle[33];

    dhk_case_new(handle);
    if (s == NULL || dhk_signal_set(s, DHK_KIND, "politiesignaal") != DHK_OK ||
        dhk_signal_set(s, DHK_PURPOSE, "openbare-orde") != DHK_OK ||
        dhk_signal_set(s, DHK_GROUND, "wpg-16-1-b") != DHK_OK ||
        dhk_signal_set(s, DHK_CASE, handle) != DHK_OK ||
        dhk_signal_attribute(s, "ernst", "middel") != DHK_OK ||
        dhk_signal_attribute(s, "noodzaak-openbare-orde", "yes") != DHK_OK ||
        dhk_signal_field(s, "betrokkene", "R.", 2) != DHK_OK ||
        dhk_signal_field(s, "signaal", "melding", 7) != DHK_OK)
        exit(5);
    return s;
}

static bool
is_done(struct dhk_node *node, uint64_t number)
{
    const struct dhk_sent *sent;

    return dhk_sent_next(node, number - 1, &sent) == DHK_OK &&
           sent->number == number && sent->state == DHK_DONE;
}

static void
push_one(struct dhk_node *node, const struct dhk_signal *s)
{
    struct dhk_problem problem = {""};
    struct pollfd p = {.fd = dhk_fd(node), .events = POLLIN};
    uint64_t number;

    if (dhk_push(node, s, &number, &problem) != DHK_OK)
        fail("push", &problem);
    for (;;) {
        enum dhk_err rc = dhk_flush(node, 0, &problem);

        if (rc != DHK_OK && rc != DHK_NOTFOUND)
            fail("flush", &problem);
        if (is_done(node, number))
            return;
        if (poll(&p, 1, SLEEP_MS) == 0) {
            (void)fprintf(stderr, "wake_sender: nobody woke us\n");
            exit(1);
        }
    }
}

int
main(int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct dhk_node *node = NULL;

    if (argc != 3)
        return 2;
    if (dhk_node_open(&node, argv[1], NULL, &problem) != DHK_OK ||
        dhk_connect(node, DHK_SEND, CONNECT_MS, &problem) != DHK_OK)
        fail("connect", &problem);
    struct dhk_signal *s = make();
    for (long n = strtol(argv[2], NULL, 10); n > 0; n--)
        push_one(node, s);
    dhk_signal_destroy(&s);
    dhk_node_close(&node);
    return 0;
}
