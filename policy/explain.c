/* SPDX-License-Identifier: EUPL-1.2
 *
 * What evaluate() does once more, with the origin of everything. */
#include "explain.h"

#include <string.h>

#include "duties.h"
#include "explain_nearest.h"
#include "rule.h"

static void
add_rule(struct explain_rules *out, size_t i)
{
    if (out->n < EXPLAIN_RULES) {
        out->rule[out->n++] = (uint16_t)i;
    } else {
        out->more++;
    }
}

static struct explain_rules *
list_of(struct explain *out, enum rule_type type)
{
    switch (type) {
    case RULE_PERMIT:
        return &out->permits;
    case RULE_FORBID:
        return &out->forbids;
    case RULE_NEVER:
        break;
    }
    return &out->nevers;
}

static bool
takes_part(const struct agreement *a, size_t i, enum rule_type type,
    const struct request *req)
{
    return a->rules[i].type == type && evaluate_rule_applies(a, i, req);
}

static uint32_t
mask_of(const uint32_t *by_kind, const struct request *req)
{
    return by_kind == NULL ? 0 : by_kind[req->kind];
}

/* Adds to F the rules of TYPE that share, or withhold, field I. */
static void
add_origins(struct explain_field *f, const struct agreement *a,
    const struct request *req, size_t field)
{
    enum rule_type type = f->fate == EXPLAIN_NEVER ? RULE_NEVER : RULE_PERMIT;

    for (size_t i = 0; i < a->rules_n; i++) {
        const struct rule *rule = &a->rules[i];
        const uint32_t *masks =
            f->fate == EXPLAIN_WITHHELD ? rule->withhold : rule->share;

        if (takes_part(a, i, type, req) &&
            (mask_of(masks, req) >> field & 1) != 0) {
            add_rule(&f->by, i);
        }
    }
}

static enum explain_fate
fate_of(const struct decision *d, size_t field)
{
    if (d->reason == DENY_FORBID || d->reason == DENY_NO_PERMIT) {
        return EXPLAIN_DENIED;
    }
    if ((d->never >> field & 1) != 0) {
        return EXPLAIN_NEVER;
    }
    if ((d->withheld >> field & 1) != 0) {
        return EXPLAIN_WITHHELD;
    }
    return (d->fields >> field & 1) != 0 ? EXPLAIN_SHARED : EXPLAIN_NOT_SHARED;
}

static void
explain_fields(
    struct explain *out, const struct agreement *a, const struct request *req)
{
    out->fields_n = a->kinds[req->kind].fields_n;
    for (size_t i = 0; i < out->fields_n; i++) {
        struct explain_field *f = &out->field[i];

        f->fate = fate_of(&out->decision, i);
        if (f->fate == EXPLAIN_DENIED && out->forbids.n > 0) {
            f->by = out->forbids;
        } else if (f->fate > EXPLAIN_NOT_SHARED) {
            add_origins(f, a, req, i);
        }
    }
}

/* Whether the obligations D of one rule impose what ONLY says. */
static bool
imposes(const struct duties *d, const struct duties *only)
{
    if (only->has_at_most) {
        return d->has_at_most && d->at_most == only->at_most;
    }
    if (only->has_at_least) {
        return d->has_at_least && d->at_least == only->at_least;
    }
    for (size_t i = 0; only->approvals_n > 0 && i < d->approvals_n; i++) {
        if (d->approval[i].of == only->approval[0].of &&
            d->approval[i].count == only->approval[0].count) {
            return true;
        }
    }
    return (only->onward_limited && d->onward_limited) ||
           (only->log && d->log) || (only->notify & d->notify) != 0;
}

static void
add_duty(struct explain *out, const struct agreement *a,
    const struct request *req, const struct duties *only)
{
    struct explain_duty *duty = &out->duty[out->duties_n++];

    duty->only = *only;
    for (size_t i = 0; i < a->rules_n; i++) {
        if (takes_part(a, i, RULE_PERMIT, req) &&
            imposes(&a->rules[i].duties, only)) {
            add_rule(&duty->by, i);
        }
    }
}

static void
explain_duties(
    struct explain *out, const struct agreement *a, const struct request *req)
{
    const struct duties *d = &out->decision.duties;

    if (d->has_at_least) {
        add_duty(out, a, req,
            &(struct duties){.has_at_least = true, .at_least = d->at_least});
    }
    if (d->has_at_most) {
        add_duty(out, a, req,
            &(struct duties){.has_at_most = true, .at_most = d->at_most});
    }
    if (d->onward_limited) {
        add_duty(out, a, req,
            &(struct duties){
                .onward_limited = true, .onward_to = d->onward_to});
    }
    if (d->log) {
        add_duty(out, a, req, &(struct duties){.log = true});
    }
    for (size_t i = 0; i < d->approvals_n; i++) {
        add_duty(out, a, req,
            &(struct duties){.approval = {d->approval[i]}, .approvals_n = 1});
    }
    for (uint64_t rest = d->notify; rest != 0; rest &= rest - 1) {
        add_duty(out, a, req, &(struct duties){.notify = rest & (~rest + 1)});
    }
}

static bool
is_named(const struct agreement *a, const struct request *req)
{
    return req->sender < a->parties_n && req->recipient < a->parties_n &&
           req->kind < a->kinds_n && req->purpose < a->purposes_n &&
           req->ground < a->grounds_n && !req->windows_hidden;
}

void
explain_request(
    struct explain *out, const struct agreement *a, const struct request *req)
{
    memset(out, 0, sizeof *out);
    evaluate(&out->decision, a, req);
    if (!is_named(a, req)) {
        return; /* denied, and there is nothing to say of it */
    }
    for (size_t i = 0; i < a->rules_n; i++) {
        if (evaluate_rule_applies(a, i, req)) {
            add_rule(list_of(out, a->rules[i].type), i);
        }
    }
    explain_fields(out, a, req);
    explain_duties(out, a, req);
    if (out->permits.n == 0) {
        explain_nearest(out, a, req);
    }
}

const char *
explain_because(const struct agreement *a, size_t rule)
{
    return a->rules[rule].because;
}

uint32_t
explain_unknown(const struct agreement *a, size_t i, const struct request *req)
{
    const struct rule *rule = &a->rules[i];
    uint32_t out = 0;

    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];
        uint8_t position = atom->type == ATOM_WINDOW
                               ? NO_POSITION
                               : a->kinds[req->kind].position[atom->attribute];

        if (position != NO_POSITION &&
            req->attribute[position].state != VALUE_KNOWN) {
            out |= UINT32_C(1) << position;
        }
    }
    return out;
}
