/* SPDX-License-Identifier: EUPL-1.2 */
#include "revoked.h"

#include "approval.h"

#include <stdlib.h>
#include <string.h>

static bool
is_same(const uint8_t *known, const uint8_t hash[SEAL_HASH])
{
    return known != NULL && memcmp(known, hash, SEAL_HASH) == 0;
}

static bool
is_named(const struct approval *a, const char *name)
{
    for (size_t i = 0; i < a->named_n; i++) {
        if (strcmp(a->named[i], name) == 0)
            return true;
    }
    return false;
}

/* Whose signature ends it. */
struct entitled {
    struct approval agreement, roster;
    bool by_agreement, by_roster;
};

static void
find_entitled(
    struct entitled *out, struct trust *t, const struct quorum_revocation *r)
{
    const struct agreement *a = trust_highest(t);
    const struct roster *roster = trust_roster(t);
    bool card = r->what == QUORUM_REVOKES_CARD;

    memset(out, 0, sizeof *out);
    if (a != NULL)
        approval_of_agreement(&out->agreement, a, NULL);
    if (roster != NULL)
        approval_of_roster(&out->roster, roster, NULL);
    out->by_agreement = card || is_same(trust_highest_hash(t), r->id);
    out->by_roster = card || is_same(trust_roster_hash(t), r->id);
}

/* The first of Q's valid signers who may, into BY. */
static bool
find_signatory(char by[LIMIT_NAME + 1], const struct quorum *q,
    const struct entitled *who, const struct sshsig_signers *signers)
{
    for (size_t i = 0; i < q->results_n; i++) {
        if (q->result[i].status != SSHSIG_VALID)
            continue;
        const char *name = signers->list[q->result[i].signer].principal;
        if ((who->by_agreement && is_named(&who->agreement, name)) ||
            (who->by_roster && is_named(&who->roster, name)))
            return slice_to_str(slice_str(name), by, LIMIT_NAME + 1) == DHK_OK;
    }
    return false;
}

static enum dhk_err
check_signed(struct revoked *out, struct trust *t, const struct trust_text *in,
    int64_t now, struct dhk_problem *problem)
{
    struct quorum *q = calloc(1, sizeof *q);
    struct entitled who;
    enum dhk_err rc = DHK_NOMEM;

    if (q != NULL) /* one valid signature is enough */
        rc = quorum_check(q, in->text, in->sig, in->sigs_n, SSHSIG_NS_REVOKE,
            trust_signers(t), NULL, 0, now);
    if (rc != DHK_OK) {
        (void)problem_set(problem, rc, "%s", dhk_strerror(rc));
        goto out;
    }
    find_entitled(&who, t, &out->what);
    if (q->verdict != QUORUM_FULL)
        rc = problem_set(problem, DHK_AUTH, "a revocation: %s", q->sentence);
    else if (!who.by_agreement && !who.by_roster)
        rc = problem_set(problem, DHK_NOTFOUND,
            "a revocation of a text that is not known here");
    else if (!find_signatory(out->by, q, &who, trust_signers(t)))
        rc = problem_set(problem, DHK_AUTH,
            "a revocation by nobody who is a signatory of what it revokes");
out:
    free(q);
    return rc;
}

enum dhk_err
revoked_check(struct revoked *out, struct trust *t, const struct trust_text *in,
    int64_t now, struct dhk_problem *problem)
{
    struct diag diag = {NULL, 0};
    enum dhk_err rc;

    memset(out, 0, sizeof *out);
    rc = quorum_revocation_parse(&out->what, in->text, &diag);
    if (rc != DHK_OK)
        return problem_set(problem, rc, "a revocation, line %zu: %s", diag.at,
            diag.what != NULL ? diag.what : dhk_strerror(rc));
    return check_signed(out, t, in, now, problem);
}
