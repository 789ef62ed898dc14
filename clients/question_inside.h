/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to question*.c. */
#ifndef CLIENTS_QUESTION_INSIDE_H
#define CLIENTS_QUESTION_INSIDE_H

#include "question.h"

#include "envelope.h"

struct reader;

/* An entry with the bytes that it points into. */
struct question_held {
    struct entry *entry; /* NULL: none */
    uint64_t index;
    uint8_t bytes[LIMIT_ENTRY];
    size_t n;
};

struct question_name {
    char s[LIMIT_NAME + 1];
};
enum { QUESTION_FACT = 2 * LIMIT_NAME + 2 };

struct dhk_query {
    struct dhk_node *node;
    struct reader *reader;
    bool one;
    struct question_held now, accepted;
    struct dhk_entry pub;
    /* what pub points to */
    struct question_name from, to, kind, purpose, ground, partner, code;
    char fact[LIMIT_FACTS][QUESTION_FACT];
    const char *facts[LIMIT_FACTS + 1];
    struct question_name field[LIMIT_FIELDS], kept[LIMIT_FIELDS];
    struct question_name rule[LIMIT_RULES_USED];
    const char *fields[LIMIT_FIELDS + 1], *withheld[LIMIT_FIELDS + 1];
    const char *rules[LIMIT_RULES_USED + 1];
};

/* What the entry in Q->now says, into Q->pub. */
void question_put(struct dhk_query *q);

#endif
