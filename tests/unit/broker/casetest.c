/* SPDX-License-Identifier: EUPL-1.2 */
#include "casetest.h"

enum { DAY = 86400, TERM = 30 * DAY };

const uint8_t casetest_handle[16] = {
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};
const char *const casetest_name[CASETEST_PEOPLE] = {
    "burgemeester", "politie", "om", "gemeente"};

void
casetest_connect(struct casetest *t)
{
    for (size_t i = 0; i < CASETEST_PEOPLE; i++)
        harness_connect(t->h, &t->node[i], casetest_name[i],
            COMMAND_MODE_SEND | COMMAND_MODE_OUTCOMES | COMMAND_MODE_RECEIVE);
}

void
casetest_begin(struct casetest *t, struct harness *h)
{
    memset(t, 0, sizeof *t);
    t->h = h;
    casetest_connect(t);
}

struct statement
casetest_said(const struct casetest *t, enum casetest_who who, enum act act)
{
    const struct act_rule *r = act_rule(act);
    struct statement s = {.origin = slice_str(HARNESS_ORIGIN),
        .what = act,
        .made = (int64_t)(t->h->wall / 1000)};

    memcpy(s.card, t->node[who].partner->card.id, sizeof s.card);
    memcpy(s.case_handle, casetest_handle, sizeof s.case_handle);
    if ((r->has & ACT_HAS_UNTIL) != 0)
        s.until = s.made + TERM;
    if ((r->has & ACT_HAS_PARTNER) != 0)
        s.partner = slice_str("gemeente");
    if ((r->has & ACT_HAS_REF) != 0) {
        s.has_ref = true;
        memset(s.ref, 0xaa, sizeof s.ref);
    }
    s.code = r->codes > 0 ? 1 : 0;
    return s;
}

void
casetest_say(
    struct casetest *t, enum casetest_who who, const struct statement *s)
{
    struct harness_node *n = &t->node[who];
    uint8_t mem[LIMIT_STATEMENT];
    struct command c = {.type = COMMAND_STATE, .number = 31};
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    ok(statement_issue(&out, s, n->partner->secret.sign));
    c.bytes = sink_done(&out);
    harness_send_command(n, &c, NULL, 0);
}

enum command_error
casetest_send(
    struct casetest *t, enum casetest_who who, const struct statement *s)
{
    struct harness_node *n = &t->node[who];

    casetest_say(t, who, s);
    harness_batch(t->h);
    struct receipt *r = harness_receipt(n);
    if (r == NULL)
        return harness_error(n);
    t->index = r->index[0];
    receipt_destroy(&r);
    return COMMAND_ERROR_NONE;
}

void
casetest_state(struct casetest *t, enum casetest_who who, enum act act)
{
    struct statement s = casetest_said(t, who, act);
    enum command_error error = casetest_send(t, who, &s);

    if (error != COMMAND_ERROR_NONE)
        fail_msg("%s by %s: %s", act_name(act), casetest_name[who],
            command_error_name(error));
}

void
casetest_refused(
    struct casetest *t, enum casetest_who who, const struct statement *s)
{
    uint64_t size = t->h->core->ledger.size;
    enum command_error error = casetest_send(t, who, s);

    if (error != COMMAND_ERROR_COURSE)
        fail_msg("%s by %s: %s", act_name(s->what), casetest_name[who],
            command_error_name(error));
    assert_int_equal(t->h->core->ledger.size, size);
    assert_int_equal(harness_error(&t->node[who]), COMMAND_ERROR_NONE);
}

void
casetest_all(struct casetest *t, enum act act)
{
    casetest_state(t, BURG, act);
    casetest_state(t, POL, act);
    casetest_state(t, OM, act);
}

void
casetest_reach(struct casetest *t, enum act_phase phase)
{
    static const enum act moves[] = {
        ACT_INFORM, ACT_ENRICH, ACT_CONFER, ACT_PLAN, ACT_EXECUTE};

    casetest_state(t, GEM, ACT_REPORT);
    casetest_state(t, GEM, ACT_BRING);
    casetest_state(t, GEM, ACT_WEIGH);
    if (phase == ACT_PHASE_WEIGHED)
        return;
    casetest_all(t, ACT_VOTE);
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        if (act_rule(moves[i])->to <= phase)
            casetest_state(t, BURG, moves[i]);
    }
    if (phase == ACT_PHASE_CLOSED)
        casetest_all(t, ACT_CLOSE);
}

struct statement
casetest_about(const struct casetest *t, enum casetest_who who, enum act act,
    uint64_t index)
{
    struct statement s = casetest_said(t, who, act);

    s.about = index;
    return s;
}

enum command_error
casetest_approve(struct casetest *t, enum casetest_who who, uint64_t index)
{
    struct statement s = casetest_about(t, who, ACT_APPROVE, index);

    return casetest_send(t, who, &s);
}

enum command_error
casetest_decline(struct casetest *t, enum casetest_who who, uint64_t index)
{
    struct statement s = casetest_about(t, who, ACT_DECLINE, index);

    return casetest_send(t, who, &s);
}

uint64_t
casetest_last(struct casetest *t, enum entry_kind kind, struct entry *e)
{
    for (uint64_t i = t->h->core->ledger.size; i-- > 0;) {
        harness_entry(t->h, i, e);
        if (e->kind == kind)
            return i;
    }
    return 0;
}

struct harness_signal
casetest_signal(const char *kind, const char *to)
{
    return (struct harness_signal){.kind = kind,
        .purpose = "weging",
        .ground = "wet",
        .to = {to},
        .named = true,
        .no = 1};
}

uint64_t
casetest_push(
    struct casetest *t, enum casetest_who who, const struct harness_signal *s)
{
    struct harness_bundle *b = calloc(1, sizeof *b);
    uint64_t index = 0;

    assert_non_null(b);
    harness_seal(&t->node[who], b, s, 1);
    harness_push(&t->node[who], b);
    struct receipt *r = harness_receipt(&t->node[who]);
    assert_non_null(r);
    if (r->n > 1)
        index = r->index[1];
    receipt_destroy(&r);
    free(b);
    return index;
}

size_t
casetest_take(struct casetest *t, enum casetest_who who, uint32_t *fields)
{
    struct harness_share share[32];
    size_t n = harness_shares(&t->node[who], share, 32);

    for (size_t i = 0; i < n; i++) {
        assert_true(share[i].opens);
        *fields = share[i].fields;
        harness_answer(&t->node[who], &share[i], 1, ANSWER_TAKEN);
    }
    return n;
}
