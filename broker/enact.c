/* SPDX-License-Identifier: EUPL-1.2 */
#include "enact.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "enact_card.h"
#include "host/file.h"
#include "returns.h"
#include "revoke.h"
#include "status.h"
#include "table.h"

enum { UNION_MAX = SSHSIG_SIGNERS_MAX + LIMIT_SIGNATORIES };
/* what a message has beside the files, and beside the bytes of each */
enum { MESSAGE_REST = 64, FILE_REST = LIMIT_NAME + 16 };

void
enact_reply(struct enact *e, enum enact_code code, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(e->text, sizeof e->text, format, ap);
    va_end(ap);
    core_reply(e->core, e->client, (uint8_t)code, e->text);
}

/* --- signatures --- */

static bool
read_signers(struct enact *e)
{
    uint8_t *text = NULL;
    size_t n = 0;
    struct diag diag = {.what = "it cannot be read"};
    enum dhk_err rc =
        file_read(&text, &n, e->core->cfg.signers, LIMIT_SIGNERS_FILE);

    if (rc == DHK_OK)
        rc = sshsig_signers_parse(&e->signers, slice_of(text, n), &diag);
    file_free(&text, n);
    if (rc != DHK_OK)
        enact_reply(e, ENACT_INVALID,
            "the broker's allowed_signers file: "
            "line %zu: %s",
            diag.at, diag.what);
    return rc == DHK_OK;
}

/* Nodes fetch a text with its signatures in one message. */
static bool
can_be_fetched(struct enact *e)
{
    size_t n = MESSAGE_REST;

    for (size_t i = 0; i < e->request.files_n; i++)
        n += e->request.file[i].bytes.n + FILE_REST;
    if (n <= LIMIT_MESSAGE)
        return true;
    enact_reply(e, ENACT_INVALID,
        "text and signatures are too long: nodes could not fetch them");
    return false;
}

static bool
read_signatures(struct enact *e)
{
    for (size_t i = 1; i < e->request.files_n; i++) {
        struct quorum_sig *s = &e->sig[e->sigs_n++];
        if (slice_to_str(e->request.file[i].name, s->name, sizeof s->name) !=
            DHK_OK) {
            enact_reply(e, ENACT_INVALID, "a signature file's name is wrong");
            return false;
        }
        s->armor = e->request.file[i].bytes;
    }
    return true;
}

bool
enact_is_signed(struct enact *e, const char *namespace_,
    const char *const *required, size_t n)
{
    enum dhk_err rc = quorum_check(&e->quorum, e->request.file[0].bytes, e->sig,
        e->sigs_n, namespace_, &e->signers, required, n,
        (int64_t)(e->core->now / 1000));

    if (rc != DHK_OK)
        enact_reply(e, ENACT_INVALID, "too many signatures");
    else if (e->quorum.verdict != QUORUM_FULL)
        enact_reply(e, ENACT_INVALID, "%s", e->quorum.sentence);
    return rc == DHK_OK && e->quorum.verdict == QUORUM_FULL;
}

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

enum dhk_err
enact_keep(struct enact *e)
{
    uint8_t mem[32 + LIMIT_NAME];
    struct sink key;
    struct store_txn *t = e->core->txn;
    enum dhk_err rc = store_put(
        t, TABLE_TEXT, slice_of(e->sha256, 32), e->request.file[0].bytes);

    for (size_t i = 0; rc == DHK_OK && i < e->quorum.results_n; i++) {
        const struct sshsig_result *r = &e->quorum.result[i];
        if (!quorum_is_first(&e->quorum, i, &e->signers))
            continue;
        sink_init(&key, mem, sizeof mem);
        sink_put(&key, e->sha256, 32);
        sink_slice(&key, slice_str(e->signers.list[r->signer].principal));
        rc = store_put(t, TABLE_TEXT, sink_done(&key), e->sig[i].armor);
    }
    return rc;
}

enum dhk_err
enact_set(struct core *c, const char *name, const struct force_text *text)
{
    uint8_t value[1 + 8 + 32];

    value[0] = text->revoked ? 1 : 0;
    bytes_put_u64(value + 1, text->entry);
    memcpy(value + 9, text->sha256, 32);
    return store_put(
        c->txn, TABLE_FORCE, slice_str(name), slice_of(value, sizeof value));
}

void
enact_changed(struct core *c)
{
    core_fail(c, force_load(&c->force, c->txn));
    force_refresh(&c->force, c->now, true);
    returns_cards_changed(c);
    c->news_due = true;
    returns_agreement_changed(c);
}

/* --- texts --- */

struct text {               /* agreement or roster, what both have */
    const char *what;       /* name in table force */
    const char *namespace_; /* of its signatures */
    enum entry_kind kind;
    const char *name;
    uint32_t version;
    bool has_supersedes;
    const uint8_t *supersedes;
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
    entry->u.text.version = text->version;
    entry->u.text.name = slice_str(text->name);
    entry->u.text.signers_n = list_signers(e, entry->u.text.signer);
    if (core_append(c, entry, &now.entry) != DHK_OK)
        return;
    memcpy(now.sha256, e->sha256, 32);
    enum dhk_err rc = enact_keep(e);
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
    core_reply(e->core, e->client, ENACT_INVALID,
        at == 0 ? "the agreement cannot be read" : e->text);
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

static void
add_agreement(struct enact *e)
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
        parties_take_part(e, a))
        put_in_force(e, &after);
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

static void
add_roster(struct enact *e)
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
        enact_reply(
            e, ENACT_INVALID, "the roster: line %zu: %s", diag.at, diag.what);
        return;
    }
    describe_roster(&after, r);
    if (is_signed_by_all(e, &before, &after) &&
        is_next(e, &f->roster_text, &before, &after) && is_our_ledger(e, r))
        put_in_force(e, &after);
    roster_destroy(&r);
}

/* --- requests --- */

static void
work_on(struct enact *e)
{
    enum control_verb verb = e->request.verb;

    if (status_control(e))
        return;
    if (e->request.files_n == 0) {
        enact_reply(e, ENACT_INVALID, "nothing was sent");
        return;
    }
    if (verb == CONTROL_CARD_ADD) {
        enact_card_add(e);
        return;
    }
    if (verb == CONTROL_REVOKE && revoke_is_own(e)) {
        revoke_own(e);
        return;
    }
    if (!can_be_fetched(e) || !read_signers(e) || !read_signatures(e))
        return;
    seal_sha256(e->sha256, e->request.file[0].bytes);
    if (verb == CONTROL_AGREEMENT_ADD)
        add_agreement(e);
    else if (verb == CONTROL_ROSTER_ADD)
        add_roster(e);
    else
        revoke_apply(e);
}

void
enact_control(struct core *c, uint32_t client, struct slice request)
{
    struct enact *e = calloc(1, sizeof *e);

    if (e == NULL) {
        core_fail(c, DHK_NOMEM);
        return;
    }
    e->core = c;
    e->client = client;
    if (control_decode(&e->request, request) == DHK_OK && c->failed == DHK_OK)
        work_on(e);
    else if (c->failed == DHK_OK)
        enact_reply(e, ENACT_INVALID, "the request is not of the known form");
    if (c->failed != DHK_OK && e->text[0] == '\0')
        enact_reply(e, ENACT_REFUSED, "nothing was changed");
    free(e);
}
