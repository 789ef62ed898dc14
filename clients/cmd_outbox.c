/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek outbox list | show N | cancel N: what has not been sent. Asks
 * nobody: for that there is driehoek status. */
#include "cmd.h"

#include <inttypes.h>

#include "elsewhere.h"
#include "view.h"

static enum cli_exit
outbox_list(struct cli *cli, int argc, char **argv)
{
    struct dhk_node *node = NULL;
    bool json = false;
    size_t n = 0;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"json", 'j', CLI_FLAG, NULL, "one JSON object for each signal", &json},
    };
    const struct cli_usage usage = {"[--json]",
        "Lists the signals that wait for something: the broker's receipt, a\n"
        "recipient's answer, or your review.",
        options, 1, 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (cli_node(cli, &node, &exit) != DHK_OK)
        return exit;
    enum dhk_err rc = view_sent_list(node, true, json, &n);
    if (rc == DHK_OK && n == 0 && !json)
        printf("The outbox is empty.\n");
    if (rc == DHK_OK && !json)
        elsewhere_print(node);
    exit = rc == DHK_OK ? CLI_OK : cli_fail(cli, rc, "the outbox");
    dhk_node_close(&node);
    return cli_flushed(cli, exit);
}

static enum cli_exit
outbox_show(struct cli *cli, int argc, char **argv)
{
    struct dhk_node *node = NULL;
    bool json = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"json", 'j', CLI_FLAG, NULL, "as JSON", &json},
    };
    const struct cli_usage usage = {"SIGNAL [--json]",
        "Shows one signal of the outbox, named by its number or its id, and "
        "what became\nof it.",
        options, 1, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (cli_node(cli, &node, &exit) != DHK_OK)
        return exit;
    const struct dhk_sent *sent = elsewhere_find(
        cli, node, "the outbox has no signal", cli->args[0], &exit);
    if (sent != NULL && json) {
        json_t *o = json_build_object();
        view_sent_json(o, sent);
        (void)json_print(stdout, o);
    } else if (sent != NULL) {
        view_sent(stdout, sent);
        printf("  kind %s, case %s\n", sent->kind, sent->case_handle);
        if (sent->id[0] != '\0')
            printf("  id %s\n", sent->id);
    }
    dhk_node_close(&node);
    return cli_flushed(cli, exit);
}

/* What was to be corrected by signal NUMBER, which is cancelled. */
static void
say_kept(struct dhk_node *node, uint64_t number)
{
    const struct dhk_sent *sent = NULL;
    uint64_t after = 0;
    while (dhk_sent_next(node, after, &sent) == DHK_OK) {
        after = sent->number;
        if (sent->not_replaced_with == number)
            printf("Signal %" PRIu64 " is therefore not withdrawn.\n", after);
    }
}

static enum cli_exit
outbox_cancel(struct cli *cli, int argc, char **argv)
{
    struct dhk_node *node = NULL;
    enum cli_exit exit;
    const struct cli_usage usage = {"SIGNAL",
        "Takes a signal out of the outbox that has never been sent; what it "
        "was to correct\nstays as it is. SIGNAL is its number or its id.",
        NULL, 0, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (cli_node(cli, &node, &exit) != DHK_OK)
        return exit;
    const struct dhk_sent *sent = elsewhere_find(
        cli, node, "the outbox has no signal", cli->args[0], &exit);
    if (sent != NULL) {
        enum dhk_state state = sent->state;
        uint64_t number = sent->number;
        enum dhk_err rc = dhk_cancel(node, number);
        exit = CLI_NO;
        if (rc == DHK_OK) {
            printf(
                "Signal %s was cancelled; nobody received it.\n", cli->args[0]);
            say_kept(node, number);
            exit = CLI_OK;
        } else if (rc == DHK_STATE && state == DHK_CANCELLED) {
            cli_say(cli, "signal %s is cancelled already", cli->args[0]);
        } else if (rc == DHK_STATE) {
            cli_say(cli, "signal %s may have been sent: too late to cancel",
                cli->args[0]);
        } else {
            exit = cli_fail(cli, rc, "the outbox");
        }
    }
    dhk_node_close(&node);
    return cli_flushed(cli, exit);
}

enum cli_exit
cmd_outbox(struct cli *cli, int argc, char **argv)
{
    static const struct cli_command commands[] = {
        {"list", outbox_list, "list the signals that wait for something"},
        {"show", outbox_show, "show one of them"},
        {"cancel", outbox_cancel, "take one out that was never sent"},
    };
    static const struct cli_group group = {
        "Signals lie in the outbox until the broker has them and every\n"
        "recipient has answered.",
        commands, sizeof commands / sizeof commands[0]};
    return cli_run_group(cli, &group, argc, argv);
}
