/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek receive: one JSON object for each share. A share is confirmed after
 * it was handed out, never before. */
#include "cmd.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "alarm.h"
#include "clock.h"
#include "handout.h"
#include "view.h"

/* The statuses with which PROGRAM says what it did with a withdrawn signal. Not
 * 0: who knows nothing of notices ends with that, and has deleted nothing. */
enum { STATUS_LOCKED = 10, STATUS_USED = 11, STATUS_DELETED = 12 };

enum { STEP_MS = 200, ANSWERS_MS = 5000 };

struct receive {
    struct cli *cli;
    struct dhk_node *node;
    bool follow;
    int64_t max;
    int64_t timeout;
    const char *program;
    const char *withdrawn; /* what is answered to notices; NULL: nothing */
    int64_t taken;
    int64_t unanswered;
    bool unreachable_said;
};

/* SIGINT and SIGTERM are blocked and asked for between two shares, so that
 * what was handed out is confirmed. */
static void
block_signals(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
}

static bool
is_told_to_end(void)
{
    sigset_t set;
    if (sigpending(&set) != 0)
        return true;
    return sigismember(&set, SIGINT) == 1 || sigismember(&set, SIGTERM) == 1;
}

/* What a program's STATUS says was done about a withdrawn signal; 0: it has
 * not said. */
static enum dhk_done
done_of_status(int status)
{
    return status == STATUS_DELETED  ? DHK_DELETED
           : status == STATUS_LOCKED ? DHK_LOCKED
           : status == STATUS_USED   ? DHK_USED
                                     : (enum dhk_done)0;
}

static enum dhk_done
done_of_name(const char *name)
{
    return name == NULL                   ? (enum dhk_done)0
           : strcmp(name, "deleted") == 0 ? DHK_DELETED
           : strcmp(name, "locked") == 0  ? DHK_LOCKED
           : strcmp(name, "used") == 0    ? DHK_USED
                                          : (enum dhk_done)0;
}

/* Hands a notice out. One without an answer stays in the inbox, and is shown
 * once in this run; the next run shows it again. */
static enum cli_exit
hand_out_notice(struct receive *r, const struct dhk_share **notice)
{
    int status = 0;
    bool again = (*notice)->again;
    enum dhk_done done = done_of_name(r->withdrawn);
    json_t *value = view_share_json(*notice);
    enum dhk_err rc = r->program == NULL
                          ? handout_print(value)
                          : handout_exec(r->program, value, &status);
    if (r->program != NULL && (rc == DHK_OK || rc == DHK_DENIED)) {
        done = done_of_status(status);
        rc = DHK_OK;
    }
    if (rc != DHK_OK) {
        dhk_release(r->node, notice);
        (void)cli_fail(r->cli, rc, "the notice could not be handed out");
        return CLI_LOCAL;
    }
    /* one that comes with each run must not keep back what lies behind it */
    r->taken += done != 0 || !again ? 1 : 0;
    r->unanswered += done == 0 ? 1 : 0;
    if (done == 0)
        return CLI_OK;
    rc = dhk_answer_notice(r->node, notice, done);
    return rc == DHK_OK ? CLI_OK : cli_fail(r->cli, rc, "the inbox");
}

/* Hands SHARE out; ends it in every case. */
static enum cli_exit
hand_out(struct receive *r, const struct dhk_share **share)
{
    int status = 0;
    enum dhk_err rc;
    uint64_t index = (*share)->index;
    if ((*share)->notice != NULL)
        return hand_out_notice(r, share);
    if (!view_share_is_text(*share)) {
        cli_say(r->cli,
            "the share of ledger entry %" PRIu64 " from %s holds something "
            "that is no text; refused",
            index, (*share)->sender);
        rc = dhk_refuse(r->node, share);
        return rc == DHK_OK ? CLI_OK : cli_fail(r->cli, rc, "the inbox");
    }
    json_t *value = view_share_json(*share);
    rc = r->program == NULL ? handout_print(value)
                            : handout_exec(r->program, value, &status);
    if (rc == DHK_OK) {
        rc = dhk_confirm(r->node, share);
        r->taken++;
        return rc == DHK_OK ? CLI_OK : cli_fail(r->cli, rc, "the inbox");
    }
    int error = errno;
    dhk_release(r->node, share);
    if (rc == DHK_DENIED) {
        cli_say(r->cli,
            "%s ended with status %d; the share of ledger entry %" PRIu64
            " is not confirmed and comes again",
            r->program, status, index);
        return CLI_NO;
    }
    errno = error;
    (void)cli_fail(r->cli, rc,
        r->program == NULL ? "the output could not be written; the share "
                             "comes again"
                           : r->program);
    return CLI_LOCAL;
}

/* DHK_NOTFOUND: nothing came within the timeout, or the end was asked for. */
static enum dhk_err
next_share(struct receive *r, const struct dhk_share **share,
    struct dhk_problem *problem)
{
    const struct clock *clock = clock_system();
    uint64_t end = clock_monotonic_ms(clock) + (uint64_t)r->timeout * 1000;
    enum dhk_err rc;
    do {
        rc = dhk_receive(r->node, STEP_MS, share, problem);
    } while (rc == DHK_NOTFOUND && !is_told_to_end() &&
             (r->follow || clock_monotonic_ms(clock) < end));
    return rc;
}

static enum cli_exit
take_all(struct receive *r)
{
    while (r->taken < r->max) {
        const struct dhk_share *share = NULL;
        struct dhk_problem problem = {""};
        if (is_told_to_end())
            return CLI_OK;
        enum dhk_err rc = next_share(r, &share, &problem);
        if (rc == DHK_NOTFOUND)
            break;
        if (rc != DHK_OK) {
            cli_say(r->cli, "%s",
                problem.text[0] != '\0' ? problem.text : dhk_strerror(rc));
            return rc == DHK_STATE ? CLI_WAITING : cli_exit_of(rc);
        }
        enum cli_exit exit = hand_out(r, &share);
        if (exit != CLI_OK)
            return exit;
    }
    if (r->max == INT64_MAX || r->taken == r->max || is_told_to_end())
        return CLI_OK;
    cli_say(r->cli, "%" PRId64 " of %" PRId64 " shares came in time", r->taken,
        r->max);
    return CLI_WAITING;
}

/* Answers are durable here already; the broker should have them as well. */
static enum cli_exit
send_answers(struct receive *r, enum cli_exit exit)
{
    struct dhk_problem problem = {""};
    if (r->unanswered > 0)
        cli_say(r->cli,
            "%" PRId64 " notice%s of a withdrawal wait%s for an answer; say "
            "what was done: --withdrawn deleted, locked or used for all, or "
            "--exec for each",
            r->unanswered, r->unanswered == 1 ? "" : "s",
            r->unanswered == 1 ? "s" : "");
    enum dhk_err rc = dhk_answers_flush(r->node, ANSWERS_MS, &problem);
    if (rc == DHK_OK)
        return exit;
    cli_say(r->cli, "%s",
        rc == DHK_NOTFOUND
            ? "the broker has not confirmed the answers; they are kept and go "
              "with the next receive"
            : problem.text);
    if (exit != CLI_OK)
        return exit;
    return cli_exit_of(rc);
}

static enum cli_exit
run(struct receive *r)
{
    struct dhk_problem problem = {""};
    struct alarm alarm;
    enum cli_exit exit;
    enum dhk_err rc;
    if (cli_node(r->cli, &r->node, &exit) != DHK_OK)
        return exit;
    dhk_report(r->node, cli_report, r->cli);
    alarm_begin(&alarm, r->node, false);
    block_signals();
    do {
        rc = dhk_connect(r->node, DHK_RECEIVE,
            r->follow ? 2000 : (int)r->timeout * 1000, &problem);
        if (rc == DHK_NOTFOUND && !r->unreachable_said)
            cli_say(
                r->cli, "%s%s", problem.text, r->follow ? "; trying on" : "");
        r->unreachable_said = true;
    } while (rc == DHK_NOTFOUND && r->follow && !is_told_to_end());
    alarm_tell(&alarm, r->cli, r->node);
    if (rc == DHK_NOTFOUND)
        return CLI_WAITING;
    if (rc != DHK_OK) {
        cli_say(r->cli, "%s", problem.text);
        return rc == DHK_STATE ? CLI_INVALID : cli_exit_of(rc);
    }
    return send_answers(r, take_all(r));
}

enum cli_exit
cmd_receive(struct cli *cli, int argc, char **argv)
{
    struct receive r = {.cli = cli, .timeout = 3, .max = INT64_MAX};
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"follow", 'f', CLI_FLAG, NULL, "go on for ever", &r.follow},
        {"max", 'm', CLI_NUMBER, "N", "stop after N shares", &r.max},
        {"exec", 'x', CLI_TEXT, "PROGRAM",
            "give each share to PROGRAM on its standard input", &r.program},
        {"timeout", 't', CLI_NUMBER, "SECONDS",
            "stop when nothing came for so long (3)", &r.timeout},
        {"withdrawn", 'w', CLI_TEXT, "WHAT",
            "answer notices of a withdrawal: deleted, locked or used",
            &r.withdrawn},
    };
    const struct cli_usage usage = {
        "[--follow] [--max N] [--exec PROGRAM | --withdrawn WHAT] "
        "[--timeout SECONDS]",
        "Writes one JSON object for each share: the permitted fields, the "
        "obligations\nthat come with them, and where it stands on the ledger. "
        "A share is confirmed\nonce it was written (or PROGRAM ended with 0); "
        "else it comes again, with the\nsame id. So are notices of signals "
        "that their sender withdrew.",
        options, 5, 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (r.max == 0)
        return cli_wrong(cli, "--max wants 1 or more");
    if (r.withdrawn != NULL &&
        (r.program != NULL || done_of_name(r.withdrawn) == 0))
        return cli_wrong(cli,
            "--withdrawn is deleted, locked or used; with --exec, the "
            "program's status says it");
    exit = run(&r);
    dhk_node_close(&r.node);
    return exit;
}
