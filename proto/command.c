/* SPDX-License-Identifier: EUPL-1.2
 *
 * One table says what each message consists of; decoding and encoding both
 * walk it, so that they cannot differ. */
#include "command.h"

#include <string.h>

#include "checkpoint.h"
#include "statement.h"
#include "wire.h"

static const char label_hello[] = "driehoek/v1/hello";

enum { MODES_ALL = 15, FLAGS_ALL = 3, HELLO_FIELDS = 8, ID = 32 };

/* The elements after version, type and number, one letter each. */
struct form {
    enum command_type type;
    const char *parts;
};
static const struct form forms[] = {
    {COMMAND_ASK, ""},
    {COMMAND_HELLO, "hs"},
    {COMMAND_PUSH, "m"},
    {COMMAND_CREDIT, "a"},
    {COMMAND_ANSWER, "L"},
    {COMMAND_QUERY, "mua"},
    {COMMAND_GET, "wiab"},
    {COMMAND_CONFIRM, "m"},
    {COMMAND_WITHDRAW, "m"},
    {COMMAND_NOTED, "a"},
    {COMMAND_COSIGN, "m"},
    {COMMAND_STATE, "m"},
    {COMMAND_SHOW, "m"},
    {COMMAND_CHALLENGE, "nao"},
    {COMMAND_WELCOME, "abgrmz"},
    {COMMAND_RECEIPT, "m"},
    {COMMAND_DELIVER, "ftm"},
    {COMMAND_ANSWERED, "a"},
    {COMMAND_PAGE, "amxlpu"},
    {COMMAND_OBJECT, "wl"},
    {COMMAND_OUTCOMES, "axl"},
    {COMMAND_NEWS, "gr"},
    {COMMAND_SUPERSEDED, ""},
    {COMMAND_ERROR, "e"},
    {COMMAND_NOTICES, "axl"},
};

/* Lists that the caller gives beside the command. */
struct lists {
    const uint64_t *indexes;
    size_t indexes_n;
    const struct slice *list;
    size_t list_n;
};

static const char *
parts_of(uint64_t type)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if ((uint64_t)forms[i].type == type)
            return forms[i].parts;
    return NULL;
}

const char *
command_error_name(enum command_error e)
{
    switch (e) {
    case COMMAND_ERROR_NONE:
        return "none";
    case COMMAND_ERROR_MALFORMED:
        return "malformed";
    case COMMAND_ERROR_STATE:
        return "state";
    case COMMAND_ERROR_AUTH:
        return "auth";
    case COMMAND_ERROR_BUSY:
        return "busy";
    case COMMAND_ERROR_ROLE:
        return "role";
    case COMMAND_ERROR_NOTFOUND:
        return "not-found";
    case COMMAND_ERROR_CLOCK:
        return "clock";
    case COMMAND_ERROR_CARD:
        return "card";
    case COMMAND_ERROR_LIMIT:
        return "limit";
    case COMMAND_ERROR_DAMAGED:
        return "damaged";
    case COMMAND_ERROR_COURSE:
        return "course";
    }
    return "unknown";
}

/* --- reading ------------------------------------------------------------ */

static void
read_list(struct command *out, struct cursor *c, size_t min)
{
    struct slice before = c->left;
    out->list_n = unpack_array(c, COMMAND_LIST);
    if (c->err == DHK_OK && out->list_n < min)
        cursor_fail(c, DHK_FORMAT, "an empty list");
    for (size_t i = 0; i < out->list_n && c->err == DHK_OK; i++)
        (void)unpack_bin(c, LIMIT_MESSAGE);
    out->list = slice_of(before.p, before.n - c->left.n);
}

static void
read_indexes(struct command *out, struct cursor *c)
{
    struct slice before = c->left;
    uint64_t last = 0;
    out->indexes_n = unpack_array(c, COMMAND_LIST);
    for (size_t i = 0; i < out->indexes_n && c->err == DHK_OK; i++) {
        uint64_t at = unpack_uint(c, INT64_MAX);
        if (i > 0 && at <= last)
            cursor_fail(c, DHK_FORMAT, "indexes do not ascend");
        last = at;
    }
    out->indexes = slice_of(before.p, before.n - c->left.n);
}

static void
read_id(struct command *out, struct cursor *c)
{
    out->id = unpack_bin(c, ID);
    if (c->err == DHK_OK && out->id.n != 0 && out->id.n != ID &&
        out->id.n != STATEMENT_CASE)
        cursor_fail(c, DHK_FORMAT, "an id of another length");
}

static void
read_maybe_uint(struct command *out, struct cursor *c)
{
    out->has_entry = !unpack_nil(c);
    out->entry = out->has_entry ? unpack_uint(c, UINT64_MAX) : 0;
}

static void
read_cursors(uint64_t out[COMMAND_CLASSES], struct cursor *c)
{
    unpack_array_of(c, COMMAND_CLASSES);
    for (size_t i = 0; i < COMMAND_CLASSES; i++)
        out[i] = unpack_uint(c, UINT64_MAX);
}

static void
read_to(struct command *out, struct cursor *c)
{
    read_cursors(out->to, c);
    for (size_t i = 0; i < COMMAND_CLASSES; i++)
        if (c->err == DHK_OK && out->to[i] < out->from[i])
            cursor_fail(c, DHK_FORMAT, "a delivery that goes backwards");
}

static void
read_array(struct command *out, struct cursor *c, char part)
{
    switch (part) {
    case 'f':
        read_cursors(out->from, c);
        break;
    case 'L':
        read_list(out, c, 1);
        break;
    case 'l':
        read_list(out, c, 0);
        break;
    case 't':
        read_to(out, c);
        break;
    case 'x':
        read_indexes(out, c);
        break;
    default:
        must(/* a letter of the table */ false);
    }
}

static void
read_part(struct command *out, struct cursor *c, char part)
{
    switch (part) {
    case 'a':
        out->a = unpack_uint(c, UINT64_MAX);
        break;
    case 'b':
        out->b = unpack_uint(c, UINT64_MAX);
        break;
    case 'e':
        out->error = (enum command_error)wire_enum(c, COMMAND_ERROR_COURSE);
        break;
    case 'g':
        out->has_agreement = wire_maybe_fixed(c, out->agreement, ID);
        break;
    case 'h':
        out->hello.body = unpack_bin(c, LIMIT_MESSAGE);
        break;
    case 'i':
        read_id(out, c);
        break;
    case 'm':
        out->bytes = unpack_bin(c, LIMIT_MESSAGE);
        break;
    case 'n':
        unpack_fixed(c, out->nonce, sizeof out->nonce);
        break;
    case 'o':
        out->origin = wire_origin(c);
        break;
    case 'p':
        out->proof = wire_hashes(c, 0, LIMIT_MULTIPROOF);
        break;
    case 'r':
        out->has_roster = wire_maybe_fixed(c, out->roster, ID);
        break;
    case 's':
        unpack_fixed(c, out->hello.signature, KEY_SIGNATURE);
        break;
    case 'u':
        read_maybe_uint(out, c);
        break;
    case 'w':
        out->what = (enum command_get)wire_enum(c, COMMAND_GET_ENDED);
        break;
    case 'z':
        out->flags = (uint32_t)unpack_uint(c, FLAGS_ALL);
        break;
    default:
        read_array(out, c, part);
    }
}

static enum dhk_err
read_hello(struct command_hello *h, struct diag *diag)
{
    struct cursor c;
    cursor_init(&c, h->body);
    wire_open(&c, HELLO_FIELDS);
    h->origin = wire_origin(&c);
    unpack_fixed(&c, h->card, sizeof h->card);
    unpack_fixed(&c, h->nonce, sizeof h->nonce);
    h->modes = (uint32_t)unpack_uint(&c, UINT32_MAX);
    if (c.err == DHK_OK && (h->modes == 0 || h->modes > MODES_ALL))
        cursor_fail(&c, DHK_FORMAT, "no mode, or one that does not exist");
    h->duties = (uint32_t)unpack_uint(&c, UINT32_MAX);
    for (size_t i = 0; i < COMMAND_CLASSES; i++)
        h->cursor[i] = unpack_uint(&c, UINT64_MAX);
    return wire_close(&c, diag);
}

/* Version, type and number; the type's parts, or NULL and a failed cursor. */
static const char *
read_head(struct command *out, struct cursor *c)
{
    size_t n = unpack_array(c, LIMIT_ELEMENTS);
    uint64_t version = unpack_uint(c, UINT64_MAX);
    if (c->err == DHK_OK && version != WIRE_VERSION)
        cursor_fail(c, DHK_VERSION, "another version of the protocol");
    uint64_t type = unpack_uint(c, UINT64_MAX);
    out->number = unpack_uint(c, UINT64_MAX);
    const char *parts = parts_of(type);
    if (parts == NULL)
        cursor_fail(c, DHK_FORMAT, "a type that does not exist");
    else if (n != 3 + strlen(parts))
        cursor_fail(c, DHK_FORMAT, "wrong number of elements");
    if (c->err != DHK_OK)
        return NULL;
    out->type = (enum command_type)type;
    return parts;
}

enum dhk_err
command_decode(struct command *out, struct slice bytes, struct diag *diag)
{
    struct command got = {.type = COMMAND_NONE};
    struct cursor c;

    *out = got;
    enum dhk_err rc = wire_size(bytes, LIMIT_MESSAGE, diag);
    if (rc != DHK_OK)
        goto out;
    cursor_init(&c, bytes);
    const char *parts = read_head(&got, &c);
    for (; parts != NULL && *parts != '\0'; parts++)
        read_part(&got, &c, *parts);
    if (c.err == DHK_OK && got.indexes.n > 0 && got.indexes_n != got.list_n)
        cursor_fail(&c, DHK_FORMAT, "not one index for each entry");
    rc = wire_close(&c, diag);
    if (rc == DHK_OK && got.type == COMMAND_HELLO)
        rc = read_hello(&got.hello, diag);
    if (rc == DHK_OK)
        *out = got;
out:
    return rc;
}

void
command_list(struct cursor *out, struct slice list)
{
    cursor_init(out, list);
    if (list.n > 0)
        (void)unpack_array(out, COMMAND_LIST);
}

struct slice
command_list_next(struct cursor *c)
{
    return unpack_bin(c, LIMIT_MESSAGE);
}

uint64_t
command_index_next(struct cursor *c)
{
    return unpack_uint(c, UINT64_MAX);
}

/* --- writing ------------------------------------------------------------ */

static void
write_list(struct sink *out, const struct lists *lists)
{
    pack_array(out, lists->list_n);
    for (size_t i = 0; i < lists->list_n; i++)
        pack_bin(out, lists->list[i]);
}

static void
write_indexes(struct sink *out, const struct lists *lists)
{
    pack_array(out, lists->indexes_n);
    for (size_t i = 0; i < lists->indexes_n; i++)
        pack_uint(out, lists->indexes[i]);
}

static void
write_cursors(struct sink *out, const uint64_t cursor[COMMAND_CLASSES])
{
    pack_array(out, COMMAND_CLASSES);
    for (size_t i = 0; i < COMMAND_CLASSES; i++)
        pack_uint(out, cursor[i]);
}

static void
write_array(struct sink *out, const struct command *c, char part,
    const struct lists *lists)
{
    switch (part) {
    case 'f':
        write_cursors(out, c->from);
        break;
    case 'L':
    case 'l':
        write_list(out, lists);
        break;
    case 't':
        write_cursors(out, c->to);
        break;
    case 'x':
        write_indexes(out, lists);
        break;
    default:
        must(/* a letter of the table */ false);
    }
}

static void
write_part(struct sink *out, const struct command *c, char part,
    const struct lists *lists)
{
    switch (part) {
    case 'a':
        pack_uint(out, c->a);
        break;
    case 'b':
        pack_uint(out, c->b);
        break;
    case 'e':
        pack_uint(out, (uint64_t)c->error);
        break;
    case 'g':
        wire_put_maybe(out, c->has_agreement, c->agreement, ID);
        break;
    case 'h':
        pack_bin(out, c->hello.body);
        break;
    case 'i':
        pack_bin(out, c->id);
        break;
    case 'm':
        pack_bin(out, c->bytes);
        break;
    case 'n':
        pack_bin(out, slice_of(c->nonce, sizeof c->nonce));
        break;
    case 'o':
        pack_str(out, c->origin);
        break;
    case 'p':
        pack_bin(out, c->proof);
        break;
    case 'r':
        wire_put_maybe(out, c->has_roster, c->roster, ID);
        break;
    case 's':
        pack_bin(out, slice_of(c->hello.signature, KEY_SIGNATURE));
        break;
    case 'u':
        if (c->has_entry)
            pack_uint(out, c->entry);
        else
            pack_nil(out);
        break;
    case 'w':
        pack_uint(out, (uint64_t)c->what);
        break;
    case 'z':
        pack_uint(out, c->flags);
        break;
    default:
        write_array(out, c, part, lists);
    }
}

enum dhk_err
command_encode(struct sink *out, const struct command *c,
    const uint64_t *indexes, size_t indexes_n, const struct slice *list,
    size_t list_n)
{
    const struct lists lists = {indexes, indexes_n, list, list_n};
    const char *parts = parts_of((uint64_t)c->type);
    size_t start = out->n;

    must(parts != NULL);
    wire_begin(out, 3 + strlen(parts));
    pack_uint(out, (uint64_t)c->type);
    pack_uint(out, c->number);
    for (; *parts != '\0'; parts++)
        write_part(out, c, *parts, &lists);
    if (out->err == DHK_OK && out->n - start > LIMIT_MESSAGE)
        out->err = DHK_LIMIT;
    return out->err;
}

/* --- hello -------------------------------------------------------------- */

enum dhk_err
command_hello_issue(struct sink *out, uint64_t number,
    const struct command_hello *h, const struct sign_secret *sk)
{
    uint8_t mem[LIMIT_ORIGIN + 128];
    struct sink body;
    struct command c = {.type = COMMAND_HELLO, .number = number, .hello = *h};

    if (!checkpoint_is_name(h->origin) || h->modes == 0 || h->modes > MODES_ALL)
        return DHK_FORMAT;
    sink_init(&body, mem, sizeof mem);
    wire_begin(&body, HELLO_FIELDS);
    pack_str(&body, h->origin);
    pack_bin(&body, slice_of(h->card, sizeof h->card));
    pack_bin(&body, slice_of(h->nonce, sizeof h->nonce));
    pack_uint(&body, h->modes);
    pack_uint(&body, h->duties);
    for (size_t i = 0; i < COMMAND_CLASSES; i++)
        pack_uint(&body, h->cursor[i]);
    must(body.err == DHK_OK);
    c.hello.body = sink_done(&body);
    seal_sign(c.hello.signature, label_hello, &c.hello.body, 1, sk);
    return command_encode(out, &c, NULL, 0, NULL, 0);
}

enum dhk_err
command_hello_verify(
    const struct command_hello *h, const struct sign_public *pk)
{
    return seal_verify(h->signature, label_hello, &h->body, 1, pk);
}
