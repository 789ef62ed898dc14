/* SPDX-License-Identifier: EUPL-1.2
 *
 * Vocabularies side by side; see diff_names.h. Each class of names is a list
 * that can be asked for the name of an item and for a text that says all else
 * about it, so that one loop compares them all. */
#include "diff_names.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "diff_header.h"
#include "rule.h"
#include "words.h"

enum { FIRST_CAP = 32, WEEK = 7 * 24 * 60, DAY = 24 * 60 };

struct finding_names {
    struct diff_names *out;
    const struct agreement *of[2];
    enum dhk_err rc;
};

/* --- the list that is made --- */

static const char *
keep(struct finding_names *x, struct words *w)
{
    const char *text;
    char *kept = NULL;

    if (words_end(w, &text) == DHK_OK) {
        kept = arena_text(x->out->arena, slice_str(text));
    }
    words_done(w);
    x->rc = kept == NULL ? DHK_NOMEM : x->rc;
    return kept;
}

static bool
grow(struct diff_names *out)
{
    size_t cap = out->cap == 0 ? FIRST_CAP : 2 * out->cap;
    struct diff_name *list = arena_alloc(out->arena, cap, sizeof *list);

    if (list == NULL) {
        return false;
    }
    if (out->n > 0) {
        memcpy(list, out->list, out->n * sizeof *list);
    }
    out->list = list;
    out->cap = cap;
    return true;
}

static void
put(struct finding_names *x, const struct diff_name *name)
{
    if (x->out->n == x->out->cap && !grow(x->out)) {
        x->rc = DHK_NOMEM;
        return;
    }
    x->out->list[x->out->n++] = *name;
    x->out->remarks += diff_name_is_remark(name);
}

/* --- lists of names --- */

/* One class of names in one agreement. */
struct named_list {
    const struct agreement *a;
    const struct agreement_kind *kind; /* of fields and carried attributes */
    size_t n;
    const struct agreement_named *titled; /* of purposes and grounds */
};
struct named_class {
    enum diff_class class;
    const char *(*name)(const struct named_list *l, size_t i);
    /* adds all else that the text says about it */
    void (*describe)(struct words *w, const struct named_list *l, size_t i);
};

static size_t
place_of(
    const struct named_class *c, const struct named_list *l, const char *name)
{
    size_t i = 0;

    while (i < l->n && strcmp(c->name(l, i), name) != 0) {
        i++;
    }
    return i;
}

static const char *
described(struct finding_names *x, const struct named_class *c,
    const struct named_list *l, size_t i)
{
    struct words w = {0};
    const char *text;

    c->describe(&w, l, i);
    text = keep(x, &w);
    return text != NULL && *text == '\0' ? NULL : text;
}

static bool
is_same(const char *x, const char *y)
{
    return x == y || (x != NULL && y != NULL && strcmp(x, y) == 0);
}

/* Whether the I-th of fields is there, and required. */
static bool
is_required(const struct named_list *l, size_t i)
{
    return i < l->n && (l->kind->required >> i & 1) != 0;
}

static enum diff_effect
effect_of(const struct named_class *c, const struct named_list l[2], size_t i,
    size_t j)
{
    if (c->class != DIFF_FIELD ||
        is_required(&l[0], i) == is_required(&l[1], j)) {
        return DIFF_NO_EFFECT;
    }
    return is_required(&l[1], j) ? DIFF_NARROWS : DIFF_WIDENS;
}

static void
compare_one(struct finding_names *x, const struct named_class *c,
    const struct named_list l[2], size_t i)
{
    struct diff_name found = {.class = c->class,
        .how = DIFF_REMOVED,
        .name = c->name(&l[0], i),
        .of = l[0].kind == NULL ? NULL : l[0].kind->name};
    size_t j = place_of(c, &l[1], found.name);

    found.from = described(x, c, &l[0], i);
    found.effect = effect_of(c, l, i, j);
    if (j < l[1].n) {
        found.how = DIFF_CHANGED;
        found.to = described(x, c, &l[1], j);
        if (is_same(found.from, found.to)) {
            return;
        }
    }
    put(x, &found);
}

static void
compare_list(struct finding_names *x, const struct named_class *c,
    const struct named_list l[2])
{
    for (size_t i = 0; i < l[0].n; i++) {
        compare_one(x, c, l, i);
    }
    for (size_t i = 0; i < l[1].n; i++) {
        struct diff_name found = {.class = c->class,
            .how = DIFF_ADDED,
            .name = c->name(&l[1], i),
            .of = l[1].kind == NULL ? NULL : l[1].kind->name};

        if (place_of(c, &l[0], found.name) == l[0].n) {
            found.to = described(x, c, &l[1], i);
            found.effect = effect_of(c, l, l[0].n, i);
            put(x, &found);
        }
    }
}

/* --- the classes --- */

static const char *
party_name(const struct named_list *l, size_t i)
{
    return l->a->parties[i];
}

static void
describe_nothing(struct words *w, const struct named_list *l, size_t i)
{
    (void)w;
    (void)l;
    (void)i;
}

static const char *
titled_name(const struct named_list *l, size_t i)
{
    return l->titled[i].name;
}

static void
describe_titled(struct words *w, const struct named_list *l, size_t i)
{
    words_format(w, "\"%s\"", l->titled[i].title);
}

static const char *
attribute_name(const struct named_list *l, size_t i)
{
    return l->a->attributes[i].name;
}

static void
describe_attribute(struct words *w, const struct named_list *l, size_t i)
{
    static const char *const type[] = {
        "yes-no", "level ", "choice ", "number "};
    const struct agreement_attribute *at = &l->a->attributes[i];

    words_add(w, type[at->type]);
    for (size_t v = 0; v < at->values_n; v++) {
        words_format(w, "%s%s", v == 0 ? "" : ", ", at->values[v]);
    }
    if (at->type == ATTRIBUTE_NUMBER) {
        words_format(w, "%u .. %u", at->min, at->max);
    }
    words_add(w, at->by_broker ? " by broker" : "");
    words_add(w, at->closed ? " closed" : "");
    words_add(w, at->urgent ? " urgent" : "");
}

static const char *
window_name(const struct named_list *l, size_t i)
{
    return l->a->windows[i].name;
}

static void
add_time(struct words *w, unsigned minute)
{
    words_format(w, "%02u:%02u", minute / 60, minute % 60);
}

/* Minutes of the week, whatever spans they were written as. */
static void
describe_window(struct words *w, const struct named_list *l, size_t i)
{
    static const char *const day[] = {
        "mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    bool before = false;

    for (unsigned minute = 0; minute <= WEEK; minute++) {
        bool holds = false;

        for (size_t s = 0; s < l->a->windows[i].spans_n; s++) {
            const struct agreement_span *span = &l->a->windows[i].spans[s];

            holds = holds || (minute >= span->from && minute < span->until);
        }
        if (before && (!holds || minute % DAY == 0)) {
            words_add(w, " - ");
            add_time(w, (minute - 1) % DAY + 1);
        }
        if (holds && (!before || minute % DAY == 0)) {
            words_format(w, "%s%s ", w->n == 0 ? "" : ", ", day[minute / DAY]);
            add_time(w, minute % DAY);
        }
        before = holds;
    }
}

static const char *
kind_name(const struct named_list *l, size_t i)
{
    return l->a->kinds[i].name;
}

static void
describe_kind(struct words *w, const struct named_list *l, size_t i)
{
    words_add(w, l->a->kinds[i].requires_psk ? "requires psk" : "");
}

static const char *
field_name(const struct named_list *l, size_t i)
{
    return l->kind->fields[i].name;
}

static void
describe_field(struct words *w, const struct named_list *l, size_t i)
{
    const struct agreement_field *field = &l->kind->fields[i];

    if (field->category == FIELD_SPECIAL) {
        words_format(w, "special %s", field->special);
    } else if (field->category != FIELD_PLAIN) {
        words_format(w, "%c", 'a' + (int)(field->category - FIELD_A));
    }
    if (is_required(l, i)) {
        words_join(w, " ", "required");
    }
}

static const char *
carried_name(const struct named_list *l, size_t i)
{
    return l->a->attributes[l->kind->attributes[i]].name;
}

static const char *
rule_name(const struct named_list *l, size_t i)
{
    return l->a->rules[i].id;
}

static void
describe_rule(struct words *w, const struct named_list *l, size_t i)
{
    words_format(w, "\"%s\"", l->a->rules[i].title);
}

static void
compare_vocabulary(struct finding_names *x)
{
    static const struct named_class classes[] = {
        {DIFF_PARTY, party_name, describe_nothing},
        {DIFF_PURPOSE, titled_name, describe_titled},
        {DIFF_GROUND, titled_name, describe_titled},
        {DIFF_ATTRIBUTE, attribute_name, describe_attribute},
        {DIFF_WINDOW, window_name, describe_window},
        {DIFF_SIGNAL, kind_name, describe_kind},
    };
    const struct agreement *a = x->of[0];
    const struct agreement *b = x->of[1];
    const size_t n[][2] = {{a->parties_n, b->parties_n},
        {a->purposes_n, b->purposes_n}, {a->grounds_n, b->grounds_n},
        {a->attributes_n, b->attributes_n}, {a->windows_n, b->windows_n},
        {a->kinds_n, b->kinds_n}};

    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        bool purposes = classes[i].class == DIFF_PURPOSE;
        const struct named_list l[2] = {
            {a, NULL, n[i][0], purposes ? a->purposes : a->grounds},
            {b, NULL, n[i][1], purposes ? b->purposes : b->grounds}};

        compare_list(x, &classes[i], l);
    }
}

static void
compare_signals(struct finding_names *x)
{
    static const struct named_class fields = {
        DIFF_FIELD, field_name, describe_field};
    static const struct named_class carried = {
        DIFF_CARRIED, carried_name, describe_nothing};

    for (size_t i = 0; i < x->of[0]->kinds_n; i++) {
        const struct agreement_kind *old = &x->of[0]->kinds[i];
        int j = agreement_kind(x->of[1], slice_str(old->name));
        struct named_list l[2] = {
            {.a = x->of[0], .kind = old}, {.a = x->of[1]}};

        if (j < 0) {
            continue;
        }
        l[1].kind = &x->of[1]->kinds[j];
        l[0].n = old->fields_n;
        l[1].n = l[1].kind->fields_n;
        compare_list(x, &fields, l);
        l[0].n = old->attributes_n;
        l[1].n = l[1].kind->attributes_n;
        compare_list(x, &carried, l);
    }
}

static void
compare_rules(struct finding_names *x)
{
    static const struct named_class rules = {
        DIFF_RULE, rule_name, describe_rule};
    const struct named_list l[2] = {{.a = x->of[0], .n = x->of[0]->rules_n},
        {.a = x->of[1], .n = x->of[1]->rules_n}};

    compare_list(x, &rules, l);
}

/* --- the header --- */

static void
compare_header(struct finding_names *x)
{
    for (size_t i = 0; i < DIFF_HEADER_PARTS; i++) {
        struct diff_name found = {.class = DIFF_HEADER,
            .how = DIFF_CHANGED,
            .name = diff_header_part(i)};
        struct words from = {0};
        struct words to = {0};

        diff_header_describe(&from, x->of[0], i);
        diff_header_describe(&to, x->of[1], i);
        found.from = keep(x, &from);
        found.to = keep(x, &to);
        if (!is_same(found.from, found.to)) {
            put(x, &found);
        }
    }
}

enum dhk_err
diff_names_find(struct diff_names *out, const struct agreement *before,
    const struct agreement *after)
{
    struct finding_names x = {.out = out, .of = {before, after}, .rc = DHK_OK};

    memset(out, 0, sizeof *out);
    out->arena = arena_new();
    if (out->arena == NULL) {
        return DHK_NOMEM;
    }
    compare_header(&x);
    compare_vocabulary(&x);
    compare_signals(&x);
    compare_rules(&x);
    return x.rc;
}

void
diff_names_done(struct diff_names *names)
{
    struct arena *arena = names->arena;

    arena_destroy(&arena);
    memset(names, 0, sizeof *names);
}

bool
diff_name_is_remark(const struct diff_name *name)
{
    return name->class == DIFF_RULE;
}

const char *diff_class_name(enum diff_class class)
{
    static const char *const name[] = {"header", "party", "purpose", "ground",
        "attribute", "window", "signal", "field", "carried", "rule"};

    return name[class];
}
