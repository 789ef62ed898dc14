/* SPDX-License-Identifier: EUPL-1.2
 *
 * The compiled hash: of what an agreement means, the same on every machine. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compiled_hash.h"
#include "seal.h"

enum { HEX = 2 * COMPILED_HASH + 1, TEXT_MAX = 8192 };

/* Something of everything that the language has. */
static const char body[] =
    HEAD "attribute ernst : level laag, midden, hoog urgent;\n"
         "attribute leeftijd : number 0..120;\n"
         "attribute jaren : number 0..100000;\n"
         "attribute soort : choice rood, groen, blauw closed;\n"
         "attribute eerder : yes-no by broker;\n"
         "window kantoor = mon - fri 08:00 - 18:00;\n"
         "signal melding requires psk with fields een a, twee c,\n"
         "  drie special health attributes ernst, leeftijd, jaren, soort,\n"
         "  eerder;\n"
         "signal bericht with fields een a required, vier;\n"
         "permit P1 \"One\": from a to b, c signal melding for p on g\n"
         "  when ernst at least midden and leeftijd below 18\n"
         "  unless jaren above 900\n"
         "  share een, twee withhold drie\n"
         "  oblige retain at most 30 days and notify c;\n"
         "permit P2 \"Two\": from b to c signal melding, bericht for p on h\n"
         "  share een oblige approval by 2 of a, b and no onward;\n"
         "permit P3 \"Three\": from c to d signal melding for q on g\n"
         "  when during kantoor and eerder is yes share twee;\n"
         "forbid F1 \"Four\": from a to b signal melding\n"
         "  when soort is blauw because \"so\";\n"
         "never N1 \"Five\": share vier to d;\n";

static void
hash_of(char out[HEX], const char *text)
{
    struct agreement *a = loaded_recorded(text);
    uint8_t hash[COMPILED_HASH];

    assert_int_equal(compiled_hash(hash, a, seal_sha256), DHK_OK);
    bytes_hex(out, hash, sizeof hash);
    agreement_destroy(&a);
}

/* The body with FROM, which is in it, replaced by TO. */
static void
edit(char out[TEXT_MAX], const char *from, const char *to)
{
    const char *at = strstr(body, from);
    size_t before, n = strlen(to);

    assert_non_null(at);
    before = (size_t)(at - body);
    assert_true(sizeof body + n < TEXT_MAX);
    memcpy(out, body, before);
    memcpy(out + before, to, n);
    strcpy(out + before + n, at + strlen(from));
}

static void
it_is_the_same_on_every_machine(void **state)
{
    char hash[HEX];

    (void)state;
    hash_of(hash, body);
    assert_string_equal(hash,
        "f42bc2695e4f3a9a40c515f8e619b93e20552a67f67974dd477e3a004ab14cbc");
}

static void
what_means_the_same_has_one_hash(void **state)
{
    static const char *const edits[][2] = {
        {"party a, b", "# who\nparty a,\n  b"},
        {"version 1", "version 2"},
        {"\"One\"", "\"Another title\""},
        {"purpose p \"P\"", "purpose p \"For what\""},
        {"because \"so\"", "because \"of that\""},
        {"from a to b, c", "from a to c, b"},
        {"ernst at least midden and leeftijd below 18",
            "leeftijd below 18 and ernst at least midden"},
        {"approval by 2 of a, b and no onward",
            "no onward and approval by 2 of b, a"},
    };
    char want[HEX], got[HEX], text[TEXT_MAX];

    (void)state;
    hash_of(want, body);
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        edit(text, edits[i][0], edits[i][1]);
        hash_of(got, text);
        assert_string_equal(got, want);
    }
}

static void
what_means_something_else_has_another(void **state)
{
    static const char *const edits[][2] = {
        {"Europe/Amsterdam", "Europe/Lisbon"},
        {"party a, b, c, d;", "party a, b, c, d, e;"},
        {"party a, b, c, d;", "party b, a, c, d;"},
        {"purpose q", "purpose r-doel \"R\"; purpose q"},
        {"ground g \"G\"; ground h \"H\"", "ground h \"H\"; ground g \"G\""},
        {"level laag, midden, hoog urgent", "level laag, midden, hoog"},
        {"level laag, midden, hoog", "level laag, midden, hoog, acuut"},
        {"number 0..120", "number 0..121"},
        {"blauw closed", "blauw"},
        {"yes-no by broker", "yes-no"},
        {"18:00", "18:01"},
        {" requires psk", ""},
        {"een a, twee c", "twee c, een a"},
        {"twee c", "twee"},
        {"twee c", "twee c required"},
        {"een a required", "een a"},
        {"een a required, vier", "een a, vier required"},
        {"special health", "special religion"},
        {"leeftijd, jaren, soort", "jaren, leeftijd, soort"},
        {"from a to b, c", "from a to b"},
        {"from b to c", "from b, d to c"},
        {"bericht for p on h", "bericht for p, q on h"},
        {"for p on h", "for p on g"},
        {"at least midden", "at least hoog"},
        {"below 18", "below 19"},
        {"above 900", "above 901"},
        {"share een, twee", "share een"},
        {" withhold drie", ""},
        {"30 days", "31 days"},
        {"at most 30", "at least 30"},
        {"and notify c", "and notify d"},
        {"approval by 2 of a, b", "approval by 1 of a, b"},
        {"approval by 2 of a, b", "approval by 2 of a, c"},
        {" and no onward", ""},
        {"no onward", "onward only to a"},
        {"no onward", "log"},
        {"during kantoor and ", ""},
        {"eerder is yes", "eerder is no"},
        {"soort is blauw", "soort is groen"},
        {"share vier to d", "share een to d"},
        {"permit P3", "permit P4"},
    };
    enum { EDITS = sizeof edits / sizeof edits[0] };
    char hash[EDITS + 1][HEX], text[TEXT_MAX];

    (void)state;
    hash_of(hash[EDITS], body);
    for (size_t i = 0; i < EDITS; i++) {
        edit(text, edits[i][0], edits[i][1]);
        hash_of(hash[i], text);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(hash[i], hash[k]);
        }
        assert_string_not_equal(hash[i], hash[EDITS]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_same_on_every_machine),
        cmocka_unit_test(what_means_the_same_has_one_hash),
        cmocka_unit_test(what_means_something_else_has_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
