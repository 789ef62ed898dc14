/* SPDX-License-Identifier: EUPL-1.2
 *
 * A signed revocation carried in: any one signatory ends an agreement, a
 * roster or a key card; a partner ends a card of its own. */
#ifndef BROKER_REVOKE_H
#define BROKER_REVOKE_H

#include <stdbool.h>

struct enact;

/* By a signatory: a text with SSHSIG signatures, read already. */
void revoke_apply(struct enact *e);

/* By the card's own partner: whether the request's first file is of that form;
 * it carries its signature itself. */
bool revoke_is_own(const struct enact *e);
void revoke_own(struct enact *e);

#endif
