/* SPDX-License-Identifier: EUPL-1.2 */
#include "control.h"

static bool
is_verb(uint8_t v)
{
    switch ((enum control_verb)v) {
    case CONTROL_CARD_ADD:
    case CONTROL_AGREEMENT_ADD:
    case CONTROL_ROSTER_ADD:
    case CONTROL_REVOKE:
    case CONTROL_STATUS:
    case CONTROL_CLOCK:
    case CONTROL_HEALTH:
        return true;
    case CONTROL_NONE:
    default:
        return false;
    }
}

enum dhk_err
control_encode(struct sink *out, const struct control_request *r)
{
    if (!is_verb((uint8_t)r->verb) || r->files_n > CONTROL_FILES)
        return DHK_FORMAT;
    sink_u8(out, (uint8_t)r->verb);
    sink_u16(out, (uint16_t)r->files_n);
    for (size_t i = 0; i < r->files_n; i++) {
        const struct control_file *f = &r->file[i];
        if (f->name.n > LIMIT_NAME || f->bytes.n > CONTROL_MAX)
            return DHK_LIMIT;
        sink_u16(out, (uint16_t)f->name.n);
        sink_slice(out, f->name);
        sink_u32(out, (uint32_t)f->bytes.n);
        sink_slice(out, f->bytes);
    }
    return out->err;
}

/* The most bytes that the I-th file may have. */
static size_t
file_max(size_t i)
{
    return i == 0 ? (size_t)LIMIT_TEXT : (size_t)LIMIT_SSHSIG;
}

static void
read_file(struct control_file *f, size_t i, struct cursor *c)
{
    uint16_t name_n = cursor_u16(c);
    if (name_n > LIMIT_NAME)
        cursor_fail(c, DHK_LIMIT, "file name too long");
    f->name = cursor_bytes(c, name_n);
    uint32_t n = cursor_u32(c);
    if (n > file_max(i))
        cursor_fail(c, DHK_LIMIT, "file too long");
    f->bytes = cursor_bytes(c, n);
}

enum dhk_err
control_decode(struct control_request *out, struct slice bytes)
{
    struct cursor c;
    struct control_request r = {.verb = CONTROL_NONE};
    if (bytes.n > CONTROL_MAX)
        return DHK_LIMIT;
    cursor_init(&c, bytes);
    uint8_t verb = cursor_u8(&c);
    uint16_t files = cursor_u16(&c);
    if (c.err == DHK_OK && !is_verb(verb))
        return DHK_VERSION;
    if (files > CONTROL_FILES)
        return DHK_LIMIT;
    for (size_t i = 0; i < files && c.err == DHK_OK; i++)
        read_file(&r.file[i], i, &c);
    enum dhk_err rc = cursor_end(&c);
    if (rc != DHK_OK)
        return rc;
    r.verb = (enum control_verb)verb;
    r.files_n = files;
    *out = r;
    return DHK_OK;
}
