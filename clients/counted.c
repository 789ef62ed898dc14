/* SPDX-License-Identifier: EUPL-1.2
 *
 * The newest head that counts, and for how long. */
#include "counted.h"

#include "file.h"
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    OWNER = 0600,
    /* less is not worth a write */
    FRESHER = 60,
    NAMES = LIMIT_SIGNATORIES * (LIMIT_NAME + 1),
    FILE_MAX = LIMIT_CHECKPOINT + NAMES + LIMIT_ORIGIN + 256,
};

struct counted {
    char dir[NODE_PATH]; /* empty: in memory only */
    char origin[LIMIT_ORIGIN + 1];
    int64_t since, time; /* 0: not yet */
    struct checkpoint cp;
    char by[NAMES];
    uint8_t note[QUORUMHEAD_NOTE];
    size_t note_n; /* 0: none */
};

static const char first_line[] = "driehoek-quorum@v1";

/* --- the file ----------------------------------------------------------- */

static enum dhk_err
read_time(int64_t *out, struct text *t, const char *word)
{
    struct slice line;
    uint64_t v = 0;

    if (!text_line(&line, t) || !text_skip(&line, word))
        return DHK_FORMAT;
    enum dhk_err rc = text_uint(&v, line, INT64_MAX);
    *out = (int64_t)v;
    return rc;
}

static enum dhk_err
read_head(struct counted *c, struct text *t)
{
    struct slice line;
    enum dhk_err rc = DHK_FORMAT;

    if (!text_line(&line, t) || !text_skip(&line, "by "))
        return rc;
    rc = slice_to_str(line, c->by, sizeof c->by);
    if (rc == DHK_OK &&
        (!text_line(&line, t) || line.n != 0 || t->rest.n > sizeof c->note))
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = checkpoint_open(&c->cp, t->rest, NULL, NULL);
    if (rc != DHK_OK)
        return rc;
    c->note_n = t->rest.n;
    memcpy(c->note, t->rest.p, t->rest.n);
    return DHK_OK;
}

/* Of another origin: *C stays as it is. */
static enum dhk_err
parse(struct counted *c, struct slice text)
{
    struct text t;
    struct slice line;
    enum dhk_err rc;

    text_init(&t, text);
    if (!text_line(&line, &t) || !text_is(line, first_line) ||
        !text_line(&line, &t) || !text_skip(&line, "origin "))
        return DHK_FORMAT;
    if (!text_is(line, c->origin))
        return DHK_OK;
    rc = read_time(&c->since, &t, "since ");
    if (rc == DHK_OK)
        rc = read_time(&c->time, &t, "time ");
    if (rc == DHK_OK && t.rest.n > 0)
        rc = read_head(c, &t);
    return rc;
}

static enum dhk_err
read_file(struct counted *c)
{
    char path[NODE_PATH];
    uint8_t *mem = NULL;
    size_t n = 0;
    enum dhk_err rc = node_path(path, c->dir, "quorum");

    if (rc == DHK_OK)
        rc = file_read(&mem, &n, path, FILE_MAX);
    if (rc == DHK_IO && errno == ENOENT)
        return DHK_OK;
    if (rc == DHK_OK)
        rc = parse(c, slice_of(mem, n));
    file_free(&mem, n);
    return rc;
}

static void
put_line(struct sink *out, const char *word, const char *value)
{
    sink_slice(out, slice_str(word));
    sink_slice(out, slice_str(value));
    sink_u8(out, '\n');
}

static void
put_time(struct sink *out, const char *word, int64_t v)
{
    sink_slice(out, slice_str(word));
    text_put_uint(out, (uint64_t)v);
    sink_u8(out, '\n');
}

static enum dhk_err
write_file(const struct counted *c, struct dhk_problem *problem)
{
    char path[NODE_PATH];
    uint8_t mem[FILE_MAX];
    struct sink out;
    enum dhk_err rc;

    if (c->dir[0] == '\0')
        return DHK_OK;
    sink_init(&out, mem, sizeof mem);
    put_line(&out, first_line, "");
    put_line(&out, "origin ", c->origin);
    put_time(&out, "since ", c->since);
    put_time(&out, "time ", c->time);
    if (c->note_n > 0) {
        put_line(&out, "by ", c->by);
        sink_u8(&out, '\n');
        sink_put(&out, c->note, c->note_n);
    }
    rc = out.err;
    if (rc == DHK_OK)
        rc = node_path(path, c->dir, "quorum");
    if (rc == DHK_OK)
        rc = file_write(path, sink_done(&out), OWNER);
    return rc == DHK_OK ? rc
                        : problem_set(problem, rc, "%s/quorum: %s", c->dir,
                              dhk_strerror(rc));
}

/* --- life --------------------------------------------------------------- */

static void
forget(struct counted *c, const char *origin)
{
    struct counted fresh = {.since = 0};

    memcpy(fresh.dir, c->dir, sizeof fresh.dir);
    must(slice_to_str(slice_str(origin), fresh.origin, sizeof fresh.origin) ==
         DHK_OK); /* a roster's */
    *c = fresh;
}

enum dhk_err
counted_open(struct counted **out, const char *broker_dir, const char *origin,
    struct dhk_problem *problem)
{
    struct counted *c = calloc(1, sizeof *c);
    enum dhk_err rc = DHK_OK;

    *out = c;
    if (c == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    if (broker_dir != NULL)
        rc = slice_to_str(slice_str(broker_dir), c->dir, sizeof c->dir);
    forget(c, origin);
    if (rc == DHK_OK && broker_dir != NULL)
        rc = read_file(c);
    if (rc == DHK_OK)
        return rc;
    counted_destroy(out);
    return problem_set(
        problem, rc, "%s/quorum: %s", broker_dir, dhk_strerror(rc));
}

void
counted_destroy(struct counted **c)
{
    free(*c);
    *c = NULL;
}

void
counted_set_origin(struct counted *c, const char *origin)
{
    if (strcmp(c->origin, origin) != 0)
        forget(c, origin);
}

enum dhk_err
counted_begin(struct counted *c, int64_t now, struct dhk_problem *problem)
{
    /* what is from the future would let this node send for longer */
    if (c->since != 0 && c->since <= now && c->time <= now)
        return DHK_OK;
    if (c->since == 0 || c->since > now)
        c->since = now;
    if (c->time > now)
        c->time = now;
    return write_file(c, problem);
}

static void
join_names(char out[NAMES], const struct quorumhead *q)
{
    struct sink names;

    sink_init(&names, out, NAMES - 1);
    for (size_t i = 0; i < q->by_n; i++) {
        if (i > 0)
            sink_u8(&names, ' ');
        sink_slice(&names, slice_str(q->by[i]));
    }
    must(names.err == DHK_OK);
    out[names.n] = '\0';
}

enum dhk_err
counted_take(
    struct counted *c, const struct quorumhead *q, struct dhk_problem *problem)
{
    bool larger = c->note_n == 0 || q->cp.size > c->cp.size;
    bool fresher = q->time >= c->time + FRESHER;

    if (!larger && (!fresher || q->cp.size < c->cp.size))
        return DHK_OK;
    c->cp = q->cp;
    if (q->time > c->time)
        c->time = q->time;
    join_names(c->by, q);
    memcpy(c->note, q->note, q->note_n);
    c->note_n = q->note_n;
    return write_file(c, problem);
}

const struct checkpoint *
counted_head(const struct counted *c)
{
    return c->note_n == 0 ? NULL : &c->cp;
}

struct slice
counted_note(const struct counted *c)
{
    return slice_of(c->note, c->note_n);
}

int64_t
counted_time(const struct counted *c)
{
    return c->time;
}

const char *
counted_by(const struct counted *c)
{
    return c->by;
}

bool
counted_covers(const struct counted *c, uint64_t index)
{
    return c->note_n > 0 && index < c->cp.size;
}

bool
counted_may_send(const struct counted *c, int64_t now)
{
    int64_t from = c->since > c->time ? c->since : c->time;

    /* before the first connection nobody was there to show one */
    return from == 0 || now < from + COUNTED_FOR;
}
