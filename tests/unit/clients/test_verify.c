/* SPDX-License-Identifier: EUPL-1.2
 *
 * The offline verification: a true ledger passes, and whatever is changed in
 * it is found and named. */
#include "ledger_make.h"

#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "ledger_forge.h"

static void
a_true_ledger_verifies(void **state)
{
    struct ledger_made made;
    struct verify_result result;
    struct verify_fault fault;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    if (ledger_verify(&made, NULL, &result, &fault) != DHK_OK)
        fail_msg("%s", fault.text);
    assert_true(result.complete);
    assert_int_equal(result.entries, made.entries);
    assert_int_equal(result.head.size, made.entries);
    assert_memory_equal(result.head.root, made.head.root, 32);
    assert_int_equal(result.checkpoints, 4);
    /* three cards, the bundle, the answer, the question, three revocations */
    assert_int_equal(result.signatures, 9);
    assert_int_equal(result.unchecked, 0);
    assert_int_equal(result.kinds[ENTRY_SHARE], 1);
    assert_int_equal(result.open, 0);
    assert_int_equal(result.seen, VERIFY_SEEN_NONE);
    free(made.bytes);
}

/* Every signed text stands before its entry there too: an own card is checked
 * by the roster of its time, though that key is not the partner's any more. */
static void
a_partial_one_is_checked_by_the_texts_of_its_time(void **state)
{
    struct ledger_made made;
    struct verify_result result;
    struct verify_fault fault;
    (void)state;
    ledger_make_partial(&made, LEDGER_TRUE);
    if (ledger_verify(&made, NULL, &result, &fault) != DHK_OK)
        fail_msg("%s", fault.text);
    assert_false(result.complete);
    assert_int_equal(result.signatures, 9);
    assert_int_equal(result.unchecked, 0);
    assert_int_equal(result.kinds[ENTRY_ROSTER], 2);
    assert_int_equal(result.kinds[ENTRY_REVOKED_TEXT], 1);
    free(made.bytes);
}

static void
an_answer_that_was_repeated_ends_nothing_and_is_no_fault(void **state)
{
    struct ledger_made made;
    struct verify_result result;
    struct verify_fault fault;
    (void)state;
    ledger_make(&made, LEDGER_ANSWER_REPEATED);
    if (ledger_verify(&made, NULL, &result, &fault) != DHK_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(result.kinds[ENTRY_DELIVERED], 2);
    assert_int_equal(result.signatures, 10); /* this one, too */
    assert_int_equal(result.open, 0);
    free(made.bytes);
}

static void
withdrawals_and_their_notices_verify(void **state)
{
    static const enum ledger_fault kinds[] = {
        LEDGER_WITHDRAWN, LEDGER_WITHDRAWN_OPEN};
    struct ledger_made made;
    struct verify_result result;
    struct verify_fault fault;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        ledger_make(&made, kinds[i]);
        if (ledger_verify(&made, NULL, &result, &fault) != DHK_OK)
            fail_msg("%s", fault.text);
        assert_int_equal(result.kinds[ENTRY_WITHDRAWN], 1 + i);
        assert_int_equal(result.signatures, 11); /* and of the notice */
        assert_int_equal(result.open, 0);
        assert_int_equal(result.notices, 0);
        free(made.bytes);
    }
}

static void
what_is_said_of_cases_verifies(void **state)
{
    struct ledger_made made;
    struct verify_result result;
    struct verify_fault fault;
    (void)state;
    ledger_make(&made, LEDGER_CASE);
    if (ledger_verify(&made, NULL, &result, &fault) != DHK_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(result.kinds[ENTRY_STATED], 2);
    assert_int_equal(result.kinds[ENTRY_HELD], 1);
    free(made.bytes);
}

static void
every_changed_byte_is_found_and_named(void **state)
{
    struct ledger_made made;
    struct verify_result result;
    struct verify_fault fault;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    for (size_t i = 0; i < made.n; i++) {
        made.bytes[i] ^= 0x10;
        if (ledger_verify(&made, NULL, &result, &fault) == DHK_OK)
            fail_msg("byte %zu was changed and nobody noticed", i);
        assert_true(fault.text[0] != '\0');
        made.bytes[i] ^= 0x10;
    }
    free(made.bytes);
}

/* Changes byte I of the file, which is of entry E. */
static void
expect_named(struct ledger_made *made, size_t e, size_t i)
{
    struct verify_result result;
    struct verify_fault fault;
    char name[32];
    (void)snprintf(name, sizeof name, "entry %zu:", e);
    made->bytes[i] ^= 0x01;
    assert_int_not_equal(ledger_verify(made, NULL, &result, &fault), DHK_OK);
    if (!fault.has_entry || fault.from != e ||
        strncmp(fault.text, name, strlen(name)) != 0)
        fail_msg(
            "byte %zu of entry %zu: %s", i - made->start[e], e, fault.text);
    made->bytes[i] ^= 0x01;
}

/* The entry's bytes and the hash recorded for it end the record: index, array
 * and lengths before them are the file's form, and so is the head of the
 * entry's bytes. */
static void
a_changed_entry_is_named_by_its_number(void **state)
{
    enum { FORM = 12, HEAD = 40, HEAD_END = 46 };
    struct ledger_made made;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    for (size_t e = 0; e < made.entries; e++) {
        for (size_t i = made.start[e] + FORM; i < made.end[e]; i++) {
            size_t at = i - made.start[e];
            if (at < HEAD || at >= HEAD_END)
                expect_named(&made, e, i);
        }
    }
    free(made.bytes);
}

static void
an_entry_changed_with_its_hash_is_between_two_checkpoints(void **state)
{
    (void)state;
    /* nothing refers to a card's or a question's random bytes */
    static const uint64_t forge[] = {3, 4, 5, 9};
    for (size_t i = 0; i < sizeof forge / sizeof forge[0]; i++) {
        const struct forging how = {FORGE_BYTE, false, forge[i], FORGE_RANDOM};
        struct ledger_made made;
        struct ledger_made forged;
        struct verify_result result;
        struct verify_fault fault;
        uint64_t from = 0;
        uint64_t until = 0;
        ledger_make(&made, LEDGER_TRUE);
        for (size_t k = 0; k < made.notes_n && until == 0; k++) {
            if (made.note_sizes[k] > forge[i])
                until = made.note_sizes[k];
            else
                from = made.note_sizes[k];
        }
        assert_true(ledger_forge(&forged, &made, &how));
        assert_int_equal(
            ledger_verify(&forged, NULL, &result, &fault), DHK_AUTH);
        assert_true(fault.has_interval);
        assert_int_equal(fault.from, from);
        assert_int_equal(fault.until, until);
        free(made.bytes);
        free(forged.bytes);
    }
}

static void
what_the_log_signed_is_still_checked_for_its_meaning(void **state)
{
    static const char *const wanted[LEDGER_FAULTS] = {
        [LEDGER_SENDER_SIGNATURE] = "sender's signature",
        [LEDGER_FOREIGN_CARD] = "another partner's",
        [LEDGER_SHARE_ID] = "not the one that the sender signed",
        [LEDGER_SHARE_PRESENCE] = "does not have",
        [LEDGER_NOT_PERMITTED] = "agreement does not permit",
        [LEDGER_OTHER_RULE] = "by other rules",
        [LEDGER_SHARE_POINTS] = "no accepted signal",
        [LEDGER_ANSWER_HASH] = "another share entry",
        [LEDGER_ANSWER_SIGNATURE] = "recipient's signature",
        [LEDGER_ANSWER_TWICE] = "had its outcome before",
        [LEDGER_ASKER_SIGNATURE] = "asker's signature",
        [LEDGER_TIME_BACK] = "time is before",
        [LEDGER_NO_ROSTER_TEXT] = "is not in the file",
        [LEDGER_OTHER_TEXT] = "is not the one",
        [LEDGER_CARD_SIGNATURE] = "not signed by the partner's identity",
        [LEDGER_REVOKED_CARD] = "had been revoked",
        [LEDGER_REVOKER_SIGNATURE] = "not signed by the partner's identity",
        [LEDGER_REVOKED_ANOTHERS] = "revokes the card of another",
        [LEDGER_REVOKED_BY] = "by another partner",
        [LEDGER_REVOKED_ELSEWHERE] = "for another ledger",
        [LEDGER_OTHER_LOG_KEY] = "checkpoint",
        [LEDGER_UNSIGNED_END] = "vouches for the",
        [LEDGER_UNSIGNED_ROSTER] = "om",
        [LEDGER_OTHER_MEANING] = "means something else",
        [LEDGER_OTHER_FINGERPRINT] = "names a signer",
        [LEDGER_CLAIMED_SIGNER] = "names a signer",
        [LEDGER_END_INVENTED] = "signed by nobody who may",
        [LEDGER_END_REPLAYED] = "made over other content",
        [LEDGER_END_NAMESPACE] = "wrong namespace",
        [LEDGER_END_GUEST] = "nobody who is a signatory",
        [LEDGER_END_BY] = "another signatory signed",
        [LEDGER_END_UNKNOWN] = "a text that was not in force",
        [LEDGER_END_TWICE] = "a text that was not in force",
        [LEDGER_END_ACCEPTED] = "agreement that was not in force",
        [LEDGER_END_BACK] = "a signatory has revoked",
        [LEDGER_END_ROSTER] = "no roster was in force",
        [LEDGER_STOP_INVENTED] = "signed by nobody who may",
        [LEDGER_STOP_REPLAYED] = "made over other content",
        [LEDGER_STOP_UNTOUCHED] = "without touching",
        [LEDGER_STOP_TIME] = "not valid at this time",
        [LEDGER_STOP_TWICE] = "had been revoked",
        [LEDGER_COVERT_FOR_EVER] = "covert for longer",
        [LEDGER_STATED_SIGNATURE] = "signature over the statement",
        [LEDGER_STATED_ELSEWHERE] = "for another ledger",
        [LEDGER_STATED_ALL] = "against the roster",
        [LEDGER_STATED_ONE] = "against the roster",
        [LEDGER_STATED_FOR_EVER] = "a hold for longer",
        [LEDGER_HELD_UNSAID] = "no entry says so",
        [LEDGER_HELD_ANOTHER] = "not what was covert",
        [LEDGER_HELD_UNASKED] = "no question for a data subject",
        [LEDGER_WITHDRAWAL_SIGNATURE] = "signature over the withdrawal",
        [LEDGER_WITHDRAWN_ELSEWHERE] = "for another ledger",
        [LEDGER_WITHDRAWN_ANOTHER] = "of another signal",
        [LEDGER_WITHDRAWN_TWICE] = "it was withdrawn before",
        [LEDGER_WITHDRAWN_UNTOLD] = "is not told",
        [LEDGER_TOLD_UNANSWERED] = "never answered",
        [LEDGER_NOTICE_TAKEN] = "like a withdrawal",
        [LEDGER_REPLACED_BY_NOTHING] = "in its place is not there",
        [LEDGER_SEAL_ROOT] = "another list than the entries",
        [LEDGER_SEAL_LEFT_OUT] = "more or fewer rows",
        [LEDGER_SEAL_SKIPS] = "does not go on where",
        [LEDGER_SEAL_UNLINKED] = "does not go on where",
        [LEDGER_SEAL_AHEAD] = "come after it",
        [LEDGER_LINK_BROKEN] = "of the same card is not",
        [LEDGER_SHARE_SKIPPED] = "between the same two is not",
    };
    (void)state;
    for (int i = 2 * (LEDGER_TRUE + 1); i < 2 * LEDGER_FAULTS; i++) {
        int f = i / 2;
        bool partial = i % 2 == 1;
        if (partial &&
            (f == LEDGER_SHARE_POINTS || f == LEDGER_TOLD_UNANSWERED ||
                f == LEDGER_HELD_UNSAID))
            continue; /* what was accepted, or expired, may not be shown */
        struct ledger_made made;
        struct verify_result result;
        struct verify_fault fault;
        if (partial)
            ledger_make_partial(&made, (enum ledger_fault)f);
        else
            ledger_make(&made, (enum ledger_fault)f);
        enum dhk_err rc = ledger_verify(&made, NULL, &result, &fault);
        if (rc == DHK_OK || strstr(fault.text, wanted[f]) == NULL)
            fail_msg("fault %d: %s", f, fault.text);
        free(made.bytes);
    }
}

static void
seals_that_fit_their_lists_are_verified(void **state)
{
    struct ledger_made made;
    struct verify_result result;
    struct verify_fault fault;
    (void)state;
    ledger_make(&made, LEDGER_SEALED);
    assert_int_equal(ledger_verify(&made, NULL, &result, &fault), DHK_OK);
    assert_int_equal(result.kinds[ENTRY_SEAL], 3);
    free(made.bytes);
}

static void
what_this_node_saw_before_must_be_contained(void **state)
{
    struct ledger_made made;
    struct verify_result result;
    struct verify_fault fault;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    struct checkpoint seen = made.head;
    assert_int_equal(ledger_verify(&made, &seen, &result, &fault), DHK_OK);
    assert_int_equal(result.seen, VERIFY_SEEN_EXTENDS);
    seen.root[0] ^= 1;
    assert_int_equal(ledger_verify(&made, &seen, &result, &fault), DHK_STATE);
    seen.size -= 1; /* no checkpoint of that size is in the file */
    assert_int_equal(ledger_verify(&made, &seen, &result, &fault), DHK_STATE);
    assert_true(fault.has_interval);
    seen.size += 10;
    assert_int_equal(ledger_verify(&made, &seen, &result, &fault), DHK_OK);
    assert_int_equal(result.seen, VERIFY_SEEN_OLDER);
    free(made.bytes);
}

static void
other_pinned_signers_vouch_for_nothing(void **state)
{
    struct ledger_made made;
    struct ledger_made other;
    struct verify_result result;
    struct verify_fault fault;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    ledger_make(&other, LEDGER_TRUE);
    memcpy(made.signers, other.signers, sizeof made.signers);
    assert_int_equal(ledger_verify(&made, NULL, &result, &fault), DHK_AUTH);
    free(made.bytes);
    free(other.bytes);
}

static void
it_goes_on_from_no_other_head_than_was_verified(void **state)
{
    struct checkpoint other = {
        .origin = LEDGER_BEFORE, .size = LEDGER_BEFORE_SIZE};
    struct ledger_made made;
    struct verify_result result;
    struct verify_fault fault;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    struct verify_input in = {
        .signers = slice_str(made.signers), .others = &other, .others_n = 1};
    memset(other.root, 8, sizeof other.root);
    for (int i = 0; i < 3; i++) {
        FILE *file = fmemopen(made.bytes, made.n, "r");
        assert_non_null(file);
        memset(&fault, 0, sizeof fault);
        other.size = (uint64_t)LEDGER_BEFORE_SIZE + (i == 1 ? 1 : 0);
        other.root[3] = i == 2 ? 9 : 8;
        const struct verify_file run = {.file = file, .input = &in};
        assert_int_equal(verify_file(&run, &result, &fault),
            i == 1 || i == 2 ? DHK_AUTH : DHK_OK);
        fclose(file);
    }
    free(made.bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_on_from_no_other_head_than_was_verified),
        cmocka_unit_test(a_true_ledger_verifies),
        cmocka_unit_test(a_partial_one_is_checked_by_the_texts_of_its_time),
        cmocka_unit_test(
            an_answer_that_was_repeated_ends_nothing_and_is_no_fault),
        cmocka_unit_test(withdrawals_and_their_notices_verify),
        cmocka_unit_test(what_is_said_of_cases_verifies),
        cmocka_unit_test(every_changed_byte_is_found_and_named),
        cmocka_unit_test(a_changed_entry_is_named_by_its_number),
        cmocka_unit_test(
            an_entry_changed_with_its_hash_is_between_two_checkpoints),
        cmocka_unit_test(what_the_log_signed_is_still_checked_for_its_meaning),
        cmocka_unit_test(seals_that_fit_their_lists_are_verified),
        cmocka_unit_test(what_this_node_saw_before_must_be_contained),
        cmocka_unit_test(other_pinned_signers_vouch_for_nothing),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
