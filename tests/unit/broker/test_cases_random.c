/* SPDX-License-Identifier: EUPL-1.2
 *
 * Random acts, signals, approvals, answers, crashes and full stores, against an
 * oracle that reads nothing but the ledger.
 *
 * - no share that a receipt named is lost, ends twice, or is let go twice;
 * - no share has, and none is delivered with, or delivered again, fields that
 *   the agreement does not allow by the course as it is then; and none that it
 *   does allow is refused;
 * - no entry of the ledger ever changes. */
#include "caseoracle.h"

enum { KINDS = 17, STEPS = 700 };

static const char *const kinds[KINDS] = {"bericht", "bij-fase", "bij-casus",
    "bij-eensluidend", "bij-aangewezen", "bij-afzender", "bij-ontvanger",
    "bij-gezag", "bij-embargo", "bij-derde", "bij-derdenregel", "bij-vetoronde",
    "bij-veto", "bijdrage", "dossier", "stuk", "plan"};

static uint64_t
below(struct world *w, uint64_t n)
{
    return chance_below(&w->chance, n);
}

/* --- what arrives --- */

static void
look(struct world *w, enum casetest_who who)
{
    struct harness_share share[64];
    size_t n = harness_shares(&w->t.node[who], share, 64);

    for (size_t i = 0; i < n; i++) {
        struct seen *s = &w->seen[share[i].index];
        assert_true(share[i].opens);
        harness_entry(w->t.h, share[i].index, &w->share);
        assert_true(slice_equal(
            w->share.u.share.recipient, slice_str(casetest_name[who])));
        assert_int_equal(share[i].fields, w->share.u.share.fields);
        assert_int_equal(s->state, OPEN);
        caseoracle_demand(w, s->reply_to);
        s->delivered = true;
        if (w->held_n[who] < 64)
            w->held[who][w->held_n[who]++] = share[i];
    }
}

static void
look_around(struct world *w)
{
    caseoracle_read(w);
    for (enum casetest_who i = BURG; i < CASETEST_PEOPLE; i++)
        look(w, i);
    harness_forget(w->t.h);
}

static void
answer_some(struct world *w, enum casetest_who who)
{
    size_t n = w->held_n[who];

    for (size_t i = 0; i < n; i++)
        harness_answer(&w->t.node[who], &w->held[who][i], 1, ANSWER_TAKEN);
    w->held_n[who] = 0;
}

/* --- what is done --- */

static void
maybe_full(struct world *w)
{
    w->t.h->fail_next = below(w, 25) == 0;
}

static const enum act fickle[] = {
    ACT_EMBARGO, ACT_LIFT, ACT_CONSENT, ACT_REVOKE, ACT_RELIEVE, ACT_RESTRICT};

static struct statement
some_statement(struct world *w, enum casetest_who who)
{
    enum act act = ACT_NONE;

    while (act_rule(act)->name == NULL)
        act = (enum act)below(w, ACT_MAX + 1);
    if (below(w, 4) == 0) /* what comes and goes */
        act = fickle[below(w, sizeof fickle / sizeof *fickle)];
    struct statement s = casetest_said(&w->t, who, act);
    caseoracle_handle(s.case_handle, below(w, CASES));
    if (s.partner.n > 0)
        s.partner = slice_str(casetest_name[below(w, CASETEST_PEOPLE)]);
    if (s.code > 0)
        s.code = 1 + (unsigned)below(w, 8) % act_rule(act)->codes;
    if (act == ACT_VOTE && below(w, 8) != 0)
        s.code = 1;
    if (act == ACT_CLOSE)
        s.code = 1;
    if ((act_rule(act)->has & (ACT_HAS_ABOUT | ACT_HAS_REF)) != 0 &&
        w->ids > 0) {
        size_t i = below(w, w->ids);
        if ((act_rule(act)->has & ACT_HAS_ABOUT) != 0)
            s.about = w->id_share[i];
        if ((act_rule(act)->has & ACT_HAS_REF) != 0 && s.about != 0)
            memcpy(s.ref, w->id[i], 32);
    }
    return s;
}

static enum course_verdict
verdict_of(struct world *w, enum casetest_who who, const struct statement *s)
{
    struct course_said said = {.s = s,
        .partner = slice_str(casetest_name[who]),
        .as = who == GEM ? 1 : 3,
        .of = 3,
        .time = w->t.h->core->now};

    memcpy(said.agreement, w->t.h->agreement, sizeof said.agreement);
    return course_check(caseoracle_course(w, s->case_handle), &said);
}

/* Mostly what the course has, for a random one is seldom so. */
static void
state_something(struct world *w)
{
    enum casetest_who who = BURG;
    struct statement s = {.made = 0};
    bool wild = below(w, 4) == 0;
    enum course_verdict v = COURSE_PHASE;

    for (int i = 0; i < 60 && v != COURSE_OK; i++) {
        who = (enum casetest_who)below(w, CASETEST_PEOPLE);
        s = some_statement(w, who);
        if ((act_rule(s.what)->has & ACT_HAS_ABOUT) != 0 && s.about == 0)
            continue;
        if (s.what == ACT_CLOSE && below(w, 6) != 0)
            continue; /* not all at once */
        v = verdict_of(w, who, &s);
        if (wild)
            break;
    }
    if ((act_rule(s.what)->has & ACT_HAS_ABOUT) != 0 && s.about == 0)
        return;
    maybe_full(w);
    uint64_t stated = w->acts;
    enum command_error error = casetest_send(&w->t, who, &s);
    caseoracle_read(w);
    if (error == COMMAND_ERROR_BUSY || v != COURSE_OK)
        assert_int_equal(w->acts, stated);
    else if (s.about == 0)
        assert_int_equal(error, COMMAND_ERROR_NONE);
}

/* What a signal of PUSH's route would be given, as w->share. */
static bool
would_be_given(struct world *w, const struct harness_signal *s,
    enum casetest_who from, enum casetest_who to)
{
    struct entry_share *x = &w->share.u.share;
    struct decision d;

    memset(&w->share, 0, sizeof w->share);
    x->sender = slice_str(casetest_name[from]);
    x->recipient = slice_str(casetest_name[to]);
    x->kind = slice_str(s->kind);
    x->purpose = slice_str(s->purpose);
    x->ground = slice_str(s->ground);
    memcpy(x->case_handle, s->case_handle, 16);
    caseoracle_decide(w, &d, w->replies_to);
    return d.verdict != VERDICT_DENY;
}

struct pushing {
    enum casetest_who from, to;
    struct harness_signal s;
    uint8_t handle[16];
};

static void
choose(struct world *w, struct pushing *p)
{
    const char *kind = kinds[below(w, KINDS)];

    p->from = (enum casetest_who)below(w, CASETEST_PEOPLE);
    p->to = (enum casetest_who)(
        (p->from + 1 + below(w, CASETEST_PEOPLE - 1)) % CASETEST_PEOPLE);
    /* what nobody could ever be given cannot even be sealed */
    if (strcmp(kind, "stuk") == 0 || strcmp(kind, "dossier") == 0 ||
        strcmp(kind, "plan") == 0) {
        p->from = (enum casetest_who)below(w, GEM);
        p->to = GEM;
    }
    p->s = casetest_signal(kind, casetest_name[p->to]);
    caseoracle_handle(p->handle, below(w, CASES));
    p->s.case_handle = p->handle;
    w->replies_to = 0;
    if (w->ids > 0 && below(w, 2) == 0) {
        w->replies_to = (uint8_t)(1 + below(w, w->ids));
        p->s.reply_to = w->id[w->replies_to - 1];
    }
}

/* Mostly what is permitted. */
static void
push_something(struct world *w)
{
    struct pushing p;
    struct harness_bundle *b = calloc(1, sizeof *b);
    bool wild = below(w, 3) == 0, given = false;

    assert_non_null(b);
    for (int i = 0; i < 20 && !given; i++) {
        choose(w, &p);
        given = would_be_given(w, &p.s, p.from, p.to);
        if (wild)
            break;
    }
    harness_seal(&w->t.node[p.from], b, &p.s, 1);
    maybe_full(w);
    harness_push(&w->t.node[p.from], b);
    struct receipt *r = harness_receipt(&w->t.node[p.from]);
    uint64_t before = w->count[ENTRY_SHARE];
    caseoracle_read(w);
    if (r != NULL)
        assert_int_equal(w->count[ENTRY_SHARE] - before, given ? 1 : 0);
    w->denied += r != NULL && !given ? 1 : 0;
    if (r != NULL && given && w->ids < IDS) {
        memcpy(w->id[w->ids], b->id[0], 32);
        w->id_share[w->ids++] = r->index[1];
    }
    receipt_destroy(&r);
    free(b);
}

static void
speak_of_what_waits(struct world *w)
{
    enum casetest_who who = (enum casetest_who)below(w, CASETEST_PEOPLE);

    for (uint64_t i = w->known; i-- > 1;) {
        if (w->seen[i].state != WAITS || below(w, 3) == 0)
            continue;
        struct statement s = casetest_about(
            &w->t, who, below(w, 8) == 0 ? ACT_DECLINE : ACT_APPROVE, i);
        harness_entry(w->t.h, i, &w->share);
        memcpy(s.case_handle, w->share.u.share.case_handle, 16);
        maybe_full(w);
        (void)casetest_send(&w->t, who, &s);
        return;
    }
}

static void
crash(struct world *w)
{
    harness_restart(w->t.h);
    memset(w->held_n, 0, sizeof w->held_n);
    casetest_connect(&w->t);
}

static void
let_time_pass(struct world *w)
{
    if (below(w, 10) == 0 && w->days < 45) {
        w->days++;
        harness_turn(w->t.h, (uint64_t)24 * 3600 * 1000);
    } else {
        harness_turn(w->t.h, 20 * 1000);
    }
}

static void
do_something(struct world *w)
{
    enum casetest_who who = (enum casetest_who)below(w, CASETEST_PEOPLE);

    switch (below(w, 20)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
        push_something(w);
        break;
    case 5:
    case 6:
        speak_of_what_waits(w);
        break;
    case 7:
        answer_some(w, who);
        break;
    case 8:
    case 9:
    case 10:
        harness_credit(&w->t.node[who], below(w, 3) == 0 ? HARNESS_WINDOW : 0);
        break;
    case 11:
        let_time_pass(w);
        break;
    case 12:
        if (below(w, 10) == 0)
            crash(w);
        break;
    default:
        state_something(w);
        break;
    }
    w->t.h->core->full_until = 0;
    w->t.h->fail_next = false;
    harness_pass(w->t.h, 1000);
    harness_batch(w->t.h);
    look_around(w);
}

/* --- the end --- */

static void
is_all_there(struct world *w)
{
    uint8_t leaf[32];
    uint64_t open = 0, waits = 0, has_open = 0, has_pending = 0;

    for (uint64_t i = 0; i < w->known; i++) {
        caseoracle_leaf(w, i, leaf);
        assert_memory_equal(leaf, w->seen[i].leaf, 32);
        open += w->seen[i].state == OPEN ? 1 : 0;
        waits += w->seen[i].state == WAITS ? 1 : 0;
    }
    for (size_t i = 0; i < CASETEST_PEOPLE; i++) {
        has_open += harness_mailbox(w->t.h, casetest_name[i])->open;
        has_pending += harness_mailbox(w->t.h, casetest_name[i])->pending;
    }
    assert_int_equal(open, has_open);
    assert_int_equal(waits, has_pending);
}

static void
goes_well(struct harness *h, uint64_t seed)
{
    struct world *w = calloc(1, sizeof *w);
    uint8_t handle[16];

    assert_non_null(w);
    print_message("seed %llu\n", (unsigned long long)seed);
    w->chance = (struct chance){seed};
    for (size_t i = 0; i < CASES; i++) {
        caseoracle_handle(handle, i);
        course_begin(&w->course[i], handle);
    }
    casetest_begin(&w->t, h);
    caseoracle_read(w);
    for (int i = 0; i < STEPS; i++)
        do_something(w);
    is_all_there(w);
    crash(w);
    look_around(w);
    is_all_there(w);
    print_message("%zu acts, %zu shares, %zu denied, %zu released, %zu "
                  "answered, %zu returned (%zu for the case)\n",
        w->acts, w->count[ENTRY_SHARE], w->denied, w->count[ENTRY_RELEASED],
        w->count[ENTRY_DELIVERED], w->count[ENTRY_RETURNED], w->changed);
    assert_true(w->count[ENTRY_SHARE] > 20 && w->denied > 20);
    free(w);
}

static void
whatever_happens_one(void **state)
{
    goes_well(*state, 1);
}
static void
whatever_happens_two(void **state)
{
    goes_well(*state, 2);
}
/* DRIEHOEK_SEED names another one. */
static void
whatever_happens_three(void **state)
{
    const char *seed = getenv("DRIEHOEK_SEED");

    goes_well(*state, seed == NULL ? 3 : strtoull(seed, NULL, 10));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        harness_test(whatever_happens_one),
        harness_test(whatever_happens_two),
        harness_test(whatever_happens_three),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
