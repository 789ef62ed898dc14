/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signed texts: checked with the pinned signers, kept by hash, never put back
 * to an older version. */
#include "trust.h"

#include "approval.h"
#include "node.h"
#include "revoked.h"
#include "texts.h"

#include "file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A verified agreement; never freed before the end, so that what was borrowed
 * stays valid. */
struct kept {
    struct kept *next;
    uint8_t hash[SEAL_HASH];
    struct agreement *agreement;
    bool recorded; /* and not judged: never in force */
    uint8_t *text;
    size_t text_n;
};

struct trust {
    char dir[NODE_PATH]; /* empty: in memory only */
    struct sshsig_signers signers;
    struct texts_floor floor;
    struct roster *roster;
    uint8_t *roster_text;
    size_t roster_text_n;
    struct checkpoint_vkey log;
    struct kept *kept;
    const struct kept *agreement; /* in force */
};

static void
kept_destroy(struct kept *k)
{
    if (k == NULL)
        return;
    agreement_destroy(&k->agreement);
    free(k->text);
    free(k);
}

enum dhk_err
trust_new(struct trust **out, struct slice signers, const char *broker_dir,
    struct dhk_problem *problem)
{
    struct diag diag = {NULL, 0};
    struct trust *t = calloc(1, sizeof *t);
    enum dhk_err rc = DHK_OK;

    *out = NULL;
    if (t == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    if (broker_dir != NULL)
        rc = slice_to_str(slice_str(broker_dir), t->dir, sizeof t->dir);
    if (rc == DHK_OK)
        rc = sshsig_signers_parse(&t->signers, signers, &diag);
    if (rc != DHK_OK) {
        (void)problem_set(problem, rc, "allowed signers, line %zu: %s", diag.at,
            diag.what != NULL ? diag.what : dhk_strerror(rc));
        trust_destroy(&t);
    }
    *out = t;
    return rc;
}

void
trust_destroy(struct trust **t)
{
    struct kept *next;

    if (*t == NULL)
        return;
    for (struct kept *k = (*t)->kept; k != NULL; k = next) {
        next = k->next;
        kept_destroy(k);
    }
    roster_destroy(&(*t)->roster);
    free((*t)->roster_text);
    free(*t);
    *t = NULL;
}

const struct roster *
trust_roster(const struct trust *t)
{
    return t->roster;
}

const uint8_t *
trust_roster_hash(const struct trust *t)
{
    return t->roster == NULL ? NULL : t->floor.roster.hash;
}

struct slice
trust_roster_text(const struct trust *t)
{
    return slice_of(t->roster_text, t->roster_text_n);
}

const struct checkpoint_vkey *
trust_log(const struct trust *t)
{
    return &t->log;
}

const struct sshsig_signers *
trust_signers(const struct trust *t)
{
    return &t->signers;
}

const struct agreement *
trust_agreement(const struct trust *t)
{
    return t->agreement == NULL ? NULL : t->agreement->agreement;
}

const uint8_t *
trust_agreement_hash(const struct trust *t)
{
    return t->agreement == NULL ? NULL : t->agreement->hash;
}

struct slice
trust_agreement_text(const struct trust *t)
{
    return t->agreement == NULL
               ? slice_of(NULL, 0)
               : slice_of(t->agreement->text, t->agreement->text_n);
}

static enum dhk_err
parse_roster(
    struct roster **out, struct slice text, struct dhk_problem *problem)
{
    struct diag diag = {NULL, 0};
    enum dhk_err rc = roster_parse(out, text, &diag);

    if (rc == DHK_OK)
        return rc;
    return problem_set(problem, rc, "roster, line %zu: %s", diag.at,
        diag.what != NULL ? diag.what : dhk_strerror(rc));
}

/* Takes *ROSTER, parsed from TEXT. */
static enum dhk_err
set_roster(struct trust *t, struct roster **roster, struct slice text,
    struct dhk_problem *problem)
{
    uint8_t *copy = malloc(text.n + 1);

    if (copy == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    memcpy(copy, text.p, text.n);
    roster_destroy(&t->roster);
    free(t->roster_text);
    t->roster = *roster;
    *roster = NULL;
    t->roster_text = copy;
    t->roster_text_n = text.n;
    seal_sha256(t->floor.roster.hash, text);
    t->floor.roster.version = t->roster->version;
    checkpoint_vkey_make(
        &t->log, CHECKPOINT_ED25519, t->roster->origin, &t->roster->log_key);
    return DHK_OK;
}

/* One that is only RECORDED is not judged: see agreement.h. */
static enum dhk_err
parse_agreement(struct kept **out, struct slice text, bool recorded,
    struct dhk_problem *problem)
{
    struct findings *findings = calloc(1, sizeof *findings);
    struct kept *k = calloc(1, sizeof *k);
    enum dhk_err rc = DHK_NOMEM;

    *out = NULL;
    if (k != NULL)
        k->text = malloc(text.n + 1);
    if (findings == NULL || k == NULL || k->text == NULL) {
        (void)problem_set(problem, rc, "out of memory");
        goto out;
    }
    rc = (recorded ? agreement_recorded : agreement_load)(
        &k->agreement, text, findings);
    if (rc != DHK_OK) {
        (void)problem_set(problem, rc, "agreement, line %u: %s",
            findings->n > 0 ? findings->list[0].line : 0,
            findings->n > 0 ? findings->list[0].text : dhk_strerror(rc));
        goto out;
    }
    memcpy(k->text, text.p, text.n);
    k->text_n = text.n;
    k->recorded = recorded;
    seal_sha256(k->hash, text);
    *out = k;
    k = NULL;
out:
    kept_destroy(k);
    free(findings);
    return rc;
}

/* Whether it follows a ledger, and decides nothing. */
static bool
reads_history(const struct trust *t)
{
    return t->dir[0] == '\0';
}

static void
add_kept(struct trust *t, struct kept *k)
{
    k->next = t->kept;
    t->kept = k;
}

static struct kept *
find_kept(const struct trust *t, const uint8_t hash[SEAL_HASH], bool recorded)
{
    for (struct kept *k = t->kept; k != NULL; k = k->next) {
        if (memcmp(k->hash, hash, SEAL_HASH) == 0 && (recorded || !k->recorded))
            return k;
    }
    return NULL;
}

/* From memory or its file; every file there was verified when written.
 * RECORDED: it is not to be in force. */
static enum dhk_err
load_kept(struct kept **out, struct trust *t, const uint8_t hash[SEAL_HASH],
    bool recorded, struct dhk_problem *problem)
{
    uint8_t *mem = NULL;
    size_t n = 0;
    enum dhk_err rc;

    *out = find_kept(t, hash, recorded);
    if (*out != NULL)
        return DHK_OK;
    rc = texts_read(&mem, &n, t->dir, TEXTS_AGREEMENT, hash);
    if (rc != DHK_OK)
        return problem_file(problem, rc, "kept agreement");
    rc = parse_agreement(out, slice_of(mem, n), recorded, problem);
    file_free(&mem, n);
    if (rc == DHK_OK)
        add_kept(t, *out);
    return rc;
}

const struct agreement *
trust_agreement_by_hash(struct trust *t, const uint8_t hash[32])
{
    struct kept *k = NULL;

    return load_kept(&k, t, hash, true, NULL) == DHK_OK ? k->agreement : NULL;
}

static enum dhk_err
load_in_force(struct trust *t, struct dhk_problem *problem)
{
    uint8_t *mem = NULL;
    size_t n = 0;
    struct kept *k = NULL;
    struct roster *r = NULL;
    enum dhk_err rc = texts_floor_read(&t->floor, t->dir);

    if (rc == DHK_OK && t->floor.roster.version == 0)
        rc = DHK_NOTFOUND;
    if (rc == DHK_OK)
        rc = texts_read(&mem, &n, t->dir, TEXTS_ROSTER, t->floor.roster.hash);
    if (rc != DHK_OK)
        return problem_set(
            problem, rc, "%s: the kept roster: %s", t->dir, dhk_strerror(rc));
    rc = parse_roster(&r, slice_of(mem, n), problem);
    if (rc == DHK_OK)
        rc = set_roster(t, &r, slice_of(mem, n), problem);
    roster_destroy(&r);
    file_free(&mem, n);
    if (rc != DHK_OK || t->floor.agreement.version == 0 || t->floor.ended)
        return rc;
    rc = load_kept(&k, t, t->floor.agreement.hash, false, problem);
    t->agreement = k;
    /* what this version refuses is not in force; connecting says why */
    return rc == DHK_FORMAT ? DHK_OK : rc;
}

enum dhk_err
trust_open(
    struct trust **out, const char *broker_dir, struct dhk_problem *problem)
{
    char path[NODE_PATH];
    uint8_t *mem = NULL;
    size_t n = 0;
    enum dhk_err rc = node_path(path, broker_dir, "signers");

    *out = NULL;
    if (rc == DHK_OK)
        rc = file_read(&mem, &n, path, LIMIT_SIGNERS_FILE);
    if (rc != DHK_OK)
        return problem_file(problem, rc == DHK_IO ? DHK_NOTFOUND : rc, path);
    rc = trust_new(out, slice_of(mem, n), broker_dir, problem);
    file_free(&mem, n);
    if (rc == DHK_OK) {
        must(*out != NULL);
        rc = load_in_force(*out, problem);
    }
    if (rc != DHK_OK)
        trust_destroy(out);
    return rc;
}

static enum dhk_err
store_floor(const struct trust *t, struct dhk_problem *problem)
{
    enum dhk_err rc = texts_floor_store(t->dir, &t->floor);

    return rc == DHK_OK ? rc : problem_file(problem, rc, t->dir);
}

enum dhk_err
trust_take_roster(struct trust *t, const struct trust_text *in, int64_t now,
    struct dhk_problem *problem)
{
    struct roster *r = NULL;
    struct quorum *q = NULL;
    struct approval a;
    uint8_t hash[SEAL_HASH];
    enum dhk_err rc;

    seal_sha256(hash, in->text);
    if (t->roster != NULL && memcmp(hash, t->floor.roster.hash, SEAL_HASH) == 0)
        return DHK_OK;
    q = calloc(1, sizeof *q);
    rc = q == NULL ? DHK_NOMEM : parse_roster(&r, in->text, problem);
    if (rc != DHK_OK)
        goto out;
    approval_of_roster(&a, r, t->roster);
    rc = approval_check(q, &a, in, &t->signers, now, problem);
    if (rc == DHK_OK)
        rc = approval_follows(&a, &t->floor.roster, problem);
    if (rc == DHK_OK)
        rc = approval_roster_is_valid(r, now, problem);
    if (rc == DHK_OK)
        rc = texts_store(t->dir, TEXTS_ROSTER, in, q, &t->signers);
    if (rc == DHK_OK)
        rc = set_roster(t, &r, in->text, problem);
    if (rc == DHK_OK)
        rc = store_floor(t, problem);
out:
    roster_destroy(&r);
    free(q);
    return rc;
}

const struct agreement *
trust_highest(struct trust *t)
{
    return t->floor.agreement.version == 0
               ? NULL
               : trust_agreement_by_hash(t, t->floor.agreement.hash);
}

const uint8_t *
trust_highest_hash(const struct trust *t)
{
    return t->floor.agreement.version == 0 ? NULL : t->floor.agreement.hash;
}

bool
trust_is_revoked(const struct trust *t)
{
    return t->floor.revoked;
}

static enum dhk_err
put_in_force(struct trust *t, const struct kept *k, int64_t now,
    struct dhk_problem *problem)
{
    enum dhk_err rc = approval_agreement_is_valid(k->agreement, now, problem);

    if (rc != DHK_OK)
        return rc;
    t->agreement = k;
    t->floor.ended = t->floor.revoked = false;
    t->floor.agreement.version = k->agreement->version;
    memcpy(t->floor.agreement.hash, k->hash, SEAL_HASH);
    return store_floor(t, problem);
}

/* Parses, checks and keeps IN. To come in force it must follow the highest;
 * else it may only lie below that. */
static enum dhk_err
verify_agreement(struct kept **out, struct trust *t,
    const struct trust_text *in, int64_t now, bool in_force,
    struct dhk_problem *problem)
{
    struct quorum *q = calloc(1, sizeof *q);
    struct kept *k = NULL;
    struct approval a;
    enum dhk_err rc = DHK_NOMEM;

    if (q != NULL)
        rc = parse_agreement(
            &k, in->text, !in_force || reads_history(t), problem);
    if (rc != DHK_OK)
        goto out;
    approval_of_agreement(&a, k->agreement, in_force ? trust_highest(t) : NULL);
    rc = approval_means(k->agreement, in->compiled, problem);
    if (rc == DHK_OK)
        rc = approval_check(q, &a, in, &t->signers, now, problem);
    if (rc == DHK_OK && in_force)
        rc = approval_follows(&a, &t->floor.agreement, problem);
    if (rc == DHK_OK && !in_force && a.version >= t->floor.agreement.version)
        rc = problem_set(problem, DHK_EXISTS,
            "an agreement that is not older than the one in force");
    if (rc == DHK_OK)
        rc = texts_store(t->dir, TEXTS_AGREEMENT, in, q, &t->signers);
    if (rc != DHK_OK)
        goto out;
    add_kept(t, k);
    *out = k;
    k = NULL;
out:
    kept_destroy(k);
    free(q);
    return rc;
}

enum dhk_err
trust_take_agreement(struct trust *t, const struct trust_text *in, int64_t now,
    struct dhk_problem *problem)
{
    struct kept *k = NULL;
    uint8_t hash[SEAL_HASH];
    enum dhk_err rc = DHK_OK;
    bool again = false;

    seal_sha256(hash, in->text);
    if (t->floor.agreement.version > 0)
        again = memcmp(hash, t->floor.agreement.hash, SEAL_HASH) == 0;
    if (again && t->floor.revoked)
        return problem_set(problem, DHK_EXISTS,
            "an agreement that a signatory has revoked: only a higher version "
            "can come in force");
    if (again) /* perhaps after it had ended */
        rc = load_kept(&k, t, hash, reads_history(t), problem);
    else
        rc = verify_agreement(&k, t, in, now, true, problem);
    if (rc == DHK_OK && again)
        rc = approval_means(k->agreement, in->compiled, problem);
    return rc == DHK_OK ? put_in_force(t, k, now, problem) : rc;
}

enum dhk_err
trust_keep_agreement(struct trust *t, const struct trust_text *in, int64_t now,
    struct dhk_problem *problem)
{
    struct kept *k = NULL;

    return verify_agreement(&k, t, in, now, false, problem);
}

enum dhk_err
trust_agreement_ended(struct trust *t, struct dhk_problem *problem)
{
    if (t->agreement == NULL)
        return DHK_OK;
    t->agreement = NULL;
    t->floor.ended = true;
    return store_floor(t, problem);
}

enum dhk_err
trust_agreement_revoked(struct revoked *out, struct trust *t,
    const struct trust_text *in, int64_t now, struct dhk_problem *problem)
{
    enum dhk_err rc = revoked_check(out, t, in, now, problem);

    if (rc != DHK_OK)
        return rc;
    if (out->what.what != QUORUM_REVOKES_TEXT || trust_highest(t) == NULL ||
        memcmp(out->what.id, t->floor.agreement.hash, SEAL_HASH) != 0)
        return problem_set(
            problem, DHK_AUTH, "a revocation, but not of the agreement");
    t->agreement = NULL;
    t->floor.ended = t->floor.revoked = true;
    return store_floor(t, problem);
}
