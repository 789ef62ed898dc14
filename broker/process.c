/* SPDX-License-Identifier: EUPL-1.2
 *
 * Records over SOCK_SEQPACKET: one packet is one part, so no length can lead
 * a reader astray; everything else in a head is checked against what it must
 * be. A child that was taken over can send anything it likes here. */
#include "process.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* bytes that a draining link may hold before it gives up */
enum { DRAIN_MAX = 64 * 1024 * 1024, PATIENCE_MS = 60000 };

/* A packet read while process_send() was waiting. */
struct packet {
    struct packet *next;
    size_t n;
    uint8_t bytes[];
};

struct head {
    enum process_record type;
    uint32_t part, parts, id, total;
};

struct process_link {
    int fd;
    size_t max;
    uint32_t next_id;
    int patience_ms;
    bool drains, has_record;
    struct head record; /* being put together */
    uint32_t next_part;
    uint8_t *whole; /* its bytes so far, MAX of memory */
    struct packet *first, *last;
    size_t held;
    uint8_t in[LIMIT_RECORD_PART];
};

enum dhk_err
process_pair(int fd[2])
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == 0
               ? DHK_OK
               : DHK_IO;
}

enum dhk_err
process_link_new(struct process_link **out, int fd, size_t max)
{
    *out = NULL;
    struct process_link *l = calloc(1, sizeof *l);
    if (l != NULL)
        l->whole = malloc(max > 0 ? max : 1);
    if (l == NULL || l->whole == NULL) {
        free(l);
        (void)close(fd);
        return DHK_NOMEM;
    }
    l->fd = fd;
    l->max = max;
    l->patience_ms = PATIENCE_MS;
    *out = l;
    return DHK_OK;
}

/* Records may hold secrets, and memory is reused. */
static void
forget_bytes(void *p, size_t n)
{
    explicit_bzero(p, n);
}

static void
drop_first(struct process_link *l)
{
    struct packet *p = l->first;
    l->first = p->next;
    if (l->first == NULL)
        l->last = NULL;
    l->held -= p->n;
    forget_bytes(p->bytes, p->n);
    free(p);
}

void
process_link_destroy(struct process_link **l)
{
    if (*l == NULL)
        return;
    while ((*l)->first != NULL)
        drop_first(*l);
    (void)close((*l)->fd);
    forget_bytes((*l)->whole, (*l)->max);
    free((*l)->whole);
    forget_bytes((*l)->in, sizeof(*l)->in);
    free(*l);
    *l = NULL;
}

int
process_link_fd(const struct process_link *l)
{
    return l->fd;
}

void
process_link_wipe(struct process_link *l)
{
    forget_bytes(l->whole, l->max);
    forget_bytes(l->in, sizeof l->in);
}

void
process_link_drain(struct process_link *l)
{
    l->drains = true;
}

void
process_link_patience(struct process_link *l, int ms)
{
    l->patience_ms = ms;
}

bool
process_link_has_room(const struct process_link *l)
{
    struct pollfd p = {.fd = l->fd, .events = POLLOUT};
    return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0;
}

/* One packet into L->in; DHK_NOTFOUND when there is none. */
static enum dhk_err
read_packet(struct process_link *l, size_t *n)
{
    struct iovec iov = {l->in, sizeof l->in};
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
    *n = 0;
    for (;;) {
        ssize_t got = recvmsg(l->fd, &msg, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno == EAGAIN ? DHK_NOTFOUND : DHK_IO;
        if (got == 0)
            return DHK_IO;
        if ((msg.msg_flags & MSG_TRUNC) != 0)
            return DHK_FORMAT;
        *n = (size_t)got;
        return DHK_OK;
    }
}

static enum dhk_err
hold_packet(struct process_link *l)
{
    size_t n = 0;
    enum dhk_err rc = read_packet(l, &n);
    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    if (l->held + n > DRAIN_MAX)
        return DHK_LIMIT;
    struct packet *p = malloc(sizeof *p + n);
    if (p == NULL)
        return DHK_NOMEM;
    p->next = NULL;
    p->n = n;
    memcpy(p->bytes, l->in, n);
    if (l->last == NULL)
        l->first = p;
    else
        l->last->next = p;
    l->last = p;
    l->held += n;
    return DHK_OK;
}

static enum dhk_err
wait_for_room(struct process_link *l)
{
    struct pollfd p = {
        .fd = l->fd, .events = l->drains ? POLLIN | POLLOUT : POLLOUT};
    int n = poll(&p, 1, l->patience_ms);
    if (n < 0)
        return errno == EINTR ? DHK_OK : DHK_IO;
    if (n == 0)
        return DHK_IO;
    if (l->drains && (p.revents & POLLIN) != 0)
        return hold_packet(l);
    return DHK_OK;
}

static enum dhk_err
send_packet(struct process_link *l, struct iovec *iov, size_t iov_n)
{
    struct msghdr msg = {.msg_iov = iov, .msg_iovlen = iov_n};
    for (;;) {
        ssize_t put = sendmsg(l->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put >= 0)
            return DHK_OK;
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return DHK_IO;
        enum dhk_err rc = wait_for_room(l);
        if (rc != DHK_OK)
            return rc;
    }
}

/* Cuts up to N bytes off the front of *S into *IOV; returns how many. */
static size_t
take(struct iovec *iov, struct slice *s, size_t n)
{
    size_t k = s->n < n ? s->n : n;
    /* sendmsg() does not write, its type merely allows it */
    iov->iov_base = (void *)(uintptr_t)s->p;
    iov->iov_len = k;
    *s = slice_of(s->n == 0 ? NULL : s->p + k, s->n - k);
    return k;
}

static uint32_t
parts_of(uint32_t total)
{
    return total == 0 ? 1 : (total - 1) / PROCESS_PART + 1;
}

enum dhk_err
process_send(struct process_link *l, enum process_record type,
    struct slice head, struct slice body)
{
    size_t total = head.n + body.n;
    uint32_t id = l->next_id++;
    if (total > UINT16_MAX * (size_t)PROCESS_PART)
        return DHK_LIMIT;
    uint32_t parts = parts_of((uint32_t)total);
    for (uint32_t i = 0; i < parts; i++) {
        uint8_t mem[PROCESS_HEAD_BYTES];
        struct sink s;
        struct iovec iov[3] = {{mem, sizeof mem}, {NULL, 0}, {NULL, 0}};
        sink_init(&s, mem, sizeof mem);
        sink_u8(&s, (uint8_t)type);
        sink_u8(&s, 0);
        sink_u16(&s, (uint16_t)i);
        sink_u16(&s, (uint16_t)parts);
        sink_u16(&s, 0);
        sink_u32(&s, id);
        sink_u32(&s, (uint32_t)total);
        size_t n = take(&iov[1], &head, PROCESS_PART);
        (void)take(&iov[2], &body, PROCESS_PART - n);
        enum dhk_err rc = send_packet(l, iov, 3);
        if (rc != DHK_OK)
            return rc;
    }
    return DHK_OK;
}

static bool
is_record(uint8_t type)
{
    switch ((enum process_record)type) {
    case PROCESS_ROUTER_UP:
    case PROCESS_PEER_MESSAGE:
    case PROCESS_PEER_GONE:
    case PROCESS_ACCESS:
    case PROCESS_SEND:
    case PROCESS_DROP:
    case PROCESS_HEAD_ASK:
    case PROCESS_SIGN:
    case PROCESS_HEAD:
    case PROCESS_SIGNED:
    case PROCESS_SIGN_REFUSED:
    case PROCESS_CONTROL:
    case PROCESS_CONTROL_REPLY:
    case PROCESS_READY:
    case PROCESS_REPORT_ASK:
    case PROCESS_REPORT:
    case PROCESS_STOP:
    case PROCESS_CONFIG:
    case PROCESS_SECRET:
        return true;
    case PROCESS_NONE:
    default:
        return false;
    }
}

/* Splits PACKET; a part must be exactly as long as its place demands. */
static enum dhk_err
decode_part(struct head *h, struct slice *payload, const struct process_link *l,
    struct slice packet)
{
    struct cursor c;
    cursor_init(&c, packet);
    uint8_t type = cursor_u8(&c);
    uint8_t zero = cursor_u8(&c);
    *h = (struct head){.part = cursor_u16(&c), .parts = cursor_u16(&c)};
    uint16_t zeros = cursor_u16(&c);
    h->id = cursor_u32(&c);
    h->total = cursor_u32(&c);
    *payload = c.left;
    if (c.err != DHK_OK || zero != 0 || zeros != 0 || !is_record(type))
        return DHK_FORMAT;
    if (h->total > l->max || h->parts != parts_of(h->total) ||
        h->part >= h->parts)
        return DHK_FORMAT;
    h->type = (enum process_record)type;
    uint32_t want = h->part + 1 < h->parts
                        ? (uint32_t)PROCESS_PART
                        : h->total - h->part * (uint32_t)PROCESS_PART;
    return payload->n == want ? DHK_OK : DHK_FORMAT;
}

/* Adds a part. DHK_NOTFOUND: the record is not whole yet. */
static enum dhk_err
add_part(struct process_link *l, const struct head *h, struct slice *payload)
{
    if (h->part == 0) {
        l->has_record = true;
        l->record = *h;
        l->next_part = 0;
    } else if (!l->has_record || h->id != l->record.id) {
        /* the rest of a record whose beginning went to a dead process */
        l->has_record = false;
        return DHK_NOTFOUND;
    }
    if (h->part != l->next_part || h->type != l->record.type ||
        h->total != l->record.total)
        return DHK_FORMAT;
    if (payload->n > 0)
        memcpy(
            l->whole + (size_t)h->part * PROCESS_PART, payload->p, payload->n);
    l->next_part++;
    if (l->next_part < h->parts)
        return DHK_NOTFOUND;
    l->has_record = false;
    *payload = slice_of(l->whole, h->total);
    return DHK_OK;
}

/* The next packet, held or fresh, into L->in. */
static enum dhk_err
next_packet(struct process_link *l, size_t *n)
{
    if (l->first == NULL)
        return read_packet(l, n);
    *n = l->first->n;
    memcpy(l->in, l->first->bytes, *n);
    drop_first(l);
    return DHK_OK;
}

static enum dhk_err
wait_for_packet(const struct process_link *l)
{
    struct pollfd p = {.fd = l->fd, .events = POLLIN};
    return poll(&p, 1, -1) < 0 && errno != EINTR ? DHK_IO : DHK_OK;
}

enum dhk_err
process_receive(struct process_link *l, enum process_record *type,
    struct slice *payload, bool wait)
{
    *type = PROCESS_NONE;
    *payload = slice_of(NULL, 0);
    for (;;) {
        struct head h;
        struct slice bytes;
        size_t n = 0;
        enum dhk_err rc = next_packet(l, &n);
        if (rc == DHK_NOTFOUND && wait) {
            if ((rc = wait_for_packet(l)) != DHK_OK)
                return rc;
            continue;
        }
        if (rc != DHK_OK)
            return rc;
        rc = decode_part(&h, &bytes, l, slice_of(l->in, n));
        if (rc == DHK_OK)
            rc = add_part(l, &h, &bytes);
        if (rc == DHK_NOTFOUND)
            continue;
        if (rc == DHK_OK) {
            *type = h.type;
            *payload = bytes;
        }
        return rc;
    }
}
