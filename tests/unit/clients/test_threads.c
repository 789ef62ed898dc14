/* SPDX-License-Identifier: EUPL-1.2
 *
 * Several nodes in several threads, which the library allows: each thread
 * opens its own node, previews, pushes, seals, connects to a broker that is
 * not there, and reads back what it sent. What they would share by mistake is
 * for the thread sanitizer to find. */
#include "ring.h"

#include <pthread.h>

#include "outbox.h"
#include "sealqueue.h"

enum { ROUNDS = 8, SIGNALS = 3 };

struct worker {
    pthread_t id;
    const struct ring *ring; /* read only */
    char dir[512];
    const char *name;
    const char *failed; /* cmocka's checks are for one thread only */
};

#define need(w, expr)                                                          \
    do {                                                                       \
        if (!(expr)) {                                                         \
            (w)->failed = #expr;                                               \
            return;                                                            \
        }                                                                      \
    } while (0)

static void
push_some(struct worker *w, struct dhk_node *node)
{
    const struct dhk_preview *preview = NULL;
    struct dhk_signal *s = ring_signal("hoog");
    struct dhk_problem problem = {""};
    uint64_t number = 0;

    need(w, s != NULL);
    need(w, dhk_preview(node, s, &preview, &problem) == DHK_OK);
    need(w, preview->permitted_n > 0);
    dhk_preview_destroy(&preview);
    for (size_t i = 0; i < SIGNALS; i++)
        need(w, dhk_push(node, s, &number, &problem) == DHK_OK);
    dhk_signal_destroy(&s);
}

static void
seal_all(struct worker *w, struct dhk_node *node)
{
    struct sealer *sealer = NULL;
    struct sealqueue_result r;
    struct store_txn *t = NULL;

    for (size_t i = 0; i < RING_PARTNERS; i++) {
        const struct ring_partner *p = &w->ring->partner[i];
        need(w, cards_take(node->cards, slice_of(p->bytes, p->n),
                    trust_roster(node->trust), true) == DHK_OK);
    }
    need(w, sealer_of(&sealer, node) == DHK_OK);
    need(w, node_outbox(node, NULL) == DHK_OK);
    need(w, outbox_begin(&t, node->outbox, true) == DHK_OK);
    need(w, sealqueue_bundle(&r, sealer, node, t, NULL) == DHK_OK);
    need(w, store_commit(&t) == DHK_OK);
    need(w, r.n >= SIGNALS);
}

static void
work(struct worker *w)
{
    const struct dhk_sent *sent = NULL;
    const struct dhk_share *share = NULL;
    struct dhk_node *node = NULL;
    struct dhk_problem problem = {""};

    need(w, dhk_node_open(&node, w->dir, NULL, &problem) == DHK_OK);
    need(w, strcmp(dhk_node_name(node), w->name) == 0);
    push_some(w, node);
    seal_all(w, node);
    need(w, dhk_sent_next(node, 0, &sent) == DHK_OK);
    need(w,
        dhk_connect(node, DHK_SEND | DHK_RECEIVE, 1, &problem) == DHK_NOTFOUND);
    need(w, dhk_receive(node, 0, &share, &problem) != DHK_OK);
    dhk_disconnect(node);
    dhk_node_close(&node);
}

static void *
start(void *arg)
{
    struct worker *w = arg;

    for (int i = 0; i < ROUNDS && w->failed == NULL; i++)
        work(w);
    return NULL;
}

static void
several_nodes_work_in_several_threads(void **state)
{
    struct ring *r = *state;
    /* whoever the agreement lets send */
    static const size_t who[] = {RING_POLITIE, RING_GEMEENTE};
    enum { WORKERS = sizeof who / sizeof who[0] };
    struct worker w[WORKERS];

    for (size_t i = 0; i < WORKERS; i++) {
        node_close(&r->partner[who[i]].node);
        w[i] = (struct worker){.ring = r, .name = ring_names[who[i]]};
        (void)ring_path(w[i].dir, r, w[i].name);
    }
    for (size_t i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_create(&w[i].id, NULL, start, &w[i]), 0);
    for (size_t i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_join(w[i].id, NULL), 0);
    for (size_t i = 0; i < WORKERS; i++)
        if (w[i].failed != NULL)
            fail_msg("%s: %s", w[i].name, w[i].failed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            several_nodes_work_in_several_threads, ring_new, ring_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
