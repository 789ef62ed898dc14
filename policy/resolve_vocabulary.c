/* SPDX-License-Identifier: EUPL-1.2
 *
 * The declarations of an agreement: header, parties, groups, purposes,
 * grounds, attributes, windows and signals. */
#include "resolve.h"

#include <string.h>

/* Refuses name I for the first of those before it that it equals or looks
 * like. */
static void
compare_names(struct resolver *r, const struct token *const *names, size_t i,
    const char *class)
{
    must(names[i] != NULL);
    struct slice a = names[i]->text;

    for (size_t j = 0; j < i; j++) {
        struct slice b = names[j]->text;

        if (slice_equal(a, b)) {
            findings_error(r->findings, names[i]->at,
                "%s '%.*s' is declared twice", class, (int)a.n,
                (const char *)a.p);
            return;
        }
        if (names_is_confusable(a, b)) {
            findings_error(r->findings, names[i]->at,
                "%s '%.*s' is too much like '%.*s' of line %u", class, (int)a.n,
                (const char *)a.p, (int)b.n, (const char *)b.p,
                names[j]->at.line);
            return;
        }
    }
}

void
resolve_alike(struct resolver *r, const struct token *const *names, size_t n,
    const char *class)
{
    for (size_t i = 1; i < n && !findings_is_full(r->findings); i++) {
        compare_names(r, names, i, class);
    }
}

/* The same for the words of one list. */
static void
check_words(struct resolver *r, const struct list *words, const char *class)
{
    const struct token *names[LIMIT_VOCABULARY] = {NULL};
    size_t n = 0;

    LIST_EACH(struct word, word, words)
    {
        names[n++] = &word->token;
    }
    resolve_alike(r, names, n, class);
}

static void
read_validity(struct resolver *r)
{
    const struct syntax *s = r->syntax;
    struct agreement *a = r->a;

    a->valid_from = s->from.number;
    a->valid_until = s->until.number;
    if (a->valid_from >= a->valid_until) {
        findings_error(r->findings, s->until.at,
            "the validity ends before it begins; the last date is the first "
            "day on which the agreement is no longer valid");
    }
    if (s->supersedes.text.n > 0) {
        a->has_supersedes = true;
        if (bytes_unhex(a->supersedes, 32, s->supersedes.text) != DHK_OK) {
            findings_error(r->findings, s->supersedes.at,
                "a hash is 'sha256:' and 64 lower-case hex digits");
        }
    }
}

/* Shape alone: whether the zone exists is known where its data are. */
static void
check_timezone(struct resolver *r)
{
    const struct token *zone = &r->syntax->timezone;
    static const char others[] = "/_+-";
    bool good = zone->text.n > 0 && zone->text.n <= LIMIT_NAME &&
                zone->text.p[0] >= 'A' && zone->text.p[0] <= 'Z';

    for (size_t i = 0; good && i < zone->text.n; i++) {
        int c = zone->text.p[i];

        good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               (c >= '0' && c <= '9') || strchr(others, c) != NULL;
    }
    if (!good) {
        findings_error(r->findings, zone->at,
            "a time zone has a name such as \"Europe/Amsterdam\"");
    }
}

/* That of a baseline is a name and a version. */
static enum dhk_err
read_header(struct resolver *r)
{
    const struct syntax *s = r->syntax;
    struct agreement *a = r->a;

    a->name = arena_text(r->arena, s->name.text);
    a->timezone = arena_text(r->arena, s->timezone.text);
    if (a->name == NULL || a->timezone == NULL) {
        return DHK_NOMEM;
    }
    a->version = s->version.number;
    if (a->version == 0) {
        findings_error(
            r->findings, s->version.at, "versions are counted from 1");
    }
    if (s->goal == SYNTAX_AGREEMENT) {
        read_validity(r);
        check_timezone(r);
    }
    return DHK_OK;
}

static enum dhk_err
read_parties(struct resolver *r)
{
    const struct list *parties = &r->syntax->parties;
    const struct list *groups = &r->syntax->groups;
    const struct token *names[2 * LIMIT_VOCABULARY] = {NULL};
    size_t n = 0;

    LIST_EACH(struct word, word, parties)
    {
        names[n++] = &word->token;
    }
    LIST_EACH(struct syntax_group, group, groups)
    {
        names[n++] = &group->name;
    }
    resolve_alike(r, names, n, "party or group");
    r->a->parties = arena_alloc(r->arena, parties->n, sizeof(char *));
    r->a->groups = arena_alloc(r->arena, groups->n, sizeof *r->a->groups);
    if (r->a->parties == NULL || r->a->groups == NULL) {
        return DHK_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        char *name = arena_text(r->arena, names[i]->text);

        if (name == NULL) {
            return DHK_NOMEM;
        }
        if (i < parties->n) {
            r->a->parties[r->a->parties_n++] = name;
        } else {
            r->a->groups[i - parties->n].name = name;
        }
    }
    return DHK_OK;
}

/* After all parties. A group may hold groups declared before it. */
static void
read_groups(struct resolver *r)
{
    LIST_EACH(struct syntax_group, group, &r->syntax->groups)
    {
        struct used before = r->used;

        r->a->groups[r->a->groups_n].members =
            resolve_parties(r, &group->members);
        r->a->groups_n++;
        r->used = before; /* a group that no rule names uses nothing */
    }
}

static enum dhk_err
read_signatories(struct resolver *r)
{
    const struct list *names = &r->syntax->signatories;

    if (names->n > LIMIT_SIGNATORIES) {
        findings_error(r->findings, r->syntax->name.at,
            "more than %d signatories", (int)LIMIT_SIGNATORIES);
        return DHK_OK;
    }
    r->a->signatories = arena_alloc(r->arena, names->n, sizeof(uint16_t));
    if (r->a->signatories == NULL) {
        return DHK_NOMEM;
    }
    check_words(r, names, "signatory");
    LIST_EACH(struct word, word, names)
    {
        struct nearest nearest;
        int i = agreement_party(r->a, word->token.text);

        if (i >= 0) {
            r->a->signatories[r->a->signatories_n++] = (uint16_t)i;
            r->used.parties |= UINT64_C(1) << i;
            continue;
        }
        names_nearest_init(&nearest, word->token.text);
        for (size_t k = 0; k < r->a->parties_n; k++) {
            names_nearest_offer(&nearest, r->a->parties[k]);
        }
        resolve_unknown(r, &word->token, "party", &nearest);
    }
    return DHK_OK;
}

static enum dhk_err
read_named(struct resolver *r, struct agreement_named **out, size_t *out_n,
    const struct list *from, const char *class)
{
    const struct token *names[LIMIT_VOCABULARY] = {NULL};
    size_t n = 0;

    *out = arena_alloc(r->arena, from->n, sizeof **out);
    if (*out == NULL) {
        return DHK_NOMEM;
    }
    LIST_EACH(struct syntax_named, named, from)
    {
        struct agreement_named *new = &(*out)[n];

        names[n++] = &named->name;
        new->name = arena_text(r->arena, named->name.text);
        new->title = arena_text(r->arena, named->title.text);
        if (new->name == NULL || new->title == NULL) {
            return DHK_NOMEM;
        }
    }
    *out_n = n;
    resolve_alike(r, names, n, class);
    return DHK_OK;
}

static enum dhk_err
read_values(struct resolver *r, struct agreement_attribute *out,
    const struct syntax_attribute *from)
{
    if (from->type == ATTRIBUTE_NUMBER) {
        out->min = from->min.number;
        out->max = from->max.number;
        if (out->min >= out->max) {
            findings_error(r->findings, from->max.at,
                "the largest value is not above the smallest");
        }
        return DHK_OK;
    }
    out->max = 1;
    if (from->type == ATTRIBUTE_YES_NO) {
        return DHK_OK;
    }
    out->max = (uint32_t)from->values.n - 1;
    out->values = arena_alloc(r->arena, from->values.n, sizeof(char *));
    if (out->values == NULL) {
        return DHK_NOMEM;
    }
    LIST_EACH(struct word, word, &from->values)
    {
        if (slice_equal(word->token.text, slice_str("unknown")) ||
            slice_equal(word->token.text, slice_str("yes"))) {
            findings_error(r->findings, word->token.at,
                "'%.*s' has a meaning of its own and cannot be a value",
                (int)word->token.text.n, (const char *)word->token.text.p);
        }
        out->values[out->values_n] = arena_text(r->arena, word->token.text);
        if (out->values[out->values_n++] == NULL) {
            return DHK_NOMEM;
        }
    }
    check_words(r, &from->values, "value");
    if (from->values.n < 2) {
        findings_error(
            r->findings, from->name.at, "an attribute has at least two values");
    }
    return DHK_OK;
}

static enum dhk_err
read_attributes(struct resolver *r)
{
    const struct list *from = &r->syntax->attributes;
    const struct token *names[LIMIT_VOCABULARY] = {NULL};
    const struct token *urgent = NULL;

    r->a->attributes = arena_alloc(r->arena, from->n, sizeof *r->a->attributes);
    if (r->a->attributes == NULL) {
        return DHK_NOMEM;
    }
    LIST_EACH(struct syntax_attribute, at, from)
    {
        struct agreement_attribute *new = &r->a->attributes[r->a->attributes_n];

        names[r->a->attributes_n++] = &at->name;
        new->name = arena_text(r->arena, at->name.text);
        new->type = at->type;
        new->by_broker = at->by_broker;
        new->closed = at->closed;
        new->urgent = at->urgent;
        new->line = at->name.at.line;
        new->column = at->name.at.column;
        if (new->name == NULL || read_values(r, new, at) != DHK_OK) {
            return DHK_NOMEM;
        }
        resolve_relation(r, new, at);
        if (at->urgent && urgent != NULL) {
            findings_error(r->findings, at->name.at,
                "one attribute at most is urgent; line %u has one already",
                urgent->at.line);
        }
        urgent = at->urgent ? &at->name : urgent;
    }
    resolve_alike(r, names, r->a->attributes_n, "attribute");
    return DHK_OK;
}

static int
day_index(struct slice name)
{
    static const char *const days[] = {
        "mon", "tue", "wed", "thu", "fri", "sat", "sun"};

    for (int i = 0; i < 7; i++) {
        if (slice_equal(name, slice_str(days[i]))) {
            return i;
        }
    }
    return -1;
}

/* First and last day of the span; `mon-fri` without spaces is one name. */
static bool
read_days(struct resolver *r, int day[2], const struct syntax_span *span)
{
    struct slice first = span->first.text;
    struct slice last = span->last.text.n > 0 ? span->last.text : first;

    if (first.n == 7 && first.p[3] == '-' && span->last.text.n == 0) {
        last = slice_of(first.p + 4, 3);
        first.n = 3;
    }
    day[0] = day_index(first);
    day[1] = day_index(last);
    if (day[0] < 0 || day[1] < 0) {
        findings_error(r->findings,
            day[0] < 0 || span->last.text.n == 0 ? span->first.at
                                                 : span->last.at,
            "a day is mon, tue, wed, thu, fri, sat or sun");
        return false;
    }
    if (day[0] > day[1]) {
        findings_error(r->findings, span->first.at,
            "the days run backwards; the week begins on mon");
        return false;
    }
    if (span->from.number >= span->until.number) {
        findings_error(r->findings, span->from.at,
            "the span ends before it begins; past midnight it is two spans");
        return false;
    }
    return true;
}

/* The span on each of its days. */
static void
add_span(struct resolver *r, struct agreement_window *window,
    const struct syntax_span *span)
{
    int day[2];

    if (!read_days(r, day, span)) {
        return;
    }
    for (int d = day[0]; d <= day[1]; d++) {
        struct agreement_span *new = &window->spans[window->spans_n++];
        uint32_t start = (uint32_t)d * 24 * 60;

        new->from = (uint16_t)(start + span->from.number);
        new->until = (uint16_t)(start + span->until.number);
    }
}

static enum dhk_err
read_windows(struct resolver *r)
{
    const struct list *from = &r->syntax->windows;
    const struct token *names[LIMIT_WINDOWS] = {NULL};

    r->a->windows = arena_alloc(r->arena, from->n, sizeof *r->a->windows);
    if (r->a->windows == NULL) {
        return DHK_NOMEM;
    }
    LIST_EACH(struct syntax_window, window, from)
    {
        struct agreement_window *new = &r->a->windows[r->a->windows_n];

        names[r->a->windows_n++] = &window->name;
        new->name = arena_text(r->arena, window->name.text);
        new->spans =
            arena_alloc(r->arena, 7 * window->spans.n, sizeof *new->spans);
        if (new->name == NULL || new->spans == NULL) {
            return DHK_NOMEM;
        }
        LIST_EACH(struct syntax_span, span, &window->spans)
        {
            add_span(r, new, span);
        }
    }
    resolve_alike(r, names, r->a->windows_n, "window");
    return DHK_OK;
}

enum dhk_err
resolve_vocabulary(struct resolver *r)
{
    enum dhk_err rc = read_header(r);

    if (rc == DHK_OK) {
        rc = read_parties(r);
    }
    if (rc == DHK_OK) {
        read_groups(r);
        rc = read_signatories(r);
    }
    if (rc == DHK_OK) {
        rc = read_named(r, &r->a->purposes, &r->a->purposes_n,
            &r->syntax->purposes, "purpose");
    }
    if (rc == DHK_OK) {
        rc = read_named(
            r, &r->a->grounds, &r->a->grounds_n, &r->syntax->grounds, "ground");
    }
    if (rc == DHK_OK) {
        rc = read_attributes(r);
    }
    if (rc == DHK_OK) {
        rc = read_windows(r);
    }
    if (rc == DHK_OK) {
        rc = resolve_kinds(r);
    }
    return rc;
}
