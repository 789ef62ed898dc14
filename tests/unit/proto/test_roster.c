/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rosters: what is accepted, and that every doubt is refused with its line. */
#include "roster.h"

#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "vector.h"

#define KEY_1 "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define KEY_2 "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
#define KEY_9 "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk="
#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OIN "00000001234567890000"

enum { LINES = 10 };

/* A good roster, a statement a line; %s is the vkey of the log. */
static const char *const good[LINES] = {
    "roster voorbeeldstad",
    "version 2",
    "valid 2026-01-01 until 2036-01-01",
    "supersedes sha256:" HEX,
    "signed-by burgemeester politie om",
    "ledger ledger.example.org/1 log %s curve " KEY_9,
    "partner politie role partner key " KEY_2 " oin " OIN
    " valid 2026-01-01 until 2027-01-01 cards 30",
    "partner gemeente role operator key " KEY_1
    " valid 2026-02-01 until 2027-01-01",
    "cosigner gemeente politie",
    "quorum 2",
};

static char log_vkey[KEY_VKEY_MAX];
static struct sign_public log_key;

/* The good roster with line NUMBER (from 1) replaced by LINE, or left out if
 * that is NULL. NUMBER 0 changes nothing. */
static struct slice
text_with(size_t number, const char *line)
{
    static char text[8192];
    size_t at = 0;
    for (size_t i = 0; i < LINES; i++) {
        const char *use = i + 1 == number ? line : good[i];
        const char *mark = use == NULL ? NULL : strstr(use, "%s");
        if (use == NULL)
            continue;
        size_t before = mark == NULL ? strlen(use) : (size_t)(mark - use);
        int n = snprintf(text + at, sizeof text - at, "%.*s%s%s\n", (int)before,
            use, mark == NULL ? "" : log_vkey, mark == NULL ? "" : mark + 2);
        at += (size_t)n;
    }
    return slice_of(text, at);
}

static enum dhk_err
parse(struct slice text, struct diag *diag)
{
    struct roster *r = NULL;
    enum dhk_err rc = roster_parse(&r, text, diag);
    assert_int_equal(r != NULL, rc == DHK_OK);
    roster_destroy(&r);
    roster_destroy(&r);
    return rc;
}

static void
a_roster_is_read_in_full(void **state)
{
    (void)state;
    struct roster *r = NULL;
    assert_int_equal(roster_parse(&r, text_with(0, NULL), NULL), DHK_OK);
    assert_string_equal(r->name, "voorbeeldstad");
    assert_int_equal(r->version, 2);
    assert_int_equal(r->valid_from, 1767225600);
    assert_int_equal(r->valid_until, 2082758400);
    assert_true(r->has_supersedes);
    assert_int_equal(r->supersedes[31], 0xff);
    assert_int_equal(r->signatories_n, 3);
    assert_string_equal(r->signatory[2], "om");
    assert_string_equal(r->origin, "ledger.example.org/1");
    assert_memory_equal(&r->log_key, &log_key, KEY_BYTES);
    assert_int_equal(r->curve_key.b[31], 9);
    assert_int_equal(r->partners_n, 2);
    assert_int_equal(r->cosigners_n, 2);
    assert_int_equal(r->quorum, 2);
    const struct roster_partner *p = roster_find(r, slice_str("politie"));
    assert_non_null(p);
    assert_int_equal(p->role, ROSTER_PARTNER);
    assert_int_equal(p->identity.b[0], 2);
    assert_string_equal(p->oin, OIN);
    assert_int_equal(p->card_days, 30);
    assert_int_equal(p->line, 7);
    p = roster_find(r, slice_str("gemeente"));
    assert_non_null(p);
    assert_int_equal(p->role, ROSTER_OPERATOR);
    assert_string_equal(p->oin, "");
    assert_int_equal(p->card_days, 90);
    assert_int_equal(p->valid_from, 1769904000);
    assert_null(roster_find(r, slice_str("polit")));
    assert_null(roster_find(r, slice_str("politie2")));
    assert_null(roster_find(r, slice_str("")));
    roster_destroy(&r);
    assert_null(r);
}

static void
comments_and_blanks_are_allowed(void **state)
{
    (void)state;
    static char text[8192];
    struct slice plain = text_with(0, NULL);
    (void)snprintf(text, sizeof text,
        "# caf\xc3\xa9\n\n \t\n  # more\n%.*s# last", (int)plain.n,
        (const char *)plain.p);
    assert_int_equal(parse(slice_str(text), NULL), DHK_OK);
    assert_int_equal(parse(text_with(2, "\tversion \t 2 \t"), NULL), DHK_OK);
    /* the newline at the very end may be missing */
    plain = text_with(0, NULL);
    assert_int_equal(parse(slice_of(plain.p, plain.n - 1), NULL), DHK_OK);
}

static void
another_kind_of_file_is_told_at_its_first_line(void **state)
{
    (void)state;
    struct diag diag = {NULL, 0};
    static char text[8192];
    struct slice plain = text_with(1, NULL);
    (void)snprintf(text, sizeof text, "%.*s%s\n", (int)plain.n,
        (const char *)plain.p, good[0]);
    assert_int_equal(parse(slice_str(text), &diag), DHK_FORMAT);
    assert_int_equal(diag.at, 1);
    assert_string_equal(diag.what, "the roster statement must come first");
}

static void
every_statement_must_be_there(void **state)
{
    (void)state;
    for (size_t i = 1; i <= LINES; i++) {
        struct diag diag = {NULL, 0};
        enum dhk_err rc = parse(text_with(i, NULL), &diag);
        assert_int_equal(rc, DHK_FORMAT);
        assert_non_null(diag.what);
    }
}

static void
every_statement_but_partner_stands_once(void **state)
{
    (void)state;
    static char text[8192];
    for (size_t i = 0; i < LINES; i++) {
        struct diag diag = {NULL, 0};
        struct slice plain = text_with(0, NULL);
        char first[32];
        (void)snprintf(first, sizeof first, "%s", good[i]);
        *strchr(first, ' ') = '\0';
        (void)snprintf(text, sizeof text, "%.*s%s", (int)plain.n,
            (const char *)plain.p, first);
        assert_int_equal(parse(slice_str(text), &diag), DHK_FORMAT);
        assert_int_equal(diag.at, LINES + 1);
        bool twice = strcmp(diag.what, "statement given twice") == 0;
        assert_int_equal(twice, strcmp(first, "partner") != 0);
    }
}

static const struct {
    size_t line; /* replaced */
    const char *text;
} doubtful[] = {
    {1, "roster Voorbeeldstad"},
    {1, "roster"},
    {1, "roster a b"},
    {1, "rooster a"},
    {1, "\xef\xbb\xbfroster a"},
    {2, "version 0"},
    {2, "version 02"},
    {2, "version -2"},
    {2, "version 2x"},
    {2, "version 4294967296"},
    {2, "version 18446744073709551616"},
    {2, "version 2\r"},
    {2, "version 2 \xff"},
    {2, "version 2 # two"},
    {3, "valid 2026-01-01 until 2026-01-01"},
    {3, "valid 2027-01-01 until 2026-01-01"},
    {3, "valid 2026-02-29 until 2028-01-01"},
    {3, "valid 2026-13-01 until 2028-01-01"},
    {3, "valid 2026-00-01 until 2028-01-01"},
    {3, "valid 2026-01-00 until 2028-01-01"},
    {3, "valid 2026-04-31 until 2028-01-01"},
    {3, "valid 1969-12-31 until 2028-01-01"},
    {3, "valid 2026-1-01 until 2028-01-01"},
    {3, "valid 2026/01/01 until 2028-01-01"},
    {3, "valid 2026-01-01 to 2028-01-01"},
    {3, "valid 2026-01-01"},
    {3, "valid 2026-01-01 until 2028-01-01 x"},
    {4, "supersedes " HEX},
    {4, "supersedes sha256:"},
    {4, "supersedes sha256:" HEX "00"},
    {4, "supersedes sha256:AA112233445566778899aabbccddeeff"
        "00112233445566778899aabbccddeeff"},
    {5, "signed-by"},
    {5, "signed-by om om"},
    {5, "signed-by om, politie"},
    {5, "signed-by a b c d e f g h i j k l m n o p q"},
    {6, "ledger other.example.org/1 log %s curve " KEY_9},
    {6, "ledger log %s curve " KEY_9},
    {6, "ledger ledger.example.org/1 log x curve " KEY_9},
    {6, "ledger ledger.example.org/1 log %s curve AAAA"},
    {6, "ledger ledger.example.org/1 log %s"},
    {6, "ledger ledger.example.org/1 log %sA curve " KEY_9},
    {7, "partner politie role partner key " KEY_2 " oin " OIN
        "0 valid 2026-01-01 until 2027-01-01"},
    {7, "partner politie role partner key " KEY_2
        " oin 1 valid 2026-01-01 until 2027-01-01"},
    {7, "partner politie role partner key " KEY_2
        " oin 0000000123456789000x valid 2026-01-01 until 2027-01-01"},
    {7, "partner politie role boss key " KEY_2
        " valid 2026-01-01 until 2027-01-01"},
    {7, "partner politie role key " KEY_2 " valid 2026-01-01 until 2027-01-01"},
    {7, "partner politie role partner valid 2026-01-01 until 2027-01-01"},
    {7, "partner politie role partner key " KEY_2 " valid"},
    {7, "partner politie role partner key " KEY_2 " valid 2026-01-01"},
    {7, "partner politie role partner key A" KEY_2
        " valid 2026-01-01 until 2027-01-01"},
    {7, "partner politie role partner key " KEY_2
        " valid 2027-01-01 until 2026-01-01"},
    {7, "partner politie role partner key " KEY_2
        " valid 2026-01-01 until 2027-01-01 cards 0"},
    {7, "partner politie role partner key " KEY_2
        " valid 2026-01-01 until 2027-01-01 cards 3661"},
    {7, "partner politie role partner key " KEY_2
        " valid 2026-01-01 until 2027-01-01 cards"},
    {7, "partner politie role partner key " KEY_2
        " cards 30 valid 2026-01-01 until 2027-01-01"},
    {7, "partner politie role partner key " KEY_2
        " valid 2026-01-01 until 2027-01-01 more"},
    {8, "partner politie role partner key " KEY_1
        " valid 2026-01-01 until 2027-01-01"},
    {8, "partner gemeente role partner key " KEY_2
        " valid 2026-01-01 until 2027-01-01"},
    {9, "cosigner gemeente school"},
    {9, "cosigner gemeente gemeente"},
    {9, "cosigner"},
    {10, "quorum 0"},
    {10, "quorum 1"},
    {10, "quorum 3"},
    {10, "quorum two"},
};

static void
doubtful_lines_are_refused_with_their_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof doubtful / sizeof doubtful[0]; i++) {
        struct diag diag = {NULL, 0};
        enum dhk_err rc =
            parse(text_with(doubtful[i].line, doubtful[i].text), &diag);
        if (rc == DHK_OK || diag.at != doubtful[i].line)
            print_message("%s: line %zu, %s\n", doubtful[i].text, diag.at,
                diag.what == NULL ? "" : diag.what);
        assert_int_not_equal(rc, DHK_OK);
        assert_int_equal(diag.at, doubtful[i].line);
        assert_non_null(diag.what);
    }
}

/* Ten thousand partners with dates of their own are longer than a text may be;
 * most will have the roster's. */
static void
a_partner_without_dates_has_the_rosters(void **state)
{
    (void)state;
    struct roster *r = NULL;
    struct slice text =
        text_with(7, "partner politie role partner key " KEY_2 " cards 30");

    assert_int_equal(roster_parse(&r, text, NULL), DHK_OK);
    const struct roster_partner *p = roster_find(r, slice_str("politie"));
    assert_non_null(p);
    assert_int_equal(p->valid_from, r->valid_from);
    assert_int_equal(p->valid_until, r->valid_until);
    assert_int_equal(p->card_days, 30);
    roster_destroy(&r);
}

static void
the_key_of_the_log_is_no_partners_key(void **state)
{
    (void)state;
    char line[256], base64[KEY_B64];
    struct diag diag = {NULL, 0};
    key_base64(base64, sizeof base64, log_key.b, KEY_BYTES);
    (void)snprintf(line, sizeof line,
        "partner gemeente role operator key %s "
        "valid 2026-02-01 until 2027-01-01",
        base64);
    assert_int_equal(parse(text_with(8, line), &diag), DHK_FORMAT);
    assert_int_equal(diag.at, 8);
    assert_string_equal(diag.what, "identity key is the key of the log");
}

static void
a_log_key_for_another_purpose_is_refused(void **state)
{
    (void)state;
    char line[512], text[KEY_VKEY_MAX];
    struct checkpoint_vkey vkey;
    struct diag diag = {NULL, 0};
    checkpoint_vkey_make(
        &vkey, CHECKPOINT_COSIGNATURE, "ledger.example.org/1", &log_key);
    checkpoint_vkey_text(text, &vkey);
    (void)snprintf(line, sizeof line,
        "ledger ledger.example.org/1 log %s curve " KEY_9, text);
    assert_int_equal(parse(text_with(6, line), &diag), DHK_FORMAT);
    assert_int_equal(diag.at, 6);
}

static void
the_first_version_supersedes_nothing(void **state)
{
    (void)state;
    static char text[8192];
    assert_int_equal(parse(text_with(2, "version 1"), NULL), DHK_FORMAT);
    struct slice without = text_with(4, NULL);
    memcpy(text, without.p, without.n);
    char *version = strstr(text, "version 2");
    assert_int_equal(parse(slice_of(text, without.n), NULL), DHK_FORMAT);
    version[8] = '1';
    assert_int_equal(parse(slice_of(text, without.n), NULL), DHK_OK);
}

static void
every_flipped_byte_and_truncation_ends_well(void **state)
{
    (void)state;
    static uint8_t text[8192];
    struct slice plain = text_with(0, NULL);
    memcpy(text, plain.p, plain.n);
    for (size_t n = 0; n + 1 < plain.n; n++)
        assert_int_not_equal(parse(slice_of(text, n), NULL), DHK_OK);
    for (size_t i = 0; i < plain.n * 8; i++) {
        struct diag diag = {NULL, 0};
        text[i / 8] ^= (uint8_t)(1 << i % 8);
        enum dhk_err rc = parse(slice_of(text, plain.n), &diag);
        assert_true(rc == DHK_OK || diag.what != NULL);
        text[i / 8] ^= (uint8_t)(1 << i % 8);
    }
}

/* A roster of N partners, in an order that is not sorted. The text is the
 * caller's to free. */
static char *
many(unsigned n)
{
    size_t cap = 4096 + (size_t)n * 128;
    char *text = malloc(cap);
    assert_non_null(text);
    must(text != NULL);
    int at = snprintf(text, cap,
        "roster a\nversion 1\nvalid 2026-01-01 until 2027-01-01\n"
        "signed-by om\nledger ledger.example.org/1 log %s curve " KEY_9
        "\ncosigner p0\nquorum 1\n",
        log_vkey);
    for (unsigned i = 0; i < n; i++) {
        uint8_t key[KEY_BYTES] = {1};
        char base64[KEY_B64];
        bytes_put_u32(key + 3, i * 7919);
        key_base64(base64, sizeof base64, key, sizeof key);
        at += snprintf(text + at, cap - (size_t)at,
            "partner p%u role partner key %s "
            "valid 2026-01-01 until 2027-01-01\n",
            (i * 7919) % n, base64);
    }
    return text;
}

static void
thousands_of_partners_are_found(void **state)
{
    (void)state;
    struct roster *r = NULL;
    enum { MANY = 9000 };
    char *text = many(MANY);
    assert_int_equal(roster_parse(&r, slice_str(text), NULL), DHK_OK);
    assert_int_equal(r->partners_n, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "p%u", i);
        const struct roster_partner *p = roster_find(r, slice_str(name));
        assert_non_null(p);
        assert_string_equal(p->name, name);
    }
    roster_destroy(&r);
    free(text);
}

static void
a_text_over_the_limit_is_refused(void **state)
{
    (void)state;
    struct diag diag = {NULL, 0};
    size_t n = LIMIT_TEXT + 1;
    char *text = malloc(n);
    assert_non_null(text);
    must(text != NULL);
    memset(text, '\n', n);
    assert_int_equal(parse(slice_of(text, n), &diag), DHK_LIMIT);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_roster_is_read_in_full),
        cmocka_unit_test(comments_and_blanks_are_allowed),
        cmocka_unit_test(another_kind_of_file_is_told_at_its_first_line),
        cmocka_unit_test(every_statement_must_be_there),
        cmocka_unit_test(every_statement_but_partner_stands_once),
        cmocka_unit_test(doubtful_lines_are_refused_with_their_number),
        cmocka_unit_test(a_partner_without_dates_has_the_rosters),
        cmocka_unit_test(the_key_of_the_log_is_no_partners_key),
        cmocka_unit_test(a_log_key_for_another_purpose_is_refused),
        cmocka_unit_test(the_first_version_supersedes_nothing),
        cmocka_unit_test(every_flipped_byte_and_truncation_ends_well),
        cmocka_unit_test(thousands_of_partners_are_found),
        cmocka_unit_test(a_text_over_the_limit_is_refused),
    };
    struct checkpoint_vkey vkey;
    if (key_init() != DHK_OK)
        return 1;
    memset(log_key.b, 0x55, sizeof log_key.b);
    checkpoint_vkey_make(
        &vkey, CHECKPOINT_ED25519, "ledger.example.org/1", &log_key);
    checkpoint_vkey_text(log_vkey, &vkey);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
