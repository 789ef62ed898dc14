/* SPDX-License-Identifier: EUPL-1.2
 *
 * Trying one value of each class of every hidden attribute, like the wheels of
 * a milometer. */
#include "search.h"

#include <string.h>

#include "classes.h"
#include "compiled.h"
#include "rule.h"

static bool
has_test(const struct rule *rule, uint16_t attribute, bool window)
{
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];
        bool on_window = atom->type == ATOM_WINDOW;

        if (on_window == window && (window || atom->attribute == attribute)) {
            return true;
        }
    }
    return false;
}

/* Whether a rule that can apply to the route tests the attribute, or windows.
 */
static bool
is_tested(const struct agreement *a, const struct request *req,
    uint16_t attribute, bool window)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        const struct rule *rule = &a->rules[i];

        if (rule_is_about(rule, req->sender, req->recipient, req->kind) &&
            has_test(rule, attribute, window)) {
            return true;
        }
    }
    return false;
}

/* What needs trying: by the table or, without one, what rules test. */
static void
find_matters(struct compiled_matters *out, const struct agreement *a,
    const struct request *req)
{
    const struct agreement_kind *kind = &a->kinds[req->kind];

    if (a->table != NULL) {
        compiled_matters(out, a->table, req);
        return;
    }
    *out = (struct compiled_matters){.windows = is_tested(a, req, 0, true)};
    for (size_t k = 0; k < kind->attributes_n; k++) {
        if (is_tested(a, req, kind->attributes[k], false)) {
            out->attributes |= UINT32_C(1) << k;
        }
    }
}

enum dhk_err
search_begin(
    struct search *s, const struct agreement *a, const struct request *req)
{
    const struct agreement_kind *kind = &a->kinds[req->kind];
    struct compiled_matters matters;
    size_t assignments = 1;

    find_matters(&matters, a, req);
    memset(s, 0, sizeof *s);
    s->a = a;
    s->req = *req;
    s->req.windows_hidden = false;
    if (req->windows_hidden) {
        s->windows = matters.windows;
        s->req.windows = a->window_sets[0];
        assignments = s->windows ? a->window_sets_n : 1;
    }
    for (size_t k = 0; k < kind->attributes_n; k++) {
        struct value *v = &s->req.attribute[k];

        if (v->state != VALUE_HIDDEN) {
            continue;
        }
        v->state = VALUE_UNKNOWN;
        if ((matters.attributes >> k & 1) == 0) {
            continue;
        }
        s->hidden[s->hidden_n++] = k;
        assignments *= kind->partitions[k].n + 1;
        if (assignments > SEARCH_MAX) {
            return DHK_LIMIT;
        }
    }
    return DHK_OK;
}

bool
search_next(struct search *s)
{
    const struct agreement_kind *kind = &s->a->kinds[s->req.kind];

    for (size_t i = 0; i < s->hidden_n; i++) {
        const struct partition *classes = &kind->partitions[s->hidden[i]];
        struct value *v = &s->req.attribute[s->hidden[i]];

        if (s->tried[i] < classes->n) {
            v->state = VALUE_KNOWN;
            v->v = classes->first[s->tried[i]++];
            return true;
        }
        s->tried[i] = 0;
        v->state = VALUE_UNKNOWN;
        v->v = 0;
    }
    if (!s->windows || ++s->window_set == s->a->window_sets_n) {
        return false;
    }
    s->req.windows = s->a->window_sets[s->window_set];
    return true;
}
