/* SPDX-License-Identifier: EUPL-1.2
 *
 * The plain reference evaluator: (agreement, request) -> decision. Default
 * deny; forbid beats permit; a value that is unknown never helps a permit and
 * never saves from a forbid or never; fields = union of share minus union of
 * withhold minus every matching never; obligations join. Order of rules never
 * matters. Pure, no allocation. */
#ifndef POLICY_EVALUATE_H
#define POLICY_EVALUATE_H

#include "agreement.h"

enum value_state {
    VALUE_NA = 0,  /* the kind does not carry it */
    VALUE_UNKNOWN, /* the kind carries it, the sender does not know it */
    VALUE_KNOWN,
    VALUE_HIDDEN, /* has a value that this evaluator may not see */
};
struct value {
    enum value_state state;
    uint32_t v; /* see enum attribute_type */
};

/* A request; indexes are of the agreement it is decided by. */
struct request {
    uint16_t sender, recipient;
    uint16_t kind, purpose, ground;
    /* by position in the kind's attribute list */
    struct value attribute[LIMIT_ATTRIBUTES];
    uint32_t windows;    /* bitmask of windows that hold */
    bool windows_hidden; /* not known to this evaluator */
};

enum verdict { VERDICT_DENY = 0, VERDICT_PERMIT, VERDICT_PENDING };
enum deny_reason {
    DENY_NONE = 0,  /* not denied */
    DENY_NO_PERMIT, /* no rule permits it */
    DENY_FORBID,    /* rules[0] forbids it */
    DENY_NO_FIELDS, /* permitted, but no field remains */
};

enum { DUTY_APPROVALS_MAX = 8 };
struct duty_approval {
    uint16_t count;
    uint64_t of; /* bitmask of parties; 0: any signatory */
};
struct duties {
    bool has_at_most, has_at_least;
    uint32_t at_most, at_least; /* days of retention */
    bool onward_limited;        /* when set, onward only to onward_to */
    uint64_t onward_to;         /* bitmask of parties; 0: to nobody */
    uint64_t notify;            /* bitmask of parties */
    bool log;
    struct duty_approval approval[DUTY_APPROVALS_MAX];
    size_t approvals_n;
};

struct decision {
    enum verdict verdict;
    enum deny_reason reason;
    uint32_t fields; /* bit i = field i of the kind; 0 when denied */
    /* why a field is not among them, also when no permit shares it anyway;
     * both 0 when denied by a forbid or for want of a permit */
    uint32_t never;    /* fields that a matching never keeps back */
    uint32_t withheld; /* fields that a matching permit withholds */
    /* the rules that decided: the forbid of lowest index; or every matching
     * permit, then every never behind a bit of `never`; in text order */
    uint16_t rules[LIMIT_RULES_USED];
    size_t rules_n; /* listed; more may have matched */
    struct duties duties;
};

/* Decides REQ. Every attribute of the kind must be NA, UNKNOWN or KNOWN with a
 * value in range, and windows_hidden false; else the decision is deny. NA of an
 * attribute that the kind does carry counts as UNKNOWN: nobody escapes a
 * forbid by leaving a value out. */
void evaluate(
    struct decision *out, const struct agreement *a, const struct request *req);

/* What could at most be shared: the union of fields over every assignment of
 * the HIDDEN values (unknown included) and, with windows_hidden, of the
 * windows. Verdict PERMIT when some assignment permits, else PENDING when some
 * waits for approval. Rules and duties are those of all these assignments
 * together, never and withheld what none of them shares. When all are denied, a
 * forbid is the reason only if one is in all of them; the rule named is then
 * one that applies in all, if there is such a rule. With nothing hidden it
 * equals evaluate(). Refuses with DHK_LIMIT when the assignments that rules can
 * tell apart are more than a million. */
DHK_MUST_USE enum dhk_err evaluate_widest(
    struct decision *out, const struct agreement *a, const struct request *req);

/* Whether rule I applies to REQ (a never: to the recipient and kind), which is
 * as in evaluate(). For explanations; it decides nothing alone. */
bool evaluate_rule_applies(
    const struct agreement *a, size_t i, const struct request *req);

/* The fields of KIND that rule I keeps back when it applies: those of a never,
 * or those that a permit withholds. *PERMITS tells whether it is a permit. */
uint32_t evaluate_rule_keeps(
    const struct agreement *a, size_t i, uint16_t kind, bool *permits);

/* Bitmask (by position in the kind's attribute list) of attributes that some
 * rule tests for this route and kind and that are neither closed nor by
 * broker: the values that a recipient is shown. */
uint32_t evaluate_opened(const struct agreement *a, uint16_t sender,
    uint16_t recipient, uint16_t kind);
/* The same of those that are by broker and not closed: what the broker states
 * of a share, and the recipient demands, no more and no less. */
uint32_t evaluate_stated(const struct agreement *a, uint16_t sender,
    uint16_t recipient, uint16_t kind);

/* Class of value V of the kind's K-th attribute: which of the intervals or
 * values that the agreement's rules can tell apart. This, not the value, goes
 * on the ledger. UNKNOWN is class 0; the classes of known values start at 1. */
uint32_t evaluate_class(
    const struct agreement *a, uint16_t kind, size_t k, struct value v);
/* A smallest value of class CLASS: decides as every value of the class. */
DHK_MUST_USE enum dhk_err evaluate_representative(struct value *out,
    const struct agreement *a, uint16_t kind, size_t k, uint32_t class_);

#endif
