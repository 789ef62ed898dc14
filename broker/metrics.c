/* SPDX-License-Identifier: EUPL-1.2 */
#include "metrics.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "text.h"

/* bytes of the page but for partners, and of all lines of a partner, whose
 * name stands in each */
enum { PAGE_FIXED = 16 * 1024, PAGE_PARTNER = 7 * (LIMIT_NAME + 96) };

/* --- the request ------------------------------------------------------ */

/* Cuts a line and its CRLF off the front; false: it is not whole, or has
 * bytes that no line has. */
static bool
cut_line(struct slice *line, struct slice *in)
{
    for (size_t i = 0; i + 1 < in->n; i++) {
        uint8_t ch = in->p[i];
        if (ch == '\r' && in->p[i + 1] == '\n') {
            *line = slice_of(in->p, i);
            *in = slice_of(in->p + i + 2, in->n - i - 2);
            return true;
        }
        if ((ch < ' ' && ch != '\t') || ch == 0x7f)
            return false;
    }
    return false;
}

static enum metrics_status
judge_line(struct slice line)
{
    struct slice version = line;
    bool get = text_skip(&version, "GET ");
    const uint8_t *blank =
        version.n > 0 ? memchr(version.p, ' ', version.n) : NULL;
    if (!get)
        return METRICS_METHOD;
    if (blank == NULL)
        return METRICS_BAD;
    struct slice path = slice_of(version.p, (size_t)(blank - version.p));
    version = slice_of(blank + 1, version.n - path.n - 1);
    if (!text_is(version, "HTTP/1.1") && !text_is(version, "HTTP/1.0"))
        return METRICS_BAD;
    return text_is(path, "/metrics") ? METRICS_OK : METRICS_NOT_FOUND;
}

/* Whether what came so far can still become lines of a head. */
static bool
is_beginning(struct slice in)
{
    struct slice line;
    while (cut_line(&line, &in))
        continue;
    for (size_t i = 0; i < in.n; i++)
        if ((in.p[i] < ' ' && in.p[i] != '\t' &&
                !(in.p[i] == '\r' && i + 1 == in.n)) ||
            in.p[i] == 0x7f)
            return false;
    return true;
}

enum metrics_status
metrics_request(struct slice in)
{
    struct slice line, rest = in;
    if (in.n > METRICS_REQUEST)
        return METRICS_TOO_LARGE;
    enum metrics_status status = METRICS_MORE;
    while (cut_line(&line, &rest)) {
        if (line.n == 0)
            return status == METRICS_MORE ? METRICS_BAD : status;
        if (status == METRICS_MORE)
            status = judge_line(line);
        else if (memchr(line.p, ':', line.n) == NULL)
            return METRICS_BAD;
    }
    if (!is_beginning(rest))
        return METRICS_BAD;
    return in.n == METRICS_REQUEST ? METRICS_TOO_LARGE : METRICS_MORE;
}

static void put(struct sink *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
put(struct sink *out, const char *format, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof text)
        out->err = DHK_LIMIT;
    else
        sink_put(out, text, (size_t)n);
}

static const char *
reason(enum metrics_status status)
{
    switch (status) {
    case METRICS_OK:
        return "OK";
    case METRICS_NOT_FOUND:
        return "Not Found";
    case METRICS_METHOD:
        return "Method Not Allowed";
    case METRICS_TOO_LARGE:
        return "Request Header Fields Too Large";
    case METRICS_UNAVAILABLE:
        return "Service Unavailable";
    case METRICS_MORE:
    case METRICS_BAD:
    default:
        return "Bad Request";
    }
}

void
metrics_head(struct sink *out, enum metrics_status status, size_t n)
{
    put(out,
        "HTTP/1.1 %d %s\r\n"
        "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        "Content-Length: %zu\r\nConnection: close\r\n%s\r\n",
        (int)status, reason(status), n,
        status == METRICS_METHOD ? "Allow: GET\r\n" : "");
}

/* --- the page --------------------------------------------------------- */

enum unit { UNIT_ONE, UNIT_MS };
struct metric {
    enum report_number number;
    enum unit unit;
    const char *name, *type, *help;
};
static const struct metric metrics[] = {
    {REPORT_STARTED, UNIT_MS, "start_time_seconds", "gauge",
        "When core started."},
    {REPORT_ENTRIES, UNIT_ONE, "ledger_entries_total", "counter",
        "Entries of the ledger."},
    {REPORT_CHECKPOINT, UNIT_ONE, "checkpoint_entries", "gauge",
        "Entries under the newest signed head."},
    {REPORT_CHECKPOINT_TIME, UNIT_MS, "checkpoint_time_seconds", "gauge",
        "When the newest head was signed."},
    {REPORT_CONNECTIONS, UNIT_ONE, "connections", "gauge", "Connections."},
    {REPORT_SESSIONS, UNIT_ONE, "sessions", "gauge",
        "Connections of partners that said who they are."},
    {REPORT_OPEN, UNIT_ONE, "open_shares", "gauge",
        "Shares without an outcome."},
    {REPORT_PENDING, UNIT_ONE, "shares_to_approve", "gauge",
        "Shares that wait for approvals."},
    {REPORT_WAITING, UNIT_ONE, "waiting_replies", "gauge",
        "Replies that wait for a signed head."},
    {REPORT_REJECTED, UNIT_ONE, "rejected_messages_total", "counter",
        "Messages without any right to an entry."},
    {REPORT_COMMITS, UNIT_ONE, "commits_total", "counter",
        "Transactions of the store."},
    {REPORT_COMMIT_TIME, UNIT_MS, "commit_time_seconds", "gauge",
        "When the last of them was durable."},
    {REPORT_COMMIT_FAILED, UNIT_ONE, "commit_failed", "gauge",
        "1: the last one did not fit the store."},
    {REPORT_CLOCK_STOPPED, UNIT_ONE, "clock_stopped", "gauge",
        "1: the clock jumped, an operator must explain it."},
    {REPORT_STORE_USED, UNIT_ONE, "store_used_bytes", "gauge",
        "Bytes of the store's map that were ever used."},
    {REPORT_STORE_LIMIT, UNIT_ONE, "store_limit_bytes", "gauge",
        "The most that the map may have."},
};

static void
put_help(struct sink *out, const char *name, const char *type, const char *help)
{
    put(out, "# HELP driehoek_%s %s\n# TYPE driehoek_%s %s\n", name, help, name,
        type);
}

static void
put_ms(struct sink *out, uint64_t ms)
{
    put(out, "%llu.%03llu\n", (unsigned long long)ms / 1000,
        (unsigned long long)ms % 1000);
}

static void
put_numbers(struct sink *out, const struct report *r)
{
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++) {
        const struct metric *m = &metrics[i];
        uint64_t v = r->number[m->number];
        put_help(out, m->name, m->type, m->help);
        put(out, "driehoek_%s ", m->name);
        if (m->unit == UNIT_MS)
            put_ms(out, v);
        else
            put(out, "%llu\n", (unsigned long long)v);
    }
}

static void
put_events(struct sink *out, const struct report *r)
{
    put_help(out, "events_total", "counter",
        "Signals and shares, by what became of them.");
    for (size_t i = 0; i < REPORT_EVENTS; i++)
        put(out, "driehoek_events_total{event=\"%s\"} %llu\n",
            report_event_name((enum report_event)i),
            (unsigned long long)r->count[i].total);
}

static void
put_text(struct sink *out, const char *what, const struct report_text *t)
{
    char hex[65];
    bytes_hex(hex, t->sha256, 32);
    put(out, "driehoek_in_force{text=\"%s\",version=\"%u\",sha256=\"%s\"} %d\n",
        what, t->version, hex, t->state == REPORT_IN_FORCE ? 1 : 0);
}

static void
put_texts(struct sink *out, const struct report *r)
{
    put_help(out, "in_force", "gauge", "Whether the newest text counts.");
    put_text(out, "agreement", &r->agreement);
    put_text(out, "roster", &r->roster);
    put_help(out, "valid_until_seconds", "gauge",
        "The midnight that ends the text; 0: there is none.");
    put(out,
        "driehoek_valid_until_seconds{text=\"agreement\"} %llu\n"
        "driehoek_valid_until_seconds{text=\"roster\"} %llu\n",
        (unsigned long long)r->agreement.until,
        (unsigned long long)r->roster.until);
}

/* --- partners --------------------------------------------------------- */

static uint64_t
age_ms(const struct report *r, uint64_t since)
{
    uint64_t now = r->number[REPORT_NOW];
    return since == 0 || now < since ? 0 : now - since;
}

struct column {
    const char *name, *help;
    size_t at; /* in struct report_partner */
};
static const struct column columns[] = {
    {"queue_shares", "Open shares in the partner's mailbox.",
        offsetof(struct report_partner, queue)},
    {"in_flight_shares", "Shares delivered and not answered.",
        offsetof(struct report_partner, in_flight)},
    {"credit_shares", "Shares that its connection will still take.",
        offsetof(struct report_partner, credit)},
    {"partner_sessions", "Sessions of the partner.",
        offsetof(struct report_partner, sessions)},
    {"mailbox_full", "1: the partner's mailbox takes nothing more.",
        offsetof(struct report_partner, full)},
};

static void
put_partners(struct sink *out, const struct report *r,
    const struct report_partner *list, size_t n)
{
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        const struct column *c = &columns[i];
        put_help(out, c->name, "gauge", c->help);
        for (size_t j = 0; j < n; j++) {
            uint64_t v = 0;
            memcpy(&v, (const char *)&list[j] + c->at, sizeof v);
            put(out, "driehoek_%s{partner=\"%.*s\"} %llu\n", c->name,
                (int)list[j].name.n, (const char *)list[j].name.p,
                (unsigned long long)v);
        }
    }
    put_help(out, "oldest_share_age_seconds", "gauge",
        "Age of the oldest open share; 0: there is none.");
    for (size_t j = 0; j < n; j++) {
        put(out, "driehoek_oldest_share_age_seconds{partner=\"%.*s\"} ",
            (int)list[j].name.n, (const char *)list[j].name.p);
        put_ms(out, age_ms(r, list[j].oldest));
    }
}

size_t
metrics_page_max(const struct report *r)
{
    return PAGE_FIXED + (size_t)r->cards_n * PAGE_PARTNER;
}

enum dhk_err
metrics_page(struct sink *out, const struct report *r)
{
    struct report_partner *list = NULL;
    size_t n = 0;
    enum dhk_err rc = report_partners(&list, &n, r);
    if (rc != DHK_OK)
        return rc;
    put_numbers(out, r);
    put_events(out, r);
    put_texts(out, r);
    put_partners(out, r, list, n);
    free(list);
    return out->err;
}
