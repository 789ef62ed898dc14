/* SPDX-License-Identifier: EUPL-1.2
 *
 * Questions to the ledger. Each is verified, becomes an entry itself with its
 * purpose, and is answered in pages under the first signed head that covers
 * that entry: all pages of one query are of one tree. An auditor sees every
 * entry, a partner those that it takes part in and those that are for all. */
#ifndef BROKER_INQUIRE_H
#define BROKER_INQUIRE_H

#include "await.h"
#include "command.h"

void inquire_query(struct core *c, struct peer *p, const struct command *cmd);
/* Sends the page that A waited for. */
DHK_MUST_USE enum dhk_err inquire_page(
    struct core *c, struct peer *p, const struct await *a);

#endif
