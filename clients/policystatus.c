/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a node knows of its agreement; see policystatus.h. */
#include "policystatus.h"

#include "clock.h"
#include "compiled_hash.h"
#include "texts.h"
#include "trust.h"

#include <string.h>

static int64_t
days_left(const struct agreement *a, int64_t now)
{
    enum { DAY = 86400 };
    unsigned minute;
    int64_t day = now / DAY; /* when this machine does not know the zone */
    (void)clock_local(a->timezone, (uint64_t)now * 1000, &minute, &day);
    return a->valid_until - day;
}

static enum policystatus_state
state_of(const struct trust *trust, const struct agreement *a, int64_t now)
{
    if (a == NULL)
        return POLICYSTATUS_NONE;
    if (trust_is_revoked(trust))
        return POLICYSTATUS_REVOKED;
    if (trust_agreement(trust) == NULL)
        return POLICYSTATUS_ENDED;
    return approval_agreement_is_valid(a, now, NULL) == DHK_OK
               ? POLICYSTATUS_IN_FORCE
               : POLICYSTATUS_OUTSIDE;
}

static enum dhk_err
look_at_kept(struct policystatus *out, const struct dhk_node *node,
    struct dhk_problem *problem)
{
    char path[NODE_PATH];
    struct trust_text in = {.owned_n = 0};
    struct approval approval;
    approval_of_agreement(&approval, out->a, out->a);
    enum dhk_err rc = texts_path(path, node->broker_dir, TEXTS_AGREEMENT,
        trust_highest_hash(node->trust));
    if (rc != DHK_OK)
        return problem_file(problem, rc, node->broker_dir);
    rc = texts_gather(&in, trust_signers(node->trust), path, problem);
    if (rc == DHK_OK)
        rc = signing_look(&out->signing, &approval, &in,
            trust_signers(node->trust), node_now(node));
    texts_release(&in);
    return rc;
}

enum dhk_err
policystatus_find(struct policystatus *out, const struct dhk_node *node,
    struct dhk_problem *problem)
{
    uint8_t compiled[COMPILED_HASH];
    memset(out, 0, sizeof *out);
    out->a = trust_highest(node->trust);
    out->state = state_of(node->trust, out->a, node_now(node));
    if (out->a == NULL)
        return DHK_OK;
    bytes_hex(out->sha256, trust_highest_hash(node->trust), SEAL_HASH);
    out->days = days_left(out->a, node_now(node));
    enum dhk_err rc = compiled_hash(compiled, out->a, seal_sha256);
    if (rc != DHK_OK)
        return rc;
    bytes_hex(out->compiled, compiled, sizeof compiled);
    return look_at_kept(out, node, problem);
}

static const struct {
    const char *word, *words;
} states[] = {
    [POLICYSTATUS_NONE] = {"none", "none was ever in force here"},
    [POLICYSTATUS_IN_FORCE] = {"in-force", "in force"},
    [POLICYSTATUS_ENDED] = {"ended",
        "not in force any more, by the broker's word"},
    [POLICYSTATUS_REVOKED] = {"revoked", "revoked by a signatory"},
    [POLICYSTATUS_OUTSIDE] = {"not-valid-today", "not valid today"},
};

const char *
policystatus_words(enum policystatus_state state)
{
    return states[state].words;
}

const char *
policystatus_word(enum policystatus_state state)
{
    return states[state].word;
}

/* Whether NEXT could follow what is here, its signatures aside. */
static enum dhk_err
find_obstacle(const struct policyfile *file, const struct approval *approval,
    const struct dhk_node *node, struct dhk_problem *why)
{
    const struct agreement *highest = trust_highest(node->trust);
    struct texts_floor_one floor = {.version = 0};
    if (highest != NULL) {
        floor.version = highest->version;
        memcpy(floor.hash, trust_highest_hash(node->trust), SEAL_HASH);
    }
    enum dhk_err rc = approval_follows(approval, &floor, why);
    return rc == DHK_OK ? approval_agreement_is_valid(
                              file->agreement, node_now(node), why)
                        : rc;
}

enum dhk_err
policystatus_next(struct policystatus_next *out, const struct policyfile *file,
    const struct dhk_node *node, struct dhk_problem *problem)
{
    struct dhk_problem why = {""};
    struct trust_text in;
    struct approval approval;
    memset(out, 0, sizeof *out);
    approval_of_agreement(
        &approval, file->agreement, trust_highest(node->trust));
    enum dhk_err rc =
        texts_gather(&in, trust_signers(node->trust), file->path, problem);
    in.text = slice_of(file->text, file->n); /* what was read and checked */
    if (rc == DHK_OK)
        rc = signing_look(&out->signing, &approval, &in,
            trust_signers(node->trust), node_now(node));
    texts_release(&in);
    if (rc != DHK_OK)
        return rc;
    out->days = days_left(file->agreement, node_now(node));
    if (find_obstacle(file, &approval, node, &why) != DHK_OK)
        memcpy(out->obstacle, why.text, sizeof out->obstacle);
    return DHK_OK;
}
