/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek status: what became of the signals that this node sent, through one
 * of its brokers or through all of them. */
#include "cmd.h"

#include <poll.h>
#include <string.h>

#include "alarm.h"
#include "brokers.h"
#include "bytes.h"
#include "clock.h"
#include "elsewhere.h"
#include "node.h"
#include "problem.h"
#include "view.h"

enum { QUIET_MS = 300 };

struct asked { /* on the command line */
    bool json, open_only, whole, all;
    int64_t timeout;
};
/* What came of asking a broker. */
struct reached {
    bool yes; /* it took the connection */
    enum dhk_err rc;
    struct dhk_problem problem;
};

/* Sends what waits, and takes outcomes until none has come for a moment. */
static void
refresh(struct reached *r, struct dhk_node *node, int timeout_ms)
{
    *r = (struct reached){.problem = {""}};
    r->rc = dhk_connect(node, DHK_SEND, timeout_ms, &r->problem);
    r->yes = r->rc == DHK_OK;
    if (r->rc == DHK_OK)
        r->rc = dhk_flush(node, timeout_ms, &r->problem);
    const struct clock *clock = clock_system();
    uint64_t end = clock_monotonic_ms(clock) + (uint64_t)timeout_ms;
    while (r->rc == DHK_OK && clock_monotonic_ms(clock) < end) {
        struct pollfd fd = {.fd = dhk_fd(node), .events = POLLIN};
        if (fd.fd < 0 || poll(&fd, 1, QUIET_MS) <= 0)
            break;
        r->rc = dhk_flush(node, 0, &r->problem);
    }
}

static enum cli_exit
exit_of(const struct reached *r)
{
    return r->rc == DHK_STATE ? CLI_INVALID : cli_exit_of(r->rc);
}

/* --- as texts, and the JSON about one broker --- */

static enum dhk_err
show_signals(struct dhk_node *node, const struct asked *a)
{
    size_t n = 0;
    enum dhk_err rc = view_sent_list(node, a->open_only, a->json, &n);
    if (rc == DHK_OK && n == 0 && !a->json)
        printf("%s\n", a->open_only ? "No signal waits for anything."
                                    : "No signal was sent yet.");
    return rc;
}

static enum dhk_err
show(struct dhk_node *node, const struct asked *a)
{
    return a->whole ? view_node(node, a->json) : show_signals(node, a);
}

/* --- all brokers, as JSON --- */

static enum dhk_err
put_signals(json_t *object, struct dhk_node *node, bool open_only)
{
    json_t *list = json_build_array();
    const struct dhk_sent *sent = NULL;
    uint64_t after = 0;
    enum dhk_err rc;
    while ((rc = dhk_sent_next(node, after, &sent)) == DHK_OK) {
        after = sent->number;
        if (open_only && view_is_over(sent))
            continue;
        json_t *o = json_build_object();
        view_sent_json(o, sent);
        json_build_add(list, o);
    }
    json_build_put(object, "signals", list);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static void
put_problem(json_t *object, enum dhk_err rc, const char *why)
{
    if (rc == DHK_OK)
        json_build_null(object, "problem");
    else if (why[0] != '\0' && bytes_is_utf8(slice_str(why)))
        json_build_text(object, "problem", why);
    else /* it may name a file, whose name is any bytes */
        json_build_text(object, "problem", dhk_strerror(rc));
}

/* NODE: NULL when it could not be opened. */
static enum dhk_err
show_json(const char *name, struct dhk_node *node, const struct asked *a,
    const struct reached *r)
{
    json_t *o = json_build_object();
    enum dhk_err rc = node == NULL ? DHK_OK : view_node_json(o, node);
    if (node == NULL || rc != DHK_OK)
        json_build_text(o, "broker", name);
    if (node != NULL && rc == DHK_OK && !a->whole)
        rc = put_signals(o, node, a->open_only);
    json_build_bool(o, "reached", r->yes);
    put_problem(o, r->rc != DHK_OK ? r->rc : rc, r->problem.text);
    enum dhk_err printed = json_print(stdout, o);
    return rc != DHK_OK ? rc : printed;
}

/* --- all brokers, as texts --- */

static enum dhk_err
show_text(struct dhk_node *node, const struct asked *a, const struct reached *r)
{
    enum dhk_err rc = DHK_OK;
    printf(" at %s: %s\n", node->endpoint,
        r->yes                  ? "reached"
        : r->rc == DHK_NOTFOUND ? "cannot be reached"
                                : "no session came about");
    if (!a->whole) {
        rc = view_node_brief(node);
        (void)putchar('\n');
    }
    return rc == DHK_OK ? show(node, a) : rc;
}

/* --- one broker --- */

static enum cli_exit
worse(enum cli_exit a, enum cli_exit b)
{
    return a > b ? a : b;
}

static enum cli_exit
show_broker(const struct cli *cli, struct dhk_node *node, const struct asked *a)
{
    struct reached reached;
    struct alarm alarm;
    enum dhk_err rc;
    alarm_begin(&alarm, node, true);
    refresh(&reached, node, (int)a->timeout * 1000);
    enum cli_exit exit = exit_of(&reached);
    if (!a->all)
        rc = show(node, a);
    else if (a->json)
        rc = show_json(node->broker, node, a, &reached);
    else
        rc = show_text(node, a, &reached);
    if (rc != DHK_OK)
        exit = worse(exit, cli_fail(cli, rc, "the outbox"));
    if (reached.rc != DHK_OK)
        cli_say(cli, "%s", reached.problem.text);
    alarm_tell(&alarm, cli, node);
    return exit;
}

/* --- all of them --- */

static enum cli_exit
not_opened(const struct cli *cli, const struct asked *a, enum dhk_err rc,
    const struct dhk_problem *problem)
{
    const struct reached none = {.rc = rc, .problem = *problem};
    if (!a->json)
        printf(": cannot be opened\n");
    else if (show_json(cli->via, NULL, a, &none) != DHK_OK)
        return CLI_LOCAL; /* of the output, which cli_flushed() tells */
    cli_say(cli, "%s", problem->text);
    return cli_exit_of_open(rc);
}

/* The broker CLI->via. */
static enum cli_exit
show_via(const struct cli *cli, const char *dir, struct cli_pass *pass,
    const struct asked *a)
{
    struct dhk_problem problem = {""};
    struct dhk_node *node = NULL;
    enum dhk_err rc = cli_open(cli, dir, pass, &node, &problem);
    if (rc != DHK_OK)
        return not_opened(cli, a, rc, &problem);
    cli_warn(cli, node);
    enum cli_exit exit = show_broker(cli, node, a);
    dhk_node_close(&node);
    return exit;
}

/* When there is no broker in the list: the reason. */
static enum cli_exit
no_broker(const struct cli *cli, const struct dhk_problem *problem)
{
    struct dhk_node *node = NULL;
    enum cli_exit exit;
    if (cli_node(cli, &node, &exit) != DHK_OK)
        return exit;
    dhk_node_close(&node);
    cli_say(cli, "%s", problem->text);
    return CLI_LOCAL;
}

static enum cli_exit
show_all(const struct cli *cli, const struct asked *a)
{
    struct dhk_problem problem = {""};
    struct brokers all;
    struct cli_pass pass = {NULL, 0};
    enum cli_exit exit = CLI_OK;
    const char *dir = cli_dir(cli);
    if (dir == NULL)
        return CLI_USAGE;
    if (brokers_list(&all, dir, &problem) != DHK_OK || all.n == 0)
        exit = no_broker(cli, &problem);
    for (size_t i = 0; i < all.n; i++) {
        struct cli one = *cli; /* its messages say which broker */
        size_t at = strlen(one.path);
        one.via = all.name[i];
        (void)snprintf(
            one.path + at, sizeof one.path - at, " --via %s", one.via);
        if (!a->json)
            printf("%s%s%s", i > 0 ? "\n" : "", one.via,
                i == 0 && all.has_default ? " (the default)" : "");
        exit = worse(exit, show_via(&one, dir, &pass, a));
    }
    cli_forget(&pass);
    brokers_clear(&all);
    return exit;
}

static enum cli_exit
show_one(const struct cli *cli, const struct asked *a)
{
    struct dhk_node *node = NULL;
    enum cli_exit exit;
    if (cli_node(cli, &node, &exit) != DHK_OK)
        return exit;
    exit = show_broker(cli, node, a);
    if (!a->json)
        elsewhere_print(node);
    dhk_node_close(&node);
    return exit;
}

enum cli_exit
cmd_status(struct cli *cli, int argc, char **argv)
{
    struct asked a = {.timeout = 5};
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"open", 'o', CLI_FLAG, NULL, "only what is not over yet",
            &a.open_only},
        {"node", 'n', CLI_FLAG, NULL, "how the node itself stands", &a.whole},
        {"all", 'a', CLI_FLAG, NULL, "at every broker that was joined", &a.all},
        {"timeout", 't', CLI_NUMBER, "SECONDS", "wait for a broker (5)",
            &a.timeout},
        {"json", 'j', CLI_FLAG, NULL,
            "one JSON object for each signal, or broker", &a.json},
    };
    const struct cli_usage usage = {
        "[--open | --node] [--all] [--json] [--timeout SECONDS]",
        "Shows what became of the signals that this node sent: taken, refused "
        "or\nexpired, by recipient. What still waits in the outbox is sent "
        "first.",
        options, 5, 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (a.all && cli->via != NULL)
        return cli_wrong(cli, "--all and --via exclude each other");
    return cli_flushed(cli, a.all ? show_all(cli, &a) : show_one(cli, &a));
}
