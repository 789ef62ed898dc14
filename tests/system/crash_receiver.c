/* SPDX-License-Identifier: EUPL-1.2
 *
 * The recipient of the crash test: takes shares for ever and writes a journal
 * that survives its own death, one line a step:
 *   H id n   share id, which says it is signal n, was handed out
 *   C id     its confirmation is durable
 *   X        a share was refused by verification (must never happen here)
 * Usage: crash_receiver NODE JOURNAL. SIGTERM: ends with 0. */
#include "driehoek.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stopping;

static void
on_term(int sig)
{
    (void)sig;
    stopping = 1;
}

static void
line(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        exit(5);
}

static void
on_report(void *ctx, const char *sentence)
{
    (void)fprintf(stderr, "crash_receiver: %s\n", sentence);
    line(*(int *)ctx, "X\n");
}

static void
take(struct dhk_node *node, int fd, const struct dhk_share *share)
{
    char text[128], confirmed[80];
    const char *value = "signaal ?";

    for (size_t i = 0; i < share->fields_n; i++)
        if (strcmp(share->fields[i].name, "signaal") == 0)
            value = share->fields[i].value;
    (void)snprintf(text, sizeof text, "H %s %s\n", share->id, value + 8);
    (void)snprintf(confirmed, sizeof confirmed, "C %s\n", share->id);
    line(fd, text);
    if (dhk_confirm(node, &share) != DHK_OK)
        exit(5);
    line(fd, confirmed);
}

int
main(int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct dhk_node *node = NULL;
    const struct dhk_share *share = NULL;
    bool connected = false;
    int fd;

    if (argc != 3)
        return 2;
    (void)signal(SIGTERM, on_term);
    fd = open(argv[2], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || dhk_node_open(&node, argv[1], NULL, &problem) != DHK_OK) {
        (void)fprintf(stderr, "crash_receiver: %s\n", problem.text);
        return 5;
    }
    dhk_report(node, on_report, &fd);
    while (!stopping) {
        enum dhk_err rc;

        if (!connected)
            connected =
                dhk_connect(node, DHK_RECEIVE, 2000, &problem) == DHK_OK;
        if (!connected)
            continue;
        rc = dhk_receive(node, 200, &share, &problem);
        if (rc == DHK_OK)
            take(node, fd, share);
        else if (rc != DHK_NOTFOUND) {
            (void)fprintf(stderr, "crash_receiver: %s\n", problem.text);
            dhk_disconnect(node);
            connected = false;
        }
    }
    dhk_node_close(&node);
    return 0;
}
