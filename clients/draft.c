/* SPDX-License-Identifier: EUPL-1.2
 *
 * A signal as an application gives it. */
#include "draft.h"

#include "pack.h"

#include <stdlib.h>
#include <string.h>

enum { DRAFT_MEMBERS = 8 };

static char *
copy(const char *p, size_t n)
{
    char *s = malloc(n + 1);

    if (s == NULL)
        return NULL;
    if (n > 0) /* nothing may be anywhere */
        memcpy(s, p, n);
    s[n] = '\0';
    return s;
}

static void
wipe(char **s, size_t n)
{
    if (*s == NULL)
        return;
    key_wipe(*s, n);
    free(*s);
    *s = NULL;
}

struct dhk_signal *
draft_new(void)
{
    struct dhk_signal *s = calloc(1, sizeof *s);

    if (s != NULL)
        s->expires = DRAFT_EXPIRES;
    return s;
}

static void
wipe_pair(struct draft_pair *p)
{
    wipe(&p->value, p->n);
    free(p->name);
}

void
draft_destroy(struct dhk_signal **signal)
{
    struct dhk_signal *s = *signal;

    if (s == NULL)
        return;
    for (size_t i = 0; i < DRAFT_TEXTS; i++)
        free(s->text[i]);
    for (size_t i = 0; i < s->fields_n; i++)
        wipe_pair(&s->field[i]);
    for (size_t i = 0; i < s->attributes_n; i++)
        wipe_pair(&s->attribute[i]);
    for (size_t i = 0; i < s->to_n; i++)
        free(s->to[i]);
    for (size_t i = 0; i < s->exclusions_n; i++) {
        free(s->exclusion[i].partner);
        free(s->exclusion[i].field);
    }
    free(s);
    *signal = NULL;
}

enum dhk_err
draft_set(struct dhk_signal *s, enum dhk_signal_text what, const char *text)
{
    size_t n = strlen(text), max = LIMIT_NAME;

    if ((unsigned)what >= DRAFT_TEXTS)
        return DHK_FORMAT;
    if (what == DHK_IN_REPLY_TO)
        max = (size_t)2 * ENVELOPE_ID;
    if (n > max)
        return DHK_LIMIT;
    if (s->text[what] != NULL)
        return DHK_EXISTS;
    s->text[what] = copy(text, n);
    return s->text[what] == NULL ? DHK_NOMEM : DHK_OK;
}

/* Appends to LIST of *LIST_N; names are given once. */
static enum dhk_err
add_pair(struct draft_pair *list, size_t *list_n, size_t max, struct slice name,
    struct slice value)
{
    struct draft_pair p;

    if (name.n > LIMIT_NAME || *list_n >= max)
        return DHK_LIMIT;
    for (size_t i = 0; i < *list_n; i++) {
        if (slice_equal(slice_str(list[i].name), name))
            return DHK_EXISTS;
    }
    p.n = value.n;
    p.name = copy((const char *)name.p, name.n);
    p.value = copy((const char *)value.p, value.n);
    if (p.name == NULL || p.value == NULL) {
        wipe_pair(&p);
        return DHK_NOMEM;
    }
    list[(*list_n)++] = p;
    return DHK_OK;
}

enum dhk_err
draft_field(struct dhk_signal *s, const char *name, const char *value, size_t n)
{
    if (n > LIMIT_VALUE)
        return DHK_LIMIT;
    return add_pair(s->field, &s->fields_n, LIMIT_FIELDS, slice_str(name),
        slice_of(value, n));
}

enum dhk_err
draft_attribute(struct dhk_signal *s, const char *name, const char *value)
{
    if (strlen(value) > LIMIT_NAME)
        return DHK_LIMIT;
    return add_pair(s->attribute, &s->attributes_n, LIMIT_ATTRIBUTES,
        slice_str(name), slice_str(value));
}

enum dhk_err
draft_to(struct dhk_signal *s, const char *partner)
{
    size_t n = strlen(partner);

    if (n > LIMIT_NAME || s->to_n >= LIMIT_PARTIES)
        return DHK_LIMIT;
    for (size_t i = 0; i < s->to_n; i++) {
        if (strcmp(s->to[i], partner) == 0)
            return DHK_EXISTS;
    }
    s->to[s->to_n] = copy(partner, n);
    if (s->to[s->to_n] == NULL)
        return DHK_NOMEM;
    s->to_n++;
    return DHK_OK;
}

static enum dhk_err
add_exclusion(struct dhk_signal *s, struct slice partner, struct slice field,
    enum manifest_code code)
{
    struct draft_exclusion x = {NULL, NULL, code};

    if (partner.n > LIMIT_NAME || field.n > LIMIT_NAME ||
        s->exclusions_n >= LIMIT_EXCLUSIONS)
        return DHK_LIMIT;
    if (code == MANIFEST_CODE_NONE || (partner.n == 0 && field.n == 0))
        return DHK_FORMAT;
    if (partner.n > 0)
        x.partner = copy((const char *)partner.p, partner.n);
    if (field.n > 0)
        x.field = copy((const char *)field.p, field.n);
    if ((partner.n > 0 && x.partner == NULL) ||
        (field.n > 0 && x.field == NULL)) {
        free(x.partner);
        free(x.field);
        return DHK_NOMEM;
    }
    s->exclusion[s->exclusions_n++] = x;
    return DHK_OK;
}

enum dhk_err
draft_exclude(struct dhk_signal *s, const char *partner, const char *field,
    const char *reason)
{
    const struct slice none = {NULL, 0};

    return add_exclusion(s, partner == NULL ? none : slice_str(partner),
        field == NULL ? none : slice_str(field),
        manifest_code_find(slice_str(reason)));
}

/* --- codec: [ texts, fields, attributes, to, exclusions, expires,
 * expires-at, covert-until ] --- */

static void
encode_pairs(struct sink *out, const struct draft_pair *list, size_t n)
{
    pack_array(out, n);
    for (size_t i = 0; i < n; i++) {
        pack_array(out, 2);
        pack_cstr(out, list[i].name);
        pack_bin(out, slice_of(list[i].value, list[i].n));
    }
}

static void
encode_maybe(struct sink *out, const char *text)
{
    pack_cstr(out, text == NULL ? "" : text);
}

size_t
draft_bound(const struct dhk_signal *s)
{
    size_t n = DRAFT_BYTES - LIMIT_FIELDS * (LIMIT_VALUE + 64);

    for (size_t i = 0; i < s->fields_n; i++)
        n += 64 + s->field[i].n;
    return n;
}

void
draft_encode(struct sink *out, const struct dhk_signal *s)
{
    pack_array(out, DRAFT_MEMBERS);
    pack_array(out, DRAFT_TEXTS);
    for (size_t i = 0; i < DRAFT_TEXTS; i++)
        encode_maybe(out, s->text[i]);
    encode_pairs(out, s->field, s->fields_n);
    encode_pairs(out, s->attribute, s->attributes_n);
    pack_array(out, s->to_n);
    for (size_t i = 0; i < s->to_n; i++)
        pack_cstr(out, s->to[i]);
    pack_array(out, s->exclusions_n);
    for (size_t i = 0; i < s->exclusions_n; i++) {
        pack_array(out, 3);
        encode_maybe(out, s->exclusion[i].partner);
        encode_maybe(out, s->exclusion[i].field);
        pack_uint(out, s->exclusion[i].code);
    }
    pack_uint(out, s->expires);
    pack_uint(out, (uint64_t)s->expires_at);
    pack_uint(out, (uint64_t)s->covert_until);
}

static enum dhk_err
decode_texts(struct dhk_signal *s, struct cursor *c)
{
    char mem[2 * ENVELOPE_ID + 1];
    enum dhk_err rc = DHK_OK;

    unpack_array_of(c, DRAFT_TEXTS);
    for (unsigned i = 0; i < DRAFT_TEXTS && rc == DHK_OK; i++) {
        struct slice text = unpack_str(c, sizeof mem - 1);

        if (text.n == 0)
            continue;
        rc = slice_to_str(text, mem, sizeof mem);
        if (rc == DHK_OK)
            rc = draft_set(s, (enum dhk_signal_text)i, mem);
    }
    return rc;
}

static enum dhk_err
decode_pairs(
    struct draft_pair *list, size_t *list_n, size_t max, struct cursor *c)
{
    size_t n = unpack_array(c, max);
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; i < n && rc == DHK_OK; i++) {
        struct slice name, value;

        unpack_array_of(c, 2);
        name = unpack_str(c, LIMIT_NAME);
        value = unpack_bin(c, LIMIT_VALUE);
        rc = add_pair(list, list_n, max, name, value);
    }
    return rc;
}

static enum dhk_err
decode_rest(struct dhk_signal *s, struct cursor *c)
{
    char name[LIMIT_NAME + 1];
    enum dhk_err rc = DHK_OK;
    size_t n = unpack_array(c, LIMIT_PARTIES);

    for (size_t i = 0; i < n && rc == DHK_OK; i++) {
        rc = slice_to_str(unpack_str(c, LIMIT_NAME), name, sizeof name);
        if (rc == DHK_OK)
            rc = draft_to(s, name);
    }
    n = unpack_array(c, LIMIT_EXCLUSIONS);
    for (size_t i = 0; i < n && rc == DHK_OK; i++) {
        struct slice partner, field;

        unpack_array_of(c, 3);
        partner = unpack_str(c, LIMIT_NAME);
        field = unpack_str(c, LIMIT_NAME);
        rc = add_exclusion(s, partner, field,
            (enum manifest_code)unpack_uint(c, MANIFEST_CODES - 1));
    }
    s->expires = (uint32_t)unpack_uint(c, UINT32_MAX);
    s->expires_at = (int64_t)unpack_uint(c, INT64_MAX);
    s->covert_until = (int64_t)unpack_uint(c, INT64_MAX);
    return rc;
}

enum dhk_err
draft_decode(struct dhk_signal **out, struct slice bytes)
{
    struct cursor c;
    struct dhk_signal *s = draft_new();
    enum dhk_err rc;

    *out = NULL;
    if (s == NULL)
        return DHK_NOMEM;
    cursor_init(&c, bytes);
    unpack_array_of(&c, DRAFT_MEMBERS);
    rc = decode_texts(s, &c);
    if (rc == DHK_OK)
        rc = decode_pairs(s->field, &s->fields_n, LIMIT_FIELDS, &c);
    if (rc == DHK_OK)
        rc = decode_pairs(s->attribute, &s->attributes_n, LIMIT_ATTRIBUTES, &c);
    if (rc == DHK_OK)
        rc = decode_rest(s, &c);
    if (cursor_end(&c) != DHK_OK)
        rc = cursor_end(&c);
    if (rc == DHK_OK) {
        *out = s;
        s = NULL;
    }
    draft_destroy(&s);
    return rc;
}
