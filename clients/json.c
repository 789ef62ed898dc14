/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading and writing JSON. jansson decides what is valid; the places of names
 * come from a second walk over text that it has accepted. */
#include "json.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"

static bool
is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
count(struct json_place *place, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        place->column++;
        if (p[i] == '\n') {
            place->line++;
            place->column = 1;
        }
    }
}

/* Where the reader is. */
static struct json_place
place_of(struct json_reader *r)
{
    if (r->mark.line == 0)
        r->mark = (struct json_place){1, 1};
    count(&r->mark, r->text.p + r->line_at, r->at - r->line_at);
    r->line_at = r->at;
    return r->mark;
}

/* Where AT is in the text of ITEM. */
static struct json_place
absolute(const struct json_item *item, size_t at)
{
    struct json_place place = item->place;
    count(&place, item->text.p, at < item->text.n ? at : item->text.n);
    return place;
}

static const char *
what_of(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_out_of_memory:
        return "out of memory";
    case json_error_stack_overflow:
        return "nested too deeply";
    case json_error_invalid_utf8:
        return "this is not UTF-8 text";
    case json_error_premature_end_of_input:
        return "what begins here is never closed: a brace or quote is missing";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "a NUL character is not allowed";
    case json_error_duplicate_key:
        return "the same name stands twice in one object";
    case json_error_numeric_overflow:
        return "this number is too large";
    case json_error_unknown:
    case json_error_cannot_open_file:
    case json_error_invalid_argument:
    case json_error_invalid_syntax:
    case json_error_end_of_input_expected:
    case json_error_wrong_type:
    case json_error_invalid_format:
    case json_error_item_not_found:
    case json_error_index_out_of_range:
    case json_error_null_value:
        break;
    }
    return "this is not valid JSON (a comma, quote or brace too many or "
           "missing?)";
}

/* Skips white space; whether a line ended on the way. */
static bool
skip_space(struct json_reader *r)
{
    bool line = r->at == 0;
    while (r->at < r->text.n && is_space(r->text.p[r->at])) {
        if (r->text.p[r->at] == '\n')
            line = true;
        r->at++;
    }
    return line;
}

enum dhk_err
json_read_next(struct json_item *item, struct json_reader *r, const char **what)
{
    json_error_t error;
    memset(item, 0, sizeof *item);
    bool fresh = skip_space(r);
    item->place = place_of(r);
    item->begins = item->place.line;
    if (r->at == r->text.n)
        return DHK_NOTFOUND;
    *what = "a signal begins on a line of its own";
    if (!fresh)
        return DHK_FORMAT;
    struct slice left = slice_of(r->text.p + r->at, r->text.n - r->at);
    item->value = json_loadb((const char *)left.p, left.n,
        JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);
    size_t used = error.position > 0 ? (size_t)error.position : 0;
    if (used > left.n)
        used = left.n;
    if (item->value == NULL) {
        item->text = left;
        if (json_error_code(&error) != json_error_premature_end_of_input)
            item->place = absolute(item, used > 0 ? used - 1 : 0);
        *what = what_of(&error);
        return DHK_FORMAT;
    }
    item->text = slice_of(left.p, used);
    r->at += used;
    return DHK_OK;
}

void
json_read_done(struct json_item *item)
{
    json_decref(item->value);
    item->value = NULL;
}

/* --- places of names ------------------------------------------------------ */

enum { WALK_DEPTH = 4 };
struct walk { /* over text that jansson has accepted */
    struct slice text;
    size_t at;
    size_t depth;
    struct slice key[WALK_DEPTH]; /* name last read, by depth from 1 */
    struct slice string;          /* read last, without the quotes */
    size_t start;                 /* of that string */
    bool is_name;
};

static bool
is_name_next(const struct walk *w)
{
    size_t i = w->at;
    while (i < w->text.n && is_space(w->text.p[i]))
        i++;
    return i < w->text.n && w->text.p[i] == ':';
}

/* The next string; false at the end. */
static bool
walk_next(struct walk *w)
{
    while (w->at < w->text.n) {
        uint8_t c = w->text.p[w->at++];
        if (c == '{' || c == '[')
            w->depth++;
        if ((c == '}' || c == ']') && w->depth > 0)
            w->depth--;
        if (c != '"')
            continue;
        w->start = w->at - 1;
        while (w->at < w->text.n && w->text.p[w->at] != '"')
            w->at += w->text.p[w->at] == '\\' ? 2 : 1;
        if (w->at >= w->text.n)
            return false;
        w->string = slice_of(w->text.p + w->start + 1, w->at - w->start - 1);
        w->at++;
        w->is_name = is_name_next(w);
        if (w->is_name && w->depth < WALK_DEPTH)
            w->key[w->depth] = w->string;
        return true;
    }
    return false;
}

struct json_place
json_read_place(const struct json_item *item, const char *in, const char *name)
{
    struct walk w = {.text = item->text};
    struct slice wanted = slice_str(name);
    while (walk_next(&w)) {
        if (!w.is_name || !slice_equal(w.string, wanted))
            continue;
        if (in == NULL ? w.depth == 1
                       : w.depth == 2 && slice_equal(w.key[1], slice_str(in)))
            return absolute(item, w.start);
    }
    return item->place;
}

struct json_place
json_read_word(const struct json_item *item, const char *word)
{
    struct walk w = {.text = item->text};
    struct slice wanted = slice_str(word);
    while (walk_next(&w)) {
        bool in_fields = slice_equal(w.key[1], slice_str("fields"));
        if (slice_equal(w.string, wanted) &&
            (w.is_name || !(in_fields && w.depth > 1)))
            return absolute(item, w.start);
    }
    return item->place;
}

/* --- writing ---------------------------------------------------------------
 */

enum dhk_err
json_print(FILE *out, json_t *value)
{
    int rc = json_dumpf(value, out, JSON_COMPACT);
    json_decref(value);
    if (rc != 0 || fputc('\n', out) == EOF)
        return DHK_IO;
    return DHK_OK;
}

static json_t *
checked(json_t *value)
{
    if (value == NULL) {
        (void)fputs("driehoek: out of memory\n", stderr);
        exit(5);
    }
    return value;
}

json_t *
json_build_object(void)
{
    return checked(json_object());
}

json_t *
json_build_array(void)
{
    return checked(json_array());
}

void
json_build_put(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, checked(value)) != 0)
        (void)checked(NULL);
}

void
json_build_text(json_t *object, const char *name, const char *text)
{
    json_build_put(object, name, json_string(text));
}

void
json_build_slice(json_t *object, const char *name, struct slice text)
{
    json_build_put(object, name, json_stringn((const char *)text.p, text.n));
}

void
json_build_uint(json_t *object, const char *name, uint64_t v)
{
    json_build_put(object, name, json_integer((json_int_t)v));
}

void
json_build_bool(json_t *object, const char *name, bool v)
{
    json_build_put(object, name, json_boolean(v));
}

void
json_build_null(json_t *object, const char *name)
{
    json_build_put(object, name, json_null());
}

void
json_build_time(json_t *object, const char *name, int64_t seconds)
{
    char text[21];
    clock_text(text, seconds);
    json_build_text(object, name, text);
}

void
json_build_add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, checked(value)) != 0)
        (void)checked(NULL);
}

void
json_build_add_text(json_t *array, const char *text)
{
    json_build_add(array, json_string(text));
}

void
json_build_add_slice(json_t *array, struct slice text)
{
    json_build_add(array, json_stringn((const char *)text.p, text.n));
}

void
json_build_list(json_t *object, const char *name, const char *const *list)
{
    json_t *array = json_build_array();
    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        json_build_add_text(array, list[i]);
    json_build_put(object, name, array);
}
