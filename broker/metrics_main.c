/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoekd-metrics: answers scrapers on the one listening socket that the
 * parent gave it. It holds no key, file or connection of the broker, is handed
 * nothing but reports (report.h), and may only ask the parent for the next
 * one. Whoever takes it over learns what any scraper is told. A client that is
 * slow or silent costs itself its turn; nothing waits for it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "metrics.h"

enum {
    FD_LISTEN = 4,
    CLIENTS = 8,
    ASK_MS = 5000,   /* for a request to come, and a report */
    TAKE_MS = 10000, /* for the answer to be taken */
    FRESH_MS = 1000, /* a report serves who comes so soon after it */
    DESCRIPTORS = 32,
};

struct page { /* the body of an answer; several clients may be taking it */
    size_t refs, n;
    uint8_t bytes[];
};

enum state { STATE_FREE = 0, STATE_READING, STATE_WAITING, STATE_WRITING };
struct client {
    enum state state;
    int fd;
    uint64_t since, until;
    size_t in_n, head_n, sent;
    struct page *body; /* or NULL */
    uint8_t in[METRICS_REQUEST], head[512];
};

struct server {
    struct child child;
    struct client client[CLIENTS];
    struct page *page; /* the newest, or NULL */
    uint64_t page_at;
    bool asked, stop;
};

static uint64_t
now_ms(void)
{
    return clock_monotonic_ms(clock_system());
}

static void
page_drop(struct page **p)
{
    if (*p != NULL && --(*p)->refs == 0)
        free(*p);
    *p = NULL;
}

static void
drop(struct client *c)
{
    (void)close(c->fd);
    page_drop(&c->body);
    c->state = STATE_FREE;
}

/* --- answers ---------------------------------------------------------- */

static struct slice
unsent(const struct client *c)
{
    if (c->sent < c->head_n)
        return slice_of(c->head + c->sent, c->head_n - c->sent);
    size_t done = c->sent - c->head_n;
    if (c->body == NULL || done == c->body->n)
        return slice_of(NULL, 0);
    return slice_of(c->body->bytes + done, c->body->n - done);
}

static void
write_on(struct client *c)
{
    struct slice s;
    while ((s = unsent(c)).n > 0) {
        ssize_t put = send(c->fd, s.p, s.n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0 && errno == EAGAIN)
            return;
        if (put < 0)
            break;
        c->sent += (size_t)put;
    }
    (void)shutdown(c->fd, SHUT_WR);
    drop(c);
}

static void
answer(struct client *c, enum metrics_status status, struct page *body)
{
    struct sink head;
    sink_init(&head, c->head, sizeof c->head);
    metrics_head(&head, status, body == NULL ? 0 : body->n);
    c->head_n = head.n;
    c->sent = 0;
    c->body = body;
    if (body != NULL)
        body->refs++;
    c->state = STATE_WRITING;
    c->until = now_ms() + TAKE_MS;
    write_on(c);
}

static void
answer_waiting(struct server *s, struct page *body)
{
    for (size_t i = 0; i < CLIENTS; i++)
        if (s->client[i].state == STATE_WAITING)
            answer(&s->client[i],
                body == NULL ? METRICS_UNAVAILABLE : METRICS_OK, body);
}

/* --- reports ---------------------------------------------------------- */

/* u8 exit code | report, or a text that says why there is none */
static struct page *
make_page(struct slice payload)
{
    struct report r;
    struct sink out;
    if (payload.n < 1 || payload.p[0] != 0 ||
        report_decode(&r, slice_of(payload.p + 1, payload.n - 1)) != DHK_OK)
        return NULL;
    size_t cap = metrics_page_max(&r);
    struct page *p = malloc(sizeof *p + cap);
    if (p == NULL)
        return NULL;
    sink_init(&out, p->bytes, cap);
    if (metrics_page(&out, &r) != DHK_OK) {
        free(p);
        return NULL;
    }
    p->refs = 1;
    p->n = out.n;
    return p;
}

static enum dhk_err
from_parent(struct server *s)
{
    enum process_record type = PROCESS_NONE;
    struct slice payload;
    enum dhk_err rc = process_receive(s->child.parent, &type, &payload, false);
    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    s->stop = type == PROCESS_STOP;
    if (s->stop)
        return DHK_OK;
    if (type != PROCESS_REPORT || !s->asked)
        return DHK_FORMAT;
    s->asked = false;
    page_drop(&s->page);
    s->page = make_page(payload);
    s->page_at = now_ms();
    answer_waiting(s, s->page);
    return DHK_OK;
}

static void
want_page(struct server *s, struct client *c)
{
    if (s->page != NULL && now_ms() - s->page_at < FRESH_MS)
        answer(c, METRICS_OK, s->page);
    else
        c->state = STATE_WAITING;
}

/* Asks for a report when somebody waits for one and the last is not of just
 * now: core is asked at most once a second, however many come. */
static enum dhk_err
ask(struct server *s)
{
    struct slice none = slice_of(NULL, 0);
    bool waits = false;
    for (size_t i = 0; i < CLIENTS; i++)
        waits = waits || s->client[i].state == STATE_WAITING;
    if (!waits || s->asked || now_ms() - s->page_at < FRESH_MS)
        return DHK_OK;
    s->asked = true;
    return process_send(s->child.parent, PROCESS_REPORT_ASK, none, none);
}

/* --- requests --------------------------------------------------------- */

static void
read_on(struct server *s, struct client *c)
{
    ssize_t got =
        recv(c->fd, c->in + c->in_n, sizeof c->in - c->in_n, MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0) {
        drop(c);
        return;
    }
    c->in_n += (size_t)got;
    enum metrics_status status = metrics_request(slice_of(c->in, c->in_n));
    if (status == METRICS_OK)
        want_page(s, c);
    else if (status != METRICS_MORE)
        answer(c, status, NULL);
}

/* A free place, or that of who keeps one longest without having asked. */
static struct client *
place(struct server *s)
{
    struct client *oldest = &s->client[0];
    for (size_t i = 0; i < CLIENTS; i++) {
        struct client *c = &s->client[i];
        if (c->state == STATE_FREE)
            return c;
        bool idler =
            (c->state == STATE_READING) && oldest->state != STATE_READING;
        bool same =
            (c->state == STATE_READING) == (oldest->state == STATE_READING);
        if (idler || (same && c->since < oldest->since))
            oldest = c;
    }
    drop(oldest);
    return oldest;
}

static void
welcome(struct server *s)
{
    int fd = accept4(FD_LISTEN, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    struct client *c = place(s);
    c->state = STATE_READING;
    c->fd = fd;
    c->since = now_ms();
    c->until = c->since + ASK_MS;
    c->in_n = 0;
    c->body = NULL;
}

static void
expire(struct server *s)
{
    uint64_t now = now_ms();
    for (size_t i = 0; i < CLIENTS; i++) {
        struct client *c = &s->client[i];
        if (c->state == STATE_FREE || now < c->until)
            continue;
        if (c->state == STATE_WAITING)
            answer(c, METRICS_UNAVAILABLE, NULL);
        else
            drop(c);
    }
}

/* --- the loop --------------------------------------------------------- */

static void
serve_client(struct server *s, struct client *c)
{
    if (c->state == STATE_READING)
        read_on(s, c);
    else if (c->state == STATE_WRITING)
        write_on(c);
}

/* Until the next moment at which something is due. */
static int
wait_ms(const struct server *s)
{
    for (size_t i = 0; i < CLIENTS; i++)
        if (s->client[i].state != STATE_FREE)
            return 100;
    return -1;
}

static enum dhk_err
turn(struct server *s)
{
    struct pollfd fds[2 + CLIENTS] = {
        {.fd = process_link_fd(s->child.parent), .events = POLLIN},
        {.fd = FD_LISTEN, .events = POLLIN}};
    for (size_t i = 0; i < CLIENTS; i++) {
        const struct client *c = &s->client[i];
        short events = 0;
        if (c->state == STATE_READING)
            events = POLLIN;
        else if (c->state == STATE_WRITING)
            events = POLLOUT;
        fds[2 + i] =
            (struct pollfd){.fd = events != 0 ? c->fd : -1, .events = events};
    }
    if (poll(fds, 2 + CLIENTS, wait_ms(s)) < 0 && errno != EINTR)
        return DHK_IO;
    enum dhk_err rc = fds[0].revents != 0 ? from_parent(s) : DHK_OK;
    for (size_t i = 0; i < CLIENTS; i++)
        if (fds[2 + i].revents != 0)
            serve_client(s, &s->client[i]);
    if (fds[1].revents != 0)
        welcome(s);
    expire(s);
    return rc == DHK_OK && !s->stop ? ask(s) : rc;
}

/* No process, and no more descriptors than clients want. */
static enum dhk_err
confine(void)
{
    struct rlimit files = {DESCRIPTORS, DESCRIPTORS}, none = {0, 0};
    return setrlimit(RLIMIT_NOFILE, &files) == 0 &&
                   setrlimit(RLIMIT_NPROC, &none) == 0
               ? DHK_OK
               : DHK_IO;
}

int
main(void)
{
    static struct server s;
    (void)signal(SIGPIPE, SIG_IGN);
    enum dhk_err rc = child_begin(&s.child, "metrics");
    if (rc == DHK_OK)
        rc = confine();
    while (rc == DHK_OK && !s.stop)
        rc = turn(&s);
    for (size_t i = 0; i < CLIENTS; i++)
        if (s.client[i].state != STATE_FREE)
            drop(&s.client[i]);
    page_drop(&s.page);
    child_end(&s.child);
    return rc == DHK_OK ? 0 : 1;
}
