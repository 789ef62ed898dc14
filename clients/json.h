/* SPDX-License-Identifier: EUPL-1.2
 *
 * Strict reading of JSON (no name twice in one object, no NUL, no stray text
 * after a value) with the place of each name, and writing of one value a
 * line. Messages are ours and static: jansson's own quote the input. */
#ifndef CLIENTS_JSON_H
#define CLIENTS_JSON_H

#include "bytes.h"

#include <jansson.h>
#include <stdio.h>

struct json_place {
    unsigned line;   /* from 1 */
    unsigned column; /* from 1, in bytes */
};
struct json_reader {
    struct slice text;
    size_t at;              /* offset of what has not been read */
    size_t line_at;         /* where counting lines has got to */
    struct json_place mark; /* and what it has come to; zero at the start */
};
/* One value of a text, with where it stands. */
struct json_item {
    json_t *value;     /* owned; json_read_done() */
    struct slice text; /* borrowed from the reader's text */
    struct json_place place;
    unsigned begins; /* after DHK_FORMAT: the line that the value begins on */
};

/* The next value: each begins on a line of its own. DHK_NOTFOUND at the end;
 * DHK_FORMAT with *WHAT (static text) and the place in ITEM->place, which is
 * where the value begins when it never ends. */
DHK_MUST_USE enum dhk_err json_read_next(
    struct json_item *item, struct json_reader *r, const char **what);
void json_read_done(struct json_item *item);

/* Where NAME is a member of the object that is ITEM's member IN (NULL: of ITEM
 * itself); where ITEM begins when there is none. */
struct json_place json_read_place(
    const struct json_item *item, const char *in, const char *name);
/* Where WORD stands as a name, or as a value outside "fields": for a message
 * about a word that was not known. */
struct json_place json_read_word(
    const struct json_item *item, const char *word);

/* VALUE on one line; takes it. DHK_IO when it could not be written, which
 * ferror(OUT) remembers. */
enum dhk_err json_print(FILE *out, json_t *value);

/* Building: out of memory ends the program with status 5 (nothing has been
 * confirmed then). TEXT must be UTF-8. */
json_t *json_build_object(void);
json_t *json_build_array(void);
void json_build_put(json_t *object, const char *name, json_t *value);
void json_build_text(json_t *object, const char *name, const char *text);
void json_build_slice(json_t *object, const char *name, struct slice text);
void json_build_uint(json_t *object, const char *name, uint64_t v);
void json_build_bool(json_t *object, const char *name, bool v);
void json_build_null(json_t *object, const char *name);
/* "2026-11-23T19:12:30Z" of SECONDS. */
void json_build_time(json_t *object, const char *name, int64_t seconds);
void json_build_add(json_t *array, json_t *value);
void json_build_add_text(json_t *array, const char *text);
void json_build_add_slice(json_t *array, struct slice text);
/* Of a NULL-terminated list. */
void json_build_list(json_t *object, const char *name, const char *const *list);

#endif
