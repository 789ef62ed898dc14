/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether a text may come into force. */
#include "approval.h"

#include "clock.h"
#include "compiled_hash.h"

#include "problem.h"

#include <string.h>

enum { DAY = 86400 };

static size_t
roster_signatories(const char **out, const struct roster *r)
{
    if (r == NULL)
        return 0;
    for (size_t i = 0; i < r->signatories_n; i++)
        out[i] = r->signatory[i];
    return r->signatories_n;
}

static size_t
agreement_signatories(const char **out, const struct agreement *a)
{
    size_t n = 0;

    for (; a != NULL && n < a->signatories_n && n < LIMIT_SIGNATORIES; n++)
        out[n] = a->parties[a->signatories[n]];
    return n;
}

void
approval_of_roster(
    struct approval *out, const struct roster *r, const struct roster *before)
{
    *out = (struct approval){.what = "a roster",
        .namespace_ = SSHSIG_NS_ROSTER,
        .version = r->version,
        .supersedes = r->has_supersedes ? r->supersedes : NULL};
    out->before_n = roster_signatories(out->before, before);
    out->named_n = roster_signatories(out->named, r);
}

void
approval_of_agreement(struct approval *out, const struct agreement *a,
    const struct agreement *before)
{
    *out = (struct approval){.what = "an agreement",
        .namespace_ = SSHSIG_NS_AGREEMENT,
        .version = a->version,
        .supersedes = a->has_supersedes ? a->supersedes : NULL};
    out->before_n = agreement_signatories(out->before, before);
    out->named_n = agreement_signatories(out->named, a);
}

size_t
approval_required(const char **out, const struct approval *a,
    const struct sshsig_signers *signers)
{
    const char *before[LIMIT_SIGNATORIES];
    size_t before_n = a->before_n;

    if (before_n == 0)
        before_n = quorum_principals(
            before, LIMIT_SIGNATORIES, signers, a->namespace_);
    else
        memcpy(before, a->before, sizeof before);
    return quorum_union(
        out, APPROVAL_REQUIRED, before, before_n, a->named, a->named_n);
}

enum dhk_err
approval_check(struct quorum *q, const struct approval *a,
    const struct trust_text *in, const struct sshsig_signers *signers,
    int64_t now, struct dhk_problem *problem)
{
    const char *required[APPROVAL_REQUIRED];
    size_t n = approval_required(required, a, signers);
    enum dhk_err rc;

    /* an empty list would mean that any one signature is enough */
    if (n == 0)
        return problem_set(
            problem, DHK_AUTH, "the signers file names nobody for %s", a->what);
    rc = quorum_check(q, in->text, in->sig, in->sigs_n, a->namespace_, signers,
        required, n, now);
    if (rc != DHK_OK)
        return problem_set(problem, rc, "%s", dhk_strerror(rc));
    if (q->verdict != QUORUM_FULL)
        return problem_set(problem, DHK_AUTH, "%s: %s", a->what, q->sentence);
    return DHK_OK;
}

enum dhk_err
approval_follows(const struct approval *a, const struct texts_floor_one *floor,
    struct dhk_problem *problem)
{
    if (floor->version == 0)
        return DHK_OK;
    if (a->version == floor->version)
        return problem_set(problem, DHK_EXISTS,
            "%s of version %u with another text than the one known here",
            a->what, a->version);
    if (a->version < floor->version)
        return problem_set(problem, DHK_EXISTS,
            "%s of version %u: version %u was in force here already", a->what,
            a->version, floor->version);
    if (a->version == floor->version + 1 &&
        (a->supersedes == NULL ||
            memcmp(a->supersedes, floor->hash, SEAL_HASH) != 0))
        return problem_set(problem, DHK_EXISTS,
            "%s of version %u does not supersede the text known here", a->what,
            a->version);
    return DHK_OK;
}

enum dhk_err
approval_roster_is_valid(
    const struct roster *r, int64_t now, struct dhk_problem *problem)
{
    if (r->valid_from <= now && now < r->valid_until)
        return DHK_OK;
    return problem_set(
        problem, DHK_STATE, "the roster is not valid at this time");
}

enum dhk_err
approval_agreement_is_valid(
    const struct agreement *a, int64_t now, struct dhk_problem *problem)
{
    unsigned minute;
    int64_t day = now / DAY; /* when this machine does not know the zone */

    (void)clock_local(a->timezone, (uint64_t)now * 1000, &minute, &day);
    if (a->valid_from <= day && day < a->valid_until)
        return DHK_OK;
    return problem_set(problem, DHK_STATE, "the agreement is not valid today");
}

enum dhk_err
approval_means(const struct agreement *a, struct slice compiled,
    struct dhk_problem *problem)
{
    uint8_t own[COMPILED_HASH];
    char here[2 * COMPILED_HASH + 1], there[2 * COMPILED_HASH + 1];

    if (compiled.n == 0)
        return DHK_OK;
    if (compiled.n != sizeof own)
        return problem_set(problem, DHK_FORMAT, "no compiled hash");
    if (compiled_hash(own, a, seal_sha256) != DHK_OK)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    if (slice_equal(compiled, slice_of(own, sizeof own)))
        return DHK_OK;
    bytes_hex(here, own, sizeof own);
    bytes_hex(there, compiled.p, compiled.n);
    return problem_set(problem, DHK_STATE,
        "version %u of the agreement means something else to this program "
        "than to the broker's: its compiled hash is %s here and %s there. One "
        "of the two is wrong; nothing goes on until that is settled",
        a->version, here, there);
}
