/* SPDX-License-Identifier: EUPL-1.2
 *
 * What several reports say of the course of cases; see report.h. A vote against
 * a case is told in every report that tells anything of that case. */
#include "report_families.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MS = 1000, HEX_SHOWN = 8 };

int64_t
report_seconds(const struct report *r)
{
    return r->ask->until != 0 ? r->ask->until : (int64_t)(r->now / MS);
}

/* Whether what was made at MS was made by the report's time. */
static bool
is_by_then(const struct report *r, uint64_t ms)
{
    return r->ask->until == 0 || ms < (uint64_t)r->ask->until * MS;
}

const struct course *
report_course(struct report *r, const struct evidence_case *c)
{
    uint64_t until =
        r->ask->until == 0 ? r->now : (uint64_t)r->ask->until * MS - 1;

    if (r->course == NULL)
        r->course = calloc(1, sizeof *r->course);
    if (r->course == NULL)
        exit(5);
    if (r->course_of != c)
        evidence_course(r->course, r->e, c, until);
    r->course_of = c;
    return r->course;
}

const struct evidence_stated *
report_stated(const struct report *r, const struct evidence_case *c, size_t i)
{
    const struct evidence_stated *s = &r->e->stated[c->stated[i]];

    return s->taken && is_by_then(r, s->time) ? s : NULL;
}

void
report_put_text(json_t *row, const char *key, const char *text)
{
    if (text != NULL)
        json_build_text(row, key, text);
    else
        json_build_null(row, key);
}

void
report_put_code(json_t *row, const char *key, unsigned act, unsigned code)
{
    report_put_text(row, key, act_code_name(act, code));
}

void
report_put_index(json_t *row, const char *key, uint64_t index)
{
    if (index != 0)
        json_build_uint(row, key, index);
    else
        json_build_null(row, key);
}

void
report_put_seconds(json_t *row, const char *key, int64_t s)
{
    report_put_time(row, key, s > 0 ? (uint64_t)s * MS : 0);
}

const char *
report_name(const struct course *c, uint8_t i)
{
    return i < c->names_n ? c->name[i] : NULL;
}

const char *
report_phase(char out[EVIDENCE_VALUE], const struct report *r,
    const struct evidence_share *s)
{
    if (r->e->complete)
        (void)snprintf(out, EVIDENCE_VALUE, "%s", act_phase_name(s->phase));
    else if (evidence_attribute(out, s, REPORT_PHASE) != EVIDENCE_SAID)
        out[0] = '\0';
    return out;
}

bool
report_is_of_meeting(const struct evidence_share *s)
{
    return strcmp(s->purpose, "duiding") == 0 ||
           strcmp(s->purpose, "plan") == 0 ||
           strcmp(s->purpose, "uitvoering") == 0;
}

/* --- who takes part --- */

static void
add_party(struct report_parties *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->name[i] == name)
            return;
    }
    if (name != NULL && p->n < REPORT_PARTIES)
        p->name[p->n++] = name;
}

/* Those of the course, whose names are not ours. */
static void
add_members(struct report_parties *p, const struct evidence *e,
    const struct course *course)
{
    for (uint8_t n = 0; n < course->names_n; n++) {
        if ((course->part[n / 64] >> n % 64 & 1) != 0)
            add_party(p, evidence_name(e, course->name[n]));
    }
}

/* What was returned or has expired, nobody had. */
void
report_parties(
    struct report_parties *out, struct report *r, const struct evidence_case *c)
{
    out->n = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct evidence_share *s = &r->e->shares[c->share[i]];
        add_party(out, s->from);
        if (s->end == EVIDENCE_OPEN || s->end == EVIDENCE_ANSWERED)
            add_party(out, s->to);
    }
    add_members(out, r->e, report_course(r, c));
}

const struct evidence_stated *
report_destroyed(
    const struct report *r, const struct evidence_case *c, const char *partner)
{
    const struct evidence_stated *last = NULL;

    for (size_t i = 0; i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        if (s != NULL && s->by == partner && s->what == ACT_DESTROYED)
            last = s;
    }
    return last;
}

/* --- dissent --- */

/* Who voted against C, as a list; NULL: nobody by then. */
static json_t *
dissent_of(const struct report *r, const struct evidence_case *c)
{
    json_t *list = NULL;

    for (size_t i = 0; c != NULL && c->has_dissent && i < c->stated_n; i++) {
        const struct evidence_stated *s = report_stated(r, c, i);
        if (s == NULL || !evidence_is_dissent(s))
            continue;
        if (list == NULL)
            list = json_build_array();
        json_build_add_text(list, s->by);
    }
    return list;
}

/* "d4d4d4d4 om", once for each case. */
static void
note(json_t *notes, const struct evidence_case *c, const json_t *names)
{
    char text[2 * STATEMENT_CASE + LIMIT_NAME + 8];
    char handle[2 * STATEMENT_CASE + 1];

    bytes_hex(handle, c->handle, sizeof c->handle);
    for (size_t i = 0; i < json_array_size(names); i++) {
        size_t k = 0;
        (void)snprintf(text, sizeof text, "%.*s %s", HEX_SHOWN, handle,
            json_string_value(json_array_get(names, i)));
        while (k < json_array_size(notes) &&
               strcmp(json_string_value(json_array_get(notes, k)), text) != 0)
            k++;
        if (k == json_array_size(notes))
            json_build_add_text(notes, text);
    }
}

static void
note_row(const struct report *r, json_t *notes, json_t *row)
{
    const char *text = json_string_value(json_object_get(row, "case"));
    uint8_t handle[STATEMENT_CASE];
    const struct evidence_case *c;
    json_t *names;

    if (text == NULL ||
        bytes_unhex(handle, sizeof handle, slice_str(text)) != DHK_OK)
        return;
    c = evidence_case(r->e, handle);
    names = dissent_of(r, c);
    if (names == NULL)
        return;
    note(notes, c, names);
    json_build_put(row, "dissent", names);
}

void
report_note_dissent(struct report *r)
{
    json_t *notes = json_build_array();
    const struct evidence_case *c =
        r->ask->has_case ? evidence_case(r->e, r->ask->case_handle) : NULL;
    json_t *names = r->hides_dissent ? NULL : dissent_of(r, c);

    if (names != NULL)
        note(notes, c, names);
    json_decref(names);
    for (size_t i = 0; !r->hides_dissent && i < r->tables_n; i++) {
        for (size_t k = 0; k < json_array_size(r->table[i].rows); k++)
            note_row(r, notes, json_array_get(r->table[i].rows, k));
    }
    if (json_array_size(notes) == 0) {
        json_decref(notes);
        return;
    }
    report_fact(r, "dissent",
        (struct report_words){
            "Tegenstem in casus, van", "Vote against the case, by"},
        0, notes);
}
