/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cosigned checkpoints as files. */
#include "tilescosigned.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define FOLDER "cosigned"

enum { NAME = 48, FIRST = 16 };

static void
name_of(char name[NAME], uint64_t size)
{
    (void)snprintf(name, NAME, FOLDER "/%" PRIu64, size);
}

/* The signature lines of a checkpoint, after its only empty line. */
static struct slice
lines_of(struct slice note)
{
    const uint8_t *end = memmem(note.p, note.n, "\n\n", 2);
    size_t n = end == NULL ? note.n : (size_t)(end - note.p) + 2;
    return slice_of(note.p + n, note.n - n);
}

/* Whether a line of LINE's name and key id is in NOTE. */
static bool
has_line_of(struct slice note, struct slice line)
{
    enum { ID = 5 }; /* digits that say of the id what a digit says alone */
    const uint8_t *space = line.n == 0 ? NULL : memrchr(line.p, ' ', line.n);
    size_t n = space == NULL ? 0 : (size_t)(space - line.p) + 1;
    return n == 0 || n + ID > line.n ||
           memmem(note.p, note.n, line.p, n + ID) != NULL;
}

/* Adds the lines of NOTE that are not in OUT yet. */
static enum dhk_err
add_lines(struct sink *out, struct slice note)
{
    struct text t;
    struct slice line;
    text_init(&t, lines_of(note));
    while (text_line(&line, &t)) {
        if (has_line_of(slice_of(out->p, out->n), line))
            continue;
        sink_slice(out, line);
        sink_u8(out, '\n');
    }
    return out->err;
}

enum dhk_err
tilescosigned_put(struct tilesdir *d, struct slice note)
{
    char name[NAME];
    uint8_t mem[LIMIT_CHECKPOINT];
    struct checkpoint cp;
    struct slice there;
    struct sink all;
    enum dhk_err rc = checkpoint_open(&cp, note, NULL, NULL);
    if (rc != DHK_OK)
        return rc;
    name_of(name, cp.size);
    rc = tilesdir_read(d, &there, name, LIMIT_CHECKPOINT);
    if (rc == DHK_NOTFOUND)
        return tilesdir_replace(d, name, note);
    if (rc != DHK_OK)
        return rc;
    sink_init(&all, mem, sizeof mem);
    sink_slice(&all, there);
    rc = add_lines(&all, note);
    if (rc != DHK_OK || all.n == there.n)
        return rc;
    return tilesdir_replace(d, name, sink_done(&all));
}

enum dhk_err
tilescosigned_read(struct slice *out, struct tilesdir *d, uint64_t size)
{
    char name[NAME];
    name_of(name, size);
    return tilesdir_read(d, out, name, LIMIT_CHECKPOINT);
}

/* --- which there are --- */

struct sizes {
    uint64_t *list;
    size_t n, cap;
};

static enum dhk_err
add_size(void *ctx, const char *name)
{
    struct sizes *s = ctx;
    struct slice number = slice_str(name);
    uint64_t size;
    if (!text_skip(&number, FOLDER "/") ||
        text_uint(&size, number, MERKLE_SIZE_MAX) != DHK_OK)
        return DHK_OK;
    if (s->n == s->cap) {
        size_t cap = s->cap == 0 ? FIRST : 2 * s->cap;
        uint64_t *list = realloc(s->list, cap * sizeof *list);
        if (list == NULL)
            return DHK_NOMEM;
        s->list = list;
        s->cap = cap;
    }
    s->list[s->n++] = size;
    return DHK_OK;
}

static int
by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

enum dhk_err
tilescosigned_sizes(uint64_t **out, size_t *n, struct tilesdir *d)
{
    struct sizes s = {NULL, 0, 0};
    enum dhk_err rc = tilesdir_walk(d, FOLDER, add_size, &s);
    *out = NULL;
    *n = 0;
    if (rc != DHK_OK) {
        free(s.list);
        return rc;
    }
    if (s.n > 0)
        qsort(s.list, s.n, sizeof *s.list, by_size);
    *out = s.list;
    *n = s.n;
    return DHK_OK;
}

/* --- who signed --- */

/* The cosigner who is PARTNER, or LIMIT_SIGNATORIES. */
static size_t
who_is(const struct tilescosigned *c, const char *partner)
{
    for (size_t i = 0; i < c->by_n; i++)
        if (strcmp(c->by[i].partner, partner) == 0)
            return i;
    return LIMIT_SIGNATORIES;
}

/* Looks for the line of CARD in NOTE, of SIZE entries; *LINES counts it. */
static enum dhk_err
count_card(struct tilescosigned *out, size_t *lines, struct slice note,
    uint64_t size, const struct card *card)
{
    struct checkpoint_vkey vkey;
    struct slice line;
    uint64_t time;
    size_t who = who_is(out, card->partner);
    checkpoint_vkey_make(
        &vkey, CHECKPOINT_COSIGNATURE, card->partner, &card->witness);
    enum dhk_err rc = checkpoint_line(&time, &line, note, &vkey);
    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_OK : DHK_AUTH;
    ++*lines;
    if (who == LIMIT_SIGNATORIES || time < (uint64_t)card->from ||
        time >= (uint64_t)card->until)
        return DHK_OK;
    out->signatures++;
    if (size >= out->by[who].size) {
        out->by[who].size = size;
        out->by[who].time = time;
    }
    return DHK_OK;
}

/* Every line but the log's must be of a card on the ledger. */
static enum dhk_err
count_note(struct tilescosigned *out, struct slice note,
    const struct roster *roster, const struct tilescosigned_cards *in)
{
    struct checkpoint cp;
    struct checkpoint_vkey log;
    struct checkpoint_signature all[CHECKPOINT_SIGNATURES];
    size_t n = 0, lines = 1;
    checkpoint_vkey_make(
        &log, CHECKPOINT_ED25519, roster->origin, &roster->log_key);
    enum dhk_err rc = checkpoint_open(&cp, note, &log, NULL);
    if (rc == DHK_OK)
        rc = checkpoint_signatures(all, &n, note, &log, 1);
    for (size_t i = 0; rc == DHK_OK && i < in->n; i++)
        rc = count_card(out, &lines, note, cp.size, &in->list[i]);
    return rc == DHK_OK && lines != n ? DHK_AUTH : rc;
}

/* Who cosigned a later tree stands behind the smaller ones as well. */
static uint64_t
quorum_size(const struct tilescosigned *c, uint32_t quorum)
{
    uint64_t sizes[LIMIT_SIGNATORIES];
    for (size_t i = 0; i < c->by_n; i++)
        sizes[i] = c->by[i].size;
    if (quorum == 0 || quorum > c->by_n)
        return 0;
    qsort(sizes, c->by_n, sizeof sizes[0], by_size);
    return sizes[c->by_n - quorum];
}

enum dhk_err
tilescosigned_count(struct tilescosigned *out, uint64_t *bad,
    struct tilesdir *d, const struct roster *roster,
    const struct tilescosigned_cards *in)
{
    memset(out, 0, sizeof *out);
    out->by_n = roster->cosigners_n;
    for (size_t i = 0; i < out->by_n; i++)
        memcpy(
            out->by[i].partner, roster->cosigner[i], sizeof out->by[i].partner);
    for (size_t i = 0; i < in->sizes_n; i++) {
        struct slice note;
        *bad = in->sizes[i];
        enum dhk_err rc = tilescosigned_read(&note, d, in->sizes[i]);
        if (rc == DHK_OK)
            rc = count_note(out, note, roster, in);
        if (rc != DHK_OK)
            return rc;
    }
    out->quorum_size = quorum_size(out, roster->quorum);
    return DHK_OK;
}
