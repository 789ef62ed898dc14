/* SPDX-License-Identifier: EUPL-1.2 */
#include "headlist.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

static const char first_line[] = "driehoek-heads@v1";
static const char dash[] = "\xe2\x80\x94 ";

void
headlist_done(struct headlist *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->list[i].note);
    free(l->list);
    *l = (struct headlist){NULL, 0};
}

static void
drop(struct headlist *l, size_t i)
{
    free(l->list[i].note);
    l->n--;
    memmove(&l->list[i], &l->list[i + 1], (l->n - i) * sizeof l->list[0]);
}

static void
make_room(struct headlist *l)
{
    size_t i = 0;

    if (l->n < HEADLIST_MAX)
        return;
    while (i < l->n && l->list[i].cosigned)
        i++;
    if (i < l->n) {
        drop(l, i);
        return;
    }
    for (i = 0; i < HEADLIST_MAX / 4; i++)
        drop(l, i + 1);
}

/* How many lines of signatures NOTE ends with, two for more. */
static bool
is_cosigned(struct slice note)
{
    struct text t;
    struct slice line;
    size_t n = 0;

    text_init(&t, note);
    while (text_line(&line, &t))
        n += text_skip(&line, dash) ? 1 : 0;
    return n > 1;
}

static bool
is_same(const struct headlist_item *a, const struct headlist_item *b)
{
    return a->cp.size == b->cp.size &&
           strcmp(a->cp.origin, b->cp.origin) == 0 &&
           memcmp(a->cp.root, b->cp.root, sizeof a->cp.root) == 0;
}

enum dhk_err
headlist_add(struct headlist *l, struct slice note)
{
    struct headlist_item item = {.n = note.n, .cosigned = is_cosigned(note)};
    struct headlist_item *more;
    enum dhk_err rc = checkpoint_open(&item.cp, note, NULL, NULL);
    size_t i = 0;

    if (rc != DHK_OK || note.n == 0)
        return rc;
    while (i < l->n && !is_same(&l->list[i], &item))
        i++;
    if (i < l->n && l->list[i].n >= item.n)
        return DHK_OK;
    item.note = malloc(note.n);
    if (item.note == NULL)
        return DHK_NOMEM;
    memcpy(item.note, note.p, note.n);
    if (i < l->n) {
        free(l->list[i].note);
        l->list[i] = item;
        return DHK_OK;
    }
    make_room(l);
    more = realloc(l->list, (l->n + 1) * sizeof *more);
    if (more == NULL) {
        free(item.note);
        return DHK_NOMEM;
    }
    l->list = more;
    l->list[l->n++] = item;
    return DHK_OK;
}

/* Cuts the next note off *T: lines up to a blank one, then lines of signatures
 * up to a blank one or the end. */
static struct slice
next_note(struct text *t)
{
    struct slice all = t->rest, line;
    size_t n = 0;
    bool signatures = false;

    while (text_line(&line, t)) {
        if (line.n == 0 && signatures)
            break;
        signatures = signatures || line.n == 0;
        n = all.n - t->rest.n;
    }
    return slice_of(all.p, n);
}

enum dhk_err
headlist_parse(struct headlist *l, struct slice text, struct diag *diag)
{
    struct text t, begin;
    struct slice line;
    enum dhk_err rc = DHK_OK;
    size_t n = 0;

    *diag = (struct diag){"no list of heads, and no checkpoint", 1};
    if (text.n > HEADLIST_BYTES)
        return DHK_LIMIT;
    text_init(&t, text);
    begin = t;
    if (text_line(&line, &t) && text_is(line, first_line)) {
        if (!text_line(&line, &t) || line.n != 0)
            return DHK_FORMAT;
    } else {
        t = begin;
    }
    for (; rc == DHK_OK && t.rest.n > 0; n++) {
        if (n == HEADLIST_MAX)
            return DHK_LIMIT;
        *diag = (struct diag){"no checkpoint", t.line + 1};
        rc = headlist_add(l, next_note(&t));
    }
    return rc == DHK_OK && n == 0 ? DHK_FORMAT : rc;
}

void
headlist_put(struct sink *out, const struct headlist *l)
{
    sink_slice(out, slice_str(first_line));
    sink_u8(out, '\n');
    for (size_t i = 0; i < l->n; i++) {
        sink_u8(out, '\n');
        sink_put(out, l->list[i].note, l->list[i].n);
    }
}

size_t
headlist_size(const struct headlist *l)
{
    size_t n = sizeof first_line;

    for (size_t i = 0; i < l->n; i++)
        n += 1 + l->list[i].n;
    return n;
}

const struct headlist_item *
headlist_find(const struct headlist *l, const char *origin, uint64_t size)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->list[i].cp.size == size &&
            strcmp(l->list[i].cp.origin, origin) == 0)
            return &l->list[i];
    return NULL;
}
