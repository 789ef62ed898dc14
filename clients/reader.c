/* SPDX-License-Identifier: EUPL-1.2
 *
 * Questions to the ledger, page by page. A page is a multi-proof under a
 * signed head. An auditor's complete ledger comes without: there the entries
 * are hashed one after another, and the broker has to prove after each page
 * that the signed tree begins with what came so far. */
#include "reader.h"

#include "command.h"
#include "fetch.h"
#include "heads.h"
#include "merkle.h"
#include "session.h"
#include "trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { QUERY_BYTES = 1024, PAGE_BYTES = LIMIT_MESSAGE + 64 * 1024 };

struct reader {
    struct dhk_node *node;
    int timeout_ms;
    uint8_t query[QUERY_BYTES];
    size_t query_n;
    enum query_what what;
    uint64_t from, until; /* as asked; until 0: the end */
    uint64_t own_index;
    bool begun, has_next;
    enum dhk_err failed;
    uint64_t next;
    struct checkpoint head; /* of the page */
    struct receipt *page;   /* NULL: an empty one */
    uint8_t *mem;           /* of the page */
    size_t at;              /* entries of it that were handed out */
    bool whole;             /* every entry comes, from the first on */
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
    r->from = q.from;
    /* the seals come behind what an answer covers */
    r->until = q.what == QUERY_ANSWER ? 0 : q.until;
    if (q.what == QUERY_SHOW || q.what == QUERY_PROVE)
        r->until = q.from + 1;
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
    rc = reply->list_n == reply->indexes_n ? DHK_OK : DHK_FORMAT;
    if (rc != DHK_OK || reply->list_n == 0)
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

/* Entries are where they were asked for, and a next page lies behind them. */
static bool
is_in_range(const struct reader *r, uint64_t asked)
{
    const struct receipt *p = r->page;
    uint64_t least = asked > r->from ? asked : r->from;

    if (r->has_next && (r->next <= asked || r->next >= r->head.size))
        return false;
    if (p == NULL)
        return true;
    return p->index[0] >= least &&
           (r->until == 0 || p->index[p->n - 1] < r->until) &&
           (!r->has_next || p->index[p->n - 1] < r->next);
}

/* Adds the page to the tree of all entries so far. The last page must bring
 * the last of those that were asked for. */
static enum dhk_err
append_page(struct reader *r)
{
    uint8_t leaf[MERKLE_HASH];
    const struct receipt *p = r->page;
    uint64_t end = r->head.size;
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && p != NULL && i < p->n; i++) {
        if (p->index[i] != r->frontier.size)
            return DHK_AUTH;
        merkle_leaf(leaf, p->entry[i]);
        rc = merkle_frontier_append(&r->frontier, leaf, NULL);
    }
    if (r->until != 0 && r->until < end)
        end = r->until;
    if (rc == DHK_OK && r->frontier.size != (r->has_next ? r->next : end))
        return DHK_AUTH;
    return rc;
}

/* What the page says for itself. */
static enum dhk_err
verify_entries(struct reader *r, bool first)
{
    struct receipt *p = r->page;

    if (first)
        r->whole = (r->what == QUERY_FETCH || r->what == QUERY_ANSWER) &&
                   p != NULL && p->proof.n == 0;
    if (r->whole)
        return append_page(r);
    return p == NULL ? DHK_OK
                     : receipt_verify(p, trust_log(r->node->trust), NULL);
}

/* The broker proves that the tree of NEW begins with that of OLD. */
static enum dhk_err
get_proof(struct reader *r, const struct merkle_head *old,
    const struct merkle_head *new, struct dhk_problem *problem)
{
    struct command ask = {.type = COMMAND_GET,
        .what = COMMAND_GET_CONSISTENCY,
        .a = old->size,
        .b = new->size};
    struct command reply;
    struct cursor c;
    enum dhk_err rc =
        session_request(r->node->session, &ask, &reply, r->timeout_ms, problem);

    if (rc != DHK_OK)
        return rc;
    if (reply.type != COMMAND_OBJECT || reply.what != ask.what ||
        reply.list_n != 2)
        return problem_set(
            problem, DHK_FORMAT, "the broker sent no proof of the ledger");
    command_list(&c, reply.list);
    (void)command_list_next(&c); /* the note is known */
    rc = merkle_consistency_verify(old, new, command_list_next(&c));
    if (rc != DHK_OK)
        return problem_set(problem, DHK_AUTH,
            "the entries that the broker sent are not the ledger that it "
            "signed");
    return rc;
}

static struct merkle_head
head_of(const struct checkpoint *cp)
{
    struct merkle_head head = {.size = cp->size};

    memcpy(head.root, cp->root, sizeof head.root);
    return head;
}

/* That all entries so far are the beginning of the signed tree. */
static enum dhk_err
prove_whole(struct reader *r, struct dhk_problem *problem)
{
    struct merkle_head so_far = {.size = r->frontier.size};
    struct merkle_head head = head_of(&r->head);

    merkle_frontier_root(so_far.root, &r->frontier);
    if (so_far.size < head.size)
        return get_proof(r, &so_far, &head, problem);
    if (memcmp(so_far.root, head.root, sizeof head.root) == 0)
        return DHK_OK;
    return problem_set(problem, DHK_AUTH,
        "the entries that the broker sent are not the ledger that it signed");
}

/* That the page's head extends what the node saw, or is part of it. */
static enum dhk_err
prove_head(struct reader *r, struct dhk_problem *problem)
{
    const struct checkpoint *last;
    struct merkle_head old, new;
    enum dhk_err rc = fetch_consistency(r->node, r->timeout_ms, problem);

    last = heads_last(r->node->heads);
    if (rc != DHK_OK || last == NULL || last->size <= r->head.size)
        return rc;
    old = head_of(&r->head);
    new = head_of(last);
    return get_proof(r, &old, &new, problem);
}

/* Nothing of REPLY is read after the first question to the broker. */
static enum dhk_err
take_page(struct reader *r, const struct command *reply, uint64_t asked,
    struct dhk_problem *problem)
{
    bool first = !r->begun;
    enum dhk_err rc = checkpoint_open(
        &r->head, reply->bytes, trust_log(r->node->trust), NULL);

    if (rc != DHK_OK || reply->a >= r->head.size)
        return problem_set(problem, DHK_AUTH,
            "the broker answered without a signed checkpoint that covers the "
            "question");
    rc = heads_saw(r->node->heads, reply->bytes, problem);
    if (rc != DHK_OK)
        return rc;
    r->begun = true;
    r->own_index = reply->a;
    r->has_next = reply->has_entry;
    r->next = reply->entry;
    rc = read_page(r, reply);
    if (rc == DHK_OK && !is_in_range(r, asked))
        rc = DHK_FORMAT;
    if (rc != DHK_OK)
        return problem_set(problem, rc,
            "a page of the ledger is not of the form: %s", dhk_strerror(rc));
    rc = verify_entries(r, first);
    if (rc != DHK_OK)
        return problem_set(problem, rc,
            "a page of the ledger does not verify: %s", dhk_strerror(rc));
    rc = prove_head(r, problem);
    return rc == DHK_OK && r->whole ? prove_whole(r, problem) : rc;
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

    if (rc != DHK_OK) /* not known any more: as good as no answer */
        return rc == DHK_STATE ? DHK_NOTFOUND : rc;
    if (reply.type != COMMAND_PAGE || (r->begun && reply.a != r->own_index))
        return problem_set(
            problem, DHK_FORMAT, "the broker sent no page of the ledger");
    return take_page(r, &reply, r->next, problem);
}

/* Nothing of a page that did not verify may be seen. */
static enum dhk_err
turn(struct reader *r, struct dhk_problem *problem)
{
    enum dhk_err rc;

    r->at = 0;
    rc = ask(r, problem);
    if (rc != DHK_OK)
        receipt_destroy(&r->page);
    return rc;
}

enum dhk_err
reader_open(struct reader **out, struct dhk_node *node, const struct query *q,
    int timeout_ms, struct dhk_problem *problem)
{
    const struct reader_after all = {q, NULL, timeout_ms};

    return reader_open_after(out, node, &all, problem);
}

enum dhk_err
reader_open_after(struct reader **out, struct dhk_node *node,
    const struct reader_after *after, struct dhk_problem *problem)
{
    struct reader *r = NULL;
    enum dhk_err rc;

    *out = NULL;
    if (node->session == NULL)
        return problem_set(problem, DHK_STATE, "not connected");
    rc = session_ready(node, after->timeout_ms, problem);
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
    r->timeout_ms = after->timeout_ms;
    merkle_frontier_init(&r->frontier);
    if (after->before != NULL)
        r->frontier = *after->before;
    rc = issue(r, after->q);
    if (rc != DHK_OK)
        (void)problem_set(problem, rc, "query: %s", dhk_strerror(rc));
    else
        rc = turn(r, problem);
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

/* What was not answered is not the end of the ledger. */
static enum dhk_err
fail(struct reader *r, enum dhk_err rc)
{
    r->failed = rc;
    if (rc == DHK_NOTFOUND) {
        errno = ETIMEDOUT;
        r->failed = DHK_IO;
    }
    return r->failed;
}

enum dhk_err
reader_next(struct reader *r, uint64_t *index, struct slice *bytes,
    struct dhk_problem *problem)
{
    enum dhk_err rc;

    while (r->page == NULL || r->at >= r->page->n) {
        if (r->failed != DHK_OK)
            return problem_set(problem, r->failed, "the reading has failed");
        if (!r->has_next)
            return problem_set(problem, DHK_NOTFOUND, "no more entries");
        rc = turn(r, problem);
        if (rc != DHK_OK)
            return fail(r, rc);
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
