/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek withdraw SIGNAL, driehoek correct SIGNAL FILE: take back what was
 * sent, or put another signal in its place. Kept first, then sent. */
#include "cmd.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "elsewhere.h"
#include "limits.h"
#include "signalfile.h"
#include "view.h"

#define REASONS                                                                \
    "incorrect, wrong-person, wrong-recipient, no-ground, objection, ordered " \
    "or outdated"

enum { NAMES = 2048 };

struct recalling {
    struct cli *cli;
    struct dhk_node *node;
    uint64_t number;
    const char *reason;
    bool json, dry_run, offline;
    int64_t timeout; /* seconds, for the broker's receipt */
    /* of a correction: */
    const char *path; /* NULL: a withdrawal */
    struct signalfile file;
    const struct dhk_preview *preview;
    uint64_t replacement;
};

static enum cli_exit
find(struct recalling *r, const char *word)
{
    enum cli_exit exit = CLI_OK;
    const struct dhk_sent *sent = elsewhere_find(
        r->cli, r->node, "this node sent no signal", word, &exit);
    r->number = sent != NULL ? sent->number : 0;
    return exit;
}

static const struct dhk_sent *
sent_of(const struct recalling *r, uint64_t number)
{
    const struct dhk_sent *sent = NULL;
    if (dhk_sent_next(r->node, number - 1, &sent) != DHK_OK ||
        sent->number != number)
        return NULL;
    return sent;
}

static enum cli_exit
failed(const struct recalling *r, enum dhk_err rc,
    const struct dhk_problem *problem)
{
    cli_say(r->cli, "%s",
        problem->text[0] != '\0' ? problem->text : dhk_strerror(rc));
    if (rc == DHK_EXISTS || rc == DHK_STATE || rc == DHK_NOTFOUND)
        return CLI_NO;
    return cli_exit_of(rc);
}

/* The one signal of the file, shown before it is kept. */
static enum cli_exit
read_replacement(struct recalling *r)
{
    struct dhk_problem problem = {""};
    enum dhk_err rc = signalfile_read(&r->file, r->path, r->json);
    if (rc == DHK_FORMAT)
        return CLI_INVALID;
    if (rc != DHK_OK)
        return cli_fail(r->cli, rc, r->path);
    if (r->file.n != 1) {
        cli_say(r->cli, "%s: a correction is one signal, not %zu", r->path,
            r->file.n);
        return CLI_INVALID;
    }
    rc = dhk_preview(r->node, r->file.list[0].signal, &r->preview, &problem);
    if (r->preview != NULL && !r->json)
        view_preview(stdout, r->preview);
    if (rc == DHK_OK)
        return CLI_OK;
    if (rc == DHK_FORMAT || rc == DHK_LIMIT || rc == DHK_DENIED)
        signalfile_fault(&r->file, &r->file.list[0], NULL, &problem);
    else
        cli_say(r->cli, "%s", problem.text);
    cli_say(r->cli, "nothing was sent or withdrawn");
    return cli_exit_of(rc);
}

static enum cli_exit
connect_or_not(struct recalling *r)
{
    struct dhk_problem problem = {""};
    enum dhk_err rc =
        dhk_connect(r->node, DHK_SEND, (int)r->timeout * 1000, &problem);
    r->offline = rc == DHK_NOTFOUND;
    if (rc == DHK_OK || rc == DHK_NOTFOUND)
        return CLI_OK;
    cli_say(r->cli, "%s", problem.text);
    return rc == DHK_STATE ? CLI_INVALID : cli_exit_of(rc);
}

static enum cli_exit
keep(struct recalling *r)
{
    struct dhk_problem problem = {""};
    enum dhk_err rc =
        r->path == NULL
            ? dhk_withdraw(r->node, r->number, r->reason, &problem)
            : dhk_correct(r->node, r->number, r->file.list[0].signal, r->reason,
                  &r->replacement, &problem);
    if (rc == DHK_FORMAT) {
        cli_say(r->cli, "%s; --reason is " REASONS, problem.text);
        return CLI_USAGE;
    }
    return rc == DHK_OK ? CLI_OK : failed(r, rc, &problem);
}

static void
show_one(const struct recalling *r, uint64_t number)
{
    const struct dhk_sent *sent = sent_of(r, number);
    if (sent == NULL)
        return;
    if (!r->json) {
        view_sent(stdout, sent);
        return;
    }
    json_t *o = json_build_object();
    view_sent_json(o, sent);
    (void)json_print(stdout, o);
}

/* "gemeente, om: their mailboxes are full", of SENT; empty: nobody's is. */
static void
list_full(char *out, size_t cap, const struct dhk_sent *sent)
{
    const char *names[LIMIT_PARTIES + 1] = {NULL};
    size_t n = 0;
    for (size_t i = 0; i < sent->outcomes_n && n < LIMIT_PARTIES; i++) {
        if (strcmp(sent->outcomes[i].outcome, "quota") == 0)
            names[n++] = sent->outcomes[i].partner;
    }
    view_join(out, cap, names);
    if (n > 0)
        (void)snprintf(out + strlen(out), cap - strlen(out), ": %s full",
            n == 1 ? "its mailbox is" : "their mailboxes are");
}

/* Who did not get the signal in the other's place. */
static void
say_missed(const struct recalling *r, bool withdrawn)
{
    const struct dhk_sent *sent = sent_of(r, r->replacement);
    char full[NAMES] = "";
    if (sent != NULL)
        list_full(full, sizeof full, sent);
    if (withdrawn && full[0] == '\0')
        return;
    if (full[0] != '\0')
        cli_say(r->cli, "the signal in its place did not reach %s%s", full,
            withdrawn ? ""
                      : "; nothing was withdrawn; correct again later, or "
                        "withdraw it");
    else if (sent != NULL && sent->state == DHK_REFUSED)
        cli_say(r->cli, "the signal in its place was refused: nothing was "
                        "withdrawn");
    else
        cli_say(r->cli, "the signal in its place went to nobody: nothing was "
                        "withdrawn");
}

/* What became of it, as far as the broker has said. */
static enum cli_exit
result(const struct recalling *r)
{
    const struct dhk_sent *sent = sent_of(r, r->number);
    if (sent == NULL)
        return CLI_LOCAL;
    bool withdrawn = sent->withdrawn != NULL;
    bool waits = sent->withdrawal_waits;
    bool lost = sent->not_replaced_with != 0;
    if (r->path != NULL && (withdrawn || lost))
        say_missed(r, withdrawn);
    if (withdrawn)
        return waits ? CLI_WAITING : CLI_OK;
    if (!lost)
        cli_say(r->cli, "the signal itself was refused: it went to nobody");
    return CLI_NO;
}

static enum cli_exit
send(struct recalling *r)
{
    struct dhk_problem problem = {""};
    enum dhk_err rc = DHK_NOTFOUND;
    if (!r->offline)
        rc = dhk_flush(r->node, (int)r->timeout * 1000, &problem);
    if (r->replacement != 0)
        show_one(r, r->replacement);
    show_one(r, r->number);
    if (rc == DHK_AUTH || rc == DHK_STATE) {
        cli_say(r->cli, "%s", problem.text);
        return CLI_INVALID;
    }
    if (rc != DHK_OK && rc != DHK_NOTFOUND) {
        cli_say(r->cli, "%s", problem.text);
        return cli_exit_of(rc);
    }
    enum cli_exit exit = result(r);
    if (exit == CLI_WAITING)
        cli_say(r->cli,
            "%s; what waits stays in the outbox and goes with the next push "
            "or status",
            r->offline                ? "the broker cannot be reached"
            : problem.text[0] != '\0' ? problem.text
                                      : "the broker did not answer in time");
    return exit;
}

static enum cli_exit
run(struct recalling *r)
{
    enum cli_exit exit;
    if (r->reason == NULL)
        return cli_wrong(r->cli, "--reason is " REASONS);
    if (cli_node(r->cli, &r->node, &exit) != DHK_OK)
        return exit;
    exit = find(r, r->cli->args[0]);
    if (exit == CLI_OK)
        exit = connect_or_not(r);
    if (exit == CLI_OK && r->path != NULL)
        exit = read_replacement(r);
    if (exit != CLI_OK || r->dry_run)
        return exit;
    exit = keep(r);
    return exit == CLI_OK ? send(r) : exit;
}

static enum cli_exit
end(struct recalling *r, enum cli_exit exit)
{
    dhk_preview_destroy(&r->preview);
    signalfile_done(&r->file);
    dhk_node_close(&r->node);
    return cli_flushed(r->cli, exit);
}

enum cli_exit
cmd_withdraw(struct cli *cli, int argc, char **argv)
{
    struct recalling r = {.cli = cli, .timeout = 10};
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"reason", 'r', CLI_TEXT, "CODE",
            "why: incorrect, wrong-person, wrong-recipient, ...", &r.reason},
        {"timeout", 't', CLI_NUMBER, "SECONDS",
            "wait for the broker's receipt (10)", &r.timeout},
        {"json", 'j', CLI_FLAG, NULL, "as JSON", &r.json},
    };
    const struct cli_usage usage = {"--reason CODE SIGNAL",
        "Withdraws a signal, named by its number in the outbox or its id. "
        "Shares that\nwere not answered yet are never delivered; whoever "
        "answered is told, and answers\nwhat it did: 'driehoek status' shows "
        "that. CODE is incorrect, wrong-person,\nwrong-recipient, no-ground, "
        "objection, ordered or outdated.",
        options, 3, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    return end(&r, run(&r));
}

enum cli_exit
cmd_correct(struct cli *cli, int argc, char **argv)
{
    struct recalling r = {.cli = cli, .timeout = 10, .reason = "incorrect"};
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"dry-run", 'n', CLI_FLAG, NULL,
            "show who would get the new signal, and stop", &r.dry_run},
        {"reason", 'r', CLI_TEXT, "CODE", "why (incorrect)", &r.reason},
        {"timeout", 't', CLI_NUMBER, "SECONDS",
            "wait for the broker's receipt (10)", &r.timeout},
        {"json", 'j', CLI_FLAG, NULL, "one JSON object for each signal",
            &r.json},
    };
    const struct cli_usage usage = {"[options] SIGNAL FILE|-",
        "Sends the signal of FILE as push does, and withdraws SIGNAL in favour "
        "of it as\nsoon as it is accepted. If it is refused, or every "
        "recipient's mailbox is full,\nnothing is withdrawn.",
        options, 4, 2, 2};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    r.path = cli->args[1];
    return end(&r, run(&r));
}
