/* SPDX-License-Identifier: EUPL-1.2
 *
 * Questions, and what is said of the share's case, true and false. */
#include "ledger_maker.h"

#include <string.h>

#include "envelope.h"
#include "statement.h"

enum { DAY = 86400 };

void
ledger_put_queried(struct maker *m, enum query_what what)
{
    uint8_t mem[1024];
    struct sink s;
    struct query signed_;
    struct query q = {.origin = slice_str(ORIGIN),
        .number = 1,
        .purpose = QUERY_INTEGRITY,
        .what = what,
        .has_case = what == QUERY_SUBJECT};
    memcpy(q.card, m->party[TOEZICHT].card.id, 32);
    memcpy(q.case_handle, m->case_handle, sizeof q.case_handle);
    sink_init(&s, mem, sizeof mem);
    ok(query_issue(&s, &q,
        m->fault == LEDGER_ASKER_SIGNATURE ? m->party[POLITIE].secret.sign
                                           : m->party[TOEZICHT].secret.sign));
    ok(query_decode(&signed_, sink_done(&s), NULL));
    struct entry_queried *e = &ledger_fresh(m, ENTRY_QUERIED)->u.queried;
    if (m->fault == LEDGER_TIME_BACK)
        m->entry.time -= 5000;
    e->asker = slice_str("toezicht");
    e->body = signed_.body;
    memcpy(e->signature, signed_.signature, sizeof e->signature);
    (void)ledger_put(m, NULL);
}

static bool
is_about_cases(const struct maker *m)
{
    return m->fault == LEDGER_CASE || (m->fault >= LEDGER_COVERT_FOR_EVER &&
                                          m->fault <= LEDGER_HELD_UNASKED);
}

uint64_t
ledger_covert(const struct maker *m)
{
    if (!is_about_cases(m))
        return 0;
    return m->fault == LEDGER_COVERT_FOR_EVER
               ? LEDGER_NOW + 2 * ENVELOPE_COVERT_MAX
               : LEDGER_NOW + DAY;
}

/* A hold by party WHO. */
static void
put_stated(struct maker *m, int who)
{
    uint8_t mem[LIMIT_STATEMENT];
    struct sink s;
    struct statement signed_;
    const struct party *by = &m->party[who];
    bool ahead = m->fault == LEDGER_STATED_FOR_EVER;
    struct statement said = {.origin = slice_str(ORIGIN),
        .what = ACT_HOLD,
        .made = LEDGER_NOW + (ahead ? act_longest(ACT_HOLD) : 0)};
    said.until = said.made + act_longest(ACT_HOLD);
    if (m->fault == LEDGER_STATED_ELSEWHERE)
        said.origin = slice_str("ledger.example.org/2");
    memcpy(said.card, by->card.id, sizeof said.card);
    memcpy(said.case_handle, m->case_handle, sizeof said.case_handle);
    sink_init(&s, mem, sizeof mem);
    ok(statement_issue(&s, &said,
        m->fault == LEDGER_STATED_SIGNATURE ? m->stranger : by->secret.sign));
    ok(statement_decode(&signed_, sink_done(&s), NULL));
    struct entry_stated *e = &ledger_fresh(m, ENTRY_STATED)->u.stated;
    e->partner = slice_str(by->name);
    e->all = who == TOEZICHT ? m->fault != LEDGER_STATED_ONE
                             : m->fault == LEDGER_STATED_ALL;
    e->body = signed_.body;
    memcpy(e->signature, signed_.signature, sizeof e->signature);
    e->as = e->all || who == TOEZICHT ? 0 : ACT_BY_PARTY;
    e->of = e->all || who == TOEZICHT ? 0 : 1; /* om */
    if (e->of != 0)
        seal_sha256(e->agreement, slice_str(m->agreement));
    (void)ledger_put(m, NULL);
}

void
ledger_put_case(struct maker *m)
{
    uint64_t query = m->tree.size;
    if (!is_about_cases(m))
        return;
    if (m->fault != LEDGER_HELD_UNASKED)
        ledger_put_queried(m, QUERY_SUBJECT);
    if (m->fault != LEDGER_HELD_UNSAID) {
        struct entry_held *h = &ledger_fresh(m, ENTRY_HELD)->u.held;
        h->query = query;
        h->index[0] =
            m->fault == LEDGER_HELD_ANOTHER ? query - 1 : m->share_index;
        h->n = 1;
        (void)ledger_put(m, NULL);
    }
    put_stated(m, POLITIE);
    put_stated(m, TOEZICHT);
}
