/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy: what an agreement means, before it is signed and after. */
#include "cmd_policy.h"
#include "cmd.h"

enum cli_exit
cmd_policy(struct cli *cli, int argc, char **argv)
{
    static const struct cli_command commands[] = {
        {"check", cmd_policy_check, "find the faults of an agreement"},
        {"matrix", cmd_policy_matrix, "who may give what to whom"},
        {"who", cmd_policy_who, "who could ever hold a field"},
    };
    static const struct cli_group group = {
        "Agreements: what they mean, before they are signed and after.",
        commands, sizeof commands / sizeof commands[0]};
    return cli_run_group(cli, &group, argc, argv);
}
