/* SPDX-License-Identifier: EUPL-1.2
 *
 * Many strangers at a broker's door:
 *   crowd NODE HOW COUNT RATE SOURCES PAIRS MS
 * keeps away for MS milliseconds and then opens connections for as long, PAIRS
 * times: up to COUNT at a time, at most RATE new ones a second, to the broker
 * that the node directory NODE knows, from SOURCES addresses of the loopback
 * (0: from the address that legal clients have). Whatever the broker closes is
 * opened again. Then waits until the broker has closed them all. HOW:
 *   silent    says nothing
 *   drip      the greeting, a byte every 50 ms
 *   hello     greeting and a valid HELLO of CURVE, then nothing
 *   initiate  the whole handshake with a key that is on no card, then nothing
 *   flood     hangs up by itself at once
 * Prints "quiet" and "crowd" when such a time begins, "end" at the end of the
 * last, and at last one line: connections opened, those closed by the broker,
 * its answers in handshakes, the longest that one was seen open in
 * milliseconds, and how many it never closed. It has the lowest priority:
 * strangers have processors of their own. */
#include "node.h"
#include "roster.h"
#include "trust.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    GREETING = 64,
    HELLO = 200,
    WELCOME = 168,
    METADATA = 22,
    INITIATE = 257 + METADATA,
    DRIP_MS = 50,
    TICK_MS = 5,
    CLOSED_WITHIN_MS = 6000,
};
enum how { SILENT, DRIP, SHAKE_HELLO, SHAKE_INITIATE, FLOOD, HOWS };

struct guest {
    int fd; /* -1: none */
    bool connected;
    uint64_t since; /* it is */
    size_t got;     /* bytes, in a handshake */
    size_t dripped; /* bytes of the greeting */
    uint8_t in[GREETING + 2 + WELCOME];
};

struct crowd {
    enum how how;
    struct sockaddr_in broker;
    struct guest *guest;
    size_t guests, sources, pairs;
    uint64_t rate, window_ms;
    int epoll;
    struct epoll_event *event; /* as many as guests */
    uint64_t looked;           /* at all of them */
    uint8_t greeting[GREETING], hello[2 + HELLO];
    uint8_t server[32], pk[32], sk[32]; /* the broker's; a fleeting pair */
    uint8_t own_pk[32], own_sk[32];     /* of nobody's card */
    uint64_t opened, closed, answered, longest, next_source, next_place;
};

static uint64_t
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- a client's half of the handshake ---------------------------------- */

static void
make_greeting(struct crowd *c)
{
    static const uint8_t head[] = {
        0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1, 'C', 'U', 'R', 'V', 'E'};

    memcpy(c->greeting, head, sizeof head);
}

static int
make_hello(struct crowd *c)
{
    uint8_t *p = c->hello, nonce[24] = "CurveZMQHELLO---";
    const uint8_t zeros[64] = {0};

    p[0] = 4; /* a command */
    p[1] = HELLO;
    memcpy(p + 2, "\x05HELLO\x01\x00", 8);
    memcpy(p + 82, c->pk, 32);
    p[121] = nonce[23] = 1;
    return crypto_box_easy(
        p + 122, zeros, sizeof zeros, nonce, c->server, c->sk);
}

/* Answers the WELCOME in IN with the last step. */
static int
send_initiate(struct crowd *c, int fd, const uint8_t *in)
{
    uint8_t out[9 + INITIATE] = {6, 0, 0, 0, 0, 0, 0, INITIATE >> 8,
        INITIATE & 255, 8, 'I', 'N', 'I', 'T', 'I', 'A', 'T', 'E'};
    uint8_t nonce[24] = "WELCOME-", welcome[128], vouch[64];
    uint8_t plain[128 + METADATA], *p = out + 18;

    memcpy(nonce + 8, in + 10, 16);
    if (crypto_box_open_easy(welcome, in + 26, 144, nonce, c->server, c->sk) !=
        0)
        return -1;
    memcpy(vouch, c->pk, 32);
    memcpy(vouch + 32, c->server, 32);
    memcpy(plain, c->own_pk, 32);
    memcpy(nonce, "VOUCH---", 8);
    randombytes_buf(nonce + 8, 16);
    memcpy(plain + 32, nonce + 8, 16);
    if (crypto_box_easy(
            plain + 48, vouch, sizeof vouch, nonce, welcome, c->own_sk) != 0)
        return -1;
    memcpy(plain + 128,
        "\x0bSocket-Type\0\0\0\x06"
        "DEALER",
        METADATA);
    memcpy(p, welcome + 32, 96);
    memcpy(nonce, "CurveZMQINITIATE\0\0\0\0\0\0\0\x02", 24);
    memcpy(p + 96, nonce + 16, 8);
    if (crypto_box_easy(p + 104, plain, sizeof plain, nonce, welcome, c->sk) !=
        0)
        return -1;
    return send(fd, out, sizeof out, MSG_NOSIGNAL) == sizeof out ? 0 : -1;
}

/* --- one guest ---------------------------------------------------------- */

static void
forget(struct guest *g)
{
    (void)close(g->fd);
    g->fd = -1;
}

static int
begin(struct crowd *c, struct guest *g)
{
    switch (c->how) {
    case DRIP:
        g->dripped = 0;
        return 0;
    case SHAKE_HELLO:
    case SHAKE_INITIATE:
        g->got = 0;
        return send(g->fd, c->greeting, GREETING, MSG_NOSIGNAL) == GREETING &&
                       send(g->fd, c->hello, sizeof c->hello, MSG_NOSIGNAL) > 0
                   ? 0
                   : -1;
    case FLOOD:
    case SILENT:
    case HOWS:
        break;
    }
    return 0;
}

static void
come_in(struct crowd *c, struct guest *g)
{
    struct sockaddr_in from = {.sin_family = AF_INET};
    struct epoll_event want = {.events = EPOLLIN | EPOLLOUT};
    const int on = 1;

    g->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (g->fd < 0)
        return;
    g->connected = false;
    /* 127.9.x.y: strangers are not where legal clients are */
    from.sin_addr.s_addr =
        htonl(0x7f090001 + (uint32_t)(c->next_source++ % (c->sources | 1)));
    (void)setsockopt(
        g->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (c->sources > 0)
        (void)bind(g->fd, (struct sockaddr *)&from, sizeof from);
    if (connect(g->fd, (struct sockaddr *)&c->broker, sizeof c->broker) != 0 &&
        errno != EINPROGRESS) {
        forget(g);
        return;
    }
    want.data.u64 = (uint64_t)(g - c->guest);
    (void)epoll_ctl(c->epoll, EPOLL_CTL_ADD, g->fd, &want);
}

static void
has_come_in(struct crowd *c, struct guest *g)
{
    struct epoll_event want = {
        .events = EPOLLIN, .data.u64 = (uint64_t)(g - c->guest)};

    (void)epoll_ctl(c->epoll, EPOLL_CTL_MOD, g->fd, &want);
    g->connected = true;
    g->since = now_ms();
    c->opened++;
    (void)begin(c, g); /* who was turned away already is seen by epoll */
    if (c->how == FLOOD)
        forget(g);
}

static void
was_closed(struct crowd *c, struct guest *g)
{
    /* when it was last seen open: others may keep us from the processor */
    uint64_t ms = c->looked > g->since ? c->looked - g->since : 0;

    c->closed++;
    c->longest = ms > c->longest ? ms : c->longest;
    forget(g);
}

static void
hear(struct crowd *c, struct guest *g)
{
    uint8_t nothing[256];
    bool shakes = g->got < sizeof g->in && c->how >= SHAKE_HELLO;
    ssize_t n = shakes ? recv(g->fd, g->in + g->got, sizeof g->in - g->got, 0)
                       : recv(g->fd, nothing, sizeof nothing, 0);

    if (n <= 0) {
        was_closed(c, g);
        return;
    }
    if (!shakes)
        return;
    g->got += (size_t)n;
    if (g->got < sizeof g->in)
        return;
    c->answered++;
    if (c->how == SHAKE_INITIATE)
        (void)send_initiate(c, g->fd, g->in + GREETING);
}

/* --- all of them -------------------------------------------------------- */

static void
drip(struct crowd *c, uint64_t now)
{
    for (size_t i = 0; i < c->guests; i++) {
        struct guest *g = &c->guest[i];

        if (g->fd >= 0 && g->connected && g->dripped < GREETING &&
            now - g->since >= g->dripped * DRIP_MS)
            (void)send(g->fd, c->greeting + g->dripped++, 1, MSG_NOSIGNAL);
    }
}

static void
listen_to_all(struct crowd *c)
{
    int n = epoll_wait(c->epoll, c->event, (int)c->guests, TICK_MS);

    for (int i = 0; i < n; i++) {
        struct guest *g = &c->guest[c->event[i].data.u64];

        if (g->fd >= 0 && !g->connected && (c->event[i].events & EPOLLOUT) != 0)
            has_come_in(c, g);
        else if (g->fd >= 0)
            hear(c, g);
    }
    c->looked = now_ms();
}

static size_t
count(const struct crowd *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->guests; i++)
        n += c->guest[i].fd >= 0;
    return n;
}

/* Opens as many as are due since FROM, as far as there are places. */
static void
open_due(struct crowd *c, uint64_t from, uint64_t *tried)
{
    uint64_t due = (now_ms() - from) * c->rate / 1000;

    for (size_t i = 0; i < c->guests && *tried < due; i++) {
        struct guest *g = &c->guest[c->next_place++ % c->guests];

        if (g->fd < 0) {
            come_in(c, g);
            ++*tried;
        }
    }
    *tried = due; /* what found no place is not made up for */
}

/* Goes on until UNTIL, opening new ones or not. */
static void
run(struct crowd *c, uint64_t until, bool opens)
{
    uint64_t from = now_ms(), now = from, tried = 0, dripped = 0;

    while ((now = now_ms()) < until) {
        if (opens)
            open_due(c, from, &tried);
        if (c->how == DRIP && now - dripped >= TICK_MS) {
            drip(c, now);
            dripped = now;
        }
        listen_to_all(c);
    }
}

static void
say(const char *what)
{
    (void)puts(what);
    (void)fflush(stdout);
}

static void
run_all(struct crowd *c)
{
    uint64_t edge = now_ms();

    for (size_t i = 0; i < c->pairs; i++) {
        say("quiet");
        run(c, edge += c->window_ms, false);
        say("crowd");
        run(c, edge += c->window_ms, true);
    }
    say("end");
    for (edge = now_ms(); count(c) > 0 && now_ms() - edge < CLOSED_WITHIN_MS;)
        run(c, now_ms() + TICK_MS, false);
}

static bool
parse(struct crowd *c, char **argv)
{
    static const char *const names[HOWS] = {
        "silent", "drip", "hello", "initiate", "flood"};
    struct dhk_problem problem = {""};
    struct dhk_node *node = NULL;
    unsigned port = 0;
    char host[64] = "";
    bool right = false;

    while (c->how < HOWS && strcmp(argv[2], names[c->how]) != 0)
        c->how++;
    if (node_open(&node, argv[1], NULL, 0, &problem) == DHK_OK &&
        trust_roster(node->trust) != NULL) {
        memcpy(c->server, trust_roster(node->trust)->curve_key.b, KEY_BYTES);
        right = sscanf(node->endpoint, "tcp://%63[0-9.]:%u", host, &port) == 2;
    }
    node_close(&node);
    c->broker.sin_family = AF_INET;
    c->broker.sin_port = htons((uint16_t)port);
    c->guests = strtoul(argv[3], NULL, 10);
    c->rate = strtoul(argv[4], NULL, 10);
    c->sources = strtoul(argv[5], NULL, 10);
    c->pairs = strtoul(argv[6], NULL, 10);
    c->window_ms = strtoul(argv[7], NULL, 10);
    return right && c->how < HOWS && c->guests > 0 &&
           inet_pton(AF_INET, host, &c->broker.sin_addr) == 1;
}

int
main(int argc, char **argv)
{
    struct crowd c = {.how = SILENT};
    struct rlimit lim;

    if (argc != 8 || key_init() != DHK_OK || !parse(&c, argv))
        return 2;
    if (getrlimit(RLIMIT_NOFILE, &lim) == 0) {
        lim.rlim_cur = lim.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &lim);
    }
    (void)setpriority(PRIO_PROCESS, 0, 19);
    (void)crypto_box_keypair(c.pk, c.sk);
    (void)crypto_box_keypair(c.own_pk, c.own_sk);
    make_greeting(&c);
    c.epoll = epoll_create1(EPOLL_CLOEXEC);
    c.guest = calloc(c.guests, sizeof *c.guest);
    c.event = calloc(c.guests, sizeof *c.event);
    if (make_hello(&c) != 0 || c.epoll < 0 || c.guest == NULL ||
        c.event == NULL)
        return 2;
    for (size_t i = 0; i < c.guests; i++)
        c.guest[i].fd = -1;
    run_all(&c);
    (void)printf("opened %llu closed %llu answered %llu longest-ms %llu "
                 "left %zu\n",
        (unsigned long long)c.opened, (unsigned long long)c.closed,
        (unsigned long long)c.answered, (unsigned long long)c.longest,
        count(&c));
    free(c.guest);
    free(c.event);
    return 0;
}
