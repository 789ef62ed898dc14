/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who may say what: roster, agreement, cards, revocations, questions. */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#include "query.h"
#include "revocation.h"

enum { FIRST = 64, NAMES_MAX = LIMIT_PARTNERS * 2 };

enum dhk_err
facts_no(struct facts *f, enum dhk_err rc, const char *why)
{
    (void)snprintf(f->why, sizeof f->why, "%s", why);
    return rc;
}

/* LIST of N, with room for one more of SIZE bytes; NULL: no memory. */
static void *
grow(void *list, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap == 0 ? FIRST : *cap * 2;
    if (n < *cap)
        return list;
    void *p = reallocarray(list, more, size);
    if (p != NULL)
        *cap = more;
    return p;
}

enum dhk_err
facts_init(struct facts *f, struct trust *trust)
{
    memset(f, 0, sizeof *f);
    f->trust = trust;
    f->scratch = malloc(sizeof *f->scratch);
    if (f->scratch == NULL)
        return DHK_NOMEM;
    return cards_new(&f->cards);
}

void
facts_end(struct facts *f)
{
    for (size_t i = 0; i < f->accepted_n; i++)
        free(f->accepted[i].bytes);
    free(f->accepted);
    free(f->shares);
    free(f->names);
    free(f->revoked);
    free(f->withdrawn);
    free(f->scratch);
    cards_destroy(&f->cards);
}

enum dhk_err
facts_name(uint32_t *out, struct facts *f, struct slice name)
{
    for (size_t i = 0; i < f->names_n; i++) {
        if (slice_equal(slice_str(f->names[i]), name)) {
            *out = (uint32_t)i;
            return DHK_OK;
        }
    }
    if (f->names_n == NAMES_MAX)
        return DHK_LIMIT;
    void *names = grow(f->names, f->names_n, &f->names_cap, sizeof *f->names);
    if (names == NULL)
        return DHK_NOMEM;
    f->names = names;
    enum dhk_err rc =
        slice_to_str(name, f->names[f->names_n], sizeof f->names[0]);
    *out = (uint32_t)f->names_n;
    if (rc == DHK_OK)
        f->names_n++;
    return rc;
}

static bool
is_revoked(const struct facts *f, const uint8_t id[CARD_ID], uint64_t index)
{
    for (size_t i = 0; i < f->revoked_n; i++) {
        if (f->revoked[i].index < index &&
            memcmp(f->revoked[i].card, id, CARD_ID) == 0)
            return true;
    }
    return false;
}

const struct card *
facts_card(enum dhk_err *rc, struct facts *f, const uint8_t id[CARD_ID],
    struct slice owner, uint64_t index)
{
    const struct card *card = cards_by_id(f->cards, id);
    *rc = DHK_OK;
    if (card == NULL && !f->complete) {
        f->unchecked++;
        return NULL;
    }
    if (card == NULL)
        *rc = facts_no(f, DHK_AUTH,
            "its key card is not in the ledger before "
            "it");
    else if (!slice_equal(slice_str(card->partner), owner))
        *rc = facts_no(f, DHK_AUTH, "its key card is another partner's");
    else if (is_revoked(f, id, index))
        *rc = facts_no(f, DHK_AUTH, "its key card had been revoked");
    return *rc == DHK_OK ? card : NULL;
}

/* --- entries that establish who is who --------------------------------------
 */

static enum dhk_err
add_genesis(struct facts *f, const struct facts_entry *at)
{
    const struct entry_genesis *g = &at->e->u.genesis;
    if (at->index != 0)
        return facts_no(f, DHK_FORMAT, "a beginning in the middle");
    if (!slice_equal(g->origin, slice_str(f->origin)))
        return facts_no(f, DHK_AUTH, "it begins another ledger");
    f->log_key = g->log_key;
    f->has_log_key = true;
    return DHK_OK;
}

/* The text record before AT must be what AT says. */
static enum dhk_err
check_text(struct facts *f, const struct facts_entry *at)
{
    uint8_t hash[SEAL_HASH];
    if (at->text == NULL)
        return facts_no(f, DHK_AUTH,
            "the signed text that it puts in force "
            "is not in the file");
    seal_sha256(hash, at->text->text);
    if (memcmp(hash, at->e->u.text.sha256, SEAL_HASH) != 0)
        return facts_no(f, DHK_AUTH,
            "the text in the file is not the one "
            "that it puts in force");
    return DHK_OK;
}

static enum dhk_err
taken(struct facts *f, enum dhk_err rc, const struct dhk_problem *problem)
{
    return rc == DHK_OK ? rc : facts_no(f, DHK_AUTH, problem->text);
}

static enum dhk_err
add_roster(struct facts *f, const struct facts_entry *at)
{
    struct dhk_problem problem = {""};
    const struct entry_text *t = &at->e->u.text;
    if (!f->complete)
        return DHK_OK; /* texts of a partial file count by themselves */
    enum dhk_err rc = check_text(f, at);
    if (rc != DHK_OK)
        return rc;
    rc = taken(f,
        trust_take_roster(
            f->trust, at->text, (int64_t)(at->e->time / 1000), &problem),
        &problem);
    if (rc != DHK_OK)
        return rc;
    const struct roster *r = trust_roster(f->trust);
    if (r->version != t->version || !slice_equal(slice_str(r->name), t->name))
        return facts_no(f, DHK_AUTH, "name or version differ from the text");
    if (strcmp(r->origin, f->origin) != 0 ||
        (f->has_log_key && memcmp(r->log_key.b, f->log_key.b, KEY_BYTES) != 0))
        return facts_no(f, DHK_AUTH,
            "its roster names another ledger or "
            "another log key");
    return DHK_OK;
}

static enum dhk_err
add_agreement(struct facts *f, const struct facts_entry *at)
{
    struct dhk_problem problem = {""};
    const struct entry_text *t = &at->e->u.text;
    if (!f->complete)
        return DHK_OK;
    enum dhk_err rc = check_text(f, at);
    if (rc != DHK_OK)
        return rc;
    rc = taken(f,
        trust_take_agreement(
            f->trust, at->text, (int64_t)(at->e->time / 1000), &problem),
        &problem);
    if (rc != DHK_OK)
        return rc;
    const struct agreement *a = trust_agreement(f->trust);
    if (a->version != t->version || !slice_equal(slice_str(a->name), t->name))
        return facts_no(f, DHK_AUTH, "name or version differ from the text");
    return DHK_OK;
}

static enum dhk_err
add_revoked_text(struct facts *f, const struct facts_entry *at)
{
    struct dhk_problem problem = {""};
    const uint8_t *in_force = trust_agreement_hash(f->trust);
    if (at->e->u.text.signers_n == 0)
        return facts_no(f, DHK_AUTH, "nobody signed the revocation");
    if (in_force == NULL ||
        memcmp(in_force, at->e->u.text.sha256, SEAL_HASH) != 0)
        return DHK_OK; /* a roster, or a text of before */
    return taken(f, trust_agreement_ended(f->trust, &problem), &problem);
}

static enum dhk_err
add_card(struct facts *f, const struct facts_entry *at)
{
    const struct roster *r = trust_roster(f->trust);
    if (r == NULL)
        return facts_no(f, DHK_AUTH, "a key card before any roster");
    enum dhk_err rc = cards_take(f->cards, at->e->u.card.card, r, false);
    if (rc == DHK_NOMEM)
        return rc;
    if (rc == DHK_LIMIT)
        return facts_no(f, rc, "more key cards than can be kept");
    if (rc == DHK_DENIED)
        return facts_no(f, DHK_AUTH,
            "the roster has no such partner, or not "
            "for so long a card");
    if (rc != DHK_OK)
        return facts_no(f, DHK_AUTH,
            "the key card is not signed by the "
            "partner's identity key");
    f->signatures++;
    return DHK_OK;
}

/* That R's partner signed it. The roster of a partial file may be a
 * later one, with another identity key: then nobody can tell. */
static enum dhk_err
check_own_signature(struct facts *f, const struct revocation *r)
{
    const struct roster *roster = trust_roster(f->trust);
    const struct roster_partner *p =
        roster == NULL ? NULL : roster_find(roster, r->partner);
    if (p != NULL && revocation_verify(r, &p->identity) == DHK_OK) {
        f->signatures++;
        return DHK_OK;
    }
    if (f->complete)
        return facts_no(f, DHK_AUTH,
            "the revocation is not signed by the partner's identity key");
    f->unchecked++;
    return DHK_OK;
}

/* A revocation by the card's own partner. CARD may be NULL: not known. */
static enum dhk_err
check_own_revocation(struct facts *f, const struct entry_revoked_card *e,
    const struct card *card)
{
    struct revocation r;
    if (revocation_decode(&r, e->revocation, NULL) != DHK_OK)
        return facts_no(f, DHK_FORMAT, "its revocation is malformed");
    if (!slice_equal(r.origin, slice_str(f->origin)))
        return facts_no(f, DHK_AUTH, "its revocation was for another ledger");
    if (memcmp(r.card, e->card, CARD_ID) != 0 || !slice_equal(r.partner, e->by))
        return facts_no(f, DHK_AUTH,
            "its revocation is of another card or by another partner");
    if (card != NULL && !slice_equal(slice_str(card->partner), r.partner))
        return facts_no(
            f, DHK_AUTH, "a partner revokes the card of another one");
    return check_own_signature(f, &r);
}

static enum dhk_err
add_revoked_card(struct facts *f, const struct facts_entry *at)
{
    const struct entry_revoked_card *r = &at->e->u.revoked_card;
    const struct card *card = cards_by_id(f->cards, r->card);
    if (f->complete && card == NULL)
        return facts_no(f, DHK_AUTH,
            "it revokes a card that is not in the "
            "ledger");
    enum dhk_err rc =
        r->revocation.n == 0 ? DHK_OK : check_own_revocation(f, r, card);
    if (rc != DHK_OK)
        return rc;
    void *revoked =
        grow(f->revoked, f->revoked_n, &f->revoked_cap, sizeof *f->revoked);
    if (revoked == NULL)
        return DHK_NOMEM;
    f->revoked = revoked;
    memcpy(f->revoked[f->revoked_n].card, r->card, CARD_ID);
    f->revoked[f->revoked_n++].index = at->index;
    return DHK_OK;
}

static enum dhk_err
add_queried(struct facts *f, const struct facts_entry *at)
{
    const struct entry_queried *q = &at->e->u.queried;
    struct query query;
    enum dhk_err rc = query_from_body(&query, q->body, q->signature, NULL);
    if (rc != DHK_OK)
        return facts_no(f, DHK_FORMAT, "its question is malformed");
    if (!slice_equal(query.origin, slice_str(f->origin)))
        return facts_no(f, DHK_AUTH, "its question was for another ledger");
    const struct card *card =
        facts_card(&rc, f, query.card, q->asker, at->index);
    if (card == NULL)
        return rc;
    if (query_verify(&query, &card->sign) != DHK_OK)
        return facts_no(f, DHK_AUTH, "the asker's signature does not verify");
    f->signatures++;
    return DHK_OK;
}

static enum dhk_err
add(struct facts *f, const struct facts_entry *at)
{
    switch (at->e->kind) {
    case ENTRY_GENESIS:
        return add_genesis(f, at);
    case ENTRY_ROSTER:
        return add_roster(f, at);
    case ENTRY_AGREEMENT:
        return add_agreement(f, at);
    case ENTRY_REVOKED_TEXT:
        return add_revoked_text(f, at);
    case ENTRY_CARD:
        return add_card(f, at);
    case ENTRY_REVOKED_CARD:
        return add_revoked_card(f, at);
    case ENTRY_QUERIED:
        return add_queried(f, at);
    case ENTRY_OPERATOR:
        return DHK_OK;
    case ENTRY_ACCEPTED:
    case ENTRY_SHARE:
    case ENTRY_REFUSED:
    case ENTRY_DELIVERED:
    case ENTRY_RETURNED:
    case ENTRY_EXPIRED:
        return facts_signal(f, at);
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
        return facts_withdraw(f, at);
    case ENTRY_NONE:
        break;
    }
    return facts_no(f, DHK_VERSION, "its kind is unknown");
}

enum dhk_err
facts_add(struct facts *f, const struct facts_entry *at)
{
    f->why[0] = '\0';
    if (f->complete && at->index == 0 && at->e->kind != ENTRY_GENESIS)
        return facts_no(f, DHK_FORMAT, "a ledger begins with its origin");
    if (at->e->time < f->time)
        return facts_no(f, DHK_AUTH,
            "its time is before that of the entry "
            "before it");
    f->time = at->e->time;
    return add(f, at);
}
