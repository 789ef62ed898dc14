/* SPDX-License-Identifier: EUPL-1.2 */
#include "approved.h"

/* Whether SET, of parties, is enough approvals for DUTIES. */
static bool
is_enough(const struct agreement *a, const struct duties *duties, uint64_t set)
{
    for (size_t i = 0; i < duties->approvals_n; i++) {
        uint64_t of = duties->approval[i].of;

        for (size_t s = 0; duties->approval[i].of == 0 && s < a->signatories_n;
             s++) {
            of |= UINT64_C(1) << a->signatories[s];
        }
        if (__builtin_popcountll(set & of) < duties->approval[i].count) {
            return false;
        }
    }
    return true;
}

bool
approved_saves(const struct agreement *a, const struct rule *rule,
    const struct duties *duties, uint16_t sender)
{
    size_t parties = a->parties_n < 4 ? 4 : a->parties_n;
    uint64_t others = rule->approvers & ~(UINT64_C(1) << sender);

    if (others == 0 || duties->approvals_n == 0) {
        return false;
    }
    for (uint64_t set = 0; set < UINT64_C(1) << parties; set++) {
        if ((set & others) == 0 && is_enough(a, duties, set)) {
            return false;
        }
    }
    return true;
}
