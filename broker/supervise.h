/* SPDX-License-Identifier: EUPL-1.2
 *
 * The parent at work: starts keeper, core and router, starts them again when
 * they die, hands the operator's requests to core, and stops all of them in
 * order. It reads nothing that comes from the network. */
#ifndef BROKER_SUPERVISE_H
#define BROKER_SUPERVISE_H

#include "config.h"
#include "key.h"

struct supervise_secrets { /* in memory of key_secret_new() */
    uint8_t log_seed[KEY_SEED];
    uint8_t curve_seed[KEY_SEED];
};

/* Runs until told to stop by SIGTERM or SIGINT; SIGHUP loads the configured
 * roster and agreement. The working directory is the broker's. READY_FD (or -1)
 * gets "READY endpoint" once. DHK_OK: stopped in order. */
DHK_MUST_USE enum dhk_err supervise_run(const struct config *cfg,
    const struct supervise_secrets *secrets, int ready_fd);

#endif
