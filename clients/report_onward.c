/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on what goes on from who had it: of an intelligence service, whose
 * third-party rule may forbid that, and to another municipality, which an
 * originator may veto. */
#include "report_families.h"

#include <string.h>

/* --- 11: an intelligence service's --- */

static const struct report_column of_service[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_PURPOSE, REPORT_GROUND,
    REPORT_CASE_COLUMN, REPORT_CATEGORIES, REPORT_FIELDS, REPORT_RULES,
    REPORT_OUTCOME,
    {"third_party_rule", {"DERDENREGEL", "THIRD-PARTY RULE"},
        REPORT_COLUMN_WORD},
    {"rule_entry", {"IN BOEKING", "AT ENTRY"}, REPORT_COLUMN_RIGHT}};
static const struct report_column of_onward[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_CASE_COLUMN, REPORT_FIELDS,
    REPORT_RULES, REPORT_OUTCOME,
    {"source_entry", {"AMBTSBERICHT IN BOEKING", "REPORT AT ENTRY"},
        REPORT_COLUMN_RIGHT},
    {"third_party_rule", {"DERDENREGEL", "THIRD-PARTY RULE"},
        REPORT_COLUMN_WORD},
    {"rule_entry", {"IN BOEKING", "AT ENTRY"}, REPORT_COLUMN_RIGHT},
    {"finding", {"BEVINDING", "FINDING"}, REPORT_COLUMN_WORD}};

enum { RULE_ABSENT = 1, RULE_IN_FORCE = 2, RULE_LIFTED = 3 };

/* What was stated last of the rule of SIGNAL before INDEX, or NULL. */
static const struct evidence_stated *
rule_of(const struct report *r, const struct evidence_case *c,
    const uint8_t signal[SEAL_HASH], uint64_t index)
{
    const struct evidence_stated *last = NULL;

    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        if (s != NULL && s->what == ACT_RESTRICT && s->index < index &&
            memcmp(s->ref, signal, SEAL_HASH) == 0)
            last = s;
    }
    return last;
}

static void
put_rule(json_t *row, const struct evidence_stated *rule)
{
    report_put_code(
        row, "third_party_rule", ACT_RESTRICT, rule == NULL ? 0 : rule->code);
    report_put_index(row, "rule_entry", rule == NULL ? 0 : rule->index);
}

/* Of all that the service had given S's sender before, what S may hold: the
 * source whose rule is the strictest. NULL: it had nothing. */
static const struct evidence_share *
source_of(const struct report *r, const struct evidence_case *c,
    const struct evidence_share *s, const char *service)
{
    const struct evidence_share *found = NULL;
    unsigned worst = 0;
    static const unsigned rank[] = {
        3, [RULE_ABSENT] = 1, [RULE_IN_FORCE] = 4, [RULE_LIFTED] = 2};

    for (size_t i = 0; i < c->n; i++) {
        const struct evidence_share *g = &r->e->shares[c->share[i]];
        const struct evidence_stated *rule;
        unsigned code;
        if (g->index >= s->index || g->to != s->from ||
            strcmp(g->from, service) != 0)
            continue;
        rule = rule_of(r, c, g->id, s->index);
        code = rule == NULL || rule->code > RULE_LIFTED ? 0 : rule->code;
        if (rank[code] >= worst) {
            worst = rank[code];
            found = g;
        }
    }
    return found;
}

static const char *
onward_finding(const struct report *r, const struct evidence_stated *rule)
{
    if (!r->e->complete && rule == NULL)
        return "not told";
    if (rule == NULL)
        return "not stated";
    if (rule->code == RULE_LIFTED)
        return "lifted first";
    return rule->code == RULE_ABSENT ? "no rule" : "not lifted";
}

static bool
put_onward(struct report *r, const struct evidence_case *c,
    const struct evidence_share *s, const struct evidence_share *source)
{
    const struct evidence_stated *rule =
        source == NULL ? NULL : rule_of(r, c, source->id, s->index);
    const char *finding = onward_finding(r, rule);
    json_t *row = report_row(&r->table[0]);

    report_put_transfer(row, s, s->fields);
    report_put_index(row, "source_entry", source == NULL ? 0 : source->index);
    put_rule(row, rule);
    json_build_text(row, "finding", finding);
    return strcmp(finding, "not lifted") == 0 ||
           strcmp(finding, "not stated") == 0;
}

static void
case_intelligence(struct report *r, const struct evidence_case *c,
    const char *service, uint64_t *findings)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct evidence_share *s = &r->e->shares[c->share[i]];
        const struct evidence_share *source;
        if (!report_has_time(r, s->time))
            continue;
        if (strcmp(s->from, service) == 0) {
            json_t *row = report_row(&r->table[1]);
            report_put_transfer(row, s, s->fields);
            put_rule(row, rule_of(r, c, s->id, UINT64_MAX));
            continue;
        }
        source = source_of(r, c, s, service);
        if (source != NULL || strcmp(s->kind, "ambtsbericht-duiding") == 0)
            *findings += put_onward(r, c, s, source);
    }
}

static void
build_intelligence(struct report *r)
{
    const char *service = r->ask->partner != NULL ? r->ask->partner : "aivd";
    uint64_t findings = 0;
    struct report_table *onward = report_table(r, "onward",
        (struct report_words){
            "Verder gegeven door wie het ontving, in dezelfde "
            "casus",
            "Given on by those who received it, in the same case"},
        of_onward, sizeof of_onward / sizeof of_onward[0]);

    (void)report_table(r, "from_service",
        (struct report_words){"Van de dienst", "From the service"}, of_service,
        sizeof of_service / sizeof of_service[0]);
    report_fact(r, "party", (struct report_words){"Dienst", "Service"}, 0,
        json_string(service));
    for (size_t i = 0; i < r->e->cases_n; i++) {
        if (report_has_case(r, r->e->cases[i].handle))
            case_intelligence(r, &r->e->cases[i], service, &findings);
    }
    report_count(r, "onward",
        (struct report_words){"Verder gegeven", "Given on"},
        json_array_size(onward->rows));
    report_count(r, "not_lifted",
        (struct report_words){"Waarvan de derdenregel toen niet was opgeheven, "
                              "of niets ervan was verklaard",
            "Of which the third-party rule had not been lifted then, or "
            "nothing had been stated of it"},
        findings);
}

const struct report_spec report_onward_intelligence = {.name = "intelligence",
    .number = "11",
    .title = {"Van een inlichtingendienst", "From an intelligence service"},
    .question = {"Is iets van een inlichtingendienst verder gegeven, en was de "
                 "derdenregel eerst opgeheven?",
        "Was anything of an intelligence service given on, and had the "
        "third-party rule been lifted first?"},
    .law = "Wiv 65",
    .missing = {"Of een veld inhoud van de dienst bevat, ziet niemand tussen "
                "zender en ontvanger; daarom staat hier al wat ontvangers van "
                "de dienst daarna in die casus gaven, bij wat van het "
                "ontvangene het strengst was.",
        "Whether a field holds what came from the service, nobody between "
        "sender and recipient sees; so this shows all that recipients of the "
        "service gave in that case afterwards, beside what was strictest of "
        "what they had."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_intelligence};

/* --- to another municipality --- */

static const struct report_column of_handover[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_CASE_COLUMN, REPORT_FIELDS,
    {"left_out", {"EROUIT GELATEN", "LEFT OUT"}, 0}, REPORT_RULES,
    REPORT_OUTCOME,
    {"veto_round", {"VETORONDE AFGEROND", "VETO ROUND DONE"},
        REPORT_COLUMN_WORD},
    {"vetoes", {"VETO'S ERVOOR", "VETOES BEFORE"}, REPORT_COLUMN_RIGHT},
    {"tie", {"BAND", "TIE"}, REPORT_COLUMN_WORD},
    {"finding", {"BEVINDING", "FINDING"}, REPORT_COLUMN_WORD}};
static const struct report_column of_vetoes[] = {REPORT_ENTRY, REPORT_TIME,
    {"by", {"DOOR", "BY"}, 0}, REPORT_CASE_COLUMN,
    {"share", {"GEGEVEN IN BOEKING", "ITEM AT ENTRY"}, REPORT_COLUMN_RIGHT},
    REPORT_KIND, {"to", {"GING NAAR", "WENT TO"}, 0}};
static const struct report_column of_asked[] = {REPORT_ENTRY, REPORT_TIME,
    {"by", {"DOOR", "BY"}, 0}, REPORT_TO, REPORT_CASE_COLUMN,
    {"due", {"ANTWOORD VOOR", "ANSWER DUE"}, REPORT_COLUMN_TIME},
    {"agreed", {"INGESTEMD", "AGREED"}, 0}};

/* Vetoes in C that stood at INDEX. */
static uint64_t
vetoes_before(
    const struct report *r, const struct evidence_case *c, uint64_t index)
{
    uint64_t n = 0;

    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        n += s != NULL && s->what == ACT_VETO && s->index < index;
    }
    return n;
}

/* Whether S is itself an item that somebody had vetoed, or says so of the one
 * that it passes on. */
static bool
is_vetoed(const struct report *r, const struct evidence_case *c,
    const struct evidence_share *s)
{
    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *v = report_stated(r, c, i);
        if (v != NULL && v->what == ACT_VETO && v->index < s->index &&
            memcmp(v->ref, s->id, sizeof s->id) == 0)
            return true;
    }
    return evidence_declares(s, "veto", "yes");
}

static const char *
handover_finding(const struct report *r, const struct evidence_case *c,
    const struct evidence_share *s)
{
    if (is_vetoed(r, c, s))
        return "vetoed item";
    if (!r->e->complete)
        return "not told";
    return (s->stood & EVIDENCE_AGREED) != 0 ? "in order" : "not agreed";
}

static bool
put_handover(struct report *r, const struct evidence_case *c,
    const struct evidence_share *s)
{
    const char *finding = handover_finding(r, c, s);
    json_t *row = report_row(&r->table[0]);
    uint32_t present;

    report_put_transfer(row, s, s->fields);
    if (evidence_present(&present, s))
        report_put_fields(row, "left_out", s, present & ~s->fields);
    else
        json_build_null(row, "left_out");
    if (r->e->complete)
        json_build_bool(row, "veto_round", (s->stood & EVIDENCE_AGREED) != 0);
    else
        report_put_said(row, "veto_round", s, "vetoronde-afgerond");
    json_build_uint(row, "vetoes", vetoes_before(r, c, s->index));
    report_put_said(row, "tie", s, "band-met-gemeente");
    json_build_text(row, "finding", finding);
    return strcmp(finding, "vetoed item") == 0 ||
           strcmp(finding, "not agreed") == 0;
}

static json_t *
put_statement(struct report_table *t, const struct evidence_stated *s)
{
    json_t *row = report_row(t);

    json_build_uint(row, "entry", s->index);
    report_put_time(row, "time", s->time);
    json_build_text(row, "by", s->by);
    report_put_hex(row, "case", s->case_handle, sizeof s->case_handle);
    return row;
}

static void
put_veto(struct report *r, const struct evidence_stated *s)
{
    const struct evidence_share *item = evidence_share_at(r->e, s->about);
    json_t *row = put_statement(&r->table[1], s);

    json_build_uint(row, "share", s->about);
    report_put_text(row, "kind", item == NULL ? NULL : item->kind);
    report_put_text(row, "to", item == NULL ? NULL : item->to);
}

/* Who agreed since statement AT of C asked. */
static void
put_asked(struct report *r, const struct evidence_case *c, size_t at)
{
    const struct evidence_stated *asked = report_stated(r, c, at);
    json_t *row = put_statement(&r->table[2], asked);
    json_t *agreed = json_build_array();

    report_put_text(row, "to", asked->partner);
    report_put_seconds(row, "due", asked->until);
    for (size_t i = at + 1; i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        if (s != NULL && s->what == ACT_TRANSFER)
            break;
        if (s != NULL && s->what == ACT_AGREE)
            json_build_add_text(agreed, s->by);
    }
    json_build_put(row, "agreed", agreed);
}

static void
case_handovers(
    struct report *r, const struct evidence_case *c, uint64_t *findings)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct evidence_share *s = &r->e->shares[c->share[i]];
        if (strcmp(s->purpose, "overdracht") == 0 && report_has_share(r, s))
            *findings += put_handover(r, c, s);
    }
    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        if (s == NULL || !report_has_time(r, s->time) ||
            !report_has_party(r, s->by, s->partner))
            continue;
        if (s->what == ACT_VETO)
            put_veto(r, s);
        else if (s->what == ACT_TRANSFER)
            put_asked(r, c, i);
    }
}

static void
build_handovers(struct report *r)
{
    uint64_t findings = 0;

    (void)report_table(r, "transfers",
        (struct report_words){"Overdrachten", "Handovers"}, of_handover,
        sizeof of_handover / sizeof of_handover[0]);
    (void)report_table(r, "vetoes",
        (struct report_words){"Wat is tegengehouden", "What was vetoed"},
        of_vetoes, sizeof of_vetoes / sizeof of_vetoes[0]);
    (void)report_table(r, "asked",
        (struct report_words){"Wat is gevraagd", "What was asked for"},
        of_asked, sizeof of_asked / sizeof of_asked[0]);
    for (size_t i = 0; i < r->e->cases_n; i++) {
        if (report_has_case(r, r->e->cases[i].handle))
            case_handovers(r, &r->e->cases[i], &findings);
    }
    report_put_counts(r, &r->table[0]);
    report_count(r, "vetoed",
        (struct report_words){"Tegengehouden gegevens", "Items vetoed"},
        json_array_size(r->table[1].rows));
    report_count(r, "findings",
        (struct report_words){"Zonder instemming, of toch gegaan",
            "Without agreement, or gone all the same"},
        findings);
}

const struct report_spec report_onward_handovers = {.name = "handovers",
    .number = "",
    .title = {"Overdrachten aan een andere gemeente",
        "Handovers to another municipality"},
    .question = {"Wat is aan een andere gemeente overgedragen, en bleef "
                 "achterwege wat een deelnemer tegenhield?",
        "What was handed over to another municipality, and was what a "
        "participant vetoed left out?"},
    .law = "W 7",
    .missing = {"Of in een overdracht de inhoud van een tegengehouden gegeven "
                "staat: niemand tussen zender en ontvanger ziet inhoud.",
        "Whether a handover holds the content of a vetoed item: nobody between "
        "sender and recipient sees content."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_handovers};
