/* SPDX-License-Identifier: EUPL-1.2
 *
 * JSON objects to signals. */
#include "signalfile.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "agreement.h"
#include "clock.h"
#include "file.h"
#include "limits.h"
#include "text.h"

/* The members of a signal. */
static const char *const members[] = {"kind", "purpose", "ground", "case",
    "attributes", "fields", "to", "in_reply_to", "exclude", "expires",
    "covert_until"};
enum { MEMBERS = sizeof members / sizeof members[0], FAULT = 512 };

struct reading {
    struct signalfile *file;
    struct signalfile_item *item;
    bool failed; /* out of memory */
};

__attribute__((format(printf, 3, 4))) static void
fault(struct signalfile *f, struct json_place at, const char *format, ...)
{
    va_list args;
    char text[FAULT];
    const char *path = strcmp(f->path, "-") == 0 ? "standard input" : f->path;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)fprintf(stderr, "%s:%u:%u: %s\n", path, at.line, at.column, text);
    f->errors++;
    if (!f->json)
        return;
    json_t *o = json_build_object();
    json_build_uint(o, "line", at.line);
    json_build_uint(o, "column", at.column);
    json_build_text(o, "problem", text);
    (void)json_print(stdout, o);
}

/* NAME as it may be shown on a terminal. */
static const char *
shown(const char *name)
{
    struct slice s = slice_str(name);
    return s.n <= LIMIT_NAME && text_is_plain(s, false) ? name : "(unreadable)";
}

static struct json_place
place(const struct reading *r, const char *in, const char *name)
{
    return json_read_place(&r->item->json, in, name);
}

/* What dhk_signal_*() said about NAME in member IN. */
static void
set(struct reading *r, enum dhk_err rc, const char *in, const char *name)
{
    if (rc == DHK_OK)
        return;
    if (rc == DHK_NOMEM) {
        r->failed = true;
        return;
    }
    const char *why = rc == DHK_LIMIT    ? "is too long, or one too many"
                      : rc == DHK_EXISTS ? "is given twice"
                                         : "is not of the form that is needed";
    fault(r->file, place(r, in, name), "'%s' %s", shown(name), why);
}

static bool
is_hex(const char *text, size_t n)
{
    return strlen(text) == n && strspn(text, "0123456789abcdef") == n;
}

static void
read_text(
    struct reading *r, const char *name, enum dhk_signal_text what, bool needed)
{
    const json_t *value = json_object_get(r->item->json.value, name);
    if (value == NULL || json_is_null(value)) {
        if (needed)
            fault(r->file, r->item->json.place, "the signal has no '%s'", name);
        return;
    }
    if (!json_is_string(value)) {
        fault(r->file, place(r, NULL, name), "'%s' must be a text", name);
        return;
    }
    const char *text = json_string_value(value);
    if (what == DHK_CASE && !is_hex(text, 32)) {
        fault(r->file, place(r, NULL, name),
            "'%s' must be a handle of 32 hexadecimal digits in lower case: "
            "driehoek case new prints one",
            name);
        return;
    }
    if (what == DHK_IN_REPLY_TO && !is_hex(text, 64)) {
        fault(r->file, place(r, NULL, name),
            "'%s' must be the id of a signal, 64 hexadecimal digits in lower "
            "case",
            name);
        return;
    }
    set(r, dhk_signal_set(r->item->signal, what, text), NULL, name);
}

static void
read_fields(struct reading *r)
{
    const char *name;
    json_t *value;
    json_t *fields = json_object_get(r->item->json.value, "fields");
    if (!json_is_object(fields) || json_object_size(fields) == 0) {
        fault(r->file, place(r, NULL, "fields"),
            "'fields' must be an object with at least one field");
        return;
    }
    json_object_foreach(fields, name, value)
    {
        if (!json_is_string(value)) {
            fault(r->file, place(r, "fields", name),
                "field '%s' must be a text", shown(name));
            continue;
        }
        if (json_string_length(value) == 0)
            continue; /* left empty in a template: not part of the signal */
        if (json_string_length(value) > LIMIT_VALUE) {
            fault(r->file, place(r, "fields", name),
                "field '%s' is longer than %d bytes", shown(name), LIMIT_VALUE);
            continue;
        }
        set(r,
            dhk_signal_field(r->item->signal, name, json_string_value(value),
                json_string_length(value)),
            "fields", name);
    }
}

/* The text that libdriehoek takes for an attribute; NULL: wrong type. */
static const char *
attribute_text(const json_t *value, char number[24])
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "yes" : "no";
    if (json_is_null(value))
        return "unknown";
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return NULL;
    (void)snprintf(number, 24, "%lld", (long long)json_integer_value(value));
    return number;
}

static void
read_attributes(struct reading *r)
{
    const char *name;
    json_t *value;
    json_t *attributes = json_object_get(r->item->json.value, "attributes");
    if (attributes == NULL || json_is_null(attributes))
        return;
    if (!json_is_object(attributes)) {
        fault(r->file, place(r, NULL, "attributes"),
            "'attributes' must be an object");
        return;
    }
    json_object_foreach(attributes, name, value)
    {
        char number[24];
        const char *text = attribute_text(value, number);
        if (text == NULL)
            fault(r->file, place(r, "attributes", name),
                "attribute '%s' must be a text, true, false, a whole number, "
                "or null for unknown",
                shown(name));
        else
            set(r, dhk_signal_attribute(r->item->signal, name, text),
                "attributes", name);
    }
}

static void
read_to(struct reading *r)
{
    size_t i;
    json_t *value;
    json_t *to = json_object_get(r->item->json.value, "to");
    if (to == NULL || json_is_null(to))
        return;
    if (!json_is_array(to) || json_array_size(to) == 0) {
        fault(r->file, place(r, NULL, "to"),
            "'to' must be a list of partners, or be left out for everybody "
            "who is permitted");
        return;
    }
    json_array_foreach(to, i, value)
    {
        if (!json_is_string(value)) {
            fault(r->file, place(r, NULL, "to"),
                "'to' must be a list of partners' names");
            return;
        }
        set(r, dhk_signal_to(r->item->signal, json_string_value(value)), NULL,
            "to");
    }
}

static void
read_exclusion(struct reading *r, json_t *value)
{
    const char *partner = NULL;
    const char *field = NULL;
    const char *reason = NULL;
    if (json_unpack(value, "{s?s, s?s, s:s !}", "partner", &partner, "field",
            &field, "reason", &reason) != 0 ||
        (partner == NULL && field == NULL)) {
        fault(r->file, place(r, NULL, "exclude"),
            "each of 'exclude' must have 'partner' or 'field' or both, and "
            "'reason'");
        return;
    }
    enum dhk_err rc =
        dhk_signal_exclude(r->item->signal, partner, field, reason);
    if (rc == DHK_FORMAT)
        fault(r->file, place(r, NULL, "exclude"),
            "'reason' must be investigation, safety, secrecy, source, "
            "necessity or third-party");
    else
        set(r, rc, NULL, "exclude");
}

static void
read_exclude(struct reading *r)
{
    size_t i;
    json_t *list = json_object_get(r->item->json.value, "exclude");
    if (list == NULL || json_is_null(list))
        return;
    if (!json_is_array(list)) {
        fault(r->file, place(r, NULL, "exclude"), "'exclude' must be a list");
        return;
    }
    for (i = 0; i < json_array_size(list); i++)
        read_exclusion(r, json_array_get(list, i));
}

static void
read_time(struct reading *r, const char *name,
    enum dhk_err (*take)(struct dhk_signal *s, int64_t at))
{
    int64_t until = 0;
    const json_t *value = json_object_get(r->item->json.value, name);
    if (value == NULL || json_is_null(value))
        return;
    if (!json_is_string(value) ||
        !clock_parse(&until, json_string_value(value))) {
        fault(r->file, place(r, NULL, name),
            "'%s' must be a date like 2026-12-31, or a time like "
            "2026-12-31T18:00:00Z",
            name);
        return;
    }
    set(r, take(r->item->signal, until), NULL, name);
}

static bool
is_member(const char *name)
{
    for (size_t i = 0; i < MEMBERS; i++) {
        if (strcmp(members[i], name) == 0)
            return true;
    }
    return false;
}

static void
read_members(struct reading *r)
{
    const char *name;
    json_t *value;
    json_object_foreach(r->item->json.value, name, value)
    {
        if (is_member(name))
            continue;
        const char *near = agreement_nearest(slice_str(name), members, MEMBERS);
        if (near != NULL)
            fault(r->file, place(r, NULL, name),
                "a signal has no '%s'; did you mean '%s'?", shown(name), near);
        else
            fault(r->file, place(r, NULL, name),
                "a signal has no '%s' (fields stand in 'fields')", shown(name));
    }
    read_text(r, "kind", DHK_KIND, true);
    read_text(r, "purpose", DHK_PURPOSE, true);
    read_text(r, "ground", DHK_GROUND, true);
    read_text(r, "case", DHK_CASE, true);
    read_text(r, "in_reply_to", DHK_IN_REPLY_TO, false);
    read_attributes(r);
    read_fields(r);
    read_to(r);
    read_exclude(r);
    read_time(r, "expires", dhk_signal_expires_at);
    read_time(r, "covert_until", dhk_signal_covert_until);
}

static enum dhk_err
add(struct signalfile *f, struct json_item *json)
{
    struct reading r = {.file = f};
    if (f->n == f->cap) {
        size_t cap = f->cap == 0 ? 16 : f->cap * 2;
        struct signalfile_item *list = reallocarray(f->list, cap, sizeof *list);
        if (list == NULL) {
            json_read_done(json);
            return DHK_NOMEM;
        }
        f->list = list;
        f->cap = cap;
    }
    r.item = &f->list[f->n++];
    r.item->json = *json;
    r.item->signal = dhk_signal_new();
    if (r.item->signal == NULL)
        return DHK_NOMEM;
    if (!json_is_object(json->value)) {
        fault(f, json->place, "a signal must be an object: { ... }");
        return DHK_OK;
    }
    read_members(&r);
    return r.failed ? DHK_NOMEM : DHK_OK;
}

enum dhk_err
signalfile_read(struct signalfile *out, const char *path, bool json)
{
    struct json_item item;
    const char *what = NULL;
    memset(out, 0, sizeof *out);
    out->path = path;
    out->json = json;
    enum dhk_err rc =
        file_read(&out->text, &out->text_n, path, SIGNALFILE_BYTES);
    if (rc != DHK_OK)
        return rc;
    struct json_reader reader = {.text = slice_of(out->text, out->text_n)};
    for (;;) {
        rc = json_read_next(&item, &reader, &what);
        if (rc != DHK_OK)
            break;
        if (out->n == SIGNALFILE_SIGNALS)
            return DHK_LIMIT;
        rc = add(out, &item);
        if (rc != DHK_OK)
            return rc;
    }
    if (rc == DHK_FORMAT && item.begins != item.place.line)
        fault(out, item.place, "%s; the signal begins on line %u", what,
            item.begins);
    else if (rc == DHK_FORMAT)
        fault(out, item.place, "%s", what);
    else if (out->n == 0)
        fault(out, item.place, "there is no signal here");
    return out->errors > 0 ? DHK_FORMAT : DHK_OK;
}

void
signalfile_done(struct signalfile *f)
{
    for (size_t i = 0; i < f->n; i++) {
        json_read_done(&f->list[i].json);
        dhk_signal_destroy(&f->list[i].signal);
    }
    free(f->list);
    file_free(&f->text, f->text_n);
    memset(f, 0, sizeof *f);
}

/* Where the member of IN stands whose name is in TEXT. */
static bool
find_member(struct json_place *out, const struct signalfile_item *item,
    const char *in, const char *text)
{
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(item->json.value, in), name, value)
    {
        if (strstr(text, name) == NULL)
            continue;
        *out = json_read_place(&item->json, in, name);
        return true;
    }
    return false;
}

/* The first word that TEXT quotes, else an attribute or field that it names. */
static struct json_place
place_of(const struct signalfile_item *item, const char *text)
{
    char word[LIMIT_NAME + 1] = "";
    struct json_place at = item->json.place;
    const char *open = strchr(text, '\'');
    const char *close = open != NULL ? strchr(open + 1, '\'') : NULL;
    if (close != NULL && (size_t)(close - open) <= sizeof word) {
        memcpy(word, open + 1, (size_t)(close - open - 1));
        word[close - open - 1] = '\0';
        at = json_read_word(&item->json, word);
    }
    if (at.line == item->json.place.line &&
        at.column == item->json.place.column &&
        !find_member(&at, item, "attributes", text))
        (void)find_member(&at, item, "fields", text);
    return at;
}

void
signalfile_fault(struct signalfile *f, const struct signalfile_item *item,
    const char *option, const struct dhk_problem *problem)
{
    char text[sizeof problem->text];
    (void)snprintf(text, sizeof text, "%s", problem->text);
    for (char *c = text; *c != '\0'; c++) {
        if (*c == '"')
            *c = '\''; /* quoted as everything else here */
    }
    if (option != NULL)
        fault(f, item->json.place, "%s: %s", option, text);
    else
        fault(f, place_of(item, text), "%s", text);
}
