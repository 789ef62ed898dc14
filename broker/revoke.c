/* SPDX-License-Identifier: EUPL-1.2 */
#include "revoke.h"

#include <string.h>

#include "core.h"
#include "enact.h"
#include "returns.h"
#include "revocation.h"

static bool
is_signatory_of_agreement(const struct force *f, const char *name)
{
    const struct agreement *a = f->agreement;

    for (size_t i = 0; a != NULL && i < a->signatories_n; i++) {
        if (strcmp(a->parties[a->signatories[i]], name) == 0)
            return true;
    }
    return false;
}

static bool
is_signatory_of_roster(const struct force *f, const char *name)
{
    const struct roster *r = f->roster;

    for (size_t i = 0; r != NULL && i < r->signatories_n; i++) {
        if (strcmp(r->signatory[i], name) == 0)
            return true;
    }
    return false;
}

/* Begins the entry that the revocation of ID becomes. */
static struct entry_revoked *
begin(struct core *c, enum entry_kind kind, const uint8_t id[32])
{
    struct entry *entry = &c->entry;

    memset(entry, 0, sizeof *entry);
    entry->kind = kind;
    memcpy(entry->u.revoked.id, id, sizeof entry->u.revoked.id);
    return &entry->u.revoked;
}

/* The first valid signer that IS_ONE and its signature, in BLOB, into OUT;
 * false and a reply when there is none. */
static bool
find_signatory(struct enact *e, struct entry_revoked *out,
    uint8_t blob[LIMIT_SSHSIG_BLOB],
    bool (*is_one)(const struct force *, const char *))
{
    size_t n;

    for (size_t i = 0; i < e->quorum.results_n; i++) {
        const struct sshsig_result *r = &e->quorum.result[i];
        if (r->status != SSHSIG_VALID)
            continue;
        const char *name = e->signers.list[r->signer].principal;
        if (!is_one(&e->core->force, name) ||
            sshsig_unarmor(blob, &n, e->sig[i].armor) != DHK_OK)
            continue;
        out->by = slice_str(name);
        out->sshsig = slice_of(blob, n);
        return true;
    }
    enact_reply(e, ENACT_INVALID,
        "it is not signed by a signatory of what "
        "it revokes. %s",
        e->quorum.sentence);
    return false;
}

static void
revoke_text(struct enact *e, const uint8_t sha256[32])
{
    struct core *c = e->core;
    bool agreement = memcmp(c->force.agreement_text.sha256, sha256, 32) == 0;
    struct force_text *text =
        agreement ? &c->force.agreement_text : &c->force.roster_text;
    uint8_t blob[LIMIT_SSHSIG_BLOB];

    if (!text->known || memcmp(text->sha256, sha256, 32) != 0) {
        enact_reply(e, ENACT_REFUSED, "no text with this hash is in force");
        return;
    }
    if (text->revoked) {
        enact_reply(e, ENACT_DONE, "it was revoked already");
        return;
    }
    if (!find_signatory(e, begin(c, ENTRY_REVOKED_TEXT, sha256), blob,
            agreement ? is_signatory_of_agreement : is_signatory_of_roster))
        return;
    if (core_append(c, &c->entry, &text->entry) != DHK_OK)
        return;
    text->revoked = true;
    enum dhk_err rc = enact_keep(e);
    if (rc == DHK_OK)
        rc = enact_set(c, agreement ? "agreement" : "roster", text);
    core_fail(c, rc);
    if (rc != DHK_OK)
        return;
    enact_reply(e, ENACT_DONE,
        "the %s is revoked, by entry %llu: none is in "
        "force until a higher version is signed",
        agreement ? "agreement" : "roster", (unsigned long long)text->entry);
    enact_changed(c);
}

static bool
is_any_signatory(const struct force *f, const char *name)
{
    return is_signatory_of_agreement(f, name) ||
           is_signatory_of_roster(f, name);
}

/* Appends it; from then on the card counts no more, in live sessions either. */
static void
end_card(struct enact *e, struct force_card *card, bool keep)
{
    struct core *c = e->core;
    uint64_t index;

    if (core_append(c, &c->entry, &index) != DHK_OK)
        return;
    enum dhk_err rc = keep ? enact_keep(e) : DHK_OK;
    if (rc == DHK_OK)
        rc = force_card_revoke(c->txn, card, index);
    core_fail(c, rc);
    if (rc != DHK_OK)
        return;
    force_refresh(&c->force, c->now, true);
    returns_cards_changed(c);
    enact_reply(e, ENACT_DONE, "card %llu of %s is revoked, by entry %llu",
        (unsigned long long)card->card.serial, card->card.partner,
        (unsigned long long)index);
}

static void
revoke_card(struct enact *e, const uint8_t id[CARD_ID])
{
    struct core *c = e->core;
    struct force_card *card = force_card(&c->force, id);
    uint8_t blob[LIMIT_SSHSIG_BLOB];

    if (card == NULL) {
        enact_reply(e, ENACT_REFUSED, "no card with this id is known");
        return;
    }
    if (card->revoked != 0) {
        enact_reply(e, ENACT_DONE, "it was revoked already");
        return;
    }
    if (find_signatory(
            e, begin(c, ENTRY_REVOKED_CARD, id), blob, is_any_signatory))
        end_card(e, card, true);
}

void
revoke_apply(struct enact *e)
{
    struct quorum_revocation r;
    struct diag diag = {.what = "it cannot be read"};

    if (!enact_is_signed(e, SSHSIG_NS_REVOKE, NULL, 0))
        return;
    if (quorum_revocation_parse(&r, e->request.file[0].bytes, &diag) !=
        DHK_OK) {
        enact_reply(e, ENACT_INVALID, "the revocation: line %zu: %s", diag.at,
            diag.what);
        return;
    }
    switch (r.what) {
    case QUORUM_REVOKES_TEXT:
        revoke_text(e, r.id);
        break;
    case QUORUM_REVOKES_CARD:
        revoke_card(e, r.id);
        break;
    }
}

/* --- by the card's own partner --- */

static bool
read_own(struct enact *e, struct revocation *r, struct slice *bytes,
    uint8_t mem[REVOCATION_FILE_MAX])
{
    struct diag diag = {.what = "it cannot be read"};
    enum dhk_err rc =
        revocation_file_decode(bytes, mem, e->request.file[0].bytes, &diag);

    if (rc == DHK_OK)
        rc = revocation_decode(r, *bytes, &diag);
    if (rc != DHK_OK)
        enact_reply(e, ENACT_INVALID, "the revocation: %s", diag.what);
    return rc == DHK_OK;
}

/* The card, when its own partner revokes it; NULL after a reply. The roster is
 * the one put in force last, whether or not it holds now: that it ended must
 * not keep a card alive for the next one. */
static struct force_card *
find_own(struct enact *e, const struct revocation *r)
{
    const struct force *f = &e->core->force;
    struct force_card *card = force_card(f, r->card);
    const struct roster_partner *p =
        f->roster == NULL ? NULL : roster_find(f->roster, r->partner);

    if (!slice_equal(r->origin, slice_str(e->core->cfg.origin)))
        enact_reply(e, ENACT_REFUSED, "it is meant for another ledger");
    else if (card == NULL)
        enact_reply(e, ENACT_REFUSED, "no card with this id is known");
    else if (!slice_equal(r->partner, slice_str(card->card.partner)))
        enact_reply(e, ENACT_INVALID, "the card is %s's, not the signer's",
            card->card.partner);
    else if (p == NULL)
        enact_reply(e, ENACT_REFUSED, "the roster has no partner %s",
            card->card.partner);
    else if (revocation_verify(r, &p->identity) != DHK_OK)
        enact_reply(e, ENACT_INVALID,
            "the revocation is not signed with the identity key that the "
            "roster gives %s",
            card->card.partner);
    else
        return card;
    return NULL;
}

bool
revoke_is_own(const struct enact *e)
{
    return revocation_is_file(e->request.file[0].bytes);
}

void
revoke_own(struct enact *e)
{
    struct revocation r;
    struct slice bytes;
    uint8_t mem[REVOCATION_FILE_MAX];

    if (!read_own(e, &r, &bytes, mem))
        return;
    struct force_card *card = find_own(e, &r);
    if (card == NULL)
        return;
    if (card->revoked != 0) {
        enact_reply(e, ENACT_DONE, "it was revoked already");
        return;
    }
    struct entry_revoked *entry = begin(e->core, ENTRY_REVOKED_CARD, r.card);
    entry->by = slice_str(card->card.partner);
    entry->own = bytes;
    end_card(e, card, false);
}
