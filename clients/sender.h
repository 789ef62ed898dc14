/* SPDX-License-Identifier: EUPL-1.2
 *
 * Working off the outbox: seals, sends the same bytes until a verified receipt
 * or signed refusal is stored, takes outcomes. Several bundles are on their
 * way at once, and what arrives together becomes durable together. */
#ifndef CLIENTS_SENDER_H
#define CLIENTS_SENDER_H

#include "node.h"

/* As dhk_flush(). */
DHK_MUST_USE enum dhk_err sender_flush(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem);

#endif
