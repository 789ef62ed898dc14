/* SPDX-License-Identifier: EUPL-1.2
 *
 * An entry is copied before it is looked into: what the reader lends goes with
 * the next question to the broker, and an unknown agreement is one. */
#include "question_inside.h"

#include "agreement.h"
#include "envelope.h"
#include "fetch.h"
#include "node.h"
#include "query.h"
#include "reader.h"
#include "trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGREEMENT_MS = 5000, PROOF_BYTES = 32 * 1024, MS = 1000 };

/* --- asking --- */

static bool
is_time(int64_t seconds)
{
    return seconds >= 0 && (uint64_t)seconds <= ENVELOPE_TIME_MAX;
}

enum dhk_err
question_purpose(enum dhk_purpose purpose, struct dhk_problem *problem)
{
    switch (purpose) {
    case DHK_FOR_LAWFULNESS:
    case DHK_FOR_INTERNAL:
    case DHK_FOR_INTEGRITY:
    case DHK_FOR_COURT:
        return DHK_OK;
    default:
        break;
    }
    return problem_set(problem, DHK_FORMAT,
        "a question to the ledger needs a purpose of the closed list");
}

static enum dhk_err
read_names(struct query *out, const struct dhk_question *in,
    struct dhk_problem *problem)
{
    const struct {
        struct slice *to;
        const char *value, *what;
    } names[] = {{&out->partner, in->partner, "partner"},
        {&out->sender, in->sender, "sender"},
        {&out->recipient, in->recipient, "recipient"},
        {&out->kind, in->kind, "kind"},
        {&out->share_purpose, in->share_purpose, "purpose"},
        {&out->outcome, in->outcome, "outcome"}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].value == NULL)
            continue;
        *names[i].to = slice_str(names[i].value);
        if (!bytes_is_name(*names[i].to))
            return problem_set(
                problem, DHK_FORMAT, "the %s's name is no name", names[i].what);
    }
    if (in->outcome != NULL && !query_is_outcome(out->outcome))
        return problem_set(problem, DHK_FORMAT, "there is no such outcome");
    if (in->rule != NULL)
        out->rule = slice_str(in->rule);
    if (in->rule != NULL && (out->rule.n == 0 || out->rule.n > LIMIT_RULE_ID))
        return problem_set(problem, DHK_FORMAT,
            "the id of a rule has 1 to %d bytes", LIMIT_RULE_ID);
    if (in->from > INT64_MAX)
        return problem_set(problem, DHK_FORMAT, "there is no such entry");
    return DHK_OK;
}

static enum dhk_err
read_question(struct query *out, const struct dhk_question *in,
    struct dhk_problem *problem)
{
    *out = (struct query){.what = in->one ? QUERY_SHOW : QUERY_LIST};
    if (question_purpose(in->purpose, problem) != DHK_OK)
        return DHK_FORMAT;
    out->purpose = (enum query_purpose)in->purpose;
    if (in->one) {
        out->from = in->index;
        return DHK_OK;
    }
    enum dhk_err rc = read_names(out, in, problem);
    if (rc != DHK_OK)
        return rc;
    out->from = in->from;
    out->has_case = in->case_handle != NULL;
    if (out->has_case && bytes_unhex(out->case_handle, sizeof out->case_handle,
                             slice_str(in->case_handle)) != DHK_OK)
        return problem_set(
            problem, DHK_FORMAT, "a case handle has 32 hexadecimal digits");
    if (!is_time(in->since) || !is_time(in->until))
        return problem_set(problem, DHK_FORMAT, "there is no such time");
    out->since = (uint64_t)in->since * MS;
    out->before = (uint64_t)in->until * MS;
    return DHK_OK;
}

enum dhk_err
question_open(struct dhk_query **out, struct dhk_node *node,
    const struct dhk_question *question, int timeout_ms,
    struct dhk_problem *problem)
{
    struct query query;
    struct dhk_query *q = NULL;
    enum dhk_err rc = read_question(&query, question, problem);

    *out = NULL;
    if (rc != DHK_OK)
        return rc;
    q = calloc(1, sizeof *q);
    if (q == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    q->node = node;
    q->one = question->one;
    rc = reader_open(&q->reader, node, &query, timeout_ms, problem);
    if (rc != DHK_OK)
        question_close(&q);
    *out = q;
    return rc;
}

void
question_close(struct dhk_query **q)
{
    if (*q == NULL)
        return;
    reader_close(&(*q)->reader);
    free((*q)->now.entry);
    free((*q)->accepted.entry);
    free(*q);
    *q = NULL;
}

const struct agreement *
question_agreement(struct dhk_node *node, const uint8_t hash[32])
{
    struct dhk_problem ignored;
    const struct agreement *a;

    if (node == NULL || node->trust == NULL)
        return NULL;
    a = trust_agreement_by_hash(node->trust, hash);
    if (a != NULL || node->session == NULL ||
        fetch_agreement(node, hash, AGREEMENT_MS, &ignored) != DHK_OK)
        return a;
    return trust_agreement_by_hash(node->trust, hash);
}

/* --- the next one --- */

static enum dhk_err
hold(struct question_held *h, uint64_t index, struct slice bytes)
{
    if (bytes.n > sizeof h->bytes)
        return DHK_LIMIT;
    if (h->entry == NULL)
        h->entry = malloc(sizeof *h->entry);
    if (h->entry == NULL)
        return DHK_NOMEM;
    memcpy(h->bytes, bytes.p, bytes.n);
    h->n = bytes.n;
    h->index = index;
    return entry_decode(h->entry, slice_of(h->bytes, h->n), NULL);
}

enum dhk_err
question_next(struct dhk_query *q, const struct dhk_entry **out,
    struct dhk_problem *problem)
{
    struct slice bytes;
    uint64_t index = 0;
    enum dhk_err rc = reader_next(q->reader, &index, &bytes, problem);

    *out = NULL;
    if (rc == DHK_NOTFOUND && q->one && q->now.entry == NULL)
        return problem_set(problem, rc,
            "the ledger has no such entry, or none that this node may see");
    if (rc != DHK_OK)
        return rc;
    rc = hold(&q->now, index, bytes);
    if (rc == DHK_OK && q->now.entry->kind == ENTRY_ACCEPTED)
        rc = hold(&q->accepted, index, bytes);
    if (rc != DHK_OK)
        return problem_set(
            problem, rc, "an entry of the ledger: %s", dhk_strerror(rc));
    question_put(q);
    *out = &q->pub;
    return DHK_OK;
}

enum dhk_err
question_proof(const struct dhk_query *q, char **text)
{
    struct sink out;
    char *mem;
    enum dhk_err rc;

    *text = NULL;
    if (q->now.entry == NULL || reader_page(q->reader) == NULL)
        return DHK_STATE;
    mem = malloc(PROOF_BYTES);
    if (mem == NULL)
        return DHK_NOMEM;
    sink_init(&out, (uint8_t *)mem, PROOF_BYTES - 1);
    rc = receipt_proof(&out, reader_page(q->reader), reader_place(q->reader));
    mem[out.n] = '\0';
    if (rc != DHK_OK) {
        free(mem);
        return rc;
    }
    *text = mem;
    return DHK_OK;
}

const struct entry *
question_entry(const struct dhk_query *q)
{
    return q->now.entry;
}

const struct entry_accepted *
question_accepted(const struct dhk_query *q, uint64_t *index)
{
    *index = q->accepted.index;
    return q->accepted.entry == NULL ? NULL : &q->accepted.entry->u.accepted;
}
