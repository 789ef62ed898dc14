/* SPDX-License-Identifier: EUPL-1.2 */
#include "witness.h"

#include "counted.h"
#include "fetch.h"
#include "heads.h"
#include "quorumhead.h"
#include "session.h"
#include "trust.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    PAUSE_MS = 30000, /* between two of a session, at least */
    ANSWER_MS = 2000, /* for the broker's answer */
    AGAIN_S = 3600,   /* a head that is still the newest is cosigned anew */
    FRESH_S = 3600,   /* no need to ask for a newer one */
    DAY_S = 24 * 3600,
    NOTE = 1024, /* the log's line, and our own */
};

static bool
is_cosigner(const struct dhk_node *node)
{
    const struct roster *r = trust_roster(node->trust);

    for (size_t i = 0; i < r->cosigners_n; i++)
        if (strcmp(r->cosigner[i], node->name) == 0)
            return true;
    return false;
}

/* What ends the work; all else is the broker's affair. */
static enum dhk_err
grave(enum dhk_err rc)
{
    return rc == DHK_STATE || rc == DHK_IO || rc == DHK_NOMEM ? rc : DHK_OK;
}

static enum dhk_err
grave_for(
    struct dhk_problem *problem, enum dhk_err rc, const struct dhk_problem *why)
{
    if (grave(rc) == DHK_OK)
        return DHK_OK;
    return problem_set(problem, rc, "%s", why->text);
}

/* --- heads that count --------------------------------------------------- */

/* Q is what the broker shows; whether it counts was judged with RC. */
static enum dhk_err
take(struct dhk_node *node, const struct quorumhead *q, enum dhk_err rc,
    struct dhk_problem *problem)
{
    struct slice note = slice_of(q->note, q->note_n);
    struct dhk_problem why = {""};

    for (size_t i = 0; i < q->seen_n; i++) {
        enum dhk_err other = heads_check(node->heads, q->seen[i], &why);
        if (other != DHK_OK)
            return grave_for(problem, other, &why);
    }
    if (rc == DHK_OK)
        rc = heads_relate(node->heads, note, q->lead, &why);
    if (rc == DHK_OK)
        rc = heads_remember(node->heads, note, &why);
    return rc == DHK_OK ? counted_take(node->counted, q, problem)
                        : grave_for(problem, rc, &why);
}

static enum dhk_err
take_reply(struct dhk_node *node, const struct command *reply,
    struct dhk_problem *problem)
{
    struct quorumhead q;
    struct diag diag = {NULL, 0};
    const struct quorumhead_by by = {
        trust_roster(node->trust), trust_log(node->trust), node_now(node)};
    enum dhk_err rc;

    if (reply->type != COMMAND_OBJECT || reply->what != COMMAND_GET_CHECKPOINT)
        return DHK_OK;
    rc = quorumhead_read(&q, reply, &by, &diag);
    if ((rc == DHK_AUTH || rc == DHK_FORMAT) && !node->told_uncounted) {
        node->told_uncounted = true;
        node_report(node,
            "the broker shows a head of the ledger as one that a quorum of the "
            "cosigners stands behind, and it is not: %s",
            diag.what);
    }
    return take(node, &q, rc, problem);
}

static enum dhk_err
request(struct dhk_node *node, struct command *c, struct dhk_problem *problem)
{
    struct command reply;
    struct dhk_problem why = {""};
    enum dhk_err rc =
        session_request(node->session, c, &reply, ANSWER_MS, &why);

    node->counted_ms = clock_monotonic_ms(node->clock) + PAUSE_MS;
    return rc == DHK_OK ? take_reply(node, &reply, problem)
                        : grave_for(problem, rc, &why);
}

enum dhk_err
witness_ask(struct dhk_node *node, struct dhk_problem *problem)
{
    const struct checkpoint *last = heads_last(node->heads);
    struct command c = {.type = COMMAND_GET, .what = COMMAND_GET_CHECKPOINT};

    if (last == NULL || !session_is_ready(node->session) ||
        clock_monotonic_ms(node->clock) < node->counted_ms)
        return DHK_OK;
    c.a = last->size;
    return request(node, &c, problem);
}

/* --- cosigning ---------------------------------------------------------- */

/* The last head with the log's line and our own. */
static enum dhk_err
make_note(struct sink *out, const struct dhk_node *node, int64_t now,
    struct dhk_problem *why)
{
    enum dhk_err rc = checkpoint_plain(
        out, heads_last_note(node->heads), trust_log(node->trust));

    if (rc == DHK_OK)
        rc = heads_remember(node->heads, sink_done(out), why);
    return rc != DHK_OK
               ? rc
               : checkpoint_cosign(out, heads_last(node->heads), node->name,
                     node->secret.witness, &node->card.witness, (uint64_t)now);
}

static enum dhk_err
cosign(struct dhk_node *node, struct dhk_problem *problem)
{
    const struct checkpoint *last = heads_last(node->heads);
    int64_t now = node_now(node);
    struct command c = {.type = COMMAND_COSIGN};
    struct dhk_problem why = {""};
    uint8_t mem[NOTE];
    struct sink out;
    enum dhk_err rc;

    node->cosign_ms = clock_monotonic_ms(node->clock) + PAUSE_MS;
    if (last == NULL || last->size == 0 || now < node->card.from ||
        now >= node->card.until)
        return DHK_OK;
    sink_init(&out, mem, sizeof mem);
    rc = make_note(&out, node, now, &why);
    if (rc != DHK_OK)
        return grave_for(problem, rc, &why);
    node->cosigned = last->size;
    node->cosigned_at = now;
    c.bytes = sink_done(&out);
    return request(node, &c, problem);
}

enum dhk_err
witness_connected(struct dhk_node *node, struct dhk_problem *problem)
{
    enum dhk_err rc = counted_begin(node->counted, node_now(node), problem);

    return rc == DHK_OK && is_cosigner(node) ? cosign(node, problem) : rc;
}

enum dhk_err
witness_goes_on(struct dhk_node *node, struct dhk_problem *problem)
{
    const struct checkpoint *last;
    struct dhk_problem why = {""};
    enum dhk_err rc;

    if (clock_monotonic_ms(node->clock) < node->cosign_ms ||
        !session_is_ready(node->session) || !is_cosigner(node))
        return DHK_OK;
    node->cosign_ms = clock_monotonic_ms(node->clock) + PAUSE_MS;
    rc = fetch_newest_head(node, ANSWER_MS, &why);
    if (rc != DHK_OK)
        return grave_for(problem, rc, &why);
    last = heads_last(node->heads);
    if (last != NULL && last->size == node->cosigned &&
        node_now(node) < node->cosigned_at + AGAIN_S)
        return DHK_OK;
    return cosign(node, problem);
}

/* --- sending ------------------------------------------------------------ */

bool
witness_is_fresh(const struct dhk_node *node)
{
    return node_now(node) < counted_time(node->counted) + FRESH_S;
}

/* The node's own clock counts, for the broker could stop another; a wrong one
 * is said to be. */
static void
tell_clock(char out[96], const struct dhk_node *node)
{
    int64_t ahead = node_now(node) - session_now(node);

    out[0] = '\0';
    if (ahead >= DAY_S / 2)
        (void)snprintf(out, 96,
            " (this machine's clock is %" PRId64 " days ahead of the broker's)",
            (ahead + DAY_S / 2) / DAY_S);
}

enum dhk_err
witness_may_send(const struct dhk_node *node, struct dhk_problem *problem)
{
    const struct roster *r = trust_roster(node->trust);
    char clock[96];

    if (counted_may_send(node->counted, node_now(node)))
        return DHK_OK;
    tell_clock(clock, node);
    return problem_set(problem, DHK_NOTFOUND,
        "signals wait in the outbox: for 24 hours no head of the ledger was "
        "cosigned by %u of the roster's %zu cosigners%s, so that this node "
        "cannot tell whether others are shown the same ledger. They go when "
        "enough of the cosigners have connected again",
        r->quorum, r->cosigners_n, clock);
}
