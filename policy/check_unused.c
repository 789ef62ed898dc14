/* SPDX-License-Identifier: EUPL-1.2
 *
 * What an agreement declares and no rule names, or has use for. `any` names
 * nobody. */
#include "check.h"

static void
say_unused(struct resolver *r, const struct token *name, const char *class)
{
    findings_warning(r->findings, name->at, "%s '%.*s' is named by no rule",
        class, (int)name->text.n, (const char *)name->text.p);
}

static void
unused_words(struct resolver *r)
{
    size_t i = 0;

    LIST_EACH(struct word, word, &r->syntax->parties)
    {
        if ((r->used.parties >> i++ & 1) == 0) {
            say_unused(r, &word->token, "party");
        }
    }
    i = 0;
    LIST_EACH(struct syntax_group, group, &r->syntax->groups)
    {
        if ((r->used.groups >> i++ & 1) == 0) {
            say_unused(r, &group->name, "group");
        }
    }
    i = 0;
    LIST_EACH(struct syntax_window, window, &r->syntax->windows)
    {
        if ((r->used.windows >> i++ & 1) == 0) {
            say_unused(r, &window->name, "window");
        }
    }
}

static void
unused_named(struct resolver *r)
{
    size_t i = 0;

    LIST_EACH(struct syntax_named, purpose, &r->syntax->purposes)
    {
        if ((r->used.purposes >> i++ & 1) == 0) {
            say_unused(r, &purpose->name, "purpose");
        }
    }
    i = 0;
    LIST_EACH(struct syntax_named, ground, &r->syntax->grounds)
    {
        if ((r->used.grounds >> i++ & 1) == 0) {
            say_unused(r, &ground->name, "ground");
        }
    }
}

/* An urgent attribute has its use without a rule. */
static void
unused_attributes(struct resolver *r)
{
    uint64_t carried = 0;
    size_t i = 0;

    for (size_t k = 0; k < r->a->kinds_n; k++) {
        for (size_t p = 0; p < r->a->kinds[k].attributes_n; p++) {
            carried |= UINT64_C(1) << r->a->kinds[k].attributes[p];
        }
    }
    LIST_EACH(struct syntax_attribute, at, &r->syntax->attributes)
    {
        if ((carried >> i & 1) == 0) {
            findings_warning(r->findings, at->name.at,
                "no signal carries attribute '%.*s'", (int)at->name.text.n,
                (const char *)at->name.text.p);
        } else if ((r->used.attributes >> i & 1) == 0 && !at->urgent) {
            say_unused(r, &at->name, "attribute");
        }
        i++;
    }
}

/* A signal that no permit covers, and a field that no rule has an opinion on:
 * it reaches nobody, which may be an oversight. */
static void
unused_kind(struct resolver *r, size_t k, const struct syntax_kind *kind)
{
    uint32_t named = 0;
    uint32_t shared = 0;
    bool permitted = false;
    size_t i = 0;

    for (size_t n = 0; n < r->a->rules_n; n++) {
        const struct rule *rule = &r->a->rules[n];

        named |= rule->share[k] | rule->withhold[k];
        shared |= rule->type == RULE_PERMIT ? rule->share[k] : 0;
        permitted = permitted ||
                    (rule->type == RULE_PERMIT && (rule->kinds >> k & 1) != 0);
    }
    if (!permitted) {
        findings_warning(r->findings, kind->name.at,
            "no rule permits signal '%s'", r->a->kinds[k].name);
        return;
    }
    LIST_EACH(struct syntax_field, field, &kind->fields)
    {
        if ((named >> i & 1) == 0) {
            say_unused(r, &field->name, "field");
        } else if (field->required && (shared >> i & 1) == 0) {
            findings_warning(r->findings, field->name.at,
                "field '%s' is required, and no rule shares it",
                r->a->kinds[k].fields[i].name);
        }
        i++;
    }
}

void
check_unused(struct resolver *r)
{
    size_t k = 0;

    unused_words(r);
    unused_named(r);
    unused_attributes(r);
    LIST_EACH(struct syntax_kind, kind, &r->syntax->kinds)
    {
        unused_kind(r, k++, kind);
    }
    if (r->a->version > 1 && !r->a->has_supersedes) {
        findings_warning(r->findings, r->syntax->version.at,
            "version %u does not say which text it supersedes", r->a->version);
    }
}
