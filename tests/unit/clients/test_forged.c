/* SPDX-License-Identifier: EUPL-1.2
 *
 * Ledger files that were forged by somebody who knows how: their form is right
 * to the end mark, and only the verification tells. */
#include "ledger_forge.h"

#include <stdlib.h>
#include <string.h>

#include "key.h"

/* The file forged as HOW says must fail with a sentence that has WHY in it. */
static void
try_forging(const struct ledger_made *made, const struct forging *how,
    const char *why, struct verify_fault *fault)
{
    struct ledger_made forged;
    struct verify_result result;
    assert_true(ledger_forge(&forged, made, how));
    if (ledger_verify(&forged, NULL, &result, fault) == DHK_OK)
        fail_msg("forgery %d of entry %d, byte %zu, was not found",
            (int)how->what, (int)how->entry, how->byte);
    if (strstr(fault->text, why) == NULL)
        fail_msg("forgery %d of entry %d, byte %zu: %s", (int)how->what,
            (int)how->entry, how->byte, fault->text);
    free(forged.bytes);
}

/* The dangerous one: other bytes beside the hash that the log signed, so that
 * every root and proof is right. Nothing but the comparison of an entry with
 * the hash beside it gives that away. */
static void
try_many_bytes(const struct ledger_made *made, uint64_t entry, bool partial)
{
    struct forging how = {FORGE_UNDER_LEAF, partial, entry, 0};
    struct ledger_made forged;
    struct verify_fault fault;
    while (ledger_forge(&forged, made, &how)) {
        free(forged.bytes);
        try_forging(made, &how, "its bytes do not have the hash", &fault);
        assert_true(fault.has_entry);
        assert_int_equal(fault.from, entry);
        how.byte += how.byte < FORGE_BODY ? 1 : 7;
    }
    free(forged.bytes);
    assert_true(how.byte > FORGE_BODY);
}

static void
an_entry_beside_the_hash_that_the_log_signed_must_have_it(void **state)
{
    struct ledger_made made;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    for (uint64_t entry = 0; entry < made.entries; entry++)
        try_many_bytes(&made, entry, false);
    /* a card, the acceptance, the share and its answer in a partner's file */
    static const uint64_t some[] = {3, 6, 7, 8};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++)
        try_many_bytes(&made, some[i], true);
    free(made.bytes);
}

static void
some_entries_verify_with_their_proofs(void **state)
{
    const struct forging how = {FORGE_NOTHING, true, 0, 0};
    struct ledger_made made;
    struct ledger_made partial;
    struct verify_result result;
    struct verify_fault fault;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    assert_false(ledger_forge(&partial, &made, &how));
    if (ledger_verify(&partial, NULL, &result, &fault) != DHK_OK)
        fail_msg("%s", fault.text);
    assert_false(result.complete);
    assert_int_equal(result.entries, made.entries - 3);
    assert_int_equal(result.checkpoints, 3);
    assert_int_equal(result.kinds[ENTRY_DELIVERED], 1);
    assert_memory_equal(result.head.root, made.head.root, 32);
    free(made.bytes);
    free(partial.bytes);
}

static void
whatever_else_is_forged_is_found(void **state)
{
    static const struct {
        struct forging how;
        const char *why;
    } tries[] = {
        {{FORGE_BYTE, false, 3, FORGE_RANDOM}, "is not what the log signed"},
        {{FORGE_BYTE, true, 3, FORGE_RANDOM}, "is not what the log signed"},
        {{FORGE_BYTE, true, 7, FORGE_RANDOM}, "is not what the log signed"},
        {{FORGE_NUMBER, false, 3, 0}, "entry 3 should come next"},
        {{FORGE_NUMBER, false, 8, 0}, "entry 8 should come next"},
        {{FORGE_NUMBER, true, 4, 0}, "is not what the log signed"},
        {{FORGE_REPEAT, false, 5, 0}, "entry 6 should come next"},
        {{FORGE_REPEAT, true, 4, 0}, "out of order"},
        {{FORGE_ORIGIN, false, 0, 0}, "another ledger"},
        {{FORGE_ORIGIN, true, 0, 0}, "names another ledger"},
        {{FORGE_TEXT, false, 4, 0}, "does not put the text"},
        {{FORGE_TWO_TEXTS, false, 0, 0}, "that no entry puts in force"},
        {{FORGE_LAST_TEXT, false, 0, 0}, "that no entry puts in force"},
        {{FORGE_PROOF, false, 0, 0}, "a proof where every entry is there"},
        {{FORGE_PROOF, true, 0, 0}, "is not what the log signed"},
        {{FORGE_CONSISTENCY, true, 0, 0}, "does not extend"},
    };
    struct ledger_made made;
    struct verify_fault fault;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++)
        try_forging(&made, &tries[i].how, tries[i].why, &fault);
    free(made.bytes);
}

static void
some_entries_must_not_contradict_what_was_seen(void **state)
{
    const struct forging how = {FORGE_NOTHING, true, 0, 0};
    struct ledger_made made;
    struct ledger_made partial;
    struct verify_result result;
    struct verify_fault fault;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    (void)ledger_forge(&partial, &made, &how);
    struct checkpoint seen = made.head;
    assert_int_equal(ledger_verify(&partial, &seen, &result, &fault), DHK_OK);
    assert_int_equal(result.seen, VERIFY_SEEN_EXTENDS);
    seen.root[0] ^= 1;
    assert_int_equal(
        ledger_verify(&partial, &seen, &result, &fault), DHK_STATE);
    seen.size--; /* nothing in the file is about that size */
    assert_int_equal(ledger_verify(&partial, &seen, &result, &fault), DHK_OK);
    assert_int_equal(result.seen, VERIFY_SEEN_UNKNOWN);
    free(made.bytes);
    free(partial.bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            an_entry_beside_the_hash_that_the_log_signed_must_have_it),
        cmocka_unit_test(some_entries_verify_with_their_proofs),
        cmocka_unit_test(whatever_else_is_forged_is_found),
        cmocka_unit_test(some_entries_must_not_contradict_what_was_seen),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
