/* SPDX-License-Identifier: EUPL-1.2
 *
 * The release of a share that waited. */
#include "release.h"

#include "statement.h"

#include <string.h>

enum { MS = 1000 };

static bool
no(struct release *r, const char *why)
{
    r->why = why;
    return false;
}

static enum dhk_err
read_stated(struct statement *said, struct entry *e, struct slice stated)
{
    enum dhk_err rc = entry_decode(e, stated, NULL);

    if (rc == DHK_OK && e->kind != ENTRY_STATED)
        rc = DHK_FORMAT;
    if (rc != DHK_OK)
        return rc;
    return statement_from_body(
        said, e->u.stated.body, e->u.stated.signature, NULL);
}

enum dhk_err
release_card(uint8_t id[CARD_ID], struct slice stated, struct entry *scratch)
{
    struct statement said;
    enum dhk_err rc = read_stated(&said, scratch, stated);

    if (rc == DHK_OK)
        memcpy(id, said.card, CARD_ID);
    return rc;
}

/* The entry that let it go names this share, and as many approvals as came. */
static bool
names_share(struct release *r, const struct release_question *q)
{
    const struct entry_released *e = &r->entry.u.released;

    if (!q->share->has_release)
        return no(r, "it waits for an approval, and no release came with it");
    if (entry_decode(&r->entry, q->share->released, NULL) != DHK_OK ||
        r->entry.kind != ENTRY_RELEASED)
        return no(r, "what came as its release is none");
    if (e->share != q->share->index)
        return no(r, "its release is that of another share");
    if (e->n != q->share->stated_n)
        return no(r, "other approvals came than its release names");
    return true;
}

/* An approval of this share in this ledger. */
static bool
approves(struct release *r, const struct release_question *q,
    const struct statement *said)
{
    if (said->what != ACT_APPROVE)
        return no(r, "what came as an approval is none");
    if (!slice_equal(said->origin, slice_str(q->origin)))
        return no(r, "an approval is of another ledger");
    if (memcmp(said->case_handle, q->entry->case_handle,
            sizeof said->case_handle) != 0 ||
        said->about != q->share->index)
        return no(r, "an approval is of another share");
    return true;
}

/* Its partner signed it, with a card that was valid when core took it. */
static bool
is_signed(struct release *r, const struct release_question *q,
    const struct statement *said)
{
    const struct entry_stated *e = &r->entry.u.stated;
    const struct card *card = cards_by_id(q->cards, said->card);
    int64_t at = (int64_t)(r->entry.time / MS);

    if (card == NULL) {
        r->lacks = true;
        memcpy(r->card, said->card, sizeof r->card);
        return no(r, "the key card of an approval was not shown, or the "
                     "roster here does not allow it");
    }
    if (!slice_equal(e->partner, slice_str(card->partner)) ||
        statement_verify(said, &card->sign) != DHK_OK)
        return no(r, "an approval is not signed by the partner that it names");
    if (at < card->from || at >= card->until)
        return no(r, "the key card of an approval was not valid then");
    return true;
}

static bool
take_approval(
    struct release *r, const struct release_question *q, struct slice stated)
{
    struct statement said;

    if (read_stated(&said, &r->entry, stated) != DHK_OK)
        return no(r, "what came as an approval is none");
    if (!approves(r, q, &said) || !is_signed(r, q, &said))
        return false;
    for (size_t i = 0; i < r->approved_n; i++) {
        if (slice_equal(r->approved[i], r->entry.u.stated.partner))
            return no(r, "one partner approved it twice");
    }
    r->approved[r->approved_n++] = r->entry.u.stated.partner;
    return true;
}

bool
release_check(struct release *out, const struct release_question *q)
{
    out->approved_n = 0;
    out->lacks = false;
    out->why = NULL;
    if (!names_share(out, q))
        return false;
    for (size_t i = 0; i < q->share->stated_n; i++) {
        if (!take_approval(out, q, q->share->stated[i]))
            return false;
    }
    return true;
}
