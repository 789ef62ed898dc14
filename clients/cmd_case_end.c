/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek case destroy | hold | release: what ends a case here, and what puts
 * that off. Stated to the ledger: kept first, then sent. */
#include "cmd_case.h"

#include "cases.h"
#include "clock.h"
#include "destroying.h"
#include "due.h"
#include "holds.h"
#include "json.h"
#include "session.h"
#include "stating.h"
#include "trust.h"

#include <stdlib.h>
#include <string.h>

struct ending {
    struct cli *cli;
    struct dhk_node *node;
    const char *handle;
    uint8_t bytes[STATEMENT_CASE];
    const char *date; /* --until */
    int64_t until;
    int64_t timeout; /* seconds */
    bool offline, json;
    bool before;         /* it had been destroyed */
    struct thread taken; /* of all cases, with --due */
    struct due *due;     /* owned */
    size_t due_n, done;
    int64_t now;
};

#define ENDING_OPTIONS(e)                                                      \
    {"timeout", 't', CLI_NUMBER, "SECONDS", "wait for the broker (10)",        \
        &(e)->timeout},                                                        \
    {                                                                          \
        "json", 'j', CLI_FLAG, NULL, "as JSON", &(e)->json                     \
    }

static enum cli_exit
failed(
    const struct ending *e, enum dhk_err rc, const struct dhk_problem *problem)
{
    cli_say(e->cli, "%s",
        problem->text[0] != '\0' ? problem->text : dhk_strerror(rc));
    return rc == DHK_STATE ? CLI_NO : cli_exit_of(rc);
}

/* The node with its keys, and the handle. */
static enum cli_exit
begin(struct ending *e)
{
    enum cli_exit exit;
    e->handle = e->cli->args_n > 0 ? e->cli->args[0] : NULL;
    if (e->handle != NULL &&
        bytes_unhex(e->bytes, sizeof e->bytes, slice_str(e->handle)) != DHK_OK)
        return cli_wrong(e->cli,
            "a case handle is 32 hex digits: driehoek case list shows them");
    if (cli_node(e->cli, &e->node, &exit) != DHK_OK)
        return exit;
    dhk_report(e->node, cli_report, e->cli);
    if (trust_roster(e->node->trust) != NULL)
        return CLI_OK;
    cli_say(e->cli,
        "this node has no roster yet, and does not know which ledger counts: "
        "run driehoek join");
    return CLI_LOCAL;
}

/* Sends what waits, also from before. */
static enum cli_exit
send(const struct ending *e, size_t *waiting)
{
    struct dhk_problem problem = {""};
    enum dhk_err rc =
        dhk_connect(e->node, DHK_QUERY, (int)e->timeout * 1000, &problem);
    *waiting = 1;
    if (rc == DHK_OK)
        rc = stating_send(e->node, waiting, &problem);
    if (rc == DHK_OK && *waiting == 0)
        return CLI_OK;
    cli_say(e->cli,
        "%s; the statement is kept, and goes with whatever connects next",
        problem.text[0] != '\0' ? problem.text : "the broker is busy");
    if (rc == DHK_AUTH || rc == DHK_STATE)
        return CLI_INVALID;
    return CLI_WAITING;
}

/* Whether ITEM is one of those that are destroyed here now. */
static bool
goes(const struct ending *e, const struct thread_item *item, bool all)
{
    return memcmp(item->case_handle, e->bytes, sizeof e->bytes) == 0 &&
           (all || retention_is_over(item, e->now));
}

/* What applications took is theirs to destroy: which shares. */
static void
put_shares(json_t *o, const struct ending *e, bool all)
{
    json_t *list = json_build_array();

    for (size_t i = 0; i < e->taken.n; i++) {
        const struct thread_item *item = &e->taken.item[i];
        if (!goes(e, item, all))
            continue;
        json_t *share = json_build_object();
        json_build_uint(share, "index", item->index);
        json_build_text(share, "sender", item->sender);
        json_build_text(share, "kind", item->kind);
        json_build_add(list, share);
    }
    json_build_put(o, "shares", list);
}

static void
print_shares(const struct ending *e, bool all)
{
    for (size_t i = 0; i < e->taken.n; i++) {
        const struct thread_item *item = &e->taken.item[i];
        if (goes(e, item, all))
            printf("  share %llu, %s of %s\n", (unsigned long long)item->index,
                item->kind, item->sender);
    }
}

static void
show(const struct ending *e, const char *stated, bool waits)
{
    if (e->json) {
        json_t *o = json_build_object();
        json_build_text(o, "case", e->handle);
        json_build_text(o, "stated", stated);
        if (e->until != 0)
            json_build_time(o, "until", e->until);
        json_build_bool(o, "waits", waits);
        if (e->before)
            json_build_bool(o, "before", true);
        put_shares(o, e, true);
        (void)json_print(stdout, o);
        return;
    }
    char until[21] = "";
    clock_text(until, e->until);
    printf("case %s: %s%s%s%.10s%s\n", e->handle, stated,
        e->before ? " before" : "", e->until != 0 ? " until " : "",
        e->until != 0 ? until : "",
        waits ? ", not on the ledger yet" : ", on the ledger");
    print_shares(e, true);
}

static enum cli_exit
end(struct ending *e, enum cli_exit exit)
{
    dhk_node_close(&e->node);
    return cli_flushed(e->cli, exit);
}

/* --- hold and release --- */

static enum cli_exit
say(struct ending *e, enum act what)
{
    struct stating said = {.what = what, .until = e->until};
    struct dhk_problem problem = {""};
    size_t waiting;
    enum cli_exit exit = begin(e);
    if (exit != CLI_OK)
        return exit;
    memcpy(said.case_handle, e->bytes, sizeof said.case_handle);
    enum dhk_err rc = stating_keep(e->node, e->node->broker_dir,
        trust_roster(e->node->trust)->origin, &said, &problem);
    if (rc == DHK_FORMAT) {
        cli_say(e->cli, "--until: %s", problem.text);
        return CLI_USAGE;
    }
    if (rc == DHK_OK)
        rc = holds_note(e->node, e->bytes, e->until, &problem);
    if (rc != DHK_OK)
        return failed(e, rc, &problem);
    exit = send(e, &waiting);
    show(e, act_name(what), exit != CLI_OK);
    return exit;
}

enum cli_exit
cmd_case_hold(struct cli *cli, int argc, char **argv)
{
    struct ending e = {.cli = cli, .timeout = 10};
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"until", 'u', CLI_TEXT, "DATE", "when it ends (required)", &e.date},
        ENDING_OPTIONS(&e),
    };
    const struct cli_usage usage = {"--until DATE HANDLE",
        "Has nothing of a case destroyed before DATE, at most five years from "
        "now: an\naudit, complaint or claim is open. A partner holds its own "
        "node, an auditor\neverybody's. The newest hold or release of a name "
        "counts.",
        options, sizeof options / sizeof options[0], 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (e.date == NULL || !clock_parse(&e.until, e.date))
        return cli_wrong(cli, "--until takes a date like 2027-12-31");
    return end(&e, say(&e, ACT_HOLD));
}

enum cli_exit
cmd_case_release(struct cli *cli, int argc, char **argv)
{
    struct ending e = {.cli = cli, .timeout = 10};
    enum cli_exit exit;
    const struct cli_option options[] = {ENDING_OPTIONS(&e)};
    const struct cli_usage usage = {"HANDLE",
        "Ends the hold that this node stated on a case.", options,
        sizeof options / sizeof options[0], 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    return end(&e, say(&e, ACT_RELEASE));
}

/* --- destroy --- */

static enum cli_exit
check_holds(struct ending *e)
{
    struct dhk_problem problem = {""};
    struct holds holds;
    char until[21];
    enum dhk_err rc = DHK_NOTFOUND;
    if (!e->offline)
        rc = cmd_case_connect(
            e->node, DHK_QUERY, (int)e->timeout * 1000, &problem);
    if (rc == DHK_OK)
        rc = holds_ask(
            &holds, e->node, e->bytes, (int)e->timeout * 1000, &problem);
    else if (e->offline)
        rc = holds_known(&holds, e->node, e->bytes, &problem);
    if (rc == DHK_NOTFOUND) {
        cli_say(e->cli,
            "%s; whether a hold stands is not known, and nothing was "
            "destroyed. --offline goes by what this node heard last",
            problem.text);
        return CLI_WAITING;
    }
    if (rc != DHK_OK)
        return failed(e, rc, &problem);
    const struct holds_item *item =
        holds_standing(&holds, session_now(e->node));
    if (item == NULL)
        return CLI_OK;
    clock_text(until, item->until);
    cli_say(e->cli,
        "held by %s until %.10s: nothing was destroyed. Wait until then, or "
        "ask %s for a release",
        item->by, until, item->by);
    return CLI_NO;
}

static bool
is_auditor(const struct dhk_node *node)
{
    const struct roster_partner *p =
        roster_find(trust_roster(node->trust), slice_str(node->name));
    return p != NULL && p->role == ROSTER_AUDITOR;
}

/* The one of e->handle, which is known to be one. */
static enum cli_exit
destroy_one(struct ending *e)
{
    struct dhk_problem problem = {""};
    size_t waiting;
    bool stated = false;
    bool buried = cases_buried(e->node, e->handle, &stated) != 0;
    enum cli_exit exit = check_holds(e);

    e->before = buried && stated;

    if (exit != CLI_OK)
        return exit;
    enum dhk_err rc = destroying_check(e->node, e->handle, &problem);
    if (rc != DHK_OK)
        return failed(e, rc, &problem);
    rc = destroying_run(e->node, e->handle, &problem);
    if (rc != DHK_OK) {
        exit = failed(e, rc, &problem);
        cli_say(e->cli, "not all is gone: do it again");
        return exit;
    }
    exit = send(e, &waiting);
    show(e, act_name(ACT_DESTROYED), exit != CLI_OK);
    return exit;
}

static void
tell_limits(const struct ending *e)
{
    if (!e->json)
        puts("Gone here: the label, and what outbox and inbox kept of it; "
             "their files were\noverwritten. Not reached: backups, and blocks "
             "that the disk or file system\nkeeps elsewhere; what applications "
             "took is theirs to destroy.");
}

static enum cli_exit
begin_destroying(struct ending *e)
{
    enum cli_exit exit = begin(e);

    if (exit == CLI_OK && is_auditor(e->node)) {
        cli_say(e->cli,
            "an auditor takes part in no case: there is nothing to destroy");
        exit = CLI_NO;
    }
    return exit;
}

static enum cli_exit
destroy(struct ending *e)
{
    enum cli_exit exit = begin_destroying(e);

    if (exit == CLI_OK)
        exit = destroy_one(e);
    if (exit == CLI_OK || exit == CLI_WAITING)
        tell_limits(e);
    return exit;
}

/* --- those whose term is over --- */

static enum dhk_err
find_due(struct ending *e, struct dhk_problem *problem)
{
    free(e->due);
    return due_list(&e->due, &e->due_n, e->node, &e->taken, e->now, problem);
}

/* As far as the broker can be reached; else by what was seen last. Of a case in
 * which this node takes no part it is told when it asks for that one. */
static void
ask_courses(struct ending *e)
{
    struct dhk_problem problem = {""};
    enum dhk_err rc =
        dhk_connect(e->node, DHK_CASES, (int)e->timeout * 1000, &problem);

    e->now = session_now(e->node);
    if (rc == DHK_OK)
        rc = dhk_case_ask(e->node, NULL, &problem);
    if (rc == DHK_OK)
        rc = find_due(e, &problem);
    for (size_t i = 0; rc == DHK_OK && i < e->due_n; i++) {
        if (e->due[i].whole)
            rc = dhk_case_ask(e->node, e->due[i].handle, &problem);
    }
    if (rc != DHK_OK)
        cli_say(e->cli, "%s; by what was seen last", problem.text);
    dhk_disconnect(e->node);
}

/* Shares that are kept too long, of a case that goes on here. */
static enum cli_exit
forget_shares(struct ending *e)
{
    struct dhk_problem problem = {""};
    enum cli_exit exit = check_holds(e);
    enum dhk_err rc =
        exit == CLI_OK ? destroying_passed(e->node, e->handle, e->now, &problem)
                       : DHK_OK;

    if (exit != CLI_OK || rc != DHK_OK)
        return exit != CLI_OK ? exit : failed(e, rc, &problem);
    if (!e->json) {
        printf("case %s: no more kept, the case goes on:\n", e->handle);
        print_shares(e, false);
        return CLI_OK;
    }
    json_t *o = json_build_object();
    json_build_text(o, "case", e->handle);
    put_shares(o, e, false);
    (void)json_print(stdout, o);
    return CLI_OK;
}

/* The worst of what became of them. */
static enum cli_exit
destroy_list(struct ending *e)
{
    enum cli_exit worst = CLI_OK;

    for (size_t i = 0; i < e->due_n; i++) {
        enum cli_exit exit = CLI_INVALID;
        e->handle = e->due[i].handle;
        if (bytes_unhex(e->bytes, sizeof e->bytes, slice_str(e->handle)) ==
            DHK_OK)
            exit = e->due[i].whole ? destroy_one(e) : forget_shares(e);
        e->done += exit == CLI_OK || exit == CLI_WAITING ? 1 : 0;
        worst = exit > worst ? exit : worst;
    }
    return worst;
}

static enum cli_exit
destroy_due(struct ending *e)
{
    struct dhk_problem problem = {""};
    enum cli_exit exit = begin_destroying(e);

    if (exit != CLI_OK)
        return exit;
    e->now = session_now(e->node);
    enum dhk_err rc = thread_read_taken(&e->taken, e->node, &problem);
    if (rc == DHK_OK && !e->offline)
        ask_courses(e);
    if (rc == DHK_OK)
        rc = find_due(e, &problem);
    exit = rc == DHK_OK ? destroy_list(e) : failed(e, rc, &problem);
    if (e->done > 0)
        tell_limits(e);
    else if (exit == CLI_OK && !e->json)
        puts("No case here is to be destroyed now.");
    free(e->due);
    thread_clear(&e->taken);
    return exit;
}

enum cli_exit
cmd_case_destroy(struct cli *cli, int argc, char **argv)
{
    struct ending e = {.cli = cli, .timeout = 10};
    bool due = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"due", 0, CLI_FLAG, NULL,
            "every case, and every share taken, whose term is over", &due},
        {"offline", 0, CLI_FLAG, NULL,
            "do not ask the ledger for holds: go by what was heard last",
            &e.offline},
        ENDING_OPTIONS(&e),
    };
    const struct cli_usage usage = {"[--offline] HANDLE | --due",
        "Removes from this node what ties a case's handle to a person, and "
        "states to the\nledger that it is destroyed. Refused while a hold "
        "stands or shares of the case\nare open. The handle is not used again. "
        "What the ledger has stays, and still\nverifies.",
        options, sizeof options / sizeof options[0], 0, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (due != (cli->args_n == 0))
        return cli_wrong(cli, "a HANDLE, or --due");
    return end(&e, due ? destroy_due(&e) : destroy(&e));
}
