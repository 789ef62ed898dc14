/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on who asked the ledger what, and on what a key touched. */
#include "report_families.h"

#include <string.h>

/* --- 18: readers --- */

static const struct report_column of_readers[] = {REPORT_ENTRY, REPORT_TIME,
    {"asker", {"WIE", "ASKER"}, 0},
    {"for", {"DOEL", "FOR"}, REPORT_COLUMN_WORD},
    {"asked", {"VRAAG", "ASKED"}, REPORT_COLUMN_WORD},
    {"partner", {"OVER PARTNER", "ABOUT PARTNER"}, 0}, REPORT_CASE_COLUMN,
    {"entries_from", {"VAN BOEKING", "FROM ENTRY"}, REPORT_COLUMN_RIGHT},
    {"entries_until", {"TOT BOEKING", "UNTIL ENTRY"}, REPORT_COLUMN_RIGHT},
    {"role", {"ROL", "ROLE"}, REPORT_COLUMN_WORD}};

static const char *
what_name(enum query_what what)
{
    static const char *const names[] = {
        "", "list", "fetch", "show", "prove", "answer", "subject"};

    return (size_t)what < sizeof names / sizeof names[0] ? names[what] : "?";
}

/* Whether ACT gives the partner that it names a part in the case. */
static bool
is_naming(enum act act)
{
    return act == ACT_ASSIGN || act == ACT_DESIGNATE || act == ACT_ADMIT ||
           act == ACT_TRANSFER;
}

/* Whether WHO had a part in the case before INDEX: it sent or was sent
 * something, stated something, or was given a part. */
static bool
has_part(const struct report *r, const uint8_t handle[16], const char *who,
    uint64_t index)
{
    const struct evidence_case *c = evidence_case(r->e, handle);

    for (size_t i = 0; c != NULL && i < c->n; i++) {
        const struct evidence_share *s = &r->e->shares[c->share[i]];
        if (s->index < index && (s->from == who || s->to == who))
            return true;
    }
    for (size_t i = 0; c != NULL && i < c->stated_n; i++) {
        const struct evidence_stated *s = &r->e->stated[c->stated[i]];
        if (s->taken && s->index < index &&
            (s->by == who || (s->partner == who && is_naming(s->what) &&
                                 (s->took_effect || !r->e->complete))))
            return true;
    }
    return false;
}

static const char *
role_of(const struct report *r, const struct evidence_query *q)
{
    if (evidence_is_auditor(r->e, q->asker))
        return "auditor";
    if (!q->has_case)
        return "own entries";
    return has_part(r, q->case_handle, q->asker, q->index) ? "in the case"
                                                           : "no role";
}

/* An entry that is asked for by number is about the case of its share; what is
 * listed or fetched without a case shows every case. */
static bool
is_about(const struct report *r, const struct evidence_query *q)
{
    const struct evidence_share *s;

    if (!r->ask->has_case)
        return true;
    if (q->has_case)
        return report_has_case(r, q->case_handle);
    if (q->what != QUERY_SHOW && q->what != QUERY_PROVE)
        return true;
    s = evidence_share_at(r->e, q->from);
    return s != NULL && report_has_case(r, s->case_handle);
}

static void
put_query(
    struct report_table *t, const struct evidence_query *q, const char *role)
{
    json_t *row = report_row(t);

    json_build_uint(row, "entry", q->index);
    report_put_time(row, "time", q->time);
    json_build_text(row, "asker", q->asker);
    json_build_text(row, "for", query_purpose_name(q->purpose));
    json_build_text(row, "asked", what_name(q->what));
    if (q->partner != NULL)
        json_build_text(row, "partner", q->partner);
    else
        json_build_null(row, "partner");
    if (q->has_case)
        report_put_hex(row, "case", q->case_handle, sizeof q->case_handle);
    else
        json_build_null(row, "case");
    json_build_uint(row, "entries_from", q->from);
    if (q->until != 0)
        json_build_uint(row, "entries_until", q->until);
    else
        json_build_null(row, "entries_until");
    json_build_text(row, "role", role);
}

/* Questions by asker and purpose. */
static void
put_purposes(struct report *r, const struct report_table *all)
{
    static const struct report_column columns[] = {
        {"asker", {"WIE", "ASKER"}, 0},
        {"for", {"DOEL", "FOR"}, REPORT_COLUMN_WORD},
        {"questions", {"VRAGEN", "QUESTIONS"}, REPORT_COLUMN_RIGHT}};
    struct report_table *t = report_table(r, "by_asker",
        (struct report_words){
            "Vragen per vrager en doel", "Questions by asker and purpose"},
        columns, sizeof columns / sizeof columns[0]);

    for (size_t i = 0; i < json_array_size(all->rows); i++) {
        const json_t *one = json_array_get(all->rows, i);
        const char *who = json_string_value(json_object_get(one, "asker"));
        const char *what = json_string_value(json_object_get(one, "for"));
        json_t *row = NULL;
        for (size_t k = 0; k < json_array_size(t->rows) && row == NULL; k++) {
            json_t *x = json_array_get(t->rows, k);
            if (strcmp(json_string_value(json_object_get(x, "asker")), who) ==
                    0 &&
                strcmp(json_string_value(json_object_get(x, "for")), what) == 0)
                row = x;
        }
        if (row == NULL) {
            row = report_row(t);
            json_build_text(row, "asker", who);
            json_build_text(row, "for", what);
        }
        json_build_uint(row, "questions",
            1 + (uint64_t)json_integer_value(
                    json_object_get(row, "questions")));
    }
}

static void
build_readers(struct report *r)
{
    uint64_t snooping = 0;
    struct report_table *t = report_table(r, "questions",
        (struct report_words){
            "Vragen aan het grootboek", "Questions to the ledger"},
        of_readers, sizeof of_readers / sizeof of_readers[0]);

    for (size_t i = 0; i < r->e->queries_n; i++) {
        const struct evidence_query *q = &r->e->queries[i];
        const char *role = role_of(r, q);
        if (!report_has_time(r, q->time) ||
            !report_has_party(r, q->asker, q->partner) || !is_about(r, q))
            continue;
        put_query(t, q, role);
        snooping += strcmp(role, "no role") == 0;
    }
    report_count(r, "questions", (struct report_words){"Vragen", "Questions"},
        json_array_size(t->rows));
    report_count(r, "no_role",
        (struct report_words){"Over een casus waarin de vrager geen rol had",
            "About a case in which the asker had no role"},
        snooping);
    put_purposes(r, t);
}

const struct report_spec report_people_readers = {.name = "readers",
    .number = "18",
    .title = {"Wie het grootboek las", "Who read the ledger"},
    .question = {"Wie vroeg wat aan het grootboek (over een casus), met welk "
                 "doel van de wet, en zonder rol in de casus?",
        "Who asked the ledger what (about a case), for which purpose of the "
        "law, and without a role in the case?"},
    .law = "W 13, 14(2)",
    .missing = {"Welke mens het vroeg, en wie de inhoud van een signaal las: "
                "dat weet de partner. Het grootboek kent organisaties en hun "
                "sleutelkaarten.",
        "Which person asked, and who read a signal's content: the partner "
        "knows. The ledger knows organisations and their key cards."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_readers};

/* --- what a key touched --- */

static const struct report_column of_breach[] = {REPORT_ENTRY, REPORT_TIME,
    {"what", {"WAT", "WHAT"}, REPORT_COLUMN_WORD}, REPORT_FROM, REPORT_TO,
    REPORT_KIND, REPORT_CASE_COLUMN, REPORT_CATEGORIES, REPORT_SPECIAL,
    REPORT_FIELDS, REPORT_OUTCOME};

static bool
is_card(const struct report *r, const uint8_t card[SEAL_HASH], const char *who)
{
    if (r->ask->has_card && memcmp(r->ask->card, card, SEAL_HASH) != 0)
        return false;
    return report_has_party(r, who, NULL);
}

static void
touch_share(struct report_table *t, const struct evidence_share *s,
    const char *what, json_t *const sets[2])
{
    char handle[33];
    json_t *row = report_row(t);

    report_put_transfer(row, s, s->fields);
    json_build_text(row, "what", what);
    bytes_hex(handle, s->case_handle, sizeof s->case_handle);
    json_build_bool(sets[0], handle, true);
    json_build_bool(sets[1], s->to, true);
}

static void
touch_shares(struct report *r, struct report_table *t, json_t *const sets[2])
{
    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        if (!report_has_time(r, s->time))
            continue;
        if (s->signal != NULL && is_card(r, s->signal->card, s->from))
            touch_share(t, s, "sent", sets);
        if (is_card(r, s->card, s->to))
            touch_share(t, s, "received", sets);
    }
}

static void
touch_rest(struct report *r, struct report_table *t)
{
    for (size_t i = 0; i < r->e->recalls_n; i++) {
        const struct evidence_recall *x = &r->e->recalls[i];
        json_t *row;
        if (!report_has_time(r, x->time) || !is_card(r, x->card, x->from))
            continue;
        row = report_row(t);
        json_build_uint(row, "entry", x->index);
        report_put_time(row, "time", x->time);
        json_build_text(row, "what", "recalled");
        json_build_text(row, "from", x->from);
        json_build_text(row, "to", x->to);
    }
    for (size_t i = 0; i < r->e->stated_n; i++) {
        const struct evidence_stated *x = &r->e->stated[i];
        json_t *row;
        if (!report_has_time(r, x->time) || !is_card(r, x->card, x->by))
            continue;
        row = report_row(t);
        json_build_uint(row, "entry", x->index);
        report_put_time(row, "time", x->time);
        json_build_text(row, "what", "stated");
        json_build_text(row, "from", x->by);
        report_put_hex(row, "case", x->case_handle, sizeof x->case_handle);
    }
    for (size_t i = 0; i < r->e->queries_n; i++) {
        const struct evidence_query *q = &r->e->queries[i];
        json_t *row;
        if (!report_has_time(r, q->time) || !is_card(r, q->card, q->asker))
            continue;
        row = report_row(t);
        json_build_uint(row, "entry", q->index);
        report_put_time(row, "time", q->time);
        json_build_text(row, "what", "asked");
        json_build_text(row, "from", q->asker);
        if (q->has_case)
            report_put_hex(row, "case", q->case_handle, sizeof q->case_handle);
    }
}

static void
put_cards(struct report *r)
{
    static const struct report_column columns[] = {REPORT_ENTRY, REPORT_TIME,
        {"partner", {"PARTNER", "PARTNER"}, 0},
        {"serial", {"NUMMER", "SERIAL"}, REPORT_COLUMN_RIGHT},
        {"card", {"KAART", "CARD"}, 0},
        {"valid_until", {"GELDIG TOT", "VALID UNTIL"}, REPORT_COLUMN_TIME},
        {"revoked", {"HERROEPEN", "REVOKED"}, REPORT_COLUMN_TIME},
        {"revoked_by", {"DOOR", "BY"}, 0}};
    struct report_table *t = report_table(r, "cards",
        (struct report_words){"Sleutelkaarten", "Key cards"}, columns,
        sizeof columns / sizeof columns[0]);

    for (size_t i = 0; i < r->e->cards_n; i++) {
        const struct evidence_card *c = &r->e->cards[i];
        json_t *row;
        if (!is_card(r, c->id, c->partner))
            continue;
        row = report_row(t);
        json_build_uint(row, "entry", c->index);
        report_put_time(row, "time", c->time);
        json_build_text(row, "partner", c->partner);
        json_build_uint(row, "serial", c->serial);
        report_put_hex(row, "card", c->id, sizeof c->id);
        json_build_time(row, "valid_until", c->until);
        report_put_time(row, "revoked", c->revoked_time);
        json_build_text(
            row, "revoked_by", c->revoked_by != NULL ? c->revoked_by : "");
    }
}

/* The names of SET, which is taken. */
static json_t *
names_of(json_t *set)
{
    json_t *list = json_build_array();
    const char *name;
    json_t *value;

    json_object_foreach(set, name, value)
    {
        json_build_add_text(list, name);
    }
    json_decref(set);
    return list;
}

static void
build_breach(struct report *r)
{
    json_t *const sets[2] = {json_build_object(), json_build_object()};
    struct report_table *t = report_table(r, "touched",
        (struct report_words){"Wat de sleutel raakte", "What the key touched"},
        of_breach, sizeof of_breach / sizeof of_breach[0]);

    touch_shares(r, t, sets);
    touch_rest(r, t);
    put_cards(r);
    report_count(r, "entries", (struct report_words){"Boekingen", "Entries"},
        json_array_size(t->rows));
    report_count(r, "cases_touched",
        (struct report_words){"Geraakte casussen", "Cases touched"},
        json_object_size(sets[0]));
    report_fact(r, "cases", (struct report_words){"Casussen", "Cases"}, 0,
        names_of(sets[0]));
    report_fact(r, "recipients",
        (struct report_words){"Ontvangers", "Recipients"}, 0,
        names_of(sets[1]));
}

const struct report_spec report_people_breach = {.name = "breach",
    .number = "",
    .title = {"Omvang van een datalek", "Scope of a breach"},
    .question = {"Welke casussen en ontvangers raakte een sleutelkaart (of "
                 "iedere kaart van een partner) tussen twee tijdstippen?",
        "Which cases and recipients did a key card (or every card of a "
        "partner) touch between two times?"},
    .law = "B 5; AVG 33; Wpg 33a",
    .missing = {"Wie een casus is: dat weet de partner (driehoek case find).",
        "Who a case is: the partner knows (driehoek case find)."},
    .takes = REPORT_CARD | REPORT_PARTNER | REPORT_TIMES,
    .needs = REPORT_CARD | REPORT_PARTNER,
    .build = build_breach};
