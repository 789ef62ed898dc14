/* SPDX-License-Identifier: EUPL-1.2
 *
 * Sealing signals into bundles. */
#include "sealer.h"

#include "cards.h"
#include "session.h"
#include "tally.h"
#include "trust.h"

#include "bundle.h"
#include "sealing.h"

#include <stdlib.h>
#include <string.h>

enum {
    FRAME_BYTES = 512, /* of a bundle beside its envelopes */
    SHARES_MAX = 480,  /* that the broker takes in one bundle */
    ATTRIBUTE_VALUE = LIMIT_NAME + 2,
    /* of an entry, from above: its head, card, agreement, signature, lengths */
    ENTRY_HEAD = 192,
    MARK_HEAD = 5, /* array, kind, code, length of the classes */
};
#define PROMISE "driehoek/v1/client-promise"

struct sealer {
    struct sealing_plan plan;
    struct entry size; /* to find out whether the entry would fit */
    struct record record[LIMIT_BUNDLE];
    uint64_t number[LIMIT_BUNDLE];
    uint8_t id[LIMIT_BUNDLE][ENVELOPE_ID];
    struct slice envelope[LIMIT_BUNDLE];
    size_t classes_n[LIMIT_BUNDLE]; /* attributes of the kind */
    size_t n, shares_n;
    uint64_t bundle;
    uint64_t seq;    /* of the first */
    struct sink out; /* envelopes, one after the other */
    uint8_t attribute[LIMIT_ATTRIBUTES][ATTRIBUTE_VALUE];
    struct sealing_key *key;
    /* read once a bundle, written at its end: */
    struct {
        char partner[LIMIT_NAME + 1];
        struct tally tally;
    } count[LIMIT_PARTIES];
    size_t counts_n;
    bool has_previous;
    uint8_t previous[ENVELOPE_ID];
    uint8_t mem[LIMIT_BUNDLE_BYTES];
    uint8_t frame[LIMIT_BUNDLE_BYTES];
};

enum dhk_err
sealer_of(struct sealer **out, struct dhk_node *node)
{
    *out = node->sealer;
    if (*out != NULL)
        return DHK_OK;
    /* of its large buffers only what was written is ever read; no value of a
     * field is copied into it */
    *out = malloc(sizeof **out);
    if (*out == NULL)
        return DHK_NOMEM;
    memset(&(*out)->plan, 0, sizeof(*out)->plan);
    (*out)->key = NULL;
    node->sealer = *out;
    return DHK_OK;
}

void
sealer_destroy(struct sealer **s)
{
    if (*s == NULL)
        return;
    sealing_key_destroy(&(*s)->key);
    free(*s);
    *s = NULL;
}

void
sealer_prepare(struct sealer *s)
{
    if (s != NULL && s->key != NULL)
        sealing_key_prepare(s->key);
}

/* A chain over the parties in the order of their names would not depend on
 * the order of the text; the order of the text is good enough: another order
 * only asks for a review too many. */
void
sealer_promise(uint8_t out[32], const struct preview *p)
{
    const struct agreement *a = p->wording.agreement;
    struct slice part[2 + LIMIT_FIELDS];

    memset(out, 0, 32);
    for (size_t i = 0; i < a->parties_n; i++) {
        size_t n = 0;

        if (p->party[i].fields == 0)
            continue;
        part[n++] = slice_of(out, 32);
        part[n++] = slice_str(a->parties[i]);
        for (size_t k = 0; p->party[i].shown[k] != NULL; k++)
            part[n++] = slice_str(p->party[i].shown[k]);
        seal_hash(out, PROMISE, part, n);
    }
}

/* --- whether one more fits --- */

static size_t
kind_index(struct entry_accepted *x, struct slice kind)
{
    for (size_t i = 0; i < x->kinds_n; i++) {
        if (slice_equal(x->kind[i], kind))
            return i;
    }
    x->kind[x->kinds_n] = kind;
    return x->kinds_n++;
}

/* Bytes of a number in msgpack. */
static size_t
number_size(uint64_t v)
{
    if (v < 0x80)
        return 1;
    if (v < 0x100)
        return 2;
    return v < 0x10000 ? 3 : v < 0x100000000 ? 5 : 9;
}

/* No less than the longer of both entries takes: encoding them for every
 * signal would cost the square of the bundle. */
static size_t
entries_bound(const struct sealer *s, const struct dhk_node *node)
{
    size_t accepted = ENTRY_HEAD + strlen(node->name), refused = accepted;

    for (size_t i = 0; i < s->n; i++) {
        const struct record *r = &s->record[i];
        bool same = i > 0 && strcmp(r->kind, s->record[i - 1].kind) == 0;

        accepted += ENVELOPE_ID + MARK_HEAD + number_size(r->presence) +
                    number_size(i == 0 ? r->seq : 1) + s->classes_n[i] +
                    (same ? 0 : 2 + strlen(r->kind));
        refused += ENVELOPE_ID + number_size(r->seq);
    }
    return accepted > refused ? accepted : refused;
}

/* The accepted entry, and the refused one in its place, with the numbers that
 * they would have. */
static bool
entries_fit(struct sealer *s, const struct dhk_node *node)
{
    static const uint8_t classes[LIMIT_ATTRIBUTES];
    struct entry *e = &s->size;
    struct entry_accepted *x = &e->u.accepted;
    struct entry_refused *y = &e->u.refused;

    if (entries_bound(s, node) <= LIMIT_ENTRY)
        return true;
    memset(e, 0, sizeof *e);
    e->kind = ENTRY_ACCEPTED;
    e->time = clock_wall_ms(node->clock);
    x->sender = slice_str(node->name);
    x->before = INT64_MAX;
    x->ids = slice_of(s->id, s->n * ENVELOPE_ID);
    for (size_t i = 0; i < s->n; i++) {
        const struct record *r = &s->record[i];

        x->mark[x->n++] = (struct entry_mark){
            .kind = (uint16_t)kind_index(x, slice_str(r->kind)),
            .presence = r->presence,
            .seq = r->seq,
            .classes = slice_of(classes, s->classes_n[i])};
    }
    if (!entry_fits(e))
        return false;
    memset(&e->u, 0, sizeof e->u);
    e->kind = ENTRY_REFUSED;
    y->sender = slice_str(node->name);
    y->before = INT64_MAX;
    y->ids = slice_of(s->id, s->n * ENVELOPE_ID);
    y->code = ENTRY_CODE_DENIED;
    for (size_t i = 0; i < s->n; i++)
        y->seq[y->n++] = s->record[i].seq;
    return entry_fits(e);
}

/* --- one signal --- */

/* What was counted for PARTNER, of which there are no more than parties. */
static enum dhk_err
find_tally(struct sealer *s, const struct dhk_node *node, struct store_txn *t,
    const char *partner, struct tally **out)
{
    size_t i = 0;
    enum dhk_err rc = DHK_OK;

    while (i < s->counts_n && strcmp(s->count[i].partner, partner) != 0)
        i++;
    if (i == s->counts_n) {
        must(i < LIMIT_PARTIES);
        memcpy(s->count[i].partner, partner, strlen(partner) + 1);
        rc = tally_get(t, node->card.id, partner, &s->count[i].tally);
        s->counts_n += rc == DHK_OK;
    }
    *out = &s->count[i].tally;
    return rc;
}

static enum dhk_err
add_recipient(struct sealer *s, struct record *r, struct dhk_node *node,
    struct store_txn *t, const struct preview *p, size_t party)
{
    struct slice name = slice_str(p->wording.agreement->parties[party]);
    const struct card *card = cards_receiving(node->cards, name);
    struct record_recipient *to = &r->recipient[r->recipients_n++];
    struct tally *tally = NULL;
    enum dhk_err rc;

    *to = (struct record_recipient){.fields = p->party[party].fields,
        .conditional = p->party[party].conditional};
    rc = slice_to_str(name, to->partner, sizeof to->partner);
    if (rc != DHK_OK)
        return rc;
    if (card == NULL) {
        to->end = RECORD_UNSHARED;
        return DHK_OK;
    }
    memcpy(to->card, card->id, sizeof to->card);
    rc = find_tally(s, node, t, to->partner, &tally);
    if (rc != DHK_OK)
        return rc;
    tally->last++;
    tally->open++;
    s->plan.recipient[s->plan.recipients_n] =
        (struct sealing_recipient){.partner = name,
            .seal = card->seal,
            .fields = to->fields,
            .counter = tally->last};
    memcpy(s->plan.recipient[s->plan.recipients_n++].card, card->id, 32);
    return DHK_OK;
}

static enum dhk_err
plan_recipients(struct sealer *s, struct record *r, struct dhk_node *node,
    struct store_txn *t, const struct preview *p)
{
    enum dhk_err rc = DHK_OK;

    r->recipients_n = 0;
    s->plan.recipients_n = 0;
    for (size_t i = 0; rc == DHK_OK && i < p->wording.agreement->parties_n;
         i++) {
        if (p->party[i].fields != 0)
            rc = add_recipient(s, r, node, t, p, i);
    }
    return rc;
}

static void
plan_content(struct sealer *s, const struct preview *p)
{
    const struct wording *w = &p->wording;
    struct sealing_plan *plan = &s->plan;

    plan->fields_n = w->of->fields_n;
    plan->presence = w->presence;
    memcpy(plan->value, w->value, sizeof plan->value);
    plan->parties_n = w->agreement->parties_n;
    plan->attributes_n = w->of->attributes_n;
    for (size_t k = 0; k < w->of->attributes_n; k++) {
        struct sink out;

        sink_init(&out, s->attribute[k], ATTRIBUTE_VALUE);
        wording_put_attribute(&out, w, k);
        plan->attribute[k] = sink_done(&out);
    }
    memcpy(plan->exclusion, w->exclusion, sizeof plan->exclusion);
    plan->exclusions_n = w->exclusions_n;
    plan->to = w->to != 0;
}

static void
plan_head(struct sealer *s, const struct record *r, const struct dhk_node *node,
    const struct preview *p)
{
    const struct wording *w = &p->wording;
    const struct agreement *a = w->agreement;
    struct sealing_plan *plan = &s->plan;

    plan->origin = slice_str(trust_roster(node->trust)->origin);
    plan->sender = slice_str(node->name);
    plan->kind = slice_str(w->of->name);
    plan->purpose = slice_str(a->purposes[w->purpose].name);
    plan->ground = slice_str(a->grounds[w->ground].name);
    plan->agreement = p->agreement;
    plan->card = node->card.id;
    plan->case_handle = w->case_handle;
    plan->reply_to = w->is_reply ? w->reply_to : NULL;
    plan->created = (uint64_t)session_now(node);
    plan->expires = (uint64_t)r->expires;
    if (plan->created >= plan->expires)
        plan->created = plan->expires - 1;
    plan->covert = (uint64_t)w->signal->covert_until;
    plan->seq = r->seq;
}

/* Seals P as the next of the bundle. */
static enum dhk_err
seal(struct sealer *s, struct dhk_node *node, struct store_txn *t,
    const struct preview *p)
{
    struct record *r = &s->record[s->n];
    uint8_t actor[16];
    size_t from = s->out.n;
    enum dhk_err rc = plan_recipients(s, r, node, t, p);

    if (rc != DHK_OK)
        return rc;
    plan_content(s, p);
    plan_head(s, r, node, p);
    key_pool_draw(&s->key->pool, actor, sizeof actor);
    s->plan.actor = actor;
    s->plan.previous = s->has_previous ? s->previous : NULL;
    rc = sealing_envelope(&s->out, s->id[s->n], &s->plan, s->key);
    if (rc != DHK_OK) { /* of no use to the others: taken back */
        s->out.n = from;
        s->out.err = DHK_OK;
        return rc == DHK_NOMEM ? rc : DHK_DENIED;
    }
    memcpy(r->agreement, p->agreement, sizeof r->agreement);
    memcpy(r->id, s->id[s->n], sizeof r->id);
    r->has_id = true;
    memcpy(r->from, node->card.id, sizeof r->from);
    r->bundle = s->bundle;
    r->position = (uint32_t)s->n;
    r->tries++;
    s->envelope[s->n] = slice_of(s->mem + from, s->out.n - from);
    s->shares_n += s->plan.recipients_n;
    s->n++;
    memcpy(s->previous, r->id, sizeof s->previous);
    s->has_previous = true;
    return DHK_OK;
}

/* --- choosing --- */

enum choice { CHOICE_SEAL, CHOICE_FULL, CHOICE_REVIEW, CHOICE_STUCK };

static size_t
receivers(const struct dhk_node *node, const struct preview *p)
{
    const struct agreement *a = p->wording.agreement;
    size_t n = 0;

    for (size_t i = 0; i < a->parties_n; i++) {
        if (p->party[i].fields != 0 &&
            cards_receiving(node->cards, slice_str(a->parties[i])) != NULL)
            n++;
    }
    return n;
}

static enum choice
choose(struct sealer *s, const struct dhk_node *node, const struct preview *p)
{
    struct record *r = &s->record[s->n];
    size_t n = receivers(node, p);
    bool fits;

    if (n == 0)
        return CHOICE_STUCK;
    if (s->n == LIMIT_BUNDLE || s->shares_n + n > SHARES_MAX ||
        s->out.n + FRAME_BYTES + preview_sealed_size(p) > sizeof s->mem)
        return s->n == 0 ? CHOICE_REVIEW : CHOICE_FULL;
    r->presence = p->wording.presence;
    r->seq = s->seq + s->n;
    s->classes_n[s->n] = p->wording.of->attributes_n;
    s->n++;
    fits = entries_fit(s, node);
    s->n--;
    return fits ? CHOICE_SEAL : CHOICE_FULL;
}

enum dhk_err
sealer_begin(struct sealer *s, const struct dhk_node *node, struct store_txn *t)
{
    enum dhk_err rc;

    s->n = s->shares_n = s->counts_n = 0;
    sink_init(&s->out, s->mem, sizeof s->mem);
    rc = s->key == NULL ? sealing_key_new(&s->key) : DHK_OK;
    if (rc == DHK_OK)
        sealing_key_begin(s->key);
    if (rc == DHK_OK)
        rc = outbox_next_count(t, "bundle", &s->bundle);
    if (rc == DHK_OK)
        rc = outbox_next_count(t, "sequence", &s->seq);
    if (rc == DHK_OK)
        rc =
            tally_get_previous(t, node->card.id, s->previous, &s->has_previous);
    return rc;
}

static enum dhk_err
put_counts(struct sealer *s, const struct dhk_node *node, struct store_txn *t)
{
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < s->counts_n; i++)
        rc = tally_put(
            t, node->card.id, s->count[i].partner, &s->count[i].tally);
    if (rc == DHK_OK && s->n > 0)
        rc = tally_put_previous(t, node->card.id, s->previous);
    return rc;
}

/* What is not sealed uses up no number. */
static enum dhk_err
give_back(struct sealer *s, struct store_txn *t)
{
    enum dhk_err rc = outbox_put_count(t, "bundle", s->bundle - 1);

    return rc == DHK_OK ? outbox_put_count(t, "sequence", s->seq - 1) : rc;
}

enum dhk_err
sealer_end(struct sealer *s, struct dhk_node *node, struct store_txn *t,
    uint64_t *bundle)
{
    struct sink out;
    enum dhk_err rc;

    *bundle = 0;
    sealing_key_spend(s->key);
    rc = put_counts(s, node, t);
    if (rc != DHK_OK)
        return rc;
    if (s->n == 0)
        return give_back(s, t);
    sink_init(&out, s->frame, sizeof s->frame);
    rc = bundle_encode(
        &out, node->card.id, s->envelope, s->n, s->id[0], node->secret.sign);
    if (rc == DHK_OK)
        rc = outbox_keep_bundle(t, s->bundle, s->number, s->n, sink_done(&out));
    if (rc == DHK_OK)
        rc = outbox_put_count(t, "sequence", s->seq + s->n - 1);
    for (size_t i = 0; rc == DHK_OK && i < s->n; i++)
        rc = outbox_put(t, s->number[i], &s->record[i]);
    if (rc == DHK_OK)
        *bundle = s->bundle;
    return rc;
}

enum dhk_err
sealer_add(struct sealer *s, struct dhk_node *node, struct store_txn *t,
    const struct sealer_fresh *fresh)
{
    if (s->n == LIMIT_BUNDLE)
        return DHK_LIMIT;
    record_copy(&s->record[s->n], fresh->record);
    switch (choose(s, node, fresh->preview)) {
    case CHOICE_FULL:
        return DHK_LIMIT;
    case CHOICE_SEAL:
        break;
    case CHOICE_STUCK:
        return DHK_STATE;
    case CHOICE_REVIEW:
        return DHK_DENIED;
    }
    s->number[s->n] = fresh->number;
    return seal(s, node, t, fresh->preview);
}
