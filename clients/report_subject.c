/* SPDX-License-Identifier: EUPL-1.2
 *
 * The answer to the person whom a case is about: who received what, when and
 * by which rules. What is covert is not in it, and nothing in it tells whether
 * there was any. */
#include "report_families.h"

#include <string.h>

enum { MS = 1000, RULES = 256 };

static const struct report_column columns[] = {REPORT_TIME, REPORT_TO,
    REPORT_FROM, REPORT_KIND, REPORT_PURPOSE, REPORT_CATEGORIES, REPORT_SPECIAL,
    REPORT_RULES, REPORT_OUTCOME,
    {"recalled", {"TERUGGEROEPEN", "RECALLED"}, REPORT_COLUMN_WORD}};

/* The broker's list decides, where there is one; else the term itself. */
static bool
is_shown(const struct report *r, const struct evidence_share *s)
{
    const struct report_ask *ask = r->ask;

    if (!ask->has_shown)
        return s->covert <= r->now / MS;
    for (size_t i = 0; i < ask->shown_n; i++) {
        if (ask->shown[i] == s->index)
            return true;
    }
    return false;
}

static bool
has_text(const json_t *list, const char *text)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
            return true;
    }
    return false;
}

/* --- the words behind letters and ids --- */

static const struct report_words categories[] = {
    {"identificerende en contactgegevens", "identifying and contact data"},
    {"burgerservicenummer", "citizen service number"},
    {"beschrijving van de signalen", "description of the signals"},
    {"naam en contactgegevens van wie het inbracht",
        "name and contact data of who brought it in"},
    {"gegevens voor het plan van aanpak", "data for the plan"},
    {"politiegegevens", "police data"},
    {"justitiële en strafvorderlijke gegevens",
        "judicial and criminal-procedure data"},
    {"gegevens over personen met een sociale relatie",
        "data on persons with a social relation"}};

static const struct report_column category_columns[] = {
    {"letter", {"LETTER", "LETTER"}, 0},
    {"category", {"CATEGORIE", "CATEGORY"}, 0}};

static void
put_categories(struct report *r, uint32_t used)
{
    struct report_table *t = report_table(r, "categories",
        (struct report_words){
            "Wat de letters betekenen", "What the letters mean"},
        category_columns, sizeof category_columns / sizeof category_columns[0]);

    for (unsigned i = 0; i < 8; i++) {
        const char letter[2] = {(char)('a' + i), '\0'};
        if ((used >> i & 1) == 0)
            continue;
        json_t *row = report_row(t);
        json_build_text(row, "letter", letter);
        json_build_text(row, "category", report_say(r, categories[i]));
    }
}

static const struct report_column rule_columns[] = {
    {"rule", {"REGEL", "RULE"}, 0},
    {"title", {"WAT DE REGEL ZEGT", "WHAT THE RULE SAYS"}, 0},
    {"agreement", {"CONVENANT", "AGREEMENT"}, 0}};

static void
put_rule(json_t *row, const struct evidence_share *s, const char *id)
{
    const struct agreement *a = s->text == NULL ? NULL : s->text->agreement;

    json_build_text(row, "rule", id);
    for (size_t i = 0; a != NULL && i < a->rules_n; i++) {
        if (strcmp(agreement_rule_id(a, i), id) != 0)
            continue;
        json_build_text(row, "title", agreement_rule_title(a, i));
        json_build_text(row, "agreement", s->text->name);
        return;
    }
    json_build_null(row, "title");
    json_build_null(row, "agreement");
}

/* Each rule that S was decided by, once. */
static void
put_rules(struct report_table *t, json_t *seen, const struct evidence_share *s)
{
    for (size_t i = 0; i < s->rules_n; i++) {
        if (has_text(seen, s->rule[i]) || json_array_size(seen) == RULES)
            continue;
        json_build_add_text(seen, s->rule[i]);
        put_rule(report_row(t), s, s->rule[i]);
    }
}

/* --- the whole --- */

static void
put_share(struct report_table *t, const struct evidence_share *s)
{
    json_t *row = report_row(t);

    report_put_time(row, "time", s->time);
    json_build_text(row, "to", s->to);
    json_build_text(row, "from", s->from);
    json_build_text(row, "kind", s->kind);
    json_build_text(row, "purpose", s->purpose);
    report_put_categories(row, s, s->fields);
    report_put_rules(row, s);
    json_build_text(row, "outcome", report_outcome(s));
    json_build_bool(row, "recalled", s->recall != 0);
}

/* Who voted against the case is told with what was shared in it; not while the
 * person is not to hear of the case. */
static bool
is_to_hear(struct report *r, uint64_t shown)
{
    const struct evidence_case *c = evidence_case(r->e, r->ask->case_handle);

    return shown > 0 && c != NULL && r->e->complete &&
           report_course(r, c)->postponed == 0;
}

static void
build_subject(struct report *r)
{
    json_t *recipients = json_build_array();
    json_t *seen = json_build_array();
    uint32_t used = 0;
    uint64_t n = 0;
    struct report_table *t = report_table(r, "transfers",
        (struct report_words){"Wie wat ontving", "Who received what"}, columns,
        sizeof columns / sizeof columns[0]);
    struct report_table *rules = report_table(r, "rules",
        (struct report_words){"De regels", "The rules"}, rule_columns,
        sizeof rule_columns / sizeof rule_columns[0]);

    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        if (!report_has_share(r, s) || !is_shown(r, s))
            continue;
        n++;
        put_share(t, s);
        put_rules(rules, seen, s);
        used |= evidence_categories(s, s->fields);
        if (s->end == EVIDENCE_ANSWERED && s->answer == ANSWER_TAKEN &&
            !has_text(recipients, s->to))
            json_build_add_text(recipients, s->to);
    }
    json_decref(seen);
    report_fact(r, "recipients",
        (struct report_words){"Hebben iets ontvangen", "Received something"}, 0,
        recipients);
    report_count(r, "transfers",
        (struct report_words){"Verstrekkingen", "Transfers"}, n);
    put_categories(r, used);
    r->hides_dissent = !is_to_hear(r, n);
}

const struct report_spec report_subject_subject = {.name = "subject",
    .number = "1",
    .title = {"Antwoord aan de betrokkene", "Answer to the data subject"},
    .question = {"Wie heeft gegevens over mij ontvangen, wanneer, van welke "
                 "soort en volgens welke regel?",
        "Who received data about me, when, of what kind, and under which "
        "rule?"},
    .law = "AVG 15; Wpg 25; Wjsg 39i; UAVG 41",
    /* the same sentence whatever is in it: it must not tell */
    .missing = {"Op het recht van inzage kunnen uitzonderingen gelden (artikel "
                "41 UAVG, artikel 27 Wpg). Dit antwoord zegt "
                "niet of er een is toegepast. Wie het niet vertrouwt, kan de "
                "Autoriteit Persoonsgegevens vragen het te laten nazien.",
        "Exceptions to the right of access may apply (UAVG article 41, Wpg "
        "article 27). This answer does not say whether one "
        "was applied. Who doubts it can ask the data protection authority to "
        "have it looked into."},
    .takes = REPORT_CASE | REPORT_TIMES,
    .needs = REPORT_CASE,
    .build = build_subject};
