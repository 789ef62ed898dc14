/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is stated of a case in the course of that case, made again entry by
 * entry: who stated it was what the entry says, the course has such an act at
 * that place, and it is about what such an act is about. */
#include "facts.h"

#include <string.h>

#include "caselog.h"
#include "clock.h"

enum { MS = 1000 };

/* Whether the agreement was in force by the date, too; without the zone there
 * is no telling, and it was. */
static bool
is_dated(const struct agreement *a, uint64_t time)
{
    unsigned minute;
    int64_t day;
    return !clock_local(a->timezone, time, &minute, &day) ||
           (day >= a->valid_from && day < a->valid_until);
}

/* Whether the entry says what its partner is by the agreement in force, how
 * many weighers that has, and which it is. */
static bool
is_role(const struct facts *f, const struct facts_entry *at)
{
    static const uint8_t none[SEAL_HASH];
    const struct entry_stated *e = &at->e->u.stated;
    const struct agreement *a = trust_agreement(f->trust);
    unsigned as;
    int party;
    if (e->all || a == NULL || !is_dated(a, at->e->time))
        return e->as == 0 && e->of == 0 &&
               memcmp(e->agreement, none, sizeof none) == 0;
    party = agreement_party(a, e->partner);
    as = party < 0 ? 0 : ACT_BY_PARTY;
    for (size_t i = 0; party >= 0 && i < a->signatories_n; i++)
        as |= a->signatories[i] == party ? ACT_BY_WEIGHER : 0;
    return e->as == as && e->of == a->signatories_n &&
           memcmp(e->agreement, trust_agreement_hash(f->trust), SEAL_HASH) == 0;
}

enum dhk_err
facts_course_now(
    const struct course **out, struct facts *f, const uint8_t case_handle[16])
{
    return caselog_find(out, f->cases, case_handle);
}

static enum dhk_err
no_course(struct facts *f, const char *why)
{
    (void)snprintf(f->why, sizeof f->why,
        "core recorded an act that the course does not have: %.280s", why);
    return DHK_AUTH;
}

static bool
was_withdrawn(const struct facts *f, uint64_t share)
{
    for (size_t i = 0; i < f->withdrawn_n; i++) {
        if (f->withdrawn[i].share == share)
            return true;
    }
    return false;
}

/* The share that SAID names, which is of the same case. */
static enum dhk_err
check_about(
    struct facts *f, const struct facts_entry *at, const struct statement *said)
{
    const struct facts_share *s =
        said->about == 0 ? NULL : facts_share(f, said->about);
    uint32_t name;
    enum dhk_err rc = facts_name(&name, f, at->e->u.stated.partner);
    if (rc != DHK_OK || said->about == 0)
        return rc;
    if (s == NULL || s->notice ||
        memcmp(s->case_handle, said->case_handle, sizeof s->case_handle) != 0)
        return no_course(f, "it is about no share of this case");
    switch ((unsigned)said->what) {
    case ACT_APPROVE:
    case ACT_DECLINE:
        return facts_approved(f, at, said);
    case ACT_HAND:
        if (s->recipient != name || !s->taken || was_withdrawn(f, said->about))
            return no_course(f,
                "an extract was handed out of a share that this partner did "
                "not take, or that was withdrawn");
        break;
    case ACT_RESTRICT:
    case ACT_VETO:
        if (s->sender != name || memcmp(s->id, said->ref, sizeof s->id) != 0)
            return no_course(f, "it is about a signal that is another's");
        break;
    case ACT_REFUSE:
        if (s->recipient != name)
            return no_course(f, "it refuses what another was asked");
        break;
    default:
        break;
    }
    return DHK_OK;
}

static enum dhk_err
apply(struct facts *f, const struct facts_entry *at)
{
    const struct caselog_said said = {
        .index = at->index, .time = at->e->time, .e = &at->e->u.stated};
    const struct entry_stated *e = said.e;
    enum course_verdict verdict;
    enum act_phase phase;
    struct statement s;
    char why[COURSE_WHY];
    enum dhk_err rc = caselog_add(f->cases, &said, &verdict, &phase);
    if (rc == DHK_OK)
        rc = statement_from_body(&s, e->body, e->signature, NULL);
    if (rc != DHK_OK || verdict == COURSE_OK)
        return rc;
    course_why(why, verdict, s.what, phase);
    return no_course(f, why);
}

enum dhk_err
facts_course(
    struct facts *f, const struct facts_entry *at, const struct statement *said)
{
    if (!is_role(f, at))
        return no_course(f,
            "another agreement was in force then, or its partner was something "
            "else by it, or it has more or fewer who weigh");
    if (!f->complete) {
        /* what others stated is not in the file */
        f->unchecked += said->what > ACT_RELEASE ? 1 : 0;
        return DHK_OK;
    }
    enum dhk_err rc = check_about(f, at, said);
    return rc == DHK_OK ? apply(f, at) : rc;
}
