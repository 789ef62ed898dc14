/* SPDX-License-Identifier: EUPL-1.2
 *
 * GET 9, 10 and 11, page by page. */
#include "casefetch.h"

#include "agreement.h"
#include "cards.h"
#include "command.h"
#include "entry.h"
#include "fetch.h"
#include "heads.h"
#include "session.h"
#include "trust.h"

#include <stdlib.h>
#include <string.h>

enum { REQUEST_MS = 5000, CARD_MS = 2000, PAGES_MAX = 4096, INDEX = 8 };

/* One page: a copy, for cards may have to be fetched, and messages do not last.
 */
struct page {
    uint8_t *bytes;
    struct slice list;
    size_t n; /* pairs */
};

static enum dhk_err
get_page(struct page *p, struct dhk_node *node, struct command *c,
    struct dhk_problem *problem)
{
    struct command reply;
    enum dhk_err rc;

    *p = (struct page){.n = 0};
    c->type = COMMAND_GET;
    rc = session_request(node->session, c, &reply, REQUEST_MS, problem);
    if (rc == DHK_NOTFOUND && !session_is_unanswered(node->session))
        return DHK_OK; /* it has nothing of that */
    if (rc != DHK_OK)
        return rc;
    if (reply.type != COMMAND_OBJECT || reply.what != c->what ||
        reply.list_n % 2 != 0)
        return problem_set(problem, DHK_FORMAT,
            "the broker sent another thing than was asked for");
    p->bytes = malloc(reply.list.n + 1);
    if (p->bytes == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    if (reply.list.n > 0)
        memcpy(p->bytes, reply.list.p, reply.list.n);
    p->list = slice_of(p->bytes, reply.list.n);
    p->n = reply.list_n / 2;
    return DHK_OK;
}

/* What is made of one pair; the index that it is about, ascending. */
struct taking {
    struct dhk_node *node;
    struct dhk_problem *problem;
    enum dhk_err (*take)(
        struct taking *t, struct slice a, struct slice b, uint64_t *index);
    void *out;
    const uint8_t *handle;
};

static enum dhk_err
out_of_order(struct taking *t)
{
    return problem_set(
        t->problem, DHK_FORMAT, "the broker's list does not ascend");
}

static enum dhk_err
take_page(struct taking *t, const struct page *p, uint64_t *after)
{
    struct cursor c;
    uint64_t index = 0;
    enum dhk_err rc = DHK_OK;

    command_list(&c, p->list);
    for (size_t i = 0; rc == DHK_OK && i < p->n; i++) {
        struct slice a = command_list_next(&c);
        struct slice b = command_list_next(&c);

        rc = t->take(t, a, b, &index);
        if (rc == DHK_OK && index <= *after)
            rc = out_of_order(t);
        *after = index;
    }
    return rc;
}

static enum dhk_err
take_all(
    struct taking *t, enum command_get what, struct slice id, uint64_t after)
{
    struct page p = {.n = 1};
    enum dhk_err rc = DHK_OK;

    for (int i = 0; rc == DHK_OK && p.n > 0 && i < PAGES_MAX; i++) {
        struct command ask = {.what = what, .id = id, .a = after};

        rc = get_page(&p, t->node, &ask, t->problem);
        if (rc == DHK_OK)
            rc = take_page(t, &p, &after);
        free(p.bytes);
    }
    return rc;
}

static bool
read_index(struct slice bytes, uint64_t *index)
{
    *index = bytes.n == INDEX ? bytes_get_u64(bytes.p) : 0;
    return bytes.n == INDEX && *index > 0 && *index <= INT64_MAX;
}

/* --- a course --- */

enum proof { PROVED, UNPROVED, FORGED, INVENTED };

/* Whose word SAID is. */
static enum dhk_err
prove(enum proof *out, struct dhk_node *node, const struct entry_stated *e,
    const struct statement *said)
{
    const struct card *card = NULL;
    enum dhk_err rc = DHK_OK;

    if (memcmp(said->card, node->card.id, sizeof said->card) == 0) {
        card = &node->card;
    } else {
        rc = fetch_signer(node, said->card, CARD_MS);
        card = cards_by_id(node->cards, said->card);
    }
    *out = UNPROVED;
    if (rc != DHK_OK && rc != DHK_NOTFOUND)
        return rc;
    if (card == NULL)
        return DHK_OK;
    *out = slice_equal(slice_str(card->partner), e->partner) &&
                   statement_verify(said, &card->sign) == DHK_OK
               ? PROVED
               : FORGED;
    return DHK_OK;
}

unsigned
casefetch_role(const struct agreement *a, struct slice partner, unsigned *of)
{
    int party = a == NULL ? -1 : agreement_party(a, partner);
    unsigned as = party < 0 ? 0 : ACT_BY_PARTY;

    *of = a == NULL ? 0 : (unsigned)a->signatories_n;
    for (size_t i = 0; party >= 0 && i < a->signatories_n; i++) {
        if (a->signatories[i] == party)
            as |= ACT_BY_WEIGHER;
    }
    return as;
}

/* Whether E's partner was what E says. */
static enum dhk_err
prove_role(enum proof *out, struct dhk_node *node, const struct entry_stated *e)
{
    static const uint8_t none[sizeof e->agreement];
    const struct agreement *a = NULL;
    unsigned of, as;
    enum dhk_err rc = DHK_OK;

    if (e->all)
        return DHK_OK; /* an auditor's: entry_decode() saw that it is nothing */
    if (memcmp(e->agreement, none, sizeof none) != 0) {
        rc = fetch_agreement(node, e->agreement, CARD_MS, NULL);
        a = trust_agreement_by_hash(node->trust, e->agreement);
        if (a == NULL)
            *out = UNPROVED;
        if (a == NULL)
            return rc == DHK_NOMEM || rc == DHK_IO ? rc : DHK_OK;
    }
    as = casefetch_role(a, e->partner, &of);
    if (as != e->as || of != e->of)
        *out = INVENTED;
    return DHK_OK;
}

static enum dhk_err
evidence(struct taking *t, uint64_t index, struct slice bytes, const char *why)
{
    heads_evidence(t->node->heads, "stated", bytes);
    return problem_set(t->problem, DHK_AUTH, "ledger entry %llu: %s",
        (unsigned long long)index, why);
}

/* DHK_OK, or what is wrong with entry BYTES as one of the case's course. */
static enum dhk_err
check_stated(struct taking *t, const struct entry *e, enum proof *proof)
{
    struct statement said;
    const char *origin = trust_roster(t->node->trust)->origin;

    if (e->kind != ENTRY_STATED ||
        statement_from_body(
            &said, e->u.stated.body, e->u.stated.signature, NULL) != DHK_OK ||
        memcmp(said.case_handle, t->handle, STATEMENT_CASE) != 0 ||
        !slice_equal(said.origin, slice_str(origin)))
        return DHK_FORMAT;
    enum dhk_err rc = prove(proof, t->node, &e->u.stated, &said);
    return rc == DHK_OK && *proof == PROVED
               ? prove_role(proof, t->node, &e->u.stated)
               : rc;
}

static enum dhk_err
take_stated(struct taking *t, struct slice a, struct slice b, uint64_t *index)
{
    struct casestore *s = t->out;
    enum proof proof = UNPROVED;
    struct entry *e = malloc(sizeof *e);
    enum dhk_err rc = e == NULL ? DHK_NOMEM : DHK_OK;

    if (rc == DHK_OK && (!read_index(a, index) || b.n > LIMIT_ENTRY ||
                            entry_decode(e, b, NULL) != DHK_OK))
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = check_stated(t, e, &proof);
    free(e);
    if (rc == DHK_FORMAT)
        return evidence(t, *index, b, "it is no statement about this case");
    if (rc != DHK_OK)
        return problem_set(t->problem, rc, "%s", dhk_strerror(rc));
    if (proof == FORGED)
        return evidence(t, *index, b, "its signature is not its partner's");
    if (proof == INVENTED)
        return evidence(t, *index, b,
            "its partner was something else by the agreement that it names");
    if (proof == UNPROVED) {
        s->unproved++;
        return DHK_OK;
    }
    rc = casestore_add(s, *index, b);
    if (rc == DHK_AUTH)
        return evidence(t, *index, b, "the broker showed another one before");
    if (rc != DHK_OK && rc != DHK_EXISTS)
        return problem_set(t->problem, rc, "a case: %s", dhk_strerror(rc));
    return DHK_OK;
}

enum dhk_err
casefetch_course(struct casestore *s, struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE], uint64_t after,
    struct dhk_problem *problem)
{
    struct taking t = {.node = node,
        .problem = problem,
        .take = take_stated,
        .out = s,
        .handle = handle};

    s->unproved = 0;
    return take_all(
        &t, COMMAND_GET_COURSE, slice_of(handle, STATEMENT_CASE), after);
}

/* --- lists --- */

struct list {
    void *items;
    size_t n;
};

static void *
append(struct list *l, size_t size)
{
    uint8_t *more = reallocarray(l->items, l->n + 1, size);

    if (more == NULL)
        return NULL;
    l->items = more;
    return more + size * l->n++;
}

static enum dhk_err
take_case(struct taking *t, struct slice a, struct slice b, uint64_t *index)
{
    struct casefetch_case *item;

    if (a.n != STATEMENT_CASE || !read_index(b, index))
        return problem_set(
            t->problem, DHK_FORMAT, "the broker's list of cases is none");
    item = append(t->out, sizeof *item);
    if (item == NULL)
        return problem_set(t->problem, DHK_NOMEM, "out of memory");
    item->last = *index;
    memcpy(item->handle, a.p, sizeof item->handle);
    return DHK_OK;
}

enum dhk_err
casefetch_cases(struct casefetch_case **list, size_t *n, struct dhk_node *node,
    struct dhk_problem *problem)
{
    struct list l = {.n = 0};
    struct taking t = {
        .node = node, .problem = problem, .take = take_case, .out = &l};
    enum dhk_err rc = take_all(&t, COMMAND_GET_CASES, slice_of(NULL, 0), 0);

    if (rc != DHK_OK) {
        free(l.items);
        l = (struct list){.n = 0};
    }
    *list = l.items;
    *n = l.n;
    return rc;
}

static enum dhk_err
read_share(struct casefetch_share *out, const struct entry *e)
{
    const struct entry_share *s = &e->u.share;
    enum dhk_err rc = e->kind == ENTRY_SHARE ? DHK_OK : DHK_FORMAT;

    if (rc == DHK_OK)
        rc = slice_to_str(s->sender, out->sender, sizeof out->sender);
    if (rc == DHK_OK)
        rc = slice_to_str(s->recipient, out->recipient, sizeof out->recipient);
    if (rc == DHK_OK)
        rc = slice_to_str(s->kind, out->kind, sizeof out->kind);
    if (rc == DHK_OK)
        rc = slice_to_str(s->purpose, out->purpose, sizeof out->purpose);
    if (rc != DHK_OK)
        return rc;
    out->accepted = (int64_t)(e->time / 1000);
    out->expires = (int64_t)s->expires;
    memcpy(out->case_handle, s->case_handle, sizeof out->case_handle);
    memcpy(out->id, s->id, sizeof out->id);
    return rc;
}

static enum dhk_err
take_share(struct taking *t, struct slice a, struct slice b, uint64_t *index)
{
    struct casefetch_share *item = append(t->out, sizeof *item);
    struct entry *e = malloc(sizeof *e);
    enum dhk_err rc = e == NULL || item == NULL ? DHK_NOMEM : DHK_OK;

    if (rc == DHK_OK &&
        (!read_index(a, index) || entry_decode(e, b, NULL) != DHK_OK ||
            read_share(item, e) != DHK_OK))
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        item->index = *index;
    free(e);
    return rc == DHK_OK ? rc
                        : problem_set(t->problem, rc,
                              "the broker's list of shares that wait: %s",
                              dhk_strerror(rc));
}

enum dhk_err
casefetch_waiting(struct casefetch_share **list, size_t *n,
    struct dhk_node *node, struct dhk_problem *problem)
{
    struct list l = {.n = 0};
    struct taking t = {
        .node = node, .problem = problem, .take = take_share, .out = &l};
    enum dhk_err rc = take_all(&t, COMMAND_GET_WAITING, slice_of(NULL, 0), 0);

    if (rc != DHK_OK) {
        free(l.items);
        l = (struct list){.n = 0};
    }
    *list = l.items;
    *n = l.n;
    return rc;
}
