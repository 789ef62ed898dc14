/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a replay of the ledger says, for people and for programs. */
#ifndef CLIENTS_POLICYSIMULATE_H
#define CLIENTS_POLICYSIMULATE_H

#include "policyfile.h"
#include "replay.h"

/* A summary and a table on OUT. DHK_NOMEM. */
DHK_MUST_USE enum dhk_err policysimulate_print(
    FILE *out, const struct policyfile *now, const struct replay_result *r);
/* One object, for json_print(). */
json_t *policysimulate_json(
    const struct policyfile *now, const struct replay_result *r);

#endif
