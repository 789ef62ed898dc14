/* SPDX-License-Identifier: EUPL-1.2
 *
 * One look at every permit of the route: what of it does the request meet? */
#include "unmet.h"

#include <string.h>

#include "classes.h"
#include "rule.h"

static bool
is_of_route(const struct rule *rule, const struct request *req)
{
    return rule->type == RULE_PERMIT &&
           rule_is_about(rule, req->sender, req->recipient, req->kind);
}

/* Whether V meets the condition of a permit, which an unknown value never
 * does. */
static bool
is_met(const struct atom *atom, struct value v)
{
    if (v.state == VALUE_HIDDEN) {
        return true;
    }
    return v.state == VALUE_KNOWN &&
           classes_atom_holds(atom, v.v) != atom->unless;
}

/* False: no value at all would do, the kind lacks the attribute. */
static bool
look_at(struct unmet_rule *out, const struct agreement *a,
    const struct rule *rule, const struct request *req)
{
    out->purpose = !rule_has(rule->purposes, req->purpose);
    out->ground = !rule_has(rule->grounds, req->ground);
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];
        uint8_t position;

        if (atom->type == ATOM_WINDOW) {
            continue;
        }
        position = a->kinds[req->kind].position[atom->attribute];
        if (position == NO_POSITION && atom->unless) {
            continue;
        }
        if (position == NO_POSITION) {
            return false;
        }
        if (!is_met(atom, req->attribute[position])) {
            out->attributes |= UINT32_C(1) << position;
        }
    }
    return true;
}

static unsigned
lacking(const struct unmet_rule *r)
{
    return (unsigned)r->purpose + (unsigned)r->ground +
           (unsigned)__builtin_popcount(r->attributes);
}

void
unmet_find(
    struct unmet *out, const struct agreement *a, const struct request *req)
{
    unsigned least = UINT32_MAX;

    memset(out, 0, sizeof *out);
    if (req->kind >= a->kinds_n) {
        return;
    }
    for (size_t i = 0; i < a->rules_n; i++) {
        struct unmet_rule r = {.rule = (uint16_t)i};

        if (!is_of_route(&a->rules[i], req) ||
            !look_at(&r, a, &a->rules[i], req)) {
            continue;
        }
        out->route = true;
        if (lacking(&r) == 0 || lacking(&r) > least) {
            continue;
        }
        if (lacking(&r) < least) {
            out->n = 0;
        }
        least = lacking(&r);
        if (out->n < UNMET_RULES) {
            out->list[out->n++] = r;
        }
    }
}
