/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek case find: which handle has a label with some text. */
#include "cmd_case.h"

#include "cases.h"
#include "clock.h"
#include "cmd_ledger.h"
#include "key.h"
#include "shield.h"
#include "table.h"

#include <string.h>

static enum dhk_err
print_table(const struct cases_item *list, size_t n)
{
    static const struct table_column columns[] = {
        {"CASE", 0}, {"MADE", 0}, {"LABEL", TABLE_WRAP}};
    struct table *table = NULL;
    enum dhk_err rc = table_new(&table, columns, 3);
    for (size_t i = 0; rc == DHK_OK && i < n; i++) {
        char made[21];
        clock_text(made, list[i].made);
        const char *const cells[] = {list[i].handle,
            list[i].damaged ? "" : made,
            list[i].damaged ? "(damaged)" : list[i].label};
        rc = table_row(table, cells);
    }
    if (rc == DHK_OK)
        rc = table_print(table, stdout);
    table_destroy(&table);
    return rc;
}

static enum dhk_err
print_json(const struct cases_item *list, size_t n)
{
    json_t *all = json_build_array();
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_build_object();
        json_build_text(o, "case", list[i].handle);
        if (list[i].damaged) {
            json_build_null(o, "made");
            json_build_null(o, "label");
        } else {
            json_build_time(o, "made", list[i].made);
            json_build_text(o, "label", list[i].label);
            json_build_bool(o, "shielded", list[i].shielded);
        }
        json_build_add(all, o);
    }
    return json_print(stdout, all);
}

static enum cli_exit
tell_damaged(const struct cli *cli, const struct cases_item *list, size_t n)
{
    enum cli_exit exit = CLI_OK;
    for (size_t i = 0; i < n; i++) {
        if (!list[i].damaged)
            continue;
        cli_say(cli, "the file of case %s is damaged: its label is lost",
            list[i].handle);
        exit = CLI_INVALID;
    }
    return exit;
}

/* --- find --- */

/* Those of LIST whose label has TEXT come first; how many. */
static size_t
sift(struct cases_item *list, size_t n, const char *text)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i].damaged || strcasestr(list[i].label, text) == NULL)
            continue;
        struct cases_item item = list[found];
        list[found++] = list[i];
        list[i] = item;
        key_wipe(&item, sizeof item);
    }
    return found;
}

static enum dhk_err
print_handles(const struct cases_item *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("%s\n", list[i].handle);
    return DHK_OK;
}

struct find {
    struct cli *cli;
    struct dhk_node *node;
    struct cases_item *list;
    size_t n, found; /* those that were found come first */
    int64_t timeout;
    const char *purpose; /* --for; NULL: what is shielded stays so */
    enum query_purpose lifted;
    bool labels, json;
};

static enum cli_exit
failed(const struct find *f, enum dhk_err rc, const struct dhk_problem *problem)
{
    cli_say(f->cli, "%s",
        problem->text[0] != '\0' ? problem->text : dhk_strerror(rc));
    return cli_exit_of(rc);
}

static enum cli_exit
open_for(struct find *f)
{
    struct dhk_problem problem = {""};
    enum cli_exit exit = CLI_OK;

    if (f->purpose == NULL)
        return cmd_case_labels(f->cli, &f->node, &exit) == DHK_OK ? CLI_OK
                                                                  : exit;
    if (cli_node(f->cli, &f->node, &exit) != DHK_OK)
        return exit;
    enum dhk_err rc =
        dhk_connect(f->node, DHK_QUERY, (int)f->timeout * 1000, &problem);
    return rc == DHK_OK ? CLI_OK : failed(f, rc, &problem);
}

/* Before anything of what is shielded is shown. */
static enum cli_exit
tell_ledger(const struct find *f)
{
    struct dhk_problem problem = {""};
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < f->found; i++) {
        if (f->list[i].shielded)
            rc = shield_tell(f->node, f->list[i].handle,
                (enum dhk_purpose)f->lifted, (int)f->timeout * 1000, &problem);
    }
    return rc == DHK_OK ? CLI_OK : failed(f, rc, &problem);
}

static void
tell_shielded(const struct find *f)
{
    size_t left = 0;

    for (size_t i = 0; i < f->n; i++)
        left += f->list[i].shielded;
    if (left > 0 && f->purpose == NULL)
        cli_say(f->cli,
            "not looked at: %zu closed, which %s shielded; --for PURPOSE does, "
            "and the ledger has that",
            left, left == 1 ? "is" : "are");
}

static enum cli_exit
print_found(const struct find *f)
{
    enum cli_exit exit = f->found > 0 ? CLI_OK : CLI_NO;
    enum dhk_err rc;

    if (f->json)
        rc = print_json(f->list, f->found);
    else
        rc = f->labels && f->found > 0 ? print_table(f->list, f->found)
                                       : print_handles(f->list, f->found);
    if (rc != DHK_OK)
        exit = cli_fail(f->cli, rc, "the list");
    else if (tell_damaged(f->cli, f->list, f->n) != CLI_OK && exit == CLI_NO)
        exit = CLI_INVALID; /* it may have been that one */
    if (exit == CLI_NO)
        cli_say(f->cli, "no case of this node has a label with that text");
    tell_shielded(f);
    return exit;
}

static enum cli_exit
find(struct find *f, const char *text)
{
    struct dhk_problem problem = {""};
    enum cli_exit exit = open_for(f);

    if (exit != CLI_OK)
        return exit;
    enum dhk_err rc =
        cases_list(&f->list, &f->n, f->node, f->purpose != NULL, &problem);
    if (rc != DHK_OK)
        return failed(f, rc, &problem);
    f->found = sift(f->list, f->n, text);
    exit = tell_ledger(f);
    return exit == CLI_OK ? cli_flushed(f->cli, print_found(f)) : exit;
}

enum cli_exit
cmd_case_find(struct cli *cli, int argc, char **argv)
{
    struct find f = {.cli = cli, .timeout = CASE_TIMEOUT};
    char line[CMD_CASE_LINE] = "";
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"labels", 'l', CLI_FLAG, NULL, "a table with the labels", &f.labels},
        {"json", 'j', CLI_FLAG, NULL, "as JSON, with the labels", &f.json},
        {"for", 0, CLI_TEXT, "PURPOSE",
            "closed cases, too, for lawfulness, internal, integrity or court",
            &f.purpose},
        {"timeout", 't', CLI_NUMBER, "SECONDS", "wait for the broker (5)",
            &f.timeout},
    };
    const struct cli_usage usage = {"[--labels | --json] [--for PURPOSE] TEXT",
        "Prints the handles of the cases whose label has TEXT in it, whatever "
        "the case\nof its letters a to z. Looks at this node's files only: "
        "nothing is sent, and\nnobody is told. Closed cases are shielded, and "
        "found with --for only: the ledger\nthen has who looked and for what. "
        "'-' reads TEXT from standard input: other users\nof this machine may "
        "see arguments.",
        options, sizeof options / sizeof options[0], 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (f.purpose != NULL && !cmd_ledger_purpose(cli, &f.lifted, f.purpose))
        return CLI_USAGE;
    const char *text = cmd_case_line(cli, line, cli->args[0]);
    if (text == NULL)
        return CLI_USAGE;
    exit = text[0] != '\0' ? find(&f, text) /* "" is in every label */
                           : cli_wrong(cli, "TEXT is empty");
    cases_free(&f.list, f.n);
    dhk_node_close(&f.node);
    key_wipe(line, sizeof line);
    return exit;
}
