/* SPDX-License-Identifier: EUPL-1.2
 *
 * Ledger entries as rows of a table: taken from their JSON, so that the two
 * never say different things. */
#include "entryview.h"

#include <string.h>

enum { CELL = ENTRYVIEW_CELL, CASE_SHOWN = 8 };

static void
append(char *cell, const char *before, const char *text)
{
    size_t at = strlen(cell);
    (void)snprintf(cell + at, CELL - at, "%s%s", before, text);
}

static const char *
text_of(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));
    return text != NULL ? text : "";
}

static void
append_number(char *cell, const json_t *value)
{
    size_t at = strlen(cell);
    (void)snprintf(
        cell + at, CELL - at, "%lld", (long long)json_integer_value(value));
}

/* "a, b" of a list of texts or of objects' member NAME. */
static void
append_list(char *cell, const json_t *list, const char *name)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (name != NULL)
            item = json_object_get(item, name);
        append(cell, "", i > 0 ? ", " : "");
        if (json_is_integer(item))
            append_number(cell, item);
        else
            append(cell, "",
                json_string_value(item) != NULL ? json_string_value(item) : "");
    }
}

static void
detail_accepted(char *cell, const json_t *o)
{
    const json_t *list = json_object_get(o, "signals");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        append(cell, "", i > 0 ? ", " : "");
        append(cell, "", text_of(one, "kind"));
        if (text_of(one, "code")[0] != '\0')
            append(cell, " refused: ", text_of(one, "code"));
    }
}

/* "; aangewezen yes, fase casus" */
static void
detail_facts(char *cell, json_t *facts)
{
    const char *name;
    const json_t *value;
    const char *before = "; ";
    json_object_foreach(facts, name, value)
    {
        const char *text = json_is_true(value)    ? "yes"
                           : json_is_false(value) ? "no"
                           : json_is_null(value)  ? "unknown"
                                                  : json_string_value(value);
        append(cell, before, name);
        append(cell, " ", text != NULL ? text : "");
        if (json_is_integer(value))
            append_number(cell, value);
        before = ", ";
    }
}

static void
detail_share(char *cell, const json_t *o)
{
    const json_t *withheld = json_object_get(o, "withheld");
    append_list(cell, json_object_get(o, "fields"), NULL);
    if (json_array_size(withheld) > 0) {
        append(cell, "", "; withheld ");
        append_list(cell, withheld, NULL);
    }
    append(cell, "", "; rule ");
    append_list(cell, json_object_get(o, "rules"), NULL);
    detail_facts(cell, json_object_get(o, "facts"));
    if (json_is_true(json_object_get(o, "pending")))
        append(cell, "", "; pending");
    append(cell, text_of(o, "covert_until")[0] != '\0' ? "; covert until " : "",
        text_of(o, "covert_until"));
}

static void
detail_delivered(char *cell, const json_t *o)
{
    const json_t *list = json_object_get(o, "answers");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        if (json_is_null(json_object_get(one, "share")))
            continue; /* answered before */
        append(cell, cell[0] != '\0' ? ", " : "", "entry ");
        append_number(cell, json_object_get(one, "share"));
        append(cell, " ", text_of(one, "outcome"));
        if (json_integer_value(json_object_get(one, "missing")) > 0) {
            append(cell, "", " (");
            append_number(cell, json_object_get(one, "missing"));
            append(cell, "", " missing before it)");
        }
    }
}

/* "list of om", "show 30" */
static void
detail_queried(char *cell, const json_t *o)
{
    const char *asked = text_of(o, "asked");
    append(cell, "", asked);
    if (text_of(o, "partner")[0] != '\0')
        append(cell, " of ", text_of(o, "partner"));
    if (strcmp(asked, "show") != 0 && strcmp(asked, "prove") != 0)
        return;
    append(cell, "", " ");
    append_number(cell, json_object_get(o, "entries_from"));
}

/* "designate reclassering: executor until 2026-...; entry 12; 1a2b3c4d" */
static void
detail_stated(char *cell, const json_t *o)
{
    const json_t *code = json_object_get(o, "code");
    const json_t *about = json_object_get(o, "about");
    append(cell, "", text_of(o, "stated"));
    append(cell, text_of(o, "partner")[0] != '\0' ? " " : "",
        text_of(o, "partner"));
    append(cell, code != NULL ? ": " : "", text_of(o, "code"));
    if (json_is_integer(code))
        append_number(cell, code);
    append(cell, text_of(o, "until")[0] != '\0' ? " until " : "",
        text_of(o, "until"));
    if (about != NULL) {
        append(cell, "", "; entry ");
        append_number(cell, about);
    }
    if (text_of(o, "ref")[0] != '\0') {
        append(cell, "; ", text_of(o, "ref"));
        cell[strlen(cell) - strlen(text_of(o, "ref")) + CASE_SHOWN] = '\0';
    }
    append(
        cell, "", json_is_true(json_object_get(o, "all")) ? "; binds all" : "");
}

static void
detail_text(char *cell, const json_t *o)
{
    append(cell, "", text_of(o, "name"));
    if (json_object_get(o, "version") != NULL) {
        append(cell, "", " version ");
        append_number(cell, json_object_get(o, "version"));
        append(cell, "", ", ");
    }
    append(cell, "", "signed by ");
    append_list(cell, json_object_get(o, "signed_by"), "principal");
}

static void
detail_rest(char *cell, const json_t *o, enum entry_kind kind)
{
    if (kind == ENTRY_GENESIS) {
        append(cell, "", text_of(o, "origin"));
    } else if (kind == ENTRY_CARD) {
        append(cell, "", "serial ");
        append_number(cell, json_object_get(o, "serial"));
        append(cell, " until ", text_of(o, "valid_until"));
    } else if (kind == ENTRY_QUERIED) {
        detail_queried(cell, o);
    } else if (kind == ENTRY_SEAL) {
        append(cell, "", "entries ");
        append_number(cell, json_object_get(o, "entries_from"));
        append(cell, "", " up to ");
        append_number(cell, json_object_get(o, "entries_until"));
        append(cell, "", ": ");
        append_number(cell, json_object_get(o, "rows"));
        append(cell, "", " rows");
    } else if (kind == ENTRY_STATED) {
        detail_stated(cell, o);
    } else if (kind == ENTRY_RELEASED) {
        append(cell, "", "entry ");
        append_number(cell, json_object_get(o, "share"));
        append(cell, "", "; approved in ");
        append_list(cell, json_object_get(o, "approvals"), NULL);
    } else if (kind == ENTRY_HELD) {
        append(cell, "", "from the answer to query ");
        append_number(cell, json_object_get(o, "query"));
        append(cell, "", ": entry ");
        append_list(cell, json_object_get(o, "shares"), NULL);
    } else if (kind == ENTRY_RETURNED) {
        append(cell, "", "entry ");
        append_number(cell, json_object_get(o, "share"));
        append(cell, " ", text_of(o, "code"));
    } else if (kind == ENTRY_EXPIRED) {
        append(cell, "", "entry ");
        append_list(cell, json_object_get(o, "shares"), NULL);
    } else if (kind == ENTRY_WITHDRAWN || kind == ENTRY_CORRECTED) {
        append(cell, "", "entry ");
        append_number(cell, json_object_get(o, "share"));
        append(cell, " ", text_of(o, "reason"));
        append(cell, "",
            json_is_true(json_object_get(o, "notice")) ? "; told"
                                                       : "; not told");
    } else if (kind == ENTRY_REVOKED_CARD || kind == ENTRY_REVOKED_TEXT) {
        append(cell, "by ", text_of(o, "by"));
        if (json_is_true(json_object_get(o, "own")))
            append(cell, "", ", a card of its own");
    } else {
        append(cell, "", text_of(o, "code"));
    }
}

static void
put_detail(char *cell, const json_t *o, enum entry_kind kind)
{
    if (kind == ENTRY_ACCEPTED)
        detail_accepted(cell, o);
    else if (kind == ENTRY_SHARE)
        detail_share(cell, o);
    else if (kind == ENTRY_DELIVERED)
        detail_delivered(cell, o);
    else if (kind == ENTRY_AGREEMENT || kind == ENTRY_ROSTER)
        detail_text(cell, o);
    else
        detail_rest(cell, o, kind);
}

void
entryview_row(struct entryview_row *out, uint64_t index, const struct entry *e,
    const struct entryview_names *names)
{
    json_t *o = entryview_json(index, e, names);
    memset(out, 0, sizeof *out);
    append_number(out->cell[ENTRYVIEW_INDEX], json_object_get(o, "index"));
    append(out->cell[ENTRYVIEW_TIME], "", text_of(o, "time"));
    append(out->cell[ENTRYVIEW_EVENT], "", text_of(o, "event"));
    append(out->cell[ENTRYVIEW_FROM], "", text_of(o, "from"));
    append(out->cell[ENTRYVIEW_TO], "", text_of(o, "to"));
    append(out->cell[ENTRYVIEW_SIGNAL], "", text_of(o, "kind"));
    append(out->cell[ENTRYVIEW_PURPOSE], "", text_of(o, "purpose"));
    append(out->cell[ENTRYVIEW_PURPOSE], "", text_of(o, "for"));
    append(out->cell[ENTRYVIEW_CASE], "", text_of(o, "case"));
    out->cell[ENTRYVIEW_CASE][CASE_SHOWN] = '\0'; /* enough to tell apart */
    put_detail(out->cell[ENTRYVIEW_DETAIL], o, e->kind);
    json_decref(o);
}
