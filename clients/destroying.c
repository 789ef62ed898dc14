/* SPDX-License-Identifier: EUPL-1.2 */
#include "destroying.h"

#include "cases.h"
#include "inbox.h"
#include "outbox.h"
#include "recall.h"
#include "stating.h"
#include "thread.h"
#include "trust.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

struct destroying {
    struct dhk_node *node; /* with the keys */
    struct dhk_node *at;   /* joined to the broker that is looked at */
    const char *handle;
    uint8_t bytes[ENVELOPE_CASE];
    struct dhk_problem *problem;
    bool run;    /* else only looked at */
    int64_t now; /* not 0: only what is kept too long then */
    bool found;  /* the outbox there has signals of the case */
};

/* --- one broker --- */

static enum dhk_err
is_open(struct destroying *d, uint64_t number, const char *why)
{
    return problem_set(d->problem, DHK_STATE, "signal %llu of this case %s",
        (unsigned long long)number, why);
}

/* Whether anything of signal NUMBER can still come. */
static enum dhk_err
check_record(struct destroying *d, struct store_txn *t, uint64_t number,
    const struct record *r)
{
    struct recall recall;
    enum dhk_err rc = recall_now(t, number, &recall);

    if (rc != DHK_OK && rc != DHK_NOTFOUND)
        return rc;
    if (r->state == DHK_REVIEW)
        return is_open(d, number,
            "waits for review: push it again, or driehoek outbox cancel");
    if (r->state == DHK_WAITING)
        return is_open(d, number,
            "is not acknowledged: driehoek status sends it, driehoek outbox "
            "cancel takes it out");
    if (rc == DHK_OK && !recall_is_over(&recall))
        return is_open(d, number,
            "was withdrawn and not everybody has answered that: driehoek "
            "status");
    if (r->state == DHK_ACCEPTED && !record_is_settled(r))
        return is_open(d, number,
            "has shares without an outcome: driehoek status shows them, "
            "driehoek withdraw ends them");
    return DHK_OK;
}

static enum dhk_err
walk_outbox(struct destroying *d, struct store_txn *t)
{
    struct record *r = malloc(sizeof *r);
    uint64_t number = 0;
    enum dhk_err rc = r == NULL ? DHK_NOMEM : DHK_OK;

    while (
        rc == DHK_OK && (rc = outbox_next(t, number, &number, r)) == DHK_OK) {
        if (memcmp(r->case_handle, d->bytes, sizeof d->bytes) != 0)
            continue;
        d->found = true;
        rc = check_record(d, t, number, r);
        if (rc == DHK_OK && d->run)
            rc = outbox_forget_content(t, number);
        if (rc == DHK_OK && d->run)
            rc = thread_forget_sent(t, number);
    }
    free(r);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
do_outbox(struct destroying *d)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = node_outbox(d->at, d->problem);

    if (rc == DHK_OK)
        rc = outbox_begin(&t, d->at->outbox, d->run);
    if (rc == DHK_OK)
        rc = walk_outbox(d, t);
    if (rc == DHK_OK && d->run)
        return outbox_commit_now(d->at->outbox, &t);
    store_abort(&t);
    return rc;
}

/* Everything in the inbox is looked at; it is opened anew by who works with it.
 */
static enum dhk_err
do_inbox(struct destroying *d)
{
    struct parcel *p = NULL;
    bool open = false;
    enum dhk_err rc = node_inbox(d->at, d->problem);

    while (rc == DHK_OK && !open &&
           (rc = inbox_next(d->at->inbox, &p)) == DHK_OK) {
        open = strcmp(p->pub.case_handle, d->handle) == 0;
        inbox_drop(d->at->inbox, &p);
    }
    inbox_close(&d->at->inbox);
    if (open)
        return problem_set(d->problem, DHK_STATE,
            "a share of this case is in the inbox: driehoek receive takes it");
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

/* Of what was taken, which signal it was. */
static enum dhk_err
forget_taken(struct destroying *d)
{
    struct store_txn *t = NULL;
    enum dhk_err rc = node_inbox(d->at, d->problem);

    if (rc == DHK_OK)
        rc = inbox_begin(&t, d->at->inbox, true);
    if (rc == DHK_OK)
        rc = d->now != 0 ? thread_forget_passed(t, d->at, d->handle, d->now)
                         : thread_forget_taken(t, d->at, d->handle);
    if (rc == DHK_OK)
        rc = store_commit(&t);
    store_abort(&t);
    return rc;
}

/* The files are closed, and written anew without what was deleted. */
static enum dhk_err
scrub(struct destroying *d)
{
    static const char *const names[] = {"outbox", "inbox"};
    char path[NODE_PATH];
    enum dhk_err rc = DHK_OK;

    outbox_close(&d->at->outbox);
    inbox_close(&d->at->inbox);
    for (size_t i = 0; rc == DHK_OK && i < 2; i++) {
        rc = node_path(path, d->at->broker_dir, names[i]);
        if (rc == DHK_OK)
            rc = store_scrub(path);
        if (rc != DHK_OK)
            (void)problem_file(d->problem, rc, path);
    }
    return rc;
}

static enum dhk_err
state(struct destroying *d)
{
    struct stating said = {.what = ACT_DESTROYED};

    if (!d->found && d->at != d->node)
        return DHK_OK; /* that ledger knows nothing of it */
    memcpy(said.case_handle, d->bytes, sizeof said.case_handle);
    return stating_keep(d->node, d->at->broker_dir,
        trust_roster(d->at->trust)->origin, &said, d->problem);
}

static enum dhk_err
do_broker(struct destroying *d, bool stated)
{
    enum dhk_err rc;

    d->found = false;
    if (trust_roster(d->at->trust) == NULL)
        return DHK_OK; /* nothing was ever sent there */
    rc = do_outbox(d);
    if (rc == DHK_OK && !d->run)
        rc = do_inbox(d);
    if (rc == DHK_OK && d->run)
        rc = forget_taken(d);
    if (rc == DHK_OK && d->run)
        rc = scrub(d);
    if (rc == DHK_OK && d->run && !stated)
        rc = state(d);
    return rc;
}

/* --- all of them --- */

static enum dhk_err
do_other(struct destroying *d, const char *name, bool stated)
{
    const struct dhk_options options = {.broker = name};
    enum dhk_err rc =
        node_open(&d->at, d->node->dir, &options, NODE_LOCKED, d->problem);

    if (rc == DHK_OK)
        rc = do_broker(d, stated);
    node_close(&d->at);
    return rc;
}

static enum dhk_err
do_others(struct destroying *d, bool stated)
{
    char folder[NODE_PATH];
    const struct dirent *entry;
    DIR *list = NULL;
    enum dhk_err rc = node_path(folder, d->node->dir, "brokers");

    if (rc == DHK_OK && (list = opendir(folder)) == NULL)
        rc = problem_file(d->problem, DHK_IO, folder);
    while (rc == DHK_OK && list != NULL && (entry = readdir(list)) != NULL) {
        if (!bytes_is_name(slice_str(entry->d_name)) ||
            strcmp(entry->d_name, d->node->broker) == 0)
            continue;
        rc = do_other(d, entry->d_name, stated);
    }
    if (list != NULL)
        (void)closedir(list);
    return rc;
}

static enum dhk_err
do_all(struct destroying *d, bool stated)
{
    enum dhk_err rc = do_others(d, stated);

    d->at = d->node;
    if (rc == DHK_OK)
        rc = do_broker(d, stated);
    if (rc != DHK_OK && d->problem->text[0] == '\0')
        (void)problem_set(d->problem, rc, "%s", dhk_strerror(rc));
    return rc;
}

static enum dhk_err
begin(struct destroying *d)
{
    if (bytes_unhex(d->bytes, sizeof d->bytes, slice_str(d->handle)) != DHK_OK)
        return problem_set(
            d->problem, DHK_FORMAT, "a case handle is 32 hex digits");
    return DHK_OK;
}

enum dhk_err
destroying_check(
    struct dhk_node *node, const char *handle, struct dhk_problem *problem)
{
    struct destroying d = {.node = node, .handle = handle, .problem = problem};
    enum dhk_err rc = begin(&d);

    return rc == DHK_OK ? do_all(&d, false) : rc;
}

enum dhk_err
destroying_run(
    struct dhk_node *node, const char *handle, struct dhk_problem *problem)
{
    struct destroying d = {
        .node = node, .handle = handle, .problem = problem, .run = true};
    bool stated = false;
    enum dhk_err rc = begin(&d);

    if (rc == DHK_OK)
        rc = cases_bury(node, handle, problem);
    (void)cases_buried(node, handle, &stated);
    if (rc == DHK_OK)
        rc = do_all(&d, stated);
    if (rc == DHK_OK && !stated)
        rc = cases_stated(node, handle, problem);
    return rc;
}

enum dhk_err
destroying_passed(struct dhk_node *node, const char *handle, int64_t now,
    struct dhk_problem *problem)
{
    struct destroying d = {.node = node,
        .at = node,
        .handle = handle,
        .problem = problem,
        .now = now};
    enum dhk_err rc = begin(&d);

    if (rc == DHK_OK)
        rc = forget_taken(&d);
    if (rc == DHK_OK)
        rc = scrub(&d);
    if (rc != DHK_OK && problem->text[0] == '\0')
        (void)problem_set(problem, rc, "%s", dhk_strerror(rc));
    return rc;
}
