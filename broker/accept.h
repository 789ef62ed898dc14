/* SPDX-License-Identifier: EUPL-1.2
 *
 * A pushed bundle: signature over the received bytes, then each signal's
 * number, openings, words and decision, then the entries and the mail. A
 * bundle without a valid signature of its sender's card leaves no trace but a
 * count. */
#ifndef BROKER_ACCEPT_H
#define BROKER_ACCEPT_H

#include "bytes.h"

struct core;
struct peer;
struct judge;

struct judge *accept_new(void);
void accept_destroy(struct judge **j);

/* Answers with a receipt once the entries are signed, or with an error. */
void accept_push(
    struct core *c, struct peer *p, uint64_t number, struct slice bundle);

#endif
