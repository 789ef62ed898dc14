/* SPDX-License-Identifier: EUPL-1.2
 *
 * A signed revocation carried in: any one signatory ends an agreement, a
 * roster or a key card. */
#ifndef BROKER_REVOKE_H
#define BROKER_REVOKE_H

struct enact;

void revoke_apply(struct enact *e);

#endif
