/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a share says in words of the agreement that it was decided by; see
 * evidence.h. */
#include "evidence.h"

#include <stdio.h>
#include <string.h>

#include "evaluate.h"
#include "pack.h"

enum { CLASS_CUT = UINT8_MAX }; /* larger classes are all written so */

bool
evidence_present(uint32_t *out, const struct evidence_share *s)
{
    *out = s->signal == NULL ? s->fields : s->signal->presence;
    return s->signal != NULL;
}

uint32_t
evidence_special(const struct evidence_share *s, uint32_t fields)
{
    uint32_t special = 0;

    for (size_t i = 0; s->in_text != NULL && i < s->in_text->fields_n; i++) {
        if ((fields >> i & 1) != 0 &&
            s->in_text->fields[i].category == FIELD_SPECIAL)
            special |= UINT32_C(1) << i;
    }
    return special;
}

uint32_t
evidence_categories(const struct evidence_share *s, uint32_t fields)
{
    uint32_t categories = 0;

    for (size_t i = 0; s->in_text != NULL && i < s->in_text->fields_n; i++) {
        enum field_category c = s->in_text->fields[i].category;
        if ((fields >> i & 1) == 0)
            continue;
        if (c == FIELD_SPECIAL)
            categories |= UINT32_C(1) << 8;
        else if (c == FIELD_PLAIN)
            categories |= UINT32_C(1) << 9;
        else
            categories |= UINT32_C(1) << (c - FIELD_A);
    }
    return categories;
}

/* --- attributes --- */

/* The place of attribute NAME in the share's kind, or -1. */
static int
place_of(const struct evidence_share *s, const char *name)
{
    const struct agreement *a = s->text->agreement;

    for (size_t k = 0; k < s->in_text->attributes_n; k++) {
        if (strcmp(a->attributes[s->in_text->attributes[k]].name, name) == 0)
            return (int)k;
    }
    return -1;
}

static void
add_value(char out[EVIDENCE_VALUE], const char *value)
{
    size_t n = strlen(out);

    (void)snprintf(
        out + n, EVIDENCE_VALUE - n, "%s%s", n > 0 ? "|" : "", value);
}

/* All values of the K-th attribute that are of class CLASS. */
static void
put_class(char out[EVIDENCE_VALUE], const struct evidence_share *s, size_t k,
    uint8_t class_)
{
    const struct agreement *a = s->text->agreement;
    const struct agreement_attribute *at =
        &a->attributes[s->in_text->attributes[k]];
    uint16_t kind = (uint16_t)(s->in_text - a->kinds);
    size_t n = at->type == ATTRIBUTE_YES_NO ? 2 : at->values_n;
    struct value value = {VALUE_KNOWN, 0};
    char text[32];

    if (at->type == ATTRIBUTE_NUMBER) {
        if (evaluate_representative(&value, a, kind, k, class_) == DHK_OK) {
            (void)snprintf(text, sizeof text, ">=%u", value.v);
            add_value(out, text);
        }
        return;
    }
    for (uint32_t v = 0; v < n; v++) {
        value.v = v;
        if (evaluate_class(a, kind, k, value) == class_)
            add_value(out, agreement_value_name(at, v));
    }
}

/* Nobody declares it; what is stated of it stands in the share. */
static bool
is_by_broker(const struct evidence_share *s, size_t k)
{
    return s->text->agreement->attributes[s->in_text->attributes[k]].by_broker;
}

enum evidence_said
evidence_attribute(
    char out[EVIDENCE_VALUE], const struct evidence_share *s, const char *name)
{
    int k;
    uint8_t class_;

    out[0] = '\0';
    for (size_t i = 0; i < s->facts_n; i++) {
        if (strcmp(s->fact[i].attribute, name) != 0)
            continue;
        if (strcmp(s->fact[i].value, "unknown") == 0)
            return EVIDENCE_UNKNOWN;
        add_value(out, s->fact[i].value);
        return EVIDENCE_SAID;
    }
    if (s->in_text == NULL || s->signal == NULL)
        return EVIDENCE_UNTOLD;
    k = place_of(s, name);
    if (k < 0)
        return EVIDENCE_NOT_ASKED;
    if ((size_t)k >= s->signal->classes_n || is_by_broker(s, (size_t)k))
        return EVIDENCE_UNTOLD;
    class_ = s->signal->classes[k];
    if (class_ == 0)
        return EVIDENCE_UNKNOWN;
    if (class_ == CLASS_CUT)
        return EVIDENCE_UNTOLD;
    put_class(out, s, (size_t)k, class_);
    return EVIDENCE_SAID;
}

bool
evidence_declares(
    const struct evidence_share *s, const char *name, const char *value)
{
    char said[EVIDENCE_VALUE];

    return evidence_attribute(said, s, name) == EVIDENCE_SAID &&
           strcmp(said, value) == 0;
}

/* --- who and when --- */

bool
evidence_is_auditor(const struct evidence *e, const char *name)
{
    const struct roster_partner *p =
        e->roster == NULL ? NULL : roster_find(e->roster, slice_str(name));

    return p != NULL && p->role == ROSTER_AUDITOR;
}

const struct evidence_text *
evidence_in_force(const struct evidence *e, uint64_t time)
{
    for (size_t i = e->agreements_n; i-- > 0;) {
        const struct evidence_text *t = e->agreements[i];
        if (t->time <= time)
            return t->end_index == 0 || t->end_time > time ? t : NULL;
    }
    return NULL;
}
