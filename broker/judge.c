/* SPDX-License-Identifier: EUPL-1.2 */
#include "judge.h"

#include <string.h>

#include "core.h"
#include "courses.h"
#include "table.h"

enum { NUMBER_KEY = 17, NUMBER_VALUE = 40 };

/* --- numbers --- */

static void
number_key(uint8_t out[NUMBER_KEY], const struct judge *j, uint64_t seq,
    enum judge_slot slot)
{
    bytes_put_u64(out, j->card->number);
    bytes_put_u64(out + 8, seq);
    out[16] = (uint8_t)slot;
}

/* Whether a signal is noted under the number of S in SLOT; then *SAME tells
 * whether it is S itself. */
static bool
number_taken(
    struct judge *j, struct judge_signal *s, enum judge_slot slot, bool *same)
{
    uint8_t key[NUMBER_KEY];
    struct slice value;

    *same = false;
    number_key(key, j, s->seq, slot);
    enum dhk_err rc = store_get(
        j->core->txn, TABLE_NUMBER, slice_of(key, sizeof key), &value);
    if (rc == DHK_NOTFOUND)
        return false;
    if (rc != DHK_OK || value.n != NUMBER_VALUE) {
        core_fail(j->core, rc == DHK_OK ? DHK_FORMAT : rc);
        return true;
    }
    *same = memcmp(value.p + 8, s->header.id, ENVELOPE_ID) == 0;
    if (*same)
        s->before = bytes_get_u64(value.p);
    return true;
}

enum dhk_err
judge_note(struct judge *j, const struct judge_signal *s, uint64_t entry)
{
    uint8_t key[NUMBER_KEY], value[NUMBER_VALUE];

    number_key(key, j, s->seq, s->slot);
    bytes_put_u64(value, entry);
    memcpy(value + 8, s->header.id, ENVELOPE_ID);
    return store_put(j->core->txn, TABLE_NUMBER, slice_of(key, sizeof key),
        slice_of(value, sizeof value));
}

/* Sets known, slot and the codes that go with them. DHK_STATE: even the place
 * for evidence is taken. */
static enum dhk_err
look_up_number(struct judge *j, struct judge_signal *s)
{
    bool same, taken[3];

    for (int slot = JUDGE_FIRST; slot <= JUDGE_FOREIGN; slot++) {
        taken[slot] = number_taken(j, s, (enum judge_slot)slot, &same);
        s->known = s->known || same;
    }
    if (s->known)
        return DHK_OK;
    if (!slice_equal(s->header.origin, slice_str(j->core->cfg.origin))) {
        s->slot = JUDGE_FOREIGN;
        s->code = ENTRY_CODE_ORIGIN;
    } else if (taken[JUDGE_FIRST]) {
        s->slot = JUDGE_CONFLICT;
        s->code = ENTRY_CODE_SEQUENCE;
    }
    return taken[s->slot] ? DHK_STATE : DHK_OK;
}

/* --- one signal --- */

/* The manifest is read only after its digest was found in the header. */
static enum dhk_err
read_manifest(struct judge *j, struct judge_signal *s)
{
    struct envelope *e = &j->envelope;
    uint8_t digest[32];
    struct diag diag;

    if (!e->has_manifest)
        return DHK_FORMAT;
    envelope_digest_manifest(
        digest, e->header.nonce, e->manifest_salt, e->manifest);
    if (!key_equal(digest, e->header.manifest_slot, sizeof digest))
        return DHK_AUTH;
    enum dhk_err rc = manifest_decode(&j->manifest, e->manifest, &diag);
    s->seq = j->manifest.seq;
    s->presence = j->manifest.presence;
    return rc;
}

static enum entry_code
check_times(const struct core *c, const struct envelope_header *h)
{
    uint64_t now = c->now / 1000, hour = 3600;

    if (h->expires <= now || h->created >= h->expires ||
        h->expires - now > c->cfg.max_expiry_days * 24 * hour ||
        h->created > now + hour || h->covert > now + ENVELOPE_COVERT_MAX)
        return ENTRY_CODE_EXPIRED;
    return ENTRY_CODE_NONE;
}

static enum entry_code
check_agreement(struct judge *j, struct judge_signal *s)
{
    const struct agreement *in_force = force_agreement(&j->core->force);
    const uint8_t *sha256 = j->core->force.agreement_text.sha256;

    if (in_force == NULL)
        return ENTRY_CODE_NO_AGREEMENT;
    if (!key_equal(s->header.agreement, sha256, 32))
        return ENTRY_CODE_STALE_AGREEMENT;
    return decide_words(&s->signal, in_force, &s->header);
}

/* Every opening is the one that the sender signed, and all are there. If not
 * (DHK_AUTH), whoever had it on the way may have done that: no entry may say
 * that the sender did, and the number is not used up. */
static enum dhk_err
check_openings(struct judge *j, struct judge_signal *s)
{
    struct diag diag;
    const struct agreement_kind *k =
        &s->signal.agreement->kinds[s->signal.kind];

    if (envelope_check(&j->envelope) != DHK_OK ||
        manifest_match(&j->manifest, &j->envelope, &diag) != DHK_OK)
        return DHK_AUTH;
    s->code = decide_attributes(&s->signal, &j->envelope);
    if (s->code == ENTRY_CODE_MANIFEST)
        return DHK_AUTH;
    if (k->fields_n < LIMIT_FIELDS && s->presence >> k->fields_n != 0)
        s->code = ENTRY_CODE_MANIFEST; /* signed so */
    if (s->code == ENTRY_CODE_NONE &&
        decide_lacking(&s->signal, &j->manifest) != 0)
        s->code = ENTRY_CODE_INCOMPLETE;
    if (s->code == ENTRY_CODE_NONE)
        s->classes_n = decide_classes(s->classes, &s->signal);
    return DHK_OK;
}

static const struct manifest_recipient *
wrapped_for(const struct manifest *m, struct slice partner)
{
    for (size_t i = 0; i < m->recipients_n; i++) {
        if (slice_equal(m->recipient[i].partner, partner))
            return &m->recipient[i];
    }
    return NULL;
}

/* Everybody wrapped to is a party, by its current receiving card. */
static enum entry_code
check_cards(const struct judge *j, const struct judge_signal *s)
{
    for (size_t i = 0; i < j->manifest.recipients_n; i++) {
        const struct manifest_recipient *r = &j->manifest.recipient[i];
        int party = agreement_party(s->signal.agreement, r->partner);
        if (party < 0)
            return ENTRY_CODE_RECIPIENTS;
        const struct force_card *c = j->core->force.receiving[party];
        if (c == NULL || !key_equal(c->card.id, r->card, CARD_ID))
            return ENTRY_CODE_RECIPIENT_CARD;
    }
    return ENTRY_CODE_NONE;
}

struct verdicts {     /* over all parties */
    bool permitted;   /* somebody may have something */
    bool not_allowed; /* somebody is named who may have nothing */
    bool overshared;
    bool left_out;
    bool too_many;
};

/* One party: what is wrapped for it against what it may have, which is D. */
static void
judge_party(struct judge *j, struct judge_signal *s, uint16_t party,
    const struct decision *d, struct verdicts *v)
{
    struct slice name = slice_str(s->signal.agreement->parties[party]);
    const struct manifest_recipient *r = wrapped_for(&j->manifest, name);
    uint32_t wrapped = r == NULL ? 0 : r->fields;
    uint32_t open = s->presence & ~decide_excluded(&j->manifest, name);
    uint32_t want = d->verdict == VERDICT_DENY ? 0 : d->fields & open;
    struct decision widest;

    v->permitted = v->permitted || want != 0;
    if ((wrapped & ~want) != 0) {
        decide_widest(&widest, &s->signal, party);
        uint32_t most =
            widest.verdict == VERDICT_DENY ? 0 : widest.fields & open;
        v->permitted = v->permitted || most != 0;
        v->not_allowed = v->not_allowed || most == 0;
        v->overshared = v->overshared || (wrapped & ~most) != 0;
    }
    /* without a receiving card nobody can be wrapped to */
    if ((want & ~wrapped) != 0 &&
        (wrapped != 0 ||
            (!j->manifest.to && j->core->force.receiving[party] != NULL)))
        v->left_out = true;
    if ((want & wrapped) == 0)
        return;
    v->too_many = v->too_many || j->shares_n == JUDGE_SHARES;
    if (v->too_many)
        return;
    j->share[j->shares_n++] = (struct judge_share){.party = party,
        .fields = want & wrapped,
        .wrapped = wrapped,
        .card = j->core->force.receiving[party],
        .decision = *d};
}

static enum entry_code
worst(const struct verdicts *v, size_t shares)
{
    if (!v->permitted)
        return ENTRY_CODE_DENIED;
    if (v->not_allowed)
        return ENTRY_CODE_RECIPIENTS;
    if (v->overshared)
        return ENTRY_CODE_OVERSHARED;
    if (v->left_out)
        return ENTRY_CODE_RECIPIENTS;
    /* permitted at some other hour, or to somebody excluded */
    return shares == 0 ? ENTRY_CODE_DENIED : ENTRY_CODE_NONE;
}

enum dhk_err
judge_relations(struct judge *j, struct judge_signal *s)
{
    const struct course *course;

    if (s->signal.relations == 0)
        return DHK_OK;
    enum dhk_err rc = courses_get(j->core, s->header.case_handle, &course);
    core_fail(j->core, rc);
    if (rc == DHK_OK)
        decide_relations(&s->signal, course, &s->header, j->core->now);
    return rc;
}

static enum entry_code
judge(struct judge *j, struct judge_signal *s, bool *too_many)
{
    struct decision d[LIMIT_PARTIES];
    struct verdicts v = {0};

    decide_windows(&s->signal, j->core->now);
    decide_all(d, &s->signal);
    s->shares_from = j->shares_n;
    for (size_t p = 0; p < s->signal.agreement->parties_n; p++)
        judge_party(j, s, (uint16_t)p, &d[p], &v);
    *too_many = v.too_many;
    s->shares_n = j->shares_n - s->shares_from;
    enum entry_code code = worst(&v, s->shares_n);
    if (code != ENTRY_CODE_NONE) {
        j->shares_n = s->shares_from;
        s->shares_n = 0;
    }
    return code;
}

/* All checks in order; the first that fails gives the code. */
static enum dhk_err
decide_signal(struct judge *j, struct judge_signal *s)
{
    bool too_many = false;
    enum dhk_err rc = DHK_OK;

    if (s->code == ENTRY_CODE_NONE)
        s->code = check_agreement(j, s);
    if (s->code == ENTRY_CODE_NONE)
        s->code = check_times(j->core, &s->header);
    if (s->code == ENTRY_CODE_NONE)
        rc = check_openings(j, s);
    if (rc != DHK_OK)
        return rc;
    if (s->code == ENTRY_CODE_NONE)
        s->code = check_cards(j, s);
    if (s->code == ENTRY_CODE_NONE)
        rc = judge_relations(j, s);
    if (rc != DHK_OK)
        return rc;
    if (s->code == ENTRY_CODE_NONE)
        s->code = judge(j, s, &too_many);
    return too_many ? DHK_LIMIT : DHK_OK;
}

enum dhk_err
judge_signal(struct judge *j, size_t i)
{
    struct judge_signal *s = &j->signal[i];
    struct diag diag;

    memset(s, 0, sizeof *s);
    enum dhk_err rc =
        envelope_parse(&j->envelope, j->bundle.envelope[i], &diag);
    if (rc != DHK_OK)
        return rc;
    s->header = j->envelope.header;
    memcpy(s->header.id, j->bundle.id_mem + i * ENVELOPE_ID, ENVELOPE_ID);
    /* nobody signs as another */
    if (!slice_equal(s->header.sender, slice_str(j->card->card.partner)))
        return DHK_AUTH;
    rc = read_manifest(j, s);
    if (rc != DHK_OK)
        return rc;
    if (i > 0 && s->seq <= j->signal[i - 1].seq)
        return DHK_FORMAT;
    rc = look_up_number(j, s);
    if (rc == DHK_OK && !s->known)
        rc = decide_signal(j, s);
    j->known_n += s->known ? 1 : 0;
    j->accepted_n += !s->known && s->code == ENTRY_CODE_NONE ? 1 : 0;
    return rc;
}
