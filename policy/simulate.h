/* SPDX-License-Identifier: EUPL-1.2
 *
 * What another agreement would make of a signal that the ledger tells of. The
 * ledger has no values but classes of values, which no rule of the agreement of
 * that time told apart; another may. So an outcome is what is certain and what
 * may be, over every value that the record leaves open: nothing is guessed.
 * Names are joined by what they are called; what the other agreement does not
 * know, or a signal without a field that it requires, it denies. Pure. */
#ifndef POLICY_SIMULATE_H
#define POLICY_SIMULATE_H

#include "evaluate.h"

enum {
    SIMULATE_VALUES = 256,        /* of one attribute, told apart */
    SIMULATE_ASSIGNMENTS = 65536, /* of values to all attributes */
};

/* A signal in words of the agreement that it was decided by, which must outlive
 * it. */
struct simulate_signal {
    const struct agreement *was;
    uint16_t sender, kind, purpose, ground;
    uint32_t presence;    /* fields that it carries */
    struct slice classes; /* a byte for each attribute of the kind */
    uint32_t exact;       /* attributes of which the value is known: */
    struct value value[LIMIT_ATTRIBUTES];
    uint32_t untold; /* of which nothing is: it may have been any */
    /* what the broker would compute now, by the place of the attribute in the
     * kind of the other agreement; what is known of it: */
    uint32_t computed;
    struct value now_value[LIMIT_ATTRIBUTES];
    uint32_t windows_was, windows_now; /* that held, in either agreement */
};
/* What the ledger has of one recipient. */
struct simulate_share {
    bool shared;
    uint32_t fields, wrapped; /* shared; sealed by the sender */
    bool pending;
};
/* Over all values that the record leaves open. Fields that are lost are bits of
 * the kind at that time, fields that are gained of the kind now. */
struct simulate_outcome {
    bool left_out; /* it was permitted and the sender chose otherwise: nothing
                    * else is told */
    bool may_get, may_not;       /* anything at all */
    bool may_wait, may_wait_not; /* for approval, when it gets it */
    uint32_t lost_least, lost_most;
    uint32_t gained_least, gained_most;
};

/* What an attribute may be, in words of the other agreement. */
struct simulate_values {
    struct value value[SIMULATE_VALUES]; /* one of each class */
    size_t n;
    bool lacks; /* or it has none for it */
};
/* One signal, made ready for its recipients. About 40 KiB. */
struct simulate {
    const struct simulate_signal *signal;
    const struct agreement *now;
    struct request was;  /* but for the recipient */
    bool known;          /* `now` has all its names, and misses no field */
    bool unbounded;      /* more values than are tried */
    struct request then; /* by `now` */
    struct simulate_values values[LIMIT_ATTRIBUTES];
    uint8_t field[LIMIT_FIELDS]; /* of the kind then: bit of it now, or 255 */
};

/* Makes OUT ready; SIGNAL and NOW must outlive it. DHK_FORMAT: the record does
 * not fit its agreement, or a byte does not hold its classes. */
DHK_MUST_USE enum dhk_err simulate_begin(struct simulate *out,
    const struct simulate_signal *signal, const struct agreement *now);
/* What becomes of the recipient called PARTY, who is not the sender. */
void simulate_party(struct simulate_outcome *out, const struct simulate *s,
    struct slice party, const struct simulate_share *share);

#endif
