/* SPDX-License-Identifier: EUPL-1.2
 *
 * Loading an agreement: parse, look names up, check the meaning, run the
 * expect lines. One fault anywhere and there is no agreement. */
#include "agreement.h"

#include <string.h>

#include "baseline.h"
#include "check.h"
#include "classes.h"
#include "compiled.h"
#include "expect.h"
#include "names.h"
#include "resolve.h"
#include "syntax.h"

enum reading {
    READ_WHOLE = 0,
    READ_DRAFT,    /* its expect lines may fail */
    READ_RECORDED, /* it is not judged */
};

/* Whether it makes sense, and is lawful. */
static enum dhk_err
judge(struct resolver *r, enum reading reading)
{
    enum dhk_err rc = check_agreement(r);

    if (rc != DHK_OK) {
        return rc;
    }
    if (r->findings->errors == 0 && reading != READ_DRAFT) {
        expect_run(r);
    }
    return r->findings->errors > 0
               ? DHK_OK
               : baseline_check_statutory(r->findings, r->a);
}

/* The steps after parsing; each needs the one before to be without fault. */
static enum dhk_err
build(struct resolver *r, enum reading reading)
{
    enum dhk_err rc = resolve_vocabulary(r);

    if (rc == DHK_OK) {
        rc = resolve_rules(r);
    }
    if (rc != DHK_OK || r->findings->errors > 0) {
        return rc;
    }
    rc = classes_build(r->a, r->arena);
    if (rc != DHK_OK) {
        return rc;
    }
    if (reading != READ_RECORDED) {
        rc = judge(r, reading);
    }
    return rc != DHK_OK || r->findings->errors > 0
               ? rc
               : compiled_new(&r->a->table, r->a);
}

static enum dhk_err
load(struct agreement **out, struct slice text, enum reading reading,
    struct findings *findings)
{
    enum dhk_err rc = DHK_NOMEM;
    struct arena *scratch = arena_new();
    struct arena *arena = arena_new();
    struct syntax syntax = {0};
    struct resolver r = {.syntax = &syntax,
        .arena = arena,
        .scratch = scratch,
        .findings = findings,
        .recorded = reading == READ_RECORDED};

    *out = NULL;
    memset(findings, 0, sizeof *findings);
    if (scratch == NULL || arena == NULL) {
        goto out;
    }
    if (text.n > LIMIT_TEXT) {
        findings_error(findings, (struct place){1, 1},
            "the text is longer than %d bytes", (int)LIMIT_TEXT);
        rc = DHK_LIMIT;
        goto out;
    }
    rc = syntax_parse(&syntax, text, scratch, findings);
    if (rc != DHK_OK) {
        goto out;
    }
    rc = DHK_NOMEM;
    r.a = arena_alloc(arena, 1, sizeof *r.a);
    if (r.a == NULL) {
        goto out;
    }
    r.a->arena = arena;
    rc = build(&r, reading);
    if (rc == DHK_OK && findings->errors > 0) {
        rc = DHK_FORMAT;
    }
    if (rc == DHK_OK) {
        *out = r.a;
        arena = NULL;
    }
out:
    findings_sort(findings);
    arena_destroy(&arena);
    arena_destroy(&scratch);
    return rc;
}

enum dhk_err
agreement_load(
    struct agreement **out, struct slice text, struct findings *findings)
{
    return load(out, text, READ_WHOLE, findings);
}

enum dhk_err
agreement_draft(
    struct agreement **out, struct slice text, struct findings *findings)
{
    return load(out, text, READ_DRAFT, findings);
}

enum dhk_err
agreement_recorded(
    struct agreement **out, struct slice text, struct findings *findings)
{
    return load(out, text, READ_RECORDED, findings);
}

void
agreement_destroy(struct agreement **a)
{
    struct arena *arena;

    if (*a == NULL) {
        return;
    }
    arena = (*a)->arena;
    compiled_destroy(&(*a)->table);
    *a = NULL;
    arena_destroy(&arena);
}

static int
find(char *const *names, size_t n, struct slice name)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_equal(slice_str(names[i]), name)) {
            return (int)i;
        }
    }
    return -1;
}

static int
find_named(const struct agreement_named *list, size_t n, struct slice name)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_equal(slice_str(list[i].name), name)) {
            return (int)i;
        }
    }
    return -1;
}

int
agreement_party(const struct agreement *a, struct slice name)
{
    return find(a->parties, a->parties_n, name);
}

int
agreement_kind(const struct agreement *a, struct slice name)
{
    for (size_t i = 0; i < a->kinds_n; i++) {
        if (slice_equal(slice_str(a->kinds[i].name), name)) {
            return (int)i;
        }
    }
    return -1;
}

int
agreement_purpose(const struct agreement *a, struct slice name)
{
    return find_named(a->purposes, a->purposes_n, name);
}

int
agreement_ground(const struct agreement *a, struct slice name)
{
    return find_named(a->grounds, a->grounds_n, name);
}

int
agreement_attribute(const struct agreement *a, struct slice name)
{
    for (size_t i = 0; i < a->attributes_n; i++) {
        if (slice_equal(slice_str(a->attributes[i].name), name)) {
            return (int)i;
        }
    }
    return -1;
}

int
agreement_field(const struct agreement_kind *kind, struct slice name)
{
    for (size_t i = 0; i < kind->fields_n; i++) {
        if (slice_equal(slice_str(kind->fields[i].name), name)) {
            return (int)i;
        }
    }
    return -1;
}

int
agreement_value(const struct agreement_attribute *at, struct slice name)
{
    if (at->type == ATTRIBUTE_YES_NO) {
        return slice_equal(name, slice_str("no"))    ? 0
               : slice_equal(name, slice_str("yes")) ? 1
                                                     : -1;
    }
    return find(at->values, at->values_n, name);
}

uint32_t
agreement_lacking(const struct agreement_kind *kind, uint32_t presence)
{
    return kind->required & ~presence;
}

const char *
agreement_value_name(const struct agreement_attribute *at, uint32_t v)
{
    switch (at->type) {
    case ATTRIBUTE_YES_NO:
        return v == 0 ? "no" : "yes";
    case ATTRIBUTE_NUMBER:
        return NULL;
    case ATTRIBUTE_LEVEL:
    case ATTRIBUTE_CHOICE:
        break;
    }
    return at->values[v];
}

/* In years of 1 March to the end of February, and eras of 400 such years:
 * Hinnant, "chrono-compatible low-level date algorithms". */
struct agreement_date
agreement_date(int64_t day_number)
{
    int64_t era = (day_number + 719468) / 146097;
    int64_t of_era = (day_number + 719468) % 146097;
    int64_t year =
        (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153; /* 0 is March */

    return (struct agreement_date){
        .year = (int)(year + era * 400 + (month >= 10 ? 1 : 0)),
        .month = (int)((month + 2) % 12 + 1),
        .day = (int)(of_year - (153 * month + 2) / 5 + 1)};
}

const char *
agreement_rule_id(const struct agreement *a, size_t i)
{
    return a->rules[i].id;
}

const char *
agreement_rule_title(const struct agreement *a, size_t i)
{
    return a->rules[i].title;
}

unsigned
agreement_rule_line(const struct agreement *a, size_t i)
{
    return a->rules[i].at.line;
}

bool
agreement_rule_is_guard(const struct agreement *a, size_t i)
{
    return a->rules[i].guard;
}

static bool
is_during(const struct agreement_window *window, unsigned minute)
{
    for (size_t s = 0; s < window->spans_n; s++) {
        if (minute >= window->spans[s].from &&
            minute < window->spans[s].until) {
            return true;
        }
    }
    return false;
}

uint32_t
agreement_windows_at(const struct agreement *a, unsigned minute)
{
    uint32_t set = 0;

    for (size_t w = 0; w < a->windows_n; w++) {
        if (is_during(&a->windows[w], minute)) {
            set |= UINT32_C(1) << w;
        }
    }
    return set;
}

const char *
agreement_nearest(struct slice typed, const char *const *names, size_t n)
{
    struct nearest nearest;

    names_nearest_init(&nearest, typed);
    for (size_t i = 0; i < n; i++) {
        names_nearest_offer(&nearest, names[i]);
    }
    return nearest.name;
}
