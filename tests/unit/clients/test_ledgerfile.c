/* SPDX-License-Identifier: EUPL-1.2
 *
 * The form of the ledger file: what is written is read, and nothing else. */
#include "ledger_make.h"

#include <stdlib.h>
#include <string.h>

#include "key.h"

/* Reads all of N bytes; the last error. */
static enum dhk_err
read_all(const uint8_t *bytes, size_t n, size_t *records, const char **what)
{
    struct ledgerfile *f = NULL;
    struct ledgerfile_record *r = malloc(sizeof *r);
    uint8_t *copy = malloc(n + 1);
    assert_true(r != NULL && copy != NULL);
    memcpy(copy, bytes, n);
    FILE *file = n == 0 ? fopen("/dev/null", "r") : fmemopen(copy, n, "r");
    assert_non_null(file);
    enum dhk_err rc = ledgerfile_open(&f, file);
    *records = 0;
    while (rc == DHK_OK) {
        rc = ledgerfile_read(r, f, what);
        *records += rc == DHK_OK;
    }
    ledgerfile_destroy(&f);
    ledgerfile_destroy(&f);
    (void)fclose(file);
    free(copy);
    free(r);
    return rc;
}

static void
what_is_written_is_read(void **state)
{
    struct ledger_made made;
    size_t records = 0;
    const char *what = NULL;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    assert_int_equal(
        read_all(made.bytes, made.n, &records, &what), DHK_NOTFOUND);
    /* origin, three texts, four notes and the entries */
    assert_int_equal(records, 8 + made.entries);
    free(made.bytes);
}

static void
a_file_that_ends_early_is_refused(void **state)
{
    struct ledger_made made;
    size_t records = 0;
    const char *what = NULL;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    for (size_t n = 0; n < made.n; n++) {
        enum dhk_err rc = read_all(made.bytes, n, &records, &what);
        assert_true(rc == DHK_FORMAT || rc == DHK_VERSION);
    }
    free(made.bytes);
}

static void
a_byte_after_the_end_is_refused(void **state)
{
    struct ledger_made made;
    size_t records = 0;
    const char *what = NULL;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    uint8_t *longer = malloc(made.n + 1);
    assert_non_null(longer);
    memcpy(longer, made.bytes, made.n);
    longer[made.n] = 0;
    assert_int_equal(read_all(longer, made.n + 1, &records, &what), DHK_FORMAT);
    assert_string_equal(what, "something follows the end mark");
    free(longer);
    free(made.bytes);
}

static void
every_flipped_bit_is_refused_by_form_or_chain(void **state)
{
    struct ledger_made made;
    size_t records = 0;
    const char *what = NULL;
    (void)state;
    ledger_make(&made, LEDGER_TRUE);
    for (size_t i = 0; i < made.n * 8; i++) {
        made.bytes[i / 8] ^= (uint8_t)(1 << (i % 8));
        enum dhk_err rc = read_all(made.bytes, made.n, &records, &what);
        if (rc != DHK_FORMAT && rc != DHK_VERSION)
            fail_msg("bit %zu: %d", i, (int)rc);
        made.bytes[i / 8] ^= (uint8_t)(1 << (i % 8));
    }
    free(made.bytes);
}

static void
another_kind_of_file_is_refused(void **state)
{
    static const char text[] = "driehoek-ledger@v2\nand so on and so on";
    size_t records = 0;
    const char *what = NULL;
    (void)state;
    assert_int_equal(
        read_all((const uint8_t *)text, sizeof text - 1, &records, &what),
        DHK_VERSION);
}

static void
a_length_is_not_believed(void **state)
{
    static const uint8_t text[] = "driehoek-ledger@v1\n\xff\xff\xff\xff\x93";
    size_t records = 0;
    const char *what = NULL;
    (void)state;
    assert_int_equal(
        read_all(text, sizeof text - 1, &records, &what), DHK_FORMAT);
    assert_string_equal(what, "a record is longer than any can be");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_file_that_ends_early_is_refused),
        cmocka_unit_test(a_byte_after_the_end_is_refused),
        cmocka_unit_test(every_flipped_bit_is_refused_by_form_or_chain),
        cmocka_unit_test(another_kind_of_file_is_refused),
        cmocka_unit_test(a_length_is_not_believed),
    };
    if (key_init() != DHK_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
