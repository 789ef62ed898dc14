/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger show, and what all questions to the ledger share. */
#include "cmd_ledger.h"

#include <stdlib.h>
#include <string.h>

#include "question.h"

enum cli_exit
cmd_ledger_failed(const struct cmd_ledger *l, enum dhk_err rc,
    const struct dhk_problem *problem)
{
    cli_say(l->cli, "%s",
        problem->text[0] != '\0' ? problem->text : dhk_strerror(rc));
    return rc == DHK_STATE ? CLI_INVALID : cli_exit_of(rc);
}

enum cli_exit
cmd_ledger_one(const struct cmd_ledger *l, enum dhk_err rc,
    const struct dhk_problem *problem)
{
    if (rc == DHK_OK)
        return CLI_OK;
    if (rc != DHK_NOTFOUND)
        return cmd_ledger_failed(l, rc, problem);
    cli_say(l->cli, "there is no entry %s, or it is not for this node to see",
        l->cli->args[0]);
    return CLI_NO;
}

bool
cmd_ledger_purpose(
    const struct cli *cli, enum query_purpose *out, const char *text)
{
    *out = QUERY_PURPOSE_NONE;
    if (text != NULL)
        *out = query_purpose_find(slice_str(text));
    if (*out != QUERY_PURPOSE_NONE)
        return true;
    (void)cli_wrong(cli, "what is it for? --for lawfulness, internal, "
                         "integrity or court; the question becomes "
                         "an entry of the ledger itself");
    return false;
}

bool
cmd_ledger_begin(struct cmd_ledger *l, enum cli_exit *exit)
{
    struct dhk_problem problem = {""};
    *exit = CLI_USAGE;
    if (!cmd_ledger_purpose(l->cli, &l->query.purpose, l->purpose))
        return false;
    if (cli_node(l->cli, &l->node, exit) != DHK_OK)
        return false;
    enum dhk_err rc =
        dhk_connect(l->node, DHK_QUERY, (int)l->timeout * 1000, &problem);
    if (rc == DHK_OK)
        return true;
    *exit = cmd_ledger_failed(l, rc, &problem);
    return false;
}

bool
cmd_ledger_offline(struct cmd_ledger *l, enum cli_exit *exit)
{
    struct dhk_problem problem = {""};
    struct dhk_options options = {.broker = l->cli->via};
    const char *dir = cli_dir(l->cli);
    *exit = CLI_USAGE;
    if (dir == NULL)
        return false;
    enum dhk_err rc = node_open(&l->node, dir, &options, NODE_LOCKED, &problem);
    if (rc == DHK_OK) {
        cli_warn(l->cli, l->node);
        return true;
    }
    cli_say(l->cli, "%s", problem.text);
    *exit = rc == DHK_NOTFOUND ? CLI_LOCAL : cli_exit_of(rc);
    return false;
}

bool
cmd_ledger_believe(
    struct cmd_ledger *l, const char *signers, enum cli_exit *exit)
{
    if (signers != NULL || cmd_ledger_offline(l, exit))
        return true;
    if (*exit == CLI_USAGE)
        cli_say(l->cli, "or give the signers to believe with --signers");
    return false;
}

void
cmd_ledger_end(struct cmd_ledger *l)
{
    dhk_query_close(&l->about);
    dhk_node_close(&l->node);
}

bool
cmd_ledger_case(const struct cli *cli, uint8_t handle[16], const char *text)
{
    if (text == NULL || bytes_unhex(handle, 16, slice_str(text)) == DHK_OK)
        return true;
    (void)cli_wrong(cli, "--case wants a handle of 32 hexadecimal digits, "
                         "whole as 'ledger show' prints it");
    return false;
}

bool
cmd_ledger_outcome(const struct cli *cli, const char *text)
{
    if (text == NULL || query_is_outcome(slice_str(text)))
        return true;
    (void)cli_wrong(cli,
        "--outcome wants accepted, refused, returned, expired, withdrawn, "
        "corrected, released, a broker's code or a recipient's outcome: "
        "driehoek-ledger(1) lists them");
    return false;
}

static const struct agreement *
find_agreement(void *ctx, const uint8_t hash[32])
{
    struct cmd_ledger *l = ctx;
    return question_agreement(l->node, hash);
}

struct entryview_names
cmd_ledger_names(struct cmd_ledger *l)
{
    struct entryview_names names = {.find = find_agreement, .ctx = l};
    if (l->about != NULL)
        names.accepted = question_accepted(l->about, &names.accepted_index);
    return names;
}

static struct dhk_question
question_of(const struct cmd_ledger *l)
{
    return (struct dhk_question){.purpose = (enum dhk_purpose)l->query.purpose};
}

/* --- one entry
 * ----------------------------------------------------------------- */

static void print_value(const json_t *value);

static void
print_object(const json_t *object)
{
    const char *name;
    json_t *value;
    const char *before = "";
    json_t *shared = json_incref((json_t *)(uintptr_t)object);
    json_object_foreach(shared, name, value)
    {
        printf("%s%s ", before, name);
        print_value(value);
        before = ", ";
    }
    json_decref(shared);
}

static void
print_value(const json_t *value)
{
    if (json_is_string(value))
        printf("%s", json_string_value(value));
    else if (json_is_integer(value))
        printf("%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        printf("%s", json_is_true(value) ? "yes" : "no");
    else if (json_is_object(value))
        print_object(value);
    else if (json_is_null(value))
        printf("unknown");
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value);
         i++) {
        printf("%s", i > 0 ? ", " : "");
        print_value(json_array_get(value, i));
    }
    if (json_is_array(value) && json_array_size(value) == 0)
        printf("none");
}

/* "name         value"; of several objects one on each line. */
static void
print_member(const char *name, const json_t *value)
{
    size_t n =
        json_is_object(json_array_get(value, 0)) ? json_array_size(value) : 0;
    printf("%-12s ", name);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            printf("%-12s ", "");
        print_value(json_array_get(value, i));
        putchar('\n');
    }
    if (n > 0)
        return;
    print_value(value);
    putchar('\n');
}

enum dhk_err
cmd_ledger_print(
    struct cmd_ledger *l, uint64_t index, struct slice bytes, bool json)
{
    const char *name;
    json_t *value;
    struct entryview_names names = cmd_ledger_names(l);
    struct entry *e = malloc(sizeof *e);
    if (e == NULL)
        return DHK_NOMEM;
    enum dhk_err rc = entry_decode(e, bytes, NULL);
    if (rc != DHK_OK)
        goto out;
    json_t *o = entryview_json(index, e, &names);
    if (json) {
        rc = json_print(stdout, o);
        goto out;
    }
    json_object_foreach(o, name, value)
    {
        print_member(name, value);
    }
    json_decref(o);
out:
    free(e);
    return rc;
}

/* --- show
 * ----------------------------------------------------------------------- */

/* Asks for the accepted entry of the share E, if this node may see it: a
 * recipient may not, nor know what was withheld from it. */
static enum dhk_err
ask_accepted(
    struct cmd_ledger *l, const struct entry *e, struct dhk_problem *problem)
{
    const struct dhk_entry *accepted = NULL;
    struct dhk_question question = question_of(l);
    if (e->kind != ENTRY_SHARE)
        return DHK_OK;
    question.one = true;
    question.index = e->u.share.accepted;
    enum dhk_err rc = dhk_query_open(
        &l->about, l->node, &question, (int)l->timeout * 1000, problem);
    if (rc == DHK_OK)
        rc = dhk_query_next(l->about, &accepted, problem);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
show(struct cmd_ledger *l, uint64_t index, bool json,
    struct dhk_problem *problem)
{
    struct dhk_query *query = NULL;
    const struct dhk_entry *entry = NULL;
    struct dhk_question question = question_of(l);
    question.one = true;
    question.index = index;
    enum dhk_err rc = dhk_query_open(
        &query, l->node, &question, (int)l->timeout * 1000, problem);
    if (rc == DHK_OK)
        rc = dhk_query_next(query, &entry, problem);
    if (rc == DHK_OK)
        rc = ask_accepted(l, question_entry(query), problem);
    if (rc == DHK_OK)
        rc = cmd_ledger_print(
            l, entry->index, slice_of(entry->bytes, entry->n), json);
    dhk_query_close(&query);
    return rc;
}

static enum cli_exit
ledger_show(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct cmd_ledger l = {.cli = cli, .timeout = 10};
    int64_t wanted;
    bool json = false;
    enum cli_exit exit;
    const struct cli_option options[] = {CMD_LEDGER_FOR(&l),
        {"json", 'j', CLI_FLAG, NULL, "as JSON", &json},
        CMD_LEDGER_TIMEOUT(&l)};
    const struct cli_usage usage = {"ENTRY --for PURPOSE [--json]",
        "Shows all that one entry of the ledger says.", options, 3, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (!cli_number(&wanted, cli->args[0]))
        return cli_wrong(cli, "an entry is meant by its number");
    if (cmd_ledger_begin(&l, &exit)) {
        enum dhk_err rc = show(&l, (uint64_t)wanted, json, &problem);
        exit = cmd_ledger_one(&l, rc, &problem);
    }
    cmd_ledger_end(&l);
    return cli_flushed(cli, exit);
}

enum cli_exit
cmd_ledger(struct cli *cli, int argc, char **argv)
{
    static const struct cli_command commands[] = {
        {"list", cmd_ledger_list, "list entries as a table"},
        {"show", ledger_show, "show all that one entry says"},
        {"fetch", cmd_ledger_fetch, "write the ledger to a file of its own"},
        {"verify", cmd_ledger_verify, "verify all of it, or a fetched file"},
        {"export", cmd_ledger_export, "write all of it as files of a log"},
        {"fsck", cmd_ledger_fsck, "verify such files, offline"},
        {"query", cmd_ledger_query, "write an answer that is proved complete"},
        {"prove", cmd_ledger_prove, "write a proof of one entry"},
        {"head", cmd_ledger_head, "write the heads that this node verified"},
        {"compare", cmd_ledger_compare, "compare them with those of another"},
        {"check", cmd_ledger_check, "check a proof or checkpoint, offline"},
        {"records", cmd_ledger_records, "write it in a Dutch record format"},
        {"report", cmd_ledger_report, "answer a question of the law"},
    };
    static const struct cli_group group = {
        "What was shared, refused and withheld. Every question to the broker\n"
        "needs a purpose and becomes an entry of the ledger itself.",
        commands, sizeof commands / sizeof commands[0]};
    return cli_run_group(cli, &group, argc, argv);
}
