/* SPDX-License-Identifier: EUPL-1.2
 *
 * A signal in the terms of one agreement: every word found, every value of the
 * type and size that its declaration asks for. Says what is wrong, of which
 * class, and the nearest valid name; never a value. Pure. */
#ifndef CLIENTS_WORDING_H
#define CLIENTS_WORDING_H

#include "evaluate.h"
#include "problem.h"
#include "draft.h"

struct wording {
    const struct agreement *agreement;
    const struct agreement_kind *of; /* the kind */
    const struct dhk_signal *signal;
    uint16_t sender, kind, purpose, ground;
    uint8_t case_handle[ENVELOPE_CASE];
    bool is_reply;
    uint8_t reply_to[ENVELOPE_ID];
    uint32_t presence;                        /* fields that have a value */
    struct slice value[LIMIT_FIELDS];         /* by field; borrowed */
    struct value attribute[LIMIT_ATTRIBUTES]; /* by position in the kind */
    uint64_t to;                              /* parties named; 0: not given */
    struct manifest_exclusion exclusion[LIMIT_EXCLUSIONS];
    size_t exclusions_n;
};

/* DHK_FORMAT, DHK_LIMIT; DHK_DENIED: the kind needs a pre-shared key, which
 * this version does not keep. SENDER is this partner's name. */
DHK_MUST_USE enum dhk_err wording_find(struct wording *out,
    const struct agreement *a, const char *sender, const struct dhk_signal *s,
    struct dhk_problem *problem);

/* Fields that the sender keeps from PARTY. */
uint32_t wording_excluded(const struct wording *w, uint16_t party);
/* The K-th attribute's value as msgpack into OUT; nothing for one that the
 * broker computes. */
void wording_put_attribute(struct sink *out, const struct wording *w, size_t k);

#endif
