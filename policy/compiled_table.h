/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: how a compiled agreement lies in memory. All is in one
 * piece that begins with struct compiled; an offset counts bytes from there,
 * so that the piece means the same wherever it lies.
 *
 * The rules of a kind are numbered anew: its forbids, then its permits, then
 * its nevers, each in the order of the text. A row is a set of them, `words`
 * words long. */
#ifndef POLICY_COMPILED_TABLE_H
#define POLICY_COMPILED_TABLE_H

#include "compiled.h"

enum {
    COMPILED_WORDS_MAX = COMPILED_RULES_MAX / 64 + 1,
    /* numbers of at most so many values are looked up, others searched */
    COMPILED_RANGE_MAX = 4096,
};

struct compiled_rule {
    uint32_t share;    /* or what a never keeps back */
    uint32_t withhold; /* by a permit */
    uint16_t index;    /* in the agreement */
    uint16_t duty;     /* index into the duties; 0: none */
};

/* What a permit obliges to, joined by one operation a member; the approvals,
 * which are rare, are in the struct duties of the same index. */
struct compiled_duties {
    uint64_t onward_to; /* all bits when not limited */
    uint64_t notify;
    uint32_t at_most;  /* UINT32_MAX when not said */
    uint32_t at_least; /* 0 when not said */
    uint32_t has;      /* COMPILED_HAS_... */
    uint32_t approvals_n;
};
enum {
    COMPILED_HAS_AT_MOST = 1,
    COMPILED_HAS_AT_LEAST = 2,
    COMPILED_HAS_ONWARD = 4,
    COMPILED_HAS_LOG = 8,
};

/* One attribute of a kind: a row for unknown, then one for each class. */
struct compiled_attribute {
    uint32_t position;  /* in the kind's list */
    uint32_t min, span; /* values are min to min + span */
    uint32_t rows;      /* offset */
    uint32_t lookup;    /* offset: by value - min, its row in 16 bits; or, when
                         * searched, by class its smallest value in 32 */
    uint32_t classes_n;
};

/* One window that a rule of the kind tests: a row for when it does not hold,
 * then one for when it does. */
struct compiled_window {
    uint32_t window; /* bit of the request's windows */
    uint32_t rows;
};

struct compiled_kind {
    uint32_t words;
    uint32_t forbids_end; /* the first rule that is no forbid */
    uint32_t permits_end; /* the first that is no permit either */
    uint32_t rules_n;
    uint32_t rules;                                  /* offset */
    uint32_t senders, recipients, purposes, grounds; /* offsets: by value */
    uint32_t attributes; /* offset: those whose row is looked up, those whose
                          * row is searched, those that no rule tests */
    uint32_t looked_up_end, searched_end, attributes_n;
    uint32_t windows; /* offset */
    uint32_t windows_n;
};

struct compiled {
    uint32_t bytes;
    uint32_t parties_n, kinds_n, purposes_n, grounds_n;
    uint32_t kinds;  /* offset */
    uint32_t duties; /* offset: struct compiled_duties, the first: none */
    uint32_t full;   /* offset: the same as struct duties */
};

/* What lies at OFFSET. */
static inline const void *
compiled_at(const struct compiled *c, uint32_t offset)
{
    return (const uint8_t *)c + offset;
}

#endif
