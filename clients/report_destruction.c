/* SPDX-License-Identifier: EUPL-1.2
 *
 * The report on destruction: who took part in a case, and who of them stated
 * that what tied it to a person is gone. */
#include "report_families.h"

#include <string.h>

#include "terms.h"

enum { MS = 1000 };

static const struct report_column destruction_columns[] = {REPORT_CASE_COLUMN,
    {"partner", {"DEELNEMER", "PARTNER"}, 0},
    {"part", {"ROL", "PART"}, REPORT_COLUMN_WORD},
    {"state", {"STAND", "STATE"}, REPORT_COLUMN_WORD},
    {"destroyed", {"VERNIETIGD", "DESTROYED"}, REPORT_COLUMN_TIME},
    REPORT_ENTRY, {"card", {"SLEUTELKAART", "KEY CARD"}, REPORT_COLUMN_HEX},
    {"last", {"LAATST VERWERKT", "LAST PROCESSED"}, REPORT_COLUMN_TIME},
    {"held_until", {"AANGEHOUDEN TOT", "HELD UNTIL"}, REPORT_COLUMN_TIME},
    {"finding", {"BEVINDING", "FINDING"}, REPORT_COLUMN_WORD}};

/* What is odd about a destruction, in a word. */
static const char *
finding_of(const struct report *r, const struct evidence_stated *s)
{
    struct terms then, all;

    terms_of_case(&then, r->e, s->case_handle, s->by, (int64_t)(s->time / MS));
    terms_of_case(&all, r->e, s->case_handle, s->by, report_seconds(r));
    if (all.last > (int64_t)(s->time / MS))
        return "processed afterwards";
    if (then.held_until != 0)
        return "while held";
    return "in order";
}

/* By what it took part: an office in the course, or what was sent alone. */
static const char *
part_of(struct report *r, const struct evidence_case *c, const char *partner)
{
    const struct course *course = report_course(r, c);
    uint8_t name = course_name(course, slice_str(partner));

    if (name == COURSE_NAMES)
        return "share";
    if (name == course->holder)
        return "holder";
    for (uint8_t i = 0; i < course->members_n; i++) {
        if (course->member[i].name == name)
            return course->member[i].role == 0
                       ? "by office"
                       : act_code_name(ACT_DESIGNATE, course->member[i].role);
    }
    for (uint8_t i = 0; i < course->votes_n; i++) {
        if (course->vote[i].name == name)
            return "voter";
    }
    for (uint8_t i = 0; i < course->guests_n; i++) {
        if (course->guest[i].desk == name)
            return "desk";
    }
    return "share";
}

static void
put_destruction(struct report *r, struct report_table *t,
    const struct evidence_case *c, const char *partner)
{
    const struct evidence_stated *s = report_destroyed(r, c, partner);
    struct terms terms;
    json_t *row = report_row(t);

    terms_of_case(&terms, r->e, c->handle, partner, report_seconds(r));
    report_put_hex(row, "case", c->handle, sizeof c->handle);
    json_build_text(row, "partner", partner);
    json_build_text(row, "part", part_of(r, c, partner));
    json_build_text(row, "state",
        s != NULL               ? "destroyed"
        : terms.held_until != 0 ? "held"
                                : "not stated");
    report_put_time(row, "destroyed", s != NULL ? s->time : 0);
    report_put_index(row, "entry", s != NULL ? s->index : 0);
    if (s != NULL)
        report_put_hex(row, "card", s->card, sizeof s->card);
    else
        json_build_null(row, "card");
    report_put_text(row, "finding", s != NULL ? finding_of(r, s) : NULL);
    report_put_seconds(row, "last", terms.last);
    report_put_seconds(row, "held_until", terms.held_until);
}

/* Who stated it and is none of P: it had the handle all the same. */
static void
put_others(struct report *r, struct report_table *t,
    const struct evidence_case *c, const struct report_parties *p)
{
    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        size_t k = 0;
        if (s == NULL || s->what != ACT_DESTROYED ||
            !report_has_party(r, s->by, NULL) ||
            report_destroyed(r, c, s->by) != s)
            continue;
        while (k < p->n && p->name[k] != s->by)
            k++;
        if (k == p->n)
            put_destruction(r, t, c, s->by);
    }
}

static void
build_destruction(struct report *r)
{
    uint64_t stated = 0;
    struct report_table *t = report_table(r, "destruction",
        (struct report_words){"Wie verklaarde wat", "Who stated what"},
        destruction_columns,
        sizeof destruction_columns / sizeof destruction_columns[0]);

    for (size_t i = 0; i < r->e->cases_n; i++) {
        const struct evidence_case *c = &r->e->cases[i];
        struct report_parties p;
        if (!report_has_case(r, c->handle))
            continue;
        report_parties(&p, r, c);
        for (size_t k = 0; k < p.n; k++) {
            if (report_has_party(r, p.name[k], NULL))
                put_destruction(r, t, c, p.name[k]);
        }
        put_others(r, t, c, &p);
    }
    for (size_t i = 0; i < json_array_size(t->rows); i++)
        stated += json_is_integer(
            json_object_get(json_array_get(t->rows, i), "entry"));
    report_count(r, "expected",
        (struct report_words){"Deelnemers, per casus", "Participants, by case"},
        json_array_size(t->rows));
    report_count(r, "stated",
        (struct report_words){
            "Waarvan vernietigd verklaard", "Of which stated destroyed"},
        stated);
}

const struct report_spec report_destruction_destruction = {
    .name = "destruction",
    .number = "15",
    .title = {"Vernietiging", "Destruction"},
    .question = {"Welke deelnemers hebben van een casus verklaard dat hij bij "
                 "hen vernietigd is, en wanneer?",
        "Which participants stated of a case that it is destroyed at theirs, "
        "and when?"},
    .law = "W 9; W 6(3); B 16",
    .missing = {"Of het ook zo is: een deelnemer ondertekent dat, en het "
                "grootboek kan niet in zijn systemen kijken.",
        "Whether it is so: a participant signs that, and the ledger cannot "
        "look into its systems."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_UNTIL,
    .build = build_destruction};
