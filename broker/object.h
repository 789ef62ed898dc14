/* SPDX-License-Identifier: EUPL-1.2
 *
 * What every known node may fetch: texts with their signatures, cards, proofs
 * of consistency between signed heads, and that an entry which it knows is in
 * the ledger; and through casebook.h what partners are shown of cases. */
#ifndef BROKER_OBJECT_H
#define BROKER_OBJECT_H

#include "command.h"

struct await;
struct core;
struct peer;

void object_get(struct core *c, struct peer *p, const struct command *cmd);
/* Answers A, a question whether its entry is in the ledger. */
DHK_MUST_USE enum dhk_err object_inclusion(
    struct core *c, const struct await *a);

#endif
