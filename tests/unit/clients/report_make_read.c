/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports of what was made, as texts to compare; see report_make.h. */
#include "report_make_inside.h"

#include <stdio.h>
#include <string.h>

enum { TEXT = 16384 };

void
make_done(void)
{
    ok(evidence_finish(making.e));
    making.verified.complete = making.e->complete;
    making.verified.head.size = making.index;
}

const struct evidence *
make_evidence(void)
{
    return making.e;
}

void
make_build(struct report *out, const char *name, const struct report_ask *ask)
{
    const struct report_spec *spec = report_find(name);

    assert_non_null(spec);
    report_build(out, spec, making.e, &making.verified, ask);
}

json_t *
make_report(const char *name, const struct report_ask *ask)
{
    static struct report_ask none = {.smallest = REPORT_K, .lang = RENDER_EN};
    struct report report;
    json_t *json;

    make_build(&report, name, ask == NULL ? &none : ask);
    json = report_json(&report);
    report_done(&report);
    return json;
}

static void
put_value(char *out, const json_t *value, const char *key)
{
    size_t n = strlen(out);

    if (json_is_string(value))
        (void)snprintf(out + n, TEXT - n, "%.*s",
            strcmp(key, "case") == 0 ? 2 : 1000, json_string_value(value));
    else if (json_is_integer(value))
        (void)snprintf(out + n, TEXT - n, "%d", (int)json_integer_value(value));
    else if (json_is_boolean(value))
        (void)snprintf(
            out + n, TEXT - n, "%s", json_is_true(value) ? "yes" : "no");
    else if (!json_is_array(value) || json_array_size(value) == 0)
        (void)snprintf(out + n, TEXT - n, "-");
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value);
         i++) {
        if (i > 0)
            strcat(out, ",");
        put_value(out, json_array_get(value, i), key);
    }
}

const char *
make_rows(json_t *report, const char *table, const char *keys)
{
    static char out[TEXT];
    const json_t *rows = json_object_get(report, table);

    out[0] = '\0';
    assert_true(json_is_array(rows));
    for (size_t i = 0; i < json_array_size(rows); i++) {
        char text[512];
        char *save = NULL;
        (void)snprintf(text, sizeof text, "%s", keys);
        strcat(out, i > 0 ? "; " : "");
        for (char *key = strtok_r(text, " ", &save); key != NULL;
             key = strtok_r(NULL, " ", &save)) {
            const json_t *value = json_object_get(json_array_get(rows, i), key);
            if (key != text)
                strcat(out, " ");
            put_value(out, value, key);
        }
    }
    return out;
}

const char *
make_fact(json_t *report, const char *key)
{
    static char out[TEXT];
    const json_t *value =
        json_object_get(json_object_get(report, "facts"), key);

    out[0] = '\0';
    assert_non_null(value);
    put_value(out, value, key);
    return out;
}
