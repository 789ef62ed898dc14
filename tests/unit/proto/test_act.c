/* SPDX-License-Identifier: EUPL-1.2
 *
 * The acts against a table that was typed by hand from the law (Wet
 * gegevensverwerking persoonsgerichte aanpak radicalisering en terroristische
 * activiteiten, and its Besluit), not from act.c. */
#include "act.h"
#include "vector.h"

#include <string.h>

/* PHASES, a letter each: `.` none, then Melding, Aanmelding, Weging, X
 * afgewezen, Casus, Bekendheid, Verrijking, Overleg, Plan, Uitvoering, S
 * afgesloten, Z vernietigd. BY: Party, Weigher, Holder, Member, * anyone.
 * SLOTS: Until, Partner, About, Ref, lower case when it may have it. */
struct expected {
    unsigned number;
    const char *name, *phases, *by, *slots;
    char all;   /* 'a': every weigher must */
    char shown; /* 's': to members */
    unsigned codes, days;
};
#define EVERY ".MAWXCBVOPUSZ"
#define CASUS "CBVOPU"
static const struct expected table[] = {
    {1, "destroyed", EVERY, "*", "", '-', 's', 0, 0},
    {2, "hold", EVERY, "*", "U", '-', 's', 0, 1830},
    {3, "release", EVERY, "*", "", '-', 's', 0, 0},
    {16, "report", ".", "P", "r", '-', 's', 0, 0},
    {17, "drop", "M", "WH", "r", '-', 's', 4, 0},
    {18, "bring", ".M", "P", "r", '-', 's', 0, 0},
    {19, "assign", "MA" CASUS, "WH", "P", '-', 's', 0, 0},
    {20, "weigh", "A", "WH", "U", '-', 's', 0, 92},
    {21, "vote", "W", "W", "R", '-', 's', 2, 0},
    {22, "inform", "C", "WH", "", '-', 's', 0, 0},
    {23, "enrich", "B", "WH", "", '-', 's', 0, 0},
    {24, "confer", "VPU", "WH", "", '-', 's', 0, 0},
    {25, "plan", "O", "WH", "", '-', 's', 0, 0},
    {26, "execute", "P", "WH", "", '-', 's', 0, 0},
    {27, "review", CASUS, "WH", "U", '-', 's', 0, 366},
    {28, "rhythm", CASUS, "WH", "", '-', 's', 183, 0},
    {29, "close", CASUS, "W", "U", 'a', 's', 5, 1830},
    {30, "lapse", "W", "WH", "", '-', 's', 0, 0},
    {32, "designate", CASUS, "W", "P", 'a', 's', 5, 0},
    {33, "relieve", CASUS, "W", "P", 'a', 's', 0, 0},
    {34, "leave", CASUS, "M", "", '-', 's', 0, 0},
    {35, "reshare", CASUS, "WH", "P", '-', 's', 0, 0},
    {36, "admit", CASUS, "W", "UPR", 'a', 's', 8, 366},
    {37, "dismiss", "MAWXCBVOPUSZ", "W", "R", '-', 's', 0, 0},
    {38, "hand", CASUS, "P", "RA", '-', 's', 0, 0},
    {40, "consent", ".MAW" CASUS, "W", "U", '-', 's', 0, 366},
    {41, "revoke", EVERY, "*", "", '-', 's', 0, 0},
    {42, "approve", ".MAW" CASUS, "P", "A", '-', '-', 0, 0},
    {43, "decline", EVERY, "P", "A", '-', '-', 6, 0},
    {48, "refuse", ".MAW" CASUS, "P", "Ua", '-', '-', 6, 184},
    {49, "embargo", "MAW" CASUS, "W", "U", '-', '-', 6, 184},
    {50, "lift", EVERY, "*", "", '-', '-', 0, 0},
    {51, "restrict", EVERY, "P", "AR", '-', '-', 3, 0},
    {56, "transfer", CASUS, "WH", "UP", '-', 's', 0, 92},
    {57, "veto", CASUS, "P", "AR", '-', 's', 0, 0},
    {58, "agree", CASUS, "M", "", '-', 's', 0, 0},
    {64, "postpone", "MAWXCBVOPUSZ", "WH", "Ur", '-', 's', 9, 184},
    {65, "tell", "MAWXCBVOPUSZ", "WH", "", '-', 's', 0, 0},
    {66, "request", EVERY, "P", "U", '-', 's', 0, 92},
    {67, "answer", EVERY, "P", "", '-', 's', 3, 0},
};
enum { ACTS = sizeof table / sizeof table[0] };

static bool
has(const char *letters, char letter)
{
    return strchr(letters, letter) != NULL;
}

static void
check_phases(const struct expected *e, const struct act_rule *r)
{
    for (unsigned p = 0; p < ACT_PHASES; p++) {
        if ((r->from >> p & 1) != has(e->phases, EVERY[p]))
            fail_msg("%s in phase %s", e->name, act_phase_name(p));
    }
    assert_int_equal(r->from >> ACT_PHASES, 0);
    /* whoever is refused a step is told the rule */
    assert_int_equal(r->forbids == NULL, strlen(e->phases) == ACT_PHASES);
    assert_true(r->forbids == NULL || strlen(r->forbids) > 20);
    assert_true(strlen(r->law) > 5);
}

static void
check_by(const struct expected *e, const struct act_rule *r)
{
    unsigned by = (has(e->by, 'P') ? ACT_BY_PARTY : 0U) |
                  (has(e->by, 'W') ? ACT_BY_WEIGHER : 0U) |
                  (has(e->by, 'H') ? ACT_BY_HOLDER : 0U) |
                  (has(e->by, 'M') ? ACT_BY_MEMBER : 0U) |
                  (has(e->by, '*') ? ACT_BY_ANYONE : 0U);

    assert_int_equal(r->by, by);
}

static void
check_slots(const struct expected *e, const struct act_rule *r)
{
    unsigned slots = (has(e->slots, 'U') ? ACT_HAS_UNTIL : 0U) |
                     (has(e->slots, 'P') ? ACT_HAS_PARTNER : 0U) |
                     (has(e->slots, 'A') ? ACT_HAS_ABOUT : 0U) |
                     (has(e->slots, 'R') ? ACT_HAS_REF : 0U) |
                     (e->codes != 0 ? ACT_HAS_CODE : 0U) |
                     (has(e->slots, 'a') ? ACT_MAY_HAVE_ABOUT : 0U) |
                     (has(e->slots, 'r') ? ACT_MAY_HAVE_REF : 0U);

    assert_int_equal(r->has, slots);
    assert_int_equal(r->codes, e->codes);
    assert_int_equal(r->days, e->days);
    assert_int_equal(act_longest(e->number), (int64_t)e->days * 24 * 60 * 60);
    assert_int_equal(r->all, e->all == 'a');
    assert_int_equal(r->shown, e->shown == 's');
}

static void
each_act_is_as_the_law_has_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < ACTS; i++) {
        const struct act_rule *r = act_rule(table[i].number);
        if (r->name == NULL)
            fail_msg("no act %u", table[i].number);
        assert_string_equal(r->name, table[i].name);
        assert_string_equal(act_name(table[i].number), table[i].name);
        assert_int_equal(act_by_name(table[i].name), table[i].number);
        check_phases(&table[i], r);
        check_by(&table[i], r);
        check_slots(&table[i], r);
    }
}

static bool
is_listed(unsigned act)
{
    for (size_t i = 0; i < ACTS; i++) {
        if (table[i].number == act)
            return true;
    }
    return false;
}

static void
there_is_no_other_act(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 300; a++) {
        if (is_listed(a))
            continue;
        assert_null(act_rule(a)->name);
        assert_int_equal(act_rule(a)->from, 0);
        assert_int_equal(act_longest(a), 0);
        assert_string_equal(act_name(a), "unknown");
        assert_null(act_code_name(a, 1));
        assert_int_equal(act_code(a, "yes"), 0);
    }
    assert_int_equal(act_by_name("unknown"), ACT_NONE);
    assert_int_equal(act_by_name(""), ACT_NONE);
    assert_int_equal(act_rule(ACT_MAX + 1)->from, 0);
    assert_null(act_rule(UINT32_MAX)->name);
}

/* --- the words of an agreement and of the command line ------------------ */

static void
phases_have_the_names_that_agreements_use(void **state)
{
    static const char *const names[ACT_PHASES] = {"geen", "melding",
        "aanmelding", "weging", "afgewezen", "casus", "bekendheid",
        "verrijking", "overleg", "plan", "uitvoering", "afgesloten",
        "vernietigd"};
    (void)state;
    for (unsigned p = 0; p < ACT_PHASES; p++)
        assert_string_equal(act_phase_name(p), names[p]);
    assert_string_equal(act_phase_name((enum act_phase)ACT_PHASES), "unknown");
}

struct words {
    const char *act;
    const char *code[10];
};
#define WEIGHTY                                                                \
    {                                                                          \
        "investigation", "safety-of-person", "safety-of-source",               \
            "professional-secrecy", "state-security", "third-persons"          \
    }
static const struct words words[] = {
    {"drop", {"does-not-fit-aim", "no-behaviour", "unreliable",
                 "handled-elsewhere"}},
    {"vote", {"yes", "no"}},
    {"close", {"goal-reached", "no-risk", "transferred", "deceased", "moved"}},
    {"designate",
        {"participant", "chair", "executor", "adviser", "child-protection"}},
    {"admit", {"mental-health-care", "youth-care", "school", "prison", "asylum",
                  "extremism", "child-returnees", "other"}},
    {"decline", WEIGHTY},
    {"refuse", WEIGHTY},
    {"embargo", WEIGHTY},
    {"restrict", {"absent", "in-force", "lifted"}},
    {"postpone", {"national-security", "defence", "public-safety",
                     "criminal-law", "public-interest", "independent-courts",
                     "professional-ethics", "supervision", "rights-of-others"}},
    {"answer", {"granted", "granted-in-part", "refused"}},
};

static void
codes_have_names_and_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        unsigned act = act_by_name(words[i].act), n = 0;
        for (; words[i].code[n] != NULL; n++) {
            assert_string_equal(act_code_name(act, n + 1), words[i].code[n]);
            assert_int_equal(act_code(act, words[i].code[n]), n + 1);
        }
        assert_int_equal(act_rule(act)->codes, n);
        assert_null(act_code_name(act, 0));
        assert_null(act_code_name(act, n + 1));
        assert_int_equal(act_code(act, "no-such-code"), 0);
    }
    /* a number of days has no name */
    assert_null(act_code_name(ACT_RHYTHM, 30));
    assert_int_equal(act_code(ACT_RHYTHM, "30"), 0);
}

/* --- PROTOCOL.md, section 8.2 --------------------------------------------- */

static void
put(char row[512], const char *word)
{
    size_t n = strlen(row);

    (void)snprintf(row + n, 512 - n, "%s", word);
}

/* One of a list. */
static void
put_item(char row[512], bool first, const char *word)
{
    put(row, first ? "" : ", ");
    put(row, word);
}

static void
put_codes(char row[512], unsigned act)
{
    char days[32];

    if (act_rule(act)->codes == 0)
        put(row, "–");
    else if (act_code_name(act, 1) == NULL) {
        (void)snprintf(
            days, sizeof days, "days, 1 to %u", act_rule(act)->codes);
        put(row, days);
    }
    for (unsigned i = 1; act_code_name(act, i) != NULL; i++)
        put_item(row, i == 1, act_code_name(act, i));
}

static void
put_days(char row[512], unsigned n)
{
    char days[32];

    if (n > 999)
        (void)snprintf(days, sizeof days, "%u,%03u", n / 1000, n % 1000);
    else
        (void)snprintf(days, sizeof days, "%u", n);
    put(row, n == 0 ? "–" : days);
}

/* The row that the document has of table[I]. */
static void
make_row(char row[512], const struct expected *e)
{
    static const struct {
        char letter;
        const char *word;
    } slots[] = {{'U', "until"}, {'P', "partner"}, {'A', "about"}, {'R', "ref"},
        {'a', "(about)"}, {'r', "(ref)"}};
    bool any = false;

    (void)snprintf(row, 512, "| %u | %s | %s | %s | ", e->number, e->name,
        strcmp(e->phases, EVERY) == 0 ? "all" : e->phases,
        e->all == 'a'      ? "every W"
        : e->by[0] == '*'  ? "anyone"
        : e->by[1] == '\0' ? e->by
                           : "W, H");
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        if (!has(e->slots, slots[i].letter))
            continue;
        put_item(row, !any, slots[i].word);
        any = true;
    }
    put(row, any ? " | " : "– | ");
    put_codes(row, e->number);
    put(row, " | ");
    put_days(row, e->days);
    put(row, e->shown == 's' ? " | yes |\n" : " | no |\n");
}

static void
the_document_has_the_same_table(void **state)
{
    static char doc[256 * 1024];
    char row[512];
    (void)state;
    struct slice in =
        vector_read("../../proto/PROTOCOL.md", (uint8_t *)doc, sizeof doc - 1);
    doc[in.n] = '\0';
    for (size_t i = 0; i < ACTS; i++) {
        make_row(row, &table[i]);
        if (strstr(doc, row) == NULL)
            fail_msg("PROTOCOL.md lacks: %s", row);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_act_is_as_the_law_has_it),
        cmocka_unit_test(there_is_no_other_act),
        cmocka_unit_test(phases_have_the_names_that_agreements_use),
        cmocka_unit_test(codes_have_names_and_numbers),
        cmocka_unit_test(the_document_has_the_same_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
