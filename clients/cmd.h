/* SPDX-License-Identifier: EUPL-1.2
 *
 * The subcommands of `driehoek`, one per file cmd_<name>.c. Each takes its
 * own argument vector (its name first) and returns the exit code. */
#ifndef CLIENTS_CMD_H
#define CLIENTS_CMD_H

#include "cli.h"

enum cli_exit cmd_init(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_join(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_key(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_kinds(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_case(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_guest(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_push(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_status(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_outbox(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_withdraw(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_correct(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_receive(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_ledger(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_policy(struct cli *cli, int argc, char **argv);

#endif
