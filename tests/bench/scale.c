/* SPDX-License-Identifier: EUPL-1.2
 *
 * Thousands of nodes for a running broker, told what to do by lines on standard
 * input; each is answered with one line. tests/tools/scale.py drives it.
 *
 * Usage: scale roster PARTIES PARTNERS
 *        scale world BROKER-DIR LEDGER-LINE AGREEMENT PARTIES ENDPOINT
 *
 *   active PARTIES        cards, connections: two machines each -> "ready"
 *   idle FROM COUNT       the same for other partners; they only listen
 *   back                  after a restart -> milliseconds until all are back
 *   load MS BUNDLE FLIGHT FIELD
 *                         every sender sends, with FLIGHT signals in flight
 *                         -> signals answered, milliseconds, fewest and
 *                         most of one sender
 *   fill COUNT BUNDLE FIELD
 *                         sender 0 sends while its recipient is away
 *                         -> milliseconds
 *   connect               whoever is away comes back -> "ready"
 *   stall 0|1             that recipient is away, or connected and reads
 * nothing
 *                         -> "ready"
 *   latency COUNT         one signal at a time from sender 1 to its recipient,
 *                         beside one for the recipient that stalls
 *                         -> p50 and p99 of push to outcome, microseconds
 *   drain COUNT           that recipient comes and takes COUNT shares, and the
 *                         sender hears of all -> microseconds of each tenth,
 *                         and then until the last was heard of
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "scale_node.h"

enum {
    WORKER_NODES = 2500,
    WORKERS = 8,
    WINDOW = 512,
    LINE = 256,
    TENTHS = 10,
    PATIENCE_MS = 300000,
    OPEN_AGAIN_MS = 3000,
    IDLE_MS = 10,
    LOOK_MS = 1000,
    AT_ONCE = 100, /* connections that a process begins */
    LATENCY_FIELD = 256,
};

struct shared {              /* with the processes of the idle nodes */
    volatile uint32_t round; /* counts the restarts */
    /* of each process, the round that it is in and how many are ready */
    volatile uint64_t ready[WORKERS];
};

static struct world world;
static const char *endpoint;
static struct shared *shared;
static pid_t worker[WORKERS];
static size_t worker_nodes[WORKERS], workers_n;
static struct node *active; /* receiver and sender of each party */
static size_t active_n;     /* nodes */
static void *context;

static uint64_t
now_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static uint64_t
now_ms(void)
{
    return now_us() / 1000;
}

static void *
new_context(void)
{
    void *ctx = zmq_ctx_new();

    if (ctx == NULL || zmq_ctx_set(ctx, ZMQ_MAX_SOCKETS, 8192) != 0)
        world_fail("no context");
    return ctx;
}

static void
rest(void)
{
    (void)poll(NULL, 0, IDLE_MS);
}

/* --- idle nodes --- */

static void
work(struct node *nodes, size_t n, size_t me)
{
    uint32_t round = shared->round;
    size_t ready = 0, opened = 0;
    uint64_t look_at = 0;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    context = new_context();
    for (;;) {
        size_t taken = 0;
        bool again = round != shared->round;
        /* asking thousands who have nothing would cost the broker its time */
        bool look = now_ms() >= look_at;
        look_at = look ? now_ms() + LOOK_MS : look_at;
        round = shared->round;
        /* the first time they do not come all at once */
        for (; opened < n && opened < ready + AT_ONCE; opened++)
            node_open(&nodes[opened], context, endpoint);
        ready = 0;
        for (size_t i = 0; i < opened; i++) {
            if (again)
                nodes[i].state = NODE_NEW;
            if (nodes[i].state != NODE_READY || look)
                taken += node_turn(&nodes[i], now_ms());
            ready += nodes[i].state == NODE_READY ? 1 : 0;
        }
        shared->ready[me] = (uint64_t)round << 32 | ready;
        if (taken == 0)
            (void)poll(NULL, 0, ready == n ? 10 * IDLE_MS : IDLE_MS);
    }
}

static uint64_t
wait_idle(void)
{
    uint64_t from = now_ms();

    for (size_t i = 0; i < workers_n; i++) {
        uint64_t want = (uint64_t)shared->round << 32 | worker_nodes[i];
        while (shared->ready[i] != want) {
            if (now_ms() - from > PATIENCE_MS)
                world_fail("not all nodes get through");
            rest();
        }
    }
    return now_ms() - from;
}

static void
do_idle(size_t first, size_t count)
{
    struct world_card *cards = calloc(count, sizeof *cards);

    if (cards == NULL)
        world_fail("out of memory");
    world_cards(&world, cards, first, count, 1);
    uint64_t from = now_ms();
    for (size_t at = 0; at < count; at += WORKER_NODES) {
        size_t n = count - at < WORKER_NODES ? count - at : WORKER_NODES;
        struct node *nodes = calloc(n, sizeof *nodes);
        if (nodes == NULL || workers_n == WORKERS)
            world_fail("too many nodes");
        for (size_t i = 0; i < n; i++)
            nodes[i] = (struct node){.world = &world,
                .card = &cards[at + i],
                .modes = COMMAND_MODE_RECEIVE | COMMAND_MODE_OUTCOMES,
                .window = WINDOW};
        worker_nodes[workers_n] = n;
        worker[workers_n] = fork();
        if (worker[workers_n] == 0)
            work(nodes, n, workers_n);
        workers_n++;
        free(nodes);
    }
    (void)wait_idle();
    (void)printf("%" PRIu64 "\n", now_ms() - from);
}

/* --- active nodes --- */

static size_t
turn_all(void)
{
    size_t taken = 0;

    for (size_t i = 0; i < active_n; i++) {
        if (active[i].socket != NULL)
            taken += node_turn(&active[i], now_ms());
    }
    return taken;
}

/* Connects anew who is not heard: libzmq gives up when it was turned away,
 * which happens when the router has not been told of the card yet. */
static void
open_again(void)
{
    for (size_t i = 0; i < active_n; i++) {
        if (active[i].socket == NULL || active[i].state != NODE_NEW)
            continue;
        node_close(&active[i]);
        node_open(&active[i], context, endpoint);
    }
}

static void
wait_active(void)
{
    uint64_t from = now_ms(), opened = from;

    for (size_t i = 0; i < active_n; i++) {
        while (active[i].socket != NULL && active[i].state != NODE_READY) {
            if (now_ms() - from > PATIENCE_MS)
                world_fail("the active nodes do not get through");
            if (turn_all() == 0)
                rest();
            if (now_ms() - opened < OPEN_AGAIN_MS)
                continue;
            open_again();
            opened = now_ms();
        }
    }
}

static void
do_active(size_t parties)
{
    struct world_card *cards = calloc(2 * parties, sizeof *cards);

    active = calloc(2 * parties, sizeof *active);
    if (cards == NULL || active == NULL)
        world_fail("out of memory");
    active_n = 2 * parties;
    world_cards(&world, cards, 0, active_n, 2);
    context = new_context();
    for (size_t i = 0; i < active_n; i++) {
        bool receives = i % 2 == 0;
        active[i] = (struct node){.world = &world,
            .card = &cards[i],
            .modes = receives ? COMMAND_MODE_RECEIVE
                              : COMMAND_MODE_SEND | COMMAND_MODE_OUTCOMES,
            .window = receives ? WINDOW : 0,
            .to = receives ? NULL : &active[(i + 1) % active_n]};
        node_wake(&active[i]);
        node_open(&active[i], context, endpoint);
    }
    wait_active();
    (void)printf("ready\n");
}

static void
do_back(void)
{
    uint64_t from = now_ms();

    shared->round++;
    for (size_t i = 0; i < active_n; i++)
        active[i].state = NODE_NEW;
    wait_active();
    (void)wait_idle();
    (void)printf("%" PRIu64 "\n", now_ms() - from);
}

static void
do_load(uint64_t ms, size_t bundle, uint64_t flight, size_t field)
{
    uint64_t from = now_ms(), all = 0, fewest = UINT64_MAX, most = 0;

    for (size_t i = 1; i < active_n; i += 2) {
        active[i].before = active[i].answered;
        /* what waits from before is not in flight */
        active[i].pushed = active[i].answered;
    }
    while (now_ms() - from < ms) {
        size_t taken = turn_all();
        for (size_t i = 1; i < active_n; i += 2) {
            struct node *n = &active[i];
            if (n->pushed + bundle <= n->answered + flight)
                taken += node_push(n, bundle, field) ? 1 : 0;
        }
        if (taken == 0)
            (void)poll(NULL, 0, 1);
    }
    for (size_t i = 1; i < active_n; i += 2) {
        uint64_t got = active[i].answered - active[i].before;
        all += got;
        fewest = got < fewest ? got : fewest;
        most = got > most ? got : most;
    }
    (void)printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", all,
        now_ms() - from, fewest, most);
}

static void
do_fill(size_t count, size_t bundle, size_t field)
{
    struct node *n = &active[1];
    uint64_t from = now_ms();
    size_t pushed = 0;

    node_close(n->to);
    while (pushed < count || n->pending_n > 0) {
        size_t taken = turn_all();
        if (pushed < count && node_push(n, bundle, field)) {
            pushed += bundle;
            taken++;
        }
        if (taken == 0)
            (void)poll(NULL, 0, 1);
    }
    (void)printf("%" PRIu64 "\n", now_ms() - from);
}

/* --- a recipient that stalls --- */

/* Recipient 1 is connected, has credit, and reads nothing any more. */
static void
do_stall(bool on)
{
    struct node *n = active[1].to;
    uint64_t from = now_ms();

    node_close(n);
    if (on)
        node_open(n, context, endpoint);
    while (on && n->state != NODE_READY) {
        if (now_ms() - from > PATIENCE_MS)
            world_fail("the stalled node does not get through");
        if (node_turn(n, now_ms()) == 0)
            rest();
    }
    (void)printf("ready\n");
}

static int
compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* One signal at a time from sender 1 to recipient 2, and beside each one that
 * the stalled recipient does not take. */
static void
do_latency(size_t count)
{
    struct node *trio[] = {&active[1], &active[3], active[3].to};
    uint64_t *took = calloc(count + 1, sizeof *took);
    zmq_pollitem_t items[3];

    if (took == NULL)
        world_fail("out of memory");
    for (size_t i = 0; i < 3; i++)
        items[i] = (zmq_pollitem_t){trio[i]->socket, 0, ZMQ_POLLIN, 0};
    for (size_t k = 0; k < count; k++) {
        uint64_t want = active[3].answered + 1, from = now_us();
        (void)node_push(&active[3], 1, LATENCY_FIELD);
        (void)node_push(&active[1], 1, LATENCY_FIELD);
        while (active[3].answered < want) {
            size_t taken = 0;
            for (size_t i = 0; i < 3; i++)
                taken += node_turn(trio[i], now_ms());
            if (taken == 0)
                (void)zmq_poll(items, 3, IDLE_MS);
        }
        took[k] = now_us() - from;
    }
    qsort(took, count, sizeof *took, compare);
    (void)printf(
        "%" PRIu64 " %" PRIu64 "\n", took[count / 2], took[count * 99 / 100]);
    free(took);
}

static void
do_connect(void)
{
    for (size_t i = 0; i < active_n; i++) {
        if (active[i].socket == NULL)
            node_open(&active[i], context, endpoint);
    }
    wait_active();
    (void)printf("ready\n");
}

static void
do_drain(size_t count)
{
    struct node *n = active[1].to;
    uint64_t from = now_us(), began = n->received;

    if (n->socket == NULL)
        node_open(n, context, endpoint);
    for (size_t tenth = 1; tenth <= TENTHS; tenth++) {
        while (n->received - began < count * tenth / TENTHS) {
            if (turn_all() == 0)
                (void)poll(NULL, 0, 1);
        }
        (void)printf("%" PRIu64 " ", now_us() - from);
        from = now_us();
    }
    /* and until the sender has heard of all of it */
    while (active[1].answered < active[1].pushed) {
        if (turn_all() == 0)
            (void)poll(NULL, 0, 1);
    }
    (void)printf("%" PRIu64 "\n", now_us() - from);
}

static bool
obey(const char *line)
{
    size_t a = 0, b = 0, c = 0, d = 0;

    if (sscanf(line, "active %zu", &a) == 1)
        do_active(a);
    else if (sscanf(line, "idle %zu %zu", &a, &b) == 2)
        do_idle(a, b);
    else if (strcmp(line, "back\n") == 0)
        do_back();
    else if (strcmp(line, "connect\n") == 0)
        do_connect();
    else if (sscanf(line, "stall %zu", &a) == 1)
        do_stall(a != 0);
    else if (sscanf(line, "latency %zu", &a) == 1)
        do_latency(a);
    else if (sscanf(line, "load %zu %zu %zu %zu", &a, &b, &c, &d) == 4)
        do_load(a, b, c, d);
    else if (sscanf(line, "fill %zu %zu %zu", &a, &b, &c) == 3)
        do_fill(a, b, c);
    else if (sscanf(line, "drain %zu", &a) == 1)
        do_drain(a);
    else
        return false;
    return fflush(stdout) == 0;
}

int
main(int argc, char **argv)
{
    char line[LINE];

    world_must(key_init(), "libsodium");
    if (argc == 4 && strcmp(argv[1], "roster") == 0) {
        world.parties = strtoul(argv[2], NULL, 10);
        world_roster(&world, strtoul(argv[3], NULL, 10));
        return 0;
    }
    if (argc != 7 || strcmp(argv[1], "world") != 0)
        return 2;
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    world.broker = argv[2];
    world.parties = strtoul(argv[5], NULL, 10);
    endpoint = argv[6];
    world_read(&world, argv[3], argv[4]);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        world_fail("out of memory");
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (!obey(line)) {
            (void)fprintf(stderr, "scale: what is %s", line);
            break;
        }
    }
    for (size_t i = 0; i < workers_n; i++) {
        (void)kill(worker[i], SIGKILL);
        (void)waitpid(worker[i], NULL, 0);
    }
    return 0;
}
