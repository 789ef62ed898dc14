/* SPDX-License-Identifier: EUPL-1.2
 *
 * Records of what a small world does not bring about: refusals by the broker,
 * shares that wait, answers that are faults, shares that are not there. Each
 * is what its schema says. */
#include "records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer.h"
#include "entry.h"
#include "json.h"
#include "pack.h"

#define NOON UINT64_C(1795608000000)
enum { RECORDS = 16 };

static const char agreement[] =
    "convenant test version 1 valid 2026-01-01 until 2027-01-01\n"
    "timezone \"Europe/Amsterdam\" signed by a;\n"
    "party a, b, c;\n"
    "purpose p \"P\"; ground g \"G\";\n"
    "attribute live : yes-no;\n"
    "signal k with fields x, y attributes live;\n"
    "permit P1 \"T\": from a to b, c signal k for p on g\n"
    " when live is yes share x;\n";

static struct records *records;
static FILE *file;
static char *text; /* of FILE */
static size_t text_n;
static struct entry entry;
static uint8_t bytes[LIMIT_ENTRY];
static uint8_t ids[2 * SEAL_HASH];
static const uint8_t classes[] = {2};
static json_t *record[RECORDS];
static size_t record_n;

static enum dhk_err
put(uint64_t index)
{
    struct ledgerfile_record r = {.type = LEDGERFILE_ENTRY, .index = index};
    struct sink out;
    sink_init(&out, bytes, sizeof bytes);
    entry.time = NOON;
    assert_int_equal(entry_encode(&out, &entry), DHK_OK);
    r.entry = sink_done(&out);
    memset(r.leaf, (int)index, sizeof r.leaf);
    return records_record(records, &r);
}

static void
start(enum records_format format)
{
    struct ledgerfile_record origin = {
        .type = LEDGERFILE_ORIGIN, .origin = slice_str("log.test/~\xc3\xa9")};
    struct ledgerfile_record rules = {
        .type = LEDGERFILE_AGREEMENT, .text = slice_str(agreement)};
    memset(ids, 1, SEAL_HASH);
    memset(ids + SEAL_HASH, 2, SEAL_HASH);
    file = open_memstream(&text, &text_n);
    assert_non_null(file);
    assert_int_equal(records_new(&records, format, file), DHK_OK);
    assert_int_equal(records_record(records, &origin), DHK_OK);
    assert_int_equal(records_record(records, &rules), DHK_OK);
    memset(&entry, 0, sizeof entry);
    entry.kind = ENTRY_AGREEMENT;
    entry.u.text.name = slice_str("test");
    entry.u.text.version = 1;
    entry.u.text.signers_n = 1;
    entry.u.text.signer[0].principal = slice_str("a");
    entry.u.text.signer[0].fingerprint = slice_str("SHA256:a");
    seal_sha256(entry.u.text.sha256, slice_str(agreement));
    assert_int_equal(put(9), DHK_OK);
}

/* A signal that is accepted, and one that is refused. */
static void
put_accepted(uint64_t index)
{
    struct entry_accepted *a = &entry.u.accepted;
    memset(&entry, 0, sizeof entry);
    entry.kind = ENTRY_ACCEPTED;
    a->sender = slice_str("a");
    seal_sha256(a->agreement, slice_str(agreement));
    a->ids = slice_of(ids, sizeof ids);
    a->kind[0] = slice_str("k");
    a->kinds_n = 1;
    a->n = 2;
    for (size_t i = 0; i < a->n; i++)
        a->mark[i] = (struct entry_mark){.presence = 3,
            .seq = 1 + i,
            .classes = slice_of(classes, sizeof classes)};
    a->mark[1].code = ENTRY_CODE_DENIED;
    assert_int_equal(put(index), DHK_OK);
}

static void
put_share(uint64_t index, uint64_t accepted, bool pending)
{
    struct entry_share *s = &entry.u.share;
    memset(&entry, 0, sizeof entry);
    entry.kind = ENTRY_SHARE;
    s->accepted = accepted;
    s->nth = 1;
    memcpy(s->id, ids, SEAL_HASH);
    memset(s->case_handle, 7, sizeof s->case_handle);
    s->sender = slice_str("a");
    s->recipient = slice_str(pending ? "c" : "b");
    s->kind = slice_str("k");
    s->purpose = slice_str("p");
    s->ground = slice_str("g");
    seal_sha256(s->agreement, slice_str(agreement));
    s->fields = 1;
    s->wrapped = 1;
    s->rule[0] = slice_str("P1");
    s->rules_n = 1;
    s->pending = pending;
    s->expires = NOON / 1000 + 60;
    assert_int_equal(put(index), DHK_OK);
}

/* By no agreement in force. */
static void
put_refused(uint64_t index)
{
    memset(&entry, 0, sizeof entry);
    entry.kind = ENTRY_REFUSED;
    entry.u.refused.sender = slice_str("a");
    entry.u.refused.code = ENTRY_CODE_NO_AGREEMENT;
    entry.u.refused.ids = slice_of(ids, sizeof ids);
    assert_int_equal(put(index), DHK_OK);
}

static void
put_returned(uint64_t index, uint64_t share, enum entry_code code)
{
    memset(&entry, 0, sizeof entry);
    entry.kind = ENTRY_RETURNED;
    entry.u.returned.index = share;
    entry.u.returned.code = code;
    seal_sha256(entry.u.returned.agreement, slice_str(agreement));
    assert_int_equal(put(index), DHK_OK);
}

/* The second item is about a share that had ended. */
static void
put_answer(uint64_t index, uint64_t share, enum answer_outcome outcome)
{
    static uint8_t mem[4096];
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    struct answer a = {.origin = slice_str("log.test/1"),
        .sender = slice_str("a"),
        .items_n = 2};
    struct sink out;
    sink_init(&out, mem, sizeof mem);
    a.item[0] = (struct answer_item){.entry_hash = {1}, .outcome = outcome};
    a.item[1] =
        (struct answer_item){.entry_hash = {2}, .outcome = ANSWER_TAKEN};
    assert_int_equal(key_sign_new(&sk, &pk), DHK_OK);
    assert_int_equal(answer_issue(&out, &a, sk), DHK_OK);
    key_sign_destroy(&sk);
    assert_int_equal(answer_decode(&a, sink_done(&out), NULL), DHK_OK);
    memset(&entry, 0, sizeof entry);
    entry.kind = ENTRY_DELIVERED;
    entry.u.delivered.recipient = slice_str("b");
    entry.u.delivered.body = a.body;
    memcpy(entry.u.delivered.signature, a.signature, sizeof a.signature);
    entry.u.delivered.index[0] = share;
    entry.u.delivered.n = 2;
    assert_int_equal(put(index), DHK_OK);
}

/* All of it, each line checked by tests/tools/records.py. */
static void
finish(const char *format)
{
    char command[512], path[] = "/tmp/records.XXXXXX";
    assert_int_equal(records_finish(records), DHK_OK);
    assert_int_equal(fclose(file), 0);
    int fd = mkstemp(path);
    FILE *copy = fdopen(fd, "w");
    assert_non_null(copy);
    assert_int_equal(fwrite(text, 1, text_n, copy), text_n);
    assert_int_equal(fclose(copy), 0);
    (void)snprintf(command, sizeof command,
        "python3 %s/tools/records.py %s %s >/dev/null", TESTS, format, path);
    int rc = system(command);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rc, 0);
    record_n = 0;
    for (char *line = strtok(text, "\n"); line != NULL;
         line = strtok(NULL, "\n")) {
        assert_true(record_n < RECORDS);
        record[record_n] = json_loads(line, 0, NULL);
        assert_non_null(record[record_n++]);
    }
}

static int
end(void **state)
{
    (void)state;
    for (size_t i = 0; i < record_n; i++)
        json_decref(record[i]);
    record_n = 0;
    free(text);
    text = NULL;
    records_destroy(&records);
    return 0;
}

static const char *
get(size_t i, const char *name)
{
    const char *word = json_string_value(json_object_get(record[i], name));
    return word == NULL ? "" : word;
}

static void
expect_action(size_t i, const char *status, const char *name)
{
    assert_string_equal(get(i, "name"), name);
    assert_string_equal(get(i, "status"), status);
}

static void
a_refusal_is_no_error(void **state)
{
    (void)state;
    start(RECORDS_LDV);
    put_accepted(1);
    put_share(2, 1, false);
    put_share(3, 1, true);
    put_refused(4);
    put_returned(5, 3, ENTRY_CODE_CARD);
    put_answer(6, 2, ANSWER_UNDECRYPTABLE);
    put_answer(7, 2, ANSWER_OVERSHARED);
    put_answer(8, 99, ANSWER_TAKEN); /* of a share that is not here */
    finish("ldv");
    assert_int_equal(record_n, 9);
    expect_action(0, "Ok", "k of a accepted");
    expect_action(1, "Ok", "k of a for p shared with b");
    expect_action(
        2, "Unset", "k of a for p waits for approval before it goes to c");
    expect_action(3, "Unset", "signal of a refused: no-agreement");
    expect_action(5, "Unset", "k of a to c returned: card");
    expect_action(6, "Error", "k of a answered by b: undecryptable");
    expect_action(7, "Unset", "k of a answered by b: overshared");
    expect_action(8, "Unset", "k of a refused: denied");
    assert_int_equal(records_missed(records), 1);
    const char *type = json_string_value(
        json_object_get(json_object_get(record[0], "attributes"),
            "dpl.core.data_subject_id_type"));
    assert_string_equal(type, "https://log.test/~%C3%A9/case");
}

static bool
decided(size_t i)
{
    const json_t *body = json_object_get(record[i], "body");
    return json_is_true(json_object_get(
        json_object_get(body, "adl.core.response"), "decision"));
}

static void
each_decision_is_one_record(void **state)
{
    static const bool wanted[] = {false, true, false, false, false, false};
    (void)state;
    start(RECORDS_ADL);
    put_accepted(1);
    put_share(2, 1, false);
    put_share(3, 1, true);
    put_refused(4);
    put_returned(5, 3, ENTRY_CODE_CARD);
    put_returned(6, 2, ENTRY_CODE_QUOTA); /* decides nothing */
    finish("adl");
    assert_int_equal(record_n, 6);
    for (size_t i = 0; i < record_n; i++) {
        assert_int_equal(decided(i), wanted[i]);
        assert_string_equal(get(i, "status"), "Ok");
    }
    /* of the second signal of the bundle, and by no policy the other */
    assert_string_not_equal(get(0, "trace_id"), get(1, "trace_id"));
    assert_int_equal(
        json_object_size(json_object_get(record[3], "attributes")), 0);
}

static void
the_same_entries_give_the_same_records(void **state)
{
    char *first;
    (void)state;
    start(RECORDS_CLOUDEVENTS);
    put_refused(1);
    finish("cloudevents");
    assert_int_equal(record_n, 2);
    first = json_dumps(record[1], 0);
    assert_string_equal(get(0, "source"), "urn:nld:driehoek:log.test:~%C3%A9");
    (void)end(NULL);
    start(RECORDS_CLOUDEVENTS);
    put_refused(1);
    finish("cloudevents");
    char *again = json_dumps(record[1], 0);
    assert_string_equal(first, again);
    free(first);
    free(again);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_refusal_is_no_error, end),
        cmocka_unit_test_teardown(each_decision_is_one_record, end),
        cmocka_unit_test_teardown(the_same_entries_give_the_same_records, end),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
