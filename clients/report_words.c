/* SPDX-License-Identifier: EUPL-1.2
 *
 * What several reports say of shares; see report.h. */
#include "report.h"

#include <stdio.h>
#include <string.h>

enum { MS = 1000, DAY_MS = 24 * 60 * 60 * MS };

void
report_put_hex(json_t *row, const char *key, const uint8_t *bytes, size_t n)
{
    char text[2 * SEAL_HASH + 1];

    must(n <= SEAL_HASH);
    bytes_hex(text, bytes, n);
    json_build_text(row, key, text);
}

void
report_put_time(json_t *row, const char *key, uint64_t ms)
{
    if (ms == 0)
        json_build_null(row, key);
    else
        json_build_time(row, key, (int64_t)(ms / MS));
}

void
report_put_days(
    json_t *row, const char *key, uint64_t from_ms, uint64_t until_ms)
{
    json_build_uint(
        row, key, until_ms > from_ms ? (until_ms - from_ms) / DAY_MS : 0);
}

void
report_put_fields(json_t *row, const char *key, const struct evidence_share *s,
    uint32_t fields)
{
    json_t *list = json_build_array();
    char number[16];

    for (; fields != 0; fields &= fields - 1) {
        unsigned i = (unsigned)__builtin_ctz(fields);
        if (s->in_text != NULL && i < s->in_text->fields_n) {
            json_build_add_text(list, s->in_text->fields[i].name);
        } else {
            (void)snprintf(number, sizeof number, "%u", i);
            json_build_add_text(list, number);
        }
    }
    json_build_put(row, key, list);
}

void
report_put_categories(
    json_t *row, const struct evidence_share *s, uint32_t fields)
{
    uint32_t categories = evidence_categories(s, fields);
    json_t *list = json_build_array();
    json_t *special = json_build_array();
    char letter[2] = "";

    for (unsigned i = 0; i < 8; i++) {
        letter[0] = (char)('a' + i);
        if ((categories >> i & 1) != 0)
            json_build_add_text(list, letter);
    }
    json_build_put(row, "categories", list);
    for (fields = evidence_special(s, fields); fields != 0;
         fields &= fields - 1) {
        const char *name = s->in_text->fields[__builtin_ctz(fields)].special;
        size_t i = 0;
        while (i < json_array_size(special) &&
               strcmp(json_string_value(json_array_get(special, i)), name) != 0)
            i++;
        if (i == json_array_size(special))
            json_build_add_text(special, name);
    }
    json_build_put(row, "special", special);
}

void
report_put_rules(json_t *row, const struct evidence_share *s)
{
    json_t *list = json_build_array();

    for (size_t i = 0; i < s->rules_n; i++)
        json_build_add_text(list, s->rule[i]);
    json_build_put(row, "rules", list);
}

void
report_put_share(json_t *row, const struct evidence_share *s)
{
    json_build_uint(row, "entry", s->index);
    report_put_time(row, "time", s->time);
    json_build_text(row, "from", s->from);
    json_build_text(row, "to", s->to);
    json_build_text(row, "kind", s->kind);
    report_put_hex(row, "case", s->case_handle, sizeof s->case_handle);
}

const char *
report_outcome(const struct evidence_share *s)
{
    if (s->end == EVIDENCE_ANSWERED)
        return answer_outcome_name(s->answer);
    if (s->end == EVIDENCE_RETURNED)
        return "returned";
    if (s->end == EVIDENCE_EXPIRED)
        return "expired";
    if (s->end == EVIDENCE_WITHDRAWN)
        return "withdrawn";
    return "open";
}

void
report_put_outcome(json_t *row, const struct evidence_share *s)
{
    json_build_text(row, "outcome", report_outcome(s));
    report_put_time(row, "ended", s->end_time);
    json_build_bool(row, "recalled", s->recall != 0);
}

void
report_put_transfer(
    json_t *row, const struct evidence_share *s, uint32_t fields)
{
    report_put_share(row, s);
    json_build_text(row, "purpose", s->purpose);
    json_build_text(row, "ground", s->ground);
    report_put_categories(row, s, fields);
    report_put_fields(row, "fields", s, fields);
    report_put_rules(row, s);
    report_put_outcome(row, s);
    if (s->has_at_most)
        json_build_uint(row, "retain_days", s->at_most);
    else
        json_build_null(row, "retain_days");
    json_build_bool(row, "pending", s->pending);
    report_put_time(row, "covert_until", s->covert * MS);
}

void
report_put_said(json_t *row, const char *key, const struct evidence_share *s,
    const char *name)
{
    char value[EVIDENCE_VALUE];

    switch (evidence_attribute(value, s, name)) {
    case EVIDENCE_SAID:
        json_build_text(row, key, value);
        break;
    case EVIDENCE_UNKNOWN:
        json_build_text(row, key, "unknown");
        break;
    case EVIDENCE_NOT_ASKED:
        json_build_text(row, key, "not-asked");
        break;
    case EVIDENCE_UNTOLD:
        json_build_null(row, key);
        break;
    }
}
