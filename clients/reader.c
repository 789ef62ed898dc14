/* SPDX-License-Identifier: EUPL-1.2
 *
 * Questions to the ledger, page by page. */
#include "reader.h"

#include "fetch.h"
#include "heads.h"
#include "merkle.h"
#include "session.h"
#include "trust.h"

#include <stdlib.h>
#include <string.h>

enum { QUERY_BYTES = 1024, PAGE_BYTES = LIMIT_MESSAGE + 64 * 1024 };

struct reader {
    struct dhk_node *node;
    int timeout_ms;
    uint8_t query[QUERY_BYTES];
    size_t query_n;
    enum query_what what;
    uint64_t own_index;
    bool begun, has_next;
    uint64_t next;
    struct receipt *page;
    uint8_t *mem; /* of the page */
    size_t at;    /* entries of it that were handed out */
    /* all entries from the first on come without a proof: their root is one */
    struct merkle_frontier frontier;
};

static enum dhk_err
issue(struct reader *r, const struct query *filter)
{
    struct query q = *filter;
    struct sink out;
    enum dhk_err rc;

    q.origin = slice_str(trust_roster(r->node->trust)->origin);
    memcpy(q.card, r->node->card.id, sizeof q.card);
    memcpy(q.nonce, session_nonce(r->node->session), sizeof q.nonce);
    q.number = session_count(r->node->session);
    sink_init(&out, r->query, sizeof r->query);
    rc = query_issue(&out, &q, r->node->secret.sign);
    r->query_n = out.n;
    r->what = q.what;
    return rc;
}

/* The page in the form of a receipt, which knows how to verify itself. */
static enum dhk_err
read_page(struct reader *r, const struct command *reply)
{
    uint64_t *index = calloc(reply->list_n + 1, sizeof *index);
    struct slice *entry = calloc(reply->list_n + 1, sizeof *entry);
    struct cursor indexes, entries;
    struct sink out;
    enum dhk_err rc = DHK_NOMEM;

    receipt_destroy(&r->page);
    if (index == NULL || entry == NULL)
        goto out;
    rc = DHK_FORMAT;
    if (reply->list_n != reply->indexes_n)
        goto out;
    command_list(&indexes, reply->indexes);
    command_list(&entries, reply->list);
    for (size_t i = 0; i < reply->list_n; i++) {
        index[i] = command_index_next(&indexes);
        entry[i] = command_list_next(&entries);
    }
    sink_init(&out, r->mem, PAGE_BYTES);
    rc = receipt_encode(
        &out, reply->bytes, index, entry, reply->list_n, reply->proof);
    if (rc == DHK_OK)
        rc = receipt_decode(&r->page, sink_done(&out), NULL);
out:
    free(index);
    free(entry);
    return rc;
}

/* Entries from the first on, without a gap: appended to the tree, whose root
 * must be the checkpoint's when the last of them is there. */
static enum dhk_err
verify_whole(struct reader *r)
{
    uint8_t leaf[MERKLE_HASH], root[MERKLE_HASH];
    struct receipt *p = r->page;
    enum dhk_err rc = checkpoint_open(
        &p->checkpoint, p->note, trust_log(r->node->trust), NULL);

    for (size_t i = 0; rc == DHK_OK && i < p->n; i++) {
        if (p->index[i] != r->frontier.size)
            return DHK_AUTH;
        merkle_leaf(leaf, p->entry[i]);
        rc = merkle_frontier_append(&r->frontier, leaf, NULL);
    }
    if (rc != DHK_OK || r->has_next)
        return rc;
    merkle_frontier_root(root, &r->frontier);
    if (r->frontier.size != p->checkpoint.size ||
        memcmp(root, p->checkpoint.root, sizeof root) != 0)
        return DHK_AUTH;
    return DHK_OK;
}

static enum dhk_err
verify_page(struct reader *r, struct dhk_problem *problem)
{
    struct receipt *p = r->page;
    bool whole = r->what == QUERY_FETCH && p->proof.n == 0 && p->n > 0 &&
                 p->index[0] == r->frontier.size;
    enum dhk_err rc;

    if (whole)
        rc = verify_whole(r);
    else if (p->n == 0)
        rc = checkpoint_open(
            &p->checkpoint, p->note, trust_log(r->node->trust), NULL);
    else
        rc = receipt_verify(p, trust_log(r->node->trust), NULL);
    if (rc == DHK_OK &&
        strcmp(p->checkpoint.origin, trust_roster(r->node->trust)->origin) != 0)
        rc = DHK_AUTH;
    if (rc != DHK_OK)
        return problem_set(problem, rc,
            "a page of the ledger does not verify: %s", dhk_strerror(rc));
    rc = heads_saw(r->node->heads, p->note, problem);
    if (rc == DHK_OK)
        rc = fetch_consistency(r->node, r->timeout_ms, problem);
    return rc;
}

static enum dhk_err
ask(struct reader *r, struct dhk_problem *problem)
{
    struct command c = {.type = COMMAND_QUERY,
        .bytes = slice_of(r->query, r->query_n),
        .has_entry = r->begun,
        .entry = r->own_index,
        .a = r->next};
    struct command reply;
    enum dhk_err rc =
        session_request(r->node->session, &c, &reply, r->timeout_ms, problem);

    if (rc != DHK_OK)
        return rc;
    if (reply.type != COMMAND_PAGE || (r->begun && reply.a != r->own_index) ||
        (reply.has_entry && reply.entry <= r->next))
        return problem_set(
            problem, DHK_FORMAT, "the broker sent no page of the ledger");
    r->begun = true;
    r->own_index = reply.a;
    r->has_next = reply.has_entry;
    r->next = reply.entry;
    r->at = 0;
    rc = read_page(r, &reply);
    if (rc != DHK_OK)
        return problem_set(problem, rc,
            "a page of the ledger is not of the form: %s", dhk_strerror(rc));
    return verify_page(r, problem);
}

enum dhk_err
reader_open(struct reader **out, struct dhk_node *node, const struct query *q,
    int timeout_ms, struct dhk_problem *problem)
{
    struct reader *r = NULL;
    enum dhk_err rc;

    *out = NULL;
    if (node->session == NULL)
        return problem_set(problem, DHK_STATE, "not connected");
    rc = session_ready(node, timeout_ms, problem);
    if (rc != DHK_OK)
        return rc;
    r = calloc(1, sizeof *r);
    if (r != NULL)
        r->mem = malloc(PAGE_BYTES);
    if (r == NULL || r->mem == NULL) {
        reader_close(&r);
        return problem_set(problem, DHK_NOMEM, "out of memory");
    }
    r->node = node;
    r->timeout_ms = timeout_ms;
    merkle_frontier_init(&r->frontier);
    rc = issue(r, q);
    if (rc != DHK_OK)
        (void)problem_set(problem, rc, "query: %s", dhk_strerror(rc));
    else
        rc = ask(r, problem);
    if (rc != DHK_OK)
        reader_close(&r);
    *out = r;
    return rc;
}

void
reader_close(struct reader **r)
{
    if (*r == NULL)
        return;
    receipt_destroy(&(*r)->page);
    free((*r)->mem);
    free(*r);
    *r = NULL;
}

enum dhk_err
reader_next(struct reader *r, uint64_t *index, struct slice *bytes,
    struct dhk_problem *problem)
{
    enum dhk_err rc;

    while (r->at >= r->page->n) {
        if (!r->has_next)
            return problem_set(problem, DHK_NOTFOUND, "no more entries");
        rc = ask(r, problem);
        if (rc != DHK_OK)
            /* what was not answered is not the end of the ledger */
            return rc == DHK_NOTFOUND ? DHK_STATE : rc;
    }
    *index = r->page->index[r->at];
    *bytes = r->page->entry[r->at];
    r->at++;
    return DHK_OK;
}

const struct receipt *
reader_page(const struct reader *r)
{
    return r->page;
}

uint64_t
reader_own_index(const struct reader *r)
{
    return r->own_index;
}

size_t
reader_place(const struct reader *r)
{
    return r->at == 0 ? 0 : r->at - 1;
}
