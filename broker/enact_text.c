/* SPDX-License-Identifier: EUPL-1.2 */
#include "enact_text.h"

#include <stdio.h>
#include <string.h>

#include "compiled_hash.h"
#include "core.h"
#include "seal.h"

enum { UNION_MAX = SSHSIG_SIGNERS_MAX + LIMIT_SIGNATORIES };

/* The valid signers, for a ledger entry; names borrow from E. */
static size_t
list_signers(const struct enact *e, struct entry_signer *out)
{
    size_t n = 0;

    for (size_t i = 0; i < e->quorum.results_n && n < ENTRY_SIGNERS; i++) {
        const struct sshsig_result *r = &e->quorum.result[i];
        if (!quorum_is_first(&e->quorum, i, &e->signers))
            continue;
        out[n++] = (struct entry_signer){
            .principal = slice_str(e->signers.list[r->signer].principal),
            .fingerprint = slice_str(r->fingerprint)};
    }
    return n;
}

struct text {               /* agreement or roster, what both have */
    const char *what;       /* name in table force */
    const char *namespace_; /* of its signatures */
    enum entry_kind kind;
    const char *name;
    uint32_t version;
    bool has_supersedes;
    const uint8_t *supersedes;
    uint8_t compiled[COMPILED_HASH]; /* of an agreement, when it is new */
    const char *signatory[LIMIT_SIGNATORIES];
    size_t signatories_n;
};

static void
describe_agreement(struct text *out, const struct agreement *a)
{
    *out = (struct text){.what = "agreement",
        .namespace_ = SSHSIG_NS_AGREEMENT,
        .kind = ENTRY_AGREEMENT};
    if (a == NULL)
        return;
    out->name = a->name;
    out->version = a->version;
    out->has_supersedes = a->has_supersedes;
    out->supersedes = a->supersedes;
    for (size_t i = 0; i < a->signatories_n && i < LIMIT_SIGNATORIES; i++)
        out->signatory[out->signatories_n++] = a->parties[a->signatories[i]];
}

static void
describe_roster(struct text *out, const struct roster *r)
{
    *out = (struct text){
        .what = "roster", .namespace_ = SSHSIG_NS_ROSTER, .kind = ENTRY_ROSTER};
    if (r == NULL)
        return;
    out->name = r->name;
    out->version = r->version;
    out->has_supersedes = r->has_supersedes;
    out->supersedes = r->supersedes;
    for (size_t i = 0; i < r->signatories_n; i++)
        out->signatory[out->signatories_n++] = r->signatory[i];
}

/* Whether the text is new at all; replies when it is not. */
static bool
is_new(struct enact *e, const struct force_text *now, const char *what)
{
    if (!now->known || memcmp(now->sha256, e->sha256, 32) != 0)
        return true;
    if (now->revoked)
        enact_reply(e, ENACT_REFUSED,
            "this %s was revoked; only a higher version can take its place",
            what);
    else
        enact_reply(e, ENACT_DONE, "this %s is already in force", what);
    return false;
}

/* Signed by everybody of BEFORE, or of allowed_signers before the first; with
 * AFTER also by everybody that it names itself. */
static bool
is_signed_by_all(
    struct enact *e, const struct text *before, const struct text *after)
{
    const char *base[SSHSIG_SIGNERS_MAX], *all[UNION_MAX];
    size_t n = before->signatories_n;

    if (before->version == 0)
        n = quorum_principals(
            base, SSHSIG_SIGNERS_MAX, &e->signers, before->namespace_);
    else
        memcpy(base, before->signatory, n * sizeof base[0]);
    n = quorum_union(all, UNION_MAX, base, n,
        after == NULL ? NULL : after->signatory,
        after == NULL ? 0 : after->signatories_n);
    if (n == 0) {
        enact_reply(e, ENACT_INVALID,
            "allowed_signers names nobody for namespace %s",
            before->namespace_);
        return false;
    }
    return enact_is_signed(e, before->namespace_, all, n);
}

/* Higher than what was in force last, and says so itself. */
static bool
is_next(struct enact *e, const struct force_text *now,
    const struct text *before, const struct text *after)
{
    if (before->version == 0)
        return true;
    if (after->version < before->version)
        enact_reply(e, ENACT_REFUSED,
            "this is version %u of the %s; version %u was in force already",
            after->version, after->what, before->version);
    else if (after->version == before->version)
        enact_reply(e, ENACT_REFUSED,
            "this is another text with the version number %u of the %s that "
            "was in force: a fork",
            after->version, after->what);
    else if (!after->has_supersedes ||
             memcmp(after->supersedes, now->sha256, 32) != 0)
        enact_reply(e, ENACT_REFUSED,
            "it does not say that it supersedes version %u by its hash",
            before->version);
    else
        return true;
    return false;
}

/* Writes entry, text and signatures; then all follows from the store. */
static void
put_in_force(struct enact *e, const struct text *text)
{
    struct core *c = e->core;
    struct entry *entry = &c->entry;
    struct force_text now = {.known = true};

    memset(entry, 0, sizeof *entry);
    entry->kind = text->kind;
    memcpy(entry->u.text.sha256, e->sha256, 32);
    memcpy(entry->u.text.compiled, text->compiled, COMPILED_HASH);
    entry->u.text.version = text->version;
    entry->u.text.name = slice_str(text->name);
    entry->u.text.signers_n = list_signers(e, entry->u.text.signer);
    if (core_append(c, entry, &now.entry) != DHK_OK)
        return;
    memcpy(now.sha256, e->sha256, 32);
    enum dhk_err rc = enact_keep(e);
    if (rc == DHK_OK && text->kind == ENTRY_AGREEMENT)
        rc = force_compiled_set(c->txn, e->sha256, text->compiled);
    if (rc == DHK_OK)
        rc = enact_set(c, text->what, &now);
    core_fail(c, rc);
    if (rc != DHK_OK)
        return;
    enact_reply(e, ENACT_DONE, "%s %s version %u is in force. %s", text->what,
        text->name, text->version, e->quorum.sentence);
    enact_changed(c);
}

/* --- the agreement --- */

static void
reply_findings(struct enact *e)
{
    size_t at = 0;

    for (size_t i = 0; i < e->findings.n && at < sizeof e->text; i++) {
        const struct finding *f = &e->findings.list[i];
        int n = snprintf(e->text + at, sizeof e->text - at, "%s%u:%u: %s: %s",
            at == 0 ? "" : "\n", f->line, f->column,
            f->severity == FINDING_ERROR ? "error" : "warning", f->text);
        at += n < 0 ? 0 : (size_t)n;
    }
    if (at == 0)
        (void)snprintf(e->text, sizeof e->text, "the agreement cannot be read");
    enact_say(e, ENACT_INVALID);
}

static bool
is_dated(struct enact *e, const struct agreement *a)
{
    unsigned minute;
    int64_t day;

    if (!clock_local(a->timezone, e->core->now, &minute, &day)) {
        enact_reply(
            e, ENACT_REFUSED, "time zone %s is not known here", a->timezone);
        return false;
    }
    if (day >= a->valid_from && day < a->valid_until)
        return true;
    enact_reply(e, ENACT_REFUSED,
        "today is outside the days for which the agreement is valid");
    return false;
}

/* Every party has its place in the roster. */
static bool
parties_take_part(struct enact *e, const struct agreement *a)
{
    const struct roster *r = force_roster(&e->core->force);
    char missing[512] = "";
    size_t at = 0;

    if (r == NULL) {
        enact_reply(e, ENACT_REFUSED, "no roster is in force: add that first");
        return false;
    }
    for (size_t i = 0; i < a->parties_n && at < sizeof missing; i++) {
        const struct roster_partner *p =
            roster_find(r, slice_str(a->parties[i]));
        if (p != NULL && p->role == ROSTER_PARTNER)
            continue;
        int n = snprintf(missing + at, sizeof missing - at, "%s%s",
            at == 0 ? "" : ", ", a->parties[i]);
        at += n < 0 ? 0 : (size_t)n;
    }
    if (at > 0)
        enact_reply(e, ENACT_REFUSED,
            "the roster has no partner by the name of: %s", missing);
    return at == 0;
}

void
enact_agreement(struct enact *e)
{
    const struct force *f = &e->core->force;
    struct text before, after;
    struct agreement *a = NULL;

    describe_agreement(&before, f->agreement);
    if (!is_new(e, &f->agreement_text, "agreement") ||
        !is_signed_by_all(e, &before, NULL))
        return;
    if (agreement_load(&a, e->request.file[0].bytes, &e->findings) != DHK_OK) {
        reply_findings(e);
        return;
    }
    describe_agreement(&after, a);
    if (is_signed_by_all(e, &before, &after) &&
        is_next(e, &f->agreement_text, &before, &after) && is_dated(e, a) &&
        parties_take_part(e, a)) {
        enum dhk_err rc = compiled_hash(after.compiled, a, seal_sha256);
        core_fail(e->core, rc);
        if (rc == DHK_OK)
            put_in_force(e, &after);
    }
    agreement_destroy(&a);
}

/* --- the roster --- */

static bool
is_our_ledger(struct enact *e, const struct roster *r)
{
    const struct core *c = e->core;
    int64_t now = (int64_t)(c->now / 1000);

    must(r != NULL);
    if (strcmp(r->origin, c->cfg.origin) != 0 ||
        !key_equal(&r->log_key, &c->ledger.log_key, sizeof r->log_key)) {
        enact_reply(
            e, ENACT_REFUSED, "the roster names another ledger or log key");
        return false;
    }
    if (now >= r->valid_from && now < r->valid_until)
        return true;
    enact_reply(e, ENACT_REFUSED,
        "today is outside the days for which the roster is valid");
    return false;
}

void
enact_roster(struct enact *e)
{
    const struct force *f = &e->core->force;
    struct text before, after;
    struct roster *r = NULL;
    struct diag diag = {.what = "it cannot be read"};

    describe_roster(&before, f->roster);
    if (!is_new(e, &f->roster_text, "roster") ||
        !is_signed_by_all(e, &before, NULL))
        return;
    if (roster_parse(&r, e->request.file[0].bytes, &diag) != DHK_OK) {
        enact_reply(e, ENACT_INVALID, "%zu: error: %s", diag.at, diag.what);
        return;
    }
    describe_roster(&after, r);
    if (is_signed_by_all(e, &before, &after) &&
        is_next(e, &f->roster_text, &before, &after) && is_our_ledger(e, r))
        put_in_force(e, &after);
    roster_destroy(&r);
}
