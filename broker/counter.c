/* SPDX-License-Identifier: EUPL-1.2 */
#include "counter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"

enum {
    IDLE_MS = 30000, /* for a request to come in and a reply to go out */
    LENGTH = 4,
    EXIT_UNREACHABLE = 3,
    EXIT_INVALID = 4,
};

enum state { STATE_FREE = 0, STATE_READING, STATE_WAITING, STATE_WRITING };

struct client {
    enum state state;
    int fd;
    uint32_t id;
    uint64_t since;
    uint8_t *buf; /* of LENGTH + what comes in or goes out */
    size_t n, want;
};

struct counter {
    int fd;
    const struct log *log;
    counter_ask *ask;
    void *ctx;
    uint32_t next_id;
    struct client client[COUNTER_CLIENTS];
};

static enum dhk_err
listen_at(int *out, const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n >= sizeof a.sun_path)
        return DHK_LIMIT;
    memcpy(a.sun_path, path, n + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return DHK_IO;
    (void)unlink(path);
    /* private from its first moment, not only after a chmod */
    mode_t before = umask(0177);
    int failed = bind(fd, (const struct sockaddr *)&a, sizeof a);
    (void)umask(before);
    if (failed != 0 || listen(fd, COUNTER_CLIENTS) != 0) {
        (void)close(fd);
        return DHK_IO;
    }
    *out = fd;
    return DHK_OK;
}

enum dhk_err
counter_open(struct counter **out, const char *path, const struct log *log,
    counter_ask *ask, void *ctx)
{
    *out = NULL;
    struct counter *c = calloc(1, sizeof *c);
    if (c == NULL)
        return DHK_NOMEM;
    enum dhk_err rc = listen_at(&c->fd, path);
    if (rc != DHK_OK) {
        free(c);
        return rc;
    }
    c->log = log;
    c->ask = ask;
    c->ctx = ctx;
    *out = c;
    return DHK_OK;
}

static void
drop(struct client *cl)
{
    (void)close(cl->fd);
    free(cl->buf);
    *cl = (struct client){.state = STATE_FREE};
}

void
counter_close(struct counter **c)
{
    if (*c == NULL)
        return;
    for (size_t i = 0; i < COUNTER_CLIENTS; i++)
        if ((*c)->client[i].state != STATE_FREE)
            drop(&(*c)->client[i]);
    (void)close((*c)->fd);
    free(*c);
    *c = NULL;
}

/* --- replies ---------------------------------------------------------- */

static void
write_on(struct client *cl)
{
    while (cl->n < cl->want) {
        ssize_t put = send(cl->fd, cl->buf + cl->n, cl->want - cl->n,
            MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0 && errno == EAGAIN)
            return;
        if (put < 0)
            break;
        cl->n += (size_t)put;
    }
    drop(cl);
}

static void
answer(struct client *cl, uint64_t now, struct slice reply)
{
    uint8_t *buf =
        reply.n <= CONTROL_REPLY_MAX ? malloc(LENGTH + reply.n) : NULL;
    if (buf == NULL) {
        drop(cl);
        return;
    }
    bytes_put_u32(buf, (uint32_t)reply.n);
    memcpy(buf + LENGTH, reply.p, reply.n);
    free(cl->buf);
    cl->buf = buf;
    cl->n = 0;
    cl->want = LENGTH + reply.n;
    cl->state = STATE_WRITING;
    cl->since = now;
    write_on(cl);
}

static void
answer_text(struct client *cl, uint64_t now, uint8_t code, const char *text)
{
    uint8_t mem[256];
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    sink_u8(&out, code);
    sink_slice(&out, slice_str(text));
    answer(cl, now, sink_done(&out));
}

void
counter_reply(struct counter *c, uint32_t id, struct slice reply)
{
    uint64_t now = clock_monotonic_ms(clock_system());
    for (size_t i = 0; i < COUNTER_CLIENTS; i++) {
        struct client *cl = &c->client[i];
        if (cl->state == STATE_WAITING && cl->id == id && reply.n > 0)
            answer(cl, now, reply);
    }
}

void
counter_core_lost(struct counter *c)
{
    uint64_t now = clock_monotonic_ms(clock_system());
    for (size_t i = 0; i < COUNTER_CLIENTS; i++)
        if (c->client[i].state == STATE_WAITING)
            answer_text(&c->client[i], now, EXIT_UNREACHABLE,
                "the broker was restarted meanwhile: look at its status and "
                "try again\n");
}

/* --- requests --------------------------------------------------------- */

static void
submit(struct counter *c, struct client *cl, uint64_t now)
{
    static const char busy[] = "the broker is not ready, try again\n";
    struct control_request r;
    struct slice bytes = slice_of(cl->buf + LENGTH, cl->want - LENGTH);
    if (control_decode(&r, bytes) != DHK_OK) {
        answer_text(cl, now, EXIT_INVALID, "malformed request\n");
        return;
    }
    cl->state = STATE_WAITING;
    cl->since = now;
    if (!c->ask(c->ctx, cl->id, bytes))
        answer_text(cl, now, EXIT_UNREACHABLE, busy);
}

/* Makes room for the request once its length is known. */
static bool
know_length(struct client *cl)
{
    uint32_t n = bytes_get_u32(cl->buf);
    if (n == 0 || n > CONTROL_MAX)
        return false;
    uint8_t *buf = malloc(LENGTH + (size_t)n);
    if (buf == NULL)
        return false;
    memcpy(buf, cl->buf, LENGTH);
    free(cl->buf);
    cl->buf = buf;
    cl->want = LENGTH + (size_t)n;
    return true;
}

static void
read_on(struct counter *c, struct client *cl, uint64_t now)
{
    while (cl->n < cl->want) {
        ssize_t got =
            recv(cl->fd, cl->buf + cl->n, cl->want - cl->n, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0) {
            drop(cl);
            return;
        }
        cl->n += (size_t)got;
        if (cl->n == LENGTH && cl->want == LENGTH && !know_length(cl)) {
            answer_text(cl, now, EXIT_INVALID, "malformed request\n");
            return;
        }
    }
    submit(c, cl, now);
}

static bool
is_operator(int fd)
{
    struct ucred who;
    socklen_t n = sizeof who;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 &&
           n == sizeof who && (who.uid == geteuid() || who.uid == 0);
}

static void
welcome(struct counter *c, uint64_t now)
{
    int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct client *cl = NULL;
    if (fd < 0)
        return;
    for (size_t i = 0; i < COUNTER_CLIENTS && cl == NULL; i++)
        if (c->client[i].state == STATE_FREE)
            cl = &c->client[i];
    uint8_t *buf = malloc(LENGTH);
    if (!is_operator(fd) || cl == NULL || buf == NULL) {
        log_event(c->log, LOG_LEVEL_WARN, "operator-refused", "%s", "");
        free(buf);
        (void)close(fd);
        return;
    }
    *cl = (struct client){.state = STATE_READING,
        .fd = fd,
        .id = ++c->next_id & COUNTER_IDS,
        .since = now,
        .buf = buf,
        .want = LENGTH};
}

/* --- the loop --------------------------------------------------------- */

size_t
counter_poll(const struct counter *c, struct pollfd fds[COUNTER_FDS])
{
    size_t n = 0, busy = 0;
    for (size_t i = 0; i < COUNTER_CLIENTS; i++) {
        const struct client *cl = &c->client[i];
        short events = 0;
        if (cl->state == STATE_READING)
            events = POLLIN;
        else if (cl->state == STATE_WRITING)
            events = POLLOUT;
        busy += cl->state != STATE_FREE;
        if (events != 0)
            fds[n++] = (struct pollfd){.fd = cl->fd, .events = events};
    }
    /* with nobody free, others wait in the kernel's queue */
    if (busy < COUNTER_CLIENTS)
        fds[n++] = (struct pollfd){.fd = c->fd, .events = POLLIN};
    return n;
}

void
counter_turn(
    struct counter *c, const struct pollfd *fds, size_t n, uint64_t now)
{
    for (size_t i = 0; i < n; i++) {
        if (fds[i].revents == 0)
            continue;
        if (fds[i].fd == c->fd) {
            welcome(c, now);
            continue;
        }
        for (size_t j = 0; j < COUNTER_CLIENTS; j++) {
            struct client *cl = &c->client[j];
            if (cl->fd != fds[i].fd)
                continue;
            if (cl->state == STATE_READING)
                read_on(c, cl, now);
            else if (cl->state == STATE_WRITING)
                write_on(cl);
            break;
        }
    }
    for (size_t j = 0; j < COUNTER_CLIENTS; j++) {
        struct client *cl = &c->client[j];
        bool moves = cl->state == STATE_READING || cl->state == STATE_WRITING;
        if (moves && now - cl->since > IDLE_MS)
            drop(cl);
    }
}
