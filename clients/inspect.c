/* SPDX-License-Identifier: EUPL-1.2
 *
 * Looking through a share: form, signatures, digests, keys, then policy
 * (entitled.c). The first thing that is wrong is the verdict. */
#include "inspect.h"

#include "entitled.h"

#include "field.h"
#include "merkle.h"
#include "pack.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum {
    SHARE_PARTS = 8,
    PACKED_NIL = 0xc0,
    PACKED_BIN = 0xc4, /* with its length in a byte */
    PACKED_HASH = 2 + SEAL_HASH,
};

enum dhk_err
inspect_new(struct inspect **out)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? DHK_NOMEM : DHK_OK;
}

static void
drop_values(struct inspect *x)
{
    if (x->mem != NULL)
        key_wipe(x->mem, x->mem_n);
    free(x->mem);
    x->mem = NULL;
    x->mem_n = 0;
    memset(x->value, 0, sizeof x->value);
    wrap_wipe(&x->wrap);
}

void
inspect_destroy(struct inspect **x)
{
    if (*x == NULL)
        return;
    drop_values(*x);
    key_wipe(&(*x)->agreed, sizeof(*x)->agreed);
    free(*x);
    *x = NULL;
}

/* The parts of SHARE that a label is made of. */
static enum dhk_err
read_parts(struct slice *header, uint64_t *index, struct slice *entry,
    struct slice share)
{
    struct cursor c;

    cursor_init(&c, share);
    unpack_array_of(&c, SHARE_PARTS);
    (void)unpack_uint(&c, UINT64_MAX); /* position */
    *index = unpack_uint(&c, UINT64_MAX);
    *entry = unpack_bin(&c, LIMIT_ENTRY);
    *header = unpack_bin(&c, LIMIT_HEADER);
    return c.err;
}

enum dhk_err
inspect_read_label(struct inspect_label *out, struct slice share)
{
    struct slice header, entry;
    enum dhk_err rc = read_parts(&header, &out->index, &entry, share);

    if (rc != DHK_OK)
        return rc;
    merkle_leaf(out->leaf, entry);
    envelope_header_agreement(out->agreement, header);
    return DHK_OK;
}

enum dhk_err
inspect_read_entry(struct slice *entry, struct slice share)
{
    struct slice header;
    uint64_t index;

    return read_parts(&header, &index, entry, share);
}

enum dhk_err
inspect_read_agreement(uint8_t agreement[32], struct slice share)
{
    struct slice header, entry;
    uint64_t index;
    enum dhk_err rc = read_parts(&header, &index, &entry, share);

    if (rc == DHK_OK)
        envelope_header_agreement(agreement, header);
    return rc;
}

/* The release is the last part: nothing, or a STATED entry with a hash at its
 * end. */
bool
inspect_may_be_released(struct slice share)
{
    const uint8_t *end = share.p + share.n;

    if (share.n < PACKED_HASH)
        return false;
    return end[-1] != PACKED_NIL || (end[-PACKED_HASH] == PACKED_BIN &&
                                        end[1 - PACKED_HASH] == SEAL_HASH);
}

size_t
inspect_read_approvals(struct inspect *x, uint8_t ids[LIMIT_APPROVALS][CARD_ID],
    struct slice share)
{
    size_t n = 0;

    if (share_decode(&x->share, share, NULL) != DHK_OK || !x->share.has_release)
        return 0;
    for (size_t i = 0; i < x->share.stated_n; i++)
        n += release_card(ids[n], x->share.stated[i], &x->release.entry) ==
             DHK_OK;
    return n;
}

static bool
refuse(struct inspect *x, enum answer_outcome outcome, const char *why)
{
    x->outcome = outcome;
    x->why = why;
    return false;
}

/* Who passes it on could have made it so: no verdict. */
static bool
leave(struct inspect *x, const char *why)
{
    return refuse(x, ANSWER_NONE, why);
}

/* The object with ID is not here, without which there is none. */
static bool
lack(struct inspect *x, const uint8_t id[CARD_ID], const char *why)
{
    x->lacks = true;
    memcpy(x->lacked, id, sizeof x->lacked);
    return leave(x, why);
}

/* The sender's card signed the ids, and this is the one at its position: then
 * the header is the sender's. The broker's core saw to all of it, so whatever
 * is wrong was made wrong since. */
static bool
check_statement(struct inspect *x, const struct inspect_context *ctx,
    const struct bundle_statement *st)
{
    const struct envelope_header *h = &x->share.header;
    size_t at = x->share.position * ENVELOPE_ID;

    if (ctx->sender == NULL)
        return lack(x, st->card,
            "its key card was not shown, or the roster here does not allow it");
    if (memcmp(st->card, ctx->sender->id, CARD_ID) != 0 ||
        memcmp(h->card, ctx->sender->id, CARD_ID) != 0 ||
        !slice_equal(h->sender, slice_str(ctx->sender->partner)) ||
        bundle_verify_once(&x->verified, st, &ctx->sender->sign) != DHK_OK)
        return leave(x, "it is not signed by the card that it names");
    if (at + ENVELOPE_ID > st->ids.n ||
        memcmp(st->ids.p + at, h->id, ENVELOPE_ID) != 0)
        return leave(x, "its id is not among those that the sender signed");
    return true;
}

/* The openings are those of the header, with one for this recipient; another's
 * is known to whoever passes that on. */
static bool
check_openings(struct inspect *x, const struct inspect_context *ctx)
{
    const struct envelope_recipient *r = &x->share.recipient;

    if (share_check(&x->share) != DHK_OK)
        return leave(x, "an opening is not the one that the sender signed");
    if (!slice_equal(r->partner, slice_str(ctx->name)) ||
        memcmp(r->card, ctx->card->id, CARD_ID) != 0)
        return leave(x, "it is sealed to another recipient");
    return true;
}

/* The entry is of this signal and for this recipient, and names the openings
 * that came. A real one of another share is known to whoever passes it on, and
 * an opening is easily left out, or added. */
static bool
check_entry(struct inspect *x, const struct inspect_context *ctx)
{
    const struct entry_share *e = &x->entry.u.share;

    if (entry_decode(&x->entry, x->share.entry, NULL) != DHK_OK ||
        x->entry.kind != ENTRY_SHARE)
        return leave(x, "its ledger entry is no share");
    if (memcmp(e->id, x->share.header.id, sizeof e->id) != 0 ||
        !slice_equal(e->recipient, slice_str(ctx->name)) ||
        memcmp(e->card, ctx->card->id, sizeof e->card) != 0)
        return leave(x, "its ledger entry is about another share");
    if (e->fields != share_fields(&x->share))
        return leave(
            x, "its ledger entry names other fields than were delivered");
    return true;
}

static bool
check_agreements(struct inspect *x, const struct inspect_context *ctx)
{
    if (ctx->agreement == NULL)
        return lack(x, x->share.header.agreement,
            "its agreement was not shown with the signatures of all");
    if (ctx->in_force == NULL)
        return lack(
            x, x->share.header.agreement, "no agreement is in force here");
    return true;
}

/* The broker's entry says the same as what the sender signed. From here on
 * whatever is wrong is the sender's doing or core's, if this is the entry in
 * the ledger. */
static bool
check_particulars(struct inspect *x, const struct inspect_context *ctx)
{
    const struct envelope_header *h = &x->share.header;
    const struct entry_share *e = &x->entry.u.share;

    if (!slice_equal(h->origin, slice_str(ctx->origin)))
        return refuse(x, ANSWER_WRONG_LEDGER, "it is made for another ledger");
    if (e->position != x->share.position ||
        !slice_equal(e->sender, h->sender) || !slice_equal(e->kind, h->kind) ||
        !slice_equal(e->purpose, h->purpose) ||
        !slice_equal(e->ground, h->ground) ||
        memcmp(e->case_handle, h->case_handle, sizeof e->case_handle) != 0 ||
        memcmp(e->agreement, h->agreement, sizeof e->agreement) != 0 ||
        e->expires != h->expires || e->covert != h->covert)
        return refuse(
            x, ANSWER_BAD_ENTRY, "its ledger entry has other particulars");
    return true;
}

/* What waited was let go, and what was let go is this very share: approvals are
 * of a place in the ledger. */
static bool
check_release(struct inspect *x, const struct inspect_context *ctx)
{
    const struct release_question q = {.share = &x->share,
        .entry = &x->entry.u.share,
        .origin = ctx->origin,
        .cards = ctx->cards};

    x->release.approved_n = 0;
    if (!x->entry.u.share.pending)
        return !x->share.has_release ||
               leave(x, "a release came with it, and it did not wait");
    if (!release_check(&x->release, &q))
        return x->release.lacks ? lack(x, x->release.card, x->release.why)
                                : leave(x, x->release.why);
    return ctx->placed ||
           leave(x, "it is not shown that its entry is the one that was "
                    "approved");
}

/* A card counts at the time by which the broker accepted. */
static bool
check_card_time(struct inspect *x, const struct inspect_context *ctx)
{
    int64_t at = (int64_t)(x->entry.time / 1000);

    if (ctx->sender->from <= at && at < ctx->sender->until)
        return true;
    return refuse(
        x, ANSWER_UNKNOWN_CARD, "its key card was not valid when accepted");
}

static bool
open_wrap(struct inspect *x, const struct inspect_context *ctx)
{
    const struct wrap_keys keys = {
        .secret = x->agreed.secret, .seal = &ctx->card->seal};
    const struct entry_share *e = &x->entry.u.share;

    if (wrap_agree(&x->agreed, ctx->seal, &x->share.header.ephemeral) !=
            DHK_OK ||
        wrap_open(&x->wrap, &x->share.header, &x->share.recipient, &keys) !=
            DHK_OK)
        return refuse(x, ANSWER_UNDECRYPTABLE, "its keys do not open");
    if (e->wrapped != x->wrap.fields)
        return refuse(x, ANSWER_BAD_ENTRY,
            "its ledger entry names other fields than the sender sealed");
    if ((e->fields & ~x->wrap.fields) != 0)
        return refuse(x, ANSWER_MALFORMED,
            "a field came for which the sender sealed no key");
    return true;
}

static bool
open_fields(struct inspect *x)
{
    uint8_t *at = x->mem;

    for (size_t i = 0; i < x->share.fields_n; i++) {
        const struct envelope_field *f = &x->share.field[i];
        const uint8_t *key = x->wrap.key[f->i];

        if (field_open(&x->value[i], at, &x->share.header, f, key) != DHK_OK) {
            if (!field_commits(&x->share.header, f, key))
                return refuse(x, ANSWER_BAD_COMMITMENT,
                    "the key of a field is not the one that was committed to");
            return refuse(x, ANSWER_UNDECRYPTABLE, "a field does not open");
        }
        at += f->ciphertext.n;
    }
    return true;
}

static enum dhk_err
make_room(struct inspect *x)
{
    size_t n = 1;

    for (size_t i = 0; i < x->share.fields_n; i++)
        n += x->share.field[i].ciphertext.n;
    x->mem = malloc(n);
    x->mem_n = n;
    return x->mem == NULL ? DHK_NOMEM : DHK_OK;
}

static bool
check_policy(struct inspect *x, const struct inspect_context *ctx)
{
    struct entitled_question q = {.share = &x->share,
        .entry = &x->entry.u.share,
        .by = ctx->agreement,
        .in_force = ctx->in_force,
        .approved = x->release.approved,
        .approved_n = x->release.approved_n};

    x->outcome = entitled_check(&q, &x->detail, &x->why);
    return x->outcome == ANSWER_TAKEN;
}

/* Core sees that a field is there, and only who opens it whether it says
 * anything. The agreement has the share's kind: see check_policy(). */
static bool
check_required(struct inspect *x, const struct inspect_context *ctx)
{
    int kind = agreement_kind(ctx->agreement, x->share.header.kind);
    uint32_t required = ctx->agreement->kinds[kind].required;

    for (size_t i = 0; i < x->share.fields_n; i++) {
        if ((required >> x->share.field[i].i & 1) != 0 &&
            text_is_blank(x->value[i]))
            return refuse(x, ANSWER_MALFORMED,
                "a field that the agreement requires holds nothing");
    }
    return true;
}

enum dhk_err
inspect_share(struct inspect *x, const struct inspect_context *ctx,
    const struct bundle_statement *st, struct slice share)
{
    enum dhk_err rc;

    drop_values(x);
    x->outcome = ANSWER_NONE;
    x->lacks = false;
    x->detail = 0;
    x->why = NULL;
    if (share_decode(&x->share, share, NULL) != DHK_OK) {
        (void)leave(x, "it is not of the form");
        return DHK_OK;
    }
    rc = make_room(x);
    if (rc != DHK_OK)
        return rc;
    if (check_statement(x, ctx, st) && check_openings(x, ctx) &&
        check_entry(x, ctx) && check_agreements(x, ctx) &&
        check_particulars(x, ctx) && check_release(x, ctx) &&
        check_card_time(x, ctx) && open_wrap(x, ctx) && open_fields(x) &&
        check_policy(x, ctx) && check_required(x, ctx))
        x->outcome = ANSWER_TAKEN;
    if (x->outcome != ANSWER_TAKEN)
        drop_values(x);
    return DHK_OK;
}
