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
        {"cover", cmd_policy_cover, "what of it the examples show"},
        {"diff", cmd_policy_diff,
            "what changes from one agreement to the next"},
        {"dossier", cmd_policy_dossier, "make what signatories want to see"},
        {"explain", cmd_policy_explain,
            "tell how a request is decided, and why"},
        {"matrix", cmd_policy_matrix, "show who may give what to whom"},
        {"prove", cmd_policy_prove, "prove that it permits nothing of a kind"},
        {"render", cmd_policy_render, "say an agreement in sentences"},
        {"simulate", cmd_policy_simulate,
            "tell what another would make of the ledger"},
        {"status", cmd_policy_status,
            "which version is in force, and who has signed the next"},
        {"test", cmd_policy_test, "run its examples, and others"},
        {"who", cmd_policy_who, "show who could ever hold a field"},
    };
    static const struct cli_group group = {
        "Agreements: what they mean, before they are signed and after.",
        commands, sizeof commands / sizeof commands[0]};
    return cli_run_group(cli, &group, argc, argv);
}
