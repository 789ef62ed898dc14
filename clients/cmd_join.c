/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek join --broker ENDPOINT --signers FILE --roster FILE */
#include "cmd.h"

#include "enroll.h"
#include "file.h"
#include "roster.h"

#include <string.h>

/* The roster's own name, when it can be read; enroll_join() says later what
 * is wrong with one that cannot. */
static void
name_of_roster(char name[LIMIT_NAME + 1], const char *path)
{
    uint8_t *mem = NULL;
    size_t n = 0;
    struct roster *roster = NULL;
    struct diag diag;
    memcpy(name, "broker", sizeof "broker");
    if (file_read(&mem, &n, path, LIMIT_TEXT) == DHK_OK &&
        roster_parse(&roster, slice_of(mem, n), &diag) == DHK_OK)
        memcpy(name, roster->name, sizeof roster->name);
    roster_destroy(&roster);
    file_free(&mem, n);
}

enum cli_exit
cmd_join(struct cli *cli, int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct enroll_join how = {NULL, NULL, NULL, NULL};
    char name[LIMIT_NAME + 1];
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"broker", 'b', CLI_TEXT, "ENDPOINT",
            "where the broker listens: tcp://HOST:PORT", &how.endpoint},
        {"signers", 's', CLI_TEXT, "FILE",
            "allowed_signers file: whose signatures count", &how.signers},
        {"roster", 'r', CLI_TEXT, "FILE",
            "the signed roster; signatures beside it", &how.roster},
        {"name", 'n', CLI_TEXT, "NAME",
            "name for this broker here (else the roster's)", &how.broker},
    };
    const struct cli_usage usage = {
        "--broker ENDPOINT --signers FILE --roster FILE [--name NAME]",
        "Ties the node to a broker. The signers are pinned: from now on only "
        "what\nthey have signed counts. The signatures of the roster stand "
        "beside it, as\nFILE.NAME.sig for each signatory.",
        options, 4, 0, 0};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (how.endpoint == NULL || how.signers == NULL || how.roster == NULL)
        return cli_wrong(
            cli, "--broker, --signers and --roster are all needed");
    const char *dir = cli_dir(cli);
    if (dir == NULL)
        return CLI_USAGE;
    if (how.broker == NULL) {
        name_of_roster(name, how.roster);
        how.broker = name;
    }
    enum dhk_err rc = enroll_join(dir, &how, &problem);
    if (rc != DHK_OK) {
        cli_say(cli, "%s", problem.text);
        return rc == DHK_EXISTS     ? CLI_NO
               : rc == DHK_NOTFOUND ? CLI_LOCAL
                                    : cli_exit_of(rc);
    }
    printf("Joined %s at %s. The roster is signed by all who must.\n",
        how.broker, how.endpoint);
    return cli_flushed(cli, CLI_OK);
}
