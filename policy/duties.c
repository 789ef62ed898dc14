/* SPDX-License-Identifier: EUPL-1.2
 *
 * Joining obligations; see duties.h. */
#include "duties.h"

void
duties_join_approval(struct duties *out, const struct duty_approval *more)
{
    size_t i = 0;

    while (i < out->approvals_n && out->approval[i].of != more->of) {
        i++;
    }
    if (i == out->approvals_n) {
        /* loading refuses agreements with more sets */
        must(i < DUTY_APPROVALS_MAX);
        out->approval[out->approvals_n++] = *more;
    } else if (out->approval[i].count < more->count) {
        out->approval[i].count = more->count;
    }
}

void
duties_join(struct duties *out, const struct duties *more)
{
    if (more->has_at_most &&
        (!out->has_at_most || more->at_most < out->at_most)) {
        out->has_at_most = true;
        out->at_most = more->at_most;
    }
    if (more->has_at_least &&
        (!out->has_at_least || more->at_least > out->at_least)) {
        out->has_at_least = true;
        out->at_least = more->at_least;
    }
    if (more->onward_limited) {
        out->onward_to = out->onward_limited ? out->onward_to & more->onward_to
                                             : more->onward_to;
        out->onward_limited = true;
    }
    out->notify |= more->notify;
    out->log = out->log || more->log;
    for (size_t i = 0; i < more->approvals_n; i++) {
        duties_join_approval(out, &more->approval[i]);
    }
}

bool
duties_equal(const struct duties *a, const struct duties *b)
{
    if (a->has_at_most != b->has_at_most ||
        a->has_at_least != b->has_at_least || a->at_most != b->at_most ||
        a->at_least != b->at_least || a->onward_limited != b->onward_limited ||
        a->onward_to != b->onward_to || a->notify != b->notify ||
        a->log != b->log || a->approvals_n != b->approvals_n) {
        return false;
    }
    for (size_t i = 0; i < a->approvals_n; i++) {
        if (a->approval[i].count != b->approval[i].count ||
            a->approval[i].of != b->approval[i].of) {
            return false;
        }
    }
    return true;
}
