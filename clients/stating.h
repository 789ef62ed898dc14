/* SPDX-License-Identifier: EUPL-1.2
 *
 * What this node states about cases, in brokers/NAME/stated: one signed
 * statement a file, kept until the broker's receipt for it is there. Whichever
 * process connects next sends what waits: the same statement twice makes one
 * entry. One that the course of its case does not have is never taken: it goes
 * to brokers/NAME/refused, and a person is told. */
#ifndef CLIENTS_STATING_H
#define CLIENTS_STATING_H

#include "node.h"
#include "statement.h"

struct stating {
    uint8_t case_handle[STATEMENT_CASE];
    enum act what;
    int64_t until; /* and so on: what act_rule() says that it has */
    const char *partner;
    uint64_t about;
    bool has_ref;
    uint8_t ref[32];
    unsigned code;
};
/* Signs SAID with the card of NODE for the ledger ORIGIN, and keeps it,
 * durably, in BROKER_DIR. DHK_STATE: there is no valid key card; DHK_FORMAT: it
 * would not be a statement. */
DHK_MUST_USE enum dhk_err stating_keep(struct dhk_node *node,
    const char *broker_dir, const char *origin, const struct stating *said,
    struct dhk_problem *problem);
/* The newest hold or release of HANDLE that waits in BROKER_DIR; DHK_NOTFOUND.
 */
DHK_MUST_USE enum dhk_err stating_waiting(struct stating *out,
    const char *broker_dir, const uint8_t handle[STATEMENT_CASE]);
/* Sends what waits, over the session that is ready; *WAITING is what is left.
 * What the broker says that the course of a case does not have is reported, and
 * waits no more. DHK_NOTFOUND: the broker did not answer; DHK_AUTH: a receipt
 * contradicts what was sent, and is kept as evidence. */
DHK_MUST_USE enum dhk_err stating_send(
    struct dhk_node *node, size_t *waiting, struct dhk_problem *problem);

struct stating_refused {
    uint64_t number;
    char case_handle[2 * STATEMENT_CASE + 1];
    enum act what; /* ACT_NONE: its file is damaged */
    int64_t made;
    uint8_t signature[KEY_SIGNATURE];
};
/* The first that the broker refused after number AFTER; DHK_NOTFOUND. */
DHK_MUST_USE enum dhk_err stating_refused_next(
    struct stating_refused *out, const char *broker_dir, uint64_t after);
/* A person was told of it. */
DHK_MUST_USE enum dhk_err stating_refused_told(
    const char *broker_dir, uint64_t number);

#endif
