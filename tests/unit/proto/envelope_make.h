/* SPDX-License-Identifier: EUPL-1.2
 *
 * A sender, two recipients and envelopes between them, for tests. */
#ifndef UNIT_PROTO_ENVELOPE_MAKE_H
#define UNIT_PROTO_ENVELOPE_MAKE_H

#include "field.h"
#include "sealing.h"
#include "wiretest.h"
#include "wrap.h"

enum { MAKE_MAX = 128 * 1024, MAKE_PARTIES = 6, MAKE_FIELDS = 5 };

struct make_party {
    struct dh_secret *seal;
    struct dh_public seal_pk;
    uint8_t card[32];
};
struct make_world {
    struct sealing_key key;
    struct make_party gemeente, om;
    uint8_t agreement[32], card[32], case_handle[16], actor[16];
};

static inline void
make_party(struct make_party *p, uint8_t mark)
{
    uint8_t seed[KEY_SEED] = {mark, 1};
    assert_int_equal(key_dh_from_seed(&p->seal, &p->seal_pk, seed), DHK_OK);
    memset(p->card, mark, sizeof p->card);
}

static inline void
make_world(struct make_world *w)
{
    static const uint8_t seed[KEY_SEED] = {0xee};
    assert_int_equal(key_dh_from_seed(&w->key.own, &w->key.pk, seed), DHK_OK);
    make_party(&w->gemeente, 0x11);
    make_party(&w->om, 0x22);
    memset(w->agreement, 0xa9, sizeof w->agreement);
    memset(w->card, 0xca, sizeof w->card);
    memset(w->case_handle, 0xc5, sizeof w->case_handle);
    memset(w->actor, 0xac, sizeof w->actor);
}

static inline void
make_world_end(struct make_world *w)
{
    key_dh_destroy(&w->key.own);
    key_dh_destroy(&w->gemeente.seal);
    key_dh_destroy(&w->om.seal);
}

/* Fields 0, 1 and 3 of five have a value; gemeente gets 0 and 3, om 1. */
static inline void
make_plan(struct sealing_plan *p, const struct make_world *w)
{
    *p = (struct sealing_plan){.origin = slice_str("ledger.example/1"),
        .sender = slice_str("politie"),
        .kind = slice_str("zorgsignaal"),
        .purpose = slice_str("persoonsgericht"),
        .ground = slice_str("wpg-20"),
        .agreement = w->agreement,
        .card = w->card,
        .case_handle = w->case_handle,
        .actor = w->actor,
        .created = 1772000000,
        .expires = 1774592000,
        .covert = 1790000000,
        .seq = 41,
        .fields_n = MAKE_FIELDS,
        .presence = 0x0b,
        .parties_n = MAKE_PARTIES,
        .recipients_n = 2,
        .attributes_n = 3,
        .exclusions_n = 1};
    p->value[0] = slice_str("Overlast in de Dorpsstraat");
    p->value[1] = slice_str("Aanhouding op 3 maart");
    p->value[3] = slice_str("Zorgen om twee kinderen");
    p->recipient[0] =
        (struct sealing_recipient){.partner = slice_str("gemeente"),
            .seal = w->gemeente.seal_pk,
            .fields = 0x09,
            .counter = 7};
    memcpy(p->recipient[0].card, w->gemeente.card, 32);
    p->recipient[1] = (struct sealing_recipient){.partner = slice_str("om"),
        .seal = w->om.seal_pk,
        .fields = 0x02,
        .counter = 1};
    memcpy(p->recipient[1].card, w->om.card, 32);
    p->attribute[0] = slice_of("\xc3", 1);
    p->attribute[1] = slice_of("\x05", 1);
    p->exclusion[0] = (struct manifest_exclusion){
        .fields = 0x10, .code = MANIFEST_CODE_SOURCE};
}

static inline struct slice
make_envelope(uint8_t *mem, uint8_t id[ENVELOPE_ID],
    const struct sealing_plan *p, struct make_world *w)
{
    struct sink out;
    sink_init(&out, mem, MAKE_MAX);
    w->key.pool.left = 0; /* the same bytes whatever was made before */
    assert_int_equal(sealing_envelope(&out, id, p, &w->key), DHK_OK);
    return sink_done(&out);
}

/* The recipient opening of PARTNER. */
static inline struct envelope_recipient *
make_find(struct envelope *e, const char *partner)
{
    for (size_t i = 0; i < e->recipients_n; i++)
        if (slice_equal(e->recipient[i].partner, slice_str(partner)))
            return &e->recipient[i];
    must(false && "an opening for the partner");
    return e->recipient;
}

static inline enum dhk_err
make_unwrap(struct wrap *out, const struct envelope_header *h,
    const struct envelope_recipient *r, const struct make_party *p)
{
    struct wrap_agreed agreed = {.is_set = false};
    const struct wrap_keys keys = {
        .secret = agreed.secret, .seal = &p->seal_pk};
    enum dhk_err rc = wrap_agree(&agreed, p->seal, &h->ephemeral);
    return rc == DHK_OK ? wrap_open(out, h, r, &keys) : rc;
}

#endif
