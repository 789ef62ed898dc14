/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy status: which version is in force, until when, by whose
 * signatures, and who has not yet signed the next. */
#include "cmd_policy.h"
#include "policystatus.h"

#include <inttypes.h>

#include "clock.h"
#include "table.h"

enum { CELL = 256, DATE = 21, DAY_S = 86400 };

/* "2026-03-01" of a day number. */
static const char *
date(char out[DATE], int64_t day)
{
    clock_text(out, day * DAY_S);
    out[10] = '\0';
    return out;
}

static enum dhk_err
row(struct table *t, const char *what, const char *how)
{
    const char *const cells[] = {what, how};
    return table_row(t, cells);
}

/* An agreement, what it is known by, and how long it lasts. */
struct about {
    const struct agreement *a; /* NULL: none */
    const char *sha256, *compiled;
    int64_t days;
};

static enum dhk_err
about_rows(struct table *t, const struct about *about)
{
    char cell[CELL], from[DATE], until[DATE];
    const struct agreement *a = about->a;
    (void)snprintf(cell, sizeof cell, "%s version %u", a->name, a->version);
    enum dhk_err rc = row(t, "agreement", cell);
    (void)snprintf(cell, sizeof cell, "sha256:%s", about->sha256);
    if (rc == DHK_OK)
        rc = row(t, "text", cell);
    (void)snprintf(cell, sizeof cell, "sha256:%s", about->compiled);
    if (rc == DHK_OK)
        rc = row(t, "compiled", cell);
    (void)snprintf(cell, sizeof cell, "from %s until %s, %s",
        date(from, a->valid_from), date(until, a->valid_until), a->timezone);
    if (rc == DHK_OK)
        rc = row(t, "valid", cell);
    (void)snprintf(
        cell, sizeof cell, "%" PRId64, about->days > 0 ? about->days : 0);
    return rc == DHK_OK ? row(t, "days left", cell) : rc;
}

static enum dhk_err
print_about(const struct about *about, const char *state)
{
    static const struct table_column columns[] = {{"WHAT", 0}, {"HOW", 0}};
    struct table *t = NULL;
    enum dhk_err rc = table_new(&t, columns, 2);
    if (rc == DHK_OK)
        rc = row(t, "state", state);
    if (rc == DHK_OK && about->a != NULL)
        rc = about_rows(t, about);
    if (rc == DHK_OK)
        rc = table_print(t, stdout);
    table_destroy(&t);
    return rc;
}

static struct about
about_now(const struct policystatus *s)
{
    return (struct about){s->a, s->sha256, s->compiled, s->days};
}

static struct about
about_next(const struct policyfile *file, const struct policystatus_next *next)
{
    return (struct about){
        file->agreement, file->sha256, file->compiled, next->days};
}

static bool
ends_soon(const struct policystatus *s)
{
    return s->state == POLICYSTATUS_IN_FORCE && s->days <= POLICYSTATUS_SOON;
}

static enum dhk_err
print_now(const struct cli *cli, const struct policystatus *s)
{
    struct about about = about_now(s);
    enum dhk_err rc = print_about(&about, policystatus_words(s->state));
    if (rc != DHK_OK || s->a == NULL)
        return rc;
    if (ends_soon(s))
        cli_say(cli,
            "warning: version %u ends in %" PRId64
            " days; nothing is delivered after that unless a next version is "
            "in force",
            s->a->version, s->days);
    (void)putchar('\n');
    return signing_print(&s->signing);
}

static enum dhk_err
print_next(const struct policyfile *file, const struct policystatus_next *next)
{
    const struct signing *s = &next->signing;
    printf("\nNext: %s\n", file->path);
    struct about about = about_next(file, next);
    enum dhk_err rc = print_about(&about,
        s->complete ? "signed by all who must" : "not signed by all who must");
    if (rc != DHK_OK)
        return rc;
    (void)putchar('\n');
    rc = signing_print(s);
    if (s->sentence[0] != '\0')
        printf("\n%s.\n", s->sentence);
    if (next->obstacle[0] != '\0')
        printf("It cannot come into force: %s.\n", next->obstacle);
    return rc;
}

/* --- JSON ------------------------------------------------------------- */

static void
json_about(json_t *o, struct about about)
{
    char text[DATE];
    const struct agreement *a = about.a;
    json_build_text(o, "name", a->name);
    json_build_uint(o, "version", a->version);
    json_build_text(o, "sha256", about.sha256);
    json_build_text(o, "compiled_sha256", about.compiled);
    json_build_text(o, "from", date(text, a->valid_from));
    json_build_text(o, "until", date(text, a->valid_until));
    json_build_text(o, "timezone", a->timezone);
    json_build_uint(o, "days-left", about.days > 0 ? (uint64_t)about.days : 0);
}

static json_t *
json_now(const struct policystatus *s)
{
    json_t *o = json_build_object();
    json_about(o, about_now(s));
    json_build_bool(o, "ends-soon", ends_soon(s));
    json_build_put(o, "signatures", signing_json(&s->signing));
    return o;
}

static json_t *
json_next(const struct policyfile *file, const struct policystatus_next *next)
{
    json_t *o = json_build_object();
    json_build_text(o, "file", file->path);
    json_about(o, about_next(file, next));
    json_build_put(o, "signatures", signing_json(&next->signing));
    json_build_bool(o, "complete", next->signing.complete);
    if (next->obstacle[0] != '\0')
        json_build_text(o, "obstacle", next->obstacle);
    else
        json_build_null(o, "obstacle");
    return o;
}

static enum dhk_err
print_json(const struct dhk_node *node, const struct policystatus *s,
    const struct policyfile *file, const struct policystatus_next *next)
{
    json_t *o = json_build_object();
    json_build_text(o, "broker", node->broker);
    json_build_text(o, "state", policystatus_word(s->state));
    if (s->a != NULL)
        json_build_put(o, "agreement", json_now(s));
    else
        json_build_null(o, "agreement");
    if (file->agreement != NULL)
        json_build_put(o, "next", json_next(file, next));
    else
        json_build_null(o, "next");
    return json_print(stdout, o);
}

/* --- the command ------------------------------------------------------ */

static enum cli_exit
show(const struct cli *cli, const struct dhk_node *node,
    const struct policyfile *file, bool json)
{
    struct dhk_problem problem = {""};
    struct policystatus now;
    struct policystatus_next next = {.days = 0};
    bool proposed = file->agreement != NULL;
    enum dhk_err rc = policystatus_find(&now, node, &problem);
    if (rc == DHK_OK && proposed)
        rc = policystatus_next(&next, file, node, &problem);
    if (rc == DHK_OK && json)
        rc = print_json(node, &now, file, &next);
    else if (rc == DHK_OK)
        rc = print_now(cli, &now);
    if (rc == DHK_OK && !json && proposed)
        rc = print_next(file, &next);
    if (rc != DHK_OK) {
        cli_say(cli, "%s",
            problem.text[0] != '\0' ? problem.text : dhk_strerror(rc));
        return cli_exit_of(rc);
    }
    if (proposed)
        return next.signing.complete && next.obstacle[0] == '\0' ? CLI_OK
                                                                 : CLI_NO;
    return now.state == POLICYSTATUS_IN_FORCE ? CLI_OK : CLI_NO;
}

/* Asks the broker first; without it, what is known here is shown. */
static enum cli_exit
ask_and_show(
    struct cli *cli, const struct policyfile *file, int timeout_ms, bool json)
{
    struct dhk_problem problem = {""};
    struct dhk_node *node = NULL;
    enum cli_exit exit;
    if (cli_node(cli, &node, &exit) != DHK_OK)
        return exit;
    enum dhk_err rc = dhk_connect(node, DHK_QUERY, timeout_ms, &problem);
    exit = show(cli, node, file, json);
    if (rc != DHK_OK) {
        cli_say(cli, "as far as known here: %s", problem.text);
        exit = rc == DHK_STATE ? CLI_INVALID : cli_exit_of(rc);
    }
    dhk_node_close(&node);
    return exit;
}

enum cli_exit
cmd_policy_status(struct cli *cli, int argc, char **argv)
{
    struct policyfile file = {.path = NULL};
    const char *next = NULL;
    int64_t timeout = 5;
    bool json = false;
    enum dhk_err rc = DHK_OK;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"next", 'n', CLI_TEXT, "FILE",
            "a proposed next version; signatures beside it", &next},
        {"timeout", 't', CLI_NUMBER, "SECONDS", "wait for the broker (5)",
            &timeout},
        {"json", 'j', CLI_FLAG, NULL, "one object", &json},
    };
    const struct cli_usage usage = {
        "[--next FILE] [--timeout SECONDS] [--json]",
        "Shows which version of the agreement is in force, until when and who "
        "signed it.\nWith --next: who has signed FILE, as FILE.NAME.sig beside "
        "it, and who has not yet.",
        options, 3, 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (next != NULL)
        rc = policyfile_load(&file, next);
    exit = rc != DHK_OK ? policyfile_fail(cli, &file, rc)
                        : ask_and_show(cli, &file, (int)timeout * 1000, json);
    policyfile_done(&file);
    return cli_flushed(cli, exit);
}
