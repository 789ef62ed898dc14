/* SPDX-License-Identifier: EUPL-1.2
 *
 * Time of one decision, by the reference evaluator and by the compiled one, in
 * turns: uniformly random requests over the vocabulary of an agreement, and
 * requests near the rules of generated ones. First both decide every request
 * alike, or nothing is measured. Usage: decide FILE.convenant */
#include "agreement.h"
#include "compiled.h"
#include "evaluate.h"
#include "file.h"
#include "generated.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    REQUESTS = 8192,
    ROUNDS = 7,
    COLD = 48,        /* decisions after the caches were swept */
    SWEEP = 64 << 20, /* bytes that sweep them */

};

struct world {
    const char *name;
    struct agreement *a;
    struct compiled *c;
    struct request request[REQUESTS];
};

typedef void decider(const struct world *w, size_t i);

static volatile unsigned verdicts; /* so that nothing is left out */

static void
by_reference(const struct world *w, size_t i)
{
    struct decision d;

    evaluate(&d, w->a, &w->request[i]);
    verdicts += d.verdict;
}

static void
by_table(const struct world *w, size_t i)
{
    struct decision d;

    compiled_decide(&d, w->c, &w->request[i]);
    verdicts += d.verdict;
}

static struct decision fan[LIMIT_PARTIES];

static void
one_by_one(const struct world *w, size_t i)
{
    struct request r = w->request[i];

    for (uint16_t p = 0; p < w->a->parties_n; p++) {
        r.recipient = p;
        compiled_decide(&fan[p], w->c, &r);
    }
    verdicts += fan[0].verdict;
}

static void
fanned_out(const struct world *w, size_t i)
{
    compiled_fan_out(fan, w->c, &w->request[i], UINT64_MAX);
    verdicts += fan[0].verdict;
}

static void
randomise(struct request *r, const struct agreement *a, uint64_t *state)
{
    const struct agreement_kind *kind;

    *r = (struct request){0};
    r->sender = (uint16_t)generated_below(state, a->parties_n);
    r->recipient = (uint16_t)generated_below(state, a->parties_n);
    r->kind = (uint16_t)generated_below(state, a->kinds_n);
    r->purpose = (uint16_t)generated_below(state, a->purposes_n);
    r->ground = (uint16_t)generated_below(state, a->grounds_n);
    kind = &a->kinds[r->kind];
    for (size_t k = 0; k < kind->attributes_n; k++) {
        const struct agreement_attribute *at =
            &a->attributes[kind->attributes[k]];

        r->attribute[k].state = VALUE_KNOWN;
        r->attribute[k].v =
            at->min + generated_below(state, (size_t)at->max - at->min + 1);
    }
}

static int
compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static double
now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Fills the world; false when the two evaluators differ. */
static bool
prepare(struct world *w, bool near, uint64_t *state)
{
    size_t verdict[3] = {0};

    if (compiled_new(&w->c, w->a) != DHK_OK)
        return false;
    for (size_t i = 0; i < REQUESTS; i++) {
        struct decision want, got;

        if (near)
            generated_request(&w->request[i], w->a, state);
        else
            randomise(&w->request[i], w->a, state);
        evaluate(&want, w->a, &w->request[i]);
        compiled_decide(&got, w->c, &w->request[i]);
        if (memcmp(&want, &got, sizeof want) != 0)
            return false;
        verdict[want.verdict]++;
    }
    (void)printf(
        "%s: %zu rules, table of %zu KiB; of %d requests %zu permitted,"
        " %zu pending\n",
        w->name, w->a->rules_n, compiled_bytes(w->c).n / 1024, REQUESTS,
        verdict[VERDICT_PERMIT], verdict[VERDICT_PENDING]);
    return true;
}

static void
mean_of_rounds(const struct world *w, const char *what, decider *decide,
    size_t requests, size_t each)
{
    double ns[ROUNDS];

    for (size_t r = 0; r < ROUNDS; r++) {
        double from = now();

        for (size_t i = 0; i < requests; i++)
            decide(w, i);
        ns[r] = (now() - from) / (double)(requests * each);
    }
    qsort(ns, ROUNDS, sizeof ns[0], compare);
    (void)printf("    %-28s %10.1f ns  [%.1f - %.1f]\n", what, ns[ROUNDS / 2],
        ns[0], ns[ROUNDS - 1]);
}

/* What reading the clock twice costs. */
static double
clock_cost(void)
{
    static double ns[1001];

    for (size_t i = 0; i < 1001; i++) {
        double from = now();

        ns[i] = now() - from;
    }
    qsort(ns, 1001, sizeof ns[0], compare);
    return ns[500];
}

/* Each decision timed by itself. */
static void
percentiles(const struct world *w, const char *what, decider *decide)
{
    static double ns[REQUESTS];
    double cost = clock_cost();

    for (int round = 0; round < 2; round++) { /* the first warms up */
        for (size_t i = 0; i < REQUESTS; i++) {
            double from = now();

            decide(w, i);
            ns[i] = now() - from - cost;
        }
    }
    qsort(ns, REQUESTS, sizeof ns[0], compare);
    (void)printf("    %-28s p50 %.0f, p99 %.0f, p99.9 %.0f ns\n", what,
        ns[REQUESTS / 2], ns[REQUESTS * 99 / 100], ns[REQUESTS * 999 / 1000]);
}

/* After other memory went through the caches. */
static void
cold(const struct world *w, const char *what, decider *decide,
    unsigned char *memory)
{
    double ns[COLD];

    for (size_t i = 0; i < COLD; i++) {
        double from;

        for (size_t k = 0; k < SWEEP; k += 64)
            memory[k]++;
        from = now();
        decide(w, i);
        ns[i] = now() - from - clock_cost();
    }
    qsort(ns, COLD, sizeof ns[0], compare);
    (void)printf("    %-28s p50 %.0f ns\n", what, ns[COLD / 2]);
}

static void
finish(struct world *w)
{
    compiled_destroy(&w->c);
    agreement_destroy(&w->a);
}

static bool
measure(struct world *w, unsigned char *memory)
{
    /* the reference looks at every rule: fewer requests, when there are many */
    size_t few = w->a->rules_n > 1000 ? REQUESTS / 32 : REQUESTS;

    mean_of_rounds(w, "reference, mean", by_reference, few, 1);
    mean_of_rounds(w, "compiled, mean", by_table, REQUESTS, 1);
    if (few == REQUESTS)
        percentiles(w, "reference, each", by_reference);
    percentiles(w, "compiled, each", by_table);
    cold(w, "reference, caches cold", by_reference, memory);
    cold(w, "compiled, caches cold", by_table, memory);
    mean_of_rounds(w, "a recipient, one by one", one_by_one, REQUESTS / 8,
        w->a->parties_n);
    mean_of_rounds(w, "a recipient, fanned out", fanned_out, REQUESTS / 8,
        w->a->parties_n);
    return true;
}

static bool
shipped(struct world *w, const char *path, unsigned char *memory)
{
    static struct findings findings;
    uint64_t state = 20261123;
    uint8_t *text = NULL;
    size_t n = 0;
    bool ok = file_read(&text, &n, path, LIMIT_TEXT) == DHK_OK &&
              agreement_load(&w->a, slice_of(text, n), &findings) == DHK_OK;

    file_free(&text, n);
    w->name = "the agreement, any requests";
    ok = ok && prepare(w, false, &state) && measure(w, memory);
    finish(w);
    return ok;
}

static bool
generated(struct world *w, const char *name,
    const struct generated_shape *shape, unsigned char *memory)
{
    uint64_t state = 20261123;
    bool ok;

    w->name = name;
    w->a = generated_agreement(shape, &state);
    ok = prepare(w, true, &state) && measure(w, memory);
    finish(w);
    return ok;
}

int
main(int argc, char **argv)
{
    static struct world world;
    struct generated_shape shape = {.parties = 20,
        .kinds = 6,
        .purposes = 6,
        .grounds = 8,
        .attributes = 8,
        .windows = 1,
        .rules = 120,
        .any = 10,
        .names = 3};
    unsigned char *memory = calloc(SWEEP, 1);
    bool ok;

    if (argc != 2) {
        (void)fputs("usage: decide FILE.convenant\n", stderr);
        return 2;
    }
    ok = memory != NULL && shipped(&world, argv[1], memory) &&
         generated(&world, "generated, requests near rules", &shape, memory);
    shape.rules = 10000;
    shape.kinds = 20;
    ok = ok &&
         generated(&world, "generated, requests near rules", &shape, memory);
    shape.kinds = 1;
    ok = ok &&
         generated(&world, "generated, of one kind of signal", &shape, memory);
    if (!ok)
        (void)fprintf(
            stderr, "decide: no measure of %s, or decisions differ\n", argv[1]);
    free(memory);
    return ok ? 0 : 4;
}
