/* SPDX-License-Identifier: EUPL-1.2
 *
 * The ledger at a glance, for who oversees it. */
#include "report_families.h"

#include <string.h>

static uint64_t
count_ends(const struct report *r, enum evidence_end end, bool taken)
{
    uint64_t n = 0;

    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        n += report_has_share(r, s) && s->end == end &&
             (end != EVIDENCE_ANSWERED || (s->answer == ANSWER_TAKEN) == taken);
    }
    return n;
}

static uint64_t
count_cases(const struct report *r)
{
    uint64_t n = 0;

    for (size_t i = 0; i < r->e->cases_n; i++) {
        const struct evidence_case *c = &r->e->cases[i];
        size_t k = 0;
        while (k < c->n && !report_has_share(r, &r->e->shares[c->share[k]]))
            k++;
        n += k < c->n;
    }
    return n;
}

static void
put_transfers(struct report *r)
{
    static const struct report_column columns[] = {REPORT_FROM, REPORT_TO,
        REPORT_KIND,
        {"transfers", {"VERSTREKKINGEN", "TRANSFERS"}, REPORT_COLUMN_RIGHT}};
    struct report_table *t = report_table(r, "transfers",
        (struct report_words){"Verstrekkingen per zender, ontvanger en soort",
            "Transfers by sender, recipient and kind"},
        columns, sizeof columns / sizeof columns[0]);
    json_t *seen = json_build_object();

    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        char key[3 * (LIMIT_NAME + 1)];
        json_t *row;
        if (!report_has_share(r, s))
            continue;
        (void)snprintf(key, sizeof key, "%s %s %s", s->from, s->to, s->kind);
        row = json_object_get(seen, key);
        if (row == NULL) {
            row = report_row(t);
            json_build_text(row, "from", s->from);
            json_build_text(row, "to", s->to);
            json_build_text(row, "kind", s->kind);
            json_build_put(seen, key, json_incref(row));
        }
        json_build_uint(row, "transfers",
            1 + (uint64_t)json_integer_value(
                    json_object_get(row, "transfers")));
    }
    json_decref(seen);
}

static void
build_overview(struct report *r)
{
    report_count(
        r, "cases", (struct report_words){"Casussen", "Cases"}, count_cases(r));
    report_count(r, "taken",
        (struct report_words){
            "Verstrekkingen, ontvangen", "Transfers, received"},
        count_ends(r, EVIDENCE_ANSWERED, true));
    report_count(r, "open", (struct report_words){"Onderweg", "On their way"},
        count_ends(r, EVIDENCE_OPEN, false));
    report_count(r, "refused",
        (struct report_words){
            "Geweigerd door de ontvanger", "Refused by the recipient"},
        count_ends(r, EVIDENCE_ANSWERED, false));
    report_count(r, "returned",
        (struct report_words){"Teruggestuurd", "Returned"},
        count_ends(r, EVIDENCE_RETURNED, false));
    report_count(r, "expired", (struct report_words){"Verlopen", "Expired"},
        count_ends(r, EVIDENCE_EXPIRED, false));
    report_count(r, "withdrawn",
        (struct report_words){
            "Ingetrokken voor ontvangst", "Withdrawn before receipt"},
        count_ends(r, EVIDENCE_WITHDRAWN, false));
    report_charts_matrix(r);
    report_charts_time(r);
    report_charts_withheld(r);
    report_charts_open(r);
    put_transfers(r);
}

const struct report_spec report_overview_overview = {.name = "overview",
    .number = "",
    .title = {"Het grootboek in het kort", "The ledger at a glance"},
    .question = {"Wie gaf wie hoeveel en wanneer, wat bleef achter of werd "
                 "geweigerd, en wat staat open?",
        "Who gave whom how much and when, what was withheld or refused, and "
        "what is open?"},
    .law = "W 14(2), 15, 16",
    .missing = {"Dit blad is voor wie toezicht houdt: het noemt ook kleine "
                "aantallen. Cijfers voor de raad staan in het rapport yearly.",
        "This page is for who oversees: it tells small numbers too. Figures "
        "for the council are in the report yearly."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_overview};
