/* SPDX-License-Identifier: EUPL-1.2
 *
 * Joining obligations; see duties.h. */
#include "duties.h"

static void
join_approval(struct duties *out, const struct duty_approval *more)
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
        join_approval(out, &more->approval[i]);
    }
}
