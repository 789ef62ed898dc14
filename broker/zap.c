/* SPDX-License-Identifier: EUPL-1.2
 *
 * Requests come from libzmq itself, but what is in them comes from strangers:
 * every frame's length is checked before it is looked at. */
#include "zap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "curve.h"

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"

/* version, request id, domain, address, identity, mechanism, credentials */
enum {
    FRAME_VERSION = 0,
    FRAME_REQUEST = 1,
    FRAME_DOMAIN = 2,
    FRAME_MECHANISM = 5,
    FRAME_KEY = 6,
    FRAMES = 7,
    FRAME_MAX = 256,
};

struct frame {
    uint8_t bytes[FRAME_MAX];
    size_t n;
};
struct request {
    struct frame frame[FRAMES];
    bool whole; /* exactly FRAMES frames, none cut */
};

static int
compare(const void *a, const void *b)
{
    return memcmp(a, b, KEY_BYTES);
}

enum dhk_err
zap_table_set(struct zap_table *t, struct slice keys)
{
    uint8_t *copy = NULL;
    if (keys.n % KEY_BYTES != 0)
        return DHK_FORMAT;
    if (keys.n > 0) {
        copy = malloc(keys.n);
        if (copy == NULL)
            return DHK_NOMEM;
        memcpy(copy, keys.p, keys.n);
        qsort(copy, keys.n / KEY_BYTES, KEY_BYTES, compare);
    }
    zap_table_clear(t);
    t->keys = copy;
    t->n = keys.n / KEY_BYTES;
    return DHK_OK;
}

bool
zap_table_has(const struct zap_table *t, const uint8_t key[KEY_BYTES])
{
    return t->n > 0 && bsearch(key, t->keys, t->n, KEY_BYTES, compare) != NULL;
}

void
zap_table_clear(struct zap_table *t)
{
    free(t->keys);
    *t = (struct zap_table){NULL, 0};
}

void *
zap_bind(void *context)
{
    int none = 0;
    void *s = zmq_socket(context, ZMQ_REP);
    if (s == NULL)
        return NULL;
    if (zmq_setsockopt(s, ZMQ_LINGER, &none, sizeof none) == 0 &&
        zmq_bind(s, ZAP_ENDPOINT) == 0)
        return s;
    (void)zmq_close(s);
    return NULL;
}

/* Reads one request whole, however many frames it has. */
static enum dhk_err
read_request(struct request *r, void *socket)
{
    size_t n = 0;
    int more = 1;
    r->whole = true;
    while (more != 0) {
        struct frame extra, *f = n < FRAMES ? &r->frame[n] : &extra;
        int got =
            zmq_recv(socket, f->bytes, FRAME_MAX, n == 0 ? ZMQ_DONTWAIT : 0);
        if (got < 0)
            return errno == EAGAIN ? DHK_NOTFOUND : DHK_IO;
        if (got > FRAME_MAX)
            r->whole = false;
        f->n = got > FRAME_MAX ? 0 : (size_t)got;
        n++;
        size_t len = sizeof more;
        if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &len) != 0)
            return DHK_IO;
    }
    for (size_t i = n; i < FRAMES; i++)
        r->frame[i].n = 0;
    r->whole = r->whole && n == FRAMES;
    return DHK_OK;
}

static bool
is(const struct frame *f, const char *text)
{
    return slice_equal(slice_of(f->bytes, f->n), slice_str(text));
}

static bool
is_allowed(const struct request *r, const struct zap_table *t)
{
    return r->whole && is(&r->frame[FRAME_VERSION], "1.0") &&
           is(&r->frame[FRAME_DOMAIN], CURVE_ZAP_DOMAIN) &&
           is(&r->frame[FRAME_MECHANISM], "CURVE") &&
           r->frame[FRAME_KEY].n == KEY_BYTES &&
           zap_table_has(t, r->frame[FRAME_KEY].bytes);
}

static enum dhk_err
reply(void *socket, const struct request *r, bool allowed)
{
    char user[2 * KEY_BYTES + 1] = "";
    if (allowed)
        bytes_hex(user, r->frame[FRAME_KEY].bytes, KEY_BYTES);
    const struct frame *id = &r->frame[FRAME_REQUEST];
    const struct slice part[] = {slice_str("1.0"), slice_of(id->bytes, id->n),
        slice_str(allowed ? "200" : "400"),
        slice_str(allowed ? "OK" : "No access"), slice_str(user),
        slice_of("", 0)};
    enum { PARTS = sizeof part / sizeof part[0] };
    for (size_t i = 0; i < PARTS; i++)
        if (zmq_send(socket, part[i].p, part[i].n,
                i + 1 < PARTS ? ZMQ_SNDMORE : 0) < 0)
            return DHK_IO;
    return DHK_OK;
}

enum dhk_err
zap_serve(void *socket, const struct zap_table *t, struct zap_counts *counts)
{
    for (;;) {
        struct request r;
        enum dhk_err rc = read_request(&r, socket);
        if (rc != DHK_OK)
            return rc == DHK_NOTFOUND ? DHK_OK : rc;
        bool allowed = is_allowed(&r, t);
        counts->allowed += allowed;
        counts->refused += !allowed;
        counts->malformed += !r.whole;
        if ((rc = reply(socket, &r, allowed)) != DHK_OK)
            return rc;
    }
}
