/* SPDX-License-Identifier: EUPL-1.2
 *
 * Time of one decision by the reference evaluator: uniformly random requests
 * over the vocabulary of an agreement. Usage: decide FILE.convenant */
#include "agreement.h"
#include "evaluate.h"
#include "file.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { REQUESTS = 20000, ROUNDS = 7 };

static uint32_t
below(uint64_t *state, size_t n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 33) % n);
}

static void
randomise(struct request *r, const struct agreement *a, uint64_t *state)
{
    const struct agreement_kind *kind;

    *r = (struct request){0};
    r->sender = (uint16_t)below(state, a->parties_n);
    r->recipient = (uint16_t)below(state, a->parties_n);
    r->kind = (uint16_t)below(state, a->kinds_n);
    r->purpose = (uint16_t)below(state, a->purposes_n);
    r->ground = (uint16_t)below(state, a->grounds_n);
    kind = &a->kinds[r->kind];
    for (size_t k = 0; k < kind->attributes_n; k++) {
        const struct agreement_attribute *at =
            &a->attributes[kind->attributes[k]];

        r->attribute[k].state = VALUE_KNOWN;
        if (at->type == ATTRIBUTE_YES_NO)
            r->attribute[k].v = below(state, 2);
        else if (at->type == ATTRIBUTE_NUMBER)
            r->attribute[k].v = at->min + below(state, at->max - at->min + 1u);
        else
            r->attribute[k].v = below(state, at->values_n);
    }
}

static int
compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static double
round_ns(const struct agreement *a, const struct request *requests,
    size_t *permitted)
{
    struct timespec from, until;
    struct decision d;

    *permitted = 0;
    (void)clock_gettime(CLOCK_MONOTONIC, &from);
    for (size_t i = 0; i < REQUESTS; i++) {
        evaluate(&d, a, &requests[i]);
        *permitted += d.verdict == VERDICT_PERMIT;
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    return ((double)(until.tv_sec - from.tv_sec) * 1e9 +
               (double)(until.tv_nsec - from.tv_nsec)) /
           REQUESTS;
}

int
main(int argc, char **argv)
{
    static struct request requests[REQUESTS];
    static struct findings findings;
    struct agreement *a = NULL;
    uint8_t *text = NULL;
    size_t n = 0, permitted = 0;
    uint64_t state = 20261123;
    double ns[ROUNDS];

    if (argc != 2) {
        (void)fputs("usage: decide FILE.convenant\n", stderr);
        return 2;
    }
    if (file_read(&text, &n, argv[1], LIMIT_TEXT) != DHK_OK ||
        agreement_load(&a, slice_of(text, n), &findings) != DHK_OK) {
        (void)fprintf(stderr, "decide: cannot load %s\n", argv[1]);
        return 4;
    }
    for (size_t i = 0; i < REQUESTS; i++)
        randomise(&requests[i], a, &state);
    for (int r = 0; r < ROUNDS; r++)
        ns[r] = round_ns(a, requests, &permitted);
    qsort(ns, ROUNDS, sizeof ns[0], compare);
    (void)printf("%-32s %10.0f ns  [%.0f - %.0f]  %zu rules, %zu of %d"
                 " permitted\n",
        "reference evaluator, a decision", ns[ROUNDS / 2], ns[0],
        ns[ROUNDS - 1], a->rules_n, permitted, REQUESTS);
    agreement_destroy(&a);
    file_free(&text, n);
    return 0;
}
