/* SPDX-License-Identifier: EUPL-1.2
 *
 * That what an agreement leaves to the broker is what a broker can compute: a
 * name of relation.h, of its type. Else the attribute would be unknown for
 * ever, and the rule that tests it would not mean what its authors read. */
#include "resolve.h"

#include "relation.h"
#include "words.h"

static void
say_unknown(struct resolver *r, const struct token *name)
{
    struct nearest nearest;

    names_nearest_init(&nearest, name->text);
    for (unsigned i = RELATION_NONE + 1; i < RELATIONS; i++) {
        names_nearest_offer(&nearest, relation_name((enum relation)i));
    }
    if (nearest.name != NULL) {
        findings_error(r->findings, name->at,
            "the broker computes no '%.*s'; did you mean '%s'?",
            (int)name->text.n, (const char *)name->text.p, nearest.name);
        return;
    }
    findings_error(r->findings, name->at,
        "the broker computes no '%.*s'; convenant(5) lists what it computes",
        (int)name->text.n, (const char *)name->text.p);
}

static void
say_type(struct resolver *r, const struct token *name, enum relation relation)
{
    struct words w = {0};
    const char *value = relation_value_name(relation, 0);
    const char *text;

    words_add(&w, value == NULL ? "yes-no" : "choice ");
    for (unsigned i = 0; value != NULL; i++) {
        words_add(&w, i == 0 ? "" : ", ");
        words_add(&w, value);
        value = relation_value_name(relation, i + 1);
    }
    if (words_end(&w, &text) != DHK_OK) {
        text = "of another type";
    }
    findings_error(r->findings, name->at,
        "what the broker computes as '%s' is: %s", relation_name(relation),
        text);
    words_done(&w);
}

static bool
has_value(enum relation relation, struct slice value, struct nearest *nearest)
{
    const char *name;

    for (unsigned i = 0; (name = relation_value_name(relation, i)) != NULL;
         i++) {
        if (slice_equal(slice_str(name), value)) {
            return true;
        }
        names_nearest_offer(nearest, name);
    }
    return false;
}

static void
check_values(struct resolver *r, enum relation relation,
    const struct syntax_attribute *from)
{
    LIST_EACH(struct word, word, &from->values)
    {
        struct nearest nearest;

        names_nearest_init(&nearest, word->token.text);
        if (has_value(relation, word->token.text, &nearest)) {
            continue;
        }
        findings_error(r->findings, word->token.at,
            "'%s' by broker is never '%.*s'%s%s%s", relation_name(relation),
            (int)word->token.text.n, (const char *)word->token.text.p,
            nearest.name == NULL ? "" : "; did you mean '",
            nearest.name == NULL ? "" : nearest.name,
            nearest.name == NULL ? "" : "'?");
    }
}

void
resolve_relation(struct resolver *r, const struct agreement_attribute *at,
    const struct syntax_attribute *from)
{
    enum relation relation;

    if (!at->by_broker || r->recorded) {
        return;
    }
    relation = relation_by_name(at->name);
    if (relation == RELATION_NONE) {
        say_unknown(r, &from->name);
    } else if (at->type == ATTRIBUTE_CHOICE &&
               relation_value_name(relation, 0) != NULL) {
        check_values(r, relation, from);
    } else if (!relation_fits(relation, at)) {
        say_type(r, &from->name, relation);
    }
}
