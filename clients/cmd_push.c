/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek push FILE|-: read all, show all, keep all, send all. One bad line,
 * and nothing of the file is kept or sent. */
#include "cmd.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "signalfile.h"
#include "undelivered.h"
#include "view.h"

struct push_item {
    const struct dhk_preview *preview;
    uint64_t number; /* in the outbox */
};
struct push {
    struct cli *cli;
    struct dhk_node *node;
    struct signalfile file;
    struct push_item *items; /* one a signal */
    /* options */
    struct cli_list exclude, withhold;
    const char *reason;
    bool dry_run, json;
    int64_t timeout;       /* seconds, for the broker's receipt */
    struct cli_maybe wait; /* seconds, for outcomes */
    bool offline;
    struct dhk_problem unreachable; /* why, when offline */
};

enum { WAIT_DEFAULT = 60 };

static uint64_t
now_ms(void)
{
    return clock_monotonic_ms(clock_system());
}

/* --- reading and deciding ---------------------------------------------------
 */

static enum cli_exit
wrong_reason(const struct cli *cli)
{
    return cli_wrong(cli, "--exclude and --withhold need --reason "
                          "investigation, safety, secrecy, source, necessity "
                          "or third-party");
}

static enum cli_exit
narrow(struct push *p, struct dhk_signal *signal)
{
    enum dhk_err rc = DHK_OK;
    if (p->exclude.n + p->withhold.n == 0)
        return p->reason == NULL
                   ? CLI_OK
                   : cli_wrong(
                         p->cli, "--reason goes with --exclude or --withhold");
    if (p->reason == NULL)
        return wrong_reason(p->cli);
    for (size_t i = 0; rc == DHK_OK && i < p->exclude.n; i++)
        rc = dhk_signal_exclude(signal, p->exclude.item[i], NULL, p->reason);
    for (size_t i = 0; rc == DHK_OK && i < p->withhold.n; i++)
        rc = dhk_signal_exclude(signal, NULL, p->withhold.item[i], p->reason);
    if (rc == DHK_FORMAT)
        return wrong_reason(p->cli);
    return rc == DHK_OK ? CLI_OK : cli_fail(p->cli, rc, "--exclude");
}

static enum cli_exit
read_file(struct push *p, const char *path)
{
    enum dhk_err rc = signalfile_read(&p->file, path, p->json);
    if (rc == DHK_FORMAT) {
        cli_say(p->cli, "nothing was sent: correct %s first",
            p->file.errors == 1 ? "this" : "these");
        return CLI_INVALID;
    }
    if (rc != DHK_OK)
        return cli_fail(p->cli, rc, path);
    for (size_t i = 0; i < p->file.n; i++) {
        enum cli_exit exit = narrow(p, p->file.list[i].signal);
        if (exit != CLI_OK)
            return exit;
    }
    p->items = calloc(p->file.n + 1, sizeof *p->items);
    if (p->items == NULL)
        return cli_fail(p->cli, DHK_NOMEM, path);
    return CLI_OK;
}

/* Offline is fine: the agreement is as last seen, and the signal waits. */
static enum cli_exit
connect_or_not(struct push *p)
{
    struct dhk_problem problem = {""};
    dhk_report(p->node, cli_report, p->cli);
    enum dhk_err rc =
        dhk_connect(p->node, DHK_SEND, (int)p->timeout * 1000, &problem);
    if (rc == DHK_OK)
        return CLI_OK;
    if (rc == DHK_NOTFOUND) {
        p->offline = true;
        p->unreachable = problem;
        return CLI_OK;
    }
    cli_say(p->cli, "%s", problem.text);
    if (!p->dry_run) /* a refusal needs a person, and is no waiting */
        cli_say(p->cli, "nothing was kept or sent: push it again when that is "
                        "put right");
    return rc == DHK_STATE ? CLI_INVALID : cli_exit_of(rc);
}

/* The option that gave the word that PROBLEM quotes first, or NULL. */
static const char *
option_of(const struct push *p, const struct dhk_problem *problem)
{
    const char *open = strchr(problem->text, '"');
    size_t n = open != NULL ? strcspn(open + 1, "\"") : 0;
    for (size_t i = 0; n > 0 && i < p->exclude.n; i++) {
        if (slice_equal(slice_str(p->exclude.item[i]), slice_of(open + 1, n)))
            return "--exclude";
    }
    for (size_t i = 0; n > 0 && i < p->withhold.n; i++) {
        if (slice_equal(slice_str(p->withhold.item[i]), slice_of(open + 1, n)))
            return "--withhold";
    }
    return NULL;
}

/* Decides every signal; reports each that is wrong or that nobody may get. */
static enum cli_exit
preview_all(struct push *p)
{
    size_t wrong = 0;
    size_t denied = 0;
    for (size_t i = 0; i < p->file.n; i++) {
        struct dhk_problem problem = {""};
        const struct signalfile_item *item = &p->file.list[i];
        enum dhk_err rc =
            dhk_preview(p->node, item->signal, &p->items[i].preview, &problem);
        if (rc == DHK_OK)
            continue;
        if (rc != DHK_FORMAT && rc != DHK_LIMIT && rc != DHK_DENIED) {
            cli_say(p->cli, "%s", problem.text);
            if (rc == DHK_STATE && p->offline)
                return CLI_WAITING; /* no agreement, and nobody to ask */
            return rc == DHK_NOTFOUND ? CLI_LOCAL : cli_exit_of(rc);
        }
        signalfile_fault(&p->file, item, option_of(p, &problem), &problem);
        if (rc == DHK_DENIED)
            denied++;
        else
            wrong++;
    }
    if (wrong > 0)
        return CLI_INVALID;
    return denied > 0 ? CLI_NO : CLI_OK;
}

/* --- showing
 * ------------------------------------------------------------------- */

static json_t *
signal_json(const struct push *p, size_t i)
{
    const struct signalfile_item *item = &p->file.list[i];
    json_t *o = json_build_object();
    json_build_uint(o, "line", item->json.place.line);
    if (p->items[i].preview != NULL) {
        json_build_text(o, "agreement", p->items[i].preview->agreement);
        if (p->items[i].preview->covert_until != 0)
            json_build_time(
                o, "covert_until", p->items[i].preview->covert_until);
        json_build_put(o, "recipients", view_preview_json(p->items[i].preview));
    }
    return o;
}

static void
show_one(const struct push *p, size_t i)
{
    const json_t *value = p->file.list[i].json.value;
    if (p->items[i].preview == NULL)
        return;
    printf("%s for %s on %s, case %s\n",
        json_string_value(json_object_get(value, "kind")),
        json_string_value(json_object_get(value, "purpose")),
        json_string_value(json_object_get(value, "ground")),
        json_string_value(json_object_get(value, "case")));
    view_preview(stdout, p->items[i].preview);
}

static void
show_all(const struct push *p)
{
    for (size_t i = 0; !p->json && i < p->file.n; i++)
        show_one(p, i);
    if (p->offline && !p->json && p->items[0].preview != NULL)
        printf("The broker cannot be reached; this is by the agreement as "
               "this node saw it last.\n");
}

static void
show_json_only(const struct push *p)
{
    for (size_t i = 0; p->json && i < p->file.n; i++) {
        if (p->items[i].preview != NULL)
            (void)json_print(stdout, signal_json(p, i));
    }
}

/* --- sending
 * --------------------------------------------------------------------- */

static enum cli_exit
keep_all(struct push *p)
{
    for (size_t i = 0; i < p->file.n; i++) {
        struct dhk_problem problem = {""};
        enum dhk_err rc = dhk_push(
            p->node, p->file.list[i].signal, &p->items[i].number, &problem);
        if (rc == DHK_OK)
            continue;
        cli_say(p->cli, "%s", problem.text);
        if (i > 0)
            cli_say(p->cli,
                "the first %zu signals of the file are in the outbox", i);
        return rc == DHK_NOTFOUND ? CLI_LOCAL : cli_exit_of(rc);
    }
    return CLI_OK;
}

static const struct dhk_sent *
sent_of(const struct push *p, size_t i)
{
    const struct dhk_sent *sent = NULL;
    if (dhk_sent_next(p->node, p->items[i].number - 1, &sent) != DHK_OK ||
        sent->number != p->items[i].number)
        return NULL;
    return sent;
}

static bool
all_over(const struct push *p)
{
    for (size_t i = 0; i < p->file.n; i++) {
        const struct dhk_sent *sent = sent_of(p, i);
        if (sent != NULL && sent->state == DHK_ACCEPTED)
            return false;
    }
    return true;
}

/* For --wait: until every share has its outcome, or the time is over. */
static enum dhk_err
wait_outcomes(struct push *p, struct dhk_problem *problem)
{
    uint64_t end = now_ms() + (uint64_t)p->wait.number * 1000;
    enum dhk_err rc = DHK_OK;
    while (rc == DHK_OK && !all_over(p) && now_ms() < end) {
        struct pollfd fd = {.fd = dhk_fd(p->node), .events = POLLIN};
        (void)poll(&fd, fd.fd >= 0 ? 1 : 0, 100);
        rc = dhk_flush(p->node, 0, problem);
    }
    return rc;
}

/* The worst of what became of the signals. */
static enum cli_exit
result_of(const struct push *p, const struct dhk_sent *s)
{
    if (s == NULL || s->state == DHK_WAITING)
        return CLI_WAITING;
    if (s->state == DHK_REFUSED || s->state == DHK_REVIEW ||
        s->state == DHK_CANCELLED)
        return CLI_NO;
    if (undelivered_by_all(s) != NULL)
        return CLI_NO;
    if (!p->wait.given)
        return CLI_OK;
    for (size_t i = 0; i < s->outcomes_n; i++) {
        const char *outcome = s->outcomes[i].outcome;
        if (strcmp(outcome, "open") == 0 || strcmp(outcome, "pending") == 0)
            return CLI_WAITING;
        if (strcmp(outcome, "taken") != 0)
            return CLI_NO;
    }
    return CLI_OK;
}

static enum cli_exit
show_results(const struct push *p)
{
    enum cli_exit worst = CLI_OK;
    for (size_t i = 0; i < p->file.n; i++) {
        const struct dhk_sent *sent = sent_of(p, i);
        enum cli_exit one = result_of(p, sent);
        if (one == CLI_NO || worst == CLI_OK)
            worst = one;
        if (sent == NULL)
            continue;
        if (!p->json) {
            view_sent(stdout, sent);
            continue;
        }
        json_t *o = signal_json(p, i);
        view_sent_json(o, sent);
        (void)json_print(stdout, o);
    }
    return worst;
}

/* It need not be the broker: a recipient may have no card now. */
static const char *
why_waiting(const struct push *p, const struct dhk_problem *problem)
{
    if (p->offline)
        return p->unreachable.text;
    return problem->text[0] != '\0' ? problem->text
                                    : "the broker did not answer in time";
}

static enum cli_exit
send_all(struct push *p)
{
    struct dhk_problem problem = {""};
    enum cli_exit exit = keep_all(p);
    if (exit != CLI_OK)
        return exit;
    enum dhk_err rc = DHK_NOTFOUND;
    if (!p->offline)
        rc = dhk_flush(p->node, (int)p->timeout * 1000, &problem);
    if (rc == DHK_OK && p->wait.given)
        rc = wait_outcomes(p, &problem);
    exit = show_results(p);
    if (rc == DHK_AUTH || rc == DHK_STATE) {
        cli_say(p->cli, "%s", problem.text);
        return CLI_INVALID;
    }
    if (rc != DHK_OK && rc != DHK_NOTFOUND) {
        cli_say(p->cli, "%s", problem.text);
        return cli_exit_of(rc);
    }
    if (rc == DHK_OK && exit == CLI_WAITING)
        cli_say(p->cli,
            "not every recipient has answered within %" PRId64 " s; driehoek "
            "status shows later what became of it",
            p->wait.number);
    if (rc == DHK_NOTFOUND && exit == CLI_WAITING)
        cli_say(p->cli,
            "%s; what waits stays in the outbox and goes with the next push "
            "or status",
            why_waiting(p, &problem));
    return exit;
}

static enum cli_exit
run(struct push *p)
{
    enum cli_exit exit = read_file(p, p->cli->args[0]);
    if (exit != CLI_OK)
        return exit;
    if (cli_node(p->cli, &p->node, &exit) != DHK_OK)
        return exit;
    exit = connect_or_not(p);
    if (exit != CLI_OK)
        return exit;
    exit = preview_all(p);
    show_all(p);
    if (exit != CLI_OK || p->dry_run) {
        show_json_only(p);
        if (exit != CLI_OK)
            cli_say(p->cli, "nothing was sent");
        return exit;
    }
    return send_all(p);
}

static void
done(struct push *p)
{
    for (size_t i = 0; p->items != NULL && i < p->file.n; i++)
        dhk_preview_destroy(&p->items[i].preview);
    free(p->items);
    signalfile_done(&p->file);
    dhk_node_close(&p->node);
}

enum cli_exit
cmd_push(struct cli *cli, int argc, char **argv)
{
    struct push p = {.cli = cli, .timeout = 10, .wait = {false, WAIT_DEFAULT}};
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"dry-run", 'n', CLI_FLAG, NULL, "show who would get what, and stop",
            &p.dry_run},
        {"exclude", 'x', CLI_LIST, "PARTNER", "leave this partner out",
            &p.exclude},
        {"withhold", 'w', CLI_LIST, "FIELD", "share this field with nobody",
            &p.withhold},
        {"reason", 'r', CLI_TEXT, "CODE",
            "why: investigation, safety, secrecy, source, ...", &p.reason},
        {"wait", 0, CLI_MAYBE, "SECONDS",
            "wait until every recipient has answered (60)", &p.wait},
        {"timeout", 't', CLI_NUMBER, "SECONDS",
            "wait for the broker's receipt (10)", &p.timeout},
        {"json", 'j', CLI_FLAG, NULL, "one JSON object for each signal",
            &p.json},
    };
    const struct cli_usage usage = {"[options] FILE|-",
        "Reads signals as JSON, one object or one on each line; shows who will "
        "get\nwhich fields and what is withheld; keeps them in the outbox and "
        "sends them.\n'driehoek kinds KIND' prints a template to fill.",
        options, 7, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    exit = run(&p);
    done(&p);
    return cli_flushed(cli, exit);
}
