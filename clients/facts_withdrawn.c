/* SPDX-License-Identifier: EUPL-1.2
 *
 * Withdrawals and corrections: the sender's statement, once for each share of
 * the signal, and once more where an answer to the share came after it. */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#include "withdrawal.h"

enum { FIRST = 16 };

static struct facts_withdrawn *
find(struct facts *f, uint64_t share)
{
    for (size_t i = 0; i < f->withdrawn_n; i++) {
        if (f->withdrawn[i].share == share)
            return &f->withdrawn[i];
    }
    return NULL;
}

static enum dhk_err
keep(struct facts *f, const struct facts_withdrawn *w)
{
    if (f->withdrawn_n == f->withdrawn_cap) {
        size_t cap = f->withdrawn_cap == 0 ? FIRST : f->withdrawn_cap * 2;
        struct facts_withdrawn *p = reallocarray(f->withdrawn, cap, sizeof *p);
        if (p == NULL)
            return DHK_NOMEM;
        f->withdrawn = p;
        f->withdrawn_cap = cap;
    }
    f->withdrawn[f->withdrawn_n++] = *w;
    return DHK_OK;
}

/* SINCE: the entry in which the statement stood first, when its card counted.
 */
static enum dhk_err
check_statement(struct facts *f, const struct entry_withdrawn *e,
    const struct withdrawal *said, uint64_t since)
{
    enum dhk_err rc;
    if (!slice_equal(said->origin, slice_str(f->origin)))
        return facts_no(f, DHK_AUTH, "the withdrawal is for another ledger");
    const struct card *card = facts_card(&rc, f, said->card, e->sender, since);
    if (card == NULL)
        return rc;
    if (withdrawal_verify(said, &card->sign) != DHK_OK)
        return facts_no(f, DHK_AUTH,
            "the sender's signature over the withdrawal does not verify");
    f->signatures++;
    return DHK_OK;
}

/* The signal in favour of which it was withdrawn must be its sender's, too. */
static enum dhk_err
check_replacement(struct facts *f, const struct entry_withdrawn *e,
    const struct withdrawal *said)
{
    const struct facts_accepted *kept;
    const struct entry_accepted *a = &f->scratch->u.accepted;
    if (!said->is_correction)
        return DHK_OK;
    kept = facts_accepted(f, said->replacement_accepted);
    if (kept == NULL && !f->complete) {
        f->unchecked++;
        return DHK_OK;
    }
    if (kept == NULL || entry_decode(f->scratch, slice_of(kept->bytes, kept->n),
                            NULL) != DHK_OK)
        return facts_no(f, DHK_AUTH, "no signal stands where it points to");
    for (size_t i = 0; i < a->n; i++) {
        if (memcmp(a->ids.p + i * 32, said->replacement, 32) == 0 &&
            a->mark[i].code == ENTRY_CODE_NONE &&
            slice_equal(a->sender, e->sender))
            return DHK_OK;
    }
    return facts_no(
        f, DHK_AUTH, "the signal that it names in its place is not there");
}

static enum dhk_err
check_share(struct facts *f, const struct facts_share *s,
    const struct entry_withdrawn *e, const struct withdrawal *said)
{
    uint32_t sender;
    uint32_t recipient;
    enum dhk_err rc = facts_name(&sender, f, e->sender);
    if (rc == DHK_OK)
        rc = facts_name(&recipient, f, e->recipient);
    if (rc != DHK_OK)
        return rc;
    if (s->notice || memcmp(s->id, said->signal, sizeof s->id) != 0)
        return facts_no(
            f, DHK_AUTH, "the share that it points to is of another signal");
    if (s->sender != sender)
        return facts_no(f, DHK_AUTH, "the share is from another sender");
    if (s->recipient != recipient)
        return facts_no(f, DHK_AUTH, "the share has another recipient");
    if (!e->notice && s->answered)
        return facts_no(
            f, DHK_AUTH, "its recipient answered the share and is not told");
    if (e->notice && f->complete && !s->ended)
        return facts_no(f, DHK_AUTH,
            "its recipient is told of a share that was never answered");
    return DHK_OK;
}

/* The statement as it stood before, for this share. */
static enum dhk_err
check_before(struct facts *f, const struct facts_withdrawn *before,
    const struct facts_withdrawn *now)
{
    if (memcmp(before->body, now->body, sizeof now->body) != 0)
        return facts_no(f, DHK_AUTH, "it was withdrawn in other words before");
    if (before->notice || !now->notice)
        return facts_no(f, DHK_AUTH, "it was withdrawn before");
    return DHK_OK;
}

static enum dhk_err
end_share(struct facts *f, const struct facts_entry *at, uint64_t share)
{
    const struct entry_withdrawn *e = &at->e->u.withdrawn;
    struct facts_share *s = facts_share(f, share);
    struct facts_share notice = *s;
    if (!s->ended) {
        s->ended = true;
        facts_drop(f, share);
        f->open--;
    }
    if (!e->notice)
        return DHK_OK;
    notice.index = at->index;
    notice.notice = true;
    notice.ended = notice.answered = notice.waits = false;
    memcpy(notice.leaf, at->leaf, sizeof notice.leaf);
    return facts_keep_share(f, &notice);
}

enum dhk_err
facts_withdraw(struct facts *f, const struct facts_entry *at)
{
    const struct entry_withdrawn *e = &at->e->u.withdrawn;
    struct facts_withdrawn now = {
        .share = e->share, .index = at->index, .notice = e->notice};
    struct facts_withdrawn *before = find(f, e->share);
    const struct facts_share *s = facts_share(f, e->share);
    struct withdrawal said;
    if (withdrawal_from_body(&said, e->body, e->signature, NULL) != DHK_OK)
        return facts_no(f, DHK_FORMAT, "the withdrawal is malformed");
    enum dhk_err rc = check_statement(
        f, e, &said, before != NULL ? before->index : at->index);
    if (rc == DHK_OK)
        rc = check_replacement(f, e, &said);
    if (rc != DHK_OK)
        return rc;
    if (s == NULL && !f->complete) {
        f->unchecked++;
        return DHK_OK;
    }
    if (s == NULL)
        return facts_no(f, DHK_AUTH, "no share stands where it points to");
    rc = check_share(f, s, e, &said);
    seal_sha256(now.body, e->body);
    if (rc == DHK_OK && before != NULL)
        rc = check_before(f, before, &now);
    if (rc != DHK_OK)
        return rc;
    if (before != NULL)
        before->notice = true;
    else
        rc = keep(f, &now);
    return rc == DHK_OK ? end_share(f, at, e->share) : rc;
}

uint64_t
facts_notices(uint64_t *out, size_t max, const struct facts *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->shares_n && n < f->notices; i++) {
        const struct facts_share *s = &f->shares[i];
        if (!s->notice || s->ended)
            continue;
        if (n < max)
            out[n] = s->index;
        n++;
    }
    return n;
}
