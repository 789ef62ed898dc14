/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoekd-core: the core on its three links. It is started by the parent
 * with descriptor 3 to the parent, 4 to the router and 5 to the keeper, reads
 * its configuration from the first record, and never opens a socket. After
 * the first I/O error it says so and exits: what was acknowledged is on disk,
 * and nothing more will be. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "core.h"
#include "host/clock.h"
#include "host/file.h"
#include "log.h"
#include "process.h"
#include "setup.h"
#include "surplus.h"
#include "table.h"

enum {
    FD_PARENT = 3,
    FD_ROUTER = 4,
    FD_KEEPER = 5,
    LINKS = 3,
    BATCH_RECORDS = 256,
    BATCH_BYTES = 1024 * 1024,
    JOURNAL_BYTES = 8 * 1024 * 1024,
    TICK_MS = 200,
    DAY_MS = 24 * 3600 * 1000,
};
enum { PARENT = 0, ROUTER, KEEPER };

struct daemon {
    struct process_link *link[LINKS];
    struct log log;
    struct config config;
    struct store *store;
    struct core *core;
    bool stop;
    bool broken; /* a link is gone or talks nonsense */
};

/* --- what core sends --- */

static void
send_record(struct daemon *d, int to, enum process_record type,
    struct slice head, struct slice body)
{
    if (process_send(d->link[to], type, head, body) != DHK_OK)
        d->broken = true;
}

static void
out_send(void *ctx, uint64_t peer, struct slice message)
{
    uint8_t head[8];

    bytes_put_u64(head, peer);
    send_record(ctx, ROUTER, PROCESS_SEND, slice_of(head, 8), message);
}

static void
out_drop(void *ctx, uint64_t peer)
{
    uint8_t head[8];

    bytes_put_u64(head, peer);
    send_record(
        ctx, ROUTER, PROCESS_DROP, slice_of(head, 8), slice_of(NULL, 0));
}

static void
out_access(void *ctx, struct slice keys)
{
    send_record(ctx, ROUTER, PROCESS_ACCESS, slice_of(NULL, 0), keys);
}

static void
out_sign(void *ctx, const struct core_head *head)
{
    uint8_t bytes[8 + 32 + 8];

    bytes_put_u64(bytes, head->size);
    memcpy(bytes + 8, head->root, 32);
    bytes_put_u64(bytes + 40, head->old);
    send_record(
        ctx, KEEPER, PROCESS_SIGN, slice_of(bytes, sizeof bytes), head->proof);
}

static void
out_reply(void *ctx, uint32_t client, uint8_t code, struct slice text)
{
    uint8_t head[5];

    bytes_put_u32(head, client);
    head[4] = code;
    send_record(ctx, PARENT, PROCESS_CONTROL_REPLY, slice_of(head, 5), text);
}

static void
out_log(void *ctx, const char *event, const char *line)
{
    struct daemon *d = ctx;

    log_event(&d->log, LOG_LEVEL_WARN, event, "%s", line);
}

/* --- what core is sent --- */

static void
from_router(struct daemon *d, enum process_record type, struct slice payload)
{
    if (type == PROCESS_ROUTER_UP)
        core_router_up(d->core);
    else if (type == PROCESS_PEER_MESSAGE && payload.n >= 40)
        core_message(d->core, bytes_get_u64(payload.p), payload.p + 8,
            slice_of(payload.p + 40, payload.n - 40));
    else if (type == PROCESS_PEER_GONE && payload.n == 8)
        core_gone(d->core, bytes_get_u64(payload.p));
    else
        d->broken = true;
}

static void
from_parent(struct daemon *d, enum process_record type, struct slice payload)
{
    if (type == PROCESS_STOP)
        d->stop = true;
    else if (type == PROCESS_CONTROL && payload.n >= 4)
        core_control(d->core, bytes_get_u32(payload.p),
            slice_of(payload.p + 4, payload.n - 4));
    else
        d->broken = true;
}

static void
from_keeper(struct daemon *d, enum process_record type, struct slice payload)
{
    struct checkpoint head = {.size = 0};

    if (type == PROCESS_SIGN_REFUSED) {
        /* u64 size | text */
        size_t skip = payload.n < 8 ? payload.n : 8;
        log_event(&d->log, LOG_LEVEL_ERROR, "keeper-refused", "why=\"%.*s\"",
            (int)(payload.n - skip), (const char *)payload.p + skip);
        d->broken = true;
        return;
    }
    if (type != PROCESS_SIGNED || payload.n != 8 + 32 + KEY_SIGNATURE) {
        d->broken = true;
        return;
    }
    memcpy(head.origin, d->config.origin, sizeof head.origin);
    head.size = bytes_get_u64(payload.p);
    memcpy(head.root, payload.p + 8, sizeof head.root);
    core_signed(d->core, &head, payload.p + 40);
}

/* Takes one record from link I, if there is one. */
static bool
take(struct daemon *d, int i, size_t *bytes)
{
    enum process_record type = PROCESS_NONE;
    struct slice payload;
    enum dhk_err rc = process_receive(d->link[i], &type, &payload, false);

    if (rc == DHK_NOTFOUND)
        return false;
    if (rc != DHK_OK) {
        d->broken = true;
        return false;
    }
    *bytes += payload.n;
    if (i == PARENT)
        from_parent(d, type, payload);
    else if (i == ROUTER)
        from_router(d, type, payload);
    else
        from_keeper(d, type, payload);
    return !d->broken;
}

/* Takes a record from each link, the keeper's word first; how many. */
static size_t
take_round(struct daemon *d, size_t *bytes)
{
    static const int order[LINKS] = {KEEPER, PARENT, ROUTER};
    size_t n = 0;

    for (int i = 0; i < LINKS && !d->stop && !d->broken; i++)
        n += take(d, order[i], bytes) ? 1 : 0;
    return n;
}

/* One batch: what is there now, up to a bound. */
static enum dhk_err
run_batch(struct daemon *d)
{
    size_t bytes = 0, records = 0, n;

    core_tick(d->core);
    while (records < BATCH_RECORDS && bytes < BATCH_BYTES &&
           (n = take_round(d, &bytes)) > 0)
        records += n;
    return d->broken ? DHK_IO : core_batch_end(d->core);
}

/* How long nothing may come in before core looks at the time. */
static int
tick_ms(const struct config *cfg)
{
    uint64_t ms = TICK_MS;

    if (cfg->redeliver_ms < ms)
        ms = cfg->redeliver_ms;
    if (cfg->reconnect_ms > 0 && cfg->reconnect_ms < ms)
        ms = cfg->reconnect_ms;
    return (int)ms;
}

/* What ends beside core when all are to stop breaks its links, too. */
static bool
is_to_stop(struct daemon *d)
{
    enum process_record type = PROCESS_NONE;
    struct slice payload;

    while (!d->stop &&
           process_receive(d->link[PARENT], &type, &payload, false) == DHK_OK)
        d->stop = type == PROCESS_STOP;
    return d->stop;
}

static int
serve(struct daemon *d)
{
    struct pollfd fds[LINKS];
    struct surplus surplus = {.kept = false};
    enum dhk_err rc = DHK_OK;

    for (int i = 0; i < LINKS; i++)
        fds[i] = (struct pollfd){
            .fd = process_link_fd(d->link[i]), .events = POLLIN};
    while (!d->stop && !d->broken && rc == DHK_OK) {
        bool busy = core_is_busy(d->core);
        int ready = poll(fds, LINKS, busy ? 0 : tick_ms(&d->config));
        if (ready < 0 && errno != EINTR)
            rc = DHK_IO;
        surplus_turn(
            &surplus, busy || ready > 0, clock_monotonic_ms(clock_system()));
        if (rc == DHK_OK)
            rc = run_batch(d);
    }
    if (d->broken ? is_to_stop(d) : d->stop)
        return 0;
    log_event(&d->log, LOG_LEVEL_ERROR, "stopped", "reason=\"%s\"",
        d->broken          ? "a process of the broker is gone"
        : rc == DHK_FORMAT ? "the store is damaged: what is stored is not what "
                             "was recorded"
                           : dhk_strerror(rc));
    return 1;
}

/* --- start --- */

static enum dhk_err
read_config(struct daemon *d)
{
    enum process_record type = PROCESS_NONE;
    struct slice payload;
    struct diag diag;
    enum dhk_err rc = process_receive(d->link[PARENT], &type, &payload, true);

    if (rc != DHK_OK)
        return rc;
    return type == PROCESS_CONFIG ? config_parse(&d->config, payload, &diag)
                                  : DHK_FORMAT;
}

/* u64 size | 32 root | u8 has | 64 signature | 32 key | origin */
static enum dhk_err
ask_keeper(struct daemon *d, struct core_keeper *k)
{
    enum process_record type = PROCESS_NONE;
    struct slice payload;
    struct cursor c;
    enum dhk_err rc = process_send(d->link[KEEPER], PROCESS_HEAD_ASK,
        slice_of(NULL, 0), slice_of(NULL, 0));

    if (rc == DHK_OK)
        rc = process_receive(d->link[KEEPER], &type, &payload, true);
    if (rc != DHK_OK || type != PROCESS_HEAD)
        return rc == DHK_OK ? DHK_FORMAT : rc;
    cursor_init(&c, payload);
    k->size = cursor_u64(&c);
    struct slice root = cursor_bytes(&c, sizeof k->root);
    k->has_head = cursor_u8(&c) != 0;
    struct slice sig = cursor_bytes(&c, sizeof k->signature);
    struct slice key = cursor_bytes(&c, sizeof k->key.b);
    if (c.err != DHK_OK)
        return c.err;
    memcpy(k->root, root.p, root.n);
    memcpy(k->signature, sig.p, sig.n);
    memcpy(k->key.b, key.p, key.n);
    k->origin = c.left; /* until the next record of the keeper */
    return DHK_OK;
}

static enum dhk_err
open_store(struct daemon *d)
{
    static const char *const names[TABLES] = TABLE_NAMES;
    struct store_options o = {.tables = names,
        .tables_n = TABLES,
        .map_bytes = (size_t)d->config.map_bytes,
        .journal_bytes = JOURNAL_BYTES};

    return store_open(&d->store, d->config.store, &o);
}

/* The head of the log before this one, if there was one. */
static enum dhk_err
read_before(struct core_config *cfg, const char *store)
{
    char path[512];
    uint8_t *note = NULL;
    size_t n = 0;
    enum dhk_err rc = file_path(path, sizeof path, store, SETUP_BEFORE);

    if (rc == DHK_OK)
        rc = file_read(&note, &n, path, LIMIT_CHECKPOINT);
    if (rc == DHK_IO && errno == ENOENT)
        return DHK_OK;
    if (rc == DHK_OK)
        rc = checkpoint_open(&cfg->before, slice_of(note, n), NULL, NULL);
    cfg->has_before = rc == DHK_OK;
    file_free(&note, n);
    return rc;
}

static enum dhk_err
start(struct daemon *d, char why[256])
{
    struct core_output output = {.ctx = d,
        .send = out_send,
        .drop = out_drop,
        .access = out_access,
        .sign = out_sign,
        .reply = out_reply,
        .log = out_log};
    struct core_config cfg = {.redeliver_ms = d->config.redeliver_ms,
        .reconnect_ms = d->config.reconnect_ms,
        .window = d->config.window,
        .quota = d->config.quota_shares,
        .quota_bytes = d->config.quota_bytes,
        .quota_age_ms = d->config.quota_age_days * DAY_MS,
        .max_expiry_days = d->config.max_expiry_days};
    struct core_keeper keeper = {.size = 0};

    memcpy(cfg.origin, d->config.origin, sizeof cfg.origin);
    memcpy(cfg.signers, d->config.signers, sizeof d->config.signers);
    enum dhk_err rc = open_store(d);
    if (rc != DHK_OK) {
        snprintf(why, 256, "the store %.100s: %s", d->config.store,
            rc == DHK_EXISTS   ? "is in use by another process"
            : rc == DHK_FORMAT ? "is damaged: its file was cut short, or is "
                                 "none of ours"
                               : dhk_strerror(rc));
        return rc;
    }
    rc = read_before(&cfg, d->config.store);
    if (rc == DHK_OK)
        rc = core_new(&d->core, &cfg, &output, d->store, clock_system());
    if (rc == DHK_OK)
        rc = ask_keeper(d, &keeper);
    if (rc == DHK_OK)
        rc = core_start(d->core, &keeper, why);
    if (rc == DHK_OK)
        rc = process_send(d->link[PARENT], PROCESS_READY, slice_of(NULL, 0),
            slice_of(NULL, 0));
    return rc;
}

static enum dhk_err
open_links(struct daemon *d)
{
    enum dhk_err rc =
        process_link_new(&d->link[PARENT], FD_PARENT, CONTROL_MAX + 4096);

    if (rc == DHK_OK)
        rc = process_link_new(&d->link[ROUTER], FD_ROUTER, CORE_SCRATCH);
    if (rc == DHK_OK)
        rc = process_link_new(&d->link[KEEPER], FD_KEEPER, CORE_SCRATCH);
    return rc;
}

int
main(void)
{
    static struct daemon d = {
        .log = {.level = LOG_LEVEL_INFO, .process = "core"}};
    char why[256] = "";
    int code = 1;

    file_protect_process();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* the parent says when to stop */
    enum dhk_err rc = key_init();
    if (rc == DHK_OK)
        rc = open_links(&d);
    if (rc == DHK_OK)
        rc = read_config(&d);
    if (rc == DHK_OK) {
        d.log.level = (enum log_level)d.config.log_level;
        rc = start(&d, why);
    }
    if (rc == DHK_OK)
        code = serve(&d);
    else
        log_event(&d.log, LOG_LEVEL_ERROR, "not-started", "reason=\"%s\"",
            why[0] != '\0' ? why : dhk_strerror(rc));
    core_destroy(&d.core);
    store_close(&d.store);
    for (int i = 0; i < LINKS; i++)
        process_link_destroy(&d.link[i]);
    return code;
}
