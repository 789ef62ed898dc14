/* SPDX-License-Identifier: EUPL-1.2
 *
 * Compiling an agreement. The table is laid out twice by the same code: first
 * to count its bytes, then in memory of that size, which is then closed for
 * writing. */
#include "compiled.h"

#include <string.h>
#include <sys/mman.h>

#include "compiled_rows.h"
#include "duties.h"

enum { ALIGN = 16 };

struct builder {
    const struct agreement *a;
    uint8_t *base; /* NULL while counting */
    uint32_t used;
    bool too_large;
    uint16_t duties_n;
};

/* Offset of room for N things of SIZE, zeroed. */
static uint32_t
carve(struct builder *b, size_t n, size_t size)
{
    size_t at = b->used;

    if (b->too_large || n > COMPILED_BYTES_MAX / size ||
        n * size > COMPILED_BYTES_MAX - at - ALIGN) {
        b->too_large = true;
        return 0;
    }
    b->used = (uint32_t)((at + n * size + ALIGN - 1) / ALIGN * ALIGN);
    return (uint32_t)at;
}

/* What lies at OFFSET; never called while counting. */
static void *
at(const struct builder *b, uint32_t offset)
{
    return b->base + offset;
}

/* Writes one thing of SIZE as the I-th of those at OFFSET. */
static void
put(const struct builder *b, uint32_t offset, size_t i, const void *thing,
    size_t size)
{
    if (b->base != NULL) {
        memcpy(b->base + offset + i * size, thing, size);
    }
}

/* The next rule of TYPE from I on that can apply to the kind; rules_n: none. */
static size_t
next_rule(const struct agreement *a, size_t kind, enum rule_type type, size_t i)
{
    while (i < a->rules_n &&
           (a->rules[i].type != type || !admits_kind(a, &a->rules[i], kind))) {
        i++;
    }
    return i;
}

static uint32_t
count_rules(const struct agreement *a, size_t kind, enum rule_type type)
{
    uint32_t n = 0;

    for (size_t i = next_rule(a, kind, type, 0); i < a->rules_n;
         i = next_rule(a, kind, type, i + 1)) {
        n++;
    }
    return n;
}

/* Index of the rule's duties among those of the table; 0: none. */
static uint16_t
keep_duties(struct builder *b, uint32_t duties, const struct rule *rule)
{
    struct duties *kept = at(b, duties);
    struct duties own;
    uint16_t i = 0;

    memset(&own, 0, sizeof own);
    duties_join(&own, &rule->duties);
    while (i < b->duties_n && !duties_equal(&kept[i], &own)) {
        i++;
    }
    if (i == b->duties_n) {
        memcpy(&kept[b->duties_n++], &own, sizeof own);
    }
    return i;
}

static struct compiled_rule *
put_rules(struct builder *b, struct compiled_rule *out, size_t kind,
    enum rule_type type, uint32_t duties)
{
    const struct agreement *a = b->a;

    for (size_t i = next_rule(a, kind, type, 0); i < a->rules_n;
         i = next_rule(a, kind, type, i + 1)) {
        const struct rule *rule = &a->rules[i];

        out->index = (uint16_t)i;
        if (type != RULE_FORBID) {
            out->share = rule->share[kind];
        }
        if (type == RULE_PERMIT) {
            out->withhold = rule->withhold[kind];
            out->duty = keep_duties(b, duties, rule);
        }
        out++;
    }
    return out;
}

/* The rows at OFFSET of the kind. */
static struct compiled_rows
rows_at(
    const struct builder *b, const struct compiled_kind *kind, uint32_t offset)
{
    return (struct compiled_rows){.a = b->a,
        .rules = at(b, kind->rules),
        .rules_n = kind->rules_n,
        .words = kind->words,
        .row = at(b, offset)};
}

/* N rows, one for each value of a dimension that every rule has. */
static uint32_t
put_rows(struct builder *b, const struct compiled_kind *kind, size_t n,
    enum admits_asked asked)
{
    uint32_t offset = carve(b, n * kind->words, sizeof(uint64_t));
    struct compiled_rows rows;

    if (b->base != NULL) {
        rows = rows_at(b, kind, offset);
        for (size_t i = 0; i < n; i++) {
            compiled_rows_fill(&rows, i, asked, 0, (uint32_t)i);
        }
    }
    return offset;
}

static bool
has_test(const struct rule *rule, uint16_t what, bool window)
{
    for (size_t k = 0; k < rule->atoms_n; k++) {
        const struct atom *atom = &rule->atoms[k];

        if (atom->attribute == what && (atom->type == ATOM_WINDOW) == window) {
            return true;
        }
    }
    return false;
}

/* Whether a rule that can apply to the kind tests the attribute or window. */
static bool
is_tested(const struct agreement *a, size_t kind, uint16_t what, bool window)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        const struct rule *rule = &a->rules[i];

        if (admits_kind(a, rule, kind) && has_test(rule, what, window)) {
            return true;
        }
    }
    return false;
}

/* By value, its row. */
static void
fill_lookup(const struct builder *b, const struct compiled_attribute *of,
    const struct partition *classes)
{
    uint16_t *row = at(b, of->lookup);
    size_t c = 0;

    for (uint32_t i = 0; i <= of->span; i++) {
        while (c < classes->n && classes->first[c] <= of->min + i) {
            c++;
        }
        row[i] = (uint16_t)(classes->of == NULL ? c : classes->of[i] + 1U);
    }
}

enum how { HOW_LOOKED_UP = 0, HOW_SEARCHED, HOW_UNTESTED };

static enum how
how_found(const struct agreement *a, size_t kind, size_t k)
{
    uint16_t attribute = a->kinds[kind].attributes[k];
    const struct agreement_attribute *of = &a->attributes[attribute];

    if (!is_tested(a, kind, attribute, false)) {
        return HOW_UNTESTED;
    }
    return of->max - of->min < COMPILED_RANGE_MAX ? HOW_LOOKED_UP
                                                  : HOW_SEARCHED;
}

static struct compiled_attribute
put_attribute(struct builder *b, const struct compiled_kind *kind, size_t i,
    size_t k, enum how how)
{
    uint16_t attribute = b->a->kinds[i].attributes[k];
    const struct agreement_attribute *from = &b->a->attributes[attribute];
    const struct partition *classes = &b->a->kinds[i].partitions[k];
    struct compiled_attribute out = {.position = (uint32_t)k,
        .min = from->min,
        .span = from->max - from->min};
    struct compiled_rows rows;

    if (how == HOW_UNTESTED) {
        return out;
    }
    out.classes_n = (uint32_t)classes->n;
    out.rows = carve(b, (classes->n + 1) * kind->words, sizeof(uint64_t));
    out.lookup = how == HOW_LOOKED_UP
                     ? carve(b, (size_t)out.span + 1, sizeof(uint16_t))
                     : carve(b, classes->n, sizeof(uint32_t));
    if (b->base == NULL) {
        return out;
    }
    rows = rows_at(b, kind, out.rows);
    compiled_rows_classes(&rows, attribute, classes);
    if (how == HOW_LOOKED_UP) {
        fill_lookup(b, &out, classes);
    } else {
        put(b, out.lookup, 0, classes->first,
            classes->n * sizeof *classes->first);
    }
    return out;
}

/* Adds the attributes whose row is found in the manner HOW. */
static void
put_attributes(
    struct builder *b, struct compiled_kind *kind, size_t i, enum how how)
{
    for (size_t k = 0; k < b->a->kinds[i].attributes_n; k++) {
        struct compiled_attribute one;

        if (how_found(b->a, i, k) != how) {
            continue;
        }
        one = put_attribute(b, kind, i, k, how);
        put(b, kind->attributes, kind->attributes_n++, &one, sizeof one);
    }
}

static void
put_windows(struct builder *b, struct compiled_kind *kind, size_t i)
{
    kind->windows = carve(b, b->a->windows_n, sizeof(struct compiled_window));
    for (size_t w = 0; w < b->a->windows_n; w++) {
        struct compiled_window one = {.window = (uint32_t)w};

        if (!is_tested(b->a, i, (uint16_t)w, true)) {
            continue;
        }
        one.rows = carve(b, (size_t)2 * kind->words, sizeof(uint64_t));
        if (b->base != NULL) {
            struct compiled_rows rows = rows_at(b, kind, one.rows);

            compiled_rows_fill(&rows, 0, ADMITS_WINDOW, (uint16_t)w, 0);
            compiled_rows_fill(&rows, 1, ADMITS_WINDOW, (uint16_t)w, 1);
        }
        put(b, kind->windows, kind->windows_n++, &one, sizeof one);
    }
}

static struct compiled_kind
put_kind(struct builder *b, size_t i, uint32_t duties)
{
    const struct agreement *a = b->a;
    struct compiled_kind kind = {0};

    kind.forbids_end = count_rules(a, i, RULE_FORBID);
    kind.permits_end = kind.forbids_end + count_rules(a, i, RULE_PERMIT);
    kind.rules_n = kind.permits_end + count_rules(a, i, RULE_NEVER);
    kind.words = (kind.rules_n + 63) / 64;
    kind.rules = carve(b, kind.rules_n, sizeof(struct compiled_rule));
    if (b->base != NULL) {
        struct compiled_rule *next = at(b, kind.rules);

        next = put_rules(b, next, i, RULE_FORBID, duties);
        next = put_rules(b, next, i, RULE_PERMIT, duties);
        (void)put_rules(b, next, i, RULE_NEVER, duties);
    }
    kind.senders = put_rows(b, &kind, a->parties_n, ADMITS_SENDER);
    kind.recipients = put_rows(b, &kind, a->parties_n, ADMITS_RECIPIENT);
    kind.purposes = put_rows(b, &kind, a->purposes_n, ADMITS_PURPOSE);
    kind.grounds = put_rows(b, &kind, a->grounds_n, ADMITS_GROUND);
    kind.attributes =
        carve(b, a->kinds[i].attributes_n, sizeof(struct compiled_attribute));
    put_attributes(b, &kind, i, HOW_LOOKED_UP);
    kind.looked_up_end = kind.attributes_n;
    put_attributes(b, &kind, i, HOW_SEARCHED);
    kind.searched_end = kind.attributes_n;
    put_attributes(b, &kind, i, HOW_UNTESTED);
    put_windows(b, &kind, i);
    return kind;
}

static void
compact_duties(const struct builder *b, const struct compiled *c)
{
    const struct duties *full = at(b, c->full);
    struct compiled_duties *out = at(b, c->duties);

    for (size_t i = 0; i < b->duties_n; i++) {
        const struct duties *d = &full[i];

        out[i].onward_to = d->onward_limited ? d->onward_to : UINT64_MAX;
        out[i].notify = d->notify;
        out[i].at_most = d->has_at_most ? d->at_most : UINT32_MAX;
        out[i].at_least = d->has_at_least ? d->at_least : 0;
        out[i].has = (d->has_at_most ? COMPILED_HAS_AT_MOST : 0) |
                     (d->has_at_least ? COMPILED_HAS_AT_LEAST : 0) |
                     (d->onward_limited ? COMPILED_HAS_ONWARD : 0) |
                     (d->log ? COMPILED_HAS_LOG : 0);
        out[i].approvals_n = (uint32_t)d->approvals_n;
    }
}

static void
put_all(struct builder *b)
{
    const struct agreement *a = b->a;
    struct compiled c = {0};

    (void)carve(b, 1, sizeof c);
    c.parties_n = (uint32_t)a->parties_n;
    c.kinds_n = (uint32_t)a->kinds_n;
    c.purposes_n = (uint32_t)a->purposes_n;
    c.grounds_n = (uint32_t)a->grounds_n;
    c.kinds = carve(b, a->kinds_n, sizeof(struct compiled_kind));
    /* at the most; none is always there */
    b->duties_n = 1;
    c.full = carve(b, a->rules_n + 1, sizeof(struct duties));
    c.duties = carve(b, a->rules_n + 1, sizeof(struct compiled_duties));
    for (size_t i = 0; i < a->kinds_n; i++) {
        struct compiled_kind kind = put_kind(b, i, c.full);

        put(b, c.kinds, i, &kind, sizeof kind);
    }
    c.bytes = b->used;
    if (b->base != NULL) {
        compact_duties(b, &c);
    }
    put(b, 0, 0, &c, sizeof c);
}

enum dhk_err
compiled_new(struct compiled **out, const struct agreement *a)
{
    struct builder count = {.a = a};
    struct builder build = {.a = a};
    void *memory;

    *out = NULL;
    if (a->rules_n > COMPILED_RULES_MAX) {
        return DHK_LIMIT;
    }
    put_all(&count);
    if (count.too_large) {
        return DHK_LIMIT;
    }
    memory = mmap(NULL, count.used, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return DHK_NOMEM;
    }
    build.base = memory;
    put_all(&build);
    must(build.used == count.used);
    if (mprotect(memory, count.used, PROT_READ) != 0) {
        (void)munmap(memory, count.used);
        return DHK_NOMEM;
    }
    *out = memory;
    return DHK_OK;
}

void
compiled_destroy(struct compiled **c)
{
    if (*c != NULL) {
        (void)munmap(*c, (*c)->bytes);
        *c = NULL;
    }
}
