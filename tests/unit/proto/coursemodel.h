/* SPDX-License-Identifier: EUPL-1.2
 *
 * A plain model of a case's course, for random walks: it knows sets of names,
 * no ledger and no limits, and was written from the law, not from course.c. */
#ifndef UNIT_PROTO_COURSEMODEL_H
#define UNIT_PROTO_COURSEMODEL_H

#include "coursetest.h"

enum { BURG, POL, OM, FIOD, GEM, ZORG, RAAD, LOKET, MODEL_WHO };
enum { MODEL_ITEMS = 3, MODEL_CARDS = 3, MODEL_WAITS = 64 };
struct model_wait { /* what some have stated */
    enum act act;
    int partner, card;
    unsigned code, by; /* by: bits of who */
    int64_t until;
};
struct model {
    enum act_phase phase;
    unsigned weighers; /* bits of who, as all below */
    int holder;
    int64_t vote_by;
    bool lapsed;
    unsigned yes, no, members, agreed, links, gone;
    int64_t consent[MODEL_WHO];
    unsigned embargo, refused;
    unsigned rule[MODEL_ITEMS];
    bool veto[MODEL_ITEMS];
    int to; /* of a transfer; -1: none */
    struct {
        int desk; /* -1: not admitted */
        int64_t until;
    } guest[MODEL_CARDS];
    int asker; /* of a request; -1: none open */
    struct model_wait wait[MODEL_WAITS];
    int waits;
};

/* What is stated; card: or item; -1: none. */
struct model_said {
    enum act act;
    int who, partner, card; /* card: or item */
    unsigned code;
    int64_t until;
};

extern const char *const model_names[MODEL_WHO];

/* The model, and the course that it is compared with. */
extern struct model model;
extern struct coursetest model_course;

void model_begin(void);
/* What was stated together counts no more: S is stated under an agreement. */
void model_begin_again(const struct model_said *s, uint8_t *under);
/* Whether it may be stated now. */
bool model_takes(const struct model_said *s);
/* It was. */
void model_take(const struct model_said *s);
/* The course says the same; else the test fails. */
void model_compare(void);
bool model_in(unsigned set, int who);

#endif
