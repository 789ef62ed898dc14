/* SPDX-License-Identifier: EUPL-1.2 */
#include "random_parts.h"

#include <string.h>

#include "answer.h"
#include "card.h"
#include "statement.h"
#include "withdrawal.h"

/* --- what becomes of them --- */

static struct random_share *
any_share(struct random_ledger *r)
{
    uint64_t n = r->shares < RANDOM_RING ? r->shares : RANDOM_RING;

    return n == 0 ? NULL : &r->ring[chance_below(&r->chance, n)];
}

static void
note_outcome(struct random_ledger *r, const struct random_share *s,
    const char *outcome, const char *code)
{
    struct random_line line = s->line;

    line.outcome[0] = outcome;
    line.outcome[1] = code;
    random_note_line(r, &line);
}

/* An answer about the open shares of one pair of partners. */
enum dhk_err
random_put_answer(struct random_ledger *r)
{
    struct entry_delivered *d = &random_fresh(r, ENTRY_DELIVERED)->u.delivered;
    const struct random_share *like = any_share(r);
    struct random_share *about[LIMIT_ANSWER];
    struct answer a = {.origin = slice_str(ORIGIN)};
    uint8_t mem[4096];
    struct sink out;

    if (like == NULL)
        return DHK_OK;
    for (size_t i = 0; i < RANDOM_RING && a.items_n < LIMIT_ANSWER; i++) {
        struct random_share *s = &r->ring[i];
        if (!s->open || s->line.sender != like->line.sender ||
            s->line.recipient != like->line.recipient)
            continue;
        s->open = false;
        random_fill(r, a.item[a.items_n].entry_hash, 32);
        a.item[a.items_n].outcome = random_below(r, 8) == 0
                                        ? ANSWER_REFUSED_BY_APPLICATION
                                        : ANSWER_TAKEN;
        d->index[d->n++] = random_below(r, 20) == 0 ? 0 : s->index;
        about[a.items_n++] = s;
    }
    if (a.items_n == 0)
        return DHK_OK;
    a.sender = random_partner_name(like->line.sender);
    sink_init(&out, mem, sizeof mem);
    enum dhk_err rc = answer_issue(&out, &a, r->sk);
    struct answer again;
    if (rc == DHK_OK)
        rc = answer_decode(&again, sink_done(&out), NULL);
    if (rc != DHK_OK)
        return rc;
    d->recipient = random_partner_name(like->line.recipient);
    d->body = again.body;
    memcpy(d->signature, again.signature, sizeof d->signature);
    rc = random_put(r, false, like->line.recipient, like->line.sender);
    for (size_t i = 0; i < a.items_n; i++) {
        const char *outcome = answer_outcome_name(a.item[i].outcome);
        struct random_line line = random_empty;
        line.partner[0] = line.sender = like->line.sender;
        line.partner[1] = line.recipient = like->line.recipient;
        line.outcome[0] = outcome;
        if (d->index[i] == 0)
            random_note_line(r, &line);
        else
            note_outcome(r, about[i], outcome, NULL);
    }
    return rc;
}

enum dhk_err
random_put_refusal(struct random_ledger *r)
{
    struct entry_refused *e = &random_fresh(r, ENTRY_REFUSED)->u.refused;
    struct random_line line = random_empty;

    line.partner[0] = line.sender = random_below(r, RANDOM_PARTNERS);
    e->sender = random_partner_name(line.sender);
    e->code = (enum entry_code)(1 + random_below(r, ENTRY_CODES - 1));
    random_fill(r, r->mem, 32);
    e->ids = slice_of(r->mem, 32);
    line.outcome[0] = "refused";
    line.outcome[1] = entry_code_name(e->code);
    enum dhk_err rc = random_put(r, false, line.sender, -1);
    random_note_line(r, &line);
    return rc;
}

enum dhk_err
random_put_returned(struct random_ledger *r)
{
    struct random_share *s = any_share(r);
    struct entry *e = random_fresh(r, ENTRY_RETURNED);

    if (s == NULL)
        return DHK_OK;
    e->u.returned.index = s->index;
    e->u.returned.code =
        (enum entry_code)(1 + random_below(r, ENTRY_CODES - 1));
    enum dhk_err rc = random_put(r, false, s->line.sender, s->line.recipient);
    note_outcome(r, s, "returned", entry_code_name(e->u.returned.code));
    return rc;
}

/* A share that waited goes on: it stays open. */
enum dhk_err
random_put_released(struct random_ledger *r)
{
    const struct random_share *s = any_share(r);
    struct entry_released *e = &random_fresh(r, ENTRY_RELEASED)->u.released;

    if (s == NULL)
        return DHK_OK;
    e->share = s->index;
    e->index[0] = s->index + 1; /* of which entry nobody here asks */
    e->n = 1;
    enum dhk_err rc = random_put(r, false, s->line.sender, s->line.recipient);
    note_outcome(r, s, "released", NULL);
    return rc;
}

/* Of one sender: its shares in the ring, by ascending index. */
enum dhk_err
random_put_expired(struct random_ledger *r)
{
    struct entry_expired *e = &random_fresh(r, ENTRY_EXPIRED)->u.expired;
    const struct random_share *like = any_share(r), *of[ENTRY_EXPIRED_MAX];
    size_t max = 1 + (size_t)random_below(r, 10), n = 0;

    for (uint64_t i = r->shares > RANDOM_RING ? r->shares - RANDOM_RING : 0;
         like != NULL && i < r->shares && n < max; i++) {
        struct random_share *s = &r->ring[i % RANDOM_RING];
        if (!s->open || s->line.sender != like->line.sender)
            continue;
        s->open = false;
        of[n] = s;
        e->index[n++] = s->index;
    }
    e->n = n;
    if (n == 0)
        return DHK_OK;
    enum dhk_err rc = random_put(r, false, of[0]->line.sender, -1);
    for (size_t i = 0; i < n; i++)
        note_outcome(r, of[i], "expired", NULL);
    return rc;
}

enum dhk_err
random_put_withdrawn(struct random_ledger *r)
{
    bool corrected = random_below(r, 2) == 0;
    struct entry *e =
        random_fresh(r, corrected ? ENTRY_CORRECTED : ENTRY_WITHDRAWN);
    struct entry_withdrawn *x = &e->u.withdrawn;
    const struct random_share *s = any_share(r);
    struct withdrawal w = {.origin = slice_str(ORIGIN),
                          .reason = WITHDRAWAL_INCORRECT,
                          .is_correction = corrected,
                          .replacement_accepted = 3},
                      again;
    uint8_t mem[LIMIT_WITHDRAWAL];
    struct sink out;

    if (s == NULL)
        return DHK_OK;
    w.accepted = s->accepted;
    random_fill(r, w.replacement, sizeof w.replacement);
    sink_init(&out, mem, sizeof mem);
    enum dhk_err rc = withdrawal_issue(&out, &w, r->sk);
    if (rc == DHK_OK)
        rc = withdrawal_decode(&again, sink_done(&out), NULL);
    if (rc != DHK_OK)
        return rc;
    x->share = s->index;
    x->sender = random_partner_name(s->line.sender);
    x->recipient = random_partner_name(s->line.recipient);
    x->notice = random_below(r, 2) == 0;
    x->body = again.body;
    memcpy(x->signature, again.signature, sizeof x->signature);
    struct random_line line = s->line;
    line.partner[1] = x->notice ? line.recipient : -1;
    line.outcome[0] = corrected ? "corrected" : "withdrawn";
    rc = random_put(r, false, line.sender, line.partner[1]);
    random_note_line(r, &line);
    return rc;
}

/* --- the rest --- */

static enum dhk_err
of_partner(struct random_ledger *r, bool all, int who)
{
    struct random_line line = random_empty;
    enum dhk_err rc = random_put(r, all, all ? -1 : who, -1);

    line.partner[0] = who;
    random_note_line(r, &line);
    return rc;
}

enum dhk_err
random_put_queried(struct random_ledger *r)
{
    struct entry_queried *q = &random_fresh(r, ENTRY_QUERIED)->u.queried;
    int who = random_below(r, RANDOM_PARTNERS);

    random_fill(r, r->mem, 200);
    q->asker = random_partner_name(who);
    q->body = slice_of(r->mem, 200);
    return of_partner(r, false, who);
}

enum dhk_err
random_put_seal(struct random_ledger *r)
{
    struct entry_seal *s = &random_fresh(r, ENTRY_SEAL)->u.seal;
    int who = random_below(r, RANDOM_PARTNERS);

    s->partner = random_partner_name(who);
    s->until = r->ledger->size + 1;
    return of_partner(r, false, who);
}

/* Of shares by anybody; for auditors only. */
enum dhk_err
random_put_held(struct random_ledger *r)
{
    struct entry_held *e = &random_fresh(r, ENTRY_HELD)->u.held;
    uint64_t n = r->shares < RANDOM_RING ? r->shares : RANDOM_RING;
    uint64_t max = 1 + (uint64_t)random_below(r, 5);

    e->query = r->ledger->size;

    for (uint64_t i = r->shares - n; i < r->shares && e->n < max; i++)
        e->index[e->n++] = r->ring[i % RANDOM_RING].index;
    if (e->n == 0)
        return DHK_OK;
    enum dhk_err rc = random_put(r, false, -1, -1);
    for (uint64_t i = 0; i < e->n; i++)
        random_note_line(r, &r->ring[(r->shares - n + i) % RANDOM_RING].line);
    return rc;
}

enum dhk_err
random_put_stated(struct random_ledger *r)
{
    struct entry_stated *e = &random_fresh(r, ENTRY_STATED)->u.stated;
    struct statement s = {
        .origin = slice_str(ORIGIN), .what = ACT_HOLD, .until = 2, .made = 1};
    struct statement again;
    struct random_line line = random_empty;
    struct sink out;

    line.partner[0] = random_below(r, RANDOM_PARTNERS);
    line.case_ = (int64_t)chance_below(&r->chance, r->cases);
    random_case(s.case_handle, (uint64_t)line.case_);
    sink_init(&out, r->mem, sizeof r->mem);
    enum dhk_err rc = statement_issue(&out, &s, r->sk);
    if (rc == DHK_OK)
        rc = statement_decode(&again, sink_done(&out), NULL);
    if (rc != DHK_OK)
        return rc;
    e->partner = random_partner_name(line.partner[0]);
    e->all = random_below(r, 3) == 0;
    e->body = again.body;
    memcpy(e->signature, again.signature, sizeof e->signature);
    rc = random_put(r, e->all, e->all ? -1 : line.partner[0], -1);
    random_note_line(r, &line);
    return rc;
}

enum dhk_err
random_put_card(struct random_ledger *r)
{
    struct card card = {.serial = 1, .from = 1, .until = 2};
    int who = random_below(r, RANDOM_PARTNERS);
    struct sink out;

    (void)strcpy(card.partner, random_partner[who]);
    random_fill(r, card.sign.b, KEY_BYTES);
    random_fill(r, card.witness.b, KEY_BYTES);
    random_fill(r, card.seal.b, KEY_BYTES);
    random_fill(r, card.curve.b, KEY_BYTES);
    sink_init(&out, r->mem, sizeof r->mem);
    enum dhk_err rc = card_issue(&out, &card, r->sk);
    random_fresh(r, ENTRY_CARD)->u.card.card = sink_done(&out);
    return rc == DHK_OK ? of_partner(r, false, who) : rc;
}

enum dhk_err
random_put_text(struct random_ledger *r)
{
    struct entry_text *t = &random_fresh(
        r, random_below(r, 2) == 0 ? ENTRY_AGREEMENT : ENTRY_ROSTER)
                                ->u.text;

    t->version = 1;
    t->name = slice_str("proef");
    t->signers_n = 1;
    t->signer[0] = (struct entry_signer){.principal = random_partner_name(2),
        .fingerprint = slice_str("SHA256:x")};
    return of_partner(r, true, -1);
}

enum dhk_err
random_put_revoked(struct random_ledger *r)
{
    struct entry_revoked *e = &random_fresh(
        r, random_below(r, 2) == 0 ? ENTRY_REVOKED_TEXT : ENTRY_REVOKED_CARD)
                                   ->u.revoked;
    int who = random_below(r, RANDOM_PARTNERS);

    random_fill(r, r->mem, 100);
    e->by = random_partner_name(who);
    e->sshsig = slice_of(r->mem, 100);
    return of_partner(r, true, who);
}

enum dhk_err
random_put_operator(struct random_ledger *r)
{
    random_fresh(r, ENTRY_OPERATOR)->u.operator_code = ENTRY_OPERATOR_CLOCK;
    return of_partner(r, false, -1);
}
