/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to the commands about cases. */
#ifndef CLIENTS_CMD_CASE_H
#define CLIENTS_CMD_CASE_H

#include "cmd.h"

/* cmd_case_end.c */
enum cli_exit cmd_case_destroy(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_case_hold(struct cli *cli, int argc, char **argv);
enum cli_exit cmd_case_release(struct cli *cli, int argc, char **argv);
/* cmd_case_extract.c */
enum cli_exit cmd_case_extract(struct cli *cli, int argc, char **argv);

#endif
