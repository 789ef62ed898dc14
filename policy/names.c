/* SPDX-License-Identifier: EUPL-1.2
 *
 * How alike two names are; see names.h. */
#include "names.h"

#include <string.h>

#include "limits.h"

enum { FEW_LETTERS = 5 };

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Row I of the table of distances between beginnings of A and B. */
static void
fill_row(
    unsigned row[3][LIMIT_NAME + 1], size_t i, struct slice a, struct slice b)
{
    unsigned *now = row[i % 3];
    const unsigned *before = row[(i - 1) % 3];
    const unsigned *second = row[(i + 1) % 3];

    now[0] = (unsigned)i;
    for (size_t j = 1; j <= b.n; j++) {
        unsigned change = a.p[i - 1] == b.p[j - 1] ? 0 : 1;

        now[j] =
            least(before[j - 1] + change, least(before[j] + 1, now[j - 1] + 1));
        if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
            a.p[i - 2] == b.p[j - 1]) {
            now[j] = least(now[j], second[j - 2] + 1);
        }
    }
}

unsigned
names_distance(struct slice a, struct slice b)
{
    unsigned row[3][LIMIT_NAME + 1]; /* the two rows before, and this one */

    must(a.n <= LIMIT_NAME && b.n <= LIMIT_NAME);
    memset(row, 0, sizeof row);
    for (size_t j = 0; j <= b.n; j++) {
        row[0][j] = (unsigned)j;
    }
    for (size_t i = 1; i <= a.n; i++) {
        fill_row(row, i, a, b);
    }
    return row[a.n % 3][b.n];
}

void
names_nearest_init(struct nearest *best, struct slice typed)
{
    best->typed = typed;
    best->name = NULL;
    best->distance = 2 + (unsigned)(typed.n / 6) + 1;
    if (best->distance > typed.n) {
        best->distance = (unsigned)typed.n; /* else anything is near */
    }
}

void
names_nearest_offer(struct nearest *best, const char *name)
{
    struct slice s = slice_str(name);
    unsigned distance;

    if (best->typed.n > LIMIT_NAME || s.n > LIMIT_NAME) {
        return;
    }
    distance = names_distance(best->typed, s);
    if (distance < best->distance) {
        best->distance = distance;
        best->name = name;
    }
}

/* S with 0 as o, 1 as l and rn as m. */
static size_t
fold(uint8_t *out, struct slice s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n && i < LIMIT_NAME; i++) {
        uint8_t c = s.p[i];

        if (c == 'r' && i + 1 < s.n && s.p[i + 1] == 'n') {
            c = 'm';
            i++;
        }
        if (c == '0') {
            c = 'o';
        } else if (c == '1') {
            c = 'l';
        }
        out[n++] = c;
    }
    return n;
}

static size_t
letters(struct slice s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        n += s.p[i] >= 'a' && s.p[i] <= 'z';
    }
    return n;
}

static bool
is_all_digits(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return false;
        }
    }
    return true;
}

/* What is left of A and B without their common beginning and end. */
static void
differences(struct slice *a, struct slice *b)
{
    while (a->n > 0 && b->n > 0 && a->p[0] == b->p[0]) {
        *a = slice_of(a->p + 1, a->n - 1);
        *b = slice_of(b->p + 1, b->n - 1);
    }
    while (a->n > 0 && b->n > 0 && a->p[a->n - 1] == b->p[b->n - 1]) {
        a->n--;
        b->n--;
    }
}

bool
names_is_confusable(struct slice a, struct slice b)
{
    uint8_t folded_a[LIMIT_NAME];
    uint8_t folded_b[LIMIT_NAME];
    size_t na = fold(folded_a, a);
    size_t nb = fold(folded_b, b);

    if (na == nb && memcmp(folded_a, folded_b, na) == 0) {
        return true;
    }
    if (letters(a) < FEW_LETTERS || letters(b) < FEW_LETTERS) {
        return false;
    }
    differences(&a, &b);
    if (is_all_digits(a) && is_all_digits(b)) {
        return false;
    }
    if (a.n == 2 && b.n == 2) {
        return a.p[0] == b.p[1] && a.p[1] == b.p[0];
    }
    return a.n <= 1 && b.n <= 1;
}
