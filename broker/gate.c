/* SPDX-License-Identifier: EUPL-1.2
 *
 * accept4() and close() run in libzmq's I/O thread, the rest in the router's
 * own: a lock guards what both touch. A descriptor may be another connection's
 * by the time that gate_spoke() comes: then a stranger's place comes back too
 * early, and no harm is done, for libzmq itself ends handshakes that take too
 * long. libzmq hands on what it read from a connection before it closes it. */
#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "admission.h"
#include "clock.h"
#include "presence.h"

enum {
    TURN = 64, /* turned away before libzmq's other connections get a turn */
    NAP_MS = 1,
    SPARE = 16, /* descriptors for the router itself, its probe mostly */
    DESCRIPTORS_MAX = 1 << 20,
};

static struct gate {
    pthread_mutex_t lock;
    struct admission admission;
    struct admission_ticket *ticket; /* by descriptor */
    size_t tickets; /* descriptors from here on are for none of them */
    struct presence presence;
    int reserve;
    uint16_t expected;
    bool saw;
    struct gate_counts counts;
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .reserve = -1};

static uint64_t
now_us(void)
{
    return clock_monotonic_ms(clock_system()) * 1000;
}

/* For descriptors that are no connection's, also under the lock. */
static int
close_quietly(int fd)
{
    return (int)syscall(SYS_close, fd);
}

static void
take_reserve(void)
{
    gate.reserve = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
}

enum dhk_err
gate_open(void)
{
    struct rlimit lim;
    if (getrlimit(RLIMIT_NOFILE, &lim) != 0)
        return DHK_IO;
    if (lim.rlim_cur <= SPARE)
        return DHK_LIMIT;
    gate.tickets =
        lim.rlim_cur < DESCRIPTORS_MAX ? lim.rlim_cur : DESCRIPTORS_MAX;
    gate.tickets -= SPARE;
    gate.ticket = calloc(gate.tickets, sizeof *gate.ticket);
    if (gate.ticket == NULL ||
        presence_init(&gate.presence, gate.tickets) != DHK_OK)
        return DHK_NOMEM;
    admission_init(&gate.admission, gate.tickets);
    take_reserve();
    return gate.reserve < 0 ? DHK_IO : DHK_OK;
}

void
gate_close(void)
{
    (void)pthread_mutex_lock(&gate.lock);
    free(gate.ticket);
    gate.ticket = NULL;
    gate.tickets = 0;
    presence_clear(&gate.presence);
    if (gate.reserve >= 0)
        (void)close_quietly(gate.reserve);
    gate.reserve = -1;
    (void)pthread_mutex_unlock(&gate.lock);
}

void
gate_expect(uint16_t port)
{
    (void)pthread_mutex_lock(&gate.lock);
    gate.expected = port;
    gate.saw = false;
    (void)pthread_mutex_unlock(&gate.lock);
}

bool
gate_saw(void)
{
    (void)pthread_mutex_lock(&gate.lock);
    bool saw = gate.saw;
    (void)pthread_mutex_unlock(&gate.lock);
    return saw;
}

void
gate_spoke(int fd, uint32_t peer)
{
    (void)pthread_mutex_lock(&gate.lock);
    if (fd >= 0 && (size_t)fd < gate.tickets)
        admission_prove(&gate.admission, &gate.ticket[fd], now_us());
    presence_spoke(&gate.presence, fd, peer);
    (void)pthread_mutex_unlock(&gate.lock);
}

size_t
gate_ended(void)
{
    (void)pthread_mutex_lock(&gate.lock);
    size_t n = presence_ended(&gate.presence);
    (void)pthread_mutex_unlock(&gate.lock);
    return n;
}

bool
gate_take_ended(uint32_t *peer)
{
    (void)pthread_mutex_lock(&gate.lock);
    bool taken = presence_take(&gate.presence, peer);
    (void)pthread_mutex_unlock(&gate.lock);
    return taken;
}

struct gate_counts
gate_count(void)
{
    (void)pthread_mutex_lock(&gate.lock);
    struct gate_counts c = gate.counts;
    (void)pthread_mutex_unlock(&gate.lock);
    return c;
}

/* --- in libzmq's I/O thread -------------------------------------------- */

/* The port of FROM if it is on this machine by the address that it came to. */
static uint16_t
own_port(int fd, const struct sockaddr_storage *from)
{
    struct sockaddr_storage to;
    struct sockaddr_in a, b;
    struct sockaddr_in6 c, d;
    socklen_t n = sizeof to;
    memset(&to, 0, sizeof to);
    if (getsockname(fd, (struct sockaddr *)&to, &n) != 0 ||
        to.ss_family != from->ss_family)
        return 0;
    if (to.ss_family == AF_INET) {
        memcpy(&a, from, sizeof a);
        memcpy(&b, &to, sizeof b);
        return a.sin_addr.s_addr == b.sin_addr.s_addr ? ntohs(a.sin_port) : 0;
    }
    if (to.ss_family != AF_INET6)
        return 0;
    memcpy(&c, from, sizeof c);
    memcpy(&d, &to, sizeof d);
    return memcmp(&c.sin6_addr, &d.sin6_addr, sizeof c.sin6_addr) == 0
               ? ntohs(c.sin6_port)
               : 0;
}

static bool
is_expected(int fd, const struct sockaddr_storage *from)
{
    if (gate.expected == 0 || own_port(fd, from) != gate.expected)
        return false;
    gate.expected = 0;
    gate.saw = true;
    return true;
}

static bool
is_admitted(int fd, const struct sockaddr_storage *from)
{
    struct admission_ticket ticket = {0};
    (void)pthread_mutex_lock(&gate.lock);
    bool room = (size_t)fd < gate.tickets;
    bool yes = is_expected(fd, from) || (room && admission_take(&gate.admission,
                                                     &ticket, from, now_us()));
    if (room)
        gate.ticket[fd] = ticket;
    if (yes)
        presence_opened(&gate.presence, fd);
    gate.counts.admitted += yes;
    gate.counts.turned_away += !yes && room;
    gate.counts.no_room += !yes && !room;
    (void)pthread_mutex_unlock(&gate.lock);
    return yes;
}

/* At once, and without anything that stays behind in the kernel. */
static void
hang_up(int fd)
{
    const struct linger none = {1, 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    (void)close_quietly(fd);
}

static int
take(int listener, struct sockaddr_storage *from, socklen_t *n, int flags)
{
    *n = sizeof *from;
    return (int)syscall(SYS_accept4, listener, from, n, flags);
}

/* libzmq's listener may be one that blocks. */
static bool
has_waiting(int listener)
{
    struct pollfd p = {.fd = listener, .events = POLLIN};
    return poll(&p, 1, 0) > 0;
}

/* Out of descriptors: hangs up on who waits, with the one in reserve. False
 * when that did not help. */
static bool
turn_away(int listener, int flags)
{
    struct sockaddr_storage from;
    socklen_t n;
    if (gate.reserve >= 0)
        (void)close_quietly(gate.reserve);
    int fd = take(listener, &from, &n, flags);
    if (fd >= 0)
        hang_up(fd);
    take_reserve();
    (void)pthread_mutex_lock(&gate.lock);
    gate.counts.no_room += fd >= 0;
    (void)pthread_mutex_unlock(&gate.lock);
    return fd >= 0;
}

/* After a failed accept4(): true when one who waited was hung up on for want
 * of a descriptor, and the next may be tried. */
static bool
made_way(int listener, int flags)
{
    if (errno != EMFILE && errno != ENFILE)
        return false;
    if (turn_away(listener, flags))
        return true;
    (void)poll(NULL, 0, NAP_MS); /* the whole machine has none left */
    errno = EAGAIN;
    return false;
}

/* What libzmq calls: it knows how to go on after EAGAIN. A name of its own
 * here, because the C library declares accept4() in more than one form. */
int gate_accept(int listener, struct sockaddr *address, socklen_t *n,
    int flags) __asm__("accept4") __attribute__((visibility("default")));

int
gate_accept(int listener, struct sockaddr *address, socklen_t *n, int flags)
{
    struct sockaddr_storage from;
    socklen_t got = 0;
    for (int i = 0; i < TURN && has_waiting(listener); i++) {
        int fd = take(listener, &from, &got, flags);
        if (fd < 0 && !made_way(listener, flags))
            return -1;
        if (fd < 0)
            continue;
        if (!is_admitted(fd, &from)) {
            hang_up(fd);
            continue;
        }
        if (address != NULL && n != NULL) {
            memcpy(address, &from, got < *n ? got : *n);
            *n = got;
        }
        return fd;
    }
    errno = EAGAIN;
    return -1;
}

/* The same of close(): libzmq calls it for every connection that ends. */
int gate_shut(int fd) __asm__("close") __attribute__((visibility("default")));

int
gate_shut(int fd)
{
    /* before the descriptor can be another connection's */
    (void)pthread_mutex_lock(&gate.lock);
    presence_closed(&gate.presence, fd);
    (void)pthread_mutex_unlock(&gate.lock);
    return close_quietly(fd);
}
