/* SPDX-License-Identifier: EUPL-1.2
 *
 * What every known node may fetch: texts with their signatures, cards, and
 * consistency proofs between signed heads. */
#ifndef BROKER_OBJECT_H
#define BROKER_OBJECT_H

#include "command.h"

struct core;
struct peer;

void object_get(struct core *c, struct peer *p, const struct command *cmd);

#endif
