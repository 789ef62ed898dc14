/* SPDX-License-Identifier: EUPL-1.2
 *
 * Ledger entries: every kind comes back as it went, and what auditors could
 * not read is never written. */
#include "entry.h"
#include "statement.h"
#include "withdrawal.h"
#include "wiretest.h"

static uint8_t hashes[LIMIT_BUNDLE * 32];

static int
set_up(void **state)
{
    (void)state;
    wiretest_deterministic(4);
    assert_int_equal(key_init(), DHK_OK);
    for (size_t i = 0; i < sizeof hashes; i++)
        hashes[i] = (uint8_t)i;
    return 0;
}

static enum dhk_err
again(struct sink *out, struct slice in)
{
    static struct entry e;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = entry_decode(&e, in, &diag);
    if (rc != DHK_OK) {
        assert_non_null(diag.what);
        assert_int_equal(e.kind, ENTRY_NONE);
        return rc;
    }
    return entry_encode(out, &e);
}

static struct slice
str(const char *s)
{
    return slice_str(s);
}

static void
fill_accepted(struct entry_accepted *a)
{
    a->sender = str("politie");
    a->ids = slice_of(hashes, 3 * 32);
    memset(a->card, 1, 32);
    memset(a->agreement, 2, 32);
    memset(a->signature, 3, 64);
    a->kind[0] = str("zorgsignaal");
    a->kind[1] = str("melding");
    a->kinds_n = 2;
    a->n = 3;
    for (size_t i = 0; i < 3; i++)
        a->mark[i] = (struct entry_mark){.kind = i == 1,
            .presence = 0x1f,
            .seq = 1000 + i * 2,
            .code = i == 2 ? ENTRY_CODE_EXPIRED : ENTRY_CODE_NONE,
            .classes = slice_of("\1\2\0", i)};
}

static void
fill_share(struct entry_share *s)
{
    *s = (struct entry_share){.accepted = 70000,
        .position = 2,
        .sender = str("politie"),
        .recipient = str("gemeente"),
        .kind = str("zorgsignaal"),
        .purpose = str("persoonsgericht"),
        .ground = str("wpg-20"),
        .fields = 0x13,
        .wrapped = 0x1f,
        .rules_n = 2,
        .facts_n = 1,
        .windows_n = 1,
        .expires = 1775001600,
        .covert = 1790000000,
        .nth = 3,
        .before = 69000};
    s->rule[0] = str("r5");
    s->rule[1] = str("r6");
    s->duties = (struct entry_duties){.has_at_most = true,
        .at_most = 365,
        .onward_limited = true,
        .notify_n = 1,
        .log = true,
        .approvals_n = 1};
    s->duties.notify[0] = str("burgemeester");
    s->duties.approval[0].count = 2;
    s->duties.approval[0].of[0] = str("om");
    s->duties.approval[0].of_n = 1;
    s->fact[0] = (struct entry_fact){
        .attribute = str("meldingen"), .value = slice_of("\x03", 1)};
    s->window[0] = str("kantooruren");
}

static void
fill_text(struct entry_text *t)
{
    memset(t->sha256, 7, 32);
    memset(t->compiled, 8, 32);
    t->version = 3;
    t->name = str("voorbeeldstad");
    t->signer[0] = (struct entry_signer){
        str("om"), str("SHA256:oooooooooooooooooooooooooooooooooooooooooo")};
    t->signer[1] = (struct entry_signer){
        str("politie"), str("SHA256:pppppppppppppppppppppppppppppppppppppp")};
    t->signers_n = 2;
}

/* A body that a withdrawal, or a correction, has; not signed by anybody. */
static void
fill_withdrawn(struct entry_withdrawn *e, bool correction)
{
    static uint8_t mem[2][LIMIT_WITHDRAWAL];
    static const uint8_t seed[KEY_SEED] = {4};
    struct withdrawal w = {.origin = str("ledger.example/1"),
        .accepted = 70000,
        .reason = WITHDRAWAL_OBJECTION,
        .is_correction = correction,
        .replacement = {1},
        .made = 1772000000};
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    struct sink out;
    assert_int_equal(key_sign_from_seed(&sk, &pk, seed), DHK_OK);
    sink_init(&out, mem[correction], sizeof mem[0]);
    assert_int_equal(withdrawal_issue(&out, &w, sk), DHK_OK);
    key_sign_destroy(&sk);
    assert_int_equal(withdrawal_decode(&w, sink_done(&out), NULL), DHK_OK);
    *e = (struct entry_withdrawn){.share = 70001,
        .sender = str("politie"),
        .recipient = str("gemeente"),
        .notice = correction,
        .body = w.body};
    memcpy(e->signature, w.signature, sizeof e->signature);
}

/* A hold, by an auditor; a vote, by one of three. */
static void
fill_stated(struct entry_stated *e, bool vote)
{
    static uint8_t mem[2][LIMIT_STATEMENT];
    static const uint8_t seed[KEY_SEED] = {4};
    struct statement s = {.origin = str("ledger.example/1"),
        .what = vote ? ACT_VOTE : ACT_HOLD,
        .until = vote ? 0 : 1800000000,
        .made = 1772000000,
        .has_ref = vote,
        .code = vote ? 1 : 0};
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    struct sink out;
    assert_int_equal(key_sign_from_seed(&sk, &pk, seed), DHK_OK);
    sink_init(&out, mem[vote], sizeof mem[0]);
    assert_int_equal(statement_issue(&out, &s, sk), DHK_OK);
    key_sign_destroy(&sk);
    assert_int_equal(statement_decode(&s, sink_done(&out), NULL), DHK_OK);
    *e = (struct entry_stated){.partner = str(vote ? "om" : "toezicht"),
        .all = !vote,
        .body = s.body,
        .as = vote ? ACT_BY_PARTY | ACT_BY_WEIGHER : 0,
        .of = vote ? 3 : 0};
    memset(e->agreement, vote ? 2 : 0, sizeof e->agreement);
    memcpy(e->signature, s.signature, sizeof e->signature);
}

static void
fill_case(struct entry *e)
{
    if (e->kind == ENTRY_HELD)
        e->u.held =
            (struct entry_held){.query = 301, .index = {4, 9, 300}, .n = 3};
    else if (e->kind == ENTRY_RELEASED)
        e->u.released =
            (struct entry_released){.share = 4, .index = {9, 300}, .n = 2};
    else
        fill_stated(&e->u.stated, false);
}

static void
fill_rest(struct entry *e)
{
    switch (e->kind) {
    case ENTRY_GENESIS:
        e->u.genesis.origin = str("ledger.example/1");
        memset(e->u.genesis.log_key.b, 4, 32);
        break;
    case ENTRY_RETURNED:
        e->u.returned =
            (struct entry_returned){.index = 5, .code = ENTRY_CODE_QUOTA};
        break;
    case ENTRY_EXPIRED:
        e->u.expired = (struct entry_expired){.index = {4, 9, 300}, .n = 3};
        break;
    case ENTRY_WITHDRAWN:
    case ENTRY_CORRECTED:
        fill_withdrawn(&e->u.withdrawn, e->kind == ENTRY_CORRECTED);
        break;
    case ENTRY_CARD:
        e->u.card.card = str("the card's bytes");
        break;
    case ENTRY_REVOKED_TEXT:
    case ENTRY_REVOKED_CARD:
        memset(e->u.revoked.id, 7, 32);
        e->u.revoked.by = str("om");
        e->u.revoked.sshsig = str("the signature's bytes");
        break;
    case ENTRY_QUERIED:
        e->u.queried.asker = str("toezicht");
        e->u.queried.body = str("the query's body");
        break;
    case ENTRY_OPERATOR:
        e->u.operator_code = ENTRY_OPERATOR_CLOCK;
        break;
    case ENTRY_SEAL:
        e->u.seal = (struct entry_seal){.partner = str("gemeente"),
            .from = 8192,
            .until = 16000,
            .count = 70,
            .root = {1},
            .salt = {2},
            .before = 8200};
        break;
    case ENTRY_HELD:
    case ENTRY_STATED:
    case ENTRY_RELEASED:
        fill_case(e);
        break;
    case ENTRY_NONE:
    case ENTRY_ACCEPTED:
    case ENTRY_SHARE:
    case ENTRY_REFUSED:
    case ENTRY_DELIVERED:
    case ENTRY_AGREEMENT:
    case ENTRY_ROSTER:
        break;
    }
}

static void
sample(struct entry *e, enum entry_kind kind)
{
    *e = (struct entry){.kind = kind, .time = UINT64_C(1772000000123)};
    memset(e->random, 0xaa, sizeof e->random);
    if (kind == ENTRY_ACCEPTED)
        fill_accepted(&e->u.accepted);
    else if (kind == ENTRY_SHARE)
        fill_share(&e->u.share);
    else if (kind == ENTRY_AGREEMENT || kind == ENTRY_ROSTER)
        fill_text(&e->u.text);
    else if (kind == ENTRY_REFUSED)
        e->u.refused = (struct entry_refused){.sender = str("aivd"),
            .ids = slice_of(hashes, 64),
            .code = ENTRY_CODE_DENIED,
            .seq = {9, 3},
            .n = 2,
            .before = 300};
    else if (kind == ENTRY_DELIVERED)
        e->u.delivered = (struct entry_delivered){.recipient = str("gemeente"),
            .body = str("the answer's body"),
            .index = {70001, 4},
            .n = 2};
    else
        fill_rest(e);
}

static const enum entry_kind kinds[] = {ENTRY_GENESIS, ENTRY_ACCEPTED,
    ENTRY_SHARE, ENTRY_REFUSED, ENTRY_DELIVERED, ENTRY_RETURNED, ENTRY_EXPIRED,
    ENTRY_WITHDRAWN, ENTRY_CORRECTED, ENTRY_AGREEMENT, ENTRY_ROSTER,
    ENTRY_REVOKED_TEXT, ENTRY_CARD, ENTRY_REVOKED_CARD, ENTRY_QUERIED,
    ENTRY_OPERATOR, ENTRY_SEAL, ENTRY_HELD, ENTRY_STATED, ENTRY_RELEASED};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* A vote of one of the three. */
static void
stated_vote(struct entry *e)
{
    sample(e, ENTRY_STATED);
    fill_stated(&e->u.stated, true);
}

/* A card that its own partner revoked. */
static void
own_revocation(struct entry *e)
{
    sample(e, ENTRY_REVOKED_CARD);
    e->u.revoked.by = str("gemeente");
    e->u.revoked.own = str("the revocation's bytes");
    e->u.revoked.sshsig = slice_of(NULL, 0);
}

static struct slice
encode(uint8_t *mem, size_t cap, const struct entry *e)
{
    struct sink out;
    sink_init(&out, mem, cap);
    assert_int_equal(entry_encode(&out, e), DHK_OK);
    return sink_done(&out);
}

/* The beginning of a log that goes on where BEFORE was closed. */
static void
genesis_after(struct entry *e, const char *before, uint64_t size)
{
    sample(e, ENTRY_GENESIS);
    e->u.genesis.has_before = true;
    e->u.genesis.before.origin = slice_str(before);
    e->u.genesis.before.size = size;
    memset(e->u.genesis.before.root, 8, 32);
}

static void
a_log_follows_another_that_held_something(void **state)
{
    static struct entry e;
    uint8_t mem[LIMIT_ENTRY];
    struct sink out;
    (void)state;
    genesis_after(&e, "ledger.example/0", 1);
    wiretest_all(again, encode(mem, sizeof mem, &e));
    sink_init(&out, mem, sizeof mem);
    genesis_after(&e, "ledger.example/0", 0);
    assert_int_equal(entry_encode(&out, &e), DHK_FORMAT);
    genesis_after(&e, "ledger.example/1", 1);
    assert_int_equal(entry_encode(&out, &e), DHK_FORMAT);
    genesis_after(&e, "no name", 1);
    assert_int_equal(entry_encode(&out, &e), DHK_FORMAT);
}

static void
every_kind_equals_its_golden_file(void **state)
{
    static struct entry e;
    uint8_t mem[LIMIT_ENTRY];
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        sample(&e, kinds[i]);
        wiretest_keep("accept", "entry", entry_kind_name(kinds[i]),
            encode(mem, sizeof mem, &e));
    }
    own_revocation(&e);
    wiretest_keep(
        "accept", "entry", "revoked-own-card", encode(mem, sizeof mem, &e));
    stated_vote(&e);
    wiretest_keep(
        "accept", "entry", "stated-vote", encode(mem, sizeof mem, &e));
    genesis_after(&e, "ledger.example/0", 70001);
    wiretest_keep(
        "accept", "entry", "genesis-after", encode(mem, sizeof mem, &e));
    wiretest_folder("accept", "entry", again);
}

static void
every_kind_stands_truncation_flips_and_trailing_bytes(void **state)
{
    static struct entry e;
    uint8_t mem[LIMIT_ENTRY];
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        sample(&e, kinds[i]);
        wiretest_all(again, encode(mem, sizeof mem, &e));
    }
    own_revocation(&e);
    wiretest_all(again, encode(mem, sizeof mem, &e));
}

static void
an_accepted_entry_comes_back(void **state)
{
    static struct entry e, got;
    uint8_t mem[LIMIT_ENTRY];
    (void)state;
    sample(&e, ENTRY_ACCEPTED);
    assert_int_equal(
        entry_decode(&got, encode(mem, sizeof mem, &e), NULL), DHK_OK);
    const struct entry_accepted *a = &got.u.accepted;
    assert_int_equal(got.time, e.time);
    assert_memory_equal(got.random, e.random, 16);
    assert_int_equal(a->n, 3);
    assert_int_equal(a->mark[0].seq, 1000);
    assert_int_equal(a->mark[2].seq, 1004);
    assert_int_equal(a->mark[1].kind, 1);
    assert_int_equal(a->mark[2].code, ENTRY_CODE_EXPIRED);
    assert_int_equal(a->mark[2].classes.n, 2);
    assert_true(slice_equal(a->kind[1], str("melding")));
    assert_true(slice_equal(a->ids, slice_of(hashes, 96)));
}

static void
a_share_entry_comes_back(void **state)
{
    static struct entry e, got;
    uint8_t mem[LIMIT_ENTRY];
    (void)state;
    sample(&e, ENTRY_SHARE);
    assert_int_equal(
        entry_decode(&got, encode(mem, sizeof mem, &e), NULL), DHK_OK);
    const struct entry_share *s = &got.u.share;
    assert_int_equal(s->accepted, 70000);
    assert_int_equal(s->position, 2);
    assert_int_equal(s->fields, 0x13);
    assert_int_equal(s->wrapped, 0x1f);
    assert_true(slice_equal(s->recipient, str("gemeente")));
    assert_true(slice_equal(s->rule[1], str("r6")));
    assert_true(s->duties.has_at_most);
    assert_false(s->duties.has_at_least);
    assert_int_equal(s->duties.at_most, 365);
    assert_true(s->duties.onward_limited);
    assert_int_equal(s->duties.onward_n, 0);
    assert_int_equal(s->duties.approval[0].count, 2);
    assert_true(slice_equal(s->window[0], str("kantooruren")));
    assert_int_equal(s->expires, 1775001600);
    assert_int_equal(s->covert, 1790000000);
}

/* Changes a sample in one way; NULL ends the list. */
struct wrong {
    const char *name;
    enum entry_kind kind;
    void (*spoil)(struct entry *e);
    enum dhk_err expect;
};

static void
no_field(struct entry *e)
{
    e->u.share.fields = 0;
}
static void
unwrapped_field(struct entry *e)
{
    e->u.share.wrapped = 0x11;
}
static void
value_is_bin(struct entry *e)
{
    e->u.share.fact[0].value = slice_of("\xc4\x00", 2);
}
static void
sequence_descends(struct entry *e)
{
    e->u.accepted.mark[1].seq = 999;
}
static void
sequence_twice(struct entry *e)
{
    e->u.accepted.mark[1].seq = e->u.accepted.mark[0].seq;
}
static void
kinds_out_of_order(struct entry *e)
{
    e->u.accepted.mark[0].kind = 1;
    e->u.accepted.mark[1].kind = 0;
    e->u.accepted.mark[2].kind = 1;
}
static void
kind_unused(struct entry *e)
{
    e->u.accepted.mark[1].kind = 0;
}
static void
kind_twice(struct entry *e)
{
    e->u.accepted.kind[1] = e->u.accepted.kind[0];
}
static void
id_missing(struct entry *e)
{
    e->u.accepted.ids.n = 64;
}
static void
name_upper_case(struct entry *e)
{
    e->u.accepted.sender = str("Politie");
}
static void
refused_code_0(struct entry *e)
{
    e->u.refused.code = ENTRY_CODE_NONE;
}
static void
refused_seq_missing(struct entry *e)
{
    e->u.refused.n = 1;
}
static void
expired_descends(struct entry *e)
{
    e->u.expired.index[1] = 4;
}
static void
expired_nothing(struct entry *e)
{
    e->u.expired.n = 0;
}
static void
version_0(struct entry *e)
{
    e->u.text.version = 0;
}
static void
signed_by_nobody(struct entry *e)
{
    e->u.text.signers_n = 0;
}
static void
operator_code_2(struct entry *e)
{
    e->u.operator_code = (enum entry_operator_code)2;
}
static void
time_over_63_bits(struct entry *e)
{
    e->time = UINT64_MAX;
}
static void
held_nothing(struct entry *e)
{
    e->u.held.n = 0;
}
static void
held_descends(struct entry *e)
{
    e->u.held.index[1] = 4;
}
static void
held_later(struct entry *e)
{
    e->u.held.index[2] = 301;
}
static void
stated_nonsense(struct entry *e)
{
    e->u.stated.body = str("because");
}
static void
stated_all_vote(struct entry *e)
{
    stated_vote(e);
    e->u.stated.as = e->u.stated.of = 0;
    memset(e->u.stated.agreement, 0, sizeof e->u.stated.agreement);
    e->u.stated.all = true;
}
static void
stated_all_as_party(struct entry *e)
{
    e->u.stated.as = ACT_BY_PARTY;
}
static void
stated_all_of_three(struct entry *e)
{
    e->u.stated.of = 3;
}
static void
stated_all_under_an_agreement(struct entry *e)
{
    e->u.stated.agreement[31] = 1;
}
static void
stated_as_weigher_only(struct entry *e)
{
    stated_vote(e);
    e->u.stated.as = ACT_BY_WEIGHER;
}
static void
stated_as_weigher_of_none(struct entry *e)
{
    stated_vote(e);
    e->u.stated.of = 0;
}
static void
stated_as_holder(struct entry *e)
{
    stated_vote(e);
    e->u.stated.as |= ACT_BY_HOLDER;
}
static void
stated_of_too_many(struct entry *e)
{
    stated_vote(e);
    e->u.stated.of = LIMIT_SIGNATORIES + 1;
}
static void
released_by_nobody(struct entry *e)
{
    e->u.released.n = 0;
}
static void
released_before_the_share(struct entry *e)
{
    e->u.released.index[0] = e->u.released.share;
}
static void
released_twice_by_one(struct entry *e)
{
    e->u.released.index[1] = e->u.released.index[0];
}
static void
released_without_share(struct entry *e)
{
    e->u.released.share = 0;
}
static void
released_for_ever(struct entry *e)
{
    e->u.released.index[1] = UINT64_C(1) << 63;
}

static void
covert_for_ever(struct entry *e)
{
    e->u.share.covert = UINT64_C(253402300800);
}
static void
card_too_long(struct entry *e)
{
    e->u.card.card = slice_of(hashes, LIMIT_CARD + 1);
}

static void
withdrawn_nonsense(struct entry *e)
{
    e->u.withdrawn.body = str("because");
}
static void
withdrawn_correction(struct entry *e)
{
    fill_withdrawn(&e->u.withdrawn, true);
}
static void
corrected_withdrawal(struct entry *e)
{
    fill_withdrawn(&e->u.withdrawn, false);
}

static void
seal_of_nothing(struct entry *e)
{
    e->u.seal.until = e->u.seal.from;
}
static void
seal_unlinked(struct entry *e)
{
    e->u.seal.before = 0;
}
static void
first_seal_linked(struct entry *e)
{
    e->u.seal.from = 0;
}
static void
share_0th(struct entry *e)
{
    e->u.share.nth = 0;
}
static void
share_unlinked(struct entry *e)
{
    e->u.share.before = 0;
}
static void
first_share_linked(struct entry *e)
{
    e->u.share.nth = 1;
}

static const struct wrong wrongs[] = {
    {"seal-of-nothing", ENTRY_SEAL, seal_of_nothing, DHK_FORMAT},
    {"seal-unlinked", ENTRY_SEAL, seal_unlinked, DHK_FORMAT},
    {"seal-first-linked", ENTRY_SEAL, first_seal_linked, DHK_FORMAT},
    {"share-0th", ENTRY_SHARE, share_0th, DHK_FORMAT},
    {"share-unlinked", ENTRY_SHARE, share_unlinked, DHK_FORMAT},
    {"share-first-linked", ENTRY_SHARE, first_share_linked, DHK_FORMAT},
    {"withdrawn-nonsense", ENTRY_WITHDRAWN, withdrawn_nonsense, DHK_FORMAT},
    {"withdrawn-correction", ENTRY_WITHDRAWN, withdrawn_correction, DHK_FORMAT},
    {"corrected-withdrawal", ENTRY_CORRECTED, corrected_withdrawal, DHK_FORMAT},
    {"share-no-field", ENTRY_SHARE, no_field, DHK_FORMAT},
    {"share-field-not-wrapped", ENTRY_SHARE, unwrapped_field, DHK_FORMAT},
    {"share-fact-binary", ENTRY_SHARE, value_is_bin, DHK_FORMAT},
    {"accepted-sequence-descends", ENTRY_ACCEPTED, sequence_descends,
        DHK_LIMIT},
    {"accepted-sequence-twice", ENTRY_ACCEPTED, sequence_twice, DHK_FORMAT},
    {"accepted-kinds-unordered", ENTRY_ACCEPTED, kinds_out_of_order,
        DHK_FORMAT},
    {"accepted-kind-unused", ENTRY_ACCEPTED, kind_unused, DHK_FORMAT},
    {"accepted-kind-twice", ENTRY_ACCEPTED, kind_twice, DHK_FORMAT},
    {"accepted-id-missing", ENTRY_ACCEPTED, id_missing, DHK_FORMAT},
    {"accepted-name-upper-case", ENTRY_ACCEPTED, name_upper_case, DHK_FORMAT},
    {"refused-code-0", ENTRY_REFUSED, refused_code_0, DHK_FORMAT},
    {"refused-sequence-missing", ENTRY_REFUSED, refused_seq_missing,
        DHK_FORMAT},
    {"expired-descends", ENTRY_EXPIRED, expired_descends, DHK_FORMAT},
    {"expired-nothing", ENTRY_EXPIRED, expired_nothing, DHK_FORMAT},
    {"agreement-version-0", ENTRY_AGREEMENT, version_0, DHK_FORMAT},
    {"roster-signed-by-nobody", ENTRY_ROSTER, signed_by_nobody, DHK_FORMAT},
    {"operator-code-2", ENTRY_OPERATOR, operator_code_2, DHK_FORMAT},
    {"held-nothing", ENTRY_HELD, held_nothing, DHK_FORMAT},
    {"held-descends", ENTRY_HELD, held_descends, DHK_FORMAT},
    {"held-later", ENTRY_HELD, held_later, DHK_FORMAT},
    {"stated-nonsense", ENTRY_STATED, stated_nonsense, DHK_FORMAT},
    {"stated-all-vote", ENTRY_STATED, stated_all_vote, DHK_FORMAT},
    {"stated-all-as-party", ENTRY_STATED, stated_all_as_party, DHK_FORMAT},
    {"stated-all-of-three", ENTRY_STATED, stated_all_of_three, DHK_FORMAT},
    {"stated-all-under-an-agreement", ENTRY_STATED,
        stated_all_under_an_agreement, DHK_FORMAT},
    {"stated-as-weigher-only", ENTRY_STATED, stated_as_weigher_only,
        DHK_FORMAT},
    {"stated-as-weigher-of-none", ENTRY_STATED, stated_as_weigher_of_none,
        DHK_FORMAT},
    {"stated-as-holder", ENTRY_STATED, stated_as_holder, DHK_LIMIT},
    {"stated-of-too-many", ENTRY_STATED, stated_of_too_many, DHK_LIMIT},
    {"released-by-nobody", ENTRY_RELEASED, released_by_nobody, DHK_FORMAT},
    {"released-before-the-share", ENTRY_RELEASED, released_before_the_share,
        DHK_FORMAT},
    {"released-twice-by-one", ENTRY_RELEASED, released_twice_by_one,
        DHK_FORMAT},
    {"released-without-share", ENTRY_RELEASED, released_without_share,
        DHK_FORMAT},
    {"released-for-ever", ENTRY_RELEASED, released_for_ever, DHK_LIMIT},
    {"share-covert-for-ever", ENTRY_SHARE, covert_for_ever, DHK_LIMIT},
    {"card-too-long", ENTRY_CARD, card_too_long, DHK_LIMIT},
    {"time-over-63-bits", ENTRY_OPERATOR, time_over_63_bits, DHK_LIMIT},
};

static void
what_auditors_could_not_read_is_not_written(void **state)
{
    static struct entry e;
    uint8_t mem[LIMIT_ENTRY];
    struct sink out;
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        sample(&e, wrongs[i].kind);
        wrongs[i].spoil(&e);
        sink_init(&out, mem, sizeof mem);
        if (entry_encode(&out, &e) != wrongs[i].expect)
            fail_msg("%s was not refused as it should", wrongs[i].name);
        assert_int_equal(out.n, 0);
    }
    sample(&e, ENTRY_OPERATOR);
    e.kind = (enum entry_kind)ENTRY_KINDS;
    assert_int_equal(entry_encode(&out, &e), DHK_FORMAT);
}

/* [ random, kind, time, and N nils ] */
static struct slice
by_hand(uint8_t *mem, size_t cap, uint64_t kind, size_t random_n, size_t n)
{
    struct sink out;
    sink_init(&out, mem, cap);
    pack_array(&out, 3 + n);
    pack_bin(&out, slice_of(hashes, random_n));
    pack_uint(&out, kind);
    pack_uint(&out, 1000);
    for (size_t i = 0; i < n; i++)
        pack_uint(&out, 1);
    return sink_done(&out);
}

/* A card is revoked with these two, each nil or so many bytes. */
enum { NIL = 1000 };
static struct slice
revoked_with(uint8_t *mem, enum entry_kind kind, size_t own, size_t sshsig)
{
    struct sink out;
    bool card = kind == ENTRY_REVOKED_CARD;
    sink_init(&out, mem, LIMIT_ENTRY);
    pack_array(&out, card ? 7 : 6);
    pack_bin(&out, slice_of(hashes, ENTRY_RANDOM));
    pack_uint(&out, kind);
    pack_uint(&out, 1000);
    pack_bin(&out, slice_of(hashes, 32));
    pack_str(&out, str("om"));
    for (size_t i = card ? 0 : 1; i < 2; i++) {
        size_t n = i == 0 ? own : sshsig;
        if (n == NIL)
            pack_nil(&out);
        else
            pack_bin(&out, slice_of(hashes, n));
    }
    return sink_done(&out);
}

static void
a_revocation_has_one_signed_statement(void **state)
{
    static const struct {
        const char *name;
        enum entry_kind kind;
        size_t own, sshsig;
    } wrong[] = {
        {"revoked-by-nothing", ENTRY_REVOKED_CARD, NIL, NIL},
        {"revoked-by-empty-own", ENTRY_REVOKED_CARD, 0, NIL},
        {"revoked-by-empty-sshsig", ENTRY_REVOKED_CARD, NIL, 0},
        {"revoked-by-two", ENTRY_REVOKED_CARD, 20, 20},
        {"revoked-own-too-long", ENTRY_REVOKED_CARD, LIMIT_REVOCATION + 1, NIL},
        {"revoked-sshsig-too-long", ENTRY_REVOKED_CARD, NIL,
            LIMIT_SSHSIG_BLOB + 1},
        {"revoked-text-by-nothing", ENTRY_REVOKED_TEXT, NIL, NIL},
        {"revoked-text-by-empty-sshsig", ENTRY_REVOKED_TEXT, NIL, 0},
        {"revoked-text-sshsig-too-long", ENTRY_REVOKED_TEXT, NIL,
            LIMIT_SSHSIG_BLOB + 1},
    };
    uint8_t mem[LIMIT_ENTRY];
    (void)state;
    assert_true(wiretest_is_same(
        again, revoked_with(mem, ENTRY_REVOKED_CARD, LIMIT_REVOCATION, NIL)));
    assert_true(wiretest_is_same(
        again, revoked_with(mem, ENTRY_REVOKED_CARD, NIL, LIMIT_SSHSIG_BLOB)));
    assert_true(wiretest_is_same(
        again, revoked_with(mem, ENTRY_REVOKED_TEXT, NIL, LIMIT_SSHSIG_BLOB)));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        wiretest_keep("reject", "entry", wrong[i].name,
            revoked_with(mem, wrong[i].kind, wrong[i].own, wrong[i].sshsig));
    wiretest_folder("reject", "entry", again);
}

static void
what_is_wrong_is_refused(void **state)
{
    static struct entry e;
    uint8_t mem[LIMIT_ENTRY];
    (void)state;
    sample(&e, ENTRY_RETURNED);
    wiretest_keep_common("entry", encode(mem, sizeof mem, &e), 0);
    wiretest_keep(
        "reject", "entry", "kind-0", by_hand(mem, sizeof mem, 0, 16, 0));
    wiretest_keep(
        "reject", "entry", "kind-21", by_hand(mem, sizeof mem, 21, 16, 1));
    wiretest_keep("reject", "entry", "random-15-bytes",
        by_hand(mem, sizeof mem, ENTRY_OPERATOR, 15, 1));
    wiretest_keep("reject", "entry", "operator-two-codes",
        by_hand(mem, sizeof mem, ENTRY_OPERATOR, 16, 2));
    assert_true(wiretest_is_same(
        again, by_hand(mem, sizeof mem, ENTRY_OPERATOR, 16, 1)));
    wiretest_folder("reject", "entry", again);
}

static void
the_longest_answer_fits_a_delivered_entry(void **state)
{
    static struct entry e;
    uint8_t mem[LIMIT_ENTRY];
    char name[LIMIT_NAME];
    /* array, version, origin, card, sender, array, items */
    uint8_t body[1 + 1 + 2 + LIMIT_ORIGIN + 34 + 2 + LIMIT_NAME + 3 +
                 LIMIT_ANSWER * (1 + 34 + 1 + 5)];
    (void)state;
    memset(name, 'n', sizeof name);
    memset(body, 0, sizeof body);
    sample(&e, ENTRY_DELIVERED);
    e.time = INT64_MAX;
    e.u.delivered.recipient = slice_of(name, sizeof name);
    e.u.delivered.body = slice_of(body, sizeof body);
    e.u.delivered.n = LIMIT_ANSWER;
    for (size_t i = 0; i < LIMIT_ANSWER; i++)
        e.u.delivered.index[i] = UINT32_MAX - i;
    (void)encode(mem, sizeof mem, &e);
}

static void
an_entry_over_the_limit_is_refused(void **state)
{
    static struct entry e;
    uint8_t mem[2 * LIMIT_ENTRY] = {0};
    struct sink out;
    (void)state;
    sample(&e, ENTRY_ACCEPTED);
    e.u.accepted.ids = slice_of(hashes, sizeof hashes);
    e.u.accepted.n = LIMIT_BUNDLE;
    for (size_t i = 0; i < LIMIT_BUNDLE; i++)
        e.u.accepted.mark[i] = (struct entry_mark){.kind = i > 0,
            .presence = UINT32_MAX,
            .seq = i + 1,
            .classes = slice_of(hashes, LIMIT_ATTRIBUTES)};
    sink_init(&out, mem, sizeof mem);
    assert_int_equal(entry_encode(&out, &e), DHK_LIMIT);
    assert_int_equal(
        entry_decode(&e, slice_of(mem, LIMIT_ENTRY + 1), NULL), DHK_LIMIT);
}

static void
random_shares_come_back(void **state)
{
    static struct entry e;
    uint8_t mem[LIMIT_ENTRY];
    (void)state;
    for (unsigned round = 0; round < 500; round++) {
        char name[4][64];
        sample(&e, ENTRY_SHARE);
        struct entry_share *s = &e.u.share;
        wiretest_fill(e.random, sizeof e.random);
        wiretest_fill(s->id, sizeof s->id);
        wiretest_fill(s->case_handle, sizeof s->case_handle);
        e.time = wiretest_number() >> 1;
        s->accepted = wiretest_number() >> 1;
        s->position = (uint32_t)wiretest_below(LIMIT_BUNDLE);
        s->sender = wiretest_name(name[0]);
        s->recipient = wiretest_name(name[1]);
        s->kind = wiretest_name(name[2]);
        s->duties.onward[0] = wiretest_name(name[3]);
        s->duties.onward_limited = wiretest_below(2) == 0;
        s->duties.onward_n = s->duties.onward_limited && wiretest_below(2);
        s->duties.has_at_least = wiretest_below(2) == 0;
        s->wrapped = (uint32_t)wiretest_number() | 1;
        s->fields = (s->wrapped & (uint32_t)wiretest_number()) | 1;
        s->rules_n = wiretest_below(3);
        s->pending = wiretest_below(2) == 0;
        wiretest_accepts(again, encode(mem, sizeof mem, &e));
    }
}

static void
names_are_distinct_and_advice_is_given(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ENTRY_CODES; i++) {
        assert_true(strlen(entry_code_advice((enum entry_code)i)) > 20);
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(entry_code_name((enum entry_code)i),
                entry_code_name((enum entry_code)k));
    }
    for (size_t i = 0; i < KINDS; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(
                entry_kind_name(kinds[i]), entry_kind_name(kinds[k]));
    assert_string_equal(
        entry_kind_name((enum entry_kind)ENTRY_KINDS), "unknown");
    assert_string_equal(entry_code_name((enum entry_code)99), "unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_equals_its_golden_file),
        cmocka_unit_test(a_log_follows_another_that_held_something),
        cmocka_unit_test(every_kind_stands_truncation_flips_and_trailing_bytes),
        cmocka_unit_test(an_accepted_entry_comes_back),
        cmocka_unit_test(a_share_entry_comes_back),
        cmocka_unit_test(what_auditors_could_not_read_is_not_written),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(a_revocation_has_one_signed_statement),
        cmocka_unit_test(the_longest_answer_fits_a_delivered_entry),
        cmocka_unit_test(an_entry_over_the_limit_is_refused),
        cmocka_unit_test(random_shares_come_back),
        cmocka_unit_test(names_are_distinct_and_advice_is_given),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
