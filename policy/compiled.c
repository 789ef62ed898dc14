/* SPDX-License-Identifier: EUPL-1.2
 *
 * Deciding by a compiled agreement; compile.c makes it. */
#include "compiled.h"

#include <string.h>

#include "compiled_table.h"
#include "duties.h"

enum {
    /* sender, purpose, ground, recipient, attributes, windows */
    ROWS_MAX = 4 + LIMIT_ATTRIBUTES + LIMIT_WINDOWS,
    BLOCK = 8, /* words that are intersected at a time */
};

/* The sets of rules whose intersection applies. */
struct rows {
    const uint64_t *row[ROWS_MAX];
    size_t n;
};

static void
add_row(struct rows *rows, const struct compiled *c,
    const struct compiled_kind *kind, uint32_t offset, size_t i)
{
    const uint64_t *first = compiled_at(c, offset);

    rows->row[rows->n++] = first + i * kind->words;
}

/* Row of V, a value of the attribute: how many classes begin at or below it.
 * The first does. Halving multiplies, for a branch would be a guess. */
static size_t
search_row(
    const struct compiled *c, const struct compiled_attribute *at, uint32_t v)
{
    const uint32_t *first = compiled_at(c, at->lookup);
    size_t low = 0;
    size_t n = at->classes_n;

    while (n > 1) {
        size_t half = n / 2;

        low += half * (size_t)(first[low + half] <= v);
        n -= half;
    }
    return low + 1;
}

/* False when V may not be looked at, or is no value of the attribute. */
static inline bool
is_readable(const struct compiled_attribute *at, struct value v)
{
    return v.state == VALUE_KNOWN ? v.v - at->min <= at->span
                                  : v.state != VALUE_HIDDEN;
}

/* One kind of attribute after the other, for loops are foreseen better than
 * what differs from attribute to attribute. */
static bool
add_attributes(struct rows *rows, const struct compiled *c,
    const struct compiled_kind *kind, const struct request *req)
{
    const struct compiled_attribute *at = compiled_at(c, kind->attributes);
    size_t i = 0;

    for (; i < kind->looked_up_end; i++) {
        struct value v = req->attribute[at[i].position];
        const uint16_t *row = compiled_at(c, at[i].lookup);

        if (!is_readable(&at[i], v)) {
            return false;
        }
        add_row(rows, c, kind, at[i].rows,
            v.state == VALUE_KNOWN ? row[v.v - at[i].min] : 0);
    }
    for (; i < kind->searched_end; i++) {
        struct value v = req->attribute[at[i].position];

        if (!is_readable(&at[i], v)) {
            return false;
        }
        add_row(rows, c, kind, at[i].rows,
            v.state == VALUE_KNOWN ? search_row(c, &at[i], v.v) : 0);
    }
    for (; i < kind->attributes_n; i++) { /* which no rule tests */
        if (!is_readable(&at[i], req->attribute[at[i].position])) {
            return false;
        }
    }
    return true;
}

/* The rows of sender, purpose and ground; NULL when one of them or the kind is
 * not of the agreement, else the kind. */
static const struct compiled_kind *
find_route(
    struct rows *rows, const struct compiled *c, const struct request *req)
{
    const struct compiled_kind *kind = compiled_at(c, c->kinds);

    rows->n = 0;
    if (req->sender >= c->parties_n || req->kind >= c->kinds_n ||
        req->purpose >= c->purposes_n || req->ground >= c->grounds_n) {
        return NULL;
    }
    kind += req->kind;
    add_row(rows, c, kind, kind->senders, req->sender);
    add_row(rows, c, kind, kind->purposes, req->purpose);
    add_row(rows, c, kind, kind->grounds, req->ground);
    return kind;
}

/* The same and the row of the recipient. */
static const struct compiled_kind *
find_whole_route(
    struct rows *rows, const struct compiled *c, const struct request *req)
{
    const struct compiled_kind *kind = find_route(rows, c, req);

    if (kind == NULL || req->recipient >= c->parties_n) {
        return NULL;
    }
    add_row(rows, c, kind, kind->recipients, req->recipient);
    return kind;
}

/* The rows of attributes and windows; false when it is not decidable. */
static bool
find_conditions(struct rows *rows, const struct compiled *c,
    const struct compiled_kind *kind, const struct request *req)
{
    const struct compiled_window *window = compiled_at(c, kind->windows);

    if (req->windows_hidden || !add_attributes(rows, c, kind, req)) {
        return false;
    }
    for (size_t w = 0; w < kind->windows_n; w++) {
        add_row(rows, c, kind, window[w].rows,
            req->windows >> window[w].window & 1);
    }
    return true;
}

static uint64_t
intersect(const struct rows *rows, size_t word)
{
    uint64_t x = rows->row[0][word];

    for (size_t r = 1; r < rows->n; r++) {
        x &= rows->row[r][word];
    }
    return x;
}

/* The same for BLOCK words from WORD: a loop that compilers make wide. */
static void
intersect_block(uint64_t x[BLOCK], const struct rows *rows, size_t word)
{
    memcpy(x, rows->row[0] + word, BLOCK * sizeof *x);
    for (size_t r = 1; r < rows->n; r++) {
        const uint64_t *row = rows->row[r] + word;

        for (size_t i = 0; i < BLOCK; i++) {
            x[i] &= row[i];
        }
    }
}

/* A decision in the making. Its reason is DENY_NO_FIELDS from the first permit
 * on. */
struct making {
    struct decision *out;
    const struct compiled_kind *kind;
    const struct compiled_rule *rules;
    const struct duties *full;
    const struct compiled_duties *duties;
    struct compiled_duties joined;
};

static void
begin(struct making *m, struct decision *out, const struct compiled *c,
    const struct compiled_kind *kind)
{
    m->out = out;
    m->kind = kind;
    m->rules = compiled_at(c, kind->rules);
    m->full = compiled_at(c, c->full);
    m->duties = compiled_at(c, c->duties);
    m->joined = m->duties[0];
}

/* Not known to the compiler: for a memset of a known length that is neither
 * short nor long gcc makes an instruction that takes as long as all the rest
 * of a decision. */
static const volatile size_t decision_bytes = sizeof(struct decision);

static void
deny(struct decision *out)
{
    memset(out, 0, decision_bytes);
    out->reason = DENY_NO_PERMIT;
}

static void
name_rule(struct decision *out, const struct compiled_rule *rule)
{
    if (out->rules_n < LIMIT_RULES_USED) {
        out->rules[out->rules_n++] = rule->index;
    }
}

/* As duties_join() has it. */
static inline void
join(struct making *m, size_t duty)
{
    const struct compiled_duties *more = &m->duties[duty];
    struct compiled_duties *out = &m->joined;

    out->onward_to &= more->onward_to;
    out->notify |= more->notify;
    out->at_most = more->at_most < out->at_most ? more->at_most : out->at_most;
    out->at_least =
        more->at_least > out->at_least ? more->at_least : out->at_least;
    out->has |= more->has;
    for (size_t i = 0; i < more->approvals_n; i++) {
        duties_join_approval(&m->out->duties, &m->full[duty].approval[i]);
    }
}

/* Applies the rule of number I; false when no later one can matter. */
static bool
apply(struct making *m, size_t i)
{
    const struct compiled_rule *rule = &m->rules[i];
    struct decision *out = m->out;

    if (i < m->kind->forbids_end) {
        out->reason = DENY_FORBID;
        name_rule(out, rule);
        return false;
    }
    if (i < m->kind->permits_end) {
        out->reason = DENY_NO_FIELDS;
        out->fields |= rule->share;
        out->withheld |= rule->withhold;
        join(m, rule->duty);
    } else if (out->reason == DENY_NO_PERMIT) {
        return false;
    } else {
        out->never |= rule->share;
    }
    name_rule(out, rule);
    return true;
}

/* Applies the rules of X, which is word WORD of the intersection. */
static bool
apply_word(struct making *m, size_t word, uint64_t x)
{
    while (x != 0) {
        if (!apply(m, word * 64 + (size_t)__builtin_ctzll(x))) {
            return false;
        }
        x &= x - 1;
    }
    return true;
}

static void
tell_duties(struct duties *out, const struct compiled_duties *d)
{
    out->has_at_most = (d->has & COMPILED_HAS_AT_MOST) != 0;
    out->has_at_least = (d->has & COMPILED_HAS_AT_LEAST) != 0;
    out->at_most = out->has_at_most ? d->at_most : 0;
    out->at_least = d->at_least;
    out->onward_limited = (d->has & COMPILED_HAS_ONWARD) != 0;
    out->onward_to = out->onward_limited ? d->onward_to : 0;
    out->notify = d->notify;
    out->log = (d->has & COMPILED_HAS_LOG) != 0;
}

/* All rules have been applied, or those that decide. */
static void
end(struct making *m)
{
    struct decision *out = m->out;

    if (out->reason != DENY_NO_FIELDS) {
        return; /* no permit, or a forbid */
    }
    out->fields &= ~out->withheld & ~out->never;
    if (out->fields == 0) {
        memset(&out->duties, 0, sizeof out->duties);
        return;
    }
    tell_duties(&out->duties, &m->joined);
    out->reason = DENY_NONE;
    out->verdict =
        out->duties.approvals_n > 0 ? VERDICT_PENDING : VERDICT_PERMIT;
}

static bool
apply_block(struct making *m, const struct rows *rows, size_t word)
{
    uint64_t x[BLOCK];

    intersect_block(x, rows, word);
    for (size_t i = 0; i < BLOCK; i++) {
        if (!apply_word(m, word + i, x[i])) {
            return false;
        }
    }
    return true;
}

static void
apply_rows(struct making *m, const struct rows *rows)
{
    size_t words = m->kind->words;
    size_t word = 0;
    bool more = true;

    for (; more && word + BLOCK <= words; word += BLOCK) {
        more = apply_block(m, rows, word);
    }
    for (; more && word < words; word++) {
        more = apply_word(m, word, intersect(rows, word));
    }
}

void
compiled_decide(
    struct decision *out, const struct compiled *c, const struct request *req)
{
    const struct compiled_kind *kind;
    struct making m;
    struct rows rows;

    deny(out);
    kind = find_whole_route(&rows, c, req);
    if (kind == NULL) {
        return;
    }
    if (kind->words == 1 && intersect(&rows, 0) == 0) {
        return; /* whatever the values */
    }
    if (!find_conditions(&rows, c, kind, req)) {
        return;
    }
    begin(&m, out, c, kind);
    apply_rows(&m, &rows);
    end(&m);
}

/* Whether some rule of the route is in one of N rows from FIRST, of WORDS each,
 * and not in another. */
static bool
differ(const struct rows *route, const uint64_t *first, size_t n, size_t words)
{
    for (size_t word = 0; word < words; word++) {
        uint64_t x = intersect(route, word), any = 0;

        for (size_t i = 1; i < n; i++) {
            any |= first[word] ^ first[i * words + word];
        }
        if ((x & any) != 0) {
            return true;
        }
    }
    return false;
}

bool
compiled_has_rules(const struct compiled *c, const struct request *req)
{
    struct rows route;
    const struct compiled_kind *kind = find_whole_route(&route, c, req);

    for (size_t word = 0; kind != NULL && word < kind->words; word++) {
        if (intersect(&route, word) != 0) {
            return true;
        }
    }
    return false;
}

void
compiled_matters(struct compiled_matters *out, const struct compiled *c,
    const struct request *req)
{
    const struct compiled_attribute *at;
    const struct compiled_window *window;
    const struct compiled_kind *kind;
    struct rows route;

    *out = (struct compiled_matters){.attributes = 0};
    kind = find_whole_route(&route, c, req);
    if (kind == NULL) {
        return;
    }
    at = compiled_at(c, kind->attributes);
    for (size_t i = 0; i < kind->searched_end; i++) {
        if (differ(&route, compiled_at(c, at[i].rows), at[i].classes_n + 1,
                kind->words)) {
            out->attributes |= UINT32_C(1) << at[i].position;
        }
    }
    window = compiled_at(c, kind->windows);
    for (size_t w = 0; w < kind->windows_n && !out->windows; w++) {
        out->windows =
            differ(&route, compiled_at(c, window[w].rows), 2, kind->words);
    }
}

/* The words of the rules that may apply to some recipient. */
struct shared {
    uint64_t x[COMPILED_WORDS_MAX]; /* no word is zero */
    uint16_t word[COMPILED_WORDS_MAX];
    size_t n;
};

static void
keep_words(struct shared *s, const struct rows *rows, size_t words)
{
    s->n = 0;
    for (size_t word = 0; word < words; word++) {
        uint64_t x = intersect(rows, word);

        if (x != 0) {
            s->x[s->n] = x;
            s->word[s->n++] = (uint16_t)word;
        }
    }
}

static void
apply_shared(
    struct making *m, const struct shared *s, const uint64_t *recipient)
{
    for (size_t i = 0; i < s->n; i++) {
        size_t word = s->word[i];

        if (!apply_word(m, word, s->x[i] & recipient[word])) {
            return;
        }
    }
}

void
compiled_decide_by(
    struct decision *out, const struct agreement *a, const struct request *req)
{
    if (a->table != NULL) {
        compiled_decide(out, a->table, req);
    } else {
        evaluate(out, a, req);
    }
}

void
compiled_fan_out(struct decision *out, const struct compiled *c,
    const struct request *req, uint64_t recipients)
{
    const struct compiled_kind *kind;
    struct rows rows;
    struct shared shared;

    if (c->parties_n < 64) {
        recipients &= (UINT64_C(1) << c->parties_n) - 1;
    }
    kind = find_route(&rows, c, req);
    shared.n = 0;
    if (kind != NULL && find_conditions(&rows, c, kind, req)) {
        keep_words(&shared, &rows, kind->words);
    }
    for (; recipients != 0; recipients &= recipients - 1) {
        size_t p = (size_t)__builtin_ctzll(recipients);
        const uint64_t *row;
        struct making m;

        deny(&out[p]);
        if (shared.n == 0) {
            continue;
        }
        row = compiled_at(c, kind->recipients);
        begin(&m, &out[p], c, kind);
        apply_shared(&m, &shared, row + p * kind->words);
        end(&m);
    }
}

struct slice
compiled_bytes(const struct compiled *c)
{
    return slice_of(c, c->bytes);
}
