/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek case show: how one case stands. */
#include "cmd_case.h"

#include "caseprint.h"
#include "cases.h"
#include "clock.h"
#include "cmd_ledger.h"
#include "key.h"
#include "session.h"
#include "shield.h"
#include "thread.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Of the case itself: those of others are not its. */
static size_t
keep_own(struct dhk_case_share *list, size_t n, const char *handle)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].case_handle, handle) == 0)
            list[kept++] = list[i];
    }
    return kept;
}

static void
waiting_text(const struct dhk_case_share *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char until[21];
        clock_text(until, list[i].expires);
        printf("%s  %" PRIu64 ": %s from %s to %s, until %.10s\n",
            i == 0 ? "waits for your approval\n" : "", list[i].index,
            list[i].kind, list[i].sender, list[i].recipient, until);
    }
}

static void
waiting_json(json_t *o, const struct dhk_case_share *list, size_t n)
{
    json_t *all = json_build_array();

    for (size_t i = 0; i < n; i++) {
        json_t *one = json_build_object();
        json_build_uint(one, "index", list[i].index);
        json_build_text(one, "sender", list[i].sender);
        json_build_text(one, "recipient", list[i].recipient);
        json_build_text(one, "kind", list[i].kind);
        json_build_time(one, "expires", list[i].expires);
        json_build_add(all, one);
    }
    json_build_put(o, "approvals", all);
}

/* --- questions --- */

static bool
was_refused(void *ctx, uint64_t share)
{
    const struct dhk_case *c = ctx;

    for (size_t i = 0; i < c->acts_n; i++) {
        if (c->acts[i].about == share && share != 0 &&
            strcmp(c->acts[i].act, "refuse") == 0)
            return true;
    }
    return false;
}

static void
question_text(const struct thread_question *q, bool first, int64_t now)
{
    char asked[21];

    clock_text(asked, q->item->time);
    printf("%s  %" PRIu64 ": %s of %.10s, ",
        first ? "questions without an answer\n" : "", q->share, q->item->kind,
        asked);
    if (q->partner != NULL)
        printf("%s has not answered", q->partner);
    else
        printf("of %s, to answer", q->item->sender);
    printf("%s\n", q->due <= now ? " ALARM" : "");
}

static json_t *
question_json(const struct thread_question *q, const char *own, int64_t now)
{
    json_t *o = json_build_object();

    json_build_uint(o, "share", q->share);
    json_build_text(o, "kind", q->item->kind);
    json_build_text(o, "id", q->item->id);
    json_build_text(o, "asker", q->item->sender);
    json_build_text(o, "partner", q->partner != NULL ? q->partner : own);
    json_build_time(o, "asked", q->item->time);
    json_build_time(o, "due", q->due);
    json_build_bool(o, "alarm", q->due <= now);
    return o;
}

/* O: NULL for text. */
static enum dhk_err
show_questions(const struct case_run *r, const struct dhk_case *c, json_t *o,
    struct dhk_problem *problem)
{
    struct thread th = {.n = 0};
    struct thread_question *list = NULL;
    uint8_t handle[STATEMENT_CASE];
    size_t n = 0;
    int64_t now = session_now(r->node);
    json_t *all = o != NULL ? json_build_array() : NULL;
    enum dhk_err rc = bytes_unhex(handle, sizeof handle, slice_str(r->handle));

    if (rc == DHK_OK)
        rc = thread_read(&th, r->node, handle, problem);
    if (rc == DHK_OK)
        rc =
            thread_questions(&list, &n, &th, was_refused, (void *)(uintptr_t)c);
    for (size_t i = 0; rc == DHK_OK && i < n; i++) {
        if (o != NULL)
            json_build_add(
                all, question_json(&list[i], dhk_node_name(r->node), now));
        else
            question_text(&list[i], i == 0, now);
    }
    if (o != NULL)
        json_build_put(o, "questions", all);
    free(list);
    thread_clear(&th);
    return rc;
}

/* Before what is shielded is shown. */
static enum cli_exit
lift(struct case_run *r)
{
    struct dhk_problem problem = {""};
    enum dhk_err rc;

    if (!r->reached)
        rc = problem_set(&problem, DHK_NOTFOUND,
            "--for needs the broker: what was looked at, and for what, goes on "
            "the ledger first");
    else
        rc = shield_tell(r->node, r->handle, (enum dhk_purpose)r->lifted,
            (int)r->timeout * 1000, &problem);
    return rc == DHK_OK ? CLI_OK : cmd_case_failed(r, rc, &problem);
}

static enum cli_exit
show(struct case_run *r)
{
    struct dhk_problem problem = {""};
    const struct dhk_case *c = NULL;
    struct dhk_case_share *waiting = NULL;
    char label[CASES_LABEL];
    size_t n = 0;
    enum cli_exit exit = r->lifted != QUERY_PURPOSE_NONE ? lift(r) : CLI_OK;
    if (exit != CLI_OK)
        return exit;
    enum dhk_err rc = dhk_case_get(r->node, r->handle, &c, &problem);

    if (rc == DHK_OK && r->reached)
        rc = dhk_case_waiting(r->node, &waiting, &n, &problem);
    if (rc != DHK_OK) {
        dhk_case_end(&c);
        return cmd_case_failed(r, rc, &problem);
    }
    n = keep_own(waiting, n, r->handle);
    bool shown = cmd_case_label(r, r->handle, label, sizeof label);
    json_t *o = r->json ? caseprint_json(c, shown ? label : NULL) : NULL;
    if (o != NULL) {
        waiting_json(o, waiting, n);
    } else {
        caseprint_text(c, shown ? label : NULL);
        waiting_text(waiting, n);
    }
    rc = show_questions(r, c, o, &problem);
    if (o != NULL)
        (void)json_print(stdout, o);
    key_wipe(label, sizeof label);
    free(waiting);
    dhk_case_end(&c);
    return rc == DHK_OK ? CLI_OK : cmd_case_failed(r, rc, &problem);
}

enum cli_exit
cmd_case_show(struct cli *cli, int argc, char **argv)
{
    struct case_run r = {.cli = cli, .timeout = CASE_TIMEOUT, .fresh = true};
    const char *purpose = NULL;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"for", 0, CLI_TEXT, "PURPOSE",
            "a closed case's label, too, for lawfulness, internal, integrity "
            "or court",
            &purpose},
        CASE_OPTIONS(&r),
    };
    const struct cli_usage usage = {
        "[--offline | --for PURPOSE] [--json] HANDLE",
        "Shows how a case stands: its phase, who takes part, votes and "
        "dissent, what waits\nfor signatures, terms, third parties, and what "
        "waits for this partner. A closed\ncase is shielded: its label is "
        "shown with --for only, and the ledger then has who\nlooked and for "
        "what.",
        options, sizeof options / sizeof options[0], 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (purpose != NULL && !cmd_ledger_purpose(cli, &r.lifted, purpose))
        return CLI_USAGE;
    return cmd_case_look(&r, show);
}
