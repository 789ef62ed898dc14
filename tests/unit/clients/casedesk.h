/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the tests of cases at nodes share: the ring of partners, of whom one at
 * a time talks to a broker that keeps the course of one case. */
#ifndef UNIT_CLIENTS_CASEDESK_H
#define UNIT_CLIENTS_CASEDESK_H

#include "fake_desk.h"

#include "session.h"

static const uint8_t handle[STATEMENT_CASE] = {7, 1, 2, 3};
static struct line line;
static struct desk desk;
static struct ring *ring;
static struct dhk_problem problem;

static inline int
begin(void **state)
{
    int rc = ring_new(state);

    ring = *state;
    line_begin(&line, ring);
    fake_desk_begin(&desk, &line, handle);
    ring->reported[0] = '\0';
    return rc;
}

static inline int
end(void **state)
{
    for (int i = 0; i < RING_PARTNERS; i++)
        dhk_disconnect(ring->partner[i].node);
    line_end(&line);
    return ring_end(state);
}

/* Partner I talks to the broker, and nobody else. */
static inline struct dhk_node *
talk(int i)
{
    struct dhk_node *node = ring->partner[i].node;

    for (int k = 0; k < RING_PARTNERS; k++)
        dhk_disconnect(ring->partner[k].node);
    fake_desk_talk(&desk, node);
    problem.text[0] = '\0';
    enum dhk_err rc = dhk_connect(node, DHK_CASES, 1, &problem);
    if (rc != DHK_OK && !(line.down && rc == DHK_NOTFOUND))
        fail_msg("%d, %s", (int)rc, problem.text);
    return node;
}

static inline int64_t
days(int n)
{
    return node_now(ring->partner[RING_OM].node) + (int64_t)n * 86400;
}

#endif
