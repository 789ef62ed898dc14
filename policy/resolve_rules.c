/* SPDX-License-Identifier: EUPL-1.2
 *
 * The rules of an agreement: each becomes a box of bit sets, with the fields
 * that it shares or takes away in each signal. */
#include "resolve.h"

typedef int (*lookup)(struct resolver *r, const struct token *name);

/* Bits of the names; WHAT is said of one that stands there twice. */
static uint64_t
bits_of(
    struct resolver *r, const struct list *names, lookup look, uint64_t *used)
{
    uint64_t all = 0;

    LIST_EACH(struct word, word, names)
    {
        int i = look(r, &word->token);

        if (i < 0) {
            continue;
        }
        if ((all >> i & 1) != 0) {
            findings_error(r->findings, word->token.at,
                "'%.*s' is in the list already", (int)word->token.text.n,
                (const char *)word->token.text.p);
        }
        all |= UINT64_C(1) << i;
    }
    *used |= all;
    return all;
}

static uint64_t
every(size_t n)
{
    return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

static void
unknown_field(
    struct resolver *r, const struct rule *rule, const struct token *name)
{
    struct nearest nearest;

    names_nearest_init(&nearest, name->text);
    for (size_t k = 0; k < r->a->kinds_n; k++) {
        const struct agreement_kind *kind = &r->a->kinds[k];

        for (size_t i = 0; (rule->kinds >> k & 1) != 0 && i < kind->fields_n;
             i++) {
            names_nearest_offer(&nearest, kind->fields[i].name);
        }
    }
    resolve_unknown(r, name, "field", &nearest);
}

/* Sets the bit of the field in the mask of each of the rule's signals that has
 * it. */
static void
add_field(struct resolver *r, uint32_t *masks, const struct rule *rule,
    const struct token *name)
{
    bool found = false;
    bool twice = false;

    for (size_t k = 0; k < r->a->kinds_n; k++) {
        int i = (rule->kinds >> k & 1) == 0
                    ? -1
                    : agreement_field(&r->a->kinds[k], name->text);

        if (i >= 0) {
            found = true;
            twice = twice || (masks[k] >> i & 1) != 0;
            masks[k] |= UINT32_C(1) << i;
        }
    }
    if (!found && (rule->kinds != 0 || r->a->kinds_n == 0)) {
        unknown_field(r, rule, name);
    }
    if (twice) {
        findings_error(r->findings, name->at, "'%.*s' is in the list already",
            (int)name->text.n, (const char *)name->text.p);
    }
}

/* A category may have no field in any signal. */
static void
add_category(struct resolver *r, uint32_t *masks, const struct word *category)
{
    enum field_category found;

    if (!resolve_category(r, &found, category)) {
        return;
    }
    for (size_t k = 0; k < r->a->kinds_n; k++) {
        masks[k] |= resolve_of_category(&r->a->kinds[k], category);
    }
}

/* Masks by kind of the fields that NAMES names. A field may be missing in
 * some of the rule's signals, not in all. */
static enum dhk_err
read_fields(struct resolver *r, uint32_t **out, const struct rule *rule,
    const struct list *names)
{
    *out = arena_alloc(r->arena, r->a->kinds_n, sizeof **out);
    if (*out == NULL) {
        return DHK_NOMEM;
    }
    LIST_EACH(struct word, word, names)
    {
        if (word->class_ == WORD_NAME) {
            add_field(r, *out, rule, &word->token);
        }
    }
    LIST_EACH(struct word, word, names)
    {
        if (word->class_ != WORD_NAME) {
            add_category(r, *out, word);
        }
    }
    return DHK_OK;
}

static enum dhk_err
read_text(struct resolver *r, struct rule *rule, const struct syntax_rule *from)
{
    rule->type = from->type;
    rule->at = from->id.at;
    rule->id = arena_text(r->arena, from->id.text);
    rule->title = arena_text(r->arena, from->title.text);
    if (from->because.text.n > 0) {
        rule->because = arena_text(r->arena, from->because.text);
        if (rule->because == NULL) {
            return DHK_NOMEM;
        }
    }
    return rule->id != NULL && rule->title != NULL ? DHK_OK : DHK_NOMEM;
}

static void
read_box(struct resolver *r, struct rule *rule, const struct syntax_rule *from)
{
    rule->recipients = resolve_party_set(r, &from->to);
    rule->purposes = every(r->a->purposes_n);
    rule->grounds = every(r->a->grounds_n);
    rule->senders = every(r->a->parties_n);
    rule->kinds = every(r->a->kinds_n);
    if (from->type == RULE_NEVER) {
        return;
    }
    rule->senders = resolve_party_set(r, &from->from);
    if (!from->kinds.any) {
        rule->kinds =
            bits_of(r, &from->kinds.names, resolve_kind, &r->used.kinds);
    }
    if (from->purposes.n > 0) {
        rule->purposes =
            bits_of(r, &from->purposes, resolve_purpose, &r->used.purposes);
    }
    if (from->grounds.n > 0) {
        rule->grounds =
            bits_of(r, &from->grounds, resolve_ground, &r->used.grounds);
    }
}

static enum dhk_err
read_conditions(
    struct resolver *r, struct rule *rule, const struct syntax_rule *from)
{
    const struct syntax_set *kinds =
        from->type == RULE_NEVER ? NULL : &from->kinds;

    rule->atoms = arena_alloc(r->arena, from->atoms.n, sizeof *rule->atoms);
    if (rule->atoms == NULL) {
        return DHK_NOMEM;
    }
    if (from->atoms.n > LIMIT_ATOMS) {
        findings_error(r->findings, rule->at,
            "more than %d conditions in one rule", (int)LIMIT_ATOMS);
        return DHK_OK;
    }
    LIST_EACH(struct syntax_atom, atom, &from->atoms)
    {
        if (atom->op == OP_APPROVAL) {
            rule->approvers |= resolve_party_set(r, &atom->set);
        } else if (resolve_atom(r, &rule->atoms[rule->atoms_n], atom, kinds)) {
            rule->atoms_n++;
        }
    }
    return DHK_OK;
}

/* What a permit shares in each signal is something, and nothing that it
 * withholds itself. */
static void
check_shares(struct resolver *r, const struct rule *rule)
{
    for (size_t k = 0; k < r->a->kinds_n; k++) {
        uint32_t both = rule->share[k] & rule->withhold[k];

        if (both != 0) {
            findings_error(r->findings, rule->at,
                "rule %s both shares and withholds '%s'", rule->id,
                r->a->kinds[k].fields[__builtin_ctz(both)].name);
            return;
        }
    }
}

/* A never concerns the signals that carry one of its fields. */
static void
narrow_never(struct resolver *r, struct rule *rule)
{
    for (size_t k = 0; k < r->a->kinds_n; k++) {
        if (rule->share[k] == 0) {
            rule->kinds &= ~(UINT64_C(1) << k);
        }
    }
}

enum dhk_err
resolve_rule(
    struct resolver *r, struct rule *rule, const struct syntax_rule *from)
{
    enum dhk_err rc = read_text(r, rule, from);

    if (rc != DHK_OK) {
        return rc;
    }
    read_box(r, rule, from);
    rc = read_fields(r, &rule->share, rule, &from->share);
    if (rc == DHK_OK) {
        rc = read_fields(r, &rule->withhold, rule, &from->withhold);
    }
    if (rc != DHK_OK) {
        return rc;
    }
    check_shares(r, rule);
    if (rule->type == RULE_NEVER) {
        narrow_never(r, rule);
    }
    LIST_EACH(struct syntax_duty, duty, &from->duties)
    {
        (void)resolve_duty(r, &rule->duties, duty);
    }
    return read_conditions(r, rule, from);
}

static void
check_id(struct resolver *r, size_t i)
{
    const struct rule *rule = &r->a->rules[i];

    for (size_t j = 0; rule->id[0] != '\0' && j < i; j++) {
        if (slice_equal(slice_str(rule->id), slice_str(r->a->rules[j].id))) {
            findings_error(r->findings, rule->at,
                "rule %s is in line %u already", rule->id,
                r->a->rules[j].at.line);
            return;
        }
    }
}

enum dhk_err
resolve_rules(struct resolver *r)
{
    const struct list *from = &r->syntax->rules;

    if (from->n == 0) {
        findings_error(r->findings, r->syntax->name.at, "%s",
            r->syntax->goal == SYNTAX_AGREEMENT
                ? "the agreement has no rule, and so permits nothing"
                : "there is no rule");
    }
    r->a->rules = arena_alloc(r->arena, from->n, sizeof *r->a->rules);
    if (r->a->rules == NULL) {
        return DHK_NOMEM;
    }
    LIST_EACH(struct syntax_rule, rule, from)
    {
        if (resolve_rule(r, &r->a->rules[r->a->rules_n++], rule) != DHK_OK) {
            return DHK_NOMEM;
        }
    }
    for (size_t i = 1; i < r->a->rules_n; i++) {
        check_id(r, i);
    }
    return DHK_OK;
}
