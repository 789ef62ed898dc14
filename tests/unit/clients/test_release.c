/* SPDX-License-Identifier: EUPL-1.2
 *
 * A share that waited for approvals is taken only with a release that proves
 * them, and with exactly the facts that the broker has to state. Whatever is
 * wrong with a release may be somebody's doing on the way: such a share is
 * neither handed out nor answered. */
#include "evil_delivery.h"

#include "fetch.h"
#include "held.h"
#include "session.h"
#include "statement.h"

/* Both signatories, politie and om, approve what is laag. */
static const char approved[] =
    "permit P4 \"Na akkoord\": from politie to gemeente signal melding\n"
    "  for weging on wet when ernst is laag share naam, adres, feiten\n"
    "  oblige retain at most 30 days and no onward and log\n"
    "  and approval by 2;\n";
/* Only in a case; what is stil is never shown to the recipient. */
static const char stated[] =
    "permit P4 \"In casus\": from politie to gemeente signal melding\n"
    "  for weging on wet when ernst is laag and in-casus is yes\n"
    "  share naam, adres, feiten\n"
    "  oblige retain at most 30 days and no onward and log;\n";

enum { APPROVALS = 3, DAY = 86400 };

/* What a broker, or who is on the way, does to a release. */
struct lie {
    bool none;          /* there is no release */
    size_t n;           /* approvals; 0: two */
    int who[APPROVALS]; /* RING_...; the first two else */
    bool another_share; /* the release of another */
    bool another_about; /* approvals of another */
    bool another_case, another_origin;
    bool decline;        /* one said no */
    bool another_signer; /* signed by gemeente in the name of om */
    bool another_card;   /* by gemeente's card, in the name of om */
    bool unknown_card, expired_card;
    bool no_statement;   /* no STATED entry at all */
    bool too_many_named; /* the release names one more */
    bool not_waiting;    /* the entry does not say that it waits */
    bool asks_less;      /* the entry asks for one approval */
    bool moved;          /* the index that it comes with is not its place */
};

static struct {
    struct evil_delivery *d;
    struct lie lie;
    uint8_t released[LIMIT_ENTRY], entry[APPROVALS][LIMIT_ENTRY];
    uint8_t said[APPROVALS][LIMIT_STATEMENT];
} forge;

/* A broker that answers, and has no other cards than are here. */
enum dhk_err __wrap_fetch_card(struct dhk_node *node, const uint8_t id[CARD_ID],
    int timeout_ms, struct dhk_problem *problem);
bool __wrap_session_is_unanswered(const struct session *s);
bool __wrap_session_is_ready(struct session *s);

enum dhk_err
__wrap_fetch_card(struct dhk_node *node, const uint8_t id[CARD_ID],
    int timeout_ms, struct dhk_problem *problem)
{
    (void)timeout_ms;
    (void)problem;
    return cards_by_id(node->cards, id) != NULL ? DHK_OK : DHK_NOTFOUND;
}

bool
__wrap_session_is_unanswered(const struct session *s)
{
    (void)s;
    return false;
}

bool
__wrap_session_is_ready(struct session *s)
{
    (void)s;
    return true;
}

static struct dhk_node *
gemeente(const struct evil_delivery *d)
{
    return d->ring->partner[RING_GEMEENTE].node;
}

static void
make_statement(struct statement *out, size_t i, const struct share *s,
    const struct entry *e, int who)
{
    const struct lie *lie = &forge.lie;
    bool last = i == 1;
    int signer = last && (lie->another_signer || lie->another_card)
                     ? RING_GEMEENTE
                     : who;
    int card = last && lie->another_card ? RING_GEMEENTE : who;
    struct ring *r = forge.d->ring;
    struct statement said = {.origin = slice_str(RING_ORIGIN),
        .what = last && lie->decline ? ACT_DECLINE : ACT_APPROVE,
        .code = last && lie->decline ? 1 : 0,
        .made = node_now(r->partner[who].node),
        .about = s->index + (last && lie->another_about ? 2 : 0)};
    struct sink out_bytes;

    memcpy(said.card, r->partner[card].card.id, sizeof said.card);
    if (last && lie->unknown_card)
        said.card[0] ^= 1;
    memcpy(said.case_handle, e->u.share.case_handle, sizeof said.case_handle);
    if (last && lie->another_case)
        said.case_handle[3] ^= 1;
    if (last && lie->another_origin)
        said.origin = slice_str("ander.example/ledger");
    sink_init(&out_bytes, forge.said[i], sizeof forge.said[i]);
    ok(statement_issue(
        &out_bytes, &said, r->partner[signer].node->secret.sign));
    ok(statement_decode(out, sink_done(&out_bytes), NULL));
}

static struct slice
make_stated(size_t i, const struct share *s, const struct entry *e, int who)
{
    const struct card *card = &forge.d->ring->partner[who].card;
    struct entry *x = calloc(1, sizeof *x);
    struct statement said;
    struct sink out;

    assert_non_null(x);
    make_statement(&said, i, s, e, who);
    x->kind = ENTRY_STATED;
    x->time = e->time + 1000;
    if (i == 1 && forge.lie.expired_card)
        x->time = (uint64_t)card->until * 1000;
    x->u.stated.partner = slice_str(ring_names[who]);
    x->u.stated.body = said.body;
    memcpy(x->u.stated.signature, said.signature, sizeof said.signature);
    x->u.stated.as = ACT_BY_PARTY;
    x->u.stated.of = 2;
    if (i == 1 && forge.lie.no_statement)
        *x = (struct entry){.kind = ENTRY_EXPIRED, .u.expired = {{1}, 1}};
    sink_init(&out, forge.entry[i], sizeof forge.entry[i]);
    ok(entry_encode(&out, x));
    free(x);
    return sink_done(&out);
}

static void
make_release(struct share *s, const struct entry *e)
{
    static const int honest[APPROVALS] = {RING_POLITIE, RING_OM, RING_GEMEENTE};
    const struct lie *lie = &forge.lie;
    const int *who = lie->who[0] == 0 && lie->who[1] == 0 ? honest : lie->who;
    struct entry *x = calloc(1, sizeof *x);
    struct sink out;

    assert_non_null(x);
    s->has_release = true;
    s->stated_n = lie->n == 0 ? 2 : lie->n;
    x->kind = ENTRY_RELEASED;
    x->time = e->time + 2000;
    x->u.released.share = s->index + (lie->another_share ? 2 : 0);
    x->u.released.n = s->stated_n + (lie->too_many_named ? 1 : 0);
    for (size_t i = 0; i < x->u.released.n; i++)
        x->u.released.index[i] = s->index + 10 + i;
    for (size_t i = 0; i < s->stated_n; i++)
        s->stated[i] = make_stated(i, s, e, who[i]);
    sink_init(&out, forge.released, sizeof forge.released);
    ok(entry_encode(&out, x));
    s->released = sink_done(&out);
    free(x);
}

static void
wait_for_both(struct share *s, struct entry *e)
{
    struct entry_duties *duties = &e->u.share.duties;

    e->u.share.pending = !forge.lie.not_waiting;
    duties->approval[0].count = forge.lie.asks_less ? 1 : 2;
    duties->approvals_n = 1;
    if (!forge.lie.none)
        make_release(s, e);
}

/* The next version of the agreement, with EXTRA at its end, at all. */
static void
put_in_force(struct evil_delivery *d, const char *extra)
{
    const struct trust *trust = gemeente(d)->trust;
    char text[RING_TEXT], hex[2 * SEAL_HASH + 1];

    bytes_hex(hex, trust_agreement_hash(trust), SEAL_HASH);
    ring_agreement(text, trust_agreement(trust)->version + 1, hex, extra);
    ring_in_force(d->ring, text);
}

static void
deliver(struct evil_delivery *d, const struct lie *lie)
{
    const struct evil how = {.level = "laag", .change = wait_for_both};

    forge.d = d;
    forge.lie = *lie;
    evil_deliver(d, &how);
    if (lie->moved)
        d->ledger[(d->ledger_n - 1) % EVIL_LEDGER].index += 6;
    evil_fetch(d);
    evil_take(d);
}

static bool
is_handed_out(struct evil_delivery *d)
{
    const struct dhk_share *share = NULL;

    if (dhk_receive(gemeente(d), 0, &share, NULL) != DHK_OK)
        return false;
    assert_int_equal(share->index, d->share.index);
    ok(dhk_confirm(gemeente(d), &share));
    return true;
}

static enum answer_outcome
answer(struct evil_delivery *d)
{
    struct inbox_item item;
    uint64_t number;

    return evil_answer(d, &number, &item);
}

static void
with_both_approvals_it_is_taken(void **state)
{
    const struct lie honest = {.n = 0};

    put_in_force(*state, approved);
    deliver(*state, &honest);
    assert_true(is_handed_out(*state));
    assert_int_equal(answer(*state), ANSWER_TAKEN);
}

static void
a_release_that_does_not_prove_it_is_left_unanswered(void **state)
{
    static const struct {
        struct lie lie;
        const char *why;
    } lies[] = {
        {{.none = true}, "no release came"},
        {{.another_share = true}, "of another share"},
        {{.another_about = true}, "of another share"},
        {{.another_case = true}, "of another share"},
        {{.another_origin = true}, "another ledger"},
        {{.decline = true}, "an approval is none"},
        {{.another_signer = true}, "not signed by the partner"},
        {{.another_card = true}, "not signed by the partner"},
        {{.unknown_card = true}, "card of an approval was not shown"},
        {{.expired_card = true}, "not valid then"},
        {{.no_statement = true}, "an approval is none"},
        {{.too_many_named = true}, "other approvals came"},
        {{.n = 1}, "fewer have approved"},
        {{.who = {RING_OM, RING_OM}}, "approved it twice"},
        {{.who = {RING_OM, RING_GEMEENTE}}, "fewer have approved"},
        {{.moved = true}, "not shown that its entry"},
    };
    struct evil_delivery *d = *state;

    put_in_force(d, approved);
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        d->ring->reported[0] = '\0';
        deliver(d, &lies[i].lie);
        assert_false(is_handed_out(d));
        assert_int_equal(answer(d), ANSWER_NONE);
        assert_int_equal(held_count(gemeente(d)->held), i + 1);
        if (strstr(d->ring->reported, lies[i].why) == NULL)
            fail_msg("lie %zu: %s", i, d->ring->reported);
    }
}

/* The honest one, and then all the same with more than was asked for. */
static void
more_approvals_than_are_asked_for_do_no_harm(void **state)
{
    const struct lie more = {.n = 3};

    put_in_force(*state, approved);
    deliver(*state, &more);
    assert_true(is_handed_out(*state));
}

/* Made under an older agreement, it counts while the one in force lets it go as
 * well: with the approvals that it asks for. */
static void
the_agreement_in_force_counts_them_too(void **state)
{
    static const struct {
        const char *approval;
        enum answer_outcome code;
    } later[] = {
        {"", ANSWER_TAKEN},
        {"and approval by 1 of om", ANSWER_TAKEN},
        {"and approval by 2 of om, gemeente", ANSWER_OVERSHARED},
    };
    const struct evil how = {.level = "laag", .change = wait_for_both};
    struct evil_delivery *d = *state;
    char extra[512];

    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        put_in_force(d, approved);
        forge.d = d;
        forge.lie = (struct lie){.n = 0};
        evil_deliver(d, &how);
        (void)snprintf(extra, sizeof extra,
            "permit P4 \"Later\": from politie to gemeente signal melding\n"
            "  for weging on wet when ernst is laag share naam, adres, feiten\n"
            "  oblige log %s;\n",
            later[i].approval);
        put_in_force(d, extra);
        evil_fetch(d);
        evil_take(d);
        assert_int_equal(is_handed_out(d), later[i].code == ANSWER_TAKEN);
        assert_int_equal(answer(d), later[i].code);
    }
}

/* What core wrote itself, and the log proves, is refused. */
static void
an_entry_that_asks_for_less_is_refused(void **state)
{
    static const struct {
        struct lie lie;
        enum answer_outcome code;
    } lies[] = {
        {{.asks_less = true}, ANSWER_BAD_ENTRY},
        {{.asks_less = true, .n = 1}, ANSWER_BAD_ENTRY},
        {{.not_waiting = true, .none = true}, ANSWER_OVERSHARED},
    };

    put_in_force(*state, approved);
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        deliver(*state, &lies[i].lie);
        assert_false(is_handed_out(*state));
        assert_int_equal(answer(*state), lies[i].code);
    }
}

/* By our own agreement it need not wait. */
static void
what_should_not_have_waited_is_refused(void **state)
{
    const struct evil how = {.change = wait_for_both};
    struct evil_delivery *d = *state;

    put_in_force(d, approved);
    forge.d = d;
    forge.lie = (struct lie){.n = 0};
    evil_deliver(d, &how); /* hoog: by P1 */
    evil_fetch(d);
    evil_take(d);
    assert_false(is_handed_out(d));
    assert_int_equal(answer(d), ANSWER_BAD_ENTRY);
}

static void
release_of_what_did_not_wait(struct share *s, struct entry *e)
{
    make_release(s, e);
}

static void
a_release_of_what_did_not_wait_is_left_unanswered(void **state)
{
    const struct evil how = {.change = release_of_what_did_not_wait};
    struct evil_delivery *d = *state;

    put_in_force(d, approved);
    forge.d = d;
    forge.lie = (struct lie){.n = 0};
    evil_deliver(d, &how);
    evil_fetch(d);
    evil_take(d);
    assert_false(is_handed_out(d));
    assert_int_equal(answer(d), ANSWER_NONE);
}

/* --- facts --- */

static const uint8_t packed_yes[] = {0xc3}, packed_no[] = {0xc2};
static struct {
    const char *name[2];
    const uint8_t *value[2];
    size_t n;
} facts;

static void
state_facts(struct share *s, struct entry *e)
{
    (void)s;
    for (size_t i = 0; i < facts.n; i++)
        e->u.share.fact[e->u.share.facts_n++] = (struct entry_fact){
            slice_str(facts.name[i]), slice_of(facts.value[i], 1)};
    e->u.share.rule[0] = slice_str("P4");
}

static enum answer_outcome
deliver_facts(struct evil_delivery *d)
{
    const struct evil how = {.level = "laag", .change = state_facts};

    evil_deliver(d, &how);
    evil_take(d);
    return is_handed_out(d) ? ANSWER_TAKEN : answer(d);
}

static void
exactly_the_facts_that_rules_of_its_route_test_are_stated(void **state)
{
    struct evil_delivery *d = *state;

    put_in_force(d, stated);
    facts.name[0] = facts.name[1] = "in-casus";
    facts.value[0] = facts.value[1] = packed_yes;
    facts.n = 1;
    assert_int_equal(deliver_facts(d), ANSWER_TAKEN);
    facts.n = 0; /* could be yes */
    assert_int_equal(deliver_facts(d), ANSWER_BAD_ENTRY);
    facts.n = 2; /* twice */
    assert_int_equal(deliver_facts(d), ANSWER_BAD_ENTRY);
    facts.n = 1;
    facts.value[0] = packed_no;
    assert_int_equal(deliver_facts(d), ANSWER_OVERSHARED);
    facts.name[0] = "stil"; /* the sender's to say, and closed */
    assert_int_equal(deliver_facts(d), ANSWER_BAD_ENTRY);
    facts.name[0] = "anders";
    assert_int_equal(deliver_facts(d), ANSWER_BAD_ENTRY);
}

/* No rule for this route tests it. */
static void
a_fact_too_many_is_refused(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil how = {.change = state_facts};

    facts.name[0] = "in-casus";
    facts.value[0] = packed_yes;
    facts.n = 1;
    evil_deliver(d, &how);
    evil_take(d);
    assert_false(is_handed_out(d));
    assert_int_equal(answer(d), ANSWER_BAD_ENTRY);
}

/* In a case it goes, and whether it is one the recipient is not told. */
static void
a_closed_one_is_stated_to_nobody_and_may_be_anything(void **state)
{
    struct evil_delivery *d = *state;
    char text[RING_TEXT], hex[2 * SEAL_HASH + 1];
    char *by_broker;

    bytes_hex(hex, trust_agreement_hash(gemeente(d)->trust), SEAL_HASH);
    ring_agreement(text, 2, hex, stated);
    by_broker = strstr(text, "by broker;");
    assert_non_null(by_broker);
    memmove(by_broker + 7, by_broker, strlen(by_broker) + 1);
    memcpy(by_broker, "closed ", 7);
    ring_in_force(d->ring, text);
    facts.n = 0;
    assert_int_equal(deliver_facts(d), ANSWER_TAKEN);
    facts.name[0] = "in-casus";
    facts.value[0] = packed_yes;
    facts.n = 1;
    assert_int_equal(deliver_facts(d), ANSWER_BAD_ENTRY);
}

#define evil_test(f) cmocka_unit_test_setup_teardown(f, evil_new, evil_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        evil_test(with_both_approvals_it_is_taken),
        evil_test(a_release_that_does_not_prove_it_is_left_unanswered),
        evil_test(more_approvals_than_are_asked_for_do_no_harm),
        evil_test(the_agreement_in_force_counts_them_too),
        evil_test(an_entry_that_asks_for_less_is_refused),
        evil_test(what_should_not_have_waited_is_refused),
        evil_test(a_release_of_what_did_not_wait_is_left_unanswered),
        evil_test(exactly_the_facts_that_rules_of_its_route_test_are_stated),
        evil_test(a_fact_too_many_is_refused),
        evil_test(a_closed_one_is_stated_to_nobody_and_may_be_anything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
