/* SPDX-License-Identifier: EUPL-1.2
 *
 * How the node stands at a broker: what waits and how long, what it holds to be
 * in force, and the newest head that it verified. Counted from outbox and inbox
 * when asked. */
#include "view.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "clock.h"
#include "counted.h"
#include "heads.h"
#include "inbox.h"
#include "node.h"
#include "table.h"
#include "trust.h"

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S, CELL = 160 };

struct queue { /* things of one sort, and when the oldest was pushed */
    uint64_t n;
    int64_t oldest;
};
struct standing {
    int64_t now;
    struct queue waiting, open; /* signals, shares */
    uint64_t pushed, alarms;    /* in the last hour; in all */
    uint64_t inbox;             /* shares */
    bool inbox_known;
    struct {
        char name[LIMIT_NAME + 1];
        struct queue open;
    } partner[LIMIT_PARTIES];
    size_t partners_n; /* further ones are in the sum only */
    uint64_t checkpoint;
    int64_t checkpoint_time; /* when it was verified; 0: never */
};

static void
add(struct queue *q, int64_t pushed)
{
    if (q->n == 0 || pushed < q->oldest)
        q->oldest = pushed;
    q->n++;
}

static void
add_open(struct standing *s, const char *partner, int64_t pushed)
{
    size_t i = 0;
    add(&s->open, pushed);
    while (i < s->partners_n && strcmp(s->partner[i].name, partner) != 0)
        i++;
    if (i == LIMIT_PARTIES)
        return;
    if (i == s->partners_n)
        (void)snprintf(s->partner[s->partners_n++].name,
            sizeof s->partner[0].name, "%s", partner);
    add(&s->partner[i].open, pushed);
}

static void
add_sent(struct standing *s, const struct dhk_sent *sent)
{
    if (sent->state == DHK_WAITING || sent->state == DHK_REVIEW)
        add(&s->waiting, sent->pushed);
    if (s->now - sent->pushed < HOUR_S)
        s->pushed++;
    s->alarms += sent->alarms;
    for (size_t i = 0; sent->state == DHK_ACCEPTED && i < sent->outcomes_n; i++)
        if (strcmp(sent->outcomes[i].outcome, "open") == 0)
            add_open(s, sent->outcomes[i].partner, sent->pushed);
}

static enum dhk_err
count(struct standing *s, struct dhk_node *node)
{
    char path[NODE_PATH];
    const struct dhk_sent *sent = NULL;
    const struct checkpoint *head =
        node->heads == NULL ? NULL : heads_last(node->heads);
    uint64_t after = 0;
    enum dhk_err rc = DHK_OK;
    struct stat st;
    *s = (struct standing){.now = node_now(node)};
    s->inbox_known =
        node->inbox == NULL && inbox_count(node, &s->inbox) == DHK_OK;
    while ((rc = dhk_sent_next(node, after, &sent)) == DHK_OK) {
        after = sent->number;
        add_sent(s, sent);
    }
    if (rc != DHK_NOTFOUND || head == NULL)
        return rc == DHK_NOTFOUND ? DHK_OK : rc;
    s->checkpoint = head->size;
    rc = node_path(path, node->broker_dir, "checkpoint");
    if (rc == DHK_OK && stat(path, &st) == 0)
        s->checkpoint_time = st.st_mtime;
    return rc;
}

struct text {         /* in force */
    uint32_t version; /* 0: none is */
    const uint8_t *sha256;
    int64_t until;
};

static void
find_texts(
    struct text *agreement, struct text *roster, const struct dhk_node *node)
{
    const struct agreement *a = trust_agreement(node->trust);
    const struct roster *r = trust_roster(node->trust);
    *agreement = (struct text){.version = 0};
    *roster = (struct text){.version = 0};
    if (a != NULL)
        *agreement = (struct text){a->version,
            trust_agreement_hash(node->trust), a->valid_until * DAY_S};
    if (r != NULL)
        *roster = (struct text){
            r->version, trust_roster_hash(node->trust), r->valid_until};
}

/* --- JSON ------------------------------------------------------------- */

static void
json_age(json_t *o, const char *name, const struct standing *s,
    const struct queue *q)
{
    if (q->n == 0)
        json_build_null(o, name);
    else
        json_build_uint(
            o, name, s->now > q->oldest ? (uint64_t)(s->now - q->oldest) : 0);
}

static void
json_text(json_t *all, const char *name, const struct text *t)
{
    char hex[65];
    if (t->version == 0) {
        json_build_null(all, name);
        return;
    }
    json_t *o = json_build_object();
    bytes_hex(hex, t->sha256, 32);
    json_build_uint(o, "version", t->version);
    json_build_text(o, "sha256", hex);
    json_build_time(o, "until", t->until);
    json_build_put(all, name, o);
}

static json_t *
json_partners(const struct standing *s)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < s->partners_n; i++) {
        json_t *o = json_build_object();
        json_build_text(o, "partner", s->partner[i].name);
        json_build_uint(o, "open-shares", s->partner[i].open.n);
        json_age(o, "oldest-age-s", s, &s->partner[i].open);
        json_build_add(list, o);
    }
    return list;
}

/* The newest head that a quorum stands behind. */
static void
json_counted(json_t *all, const struct dhk_node *node)
{
    const struct checkpoint *head =
        node->counted == NULL ? NULL : counted_head(node->counted);
    if (head == NULL) {
        json_build_null(all, "counted");
        return;
    }
    json_t *o = json_build_object();
    json_build_uint(o, "checkpoint", head->size);
    json_build_time(o, "time", counted_time(node->counted));
    json_build_text(o, "by", counted_by(node->counted));
    json_build_put(all, "counted", o);
}

static void
put_json(json_t *o, const struct dhk_node *node, const struct standing *s)
{
    struct text agreement, roster;
    find_texts(&agreement, &roster, node);
    json_build_text(o, "node", node->name);
    json_build_text(o, "broker", node->broker);
    json_build_text(o, "endpoint", node->endpoint);
    json_text(o, "agreement", &agreement);
    json_build_bool(o, "agreement-revoked", trust_is_revoked(node->trust));
    json_text(o, "roster", &roster);
    json_build_uint(o, "checkpoint", s->checkpoint);
    if (s->checkpoint_time == 0)
        json_build_null(o, "checkpoint-time");
    else
        json_build_time(o, "checkpoint-time", s->checkpoint_time);
    json_counted(o, node);
    json_build_bool(
        o, "stopped", node->heads != NULL && heads_is_stopped(node->heads));
    json_build_uint(o, "waiting", s->waiting.n);
    json_age(o, "oldest-waiting-age-s", s, &s->waiting);
    json_build_uint(o, "open-shares", s->open.n);
    json_age(o, "oldest-open-age-s", s, &s->open);
    json_build_uint(o, "pushed-last-hour", s->pushed);
    if (s->inbox_known)
        json_build_uint(o, "inbox-shares", s->inbox);
    else
        json_build_null(o, "inbox-shares");
    json_build_uint(o, "alarms", s->alarms);
    json_build_put(o, "partners", json_partners(s));
}

enum dhk_err
view_node_json(json_t *object, struct dhk_node *node)
{
    struct standing s;
    enum dhk_err rc = count(&s, node);
    if (rc == DHK_OK)
        put_json(object, node, &s);
    return rc;
}

/* --- tables ----------------------------------------------------------- */

static const char *
age(char out[CELL], const struct standing *s, const struct queue *q)
{
    int64_t t = s->now > q->oldest ? s->now - q->oldest : 0;
    if (q->n == 0)
        return "-";
    if (t < 120)
        (void)snprintf(out, CELL, "%" PRId64 "s", t);
    else if (t < 2 * HOUR_S)
        (void)snprintf(out, CELL, "%" PRId64 "m", t / 60);
    else if (t < 2 * DAY_S)
        (void)snprintf(out, CELL, "%" PRId64 "h", t / HOUR_S);
    else
        (void)snprintf(out, CELL, "%" PRId64 "d", t / DAY_S);
    return out;
}

static const char *
text_cell(char out[CELL], const struct text *t)
{
    char hex[65], until[21];
    if (t->version == 0)
        return "none in force";
    bytes_hex(hex, t->sha256, 32);
    clock_text(until, t->until);
    (void)snprintf(
        out, CELL, "version %u until %.10s sha256:%s", t->version, until, hex);
    return out;
}

static const char *
agreement_cell(
    char out[CELL], const struct text *t, const struct dhk_node *node)
{
    if (t->version == 0 && trust_is_revoked(node->trust))
        return "none in force: revoked by a signatory";
    if (t->version == 0 && node->session != NULL)
        return "none in force at the broker";
    return text_cell(out, t);
}

static enum dhk_err
row(struct table *t, const char *what, const char *how)
{
    const char *const cells[] = {what, how};
    return table_row(t, cells);
}

static enum dhk_err
number_row(struct table *t, const char *what, uint64_t v)
{
    char cell[CELL];
    (void)snprintf(cell, sizeof cell, "%" PRIu64, v);
    return row(t, what, cell);
}

static const char *
counted_cell(char out[CELL], const struct dhk_node *node)
{
    char time[21];
    const struct checkpoint *head =
        node->counted == NULL ? NULL : counted_head(node->counted);
    if (head == NULL)
        return "no head yet: receipts are provisional";
    clock_text(time, counted_time(node->counted));
    (void)snprintf(out, CELL, "%" PRIu64 " since %s by %.80s", head->size, time,
        counted_by(node->counted));
    return out;
}

static const char *
inbox_cell(char out[CELL], const struct standing *s)
{
    if (!s->inbox_known)
        return "not known";
    (void)snprintf(out, CELL, "%" PRIu64, s->inbox);
    return out;
}

static const struct table_column what_how[] = {{"WHAT", 0}, {"HOW", 0}};

static enum dhk_err
texts_rows(struct table *t, const struct dhk_node *node)
{
    char cell[CELL];
    struct text agreement, roster;
    find_texts(&agreement, &roster, node);
    enum dhk_err rc = row(t, "broker", node->endpoint);
    if (rc == DHK_OK)
        rc = row(t, "agreement", agreement_cell(cell, &agreement, node));
    if (rc == DHK_OK)
        rc = row(t, "roster", text_cell(cell, &roster));
    return rc;
}

static enum dhk_err
print_numbers(const struct dhk_node *node, const struct standing *s)
{
    char cell[CELL];
    struct table *t = NULL;
    enum dhk_err rc = table_new(&t, what_how, 2);
    if (rc == DHK_OK)
        rc = texts_rows(t, node);
    if (rc == DHK_OK)
        rc = number_row(t, "checkpoint", s->checkpoint);
    clock_text(cell, s->checkpoint_time);
    if (rc == DHK_OK)
        rc = row(t, "verified at", s->checkpoint_time == 0 ? "-" : cell);
    if (rc == DHK_OK)
        rc = row(t, "counted", counted_cell(cell, node));
    if (rc == DHK_OK)
        rc = number_row(t, "waiting", s->waiting.n);
    if (rc == DHK_OK)
        rc = row(t, "oldest waiting", age(cell, s, &s->waiting));
    if (rc == DHK_OK)
        rc = number_row(t, "pushed in the last hour", s->pushed);
    if (rc == DHK_OK)
        rc = row(t, "inbox", inbox_cell(cell, s));
    if (rc == DHK_OK)
        rc = number_row(t, "alarms", s->alarms);
    if (rc == DHK_OK)
        rc = table_print(t, stdout);
    table_destroy(&t);
    return rc;
}

enum dhk_err
view_node_brief(struct dhk_node *node)
{
    char cell[CELL];
    struct text agreement, roster;
    struct standing s;
    struct table *t = NULL;
    enum dhk_err rc = count(&s, node);
    if (rc == DHK_OK)
        rc = table_new(&t, what_how, 2);
    find_texts(&agreement, &roster, node);
    if (rc == DHK_OK)
        rc = row(t, "agreement", agreement_cell(cell, &agreement, node));
    if (rc == DHK_OK)
        rc = number_row(t, "waiting", s.waiting.n);
    if (rc == DHK_OK)
        rc = number_row(t, "open shares", s.open.n);
    if (rc == DHK_OK)
        rc = row(t, "inbox", inbox_cell(cell, &s));
    if (rc == DHK_OK)
        rc = table_print(t, stdout);
    table_destroy(&t);
    return rc;
}

static enum dhk_err
print_partners(const struct standing *s)
{
    static const struct table_column columns[] = {
        {"PARTNER", 0}, {"OPEN", TABLE_RIGHT}, {"OLDEST", TABLE_RIGHT}};
    struct table *t = NULL;
    enum dhk_err rc = table_new(&t, columns, 3);
    for (size_t i = 0; rc == DHK_OK && i < s->partners_n; i++) {
        char n[CELL], old[CELL];
        (void)snprintf(n, sizeof n, "%" PRIu64, s->partner[i].open.n);
        const char *const cells[] = {
            s->partner[i].name, n, age(old, s, &s->partner[i].open)};
        rc = table_row(t, cells);
    }
    if (rc == DHK_OK)
        rc = table_print(t, stdout);
    table_destroy(&t);
    return rc;
}

enum dhk_err
view_node(struct dhk_node *node, bool json)
{
    struct standing s;
    enum dhk_err rc = count(&s, node);
    if (rc != DHK_OK)
        return rc;
    if (json) {
        json_t *o = json_build_object();
        put_json(o, node, &s);
        return json_print(stdout, o);
    }
    rc = print_numbers(node, &s);
    if (rc != DHK_OK || s.partners_n == 0)
        return rc;
    (void)putchar('\n');
    return print_partners(&s);
}
