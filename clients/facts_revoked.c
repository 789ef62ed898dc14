/* SPDX-License-Identifier: EUPL-1.2
 *
 * What was revoked, each by the signature of somebody who may: a signatory's
 * SSHSIG, or the statement of the card's own partner. */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#include "revocation.h"
#include "revoked.h"

/* The signatory's statement that AT says was signed, in memory of its own. */
struct statement {
    struct trust_text in;
    uint8_t text[QUORUM_REVOCATION_TEXT];
    uint8_t armor[SSHSIG_ARMOR_MAX];
};

static enum dhk_err
read_statement(struct statement *s, const struct facts_entry *at)
{
    const struct entry_revoked *e = &at->e->u.revoked;
    struct quorum_revocation r = {.what = at->e->kind == ENTRY_REVOKED_TEXT
                                              ? QUORUM_REVOKES_TEXT
                                              : QUORUM_REVOKES_CARD};

    memcpy(r.id, e->id, sizeof r.id);
    s->in.text = quorum_revocation_text(s->text, &r);
    s->in.sig[0].armor = sshsig_armor(s->armor, e->sshsig);
    s->in.sigs_n = 1;
    return slice_to_str(e->by, s->in.sig[0].name, sizeof s->in.sig[0].name);
}

/* That the signatory whom AT names revoked what AT names, which is in force. */
static enum dhk_err
check_signatory(struct facts *f, const struct facts_entry *at)
{
    const struct entry_revoked *e = &at->e->u.revoked;
    const uint8_t *agreement = trust_agreement_hash(f->trust);
    struct dhk_problem problem = {""};
    struct revoked revoked;
    struct statement *s = calloc(1, sizeof *s);
    int64_t now = (int64_t)(at->e->time / 1000);
    enum dhk_err rc = s == NULL ? DHK_NOMEM : read_statement(s, at);

    if (rc != DHK_OK) {
        free(s);
        return rc;
    }
    if (at->e->kind == ENTRY_REVOKED_TEXT && agreement != NULL &&
        memcmp(agreement, e->id, SEAL_HASH) == 0)
        rc = trust_agreement_revoked(&revoked, f->trust, &s->in, now, &problem);
    else
        rc = revoked_check(&revoked, f->trust, &s->in, now, &problem);
    free(s);
    if (rc == DHK_NOMEM)
        return rc;
    if (rc != DHK_OK)
        return facts_no(f, DHK_AUTH, problem.text);
    if (!slice_equal(slice_str(revoked.by), e->by))
        return facts_no(f, DHK_AUTH, "another signatory signed the revocation");
    f->signatures++;
    return DHK_OK;
}

static enum dhk_err
add_text(struct facts *f, const struct facts_entry *at)
{
    const uint8_t *id = at->e->u.revoked.id;
    const uint8_t *roster = trust_roster_hash(f->trust);
    const uint8_t *agreement = trust_agreement_hash(f->trust);
    bool of_roster = roster != NULL && !f->roster_revoked &&
                     memcmp(roster, id, SEAL_HASH) == 0;

    if (!of_roster &&
        (agreement == NULL || memcmp(agreement, id, SEAL_HASH) != 0))
        return facts_no(f, DHK_AUTH, "it revokes a text that was not in force");
    enum dhk_err rc = check_signatory(f, at);
    f->roster_revoked = f->roster_revoked || (rc == DHK_OK && of_roster);
    return rc;
}

/* That R's partner signed it, with the identity key that it had then. */
static enum dhk_err
check_own_signature(struct facts *f, const struct revocation *r)
{
    const struct roster *roster = trust_roster(f->trust);
    const struct roster_partner *p =
        roster == NULL ? NULL : roster_find(roster, r->partner);

    if (p == NULL || revocation_verify(r, &p->identity) != DHK_OK)
        return facts_no(f, DHK_AUTH,
            "the revocation is not signed by the partner's identity key");
    f->signatures++;
    return DHK_OK;
}

/* A revocation by the card's own partner. CARD may be NULL: not known. */
static enum dhk_err
check_own(
    struct facts *f, const struct entry_revoked *e, const struct card *card)
{
    struct revocation r;

    if (revocation_decode(&r, e->own, NULL) != DHK_OK)
        return facts_no(f, DHK_FORMAT, "its revocation is malformed");
    if (!slice_equal(r.origin, slice_str(f->origin)))
        return facts_no(f, DHK_AUTH, "its revocation was for another ledger");
    if (memcmp(r.card, e->id, CARD_ID) != 0 || !slice_equal(r.partner, e->by))
        return facts_no(f, DHK_AUTH,
            "its revocation is of another card or by another partner");
    if (card != NULL && !slice_equal(slice_str(card->partner), r.partner))
        return facts_no(
            f, DHK_AUTH, "a partner revokes the card of another one");
    return check_own_signature(f, &r);
}

static enum dhk_err
add_card(struct facts *f, const struct facts_entry *at)
{
    const struct entry_revoked *e = &at->e->u.revoked;
    const struct card *card = cards_by_id(f->cards, e->id);

    if (f->complete && card == NULL)
        return facts_no(
            f, DHK_AUTH, "it revokes a card that is not in the ledger");
    if (facts_is_revoked(f, e->id, at->index))
        return facts_no(f, DHK_AUTH, "it revokes a card that had been revoked");
    enum dhk_err rc =
        e->own.n > 0 ? check_own(f, e, card) : check_signatory(f, at);
    if (rc != DHK_OK)
        return rc;
    void *revoked = facts_grow(
        f->revoked, f->revoked_n, &f->revoked_cap, sizeof *f->revoked);
    if (revoked == NULL)
        return DHK_NOMEM;
    f->revoked = revoked;
    memcpy(f->revoked[f->revoked_n].card, e->id, CARD_ID);
    f->revoked[f->revoked_n++].index = at->index;
    return DHK_OK;
}

enum dhk_err
facts_revoked(struct facts *f, const struct facts_entry *at)
{
    return at->e->kind == ENTRY_REVOKED_TEXT ? add_text(f, at)
                                             : add_card(f, at);
}
