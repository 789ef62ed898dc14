/* SPDX-License-Identifier: EUPL-1.2
 *
 * A router alters what core delivers, or makes it up of what it knows: other
 * shares and their entries, other openings of the same signal. Whatever it
 * does, no signed refusal leaves the recipient, and the share is taken once,
 * and answered so, when it comes as core made it. */
#include "evil_delivery.h"

#include "delivering.h"
#include "inbox_tables.h"
#include "pack.h"

static struct dhk_node *
gemeente(struct evil_delivery *d)
{
    return d->ring->partner[RING_GEMEENTE].node;
}

static size_t
rows(struct store_txn *t, enum inbox_table table)
{
    uint8_t mem[8] = {0};
    struct slice at = slice_of(mem, sizeof mem), key, value;
    size_t n = 0;

    while (store_after(t, table, at, &key, &value) == DHK_OK) {
        assert_int_equal(key.n, sizeof mem);
        memcpy(mem, key.p, sizeof mem);
        n++;
    }
    return n;
}

/* ALTERED comes, and then what core delivered, REAL. Nothing of it lasts, and
 * there is no refusal that lacks only its proof. */
static void
tries(struct evil_delivery *d, struct slice altered, struct slice real)
{
    struct store_txn *t = NULL;

    ok(inbox_begin(&t, gemeente(d)->inbox, true));
    ok(delivering_take(gemeente(d), t, altered));
    assert_int_equal(rows(t, INBOX_ANSWERS), 0);
    ok(delivering_take(gemeente(d), t, real));
    assert_int_equal(rows(t, INBOX_ANSWERS), 0);
    assert_int_equal(rows(t, INBOX_SHARES), 1);
    store_abort(&t);
    evil_prove(d);
    ok(inbox_begin(&t, gemeente(d)->inbox, false));
    assert_int_equal(rows(t, INBOX_ANSWERS), 0);
    store_abort(&t);
}

static void
is_taken(struct evil_delivery *d)
{
    const struct dhk_share *share = NULL;
    struct inbox_item item;
    uint64_t number;

    evil_take(d);
    ok(dhk_receive(gemeente(d), 0, &share, NULL));
    assert_int_equal(share->index, d->share.index);
    assert_int_equal(share->fields_n, 3);
    assert_string_equal(share->fields[0].value, "Jan Jansen");
    ok(dhk_confirm(gemeente(d), &share));
    assert_int_equal(evil_answer(d, &number, &item), ANSWER_TAKEN);
    assert_int_not_equal(dhk_receive(gemeente(d), 0, &share, NULL), DHK_OK);
}

static struct evil_delivery *
begin(void **state)
{
    struct evil_delivery *d = *state;
    const struct evil how = {.also_om = true};

    ok(node_inbox(gemeente(d), NULL));
    evil_deliver(d, &how);
    return d;
}

static void
every_altered_byte_is_left_unanswered(void **state)
{
    struct evil_delivery *d = begin(state);
    static uint8_t mem[EVIL_BYTES];
    size_t n = d->delivery.n;

    memcpy(mem, d->delivery.p, n);
    for (size_t i = 0; i < n; i++) {
        const uint8_t flips[] = {(uint8_t)(1 << i % 8), 0xff, 0x80, 0x01};

        for (size_t k = 0; k < sizeof flips; k++) {
            mem[i] ^= flips[k];
            tries(d, slice_of(mem, n), d->delivery);
            mem[i] ^= flips[k];
        }
    }
    is_taken(d);
}

static void
every_cut_is_left_unanswered(void **state)
{
    struct evil_delivery *d = begin(state);

    for (size_t i = 0; i < d->delivery.n; i++)
        tries(d, slice_of(d->delivery.p, i), d->delivery);
    is_taken(d);
}

/* --- whole elements ---------------------------------------------------- */

/* What the router makes of share S, under statement ST, of D. */
struct forgery {
    struct share s;
    struct entry e;
    struct bundle_statement st;
    bool new_entry; /* of E, in place of the bytes in S */
};

static struct slice
made(const struct forgery *f)
{
    static uint8_t mem[EVIL_BYTES], entry[LIMIT_ENTRY];
    struct share s = f->s;
    struct sink out;

    sink_init(&out, entry, sizeof entry);
    if (f->new_entry) {
        ok(entry_encode(&out, &f->e));
        s.entry = sink_done(&out);
    }
    sink_init(&out, mem, sizeof mem);
    delivery_begin(&out, 1);
    delivery_group(&out, &f->st, 1);
    size_t from = pack_bin_begin(&out);
    share_encode(&out, &s);
    pack_bin_end(&out, from);
    ok(out.err);
    return sink_done(&out);
}

static struct forgery
as_delivered(const struct evil_delivery *d)
{
    return (struct forgery){
        .s = d->share, .e = d->entry, .st = d->bundle.statement};
}

typedef void forger(struct forgery *f, const struct evil_delivery *d);

static void
all_fields(struct forgery *f, const struct evil_delivery *d)
{
    for (size_t i = 0; i < d->envelope.fields_n; i++)
        f->s.field[i] = d->envelope.field[i];
    f->s.fields_n = d->envelope.fields_n;
}

static void
all_fields_and_an_entry(struct forgery *f, const struct evil_delivery *d)
{
    all_fields(f, d);
    f->e.u.share.fields = f->e.u.share.wrapped = 15;
    f->new_entry = true;
}

static void
one_field_less(struct forgery *f, const struct evil_delivery *d)
{
    (void)d;
    f->s.fields_n--;
}

static void
one_field_less_and_an_entry(struct forgery *f, const struct evil_delivery *d)
{
    one_field_less(f, d);
    f->e.u.share.fields = f->e.u.share.wrapped = 3;
    f->new_entry = true;
}

static void
no_attribute(struct forgery *f, const struct evil_delivery *d)
{
    (void)d;
    f->s.attributes_n = 0;
}

static void
all_attributes(struct forgery *f, const struct evil_delivery *d)
{
    for (size_t i = 0; i < d->envelope.attributes_n; i++)
        f->s.attribute[i] = d->envelope.attribute[i];
    f->s.attributes_n = d->envelope.attributes_n;
}

/* Its opening, and an entry of the same signal: both are genuine. */
static void
what_om_is_given(struct forgery *f, const struct evil_delivery *d)
{
    for (size_t i = 0; i < d->envelope.recipients_n; i++) {
        if (slice_equal(d->envelope.recipient[i].partner, slice_str("om")))
            f->s.recipient = d->envelope.recipient[i];
    }
    assert_true(slice_equal(f->s.recipient.partner, slice_str("om")));
}

static void
what_om_is_given_and_its_entry(struct forgery *f, const struct evil_delivery *d)
{
    what_om_is_given(f, d);
    f->e.u.share.recipient = slice_str("om");
    memcpy(f->e.u.share.card, d->ring->partner[RING_OM].card.id, CARD_ID);
    f->new_entry = true;
}

static void
the_entry_of_om(struct forgery *f, const struct evil_delivery *d)
{
    f->e.u.share.recipient = slice_str("om");
    memcpy(f->e.u.share.card, d->ring->partner[RING_OM].card.id, CARD_ID);
    f->new_entry = true;
}

static void
another_position(struct forgery *f, const struct evil_delivery *d)
{
    (void)d;
    f->s.position = f->e.u.share.position = 1;
    f->new_entry = true;
}

static void
another_index(struct forgery *f, const struct evil_delivery *d)
{
    (void)d;
    f->s.index += 7;
}

static void
a_fact(struct forgery *f, const struct evil_delivery *d)
{
    static const uint8_t yes[] = {0xc3};

    (void)d;
    f->e.u.share.fact[0] = (struct entry_fact){
        .attribute = slice_str("onbekend"), .value = slice_of(yes, 1)};
    f->e.u.share.facts_n = 1;
    f->new_entry = true;
}

static void
more_wrapped(struct forgery *f, const struct evil_delivery *d)
{
    (void)d;
    f->e.u.share.wrapped = 15;
    f->new_entry = true;
}

static void
weaker_duties(struct forgery *f, const struct evil_delivery *d)
{
    (void)d;
    f->e.u.share.duties.at_most = 3650;
    f->new_entry = true;
}

static void
pending(struct forgery *f, const struct evil_delivery *d)
{
    (void)d;
    f->e.u.share.pending = true;
    f->new_entry = true;
}

static void
another_time(struct forgery *f, const struct evil_delivery *d)
{
    (void)d;
    f->e.time = 1000; /* before any card was valid */
    f->new_entry = true;
}

static void
another_purpose(struct forgery *f, const struct evil_delivery *d)
{
    (void)d;
    f->e.u.share.purpose = slice_str("anders");
    f->new_entry = true;
}

/* An entry to go with a header that nobody signed. */
static void
another_header(struct forgery *f, const struct evil_delivery *d)
{
    static uint8_t header[LIMIT_HEADER], ids[ENVELOPE_ID];

    (void)d;
    memcpy(header, f->s.header.bytes.p, f->s.header.bytes.n);
    header[f->s.header.bytes.n - 1] ^= 1; /* in the manifest's slot */
    f->s.header.bytes.p = header;
    envelope_header_id(f->s.header.id, &f->s.header);
    memcpy(ids, f->s.header.id, sizeof ids);
    memcpy(f->e.u.share.id, ids, sizeof ids);
    f->st.ids = slice_of(ids, sizeof ids);
    f->new_entry = true;
}

static void
whatever_is_made_of_it_is_left_unanswered(void **state)
{
    static forger *const forgers[] = {all_fields, all_fields_and_an_entry,
        one_field_less, one_field_less_and_an_entry, no_attribute,
        all_attributes, what_om_is_given, what_om_is_given_and_its_entry,
        the_entry_of_om, another_position, another_index, a_fact, more_wrapped,
        weaker_duties, pending, another_time, another_purpose, another_header};
    struct evil_delivery *d = begin(state);

    for (size_t i = 0; i < sizeof forgers / sizeof forgers[0]; i++) {
        struct forgery f = as_delivered(d);

        forgers[i](&f, d);
        tries(d, made(&f), d->delivery);
    }
    is_taken(d);
}

/* Two shares are open. Each element of one, in place of the other's: so an
 * answer to the one would end the other, whose entry is in the ledger. */
static void
mix(struct forgery *f, const struct forgery *with, unsigned what)
{
    if ((what & 1) != 0) {
        f->s.entry = with->s.entry;
        f->s.index = with->s.index;
    }
    if ((what & 2) != 0)
        f->s.header = with->s.header;
    if ((what & 4) != 0)
        f->s.recipient = with->s.recipient;
    if ((what & 8) != 0)
        memcpy(f->s.field, with->s.field, sizeof f->s.field);
    if ((what & 16) != 0)
        memcpy(f->s.attribute, with->s.attribute, sizeof f->s.attribute);
    if ((what & 32) != 0)
        f->st = with->st;
}

static struct evil_delivery *
copied(const struct evil_delivery *d)
{
    struct evil_delivery *copy = malloc(sizeof *copy);
    struct delivery read;
    struct slice share;

    assert_non_null(copy);
    *copy = *d;
    copy->delivery = slice_of(copy->out, d->delivery.n);
    ok(delivery_decode(&read, copy->delivery, NULL));
    assert_true(delivery_group_next(&read, &copy->bundle.statement));
    assert_true(delivery_share_next(&read, &share));
    ok(share_decode(&copy->share, share, NULL));
    return copy;
}

static void
two_open_shares_are_not_mixed_up(void **state)
{
    enum { ALL = 63 };
    struct evil_delivery *d = begin(state), *first = copied(d);
    const struct evil how = {.also_om = true};
    struct forgery one, two;

    evil_deliver(d, &how);
    one = as_delivered(first);
    two = as_delivered(d);
    for (unsigned what = 1; what < ALL; what++) {
        struct forgery f = one;

        mix(&f, &two, what);
        tries(d, made(&f), d->delivery);
        tries(d, made(&f), first->delivery);
    }
    is_taken(first);
    is_taken(d);
    free(first);
}

/* --- an entry that only the ledger could tell from the real one --------- */

static void
what_came_under_an_altered_entry_is_answered_under_the_real_one(void **state)
{
    struct evil_delivery *d = begin(state);
    struct forgery f = as_delivered(d);
    const struct dhk_share *share = NULL;
    struct store_txn *t = NULL;
    struct inbox_item item;
    uint64_t number = 0;

    f.e.random[0] ^= 1;
    f.new_entry = true;
    evil_take_bytes(d, made(&f));
    evil_take(d);
    assert_non_null(strstr(d->ring->reported, "another ledger entry"));
    assert_null(strstr(d->ring->reported, "Jan"));
    ok(dhk_receive(gemeente(d), 0, &share, NULL));
    ok(dhk_confirm(gemeente(d), &share));
    /* core knows of no such entry, and says that all is done */
    ok(inbox_begin(&t, gemeente(d)->inbox, true));
    ok(inbox_next_answer(t, &number, &item));
    ok(inbox_answered(t, number));
    ok(store_commit(&t));
    evil_take(d);
    assert_int_equal(evil_answer(d, &number, &item), ANSWER_TAKEN);
    assert_int_not_equal(dhk_receive(gemeente(d), 0, &share, NULL), DHK_OK);
    evil_takes_next(d);
}

#define evil_test(f) cmocka_unit_test_setup_teardown(f, evil_new, evil_end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        evil_test(every_altered_byte_is_left_unanswered),
        evil_test(every_cut_is_left_unanswered),
        evil_test(whatever_is_made_of_it_is_left_unanswered),
        evil_test(two_open_shares_are_not_mixed_up),
        evil_test(
            what_came_under_an_altered_entry_is_answered_under_the_real_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
