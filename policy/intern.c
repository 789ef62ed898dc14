/* SPDX-License-Identifier: EUPL-1.2
 *
 * Open addressing over a list of records; see intern.h. */
#include "intern.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 64 };

struct intern {
    size_t size;
    uint8_t *records; /* owned */
    size_t n, cap;
    size_t *place; /* owned: 2 * cap places; number + 1, or 0 */
};

struct intern *
intern_new(size_t size)
{
    struct intern *t = calloc(1, sizeof *t);

    if (t != NULL) {
        t->size = size;
    }
    return t;
}

void
intern_destroy(struct intern **t)
{
    if (*t != NULL) {
        free((*t)->records);
        free((*t)->place);
        free(*t);
        *t = NULL;
    }
}

/* FNV-1a. */
static uint64_t
hash(const uint8_t *p, size_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < n; i++) {
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    }
    return h;
}

/* The place of RECORD, or the free one where it belongs. */
static size_t
find(const struct intern *t, const void *record)
{
    size_t places = 2 * t->cap;
    size_t at = (size_t)(hash(record, t->size) % places);

    while (t->place[at] != 0 &&
           memcmp(&t->records[(t->place[at] - 1) * t->size], record, t->size) !=
               0) {
        at = (at + 1) % places;
    }
    return at;
}

static bool
grow(struct intern *t)
{
    size_t cap = t->cap == 0 ? FIRST_CAP : 2 * t->cap;
    size_t *place = calloc(2 * cap, sizeof *place);
    uint8_t *records = realloc(t->records, cap * t->size);

    if (records != NULL) {
        t->records = records;
    }
    if (place == NULL || records == NULL) {
        free(place);
        return false;
    }
    free(t->place);
    t->place = place;
    t->cap = cap;
    for (size_t i = 0; i < t->n; i++) {
        t->place[find(t, &t->records[i * t->size])] = i + 1;
    }
    return true;
}

enum dhk_err
intern_number(uint64_t *out, struct intern *t, const void *record)
{
    size_t at;

    if (t->n == t->cap && !grow(t)) {
        return DHK_NOMEM;
    }
    at = find(t, record);
    if (t->place[at] == 0) {
        memcpy(&t->records[t->n * t->size], record, t->size);
        t->place[at] = ++t->n;
    }
    *out = t->place[at] - 1;
    return DHK_OK;
}

size_t
intern_count(const struct intern *t)
{
    return t->n;
}

const void *
intern_record(const struct intern *t, uint64_t number)
{
    return &t->records[number * t->size];
}
