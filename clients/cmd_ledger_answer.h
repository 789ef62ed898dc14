/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to driehoek ledger check: what it does with a complete answer. */
#ifndef CLIENTS_CMD_LEDGER_ANSWER_H
#define CLIENTS_CMD_LEDGER_ANSWER_H

#include "checkpoint.h"
#include "cli.h"
#include "roster.h"

struct cmd_ledger_answer {
    struct cli *cli;
    const char *path;
    struct slice file;
    const struct checkpoint_vkey *key; /* KEYS_N that may be the log's */
    size_t keys_n;
    const struct roster *roster; /* whose partners must have a list; or NULL */
    bool json;
};
/* Whether FILE begins like one. */
bool cmd_ledger_answer_is(struct slice file);
/* Says what it proves, or what is wrong with it. */
enum cli_exit cmd_ledger_answer_check(const struct cmd_ledger_answer *a);

#endif
