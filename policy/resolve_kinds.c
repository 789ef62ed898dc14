/* SPDX-License-Identifier: EUPL-1.2
 *
 * The signals of an agreement: their fields with the statutory category, and
 * their attributes. */
#include "resolve.h"

#include <stdlib.h>

/* Article 8 of the Act lists what may be processed when necessary; religion
 * includes philosophical belief. */
static const char *const special_allowed[] = {
    "race", "politics", "religion", "health", "criminal"};
/* Article 9 of the GDPR, not on that list. */
static const char *const special_refused[] = {
    "trade-union", "genetic", "biometric", "sex"};

static bool
is_one_of(struct slice name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_equal(name, slice_str(list[i]))) {
            return true;
        }
    }
    return false;
}

enum {
    ALLOWED = sizeof special_allowed / sizeof special_allowed[0],
    REFUSED = sizeof special_refused / sizeof special_refused[0],
};

static void
unknown_special(struct resolver *r, const struct token *word)
{
    struct nearest nearest;

    names_nearest_init(&nearest, word->text);
    for (size_t i = 0; i < ALLOWED; i++) {
        names_nearest_offer(&nearest, special_allowed[i]);
    }
    resolve_unknown(r, word, "special category", &nearest);
}

static enum dhk_err
read_special(
    struct resolver *r, struct agreement_field *out, const struct token *word)
{
    out->category = FIELD_SPECIAL;
    out->special = arena_text(r->arena, word->text);
    if (out->special == NULL) {
        return DHK_NOMEM;
    }
    if (is_one_of(word->text, special_refused, REFUSED)) {
        findings_error(r->findings, word->at,
            "special category '%s' may not be processed here at all: the law "
            "allows race, politics, religion, health and criminal only",
            out->special);
    } else if (!is_one_of(word->text, special_allowed, ALLOWED)) {
        unknown_special(r, word);
    }
    return DHK_OK;
}

/* The category of the letter; false after a finding. */
static bool
read_letter(
    struct resolver *r, enum field_category *out, const struct token *letter)
{
    if (letter->text.n != 1 || letter->text.p[0] > 'h') {
        findings_error(r->findings, letter->at,
            "a field's category is a letter from a to h, or special and its "
            "name; required stands behind it");
        return false;
    }
    *out = (enum field_category)(FIELD_A + letter->text.p[0] - 'a');
    return true;
}

bool
resolve_category(
    struct resolver *r, enum field_category *out, const struct word *category)
{
    const struct token *word = &category->token;

    if (category->class_ == WORD_CATEGORY) {
        return read_letter(r, out, word);
    }
    *out = FIELD_SPECIAL;
    if (is_one_of(word->text, special_allowed, ALLOWED) ||
        is_one_of(word->text, special_refused, REFUSED)) {
        return true;
    }
    unknown_special(r, word);
    return false;
}

uint32_t
resolve_of_category(
    const struct agreement_kind *kind, const struct word *category)
{
    struct slice name = category->token.text;
    uint32_t fields = 0;

    for (size_t i = 0; i < kind->fields_n; i++) {
        const struct agreement_field *field = &kind->fields[i];
        bool same = category->class_ == WORD_SPECIAL
                        ? field->special != NULL &&
                              slice_equal(slice_str(field->special), name)
                        : (int)field->category == FIELD_A + name.p[0] - 'a';

        fields |= same ? UINT32_C(1) << i : 0;
    }
    return fields;
}

static enum dhk_err
read_field(struct resolver *r, struct agreement_field *out,
    const struct syntax_field *from)
{
    const struct token *category = &from->category;

    out->line = from->name.at.line;
    out->column = from->name.at.column;
    out->name = arena_text(r->arena, from->name.text);
    if (out->name == NULL) {
        return DHK_NOMEM;
    }
    if (from->special) {
        return read_special(r, out, category);
    }
    if (category->text.n == 0) {
        return DHK_OK;
    }
    (void)read_letter(r, &out->category, category);
    return DHK_OK;
}

static enum dhk_err
read_fields(struct resolver *r, struct agreement_kind *out,
    const struct syntax_kind *from)
{
    out->fields = arena_alloc(r->arena, from->fields.n, sizeof *out->fields);
    if (out->fields == NULL) {
        return DHK_NOMEM;
    }
    LIST_EACH(struct syntax_field, field, &from->fields)
    {
        if (agreement_field(out, field->name.text) >= 0) {
            findings_error(r->findings, field->name.at,
                "field '%.*s' is declared twice", (int)field->name.text.n,
                (const char *)field->name.text.p);
        }
        if (read_field(r, &out->fields[out->fields_n], field) != DHK_OK) {
            return DHK_NOMEM;
        }
        out->required |= field->required ? UINT32_C(1) << out->fields_n : 0;
        out->fields_n++;
    }
    return DHK_OK;
}

static enum dhk_err
read_carried(struct resolver *r, struct agreement_kind *out,
    const struct syntax_kind *from)
{
    const struct list *names = &from->attributes;

    out->attributes = arena_alloc(r->arena, names->n, sizeof(uint16_t));
    out->position = arena_alloc(r->arena, r->a->attributes_n, 1);
    if (out->attributes == NULL || out->position == NULL) {
        return DHK_NOMEM;
    }
    for (size_t i = 0; i < r->a->attributes_n; i++) {
        out->position[i] = NO_POSITION;
    }
    if (names->n > LIMIT_ATTRIBUTES) {
        findings_error(r->findings, from->name.at,
            "more than %d attributes in one signal", (int)LIMIT_ATTRIBUTES);
        return DHK_OK;
    }
    LIST_EACH(struct word, word, names)
    {
        int i = resolve_attribute(r, &word->token);

        if (i < 0) {
            continue;
        }
        if (out->position[i] != NO_POSITION) {
            findings_error(r->findings, word->token.at,
                "attribute '%s' is named twice", r->a->attributes[i].name);
            continue;
        }
        out->position[i] = (uint8_t)out->attributes_n;
        out->attributes[out->attributes_n++] = (uint16_t)i;
    }
    return DHK_OK;
}

struct declared_field {
    struct slice name;
    struct token token;
    const struct agreement_field *field;
};

static int
by_name(const void *a, const void *b)
{
    const struct declared_field *x = a;
    const struct declared_field *y = b;
    int order = slice_compare(x->name, y->name);

    if (order != 0) {
        return order;
    }
    return x->token.at.line != y->token.at.line
               ? (x->token.at.line < y->token.at.line ? -1 : 1)
               : (x->token.at.column < y->token.at.column ? -1 : 1);
}

static bool
has_same_category(
    const struct agreement_field *a, const struct agreement_field *b)
{
    return a->category == b->category &&
           (a->special == NULL ||
               slice_equal(slice_str(a->special), slice_str(b->special)));
}

/* A field of one name means one thing in every signal. */
static void
compare_category(struct resolver *r, const struct declared_field *x,
    const struct declared_field *before)
{
    if (!has_same_category(x->field, before->field)) {
        findings_error(r->findings, x->token.at,
            "field '%s' has another category in line %u", x->field->name,
            before->token.at.line);
    }
}

/* The first of the N fields of LIST that looks like X, but is another. */
static const struct declared_field *
find_alike(
    const struct declared_field *x, const struct declared_field *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!slice_equal(x->name, list[i].name) &&
            names_is_confusable(x->name, list[i].name)) {
            return &list[i];
        }
    }
    return NULL;
}

/* Over all signals; LIST is sorted by name. */
static void
compare_fields(struct resolver *r, const struct declared_field *list, size_t n)
{
    for (size_t i = 0; i < n && !findings_is_full(r->findings); i++) {
        const struct declared_field *x = &list[i];
        const struct declared_field *other;

        if (i > 0 && slice_equal(x->name, list[i - 1].name)) {
            compare_category(r, x, &list[i - 1]);
            continue; /* looked at already */
        }
        other = find_alike(x, list, i);
        if (other != NULL) {
            findings_error(r->findings, x->token.at,
                "field '%s' is too much like '%s' of line %u", x->field->name,
                other->field->name, other->token.at.line);
        }
    }
}

static enum dhk_err
check_fields(struct resolver *r)
{
    struct declared_field *list;
    size_t n = 0;
    size_t k = 0;

    list = arena_alloc(
        r->scratch, (size_t)LIMIT_VOCABULARY * LIMIT_FIELDS, sizeof *list);
    if (list == NULL) {
        return DHK_NOMEM;
    }
    LIST_EACH(struct syntax_kind, kind, &r->syntax->kinds)
    {
        size_t i = 0;

        LIST_EACH(struct syntax_field, field, &kind->fields)
        {
            list[n].name = field->name.text;
            list[n].token = field->name;
            list[n++].field = &r->a->kinds[k].fields[i++];
        }
        k++;
    }
    qsort(list, n, sizeof *list, by_name);
    compare_fields(r, list, n);
    return DHK_OK;
}

enum dhk_err
resolve_kinds(struct resolver *r)
{
    const struct list *from = &r->syntax->kinds;
    const struct token *names[LIMIT_VOCABULARY] = {NULL};

    r->a->kinds = arena_alloc(r->arena, from->n, sizeof *r->a->kinds);
    if (r->a->kinds == NULL) {
        return DHK_NOMEM;
    }
    LIST_EACH(struct syntax_kind, kind, from)
    {
        struct agreement_kind *new = &r->a->kinds[r->a->kinds_n];

        names[r->a->kinds_n++] = &kind->name;
        new->name = arena_text(r->arena, kind->name.text);
        new->requires_psk = kind->requires_psk;
        if (new->name == NULL || read_fields(r, new, kind) != DHK_OK ||
            read_carried(r, new, kind) != DHK_OK) {
            return DHK_NOMEM;
        }
    }
    resolve_alike(r, names, r->a->kinds_n, "signal");
    return check_fields(r);
}
