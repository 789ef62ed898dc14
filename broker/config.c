/* SPDX-License-Identifier: EUPL-1.2
 *
 * One table says all: name, kind, place, bounds, default and readers. */
#include "config.h"

#include <string.h>

#include "listener.h"
#include "text.h"

enum kind { KIND_TEXT, KIND_NUMBER, KIND_SIZE, KIND_LEVEL };

struct key {
    const char *name;
    enum kind kind;
    unsigned readers;
    size_t at;         /* offset in struct config */
    uint64_t min, max; /* number; for a text the most bytes is max */
    uint64_t number;   /* default */
    const char *text;  /* default */
    const char *what;  /* it must be */
};

#define AT(member) offsetof(struct config, member)
enum {
    EVERYBODY = CONFIG_PARENT | CONFIG_ROUTER | CONFIG_CORE | CONFIG_KEEPER,
    ANYBODY = EVERYBODY | CONFIG_METRICS
};

static const struct key keys[] = {
    {"server/endpoint", KIND_TEXT, CONFIG_PARENT | CONFIG_ROUTER, AT(endpoint),
        1, CONFIG_TEXT - 1, 0, "tcp://127.0.0.1:9400",
        "an endpoint tcp://ADDRESS:PORT without wildcards"},
    {"server/user", KIND_TEXT, CONFIG_PARENT, AT(user), 0, 32, 0, "",
        "the name of a user"},
    {"ledger/origin", KIND_TEXT, EVERYBODY, AT(origin), 0, LIMIT_ORIGIN, 0, "",
        "a name without spaces and plus signs"},
    {"ledger/store", KIND_TEXT, CONFIG_PARENT | CONFIG_CORE | CONFIG_KEEPER,
        AT(store), 1, CONFIG_TEXT - 1, 0, "store", "a directory"},
    {"ledger/map-size", KIND_SIZE, CONFIG_CORE, AT(map_bytes),
        (uint64_t)1 << 20, (uint64_t)1 << 46, (uint64_t)1 << 36, NULL,
        "a size from 1M to 64T, such as 64G"},
    {"keys/log", KIND_TEXT, CONFIG_PARENT, AT(log_key), 1, CONFIG_TEXT - 1, 0,
        "log.key", "a file"},
    {"keys/curve", KIND_TEXT, CONFIG_PARENT, AT(curve_key), 1, CONFIG_TEXT - 1,
        0, "curve.key", "a file"},
    {"trust/signers", KIND_TEXT, CONFIG_PARENT | CONFIG_CORE, AT(signers), 1,
        CONFIG_TEXT - 1, 0, "allowed_signers", "a file"},
    {"trust/roster", KIND_TEXT, CONFIG_PARENT, AT(roster), 1, CONFIG_TEXT - 1,
        0, "partners.roster", "a file"},
    {"trust/agreement", KIND_TEXT, CONFIG_PARENT, AT(agreement), 1,
        CONFIG_TEXT - 1, 0, "agreement.convenant", "a file"},
    {"delivery/redeliver-ms", KIND_NUMBER, CONFIG_CORE, AT(redeliver_ms), 10,
        86400000, 30000, NULL, "milliseconds, 10 to 86400000"},
    {"delivery/reconnect-ms", KIND_NUMBER, CONFIG_CORE, AT(reconnect_ms), 0,
        86400000, 0, NULL, "milliseconds, 0 to 86400000"},
    {"delivery/window", KIND_NUMBER, CONFIG_CORE | CONFIG_ROUTER, AT(window), 1,
        4096, 1024, NULL, "a number, 1 to 4096"},
    {"limits/quota-shares", KIND_NUMBER, CONFIG_CORE, AT(quota_shares), 1,
        1000000000, 100000, NULL, "a number, 1 to 1000000000"},
    {"limits/quota-bytes", KIND_SIZE, CONFIG_CORE, AT(quota_bytes),
        (uint64_t)1 << 16, (uint64_t)1 << 46, (uint64_t)1 << 30, NULL,
        "a size from 64K to 64T, such as 1G"},
    {"limits/quota-age-days", KIND_NUMBER, CONFIG_CORE, AT(quota_age_days), 0,
        3660, 0, NULL, "days, 0 to 3660"},
    {"limits/max-expiry-days", KIND_NUMBER, CONFIG_CORE, AT(max_expiry_days), 1,
        3660, 90, NULL, "days, 1 to 3660"},
    {"log/level", KIND_LEVEL, ANYBODY, AT(log_level), 0, LOG_LEVEL_DEBUG,
        LOG_LEVEL_INFO, NULL, "error, warn, info or debug"},
    {"probe/interval-s", KIND_NUMBER, CONFIG_ROUTER, AT(probe_s), 1, 86400, 60,
        NULL, "seconds, 1 to 86400"},
    {"metrics/listen", KIND_TEXT, CONFIG_PARENT, AT(metrics), 0,
        CONFIG_TEXT - 1, 0, "",
        "tcp://127.0.0.1:PORT, tcp://[::1]:PORT or unix:PATH: nobody outside "
        "this machine is answered"},
};
enum { KEYS = sizeof keys / sizeof keys[0] };

static char *
text_at(struct config *c, const struct key *k)
{
    return (char *)c + k->at;
}

static void
set_number(struct config *c, const struct key *k, uint64_t v)
{
    memcpy((char *)c + k->at, &v, sizeof v);
}

static uint64_t
get_number(const struct config *c, const struct key *k)
{
    uint64_t v = 0;
    memcpy(&v, (const char *)c + k->at, sizeof v);
    return v;
}

void
config_init(struct config *c)
{
    memset(c, 0, sizeof *c);
    for (size_t i = 0; i < KEYS; i++) {
        if (keys[i].kind == KIND_TEXT)
            memcpy(
                text_at(c, &keys[i]), keys[i].text, strlen(keys[i].text) + 1);
        else
            set_number(c, &keys[i], keys[i].number);
    }
}

static const struct key *
find(struct slice name)
{
    for (size_t i = 0; i < KEYS; i++)
        if (text_is(name, keys[i].name))
            return &keys[i];
    return NULL;
}

/* Digits, and one letter of K, M, G, T for powers of 1024. */
static enum dhk_err
parse_size(uint64_t *out, struct slice value, uint64_t max)
{
    static const char unit[4] = {'K', 'M', 'G', 'T'};
    unsigned shift = 0;
    const char *u =
        value.n > 0 ? memchr(unit, value.p[value.n - 1], sizeof unit) : NULL;
    if (u != NULL) {
        shift = 10 * (unsigned)(u - unit + 1);
        value.n--;
    }
    enum dhk_err rc = text_uint(out, value, max >> shift);
    *out <<= shift;
    return rc;
}

static enum dhk_err
parse_level(uint64_t *out, struct slice value)
{
    for (unsigned i = 0; i <= LOG_LEVEL_DEBUG; i++)
        if (text_is(value, log_level_name((enum log_level)i))) {
            *out = i;
            return DHK_OK;
        }
    return DHK_FORMAT;
}

/* An origin is the name of a signed note's key. */
static bool
is_origin(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f || s.p[i] == '+')
            return false;
    return true;
}

/* Of this machine alone; empty: none. */
static bool
is_listener(struct slice s)
{
    struct sockaddr_storage a;
    socklen_t n = 0;
    return s.n == 0 || listener_parse(&a, &n, s) == DHK_OK;
}

static enum dhk_err
set_text(struct config *c, const struct key *k, struct slice value)
{
    uint64_t port = 0;
    if (value.n < k->min || value.n > k->max)
        return DHK_LIMIT;
    if (!text_is_plain(value, false))
        return DHK_FORMAT;
    if (k->at == AT(origin) && !is_origin(value))
        return DHK_FORMAT;
    /* one address: a wildcard would listen where nobody meant to */
    if (k->at == AT(endpoint) && !text_is_endpoint(&port, value))
        return DHK_FORMAT;
    if (k->at == AT(metrics) && !is_listener(value))
        return DHK_FORMAT;
    return slice_to_str(value, text_at(c, k), k->max + 1);
}

enum dhk_err
config_set(
    struct config *c, struct slice name, struct slice value, const char **what)
{
    const struct key *k = find(name);
    uint64_t v = 0;
    *what = "unknown name";
    if (k == NULL)
        return DHK_NOTFOUND;
    *what = k->what;
    if (k->kind == KIND_TEXT)
        return set_text(c, k, value);
    enum dhk_err rc = k->kind == KIND_SIZE    ? parse_size(&v, value, k->max)
                      : k->kind == KIND_LEVEL ? parse_level(&v, value)
                                              : text_uint(&v, value, k->max);
    if (rc != DHK_OK)
        return rc;
    if (v < k->min)
        return DHK_LIMIT;
    set_number(c, k, v);
    return DHK_OK;
}

/* Single-character edits from A to B, at most 8 counted; names are short. */
static unsigned
distance(struct slice a, const char *b)
{
    unsigned row[64];
    size_t n = strlen(b);
    if (a.n >= 64 || n >= 64)
        return 64;
    for (unsigned j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; i < a.n; i++) {
        unsigned corner = row[0];
        row[0] = (unsigned)i + 1;
        for (size_t j = 0; j < n; j++) {
            unsigned best = corner + (a.p[i] != (uint8_t)b[j]);
            corner = row[j + 1];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (corner + 1 < best)
                best = corner + 1;
            row[j + 1] = best;
        }
    }
    return row[n];
}

bool
config_is_name(struct slice name, const char **nearest)
{
    unsigned best = 6;
    *nearest = NULL;
    if (find(name) != NULL)
        return true;
    for (size_t i = 0; i < KEYS; i++) {
        unsigned d = distance(name, keys[i].name);
        if (d < best) {
            best = d;
            *nearest = keys[i].name;
        }
    }
    return false;
}

enum dhk_err
config_parse(struct config *out, struct slice lines, struct diag *diag)
{
    struct text t;
    struct slice line;
    unsigned seen = 0;
    config_init(out);
    text_init(&t, lines);
    while (text_line(&line, &t)) {
        diag->at = t.line;
        diag->what = "not of the form name=value";
        const uint8_t *eq = line.n > 0 ? memchr(line.p, '=', line.n) : NULL;
        if (eq == NULL || !t.ended)
            return DHK_FORMAT;
        struct slice name = slice_of(line.p, (size_t)(eq - line.p));
        struct slice value = slice_of(eq + 1, line.n - name.n - 1);
        const struct key *k = find(name);
        diag->what = "given twice";
        if (k != NULL && (seen & 1U << (k - keys)) != 0)
            return DHK_FORMAT;
        enum dhk_err rc = config_set(out, name, value, &diag->what);
        if (rc != DHK_OK || k == NULL)
            return rc;
        seen |= 1U << (k - keys);
    }
    diag->what = NULL;
    return DHK_OK;
}

enum dhk_err
config_encode(
    struct sink *out, const struct config *c, enum config_reader reader)
{
    for (size_t i = 0; i < KEYS; i++) {
        const struct key *k = &keys[i];
        if ((k->readers & (unsigned)reader) == 0)
            continue;
        sink_slice(out, slice_str(k->name));
        sink_u8(out, '=');
        if (k->kind == KIND_TEXT)
            sink_slice(out, slice_str((const char *)c + k->at));
        else if (k->kind == KIND_LEVEL)
            sink_slice(out,
                slice_str(log_level_name((enum log_level)get_number(c, k))));
        else
            text_put_uint(out, get_number(c, k));
        sink_u8(out, '\n');
    }
    return out->err;
}
