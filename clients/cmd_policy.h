/* SPDX-License-Identifier: EUPL-1.2
 *
 * The subcommands of `driehoek policy`, one per file cmd_policy_<name>.c. */
#ifndef CLIENTS_CMD_POLICY_H
#define CLIENTS_CMD_POLICY_H

#include "cli.h"

enum cli_exit cmd_policy_check(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_policy_cover(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_policy_diff(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_policy_dossier(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_policy_explain(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_policy_matrix(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_policy_prove(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_policy_render(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_policy_simulate(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_policy_status(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_policy_test(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_policy_who(struct cli *cli, int argc, char **argv);

#endif
