/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek init DIR --name NAME */
#include "cmd.h"

#include "enroll.h"

enum cli_exit
cmd_init(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    const char *name = NULL;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"name", 'n', CLI_TEXT, "NAME",
            "the partner's name, as the roster will have it", &name},
    };
    const struct cli_usage usage = {"DIR --name NAME",
        "Makes the directory DIR for a node of partner NAME. No key is made "
        "yet:\nthat is 'driehoek key new'.",
        options, 1, 0, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    const char *dir = cli->args_n == 1 ? cli->args[0] : cli->dir;
    if (dir == NULL)
        return cli_wrong(cli, "which directory is the node to live in?");
    if (name == NULL)
        return cli_wrong(cli, "whose node is it? Give --name NAME");
    enum dhk_err rc = enroll_create(dir, name, &problem);
    if (rc != DHK_OK) {
        cli_say(cli, "%s", problem.text);
        return rc == DHK_EXISTS ? CLI_NO : cli_exit_of(rc);
    }
    printf("The node of %s is in %s.\n"
           "Next: driehoek key new -C %s    (its identity)\n"
           "      driehoek key card -C %s   (its daily keys)\n",
        name, dir, dir, dir);
    return cli_flushed(cli, CLI_OK);
}
