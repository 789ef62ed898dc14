/* SPDX-License-Identifier: EUPL-1.2
 *
 * The keys and cards of a world of thousands of partners. The first PARTIES of
 * them are parties of the agreement, "a0000" and on, each with two machines:
 * one receives, the other sends; the others are "n00000" and on, with one
 * machine each. Identities follow from their number, so that roster and cards
 * can be made at different times; a world for figures, not for secrets. */
#ifndef BENCH_SCALE_WORLD_H
#define BENCH_SCALE_WORLD_H

#include "card.h"
#include "control.h"

enum { WORLD_NAME = 16 };

struct world {
    const char *broker;            /* its directory */
    char origin[LIMIT_ORIGIN + 1]; /* from the roster's line of the ledger */
    struct dh_public curve_key;
    uint8_t agreement[32];
    size_t parties;
};
/* One machine's card. Its secrets are kept as seeds: guarded memory for those
 * of ten thousand is more than the kernel gives one process. */
struct world_card {
    struct card card;
    uint8_t seeds[4 * KEY_SEED];
};

void world_name(char out[WORLD_NAME], const struct world *w, size_t i);
/* Prints the roster's lines of N partners. */
void world_roster(const struct world *w, size_t n);
/* Ledger line and agreement of the world; exits when they cannot be read. */
void world_read(struct world *w, const char *ledger, const char *agreement);
/* Makes COUNT cards, of partner FIRST + I or, for two machines each, of
 * FIRST + I / 2, and gives them to the broker. */
void world_cards(const struct world *w, struct world_card *out, size_t first,
    size_t count, size_t machines);
/* The text of a failure that ends the program. */
void world_fail(const char *what) __attribute__((noreturn));
void world_must(enum dhk_err rc, const char *what);

#endif
