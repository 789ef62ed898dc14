/* SPDX-License-Identifier: EUPL-1.2
 *
 * The broker's configuration as checked values. driehoekd-config reads the
 * ZPL file and prints "section/name=value" lines; the parent and, through the
 * parent, its children read those lines here. Unknown names are refused.
 * Paths are relative to the broker's directory, which is the working
 * directory of every process. */
#ifndef BROKER_CONFIG_H
#define BROKER_CONFIG_H

#include "bytes.h"
#include "err.h"
#include "limits.h"
#include "log.h"

enum { CONFIG_TEXT = 256, CONFIG_LINES = 8192 };

struct config {
    char endpoint[CONFIG_TEXT];    /* server/endpoint */
    char user[CONFIG_TEXT];        /* server/user; empty: stay */
    char origin[LIMIT_ORIGIN + 1]; /* ledger/origin */
    char store[CONFIG_TEXT];       /* ledger/store */
    uint64_t map_bytes;            /* ledger/map-size */
    char log_key[CONFIG_TEXT];     /* keys/log */
    char curve_key[CONFIG_TEXT];   /* keys/curve */
    char signers[CONFIG_TEXT];     /* trust/signers */
    char roster[CONFIG_TEXT];      /* trust/roster */
    char agreement[CONFIG_TEXT];   /* trust/agreement */
    uint64_t redeliver_ms;         /* delivery/redeliver-ms */
    uint64_t reconnect_ms;         /* delivery/reconnect-ms */
    uint64_t window;               /* delivery/window */
    uint64_t quota_shares;         /* limits/quota-shares */
    uint64_t quota_bytes;          /* limits/quota-bytes */
    uint64_t quota_age_days;       /* limits/quota-age-days */
    uint64_t max_expiry_days;      /* limits/max-expiry-days */
    uint64_t log_level;            /* log/level, an enum log_level */
    uint64_t probe_s;              /* probe/interval-s */
    char metrics[CONFIG_TEXT];     /* metrics/listen; empty: nowhere */
};

/* Who is given a value. */
enum config_reader {
    CONFIG_PARENT = 1,
    CONFIG_ROUTER = 2,
    CONFIG_CORE = 4,
    CONFIG_KEEPER = 8,
    CONFIG_METRICS = 16,
};

/* Defaults everywhere. */
void config_init(struct config *c);
/* Sets one value from text. DHK_NOTFOUND: no such name; DHK_FORMAT, DHK_LIMIT:
 * not a value of it; *WHAT is then one sentence on what it must be. */
DHK_MUST_USE enum dhk_err config_set(
    struct config *c, struct slice name, struct slice value, const char **what);
/* Whether NAME may stand in a file; NEAREST is the most alike, or NULL. */
bool config_is_name(struct slice name, const char **nearest);
/* Defaults, then lines. DIAG.at is the line number. */
DHK_MUST_USE enum dhk_err config_parse(
    struct config *out, struct slice lines, struct diag *diag);
/* The lines that READER is given. */
DHK_MUST_USE enum dhk_err config_encode(
    struct sink *out, const struct config *c, enum config_reader reader);

#endif
