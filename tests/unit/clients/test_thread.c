/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which signal answers which: what was sent and taken is remembered without
 * its values, and questions are known until somebody answers or refuses. */
#include "ring.h"

#include "file.h"
#include "inbox.h"
#include "inbox_tables.h"
#include "outbox.h"
#include "pack.h"
#include "retention.h"
#include "seal.h"
#include "wire.h"

#define CASE "000102030405060708090a0b0c0d0e0f"
#define OTHER "ff0102030405060708090a0b0c0d0e0f"

static const uint8_t of_case[STATEMENT_CASE] = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static struct dhk_node *node; /* politie's */
static struct dhk_problem problem;

static int
begin(void **state)
{
    int rc = ring_new(state);
    struct ring *r = *state;

    node = r->partner[RING_POLITIE].node;
    return rc;
}

/* 64 hex digits, all DIGIT. */
static const char *
id_of(char digit)
{
    static char text[4][65];
    static size_t next;
    char *out = text[next++ % 4];

    memset(out, digit, 64);
    out[64] = '\0';
    return out;
}

/* A signal of KIND with the id of DIGIT, in reply to REPLY if that is a digit;
 * gemeente took it, and om did not answer. */
static uint64_t
sent(const char *kind, char digit, char reply)
{
    struct store_txn *t = NULL;
    struct dhk_signal *s = ring_signal("hoog");
    struct record *r = calloc(1, sizeof *r);
    uint64_t number = 0;

    assert_non_null(r);
    if (reply != '\0')
        ok(dhk_signal_set(s, DHK_IN_REPLY_TO, id_of(reply)));
    r->state = DHK_ACCEPTED;
    (void)snprintf(r->kind, sizeof r->kind, "%s", kind);
    memcpy(r->case_handle, of_case, sizeof r->case_handle);
    r->pushed = 1795000000;
    r->expires = 1796000000;
    r->has_id = true;
    ok(bytes_unhex(r->id, sizeof r->id, slice_str(id_of(digit))));
    r->index = 40;
    r->recipients_n = 2;
    (void)strcpy(r->recipient[0].partner, "gemeente");
    r->recipient[0].index = 41;
    r->recipient[0].end = RECORD_ANSWERED;
    r->recipient[0].code = ANSWER_TAKEN;
    (void)strcpy(r->recipient[1].partner, "om");
    r->recipient[1].index = 42;
    r->recipient[1].end = RECORD_OPEN;
    ok(node_outbox(node, &problem));
    ok(outbox_begin(&t, node->outbox, true));
    ok(outbox_add(node->outbox, t, s, &number));
    ok(outbox_put(t, number, r));
    ok(thread_sent(t, number, s));
    ok(outbox_commit_now(node->outbox, &t));
    outbox_close(&node->outbox);
    dhk_signal_destroy(&s);
    free(r);
    return number;
}

static int32_t retain = -1; /* days, of what is taken */

static void
taken(uint64_t index, const char *handle, const char *kind, const char *ids)
{
    struct store_txn *t = NULL;
    struct dhk_share s = {.sender = ids[0] == 'o' ? "om" : "gemeente",
        .kind = kind,
        .accepted = 1795000100,
        .retain_at_most = retain,
        .index = index};

    (void)strcpy(s.id, id_of(ids[1]));
    (void)strcpy(s.case_handle, handle);
    if (ids[2] != '\0')
        (void)strcpy(s.in_reply_to, id_of(ids[2]));
    ok(node_inbox(node, &problem));
    ok(inbox_begin(&t, node->inbox, true));
    ok(thread_taken(t, node, &s));
    ok(store_commit(&t));
    inbox_close(&node->inbox);
}

/* Questions that are open; the last of them. */
static size_t
questions(struct thread_question *last, thread_is_refused *is)
{
    struct thread th;
    struct thread_question *list = NULL;
    size_t n = 0;

    ok(thread_read(&th, node, of_case, &problem));
    ok(thread_questions(&list, &n, &th, is, NULL));
    if (n > 0 && last != NULL) {
        *last = list[n - 1];
        last->item = NULL;
        last->partner = last->partner == NULL ? NULL : "gemeente";
    }
    free(list);
    thread_clear(&th);
    return n;
}

static void
what_was_sent_and_taken_is_read(void **state)
{
    struct thread th;

    (void)state;
    ok(thread_read(&th, node, of_case, &problem));
    assert_int_equal(th.n, 0);
    thread_clear(&th);
    (void)sent("melding", 'a', '\0');
    (void)sent("melding", 'b', 'c');
    taken(60, CASE, "melding", "gd");
    taken(61, OTHER, "melding", "ge");
    taken(62, CASE, "melding", "oda");
    ok(thread_read(&th, node, of_case, &problem));
    assert_int_equal(th.n, 4);
    assert_true(th.item[0].sent);
    assert_string_equal(th.item[0].id, id_of('a'));
    assert_string_equal(th.item[0].in_reply_to, "");
    assert_string_equal(th.item[1].in_reply_to, id_of('c'));
    assert_int_equal(th.item[1].number, 2);
    assert_int_equal(th.item[1].recipients_n, 2);
    assert_string_equal(th.item[1].recipient[1].outcome, "open");
    assert_false(th.item[2].sent);
    assert_string_equal(th.item[2].sender, "gemeente");
    assert_int_equal(th.item[2].index, 60);
    assert_int_equal(th.item[2].time, 1795000100);
    assert_string_equal(th.item[3].in_reply_to, id_of('a'));
    thread_clear(&th);
}

static void
a_question_waits_for_each_who_took_it(void **state)
{
    struct thread_question q;

    (void)state;
    (void)sent("melding", 'a', '\0');
    assert_int_equal(questions(NULL, NULL), 0);
    (void)sent("bekendheidsvraag", 'b', '\0');
    assert_int_equal(questions(&q, NULL), 1);
    assert_string_equal(q.partner, "gemeente");
    assert_int_equal(q.share, 41);
    assert_int_equal(q.due, 1795000000 + 14 * 86400);
    taken(60, CASE, "antwoord", "gda"); /* to another signal */
    taken(61, CASE, "antwoord", "odb"); /* by another partner */
    assert_int_equal(questions(NULL, NULL), 1);
    taken(62, CASE, "antwoord", "gdb");
    assert_int_equal(questions(NULL, NULL), 0);
}

static bool
is_63(void *ctx, uint64_t share)
{
    (void)ctx;
    return share == 63;
}

static void
a_question_to_us_waits_until_we_answer_or_refuse(void **state)
{
    struct thread_question q;

    (void)state;
    taken(63, CASE, "weegverzoek", "gd");
    taken(64, CASE, "verzoekschrift", "ge"); /* asks for nothing */
    assert_int_equal(questions(&q, NULL), 1);
    assert_null(q.partner);
    assert_int_equal(q.share, 63);
    assert_int_equal(questions(NULL, is_63), 0);
    (void)sent("weegstem", 'a', 'e');
    assert_int_equal(questions(NULL, NULL), 1);
    (void)sent("weegstem", 'b', 'd');
    assert_int_equal(questions(NULL, NULL), 0);
}

static void
for_an_alarm_only_questions_and_answers_are_read(void **state)
{
    struct thread th;

    (void)state;
    (void)sent("melding", 'a', 'd');
    (void)sent("bekendheidsvraag", 'b', '\0');
    taken(60, CASE, "melding", "gd");
    taken(61, OTHER, "bekendheidsvraag", "ge");
    taken(62, CASE, "antwoord", "gdb");
    ok(thread_read_open(&th, node, false, &problem));
    assert_int_equal(th.n, 3);
    assert_string_equal(th.item[0].in_reply_to, id_of('d'));
    assert_int_equal(th.item[1].index, 61);
    assert_int_equal(th.item[2].index, 62);
    thread_clear(&th);
    ok(thread_read_open(&th, node, true, &problem));
    assert_int_equal(th.n, 4);
    thread_clear(&th);
}

static void
a_destroyed_case_leaves_none_of_it(void **state)
{
    struct store_txn *t = NULL;
    struct thread th;

    (void)state;
    uint64_t number = sent("melding", 'a', 'd');
    taken(60, CASE, "melding", "gd");
    taken(61, OTHER, "melding", "ge");
    taken(62, CASE, "antwoord", "gdb");
    ok(node_inbox(node, &problem));
    ok(inbox_begin(&t, node->inbox, true));
    ok(thread_forget_taken(t, node, CASE));
    ok(store_commit(&t));
    inbox_close(&node->inbox);
    ok(node_outbox(node, &problem));
    ok(outbox_begin(&t, node->outbox, true));
    ok(thread_forget_sent(t, number));
    ok(outbox_commit_now(node->outbox, &t));
    outbox_close(&node->outbox);
    ok(thread_read(&th, node, of_case, &problem));
    assert_int_equal(th.n, 1);
    assert_string_equal(th.item[0].in_reply_to, "");
    thread_clear(&th);
    memset(&th, 0, sizeof th);
    ok(thread_read_open(&th, node, true, &problem));
    assert_int_equal(th.n, 1);
    thread_clear(&th);
}

enum { DAY = 86400 };

/* What is known at NOW of CASE: shares, those kept too long, and all of them.
 */
static void
kept(int64_t now, size_t n, size_t passed, bool over)
{
    struct thread th;
    struct retention r;

    ok(thread_read_taken(&th, node, &problem));
    retention_of(&r, &th, of_case, now);
    assert_int_equal(r.n, n);
    assert_int_equal(r.passed, passed);
    assert_int_equal(r.over, over);
    thread_clear(&th);
}

static void
what_is_kept_too_long_is_forgotten_alone(void **state)
{
    const int64_t accepted = 1795000100;
    struct store_txn *t = NULL;
    struct retention r;
    struct thread th;

    (void)state;
    (void)sent("melding", 'a', '\0');
    retain = 30;
    taken(60, CASE, "melding", "gd");
    retain = 10;
    taken(61, CASE, "bekendheidsvraag", "oe");
    taken(62, OTHER, "melding", "gb");
    retain = -1;
    kept(accepted + 10 * DAY - 1, 2, 0, false);
    kept(accepted + 10 * DAY, 2, 1, false);
    kept(accepted + 30 * DAY, 2, 2, true);
    ok(thread_read_taken(&th, node, &problem));
    assert_int_equal(th.n, 3);
    retention_of(&r, &th, of_case, accepted);
    assert_int_equal(r.next, accepted + 10 * DAY);
    assert_int_equal(r.share, 61);
    thread_clear(&th);
    ok(node_inbox(node, &problem));
    ok(inbox_begin(&t, node->inbox, true));
    ok(thread_forget_passed(t, node, CASE, accepted + 10 * DAY));
    ok(store_commit(&t));
    inbox_close(&node->inbox);
    kept(accepted + 10 * DAY, 1, 0, false);
    ok(thread_read_taken(&th, node, &problem));
    assert_int_equal(th.n, 2); /* also of the other case */
    thread_clear(&th);
    /* without such a duty there is no end, and no case is over by it */
    taken(63, CASE, "melding", "gc");
    kept(accepted + 9999 * (int64_t)DAY, 2, 1, false);
}

/* A row as it was before the end was kept. */
static void
a_row_of_before_has_no_end(void **state)
{
    uint8_t id[32], key[9] = {0}, mem[256], box[256 + SEAL_LOCKED_EXTRA];
    struct key_pool pool = {.left = 0};
    struct store_txn *t = NULL;
    struct sink out;

    (void)state;
    key[8] = 60;
    sink_init(&out, mem, sizeof mem);
    wire_begin(&out, 7);
    memset(id, 0xdd, sizeof id);
    pack_bin(&out, slice_of(id, sizeof id));
    pack_cstr(&out, "om");
    pack_cstr(&out, "melding");
    pack_bin(&out, slice_of(of_case, sizeof of_case));
    wire_put_maybe(&out, false, id, sizeof id);
    pack_uint(&out, 1795000100);
    ok(out.err);
    seal_locked(box, sink_done(&out), slice_of(key, sizeof key),
        node->store_key, &pool);
    ok(node_inbox(node, &problem));
    ok(inbox_begin(&t, node->inbox, true));
    ok(store_put(t, INBOX_TAKEN, slice_of(key, sizeof key),
        slice_of(box, out.n + SEAL_LOCKED_EXTRA)));
    ok(store_commit(&t));
    inbox_close(&node->inbox);
    kept(INT64_MAX, 1, 0, false);
}

static void
what_is_kept_lies_open_to_nobody(void **state)
{
    uint8_t *bytes = NULL, id[32];
    size_t n = 0;
    char path[NODE_PATH], file[NODE_PATH];

    (void)state;
    taken(60, CASE, "kanarievraag", "gd");
    ok(node_path(path, node->broker_dir, "inbox"));
    ok(node_path(file, path, "data.mdb"));
    ok(file_read(&bytes, &n, file, (size_t)1 << 28));
    ok(bytes_unhex(id, sizeof id, slice_str(id_of('d'))));
    assert_null(memmem(bytes, n, "kanarievraag", 12));
    assert_null(memmem(bytes, n, id, sizeof id));
    file_free(&bytes, n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, begin, ring_end)
        T(what_was_sent_and_taken_is_read),
        T(a_question_waits_for_each_who_took_it),
        T(a_question_to_us_waits_until_we_answer_or_refuse),
        T(for_an_alarm_only_questions_and_answers_are_read),
        T(a_destroyed_case_leaves_none_of_it),
        T(what_is_kept_too_long_is_forgotten_alone),
        T(a_row_of_before_has_no_end),
        T(what_is_kept_lies_open_to_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
