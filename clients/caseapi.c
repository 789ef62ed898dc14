/* SPDX-License-Identifier: EUPL-1.2
 *
 * The public entry points about cases: words into numbers and back. */
#include "casefetch.h"
#include "caseview.h"
#include "session.h"
#include "trust.h"

#include <stdlib.h>
#include <string.h>

static enum dhk_err
read_handle(uint8_t out[STATEMENT_CASE], const char *handle,
    struct dhk_problem *problem)
{
    if (handle != NULL &&
        bytes_unhex(out, STATEMENT_CASE, slice_str(handle)) == DHK_OK)
        return DHK_OK;
    return problem_set(problem, DHK_FORMAT, "a case handle is 32 hex digits");
}

/* --- stating --- */

static enum dhk_err
read_code(
    struct stating *out, const struct dhk_act *act, struct dhk_problem *problem)
{
    const struct act_rule *r = act_rule(out->what);
    char *end;

    if ((act->code != NULL) != (r->codes > 0))
        return problem_set(problem, DHK_FORMAT, "'%s' has %s code", act->act,
            r->codes > 0 ? "a" : "no");
    if (act->code == NULL)
        return DHK_OK;
    out->code = act_code(out->what, act->code);
    if (out->code == 0 && act_code_name(out->what, 1) == NULL) { /* a number */
        unsigned long n = strtoul(act->code, &end, 10);
        if (*end == '\0' && n >= 1 && n <= r->codes)
            out->code = (unsigned)n;
    }
    return out->code != 0 ? DHK_OK
                          : problem_set(problem, DHK_FORMAT,
                                "'%s' knows no '%s'", act->act, act->code);
}

/* Whom it names is of the roster, else nobody would ever know whom. */
static enum dhk_err
check_partner(const struct dhk_node *node, const char *partner,
    struct dhk_problem *problem)
{
    const struct roster *r =
        node->trust == NULL ? NULL : trust_roster(node->trust);

    if (partner == NULL || r == NULL ||
        roster_find(r, slice_str(partner)) != NULL)
        return DHK_OK;
    return problem_set(
        problem, DHK_FORMAT, "the roster names no partner '%s'", partner);
}

static bool
fits(bool is, unsigned has, unsigned must_have, unsigned may_have)
{
    return is ? (has & (must_have | may_have)) != 0 : (has & must_have) == 0;
}

static enum dhk_err
read_act(struct stating *out, const struct dhk_node *node,
    const struct dhk_act *act, struct dhk_problem *problem)
{
    enum dhk_err rc = read_handle(out->case_handle, act->case_handle, problem);

    if (rc != DHK_OK)
        return rc;
    out->what = act->act == NULL ? ACT_NONE : act_by_name(act->act);
    if (out->what == ACT_NONE || out->what == ACT_DESTROYED)
        return problem_set(problem, DHK_FORMAT, "there is no such act");
    unsigned has = act_rule(out->what)->has;
    if (!fits(act->until != 0, has, ACT_HAS_UNTIL, 0) ||
        !fits(act->partner != NULL, has, ACT_HAS_PARTNER, 0) ||
        !fits(act->about != 0, has, ACT_HAS_ABOUT, ACT_MAY_HAVE_ABOUT) ||
        !fits(act->ref != NULL, has, ACT_HAS_REF, ACT_MAY_HAVE_REF))
        return problem_set(problem, DHK_FORMAT,
            "'%s' lacks what it has to have, or has more than that", act->act);
    out->until = act->until;
    out->partner = act->partner;
    out->about = act->about;
    out->has_ref = act->ref != NULL;
    if (out->has_ref &&
        bytes_unhex(out->ref, sizeof out->ref, slice_str(act->ref)) != DHK_OK)
        return problem_set(
            problem, DHK_FORMAT, "an id of a signal or card is 64 hex digits");
    rc = check_partner(node, act->partner, problem);
    return rc == DHK_OK ? read_code(out, act, problem) : rc;
}

enum dhk_err
dhk_case_state(struct dhk_node *node, const struct dhk_act *act,
    uint64_t *index, struct dhk_problem *problem)
{
    struct stating said = {.what = ACT_NONE};
    uint64_t at = 0;
    enum dhk_err rc = read_act(&said, node, act, problem);

    if (rc == DHK_OK)
        rc = casework_state(node, &said, &at, problem);
    if (index != NULL)
        *index = at;
    return rc;
}

/* --- asking --- */

static enum dhk_err
is_connected(const struct dhk_node *node, struct dhk_problem *problem)
{
    if (node->session != NULL)
        return DHK_OK;
    return problem_set(problem, DHK_STATE, "not connected");
}

enum dhk_err
dhk_case_ask(
    struct dhk_node *node, const char *case_handle, struct dhk_problem *problem)
{
    uint8_t handle[STATEMENT_CASE];
    enum dhk_err rc = is_connected(node, problem);

    if (rc == DHK_OK && case_handle == NULL)
        return casework_ask_all(node, problem);
    if (rc == DHK_OK)
        rc = read_handle(handle, case_handle, problem);
    return rc == DHK_OK ? casework_ask(node, handle, problem) : rc;
}

enum dhk_err
dhk_case_get(struct dhk_node *node, const char *case_handle,
    const struct dhk_case **out, struct dhk_problem *problem)
{
    struct caseview *v = NULL;
    enum dhk_err rc = caseview_make(
        &v, node, case_handle == NULL ? "" : case_handle, problem);

    *out = v == NULL ? NULL : &v->pub;
    return rc;
}

void
dhk_case_end(const struct dhk_case **c)
{
    /* the first member of a caseview, which is ours to end */
    struct caseview *v = (struct caseview *)(uintptr_t)*c;

    caseview_destroy(&v);
    *c = NULL;
}

enum dhk_err
dhk_case_list(struct dhk_node *node, char (**handles)[33], size_t *n,
    struct dhk_problem *problem)
{
    uint8_t(*list)[STATEMENT_CASE] = NULL;
    enum dhk_err rc = casework_handles(&list, n, node, problem);

    *handles = rc == DHK_OK ? calloc(*n + 1, sizeof **handles) : NULL;
    if (rc == DHK_OK && *handles == NULL)
        rc = problem_set(problem, DHK_NOMEM, "out of memory");
    for (size_t i = 0; rc == DHK_OK && i < *n; i++)
        bytes_hex((*handles)[i], list[i], STATEMENT_CASE);
    free(list);
    return rc;
}

enum dhk_err
dhk_case_waiting(struct dhk_node *node, struct dhk_case_share **list, size_t *n,
    struct dhk_problem *problem)
{
    struct casefetch_share *got = NULL;
    struct dhk_case_share *made = NULL;
    enum dhk_err rc = is_connected(node, problem);

    *list = NULL;
    *n = 0;
    if (rc == DHK_OK)
        rc = casefetch_waiting(&got, n, node, problem);
    if (rc == DHK_OK && (made = calloc(*n + 1, sizeof *made)) == NULL)
        rc = problem_set(problem, DHK_NOMEM, "out of memory");
    for (size_t i = 0; made != NULL && i < *n; i++) {
        struct dhk_case_share *s = &made[i];
        s->index = got[i].index;
        bytes_hex(s->case_handle, got[i].case_handle, STATEMENT_CASE);
        bytes_hex(s->id, got[i].id, sizeof got[i].id);
        memcpy(s->sender, got[i].sender, sizeof s->sender);
        memcpy(s->recipient, got[i].recipient, sizeof s->recipient);
        memcpy(s->kind, got[i].kind, sizeof s->kind);
        memcpy(s->purpose, got[i].purpose, sizeof s->purpose);
        s->accepted = got[i].accepted;
        s->expires = got[i].expires;
    }
    *list = made;
    free(got);
    return rc;
}
