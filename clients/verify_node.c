/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each record is verified as it comes; nothing is kept. */
#include "verify_node.h"

#include <dirent.h>
#include <string.h>

#include "file.h"
#include "heads.h"
#include "ledgerfetch.h"

/* The newest heads that NODE verified of all its brokers' ledgers. */
static void
find_others(struct verify_from *out, const struct dhk_node *node)
{
    char brokers[NODE_PATH], dir[NODE_PATH], path[NODE_PATH];
    uint8_t *note = NULL;
    size_t n = 0;
    DIR *d = node_path(brokers, node->dir, "brokers") == DHK_OK
                 ? opendir(brokers)
                 : NULL;

    for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL &&
                                 out->input.others_n < VERIFY_OTHERS;) {
        if (e->d_name[0] == '.' ||
            node_path(dir, brokers, e->d_name) != DHK_OK ||
            node_path(path, dir, "checkpoint") != DHK_OK ||
            file_read(&note, &n, path, LIMIT_CHECKPOINT) != DHK_OK)
            continue;
        if (checkpoint_open(&out->other[out->input.others_n], slice_of(note, n),
                NULL, NULL) == DHK_OK)
            out->input.others_n++;
        file_free(&note, n);
    }
    if (d != NULL)
        (void)closedir(d);
    out->input.others = out->other;
}

enum dhk_err
verify_from_node(struct verify_from *out, const struct dhk_node *node,
    const char *path, struct dhk_problem *problem)
{
    char pinned[NODE_PATH];
    enum dhk_err rc = DHK_OK;

    memset(out, 0, sizeof *out);
    if (path == NULL) {
        must(node != NULL);
        rc = node_path(pinned, node->broker_dir, "signers");
        path = pinned;
    }
    if (rc == DHK_OK)
        rc =
            file_read(&out->signers, &out->signers_n, path, LIMIT_SIGNERS_FILE);
    if (rc != DHK_OK)
        return problem_file(problem, rc, path);
    out->input.signers = slice_of(out->signers, out->signers_n);
    if (node != NULL && node->heads != NULL &&
        heads_last(node->heads) != NULL) {
        out->seen = *heads_last(node->heads);
        out->input.seen = &out->seen;
    }
    if (node != NULL)
        find_others(out, node);
    return DHK_OK;
}

void
verify_from_end(struct verify_from *from)
{
    file_free(&from->signers, from->signers_n);
}

/* --- over the connection --- */

struct running {
    struct verify *v;
    struct verify_fault *fault;
    const struct verify_node *run;
};

static enum dhk_err
take(void *ctx, const struct ledgerfile_record *record)
{
    struct running *r = ctx;
    enum dhk_err rc = verify_record(r->v, record, r->fault);

    if (rc == DHK_OK && r->run->take != NULL)
        rc = r->run->take(r->run->ctx, record);
    return rc;
}

static void
progress(void *ctx, uint64_t done, uint64_t total)
{
    const struct running *r = ctx;

    if (r->run->progress != NULL)
        r->run->progress(r->run->ctx, done, total);
}

enum dhk_err
verify_node_run(const struct verify_node *run, struct verify_result *result,
    struct verify_fault *fault, struct dhk_problem *problem)
{
    struct running r = {.fault = fault, .run = run};
    const struct ledgerfetch fetch = {.node = run->node,
        .purpose = run->purpose,
        .timeout_ms = run->timeout_ms,
        .emit = take,
        .progress = progress,
        .ctx = &r};
    enum dhk_err rc = verify_new(&r.v, run->input, fault);

    if (rc != DHK_OK) { /* of the signers' file, not of the ledger */
        (void)problem_set(problem, rc, "%s", fault->text);
        memset(fault, 0, sizeof *fault);
        return rc;
    }
    rc = ledgerfetch_run(&fetch, problem);
    if (rc == DHK_OK)
        rc = verify_finish(r.v, result, fault);
    result->seen = VERIFY_SEEN_EXTENDS; /* else no page had come */
    verify_destroy(&r.v);
    return rc;
}
