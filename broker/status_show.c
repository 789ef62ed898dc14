/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoekd-status DIR [json]: asks the broker in DIR how it stands, and shows
 * it as tables or as one JSON object. Short-lived and started by `driehoekd
 * status`: the parent of the daemon is to link neither library. */
#include <jansson.h>
#include <libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "exits.h"
#include "file.h"
#include "operate.h"
#include "report.h"

enum { CELL = 160, PATIENCE_MS = 5000 };

static const enum report_number times[] = {REPORT_NOW, REPORT_STARTED,
    REPORT_CHECKPOINT_TIME, REPORT_OLDEST, REPORT_PENDING_OLDEST,
    REPORT_COMMIT_TIME};

static bool
is_time(size_t n)
{
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        if (times[i] == (enum report_number)n)
            return true;
    return false;
}

static bool
is_flag(size_t n)
{
    return n == REPORT_COMMIT_FAILED || n == REPORT_CLOCK_STOPPED;
}

static const char *
state_of(const struct report_card *c)
{
    return (c->flags & REPORT_CARD_REVOKED) != 0 ? "revoked"
           : (c->flags & REPORT_CARD_VALID) != 0 ? "valid"
                                                 : "not-valid";
}

static const char *
use_of(const struct report_card *c)
{
    return (c->flags & REPORT_CARD_RECEIVES) != 0 ? "receives" : "sends";
}

/* Whole seconds from SINCE to now; -1: nothing is there. */
static int64_t
age_of(const struct report *r, uint64_t since)
{
    uint64_t now = r->number[REPORT_NOW];
    if (since == 0)
        return -1;
    return now > since ? (int64_t)((now - since) / 1000) : 0;
}

/* --- JSON ------------------------------------------------------------- */

static json_t *
json_time(uint64_t seconds)
{
    char text[21];
    if (seconds == 0)
        return json_null();
    clock_text(text, (int64_t)seconds);
    return json_string(text);
}

static json_t *
json_hex(const uint8_t b[32])
{
    char hex[65];
    bytes_hex(hex, b, 32);
    return json_string(hex);
}

static json_t *
json_refused(const struct report_text *t)
{
    if (t->refused == 0)
        return json_null();
    return json_pack("{s:o, s:s%}", "time", json_time(t->refused / 1000), "why",
        (const char *)t->why.p, t->why.n);
}

static json_t *
json_text(const struct report_text *t)
{
    if (t->state == REPORT_NONE)
        return json_pack("{s:s, s:o}", "state", report_state_name(t->state),
            "not-loaded", json_refused(t));
    return json_pack("{s:s, s:I, s:o, s:o, s:o}", "state",
        report_state_name(t->state), "version", (json_int_t)t->version,
        "sha256", json_hex(t->sha256), "until", json_time(t->until),
        "not-loaded", json_refused(t));
}

static json_t *
json_age(const struct report *r, uint64_t since)
{
    int64_t age = age_of(r, since);
    return age < 0 ? json_null() : json_integer(age);
}

static json_t *
json_events(const struct report *r)
{
    json_t *all = json_object();
    for (size_t i = 0; i < REPORT_EVENTS; i++) {
        const struct report_count *c = &r->count[i];
        json_t *one = json_pack("{s:I, s:f}", "total", (json_int_t)c->total,
            "per-second", (double)c->rate / 1000);
        (void)json_object_set_new(
            all, report_event_name((enum report_event)i), one);
    }
    return all;
}

static json_t *
json_cards(const struct report *r)
{
    json_t *all = json_array();
    struct slice cards = r->cards;
    struct report_card c;
    while (report_card(&c, &cards)) {
        json_t *one = json_pack("{s:s%, s:I, s:s, s:s, s:o, s:o, s:I, s:o}",
            "partner", (const char *)c.partner.p, c.partner.n, "serial",
            (json_int_t)c.serial, "state", state_of(&c), "use", use_of(&c),
            "from", json_time(c.from), "until", json_time(c.until), "queue",
            (json_int_t)c.queue, "id", json_hex(c.id));
        (void)json_array_append_new(all, one);
    }
    return all;
}

static json_t *
json_partners(
    const struct report *r, const struct report_partner *list, size_t n)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct report_partner *p = &list[i];
        json_t *one = json_pack("{s:s%, s:I, s:o, s:I, s:I, s:I, s:b}",
            "partner", (const char *)p->name.p, p->name.n, "queue",
            (json_int_t)p->queue, "oldest-age-s", json_age(r, p->oldest),
            "in-flight", (json_int_t)p->in_flight, "credit",
            (json_int_t)p->credit, "sessions", (json_int_t)p->sessions,
            "mailbox-full", p->full != 0);
        (void)json_array_append_new(all, one);
    }
    return all;
}

static int
show_json(const struct report *r, const struct report_partner *list, size_t n)
{
    json_t *all = json_pack("{s:s%, s:o, s:o}", "origin",
        (const char *)r->origin.p, r->origin.n, "agreement",
        json_text(&r->agreement), "roster", json_text(&r->roster));
    for (size_t i = 0; i < REPORT_NUMBERS; i++) {
        uint64_t v = r->number[i];
        json_t *one = is_time(i)   ? json_time(v / 1000)
                      : is_flag(i) ? json_boolean(v != 0)
                                   : json_integer((json_int_t)v);
        (void)json_object_set_new(
            all, report_number_name((enum report_number)i), one);
    }
    (void)json_object_set_new(
        all, "oldest-age-s", json_age(r, r->number[REPORT_OLDEST]));
    (void)json_object_set_new(all, "events", json_events(r));
    (void)json_object_set_new(all, "partners", json_partners(r, list, n));
    (void)json_object_set_new(all, "cards", json_cards(r));
    (void)json_object_set_new(
        all, "cards-left-out", json_integer(r->cards_left));
    int failed = json_dumpf(all, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(all);
    (void)putchar('\n');
    return failed == 0 ? EXITS_DONE : EXITS_LOCAL;
}

/* --- tables ----------------------------------------------------------- */

/* COLUMNS: titles, those of numbers with a '>' before them. */
static struct libscols_table *
table_of(const char *const *columns, size_t n, bool headed)
{
    struct libscols_table *t = scols_new_table();
    if (t == NULL || scols_table_set_termforce(t, SCOLS_TERMFORCE_NEVER) != 0 ||
        scols_table_enable_noheadings(t, headed ? 0 : 1) != 0)
        return t;
    for (size_t i = 0; i < n; i++) {
        bool right = columns[i][0] == '>';
        (void)scols_table_new_column(
            t, columns[i] + (right ? 1 : 0), 0, right ? SCOLS_FL_RIGHT : 0);
    }
    return t;
}

static void
row(struct libscols_table *t, size_t n, ...)
{
    struct libscols_line *line =
        t == NULL ? NULL : scols_table_new_line(t, NULL);
    va_list ap;
    va_start(ap, n);
    for (size_t i = 0; line != NULL && i < n; i++)
        (void)scols_line_set_data(line, i, va_arg(ap, const char *));
    va_end(ap);
}

static int
print(struct libscols_table *t, bool more)
{
    bool empty = t == NULL || scols_table_is_empty(t) != 0;
    int failed = empty ? 0 : scols_print_table(t);
    if (!empty && more)
        (void)putchar('\n');
    scols_unref_table(t);
    return failed == 0 ? EXITS_DONE : EXITS_LOCAL;
}

static const char *
number(char out[CELL], uint64_t v)
{
    (void)snprintf(out, CELL, "%llu", (unsigned long long)v);
    return out;
}

static const char *
age(char out[CELL], const struct report *r, uint64_t since)
{
    int64_t s = age_of(r, since);
    if (s < 0)
        (void)snprintf(out, CELL, "-");
    else if (s < 120)
        (void)snprintf(out, CELL, "%llds", (long long)s);
    else if (s < 7200)
        (void)snprintf(out, CELL, "%lldm", (long long)s / 60);
    else if (s < 172800)
        (void)snprintf(out, CELL, "%lldh", (long long)s / 3600);
    else
        (void)snprintf(out, CELL, "%lldd", (long long)s / 86400);
    return out;
}

static const char *
name(char out[CELL], struct slice s)
{
    if (slice_to_str(s, out, CELL) != DHK_OK)
        out[0] = '\0';
    return out;
}

/* Without the time of the day where it says nothing. */
static const char *
date(char out[21], uint64_t seconds)
{
    clock_text(out, (int64_t)seconds);
    out[10] = '\0';
    return out;
}

static void
text_row(
    struct libscols_table *t, const char *what, const struct report_text *x)
{
    char cell[CELL], until[21], hex[65];
    if (x->state == REPORT_NONE) {
        row(t, 2, what, report_state_name(x->state));
        return;
    }
    bytes_hex(hex, x->sha256, 32);
    (void)snprintf(cell, CELL, "%s version %u until %s sha256:%s",
        report_state_name(x->state), x->version, date(until, x->until), hex);
    row(t, 2, what, cell);
}

/* Why another text did not take the place of this one. */
static void
refused_row(
    struct libscols_table *t, const char *what, const struct report_text *x)
{
    char cell[21 + 1 + REPORT_WHY + 1], when[21];
    if (x->refused == 0)
        return;
    clock_text(when, (int64_t)(x->refused / 1000));
    (void)snprintf(cell, sizeof cell, "%s %.*s", when, (int)x->why.n,
        (const char *)x->why.p);
    row(t, 2, what, cell);
}

static const char *
value(char out[CELL], const struct report *r, size_t i)
{
    uint64_t v = r->number[i];
    if (is_time(i) && v != 0)
        clock_text(out, (int64_t)(v / 1000));
    else if (is_time(i))
        (void)snprintf(out, CELL, "-");
    else if (is_flag(i))
        (void)snprintf(out, CELL, "%s", v != 0 ? "yes" : "no");
    else
        (void)number(out, v);
    return out;
}

static int
show_numbers(const struct report *r)
{
    static const char *const columns[] = {"WHAT", "HOW"};
    struct libscols_table *t = table_of(columns, 2, false);
    char cell[CELL];
    row(t, 2, "origin", name(cell, r->origin));
    text_row(t, "agreement", &r->agreement);
    text_row(t, "roster", &r->roster);
    refused_row(t, "agreement-not-loaded", &r->agreement);
    refused_row(t, "roster-not-loaded", &r->roster);
    for (size_t i = 0; i < REPORT_NUMBERS; i++)
        row(t, 2, report_number_name((enum report_number)i), value(cell, r, i));
    return print(t, true);
}

static int
show_events(const struct report *r)
{
    static const char *const columns[] = {
        "SIGNALS AND SHARES", ">TOTAL", ">PER SECOND"};
    struct libscols_table *t = table_of(columns, 3, true);
    for (size_t i = 0; i < REPORT_EVENTS; i++) {
        char total[CELL], rate[CELL];
        const struct report_count *c = &r->count[i];
        (void)snprintf(rate, CELL, "%llu.%03llu",
            (unsigned long long)c->rate / 1000,
            (unsigned long long)c->rate % 1000);
        row(t, 3, report_event_name((enum report_event)i),
            number(total, c->total), rate);
    }
    return print(t, true);
}

/* With its limits, by which it is full. */
static const char *
mailbox(char out[CELL], const struct report *r, bool full)
{
    const uint64_t *n = r->number;
    char days[40] = "";
    out[0] = '\0';
    if (n[REPORT_QUOTA_AGE] != 0)
        (void)snprintf(days, sizeof days, ", %llu days",
            (unsigned long long)n[REPORT_QUOTA_AGE]);
    if (full)
        (void)snprintf(out, CELL, "FULL (limit: %llu shares, %llu bytes%s)",
            (unsigned long long)n[REPORT_QUOTA_SHARES],
            (unsigned long long)n[REPORT_QUOTA_BYTES], days);
    return out;
}

static int
show_partners(
    const struct report *r, const struct report_partner *list, size_t n)
{
    static const char *const columns[] = {"PARTNER", ">QUEUE", ">OLDEST",
        ">IN FLIGHT", ">CREDIT", ">SESSIONS", "MAILBOX"};
    struct libscols_table *t = table_of(columns, 7, true);
    for (size_t i = 0; i < n; i++) {
        const struct report_partner *p = &list[i];
        char cell[7][CELL];
        row(t, 7, name(cell[0], p->name), number(cell[1], p->queue),
            age(cell[2], r, p->oldest), number(cell[3], p->in_flight),
            number(cell[4], p->credit), number(cell[5], p->sessions),
            mailbox(cell[6], r, p->full != 0));
    }
    return print(t, true);
}

static int
show_cards(const struct report *r)
{
    static const char *const columns[] = {
        "CARD OF", ">SERIAL", "STATE", "USE", "FROM", "UNTIL", ">QUEUE", "ID"};
    struct libscols_table *t = table_of(columns, 8, true);
    struct slice cards = r->cards;
    struct report_card c;
    while (report_card(&c, &cards)) {
        char cell[3][CELL], from[21], until[21], id[65];
        bytes_hex(id, c.id, 32);
        row(t, 8, name(cell[0], c.partner), number(cell[1], c.serial),
            state_of(&c), use_of(&c), date(from, c.from), date(until, c.until),
            number(cell[2], c.queue), id);
    }
    int code = print(t, false);
    if (r->cards_left > 0)
        (void)printf("%u more cards\n", r->cards_left);
    return code;
}

static int
show_tables(const struct report *r, const struct report_partner *list, size_t n)
{
    int code = show_numbers(r);
    if (code == EXITS_DONE)
        code = show_events(r);
    if (code == EXITS_DONE)
        code = show_partners(r, list, n);
    return code == EXITS_DONE ? show_cards(r) : code;
}

static int
show(struct slice bytes, bool json)
{
    struct report r;
    struct report_partner *list = NULL;
    size_t n = 0;
    int code = EXITS_INVALID;
    if (report_decode(&r, bytes) != DHK_OK)
        (void)fputs("driehoekd: the broker: malformed report\n", stderr);
    else if (report_partners(&list, &n, &r) != DHK_OK)
        code = EXITS_LOCAL;
    else
        code = json ? show_json(&r, list, n) : show_tables(&r, list, n);
    free(list);
    return operate_flushed(code);
}

int
main(int argc, char **argv)
{
    struct control_request request = {.verb = CONTROL_STATUS};
    uint8_t *reply = NULL;
    size_t n = 0;
    file_protect_process();
    if (argc < 2 || argc > 3)
        return EXITS_USAGE;
    int code = operate_ask(&reply, &n, &request, argv[1], PATIENCE_MS);
    if (code != EXITS_DONE)
        return code;
    if (reply[0] != EXITS_DONE)
        return operate_print(&reply, n, NULL);
    code = show(slice_of(reply + 1, n - 1), argc == 3);
    free(reply);
    return code;
}
