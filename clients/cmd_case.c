/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek case new | find: handles that tell nothing, and what they mean here;
 * and the list of all commands about cases. */
#include "cmd_case.h"

#include "cases.h"
#include "clock.h"
#include "json.h"
#include "table.h"

#include <string.h>

enum { LINE = 1026 }; /* of a text to look for, with its end */

/* Labels need the node's store key only, not the card's secrets. */
static enum dhk_err
open_node(const struct cli *cli, struct dhk_node **out, enum cli_exit *exit)
{
    struct dhk_problem problem = {""};
    const char *dir = cli_dir(cli);
    *out = NULL;
    *exit = CLI_USAGE;
    if (dir == NULL)
        return DHK_NOTFOUND;
    enum dhk_err rc =
        node_open(out, dir, NULL, NODE_LOCKED | NODE_UNJOINED, &problem);
    if (rc != DHK_OK) {
        cli_say(cli, "%s", problem.text);
        *exit = rc == DHK_NOTFOUND ? CLI_LOCAL : cli_exit_of(rc);
    } else {
        cli_warn(cli, *out);
    }
    return rc;
}

/* WORD, or for "-" the first line of standard input, as whoever may list
 * processes sees arguments. NULL after a message. LINE is wiped by the caller.
 */
static const char *
first_line(const struct cli *cli, char line[LINE], const char *word)
{
    if (strcmp(word, "-") != 0)
        return word;
    if (fgets(line, LINE, stdin) == NULL) {
        cli_say(cli, "standard input has no text");
        return NULL;
    }
    size_t n = strcspn(line, "\n");
    if (line[n] == '\0' && n == LINE - 1) {
        cli_say(cli, "the text on standard input is too long");
        return NULL;
    }
    line[n] = '\0';
    return line;
}

static enum cli_exit
case_new(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct dhk_node *node = NULL;
    const char *label = "";
    char handle[33], line[LINE] = "";
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"label", 'l', CLI_TEXT, "TEXT|-",
            "what the case is about; stays here, encrypted; -: from standard "
            "input",
            &label},
    };
    const struct cli_usage usage = {"[--label -]",
        "Prints a fresh case handle. It is random and tells nobody anything; "
        "the\nlabel never leaves this node. Other users of this machine may "
        "see "
        "a label that\nstands on the command line: '-' reads it from standard "
        "input.",
        options, 1, 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    label = first_line(cli, line, label);
    if (label == NULL)
        return CLI_USAGE;
    if (open_node(cli, &node, &exit) != DHK_OK)
        goto wipe;
    enum dhk_err rc = cases_new(handle, node, label, &problem);
    if (rc == DHK_OK) {
        printf("%s\n", handle);
        exit = cli_flushed(cli, CLI_OK);
    } else {
        cli_say(cli, "%s", problem.text);
        exit = cli_exit_of(rc);
    }
    node_close(&node);
wipe:
    key_wipe(line, sizeof line);
    return exit;
}

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

static enum cli_exit
case_find(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct dhk_node *node = NULL;
    struct cases_item *list = NULL;
    size_t n = 0;
    bool json = false;
    bool labels = false;
    char line[LINE] = "";
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"labels", 'l', CLI_FLAG, NULL, "a table with the labels", &labels},
        {"json", 'j', CLI_FLAG, NULL, "as JSON, with the labels", &json},
    };
    const struct cli_usage usage = {"[--labels | --json] TEXT",
        "Prints the handles of the cases whose label has TEXT in it, whatever "
        "the case\nof its letters a to z. Looks at this node's files only: "
        "nothing is sent, and\nnobody is told. '-' reads TEXT from standard "
        "input: "
        "other users of this machine may\nsee arguments.",
        options, 2, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    const char *text = first_line(cli, line, cli->args[0]);
    if (text == NULL)
        return CLI_USAGE;
    if (text[0] == '\0') /* is in every label */
        return cli_wrong(cli, "TEXT is empty");
    if (open_node(cli, &node, &exit) != DHK_OK)
        goto wipe;
    enum dhk_err rc = cases_list(&list, &n, node, &problem);
    if (rc != DHK_OK) {
        cli_say(cli, "%s", problem.text);
        exit = cli_exit_of(rc);
        goto out;
    }
    size_t found = sift(list, n, text);
    exit = found > 0 ? CLI_OK : CLI_NO;
    if (json)
        rc = print_json(list, found);
    else
        rc = labels && found > 0 ? print_table(list, found)
                                 : print_handles(list, found);
    if (rc != DHK_OK)
        exit = cli_fail(cli, rc, "the list");
    else if (tell_damaged(cli, list, n) != CLI_OK && exit == CLI_NO)
        exit = CLI_INVALID; /* it may have been that one */
    if (exit == CLI_NO)
        cli_say(cli, "no case of this node has a label with that text");
    exit = cli_flushed(cli, exit);
out:
    cases_free(&list, n);
    node_close(&node);
wipe:
    key_wipe(line, sizeof line);
    return exit;
}

enum cli_exit
cmd_case(struct cli *cli, int argc, char **argv)
{
    static const struct cli_command commands[] = {
        {"new", case_new, "make a handle for a new case"},
        {"find", case_find, "find handles by what their labels say"},
        {"list", cmd_case_list, "what is to be done, the most urgent first"},
        {"show", cmd_case_show, "how a case stands"},
        {"timeline", cmd_case_timeline, "what happened, in order"},
        {"waiting", cmd_case_waiting, "shares that wait for an approval"},
        {"open", cmd_case_open, "begin a case: a report came in"},
        {"bring", cmd_case_act, "bring it forward, to be weighed"},
        {"drop", cmd_case_act, "do not bring it forward"},
        {"assign", cmd_case_act, "give the file to a partner"},
        {"weigh", cmd_case_act, "ask for votes"},
        {"vote", cmd_case_act, "vote: is it a case"},
        {"lapse", cmd_case_act, "end a weighing that lacks votes"},
        {"move", cmd_case_act, "move a case on to its next step"},
        {"review", cmd_case_act, "it was reviewed, and when it is again"},
        {"rhythm", cmd_case_act, "how far reviews are apart"},
        {"invite", cmd_case_invite, "have a partner take part"},
        {"reshare", cmd_case_act, "ask to share again with a partner"},
        {"relieve", cmd_case_act, "end a partner's part"},
        {"leave", cmd_case_act, "end one's own part"},
        {"admit", cmd_case_act, "admit a third party"},
        {"dismiss", cmd_case_act, "end the admission of a third party"},
        {"sign", cmd_case_sign, "state what another proposed"},
        {"consent", cmd_case_act, "agree to the sharing of police data"},
        {"revoke", cmd_case_act, "agree to that no more"},
        {"approve", cmd_case_act, "approve a share that waits"},
        {"decline", cmd_case_act, "send a share that waits back"},
        {"refuse", cmd_case_act, "do not share or answer"},
        {"embargo", cmd_case_act, "have nothing shared on"},
        {"lift", cmd_case_act, "end one's own refusals and embargo"},
        {"restrict", cmd_case_act, "the third-party rule of a signal"},
        {"transfer", cmd_case_act, "ask for agreement to a transfer"},
        {"agree", cmd_case_act, "agree to it"},
        {"veto", cmd_case_act, "keep a signal out of it"},
        {"postpone", cmd_case_act, "do not tell the person yet"},
        {"tell", cmd_case_act, "the person was told"},
        {"request", cmd_case_act, "the person asked for access"},
        {"answer", cmd_case_act, "and was answered"},
        {"close", cmd_case_act, "close a case: shield it at once"},
        {"destroy", cmd_case_destroy, "remove what ties a handle to a person"},
        {"hold", cmd_case_hold, "have nothing of a case destroyed for now"},
        {"release", cmd_case_release, "end a hold"},
        {"extract", cmd_case_extract, "seal a share to a third party's card"},
    };
    static const struct cli_group group = {
        "A case is known to the outside by a random handle only. Signed "
        "statements move it\nthrough the course that the law gives it; "
        "driehoek-case(1) has the steps.",
        commands, sizeof commands / sizeof commands[0]};
    return cli_run_group(cli, &group, argc, argv);
}
