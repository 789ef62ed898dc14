/* SPDX-License-Identifier: EUPL-1.2
 *
 * The parent's side of driehoekd-metrics, which runs when the configuration
 * names where to listen. It is handed the listening socket and reports, and
 * starts anew when it dies; nothing else ever waits for it. */
#ifndef BROKER_SCRAPE_H
#define BROKER_SCRAPE_H

#include <poll.h>
#include <sys/types.h>

#include "config.h"
#include "notify.h"
#include "process.h"

enum { SCRAPE_ID = 0x40000001 }; /* of its questions to core */

struct scrape {
    const struct config *cfg;
    const struct log *log;
    int listener; /* -1: not wanted */
    pid_t pid;    /* 0: does not run */
    struct process_link *link;
    uint64_t start_at; /* when it is started again; 0: it runs */
    uint64_t asked_at; /* when core was asked last */
    bool asked;        /* and did not answer yet */
};

/* Opens the socket. Errors were logged. */
DHK_MUST_USE enum dhk_err scrape_open(
    struct scrape *s, const struct config *cfg, const struct log *log);
void scrape_close(struct scrape *s);
/* What to poll for. */
struct pollfd scrape_poll(const struct scrape *s);
/* Starts it when that is due, and does what poll() found. */
void scrape_turn(struct scrape *s, const struct pollfd *fd, uint64_t now,
    vigil_ask *ask, void *ctx);
/* Whether the child PID that ended was this one. */
bool scrape_died(struct scrape *s, pid_t pid, uint64_t now);
/* Core's reply: u8 exit code | report. */
void scrape_reply(struct scrape *s, struct slice reply);
/* Core is gone, and will not reply. */
void scrape_lost(struct scrape *s);

#endif
