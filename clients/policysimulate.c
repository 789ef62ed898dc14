/* SPDX-License-Identifier: EUPL-1.2
 *
 * The results of a replay; see policysimulate.h. */
#include "policysimulate.h"

#include <inttypes.h>
#include <string.h>

#include "table.h"

enum { CELL = 48, NAMES = 1024, COLUMNS = 10 };

/* --- for people --- */

/* "3", or "1-3" when it depends on what the ledger does not tell. */
static const char *
number(char out[CELL], struct replay_count n)
{
    if (n.most == 0)
        out[0] = '\0';
    else if (n.least == n.most)
        (void)snprintf(out, CELL, "%" PRIu64, n.most);
    else
        (void)snprintf(out, CELL, "%" PRIu64 "-%" PRIu64, n.least, n.most);
    return out;
}

static void
add_names(char out[NAMES], char sign, const struct replay_fields *f)
{
    size_t n = strlen(out);
    for (size_t i = 0; i < f->n && n + LIMIT_NAME + 4 < NAMES; i++)
        n += (size_t)snprintf(
            out + n, NAMES - n, "%s%c%s", n > 0 ? " " : "", sign, f->name[i]);
}

static bool
has_change(const struct replay_counts *n)
{
    return n->denied.most + n->delivered.most + n->waiting.most +
               n->released.most + n->lost.most + n->gained.most >
           0;
}

static struct replay_count
sum(struct replay_count x, struct replay_count y)
{
    return (struct replay_count){x.least + y.least, x.most + y.most};
}

static enum dhk_err
add_row(struct table *t, const struct replay_row *row)
{
    char cell[5][CELL];
    char fields[NAMES] = "";
    const struct replay_counts *n = &row->counts;
    add_names(fields, '-', &row->lost);
    add_names(fields, '+', &row->gained);
    (void)snprintf(cell[0], CELL, "%" PRIu64, n->shares);
    const char *const cells[COLUMNS] = {row->week, row->from, row->to,
        row->kind, cell[0], number(cell[1], n->denied),
        number(cell[2], n->delivered),
        number(cell[3], sum(n->waiting, n->released)),
        number(cell[4], sum(n->lost, n->gained)), fields};
    return table_row(t, cells);
}

static enum dhk_err
print_table(FILE *out, const struct replay_result *r)
{
    static const struct table_column columns[COLUMNS] = {{"WEEK", 0},
        {"FROM", 0}, {"TO", 0}, {"SIGNAL", 0}, {"SHARES", TABLE_RIGHT},
        {"DENIED", TABLE_RIGHT}, {"NEW", TABLE_RIGHT},
        {"APPROVAL", TABLE_RIGHT}, {"FIELDS", TABLE_RIGHT},
        {"WHICH", TABLE_WRAP}};
    struct table *t = NULL;
    enum dhk_err rc = table_new(&t, columns, COLUMNS);
    for (size_t i = 0; rc == DHK_OK && i < r->rows_n; i++) {
        if (has_change(&r->row[i].counts))
            rc = add_row(t, &r->row[i]);
    }
    if (rc == DHK_OK)
        rc = table_print(t, out);
    table_destroy(&t);
    return rc;
}

static void
print_count(FILE *out, const char *what, struct replay_count n)
{
    if (n.most == 0)
        return;
    if (n.least == n.most)
        (void)fprintf(out, "  %s: %" PRIu64 "\n", what, n.most);
    else
        (void)fprintf(out,
            "  %s: may be, at least %" PRIu64 ", at most %" PRIu64 "\n", what,
            n.least, n.most);
}

static void
print_missing(FILE *out, const char *what, uint64_t n)
{
    if (n > 0)
        (void)fprintf(out, "  %s: %" PRIu64 "\n", what, n);
}

static void
print_not_replayed(FILE *out, const struct replay_missing *m)
{
    if (m->denied + m->refused + m->agreements + m->acceptances + m->shares +
            m->unreadable ==
        0)
        return;
    (void)fprintf(out, "\nNot replayed\n");
    print_missing(out,
        "signals that nobody might have (the ledger does not tell their\n"
        "  purpose and ground, so that some of them might go now)",
        m->denied);
    print_missing(out, "signals refused for other reasons", m->refused);
    print_missing(out, "signals under an agreement that cannot be read here",
        m->agreements);
    print_missing(out, "shares whose acceptance this ledger does not show",
        m->acceptances);
    print_missing(
        out, "signals none of whose shares this ledger shows", m->shares);
    print_missing(
        out, "signals whose entries do not fit their agreement", m->unreadable);
}

enum dhk_err
policysimulate_print(
    FILE *out, const struct policyfile *now, const struct replay_result *r)
{
    const struct replay_counts *n = &r->counts;
    (void)fprintf(out,
        "%s: %" PRIu64 " signals, %" PRIu64 " shares, replayed under %s "
        "version %u.\n",
        r->origin, r->signals, n->shares, now->agreement->name,
        now->agreement->version);
    if (!r->complete)
        (void)fprintf(out, "Only what one partner may see of the ledger.\n");
    if (!has_change(n))
        (void)fprintf(out, "  nothing would have gone otherwise\n");
    print_count(out, "shares newly denied", n->denied);
    print_count(out, "shares newly delivered", n->delivered);
    print_count(out, "shares that would wait for approval", n->waiting);
    print_count(out, "shares that would no longer wait", n->released);
    print_count(out, "fields lost", n->lost);
    print_count(out, "fields gained", n->gained);
    if (has_change(n)) {
        (void)fputc('\n', out);
        enum dhk_err rc = print_table(out, r);
        if (rc != DHK_OK)
            return rc;
    }
    print_not_replayed(out, &r->missing);
    return DHK_OK;
}

/* --- for programs --- */

static void
put_count(json_t *o, const char *name, struct replay_count n)
{
    json_t *count = json_build_object();
    json_build_uint(count, "least", n.least);
    json_build_uint(count, "most", n.most);
    json_build_put(o, name, count);
}

static void
put_counts(json_t *o, const struct replay_counts *n)
{
    json_build_uint(o, "shares", n->shares);
    put_count(o, "newly_denied", n->denied);
    put_count(o, "newly_delivered", n->delivered);
    put_count(o, "newly_waiting", n->waiting);
    put_count(o, "no_longer_waiting", n->released);
    put_count(o, "fields_lost", n->lost);
    put_count(o, "fields_gained", n->gained);
}

static void
put_names(json_t *o, const char *name, const struct replay_fields *f)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < f->n; i++)
        json_build_add_text(list, f->name[i]);
    json_build_put(o, name, list);
}

static json_t *
row_json(const struct replay_row *row)
{
    json_t *o = json_build_object();
    json_build_text(o, "week", row->week);
    json_build_text(o, "from", row->from);
    json_build_text(o, "to", row->to);
    json_build_text(o, "kind", row->kind);
    put_counts(o, &row->counts);
    put_names(o, "lost", &row->lost);
    put_names(o, "gained", &row->gained);
    return o;
}

/* "yes", "no", or "maybe". */
static const char *
maybe(bool may, bool may_not)
{
    if (may && may_not)
        return "maybe";
    return may ? "yes" : "no";
}

static json_t *
change_json(const struct replay_change *c)
{
    const struct simulate_outcome *out = &c->outcome;
    json_t *o = json_build_object();
    json_build_uint(o, "accepted", c->accepted);
    json_build_uint(o, "signal", c->position);
    if (c->share != 0)
        json_build_uint(o, "share", c->share);
    json_build_time(o, "time", (int64_t)(c->time / 1000));
    json_build_text(o, "from", c->from);
    json_build_text(o, "to", c->to);
    json_build_text(o, "kind", c->kind);
    json_build_text(o, "delivered", c->share != 0 ? "yes" : "no");
    json_build_text(o, "would_be", maybe(out->may_get, out->may_not));
    json_build_text(o, "would_wait",
        maybe(out->may_wait, out->may_wait_not || !out->may_get));
    policyfile_put_fields(o, "lost", c->was, out->lost_least);
    policyfile_put_fields(
        o, "may_lose", c->was, out->lost_most & ~out->lost_least);
    policyfile_put_fields(o, "gained", c->now, out->gained_least);
    policyfile_put_fields(
        o, "may_gain", c->now, out->gained_most & ~out->gained_least);
    return o;
}

static json_t *
missing_json(const struct replay_missing *m)
{
    json_t *o = json_build_object();
    json_build_uint(o, "denied", m->denied);
    json_build_uint(o, "refused", m->refused);
    json_build_uint(o, "agreement_unknown", m->agreements);
    json_build_uint(o, "acceptance_unseen", m->acceptances);
    json_build_uint(o, "shares_unseen", m->shares);
    json_build_uint(o, "unreadable", m->unreadable);
    return o;
}

json_t *
policysimulate_json(const struct policyfile *now, const struct replay_result *r)
{
    json_t *o = json_build_object();
    json_t *rows = json_build_array();
    json_t *changes = json_build_array();
    json_build_text(o, "agreement", now->agreement->name);
    json_build_uint(o, "version", now->agreement->version);
    json_build_text(o, "sha256", now->sha256);
    json_build_text(o, "origin", r->origin);
    json_build_bool(o, "complete", r->complete);
    json_build_uint(o, "entries", r->entries);
    json_build_uint(o, "signals", r->signals);
    put_counts(o, &r->counts);
    json_build_put(o, "not_replayed", missing_json(&r->missing));
    for (size_t i = 0; i < r->rows_n; i++)
        json_build_add(rows, row_json(&r->row[i]));
    json_build_put(o, "weeks", rows);
    for (size_t i = 0; i < r->changes_n; i++)
        json_build_add(changes, change_json(&r->change[i]));
    json_build_put(o, "changes", changes);
    return o;
}
