/* SPDX-License-Identifier: EUPL-1.2
 *
 * The pair between core and router stays open here, so that a router that died
 * is replaced on the same pair and core never notices more than a new
 * generation. When core or keeper dies all three are started anew. When they
 * are to stop, the first of the two that ends takes the pair with it: the other
 * would wait for room that nobody makes. */
#include "supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "counter.h"
#include "file.h"
#include "notify.h"
#include "process.h"
#include "reload.h"
#include "scrape.h"
#include "signals.h"
#include "spawn.h"

enum { STOP_MS = 10000, HEALTHY_MS = 1000, FIRST_FAILURES = 3, AGAIN_MS = 5 };
/* pause before a start: after crashes before readiness, and after ones soon
 * after it */
enum { PAUSE_MS = 50, PAUSE_MAX_MS = 10000, PAUSE_READY_MAX_MS = 500 };

enum which { KEEPER = 0, CORE, ROUTER, PARTS };

struct part {
    pid_t pid; /* 0: does not run */
    struct process_link *link;
    bool ready;
};

struct supervise {
    struct config cfg;
    const struct supervise_secrets *secrets;
    struct log log;
    struct part part[PARTS];
    struct counter *counter;
    struct vigil vigil;
    struct scrape scrape;
    struct reload reload;
    int pair[2]; /* core's and router's ends of their pair, or -1 */
    int signals, ready_fd;
    bool was_ready;  /* all three, since the last start */
    bool ever_ready; /* since we run */
    unsigned failures;
    uint64_t ready_at;
    uint64_t start_at;   /* when what is missing is started */
    uint64_t stop_until; /* 0: not stopping */
    bool told_keeper;
};

static const char *const names[PARTS] = {"keeper", "core", "router"};

static uint64_t
now_ms(void)
{
    return clock_monotonic_ms(clock_system());
}

/* --- starting --------------------------------------------------------- */

static enum dhk_err
send_settings(struct supervise *s, enum which w)
{
    static const enum config_reader reader[PARTS] = {
        CONFIG_KEEPER, CONFIG_CORE, CONFIG_ROUTER};
    char mem[CONFIG_LINES];
    struct sink lines;
    struct slice none = slice_of(NULL, 0);
    sink_init(&lines, mem, sizeof mem);
    enum dhk_err rc = config_encode(&lines, &s->cfg, reader[w]);
    if (rc == DHK_OK)
        rc = process_send(
            s->part[w].link, PROCESS_CONFIG, none, sink_done(&lines));
    if (rc != DHK_OK || w == CORE)
        return rc;
    const uint8_t *seed =
        w == KEEPER ? s->secrets->log_seed : s->secrets->curve_seed;
    return process_send(
        s->part[w].link, PROCESS_SECRET, none, slice_of(seed, KEY_SEED));
}

/* Starts part W with FDS (to core or router, to keeper) after its link. */
static enum dhk_err
start_part(struct supervise *s, enum which w, const int *fds, size_t fds_n)
{
    char path[SPAWN_PATH], name[32];
    int pair[2];
    struct part *p = &s->part[w];
    struct spawn spawn = {.path = path, .out = -1, .fds_n = fds_n + 1};
    (void)snprintf(name, sizeof name, "driehoekd-%s", names[w]);
    enum dhk_err rc = spawn_find(path, name);
    if (rc == DHK_OK)
        rc = process_pair(pair);
    if (rc != DHK_OK)
        return rc;
    spawn.fd[0] = pair[1];
    memcpy(&spawn.fd[1], fds, fds_n * sizeof *fds);
    rc = spawn_start(&p->pid, &spawn);
    (void)close(pair[1]);
    if (rc != DHK_OK) {
        p->pid = 0;
        (void)close(pair[0]);
        return rc;
    }
    p->ready = false;
    rc = process_link_new(&p->link, pair[0], PROCESS_MAX_PARENT);
    if (rc != DHK_OK)
        return rc;
    log_event(&s->log, LOG_LEVEL_DEBUG, "started", "part=%s pid=%ld", names[w],
        (long)p->pid);
    /* a child that is gone already is dealt with by its SIGCHLD */
    rc = send_settings(s, w);
    return rc == DHK_IO ? DHK_OK : rc;
}

static void
close_pair(struct supervise *s)
{
    for (size_t i = 0; i < 2; i++) {
        if (s->pair[i] >= 0)
            (void)close(s->pair[i]);
        s->pair[i] = -1;
    }
}

static enum dhk_err
start_all(struct supervise *s)
{
    int keeper[2]; /* core's and keeper's ends */
    close_pair(s);
    enum dhk_err rc = process_pair(s->pair);
    if (rc == DHK_OK)
        rc = process_pair(keeper);
    if (rc != DHK_OK)
        return rc;
    int for_core[] = {s->pair[0], keeper[0]};
    rc = start_part(s, KEEPER, &keeper[1], 1);
    if (rc == DHK_OK)
        rc = start_part(s, CORE, for_core, 2);
    if (rc == DHK_OK)
        rc = start_part(s, ROUTER, &s->pair[1], 1);
    (void)close(keeper[0]);
    (void)close(keeper[1]);
    return rc;
}

static bool
all_run(const struct supervise *s)
{
    return s->part[KEEPER].pid > 0 && s->part[CORE].pid > 0 &&
           s->part[ROUTER].pid > 0;
}

static bool
none_runs(const struct supervise *s)
{
    return s->part[KEEPER].pid == 0 && s->part[CORE].pid == 0 &&
           s->part[ROUTER].pid == 0;
}

static enum dhk_err
start_missing(struct supervise *s)
{
    if (none_runs(s))
        return start_all(s);
    if (s->part[ROUTER].pid == 0 && s->part[CORE].pid > 0)
        return start_part(s, ROUTER, &s->pair[1], 1);
    return DHK_OK;
}

/* --- dying ------------------------------------------------------------ */

static uint64_t
pause_ms(struct supervise *s)
{
    uint64_t most = s->was_ready ? PAUSE_READY_MAX_MS : PAUSE_MAX_MS;
    if (s->was_ready && now_ms() - s->ready_at >= HEALTHY_MS)
        s->failures = 0;
    else if (s->failures < 16)
        s->failures++;
    uint64_t pause =
        s->failures == 0 ? 0 : (uint64_t)PAUSE_MS << (s->failures - 1);
    return pause < most ? pause : most;
}

static void
kill_all(struct supervise *s)
{
    for (size_t i = 0; i < PARTS; i++)
        if (s->part[i].pid > 0)
            (void)kill(s->part[i].pid, SIGKILL);
}

static void
part_died(struct supervise *s, enum which w, int status)
{
    struct part *p = &s->part[w];
    p->pid = 0;
    p->ready = false;
    process_link_destroy(&p->link);
    if (s->stop_until != 0) {
        if (w != KEEPER)
            close_pair(s);
        return;
    }
    /* what follows from another death is no news */
    bool first = w == ROUTER ? s->part[CORE].pid > 0 : true;
    log_event(&s->log, first ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, "part-died",
        "part=%s %s=%d", names[w], WIFSIGNALED(status) ? "signal" : "exit",
        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    if (w == CORE) {
        counter_core_lost(s->counter);
        scrape_lost(&s->scrape);
        reload_core_lost(&s->reload);
    }
    vigil_lost(&s->vigil, now_ms());
    if (s->start_at == 0)
        s->start_at = now_ms() + pause_ms(s);
    s->was_ready = false;
    if (w != ROUTER)
        kill_all(s);
}

static void
reap(struct supervise *s)
{
    int status = 0;
    for (;;) {
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid <= 0)
            return;
        if (scrape_died(&s->scrape, pid, now_ms()))
            continue;
        for (size_t i = 0; i < PARTS; i++)
            if (s->part[i].pid == pid)
                part_died(s, (enum which)i, status);
    }
}

/* --- records from the parts ------------------------------------------- */

static enum dhk_err
all_ready(struct supervise *s)
{
    char line[CONFIG_TEXT + 16];
    s->was_ready = s->ever_ready = true;
    s->ready_at = now_ms();
    log_event(&s->log, LOG_LEVEL_INFO, "ready", "endpoint=%s", s->cfg.endpoint);
    vigil_ready(&s->vigil, s->cfg.endpoint, now_ms());
    int n = snprintf(line, sizeof line, "%s\n", s->cfg.endpoint);
    enum dhk_err rc =
        file_write("run/endpoint", slice_of(line, (size_t)n), 0600);
    if (rc != DHK_OK || s->ready_fd < 0)
        return rc;
    n = snprintf(line, sizeof line, "READY %s\n", s->cfg.endpoint);
    ssize_t put = write(s->ready_fd, line, (size_t)n);
    (void)put; /* who wanted to know may have left */
    (void)close(s->ready_fd);
    s->ready_fd = -1;
    return DHK_OK;
}

static enum dhk_err
part_ready(struct supervise *s, enum which w, struct slice payload)
{
    if (w == ROUTER) {
        /* the next router must listen where peers know it; what this one
         * says of it goes into a file, to who waits for us, and to the next */
        const char *what = NULL;
        if (payload.n < 3 ||
            config_set(&s->cfg, slice_str("server/endpoint"),
                slice_of(payload.p + 2, payload.n - 2), &what) != DHK_OK)
            return DHK_FORMAT;
    }
    s->part[w].ready = true;
    for (size_t i = 0; i < PARTS; i++)
        if (!s->part[i].ready)
            return DHK_OK;
    return all_ready(s);
}

static void
relay_reply(struct supervise *s, struct slice payload)
{
    struct cursor c;
    cursor_init(&c, payload);
    uint32_t id = cursor_u32(&c);
    if (c.err == DHK_OK && id == VIGIL_ID)
        vigil_answered(&s->vigil);
    else if (c.err == DHK_OK && id == SCRAPE_ID)
        scrape_reply(&s->scrape, c.left);
    else if (c.err == DHK_OK && id == RELOAD_ID)
        reload_reply(&s->reload, c.left);
    else if (c.err == DHK_OK)
        counter_reply(s->counter, id, c.left);
}

static void
listen_to(struct supervise *s, enum which w)
{
    struct part *p = &s->part[w];
    while (p->link != NULL) {
        enum process_record type = PROCESS_NONE;
        struct slice payload;
        enum dhk_err rc = process_receive(p->link, &type, &payload, false);
        if (rc == DHK_NOTFOUND)
            return;
        if (rc == DHK_OK && type == PROCESS_READY)
            rc = part_ready(s, w, payload);
        else if (rc == DHK_OK && type == PROCESS_CONTROL_REPLY && w == CORE)
            relay_reply(s, payload);
        else if (rc == DHK_OK)
            rc = DHK_FORMAT;
        if (rc == DHK_OK)
            continue;
        /* gone, or out of its mind; what waits for it is in SIGCHLD */
        if (rc != DHK_IO && p->pid > 0)
            (void)kill(p->pid, SIGKILL);
        process_link_destroy(&p->link);
    }
}

static bool
ask_core(void *ctx, uint32_t id, struct slice request)
{
    struct supervise *s = ctx;
    uint8_t head[4];
    struct part *core = &s->part[CORE];
    if (!core->ready || core->link == NULL || s->stop_until != 0)
        return false;
    bytes_put_u32(head, id);
    return process_send(core->link, PROCESS_CONTROL,
               slice_of(head, sizeof head), request) == DHK_OK;
}

/* --- stopping --------------------------------------------------------- */

static void
tell_stop(struct supervise *s, enum which w)
{
    struct slice none = slice_of(NULL, 0);
    if (s->part[w].link == NULL ||
        process_send(s->part[w].link, PROCESS_STOP, none, none) != DHK_OK)
        if (s->part[w].pid > 0)
            (void)kill(s->part[w].pid, SIGKILL);
}

static void
begin_stop(struct supervise *s)
{
    if (s->stop_until != 0)
        return;
    log_event(&s->log, LOG_LEVEL_INFO, "stopping", "%s", "");
    vigil_stopping(&s->vigil);
    scrape_close(&s->scrape);
    s->stop_until = now_ms() + STOP_MS;
    tell_stop(s, ROUTER);
    tell_stop(s, CORE);
}

/* Keeper last: core may still want a signature. DHK_LIMIT: too slow. */
static enum dhk_err
go_on_stopping(struct supervise *s)
{
    if (!s->told_keeper && s->part[CORE].pid == 0) {
        s->told_keeper = true;
        tell_stop(s, KEEPER);
    }
    if (now_ms() < s->stop_until)
        return DHK_OK;
    kill_all(s);
    return DHK_LIMIT;
}

static void
take_signals(struct supervise *s)
{
    unsigned asked = signals_take(s->signals);
    if ((asked & SIGNALS_STOP) != 0)
        begin_stop(s);
    if ((asked & SIGNALS_RELOAD) != 0) {
        vigil_reloading(&s->vigil);
        reload_want(&s->reload);
    }
    reap(s); /* signals of several children come as one */
}

/* --- the loop --------------------------------------------------------- */

static int
wait_ms(const struct supervise *s)
{
    uint64_t now = now_ms();
    uint64_t due = s->stop_until != 0 ? s->stop_until : s->start_at;
    if (s->vigil.due != 0 && (due == 0 || s->vigil.due < due))
        due = s->vigil.due;
    uint64_t again = s->scrape.start_at;
    if (again != 0 && (due == 0 || again < due))
        due = again;
    if (due == 0)
        return 10000;
    return due <= now ? 0 : (int)(due - now);
}

static enum dhk_err
turn(struct supervise *s)
{
    struct pollfd fds[1 + PARTS + 1 + COUNTER_FDS] = {
        {.fd = s->signals, .events = POLLIN}};
    struct pollfd *scraper = &fds[1 + PARTS], *clients = scraper + 1;
    for (size_t i = 0; i < PARTS; i++)
        fds[1 + i] = (struct pollfd){
            .fd =
                s->part[i].link == NULL ? -1 : process_link_fd(s->part[i].link),
            .events = POLLIN};
    *scraper = scrape_poll(&s->scrape);
    size_t n = counter_poll(s->counter, clients);
    if (poll(fds, 2 + PARTS + n, wait_ms(s)) < 0 && errno != EINTR)
        return DHK_IO;
    for (size_t i = 0; i < PARTS; i++)
        if (fds[1 + i].revents != 0)
            listen_to(s, (enum which)i);
    take_signals(s);
    counter_turn(s->counter, clients, n, now_ms());
    scrape_turn(&s->scrape, scraper, now_ms(), ask_core, s);
    vigil_turn(&s->vigil, now_ms(), ask_core, s);
    if (reload_turn(&s->reload, ask_core, s))
        vigil_reloaded(&s->vigil, s->cfg.endpoint);
    if (s->stop_until != 0)
        return go_on_stopping(s);
    if (s->start_at == 0 || now_ms() < s->start_at)
        return DHK_OK;
    /* what never came up is not going to: say so to whoever started us */
    if (!s->ever_ready && s->failures >= FIRST_FAILURES)
        return DHK_STATE;
    enum dhk_err rc = start_missing(s);
    /* the last of those that were killed may still be on their way out */
    s->start_at = all_run(s) ? 0 : now_ms() + AGAIN_MS;
    return rc;
}

enum dhk_err
supervise_run(const struct config *cfg, const struct supervise_secrets *secrets,
    int ready_fd)
{
    struct supervise s = {.cfg = *cfg,
        .secrets = secrets,
        .log = {(enum log_level)cfg->log_level, "parent"},
        .pair = {-1, -1},
        .signals = -1,
        .scrape = {.listener = -1},
        .ready_fd = ready_fd};
    vigil_open(&s.vigil);
    reload_open(&s.reload, &s.cfg, &s.log);
    enum dhk_err rc = signals_open(&s.signals);
    if (rc == DHK_OK)
        rc = counter_open(&s.counter, "run/control.sock", &s.log, ask_core, &s);
    if (rc == DHK_OK)
        rc = scrape_open(&s.scrape, &s.cfg, &s.log);
    if (rc == DHK_OK)
        rc = start_all(&s);
    while (rc == DHK_OK && !(s.stop_until != 0 && none_runs(&s)))
        rc = turn(&s);
    if (rc != DHK_OK)
        log_event(&s.log, LOG_LEVEL_ERROR, "parent-stops", "why=\"%s\"",
            rc == DHK_LIMIT ? "a part did not stop in time" : dhk_strerror(rc));
    kill_all(&s);
    for (size_t i = 0; i < PARTS; i++)
        process_link_destroy(&s.part[i].link);
    close_pair(&s);
    counter_close(&s.counter);
    scrape_close(&s.scrape);
    vigil_close(&s.vigil);
    (void)unlink("run/control.sock");
    (void)unlink("run/endpoint");
    if (s.signals >= 0)
        (void)close(s.signals);
    if (s.ready_fd >= 0)
        (void)close(s.ready_fd);
    return rc;
}
