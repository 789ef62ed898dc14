/* SPDX-License-Identifier: EUPL-1.2
 *
 * What becomes of shares, and what is asked; see report_make.h. */
#include "report_make_inside.h"

#include <string.h>

void
make_answer(uint64_t share, enum answer_outcome outcome, uint64_t detail)
{
    struct answer a = {.items_n = 1};
    struct answer read;
    uint8_t bytes[1024];
    struct sink out;
    struct entry_delivered *d = &make_fresh(ENTRY_DELIVERED)->u.delivered;

    a.origin = slice_str("ledger.test/1");
    a.sender = slice_str(making.share[share].from);
    memcpy(a.card, making.card[make_card_of(making.share[share].to)].id,
        sizeof a.card);
    a.item[0] = (struct answer_item){.outcome = outcome, .detail = detail};
    sink_init(&out, bytes, sizeof bytes);
    ok(answer_issue(&out, &a, making.key));
    ok(answer_decode(&read, sink_done(&out), NULL));
    d->recipient = slice_str(making.share[share].to);
    d->body = read.body;
    d->index[0] = share;
    d->n = 1;
    make_put();
}

void
make_returned(uint64_t share, enum entry_code code)
{
    struct entry_returned *r = &make_fresh(ENTRY_RETURNED)->u.returned;

    r->index = share;
    r->code = code;
    make_put();
}

void
make_expired(uint64_t share)
{
    struct entry_expired *e = &make_fresh(ENTRY_EXPIRED)->u.expired;

    e->index[0] = share;
    e->n = 1;
    make_put();
}

void
make_refused(const char *from, enum entry_code code, uint64_t seq)
{
    static const uint8_t id[SEAL_HASH] = {7};
    struct entry_refused *r = &make_fresh(ENTRY_REFUSED)->u.refused;

    r->sender = slice_str(from);
    memcpy(r->card, making.card[make_card_of(from)].id, sizeof r->card);
    r->ids = slice_of(id, sizeof id);
    r->code = code;
    r->seq[0] = seq;
    r->n = 1;
    make_put();
}

uint64_t
make_withdrawn(uint64_t share, bool told, bool correction)
{
    struct withdrawal w = {.reason = WITHDRAWAL_INCORRECT,
        .accepted = 1,
        .is_correction = correction,
        .replacement_accepted = 2,
        .made = (int64_t)(making.time / 1000)};
    struct withdrawal read;
    uint8_t bytes[LIMIT_WITHDRAWAL];
    struct sink out;
    uint64_t index = making.index;
    struct entry_withdrawn *e =
        &make_fresh(correction ? ENTRY_CORRECTED : ENTRY_WITHDRAWN)
             ->u.withdrawn;

    w.origin = slice_str("ledger.test/1");
    memset(w.signal, 1, sizeof w.signal);
    memset(w.replacement, 2, sizeof w.replacement);
    memcpy(w.card, making.card[make_card_of(making.share[share].from)].id,
        sizeof w.card);
    sink_init(&out, bytes, sizeof bytes);
    ok(withdrawal_issue(&out, &w, making.key));
    ok(withdrawal_decode(&read, sink_done(&out), NULL));
    e->share = share;
    e->sender = slice_str(making.share[share].from);
    e->recipient = slice_str(making.share[share].to);
    e->notice = told;
    e->body = read.body;
    memcpy(&making.share[index], &making.share[share], sizeof making.share[0]);
    return make_put();
}

void
make_query(const char *asker, enum query_purpose purpose, enum query_what what,
    uint8_t case_byte)
{
    struct query q = {.purpose = purpose, .what = what, .number = 1};
    struct query read;
    uint8_t bytes[1024];
    struct sink out;
    struct entry_queried *e = &make_fresh(ENTRY_QUERIED)->u.queried;

    q.origin = slice_str("ledger.test/1");
    q.has_case = case_byte != 0;
    memset(q.case_handle, case_byte, sizeof q.case_handle);
    memcpy(q.card, making.card[make_card_of(asker)].id, sizeof q.card);
    sink_init(&out, bytes, sizeof bytes);
    ok(query_issue(&out, &q, making.key));
    ok(query_decode(&read, sink_done(&out), NULL));
    e->asker = slice_str(asker);
    e->body = read.body;
    make_put();
}

void
make_operator(void)
{
    make_fresh(ENTRY_OPERATOR)->u.operator_code = ENTRY_OPERATOR_CLOCK;
    make_put();
}
