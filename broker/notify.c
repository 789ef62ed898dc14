/* SPDX-License-Identifier: EUPL-1.2 */
#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "control.h"

enum {
    ASKED_OFTENER = 3,      /* than the watchdog wants to be pinged */
    RESTART_MS = 120 * 1000 /* how long parts may be on their way up */
};

/* A path, or with '@' an abstract name. */
static bool
read_address(struct notify *n, const char *text)
{
    size_t len = text == NULL ? 0 : strlen(text);
    if (len < 2 || (text[0] != '/' && text[0] != '@') ||
        len >= sizeof n->to.sun_path)
        return false;
    n->to.sun_family = AF_UNIX;
    memcpy(n->to.sun_path, text, len);
    if (text[0] == '@')
        n->to.sun_path[0] = '\0';
    n->to_n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len +
                          (text[0] == '@' ? 0 : 1));
    return true;
}

static bool
read_number(uint64_t *out, const char *text)
{
    char *end = NULL;
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0';
}

/* Milliseconds between pings; 0 when they are not wanted, or not of us. */
static uint64_t
read_watchdog(void)
{
    const char *pid = getenv("WATCHDOG_PID");
    uint64_t us = 0, who = 0;
    if (!read_number(&us, getenv("WATCHDOG_USEC")))
        return 0;
    if (pid != NULL && (!read_number(&who, pid) || who != (uint64_t)getpid()))
        return 0;
    return us / 1000;
}

void
notify_open(struct notify *n)
{
    struct timeval patience = {1, 0};
    *n = (struct notify){.fd = -1};
    if (read_address(n, getenv("NOTIFY_SOCKET")))
        n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (n->fd >= 0 && setsockopt(n->fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
                          sizeof patience) == 0)
        n->watchdog_ms = read_watchdog();
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
}

void
notify_close(struct notify *n)
{
    if (n->fd >= 0)
        (void)close(n->fd);
    n->fd = -1;
}

void
notify_say(const struct notify *n, const char *state)
{
    ssize_t put = -1;
    if (n->fd < 0)
        return;
    do {
        put = sendto(n->fd, state, strlen(state), MSG_NOSIGNAL,
            (const struct sockaddr *)&n->to, n->to_n);
    } while (put < 0 && errno == EINTR);
}

/* --- vigil ------------------------------------------------------------ */

void
vigil_open(struct vigil *v)
{
    *v = (struct vigil){.ready = false};
    notify_open(&v->notify);
}

void
vigil_close(struct vigil *v)
{
    notify_close(&v->notify);
}

static uint64_t
pause_of(const struct vigil *v)
{
    uint64_t ms = v->notify.watchdog_ms / ASKED_OFTENER;
    return ms > 0 ? ms : 1;
}

static void
say_ready(const struct vigil *v, const char *endpoint)
{
    char state[512];
    (void)snprintf(
        state, sizeof state, "READY=1\nSTATUS=Listening at %s", endpoint);
    notify_say(&v->notify, state);
}

static void
say_reloading(const struct vigil *v, const char *why)
{
    char state[128];
    struct timespec t = {0, 0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    (void)snprintf(state, sizeof state,
        "RELOADING=1\nMONOTONIC_USEC=%llu\nSTATUS=%s",
        (unsigned long long)t.tv_sec * 1000000 +
            (unsigned long long)t.tv_nsec / 1000,
        why);
    notify_say(&v->notify, state);
}

void
vigil_ready(struct vigil *v, const char *endpoint, uint64_t now)
{
    say_ready(v, endpoint);
    v->ready = true;
    if (v->notify.watchdog_ms > 0)
        v->due = now + pause_of(v);
}

void
vigil_lost(struct vigil *v, uint64_t now)
{
    if (!v->ready)
        return;
    v->ready = false;
    v->asked = false;
    v->lost = now;
    say_reloading(v, "A part is started again");
}

void
vigil_reloading(struct vigil *v)
{
    if (v->ready)
        say_reloading(v, "Roster and agreement are read");
}

void
vigil_reloaded(struct vigil *v, const char *endpoint)
{
    if (v->ready)
        say_ready(v, endpoint);
}

void
vigil_stopping(struct vigil *v)
{
    v->due = 0;
    notify_say(&v->notify, "STOPPING=1\nSTATUS=Stopping");
}

void
vigil_answered(struct vigil *v)
{
    if (!v->asked)
        return;
    v->asked = false;
    if (v->due != 0)
        notify_say(&v->notify, "WATCHDOG=1");
}

void
vigil_turn(struct vigil *v, uint64_t now, vigil_ask *ask, void *ctx)
{
    static const uint8_t health[] = {CONTROL_HEALTH, 0, 0};
    if (v->due == 0 || now < v->due)
        return;
    v->due = now + pause_of(v);
    /* one question at a time: whoever hangs is not pressed */
    if (v->ready && !v->asked)
        v->asked = ask(ctx, VIGIL_ID, slice_of(health, sizeof health));
    else if (!v->ready && now - v->lost < RESTART_MS)
        notify_say(&v->notify, "WATCHDOG=1");
}
