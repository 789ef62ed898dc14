/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the tests of withdraw have in common. */
#ifndef TESTS_UNIT_WITHDRAWTEST_H
#define TESTS_UNIT_WITHDRAWTEST_H

#include "harness.h"

#include "table.h"
#include "withdrawal.h"

enum { MAX = 8 };

struct signal { /* that was accepted */
    uint8_t id[32];
    uint64_t accepted;
};

struct signal withdrawtest_push(
    struct harness_node *n, const struct harness_signal *what);
struct withdrawal withdrawtest_said(
    const struct harness_node *n, const struct signal *s);
/* Over N's connection, signed by SIGNER. */
void withdrawtest_send_as(
    struct harness_node *n, const struct withdrawal *w, const char *signer);
/* Entries of the receipt that comes back, of which TOLD are notices. */
size_t withdrawtest_withdraw(
    struct harness_node *n, const struct withdrawal *w, size_t *told);
/* The notices of the next NOTICES to N, and its cursor. */
size_t withdrawtest_notices(
    struct harness_node *n, struct harness_share *out, uint64_t *cursor);
bool withdrawtest_is_empty(struct harness *h, enum table table);
bool withdrawtest_anything_waits(struct harness *h);
/* What the OUTCOMES to N say, by kind of entry. */
size_t withdrawtest_outcomes(struct harness_node *n, enum entry_kind kind);

#endif
