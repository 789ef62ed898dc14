/* SPDX-License-Identifier: EUPL-1.2
 *
 * Durable, answered end-to-end signals: one sender process, one recipient
 * process, over a running broker. A signal of 1 KiB in four fields counts when
 * the recipient's signed answer to it is on the ledger and the sender has
 * verified and stored it; W signals at most are pushed and not yet counted, and
 * at most half of them at once, so that one half is sealed while the other is
 * on its way.
 * Prints one line: W, signals, seconds, signals per second, p50 and p99 of push
 * to answer in microseconds, CPU microseconds a signal of sender and recipient,
 * and the p50 of push to delivery (to the recipient's application).
 *
 * Usage: endtoend SENDER-NODE RECIPIENT-NODE W SECONDS KEEPER
 * KEEPER node: sender and recipient keep their durable outbox and inbox.
 * KEEPER application: they leave that to the application (struct dhk_options),
 * which keeps nothing here, as the load drivers of other brokers do. */
#include "driehoek.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    FIELD = 256,
    FIELDS = 4,
    LATENCIES = 1 << 20,
    RING = 1 << 14,
    MANY = 256
};

static volatile sig_atomic_t stopping;
static struct dhk_options options;

/* What both processes see: when each signal of this run was delivered (one
 * sender's shares come in the order in which it pushed them), and the
 * recipient's processor time before the first. */
static struct common {
    double delivered[RING];
    double cpu_before;
} * common;

static void
on_term(int sig)
{
    (void)sig;
    stopping = 1;
}

static void
fail(const char *what, const struct dhk_problem *problem)
{
    (void)fprintf(stderr, "endtoend: %s: %s\n", what, problem->text);
    exit(1);
}

static double
now_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double
cpu_us(int who)
{
    struct rusage u;

    (void)getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static int
receive(const char *dir, int ready)
{
    struct dhk_problem problem = {""};
    struct dhk_node *node = NULL;
    const struct dhk_share *share[MANY];
    uint64_t taken = 0;

    (void)signal(SIGTERM, on_term);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (dhk_node_open(&node, dir, &options, &problem) != DHK_OK ||
        dhk_connect(node, DHK_RECEIVE, 5000, &problem) != DHK_OK)
        fail("recipient", &problem);
    common->cpu_before = cpu_us(RUSAGE_SELF);
    if (write(ready, "r", 1) != 1)
        return 1;
    while (!stopping) {
        enum dhk_err rc = dhk_receive(node, 100, &share[0], &problem);
        size_t n = 0;

        while (rc == DHK_OK) {
            common->delivered[taken++ % RING] = now_us();
            if (++n == MANY)
                break;
            rc = dhk_receive(node, 0, &share[n], &problem);
        }
        if (rc != DHK_OK && rc != DHK_NOTFOUND)
            fail("receive", &problem);
        if (n > 0 && dhk_confirm_many(node, share, n) != DHK_OK)
            fail("confirm", &problem);
    }
    dhk_node_close(&node);
    return 0;
}

static struct dhk_signal *
make(void)
{
    static const char *const fields[FIELDS] = {
        "betrokkene", "contactgegevens", "signaal", "politiegegevens"};
    struct dhk_signal *s = dhk_signal_new();
    char handle[33], text[FIELD];

    dhk_case_new(handle);
    memset(text, 'x', sizeof text);
    if (s == NULL || dhk_signal_set(s, DHK_KIND, "politiesignaal") != DHK_OK ||
        dhk_signal_set(s, DHK_PURPOSE, "openbare-orde") != DHK_OK ||
        dhk_signal_set(s, DHK_GROUND, "wpg-16-1-b") != DHK_OK ||
        dhk_signal_set(s, DHK_CASE, handle) != DHK_OK ||
        dhk_signal_attribute(s, "ernst", "middel") != DHK_OK ||
        dhk_signal_attribute(s, "noodzaak-openbare-orde", "yes") != DHK_OK)
        exit(1);
    for (size_t i = 0; i < FIELDS; i++) {
        if (dhk_signal_field(s, fields[i], text, sizeof text) != DHK_OK)
            exit(1);
    }
    return s;
}

struct load {
    struct dhk_node *node;
    const struct dhk_signal *signal;
    uint64_t pushed; /* signals of this run */
    uint64_t done;
    uint64_t last;   /* number of the last signal that was counted */
    double *started; /* by signal of this run, a ring */
    double *latency, *delivery;
    size_t latencies_n;
};

static void
push(struct load *l, uint64_t n)
{
    const struct dhk_signal *list[MANY];
    struct dhk_problem problem = {""};
    uint64_t numbers[MANY];

    for (uint64_t i = 0; i < n; i++) {
        list[i] = l->signal;
        l->started[(l->pushed + i) % RING] = now_us();
    }
    if (dhk_push_many(l->node, list, n, numbers, NULL, &problem) != DHK_OK)
        fail("push", &problem);
    if (l->pushed == 0)
        l->last = numbers[0] - 1;
    l->pushed += n;
}

/* Counts, in the order of pushing, what has all its outcomes. */
static void
count(struct load *l)
{
    const struct dhk_sent *sent;

    while (l->done < l->pushed &&
           dhk_sent_next(l->node, l->last, &sent) == DHK_OK &&
           (sent->state == DHK_DONE || sent->state == DHK_REFUSED)) {
        if (sent->state == DHK_REFUSED ||
            strcmp(sent->outcomes[0].outcome, "taken") != 0) {
            (void)fprintf(stderr, "endtoend: a signal was not taken\n");
            exit(1);
        }
        if (l->latencies_n < LATENCIES) {
            double from = l->started[l->done % RING];

            l->delivery[l->latencies_n] =
                common->delivered[l->done % RING] - from;
            l->latency[l->latencies_n++] = now_us() - from;
        }
        l->last = sent->number;
        l->done++;
    }
}

static int
compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void
run(struct load *l, uint64_t w, double until)
{
    struct dhk_problem problem = {""};
    uint64_t most = (w + 1) / 2 < MANY ? (w + 1) / 2 : MANY;

    while (now_us() < until || l->done < l->pushed) {
        uint64_t room = w - (l->pushed - l->done);

        if (room > 0 && now_us() < until)
            push(l, room < most ? room : most);
        enum dhk_err rc = dhk_flush(l->node, 0, &problem);
        if (rc != DHK_OK && rc != DHK_NOTFOUND)
            fail("flush", &problem);
        uint64_t before = l->done;
        count(l);
        if (l->done == before)
            (void)poll(
                &(struct pollfd){.fd = dhk_fd(l->node), .events = POLLIN}, 1,
                20);
    }
}

int
main(int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct load l = {0};
    int pipes[2], status;
    char byte;

    if (argc != 6 || pipe(pipes) != 0)
        return 2;
    options.application_keeps = strcmp(argv[5], "application") == 0;
    common = mmap(NULL, sizeof *common, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    uint64_t w = strtoull(argv[3], NULL, 10);
    double seconds = strtod(argv[4], NULL);
    if (w == 0 || w > RING || common == MAP_FAILED)
        return 2;
    pid_t child = fork();
    if (child == 0)
        return receive(argv[2], pipes[1]);
    (void)close(pipes[1]);
    if (child < 0 || read(pipes[0], &byte, 1) != 1)
        return 1;
    struct dhk_signal *s = make();
    l.signal = s;
    l.started = calloc(RING, sizeof *l.started);
    l.latency = calloc(LATENCIES, sizeof *l.latency);
    l.delivery = calloc(LATENCIES, sizeof *l.delivery);
    if (l.started == NULL || l.latency == NULL || l.delivery == NULL ||
        dhk_node_open(&l.node, argv[1], &options, &problem) != DHK_OK ||
        dhk_connect(l.node, DHK_SEND, 5000, &problem) != DHK_OK)
        fail("sender", &problem);
    double from = now_us(), cpu = cpu_us(RUSAGE_SELF);
    run(&l, w, from + seconds * 1e6);
    double took = now_us() - from;
    cpu = cpu_us(RUSAGE_SELF) - cpu;
    (void)kill(child, SIGTERM);
    (void)waitpid(child, &status, 0);
    qsort(l.latency, l.latencies_n, sizeof *l.latency, compare);
    qsort(l.delivery, l.latencies_n, sizeof *l.delivery, compare);
    (void)printf("%" PRIu64 " %" PRIu64 " %.3f %.1f %.0f %.0f %.1f %.1f "
                 "%.0f\n",
        w, l.done, took / 1e6, (double)l.done / took * 1e6,
        l.latency[l.latencies_n / 2], l.latency[l.latencies_n * 99 / 100],
        cpu / (double)l.done,
        (cpu_us(RUSAGE_CHILDREN) - common->cpu_before) / (double)l.done,
        l.delivery[l.latencies_n / 2]);
    dhk_signal_destroy(&s);
    dhk_node_close(&l.node);
    free(l.started);
    free(l.latency);
    free(l.delivery);
    return 0;
}
