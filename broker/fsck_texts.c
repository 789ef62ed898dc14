/* SPDX-License-Identifier: EUPL-1.2
 *
 * Agreements, rosters and revocations by their hash, each with the signatures
 * that its entry names; and which of them is in force. */
#include "fsck_impl.h"

#include <stdlib.h>
#include <string.h>

#include "quorum.h"
#include "standing.h"

enum { FORCE_VALUE = 1 + 8 + 32, TEXT_KEY = 32 + LIMIT_NAME };

/* so that no key is known, and what verifies is shown with its fingerprint */
static const struct sshsig_signers nobody;

static const struct fsck_text *
find_text(const struct fsck *f, const uint8_t sha256[32])
{
    for (size_t i = 0; i < f->texts_n; i++)
        if (memcmp(f->text[i].sha256, sha256, 32) == 0)
            return &f->text[i];
    return NULL;
}

static enum dhk_err
remember(struct fsck *f, const struct fsck_text *t)
{
    if (find_text(f, t->sha256) != NULL)
        return DHK_OK;
    if (f->texts_n == f->texts_cap) {
        size_t cap = f->texts_cap == 0 ? 16 : 2 * f->texts_cap;
        struct fsck_text *more = realloc(f->text, cap * sizeof *more);
        if (more == NULL)
            return DHK_NOMEM;
        f->text = more;
        f->texts_cap = cap;
    }
    f->text[f->texts_n++] = *t;
    return DHK_OK;
}

static const char *
namespace_of(enum entry_kind kind)
{
    return kind == ENTRY_AGREEMENT ? SSHSIG_NS_AGREEMENT
           : kind == ENTRY_ROSTER  ? SSHSIG_NS_ROSTER
                                   : SSHSIG_NS_REVOKE;
}

/* The signature of PRINCIPAL under text T is there, and valid; OUT tells by
 * whose key. */
static enum dhk_err
check_signature(struct fsck *f, const struct fsck_text *t,
    struct slice principal, struct sshsig_result *out)
{
    uint8_t key[TEXT_KEY];
    struct slice text, armor;
    uint64_t index = f->place->has_entry ? f->place->entry : FSCK_NO_ENTRY;

    if (principal.n > LIMIT_NAME)
        return fsck_bad(f, "names a signer that cannot be");
    memcpy(key, t->sha256, 32);
    memcpy(key + 32, principal.p, principal.n);
    enum dhk_err rc = fsck_get(f, TABLE_TEXT, slice_of(key, 32), &text);
    if (rc == DHK_OK)
        rc = fsck_get(f, TABLE_TEXT, slice_of(key, 32 + principal.n), &armor);
    if (rc != DHK_OK)
        return rc;
    fsck_at(f, TABLE_TEXT, slice_of(key, 32 + principal.n), index);
    sshsig_verify(out, armor, text, namespace_of(t->kind), &nobody, 0);
    return out->status == SSHSIG_UNKNOWN
               ? DHK_OK
               : fsck_bad(f, "the signature does not verify");
}

/* --- entries ------------------------------------------------------------ */

static enum dhk_err
add_text(struct fsck *f, uint64_t index)
{
    const struct entry_text *e = &f->entry.u.text;
    bool agreement = f->entry.kind == ENTRY_AGREEMENT;
    struct fsck_force *force = agreement ? &f->agreement : &f->roster;
    struct fsck_text t = {.kind = f->entry.kind};
    struct sshsig_result found;

    memcpy(t.sha256, e->sha256, 32);
    memcpy(t.compiled, e->compiled, 32);
    *force = (struct fsck_force){.known = true, .entry = index};
    memcpy(force->sha256, e->sha256, 32);
    enum dhk_err rc = remember(f, &t);
    for (size_t i = 0; rc == DHK_OK && i < e->signers_n; i++) {
        rc = check_signature(f, &t, e->signer[i].principal, &found);
        if (rc == DHK_OK && !slice_equal(slice_str(found.fingerprint),
                                e->signer[i].fingerprint))
            rc = fsck_bad(f, "is signed by another key than its entry says");
    }
    return rc;
}

/* The text that a signatory signed to revoke something follows from the
 * entry. */
static enum dhk_err
add_revocation(struct fsck *f, enum quorum_revoked what)
{
    const struct entry_revoked *e = &f->entry.u.revoked;
    struct quorum_revocation r = {.what = what};
    struct fsck_text t = {.kind = ENTRY_REVOKED_TEXT};
    struct sshsig_result found;
    uint8_t mem[QUORUM_REVOCATION_TEXT];

    if (e->sshsig.n == 0)
        return DHK_OK; /* by the card's own partner: nothing is kept */
    memcpy(r.id, e->id, sizeof r.id);
    seal_sha256(t.sha256, quorum_revocation_text(mem, &r));
    enum dhk_err rc = remember(f, &t);
    return rc == DHK_OK ? check_signature(f, &t, e->by, &found) : rc;
}

static enum dhk_err
revoke_text(struct fsck *f, uint64_t index)
{
    const uint8_t *id = f->entry.u.revoked.id;
    struct fsck_force *of[] = {&f->agreement, &f->roster};

    for (size_t i = 0; i < 2; i++) {
        if (!of[i]->known || memcmp(of[i]->sha256, id, 32) != 0)
            continue;
        of[i]->revoked = true;
        of[i]->entry = index;
        return add_revocation(f, QUORUM_REVOKES_TEXT);
    }
    return fsck_bad(f, "revokes a text that was not in force");
}

static enum dhk_err
on_entry(struct fsck *f, uint64_t index)
{
    if (f->entry.kind == ENTRY_AGREEMENT || f->entry.kind == ENTRY_ROSTER)
        return add_text(f, index);
    if (f->entry.kind == ENTRY_REVOKED_TEXT)
        return revoke_text(f, index);
    if (f->entry.kind == ENTRY_REVOKED_CARD)
        return add_revocation(f, QUORUM_REVOKES_CARD);
    return DHK_OK;
}

/* --- rows: sha256 -> text, sha256 | principal -> signature -----------------
 */

static enum dhk_err
on_text(struct fsck *f, enum table table, struct slice key, struct slice value)
{
    struct sshsig_result found;
    uint8_t sha256[32];

    (void)table;
    if (key.n < 32 || key.n > TEXT_KEY)
        return fsck_bad(f, "has a key of another length");
    const struct fsck_text *t = find_text(f, key.p);
    if (t == NULL)
        return fsck_bad(f, "is of no entry");
    if (key.n > 32)
        return check_signature(f, t, slice_of(key.p + 32, key.n - 32), &found);
    seal_sha256(sha256, value);
    return memcmp(sha256, key.p, 32) == 0
               ? DHK_OK
               : fsck_bad(f, "is not the text with this hash");
}

const struct fsck_check fsck_texts = {.name = "texts",
    .entry = on_entry,
    .row = on_text,
    .table = {TABLE_TEXT},
    .tables_n = 1};

/* --- what is in force -------------------------------------------------------
 */

static const char compiled_prefix[] = "compiled ";
enum { PREFIX = sizeof compiled_prefix - 1 };

static enum dhk_err
compare_force(struct fsck *f, const struct fsck_force *is, struct slice value)
{
    if (!is->known)
        return fsck_bad(f, "the ledger put none in force");
    if (value.n != FORCE_VALUE || (value.p[0] != 0) != is->revoked ||
        bytes_get_u64(value.p + 1) != is->entry ||
        memcmp(value.p + 9, is->sha256, 32) != 0)
        return fsck_bad(f, "differs from what the ledger put in force");
    return DHK_OK;
}

static bool
is_standing(struct slice key)
{
    struct slice shown = slice_str(STANDING_SHOWN_KEY);

    return slice_equal(key, slice_str(STANDING_RESTORED_KEY)) ||
           slice_equal(key, slice_str(STANDING_AHEAD_KEY)) ||
           slice_equal(key, slice_str(STANDING_CLOSED_KEY)) ||
           (key.n > shown.n && memcmp(key.p, shown.p, shown.n) == 0);
}

/* How a restored store stands: notes of this log, perhaps of more than is
 * here. */
static enum dhk_err
check_standing(struct fsck *f, struct slice key, struct slice value)
{
    struct checkpoint cp;

    if (slice_equal(key, slice_str(STANDING_RESTORED_KEY)))
        return value.n == 8 ? DHK_OK : fsck_bad(f, "has another length");
    return checkpoint_open(&cp, value, &f->log, NULL) == DHK_OK
               ? DHK_OK
               : fsck_bad(f, "is no checkpoint of this log");
}

static enum dhk_err
on_force(struct fsck *f, enum table table, struct slice key, struct slice value)
{
    (void)table;
    if (slice_equal(key, slice_str("agreement")))
        return compare_force(f, &f->agreement, value);
    if (slice_equal(key, slice_str("roster")))
        return compare_force(f, &f->roster, value);
    if (is_standing(key))
        return check_standing(f, key, value);
    if (key.n != PREFIX + 32 || memcmp(key.p, compiled_prefix, PREFIX) != 0)
        return fsck_bad(f, "is of no known kind");
    const struct fsck_text *t = find_text(f, key.p + PREFIX);
    if (t == NULL || t->kind != ENTRY_AGREEMENT)
        return fsck_bad(f, "is of no agreement of the ledger");
    return value.n == 32 && memcmp(value.p, t->compiled, 32) == 0
               ? DHK_OK
               : fsck_bad(f, "differs from the compiled hash of its entry");
}

static enum dhk_err
at_end(struct fsck *f)
{
    struct slice value;
    uint8_t key[PREFIX + 32];
    enum dhk_err rc = DHK_OK;

    if (f->agreement.known)
        rc = fsck_get(f, TABLE_FORCE, slice_str("agreement"), &value);
    if (rc == DHK_OK && f->roster.known)
        rc = fsck_get(f, TABLE_FORCE, slice_str("roster"), &value);
    memcpy(key, compiled_prefix, PREFIX);
    for (size_t i = 0; rc == DHK_OK && i < f->texts_n; i++) {
        memcpy(key + PREFIX, f->text[i].sha256, 32);
        if (f->text[i].kind == ENTRY_AGREEMENT)
            rc = fsck_get(f, TABLE_FORCE, slice_of(key, sizeof key), &value);
    }
    return rc;
}

const struct fsck_check fsck_force = {.name = "in force",
    .row = on_force,
    .table = {TABLE_FORCE},
    .tables_n = 1,
    .end = at_end,
    .derived = true};
