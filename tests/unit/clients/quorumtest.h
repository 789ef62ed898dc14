/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the tests of quorumhead have in common. */
#ifndef TESTS_UNIT_QUORUMTEST_H
#define TESTS_UNIT_QUORUMTEST_H

#include "../broker/scratch.h"

#include "../proto/tree.h"
#include "../proto/vector.h"

#include "card.h"
#include "command.h"
#include "quorumhead.h"

#include <stdlib.h>

enum { HEAD = 9, LATER = 14, NOW = 1795000000, DAY = 86400, ITEMS = 64 };
enum { POLITIE, OM, GEMEENTE, SCHOOL, PARTNERS };
static const char *const names[PARTNERS] = {
    "politie", "om", "gemeente", "school"};

struct partner {
    struct sign_secret *identity, *witness;
    struct sign_public identity_pk, witness_pk;
    struct card card;
    uint8_t bytes[LIMIT_CARD];
    size_t n;
};

struct world {
    struct sign_secret *log;
    struct checkpoint_vkey log_key;
    struct partner partner[PARTNERS];
    struct roster *roster;
    struct tree tree, fork;
    /* the list that is shown */
    struct slice item[ITEMS];
    size_t items;
    uint8_t mem[ITEMS][LIMIT_CHECKPOINT];
    size_t mems;
    struct diag diag;
    struct quorumhead head;
    const char *keep; /* name of the golden file of what is read next */
};

struct sign_secret *quorumtest_seeded(struct sign_public *pk, uint8_t seed);
/* A card of W's partner I, valid from NOW - FROM days on. */
void quorumtest_make_card(struct world *w, size_t i, int64_t from);
/* All four take part, three cosign, two of them are enough. */
void quorumtest_make_roster(struct world *w);
int quorumtest_begin(void **state);
int quorumtest_end(void **state);

struct checkpoint quorumtest_head_of(struct tree *t, uint64_t size);
/* I's line over CP at TIME. */
void quorumtest_put_line(struct sink *out, struct world *w, size_t i,
    const struct checkpoint *cp, uint64_t time);
struct sink quorumtest_fresh(struct world *w);
struct sink quorumtest_note(struct world *w, const struct checkpoint *cp);
void quorumtest_show(struct world *w, struct slice item);
/* The first two items: the head, with the lines of those in the bits of WHO. */
void quorumtest_show_head(struct world *w, unsigned who, uint64_t time);
void quorumtest_show_card(struct world *w, size_t i);
/* I's part, its line being in the head. */
void quorumtest_show_part(struct world *w, size_t i);
/* I's part, with a head of its own in T. */
void quorumtest_show_later(
    struct world *w, size_t i, struct tree *t, uint64_t time);
enum dhk_err quorumtest_read_at(struct world *w, int64_t now);
void quorumtest_counts(struct world *w);
void quorumtest_does_not_count(struct world *w, const char *why);

#endif
