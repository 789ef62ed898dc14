/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek status: what became of the signals that this node sent. */
#include "cmd.h"

#include <poll.h>

#include "alarm.h"
#include "clock.h"
#include "view.h"

enum { QUIET_MS = 300 };

/* Sends what waits, and takes outcomes until none has come for a moment. */
static enum dhk_err
refresh(struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    enum dhk_err rc = dhk_connect(node, DHK_SEND, timeout_ms, problem);
    if (rc == DHK_OK)
        rc = dhk_flush(node, timeout_ms, problem);
    const struct clock *clock = clock_system();
    uint64_t end = clock_monotonic_ms(clock) + (uint64_t)timeout_ms;
    while (rc == DHK_OK && clock_monotonic_ms(clock) < end) {
        struct pollfd fd = {.fd = dhk_fd(node), .events = POLLIN};
        if (fd.fd < 0 || poll(&fd, 1, QUIET_MS) <= 0)
            break;
        rc = dhk_flush(node, 0, problem);
    }
    return rc;
}

static enum cli_exit
show(const struct cli *cli, struct dhk_node *node, enum dhk_err reached,
    bool open_only, bool json)
{
    size_t n = 0;
    enum dhk_err rc = view_sent_list(node, open_only, json, &n);
    if (rc != DHK_OK)
        return cli_fail(cli, rc, "the outbox");
    if (n == 0 && !json)
        printf("%s\n", open_only ? "No signal waits for anything."
                                 : "No signal was sent yet.");
    return reached == DHK_STATE ? CLI_INVALID : cli_exit_of(reached);
}

static enum cli_exit
show_node(const struct cli *cli, struct dhk_node *node, enum dhk_err reached,
    bool json)
{
    enum dhk_err rc = view_node(node, json);
    if (rc != DHK_OK)
        return cli_fail(cli, rc, "the outbox");
    return reached == DHK_STATE ? CLI_INVALID : cli_exit_of(reached);
}

enum cli_exit
cmd_status(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct dhk_node *node = NULL;
    struct alarm alarm;
    bool json = false;
    bool open_only = false;
    bool whole = false;
    int64_t timeout = 5;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"open", 'o', CLI_FLAG, NULL, "only what is not over yet", &open_only},
        {"node", 'n', CLI_FLAG, NULL, "how the node itself stands", &whole},
        {"timeout", 't', CLI_NUMBER, "SECONDS", "wait for the broker (5)",
            &timeout},
        {"json", 'j', CLI_FLAG, NULL, "one JSON object for each signal", &json},
    };
    const struct cli_usage usage = {
        "[--open | --node] [--json] [--timeout SECONDS]",
        "Shows what became of the signals that this node sent: taken, refused "
        "or\nexpired, by recipient. What still waits in the outbox is sent "
        "first.",
        options, 4, 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (cli_node(cli, &node, &exit) != DHK_OK)
        return exit;
    alarm_begin(&alarm, node, true);
    enum dhk_err rc = refresh(node, (int)timeout * 1000, &problem);
    exit = whole ? show_node(cli, node, rc, json)
                 : show(cli, node, rc, open_only, json);
    if (rc != DHK_OK)
        cli_say(cli, "%s", problem.text);
    alarm_tell(&alarm, cli, node);
    dhk_node_close(&node);
    return cli_flushed(cli, exit);
}
