/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whole agreements as text: nothing is missing, and nothing is made up. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compiled.h"
#include "generated.h"
#include "render.h"
#include "rule.h"

enum { MOST = 256 * 1024 };

static struct agreement *a;

static int
unload(void **state)
{
    (void)state;
    agreement_destroy(&a);
    return 0;
}

static const char *
text_of(struct words *w)
{
    const char *text;

    assert_int_equal(words_end(w, &text), DHK_OK);
    return text;
}

static void
append(void *ctx, const struct render_paragraph *p)
{
    words_format(ctx, "\n[%s] %s \"%s\" %s\n", render_section_word(p->section),
        p->id == NULL ? "" : p->id, p->title == NULL ? "" : p->title, p->text);
}

static void
render_whole(struct words *w, enum render_lang lang)
{
    assert_int_equal(render_agreement(a, lang, append, w), DHK_OK);
}

static bool
is_part_of_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-';
}

/* NAME stands in TEXT as a whole word. */
static void
assert_names(const char *text, const char *name)
{
    const char *at = text;

    while ((at = strstr(at, name)) != NULL) {
        if (!is_part_of_name(at[-1]) && !is_part_of_name(at[strlen(name)])) {
            return;
        }
        at++;
    }
    fail_msg("'%s' is not in the text", name);
}

static void
assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("'%s' is not in the text", part);
    }
}

static void
assert_vocabulary(const char *text)
{
    for (size_t i = 0; i < a->parties_n; i++) {
        assert_names(text, a->parties[i]);
    }
    for (size_t i = 0; i < a->purposes_n; i++) {
        assert_names(text, a->purposes[i].name);
        assert_has(text, a->purposes[i].title);
    }
    for (size_t i = 0; i < a->grounds_n; i++) {
        assert_names(text, a->grounds[i].name);
        assert_has(text, a->grounds[i].title);
    }
    for (size_t i = 0; i < a->attributes_n; i++) {
        assert_names(text, a->attributes[i].name);
    }
    for (size_t k = 0; k < a->kinds_n; k++) {
        assert_names(text, a->kinds[k].name);
        for (size_t i = 0; i < a->kinds[k].fields_n; i++) {
            assert_names(text, a->kinds[k].fields[i].name);
        }
    }
}

/* The paragraph of rule I, where its names and obligations must be. */
static void
assert_rule(const char *text, size_t i, enum render_lang lang)
{
    const struct rule *rule = &a->rules[i];
    struct words w = {0};
    struct words duties = {0};

    render_rule(&w, a, i, lang);
    assert_names(text, rule->id);
    assert_has(text, rule->title);
    assert_has(text, text_of(&w));
    for (size_t k = 0; k < a->kinds_n; k++) {
        uint32_t fields = (rule->kinds >> k & 1) != 0 ? rule->share[k] : 0;

        for (size_t f = 0; f < a->kinds[k].fields_n; f++) {
            if ((fields >> f & 1) != 0) {
                assert_names(text_of(&w), a->kinds[k].fields[f].name);
            }
        }
    }
    render_duties(&duties, a, &rule->duties, lang);
    assert_has(text_of(&w), text_of(&duties));
    words_done(&w);
    words_done(&duties);
}

static void
the_shipped_agreement_is_rendered_whole(void **state)
{
    (void)state;
    a = loaded_file(CONVENANTEN "/voorbeeldstad.convenant");
    for (int lang = RENDER_NL; lang <= (int)RENDER_EN; lang++) {
        struct words w = {0};

        render_whole(&w, (enum render_lang)lang);
        assert_vocabulary(text_of(&w));
        for (size_t i = 0; i < a->rules_n; i++) {
            assert_rule(text_of(&w), i, (enum render_lang)lang);
        }
        words_done(&w);
    }
}

static void
comments_are_not_in_it(void **state)
{
    struct words w = {0};

    (void)state;
    a = loaded_text("# verzwegen\n" HEAD "signal k with fields x;# verzwegen\n"
                    "permit P \"T\": from a to b signal k for p on g\n"
                    "# verzwegen\nshare x;# verzwegen");
    render_whole(&w, RENDER_NL);
    assert_null(strstr(text_of(&w), "verzwegen"));
    words_done(&w);
}

/* One thing that is no rule, said otherwise. */
static const struct {
    size_t place; /* of load_changed()'s parts */
    const char *text;
} changes[] = {
    {0, "2 valid 2026-01-01 until 2027-01-01"},
    {0, "1 valid 2026-01-02 until 2027-01-01"},
    {0, "1 valid 2026-01-01 until 2027-02-01"},
    {1, "Brussels\""},
    {1, "Paris\" supersedes sha256:11111111111111111111111111111111"
        "11111111111111111111111111111111"},
    {2, "b"},
    {2, "a, b"},
    {3, "Q"},
    {4, "H"},
    {5, "number 1 .. 9"},
    {5, "number 0 .. 8"},
    {5, "number 0 .. 9 by broker"},
    {5, "number 0 .. 9 closed"},
    {5, "level l, m"},
    {5, "level m, l"},
    {5, "level l, m urgent"},
    {5, "choice l, m"},
    {5, "yes-no"},
    {6, "mon-thu 08:00-18:00"},
    {6, "mon-fri 08:00-18:01"},
    {6, "mon-sun 08:00-18:00"},
    {6, "mon-fri 08:00-18:00, sat 08:00-18:00, sun 08:00-24:00"},
    {7, "with fields x, y special health"},
    {7, "with fields x b, y special health"},
    {7, "with fields x a, y special race"},
    {7, "with fields x a, y c"},
    {7, "requires psk with fields x a, y special health"},
    {7, "with fields x a required, y special health"},
    {7, "with fields x a, y special health required"},
    {8, "U"},
};
enum { CHANGES = sizeof changes / sizeof changes[0], PARTS = 9 };

static void
load_changed(size_t change)
{
    const char *part[PARTS] = {"1 valid 2026-01-01 until 2027-01-01", "Paris\"",
        "a", "P", "G", "number 0 .. 9", "mon-fri 08:00-18:00",
        "with fields x a, y special health", "T"};
    char text[1024];

    if (change < CHANGES) {
        part[changes[change].place] = changes[change].text;
    }
    (void)snprintf(text, sizeof text,
        "convenant test version %s timezone \"Europe/%s signed by %s;\n"
        "party a, b, c; purpose p \"%s\"; ground g \"%s\";\n"
        "attribute t : %s; window d = %s;\n"
        "signal k %s attributes t;\n"
        "permit P \"%s\": from a to b signal k for p on g when during d\n"
        "share x;",
        part[0], part[1], part[2], part[3], part[4], part[5], part[6], part[7],
        part[8]);
    a = loaded_recorded(text);
}

static void
declarations_that_differ_never_read_the_same(void **state)
{
    struct words seen[2][CHANGES + 1] = {0};

    (void)state;
    for (size_t i = 0; i <= CHANGES; i++) {
        load_changed(i);
        for (size_t lang = 0; lang < 2; lang++) {
            render_whole(&seen[lang][i], (enum render_lang)lang);
            for (size_t k = 0; k < i; k++) {
                assert_string_not_equal(
                    text_of(&seen[lang][k]), text_of(&seen[lang][i]));
            }
        }
        agreement_destroy(&a);
    }
    for (size_t i = 0; i <= CHANGES; i++) {
        words_done(&seen[0][i]);
        words_done(&seen[1][i]);
    }
}

static void
what_is_declared_reads_well(void **state)
{
    struct words w = {0};

    (void)state;
    a = loaded_recorded(
        "convenant test version 3 valid 2028-02-29 until 2029-12-31\n"
        "timezone \"Europe/Amsterdam\" signed by a, b; party a, b, c;\n"
        "purpose p \"P\"; ground g \"G\";\n"
        "attribute n : number 1 .. 9 by broker closed;\n"
        "window d = mon-fri 08:00-18:00, sat 22:30-24:00;\n"
        "signal k requires psk with fields x a, y special politics, z\n"
        "attributes n;\n"
        "permit P \"T\": from a to b signal k for p on g\n"
        "when n above 2 and during d share x;");
    render_whole(&w, RENDER_NL);
    assert_has(text_of(&w),
        "Dit is versie 3 van het convenant test. Het geldt van 29 februari "
        "2028, 0.00 uur, tot 31 december 2029, 0.00 uur, in de tijdzone "
        "\"Europe/Amsterdam\". Ondertekenaars: a en b. ");
    assert_has(text_of(&w), "Een getal van 1 tot en met 9. De broker stelt "
                            "het vast. Ontvangers zien de waarde niet.");
    assert_has(text_of(&w), "maandag tot en met vrijdag van 8.00 tot 18.00 "
                            "uur; zaterdag van 22.30 tot 24.00 uur.");
    assert_has(text_of(&w),
        "Gegevens: x (a), y (bijzonder: politieke opvattingen) en z. "
        "Kenmerken: n. Afzender en ontvanger delen vooraf een sleutel.");
    words_done(&w);
}

/* --- texts that differ in one word -----------------------------------------
 */

static bool
is_same(struct slice word, const char *name)
{
    return slice_equal(word, slice_str(name));
}

/* A name of the same class as WORD, perhaps WORD itself; NULL: WORD is none. */
static const char *
another(struct slice word, uint64_t *seed)
{
    static const char *const pairs[][2] = {{"yes", "no"}, {"least", "most"},
        {"during", "outside"}, {"below", "above"}, {"365", "366"}};

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (is_same(word, pairs[i][0]) || is_same(word, pairs[i][1])) {
            return pairs[i][generated_below(seed, 2)];
        }
    }
    if (agreement_party(a, word) >= 0) {
        return a->parties[generated_below(seed, a->parties_n)];
    }
    if (agreement_purpose(a, word) >= 0) {
        return a->purposes[generated_below(seed, a->purposes_n)].name;
    }
    if (agreement_ground(a, word) >= 0) {
        return a->grounds[generated_below(seed, a->grounds_n)].name;
    }
    if (agreement_attribute(a, word) >= 0) {
        return a->attributes[generated_below(seed, a->attributes_n)].name;
    }
    for (size_t k = 0; k < a->kinds_n; k++) {
        const struct agreement_kind *kind = &a->kinds[k];

        if (is_same(word, kind->name)) {
            return a->kinds[generated_below(seed, a->kinds_n)].name;
        }
        if (agreement_field(kind, word) >= 0) {
            return kind->fields[generated_below(seed, kind->fields_n)].name;
        }
    }
    return NULL;
}

/* The text of A with another word at or after a random place. */
static bool
change_word(char *out, size_t cap, const char *text, uint64_t *seed)
{
    size_t at = generated_below(seed, strlen(text) - 1) + 1;

    while (text[at] != '\0') {
        size_t n = 0;
        const char *new;

        while (is_part_of_name(text[at + n])) {
            n++;
        }
        new = n == 0 || is_part_of_name(text[at - 1])
                  ? NULL
                  : another(slice_of(text + at, n), seed);
        if (new != NULL) {
            return snprintf(out, cap, "%.*s%s%s", (int)at, text, new,
                       text + at + n) < (int)cap;
        }
        at += n == 0 ? 1 : n;
    }
    return false;
}

static bool
is_alike(const struct agreement *x, const struct agreement *y)
{
    return slice_equal(compiled_bytes(x->table), compiled_bytes(y->table));
}

static void
render_both(struct words w[2], struct agreement *of)
{
    struct agreement *kept = a;

    a = of;
    render_whole(&w[RENDER_NL], RENDER_NL);
    render_whole(&w[RENDER_EN], RENDER_EN);
    a = kept;
}

/* How many of N changes were of the meaning: each reads otherwise. */
static size_t
try_changes(const char *text, size_t n, uint64_t *seed)
{
    struct words before[2] = {0};
    struct findings findings;
    char changed[MOST];
    size_t told = 0;

    render_both(before, a);
    for (size_t i = 0; i < n; i++) {
        struct agreement *other = NULL;
        struct words after[2] = {0};

        if (!change_word(changed, sizeof changed, text, seed) ||
            agreement_load(&other, slice_str(changed), &findings) != DHK_OK) {
            continue;
        }
        render_both(after, other);
        for (size_t lang = 0; lang < 2 && !is_alike(a, other); lang++) {
            assert_string_not_equal(
                text_of(&before[lang]), text_of(&after[lang]));
            told++;
        }
        words_done(&after[0]);
        words_done(&after[1]);
        agreement_destroy(&other);
    }
    words_done(&before[0]);
    words_done(&before[1]);
    return told / 2;
}

static void
texts_that_decide_differently_never_read_the_same(void **state)
{
    struct slice file = loaded_bytes(CONVENANTEN "/voorbeeldstad.convenant");
    char text[MOST];
    char *expects;
    uint64_t seed = 7;

    (void)state;
    assert_int_equal(slice_to_str(file, text, sizeof text), DHK_OK);
    loaded_free(file);
    expects = strstr(text, "\nexpect ");
    assert_non_null(expects);
    *expects = '\0'; /* which would refuse the change */
    a = loaded_text(text);
    assert_true(
        try_changes(text, SANITIZED_ROUNDS(400), &seed) > SANITIZED_ROUNDS(30));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(
            the_shipped_agreement_is_rendered_whole, unload),
        cmocka_unit_test_teardown(comments_are_not_in_it, unload),
        cmocka_unit_test_teardown(
            declarations_that_differ_never_read_the_same, unload),
        cmocka_unit_test_teardown(
            texts_that_decide_differently_never_read_the_same, unload),
        cmocka_unit_test_teardown(what_is_declared_reads_well, unload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
