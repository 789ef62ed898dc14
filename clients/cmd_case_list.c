/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek case list: every case that is known here, the most urgent first. */
#include "cmd_case.h"

#include "caseprint.h"
#include "cases.h"
#include "clock.h"
#include "course.h"
#include "key.h"
#include "node.h"
#include "retention.h"
#include "session.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

struct row {
    char handle[33];
    char label[CASES_LABEL];
    int64_t made; /* 0: no label, or its file is damaged */
    bool damaged, gone, shielded;
    const struct dhk_case *course; /* NULL: not joined */
    struct retention retention;
    struct dhk_case_term next; /* what NULL: none */
};
struct rows {
    struct row *row;
    size_t n;
};

static struct row *
row_of(struct rows *rows, const char *handle)
{
    struct row *more;

    for (size_t i = 0; i < rows->n; i++) {
        if (strcmp(rows->row[i].handle, handle) == 0)
            return &rows->row[i];
    }
    more = calloc(rows->n + 1, sizeof *more);
    if (more == NULL)
        return NULL;
    if (rows->n > 0) { /* labels leave no copies */
        memcpy(more, rows->row, rows->n * sizeof *more);
        key_wipe(rows->row, rows->n * sizeof *more);
    }
    free(rows->row);
    rows->row = more;
    memcpy(more[rows->n].handle, handle, sizeof more->handle);
    return &more[rows->n++];
}

static void
free_rows(struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        dhk_case_end(&rows->row[i].course);
    if (rows->row != NULL)
        key_wipe(rows->row, rows->n * sizeof *rows->row);
    free(rows->row);
}

static enum dhk_err
add_labels(
    struct rows *rows, struct dhk_node *node, struct dhk_problem *problem)
{
    struct cases_item *list = NULL;
    size_t n = 0;
    enum dhk_err rc = cases_list(&list, &n, node, false, problem);

    for (size_t i = 0; rc == DHK_OK && i < n; i++) {
        struct row *row = row_of(rows, list[i].handle);
        if (row == NULL) {
            rc = DHK_NOMEM;
            break;
        }
        row->made = list[i].made;
        row->damaged = list[i].damaged;
        row->shielded = list[i].shielded;
        memcpy(row->label, list[i].label, sizeof row->label);
    }
    cases_free(&list, n);
    return rc;
}

static enum dhk_err
add_known(struct rows *rows, struct dhk_node *node, struct dhk_problem *problem)
{
    char(*known)[33] = NULL;
    size_t n = 0;
    enum dhk_err rc = dhk_case_list(node, &known, &n, problem);

    for (size_t i = 0; rc == DHK_OK && i < n; i++)
        rc = row_of(rows, known[i]) == NULL ? DHK_NOMEM : DHK_OK;
    free(known);
    return rc;
}

/* Those of which a share was taken, and how long these are kept. */
static enum dhk_err
add_taken(struct rows *rows, struct dhk_node *node, struct dhk_problem *problem)
{
    struct thread taken;
    uint8_t handle[STATEMENT_CASE];
    char hex[2 * STATEMENT_CASE + 1];
    enum dhk_err rc = thread_read_taken(&taken, node, problem);

    for (size_t i = 0; rc == DHK_OK && i < taken.n; i++) {
        bytes_hex(hex, taken.item[i].case_handle, sizeof handle);
        rc = row_of(rows, hex) == NULL ? DHK_NOMEM : DHK_OK;
    }
    for (size_t i = 0; rc == DHK_OK && i < rows->n; i++) {
        struct row *row = &rows->row[i];
        if (bytes_unhex(handle, sizeof handle, slice_str(row->handle)) ==
            DHK_OK)
            retention_of(&row->retention, &taken, handle, session_now(node));
    }
    thread_clear(&taken);
    return rc;
}

/* What this partner has to do comes before what others have. */
static void
choose_next(struct row *row, int64_t now)
{
    const struct dhk_case_term *next = caseprint_next(row->course);
    const struct retention *r = &row->retention;

    if (next != NULL)
        row->next = *next;
    if (r->next == 0 || (next != NULL && next->own && next->at <= r->next))
        return;
    row->next = (struct dhk_case_term){.what = "retention",
        .at = r->next,
        .passed = r->next <= now,
        .own = true,
        .about = r->share};
}

static enum dhk_err
add_courses(
    struct rows *rows, struct dhk_node *node, struct dhk_problem *problem)
{
    enum dhk_err rc = add_known(rows, node, problem);

    if (rc == DHK_OK)
        rc = add_taken(rows, node, problem);
    for (size_t i = 0; rc == DHK_OK && i < rows->n; i++) {
        struct row *row = &rows->row[i];
        /* what came since is not destroyed */
        row->gone =
            cases_buried(node, row->handle, NULL) != 0 && row->retention.n == 0;
        rc = dhk_case_get(node, row->handle, &row->course, problem);
        if (rc == DHK_OK)
            choose_next(row, session_now(node));
    }
    return rc;
}

static int
by_urgency(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    if ((x->next.what != NULL) != (y->next.what != NULL))
        return x->next.what != NULL ? -1 : 1;
    if (x->next.at != y->next.at)
        return x->next.at < y->next.at ? -1 : 1;
    if (x->made != y->made)
        return x->made < y->made ? -1 : 1;
    return strcmp(x->handle, y->handle);
}

static void
next_text(char *out, size_t cap, const struct dhk_case_term *t)
{
    char at[21];

    out[0] = '\0';
    if (t->what == NULL)
        return;
    clock_text(at, t->at);
    (void)snprintf(out, cap, "%.10s %s%s%s", at, caseprint_term(t->what),
        t->own ? " (yours)" : "", t->passed ? " PASSED" : "");
}

static enum dhk_err
print_table(const struct rows *rows, bool all)
{
    static const struct table_column columns[] = {{"CASE", 0}, {"PHASE", 0},
        {"HOLDER", 0}, {"NEXT", 0}, {"LABEL", TABLE_WRAP}};
    struct table *table = NULL;
    enum dhk_err rc = table_new(&table, columns, 5);

    for (size_t i = 0; rc == DHK_OK && i < rows->n; i++) {
        const struct row *row = &rows->row[i];
        const struct dhk_case *c = row->course;
        char next[128];
        if (row->gone && !all)
            continue;
        next_text(next, sizeof next, &row->next);
        const char *const cells[] = {row->handle, c != NULL ? c->phase : "",
            c != NULL && c->holder != NULL ? c->holder : "", next,
            row->gone       ? "(destroyed here)"
            : row->damaged  ? "(damaged)"
            : row->shielded ? caseprint_shielded
                            : row->label};
        rc = table_row(table, cells);
    }
    if (rc == DHK_OK)
        rc = table_print(table, stdout);
    table_destroy(&table);
    return rc;
}

static void
course_json(json_t *o, const struct row *row)
{
    const struct dhk_case *c = row->course;

    if (c == NULL)
        return;
    json_build_text(o, "phase", c->phase);
    if (c->holder != NULL)
        json_build_text(o, "holder", c->holder);
    else
        json_build_null(o, "holder");
    if (row->next.what != NULL)
        json_build_put(o, "next", caseprint_term_json(&row->next));
    else
        json_build_null(o, "next");
    json_build_list(o, "votes_missing", c->votes_missing);
    json_build_uint(o, "kept", row->retention.n);
    json_build_uint(o, "kept_too_long", row->retention.passed);
    json_build_bool(o, "destroyed_here", row->gone);
}

static enum dhk_err
print_json(const struct rows *rows, bool all)
{
    json_t *list = json_build_array();

    for (size_t i = 0; i < rows->n; i++) {
        const struct row *row = &rows->row[i];
        json_t *o;
        if (row->gone && !all)
            continue;
        o = json_build_object();
        json_build_text(o, "case", row->handle);
        if (row->made != 0)
            json_build_time(o, "made", row->made);
        else
            json_build_null(o, "made");
        if (row->made != 0 && !row->shielded)
            json_build_text(o, "label", row->label);
        else
            json_build_null(o, "label");
        json_build_bool(o, "shielded", row->shielded);
        course_json(o, row);
        json_build_add(list, o);
    }
    return json_print(stdout, list);
}

static enum cli_exit
tell_damaged(const struct cli *cli, const struct rows *rows)
{
    enum cli_exit exit = CLI_OK;

    for (size_t i = 0; i < rows->n; i++) {
        if (!rows->row[i].damaged)
            continue;
        cli_say(cli, "the file of case %s is damaged: its label is lost",
            rows->row[i].handle);
        exit = CLI_INVALID;
    }
    return exit;
}

/* A weighing ends by itself in no other way than by the last vote. */
static void
tell_votes(const struct cli *cli, const struct dhk_case *c)
{
    char at[21], names[COURSE_WEIGHERS * (LIMIT_NAME + 2) + 1] = "";
    size_t n = 0;

    for (size_t i = 0; i < c->terms_n; i++) {
        const struct dhk_case_term *t = &c->terms[i];
        if (strcmp(t->what, "votes") != 0 || !t->passed)
            continue;
        for (size_t k = 0; c->votes_missing[k] != NULL; k++)
            n += (size_t)snprintf(names + n, sizeof names - n, "%s%s",
                k > 0 ? ", " : "", c->votes_missing[k]);
        clock_text(at, t->at);
        cli_say(cli,
            "case %s: the term to vote passed on %.10s; without %s; driehoek "
            "case lapse ends it",
            c->case_handle, at, names);
    }
}

static void
tell_all_votes(const struct cli *cli, const struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->row[i].course != NULL && !rows->row[i].gone)
            tell_votes(cli, rows->row[i].course);
    }
}

static enum cli_exit
list(struct case_run *r, bool joined, bool all)
{
    struct dhk_problem problem = {""};
    struct rows rows = {.n = 0};
    enum dhk_err rc = add_labels(&rows, r->node, &problem);
    enum cli_exit exit;

    if (rc == DHK_OK && joined)
        rc = add_courses(&rows, r->node, &problem);
    if (rc != DHK_OK) {
        free_rows(&rows);
        return cmd_case_failed(r, rc, &problem);
    }
    if (rows.n > 0)
        qsort(rows.row, rows.n, sizeof *rows.row, by_urgency);
    else if (!r->json)
        cli_say(r->cli, "no case yet: driehoek case new makes a handle");
    rc = r->json ? print_json(&rows, all) : print_table(&rows, all);
    tell_all_votes(r->cli, &rows);
    exit = rc == DHK_OK ? tell_damaged(r->cli, &rows)
                        : cli_fail(r->cli, rc, "the list");
    free_rows(&rows);
    return exit;
}

/* Labels need the node's store key only, and no broker. */
static enum cli_exit
open_locked(struct case_run *r, bool *joined)
{
    struct dhk_problem problem = {""};
    const struct dhk_options options = {.broker = r->cli->via};
    const char *dir = cli_dir(r->cli);

    if (dir == NULL)
        return CLI_USAGE;
    enum dhk_err rc = node_open(
        &r->node, dir, &options, NODE_LOCKED | NODE_UNJOINED, &problem);
    if (rc == DHK_OK) {
        *joined = r->node->broker[0] != '\0' && r->node->trust != NULL;
        return CLI_OK;
    }
    cli_say(r->cli, "%s", problem.text);
    return rc == DHK_NOTFOUND ? CLI_LOCAL : cli_exit_of(rc);
}

enum cli_exit
cmd_case_list(struct cli *cli, int argc, char **argv)
{
    struct case_run r = {.cli = cli, .timeout = CASE_TIMEOUT, .fresh = true};
    bool all = false, joined = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"all", 'a', CLI_FLAG, NULL, "those that were destroyed here, too",
            &all},
        CASE_OPTIONS(&r),
    };
    const struct cli_usage usage = {"[--all] [--offline] [--json]",
        "Lists the cases that are known here, the most urgent first: phase, "
        "who holds the\nfile, what is to be done next and by when, and the "
        "label that only this node\nknows.",
        options, sizeof options / sizeof options[0], 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    exit = open_locked(&r, &joined);
    if (exit == CLI_OK && joined && !r.offline) {
        dhk_node_close(&r.node);
        exit = cmd_case_begin(&r);
        if (exit == CLI_OK)
            exit = cmd_case_ask(&r, true);
    }
    if (exit == CLI_OK)
        exit = list(&r, joined, all);
    return cmd_case_end(&r, exit);
}
