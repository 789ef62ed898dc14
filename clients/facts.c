/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who may say what: roster, agreement, cards, revocations, questions. */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#include "caselog.h"
#include "query.h"

enum { FIRST = 64, NAMES_MAX = LIMIT_PARTNERS * 2 };

enum dhk_err
facts_no(struct facts *f, enum dhk_err rc, const char *why)
{
    (void)snprintf(f->why, sizeof f->why, "%s", why);
    return rc;
}

void *
facts_grow(void *list, size_t n, size_t *cap, size_t size)
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
    f->scratch_share = malloc(sizeof *f->scratch_share);
    if (f->scratch == NULL || f->scratch_share == NULL)
        return DHK_NOMEM;
    enum dhk_err rc = facts_seals_init(f);
    if (rc == DHK_OK)
        rc = caselog_new(&f->cases);
    return rc == DHK_OK ? cards_new(&f->cards) : rc;
}

void
facts_end(struct facts *f)
{
    for (size_t i = 0; i < f->accepted_n; i++)
        free(f->accepted[i].bytes);
    for (size_t i = 0; i < f->kept_n; i++)
        free(f->kept[i].bytes);
    free(f->kept);
    free(f->approvals);
    free(f->accepted);
    free(f->shares);
    free(f->names);
    free(f->revoked);
    free(f->withdrawn);
    free(f->linked);
    free(f->pairs);
    free(f->covert);
    free(f->due);
    free(f->scratch);
    free(f->scratch_share);
    caselog_destroy(&f->cases);
    facts_seals_end(f);
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
    void *names =
        facts_grow(f->names, f->names_n, &f->names_cap, sizeof *f->names);
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

bool
facts_is_revoked(
    const struct facts *f, const uint8_t id[CARD_ID], uint64_t index)
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
    else if (facts_is_revoked(f, id, index))
        *rc = facts_no(f, DHK_AUTH, "its key card had been revoked");
    return *rc == DHK_OK ? card : NULL;
}

/* --- entries that establish who is who --------------------------------------
 */

/* A log that goes on for a closed one does so from no head before the newest
 * that was verified of that, and not from another one. */
static enum dhk_err
check_before(struct facts *f, const struct entry_genesis *g)
{
    for (size_t i = 0; g->has_before && i < f->others_n; i++) {
        const struct checkpoint *other = &f->others[i];
        if (!slice_equal(g->before.origin, slice_str(other->origin)))
            continue;
        if (g->before.size < other->size)
            return facts_no(f, DHK_AUTH,
                "it goes on from before what this node verified of the ledger "
                "that was closed");
        if (g->before.size == other->size &&
            memcmp(g->before.root, other->root, sizeof other->root) != 0)
            return facts_no(f, DHK_AUTH,
                "it goes on from another head than this node verified of the "
                "ledger that was closed");
    }
    return DHK_OK;
}

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
    return check_before(f, g);
}

/* Whether one of Q's valid signatures is that of SIGNER. */
static bool
has_signed(const struct quorum *q, const struct sshsig_signers *signers,
    const struct entry_signer *signer)
{
    for (size_t i = 0; i < q->results_n; i++) {
        const struct sshsig_result *r = &q->result[i];
        if (r->status == SSHSIG_VALID &&
            slice_equal(slice_str(signers->list[r->signer].principal),
                signer->principal) &&
            slice_equal(slice_str(r->fingerprint), signer->fingerprint))
            return true;
    }
    return false;
}

/* That those signed the text whom AT names; that they suffice, the trust has
 * checked. */
static enum dhk_err
check_signers(
    struct facts *f, const struct facts_entry *at, const char *namespace_)
{
    const struct entry_text *t = &at->e->u.text;
    const struct sshsig_signers *signers = trust_signers(f->trust);
    struct quorum *q = calloc(1, sizeof *q);
    bool all = true;
    if (q == NULL)
        return DHK_NOMEM;
    enum dhk_err rc =
        quorum_check(q, at->text->text, at->text->sig, at->text->sigs_n,
            namespace_, signers, NULL, 0, (int64_t)(at->e->time / 1000));
    for (size_t i = 0; rc == DHK_OK && i < t->signers_n; i++)
        all = all && has_signed(q, signers, &t->signer[i]);
    free(q);
    if (rc == DHK_OK && !all)
        return facts_no(f, DHK_AUTH,
            "it names a signer whose signature is not under the text");
    return rc;
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
    enum dhk_err rc = check_text(f, at);
    if (rc != DHK_OK)
        return rc;
    const uint8_t *before = trust_roster_hash(f->trust);
    if (f->roster_revoked && memcmp(before, t->sha256, SEAL_HASH) == 0)
        return facts_no(f, DHK_AUTH, "this roster had been revoked");
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
    f->roster_revoked = false;
    return check_signers(f, at, SSHSIG_NS_ROSTER);
}

static enum dhk_err
add_agreement(struct facts *f, const struct facts_entry *at)
{
    struct dhk_problem problem = {""};
    const struct entry_text *t = &at->e->u.text;
    enum dhk_err rc = check_text(f, at);
    if (rc != DHK_OK)
        return rc;
    struct trust_text text = *at->text;
    text.compiled = slice_of(t->compiled, sizeof t->compiled);
    rc = taken(f,
        trust_take_agreement(
            f->trust, &text, (int64_t)(at->e->time / 1000), &problem),
        &problem);
    if (rc != DHK_OK)
        return rc;
    const struct agreement *a = trust_agreement(f->trust);
    if (a->version != t->version || !slice_equal(slice_str(a->name), t->name))
        return facts_no(f, DHK_AUTH, "name or version differ from the text");
    return check_signers(f, at, SSHSIG_NS_AGREEMENT);
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
    if (query.what == QUERY_SUBJECT)
        rc = facts_asked(f, at, &query);
    if (rc != DHK_OK)
        return rc;
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
    case ENTRY_CARD:
        return add_card(f, at);
    case ENTRY_REVOKED_TEXT:
    case ENTRY_REVOKED_CARD:
        return facts_revoked(f, at);
    case ENTRY_QUERIED:
        return add_queried(f, at);
    case ENTRY_OPERATOR:
    case ENTRY_SEAL:
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
    case ENTRY_HELD:
    case ENTRY_STATED:
        return facts_case(f, at);
    case ENTRY_RELEASED:
        return facts_released(f, at);
    case ENTRY_NONE:
        break;
    }
    return facts_no(f, DHK_VERSION, "its kind is unknown");
}

bool
facts_is_due(const struct facts *f)
{
    return f->complete && (f->due_at != f->due_n || f->last_word != 0);
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
    enum dhk_err rc = facts_check_due(f, at);
    if (rc == DHK_OK)
        rc = facts_check_last_word(f, at);
    f->time = at->e->time;
    if (rc == DHK_OK)
        rc = add(f, at);
    return rc == DHK_OK ? facts_seals_add(f, at) : rc;
}
