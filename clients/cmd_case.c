/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek case new: handles that tell nothing; and the list of all commands
 * about cases. */
#include "cmd_case.h"

#include "cases.h"

#include <string.h>

enum dhk_err
cmd_case_labels(
    const struct cli *cli, struct dhk_node **out, enum cli_exit *exit)
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

const char *
cmd_case_line(const struct cli *cli, char line[CMD_CASE_LINE], const char *word)
{
    if (strcmp(word, "-") != 0)
        return word;
    if (fgets(line, CMD_CASE_LINE, stdin) == NULL) {
        cli_say(cli, "standard input has no text");
        return NULL;
    }
    size_t n = strcspn(line, "\n");
    if (line[n] == '\0' && n == CMD_CASE_LINE - 1) {
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
    char handle[33], line[CMD_CASE_LINE] = "";
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
    label = cmd_case_line(cli, line, label);
    if (label == NULL)
        return CLI_USAGE;
    if (cmd_case_labels(cli, &node, &exit) != DHK_OK)
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

enum cli_exit
cmd_case(struct cli *cli, int argc, char **argv)
{
    static const struct cli_command commands[] = {
        {"new", case_new, "make a handle for a new case"},
        {"find", cmd_case_find, "find handles by what their labels say"},
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
