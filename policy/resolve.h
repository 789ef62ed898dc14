/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: from the syntax tree to the agreement. Every name is
 * looked up in its own class; what is not found is a finding at its place. */
#ifndef POLICY_RESOLVE_H
#define POLICY_RESOLVE_H

#include "names.h"
#include "rule.h"

/* A set of declarations that a rule names; the others are unused. */
struct used {
    uint64_t parties, groups, kinds, purposes, grounds, attributes, windows;
};

struct resolver {
    const struct syntax *syntax;
    struct agreement *a;
    struct arena *arena;   /* lives as long as the agreement */
    struct arena *scratch; /* lives until it is loaded */
    struct findings *findings;
    struct used used;
    bool recorded; /* was in force once: what it leaves to the broker may be
                      what no broker computes any more */
};

/* Fills the vocabulary of r->a from the declarations. Only DHK_NOMEM. */
DHK_MUST_USE enum dhk_err resolve_vocabulary(struct resolver *r);
/* The signals, in resolve_vocabulary(). */
DHK_MUST_USE enum dhk_err resolve_kinds(struct resolver *r);
/* That the broker computes AT, when it is left to it. */
void resolve_relation(struct resolver *r, const struct agreement_attribute *at,
    const struct syntax_attribute *from);
/* Refuses a name that stands in the list twice, or that a reader takes for
 * another of the list. */
void resolve_alike(struct resolver *r, const struct token *const *names,
    size_t n, const char *class);
/* Fills the rules of r->a; after resolve_vocabulary(). Only DHK_NOMEM. */
DHK_MUST_USE enum dhk_err resolve_rules(struct resolver *r);
/* The category that a never shares; false after a finding. */
bool resolve_category(
    struct resolver *r, enum field_category *out, const struct word *category);
/* The fields of KIND that are of the category. */
uint32_t resolve_of_category(
    const struct agreement_kind *kind, const struct word *category);
/* One rule, in resolve_rules(). */
DHK_MUST_USE enum dhk_err resolve_rule(
    struct resolver *r, struct rule *rule, const struct syntax_rule *from);
/* The condition FROM of a rule that says so of KINDS (`any`: of no kind by
 * name); false after a finding. */
bool resolve_atom(struct resolver *r, struct atom *out,
    const struct syntax_atom *from, const struct syntax_set *kinds);
bool resolve_duty(
    struct resolver *r, struct duties *out, const struct syntax_duty *from);

/* Index of the name in its class, or -1 and a finding with a suggestion. */
int resolve_party(struct resolver *r, const struct token *name);
int resolve_kind(struct resolver *r, const struct token *name);
int resolve_purpose(struct resolver *r, const struct token *name);
int resolve_ground(struct resolver *r, const struct token *name);
int resolve_attribute(struct resolver *r, const struct token *name);
int resolve_window(struct resolver *r, const struct token *name);
/* The value of the attribute that the token names; false after a finding. */
bool resolve_value(struct resolver *r, uint32_t *out,
    const struct agreement_attribute *at, const struct token *value);

/* Bits of the parties that NAMES names, groups included. */
uint64_t resolve_parties(struct resolver *r, const struct list *names);
uint64_t resolve_party_set(struct resolver *r, const struct syntax_set *set);

/* Says that NAME is no CLASS, with the best of NEAREST. */
void resolve_unknown(struct resolver *r, const struct token *name,
    const char *class, const struct nearest *nearest);

#endif
