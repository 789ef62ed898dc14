/* SPDX-License-Identifier: EUPL-1.2
 *
 * Why a request is decided as it is: which rules apply, which of them gave or
 * took each field, where each obligation comes from, and when no permit
 * applies, which would if what of the request were otherwise. It says all:
 * it is for who may know the whole decision, never for a recipient. Pure. */
#ifndef POLICY_EXPLAIN_H
#define POLICY_EXPLAIN_H

#include "evaluate.h"

enum {
    EXPLAIN_RULES = 16,  /* named of one kind */
    EXPLAIN_NEAREST = 4, /* permits */
    /* what of one request can differ: parties, use, windows, attributes */
    EXPLAIN_DIFFERS = 5 + LIMIT_ATTRIBUTES,
    /* intervals that the conditions of one rule leave */
    EXPLAIN_RANGES = LIMIT_ATOMS + 1,
    /* retention twice, onward, log, notify of each, approvals */
    EXPLAIN_DUTIES = 4 + LIMIT_PARTIES + DUTY_APPROVALS_MAX,
};

struct explain_rules { /* in text order */
    uint16_t rule[EXPLAIN_RULES];
    size_t n;    /* listed */
    size_t more; /* not listed */
};

enum explain_fate {
    EXPLAIN_DENIED = 0, /* with the whole: forbidden, or no permit applies */
    EXPLAIN_NOT_SHARED, /* no permit that applies shares it */
    EXPLAIN_NEVER,      /* kept back by a never */
    EXPLAIN_WITHHELD,   /* kept back by a permit */
    EXPLAIN_SHARED,     /* by a permit, and nothing takes it */
};
struct explain_field {
    enum explain_fate fate;
    struct explain_rules by; /* who gave it, or else who took it */
};

struct explain_duty {
    struct duties only; /* this one obligation */
    struct explain_rules by;
};

enum explain_dimension {
    EXPLAIN_SENDER = 0,
    EXPLAIN_RECIPIENT,
    EXPLAIN_PURPOSE,
    EXPLAIN_GROUND,
    EXPLAIN_WINDOWS,
    EXPLAIN_ATTRIBUTE,
};
struct explain_range {
    uint32_t low, high;
};
/* What would do instead of what the request has: any of these, and nothing
 * else. */
struct explain_differ {
    enum explain_dimension of;
    uint16_t attribute; /* by position in the kind's list */
    uint64_t set;       /* indexes, or values */
    struct explain_range range[EXPLAIN_RANGES]; /* of a number instead */
    size_t ranges_n;
    uint32_t during, outside; /* windows that must hold, and must not */
};
enum explain_then {
    EXPLAIN_THEN_DENIED = 0, /* all the same, by `forbid` or without a field */
    EXPLAIN_THEN_DEPENDS,    /* on which of the values */
    EXPLAIN_THEN_PERMITTED,
};
struct explain_nearest {
    uint16_t rule;
    struct explain_differ differ[EXPLAIN_DIFFERS];
    size_t n;
    enum explain_then then; /* what would be decided */
    bool has_forbid;        /* a rule that forbids some of it then */
    uint16_t forbid;
};

/* Some 60 KiB: on the heap. */
struct explain {
    struct decision decision;                      /* as evaluate() has it */
    struct explain_rules permits, forbids, nevers; /* that apply */
    struct explain_field field[LIMIT_FIELDS];      /* each of the kind's */
    size_t fields_n;
    struct explain_duty duty[EXPLAIN_DUTIES]; /* together decision.duties */
    size_t duties_n;
    /* No permit applies: those for which least would have to differ, equally
     * little, in text order. Of the same sender while it has any permit for
     * the kind; and of the same kind always. */
    struct explain_nearest nearest[EXPLAIN_NEAREST];
    size_t nearest_n, nearest_more;
    bool sender_has_none; /* no permit of the kind is about the sender */
};

/* Explains REQ, which has no HIDDEN value and only names that A has. */
void explain_request(
    struct explain *out, const struct agreement *a, const struct request *req);

/* Attributes of REQ, by position, that rule I tests and whose value is unknown:
 * a forbid or never that applies does so for want of them. */
uint32_t explain_unknown(
    const struct agreement *a, size_t i, const struct request *req);

/* What a forbid says after `because`; NULL: nothing. */
const char *explain_because(const struct agreement *a, size_t rule);

#endif
