/* SPDX-License-Identifier: EUPL-1.2
 *
 * Verifier keys of signed notes. The key id binds name, type and key, so the
 * same key under another name or for another purpose has another id. */
#include <string.h>

#include "checkpoint.h"
#include "text.h"

enum { VKEY_ID_HEX = 8 };

/* Unicode's white space (what Go's unicode.IsSpace knows) beyond ASCII; the
 * names of others may be of any script. */
static bool
has_wide_space(struct slice s)
{
    static const char *const spaces[] = {"\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80",
        "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
        "\xe3\x80\x80"};
    size_t ascii = 0;
    while (ascii < s.n && s.p[ascii] < 0x80)
        ascii++;
    if (ascii == s.n)
        return false;
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++)
        if (memmem(s.p, s.n, spaces[i], strlen(spaces[i])) != NULL)
            return true;
    /* U+2000 to U+200A */
    for (size_t i = 0; i + 2 < s.n; i++)
        if (s.p[i] == 0xe2 && s.p[i + 1] == 0x80 && s.p[i + 2] <= 0x8a)
            return true;
    return false;
}

bool
checkpoint_is_name(struct slice s)
{
    if (s.n == 0 || s.n > LIMIT_ORIGIN)
        return false;
    return text_is_plain(s, false) && memchr(s.p, ' ', s.n) == NULL &&
           memchr(s.p, '+', s.n) == NULL && !has_wide_space(s);
}

static uint32_t
key_id(uint8_t type, struct slice name, const struct sign_public *pk)
{
    uint8_t mem[LIMIT_ORIGIN + 2 + KEY_BYTES];
    uint8_t hash[SEAL_HASH];
    struct sink s;
    sink_init(&s, mem, sizeof mem);
    sink_slice(&s, name);
    sink_u8(&s, '\n');
    sink_u8(&s, type);
    sink_put(&s, pk->b, KEY_BYTES);
    must(s.err == DHK_OK);
    seal_sha256(hash, sink_done(&s));
    return bytes_get_u32(hash);
}

void
checkpoint_vkey_make(struct checkpoint_vkey *out, uint8_t type,
    const char *name, const struct sign_public *pk)
{
    struct slice text = slice_str(name);
    must(checkpoint_is_name(text));
    *out = (struct checkpoint_vkey){.type = type, .pk = *pk};
    enum dhk_err rc = slice_to_str(text, out->name, sizeof out->name);
    must(rc == DHK_OK);
    out->id = key_id(type, text, pk);
}

void
checkpoint_vkey_text(char *out, const struct checkpoint_vkey *vkey)
{
    uint8_t id[4], raw[1 + KEY_BYTES];
    char hex[VKEY_ID_HEX + 1];
    char base64[4 * ((sizeof raw + 2) / 3) + 1];
    struct sink s;
    bytes_put_u32(id, vkey->id);
    bytes_hex(hex, id, sizeof id);
    raw[0] = vkey->type;
    memcpy(raw + 1, vkey->pk.b, KEY_BYTES);
    key_base64(base64, sizeof base64, raw, sizeof raw);
    sink_init(&s, out, KEY_VKEY_MAX);
    sink_slice(&s, slice_str(vkey->name));
    sink_u8(&s, '+');
    sink_slice(&s, slice_str(hex));
    sink_u8(&s, '+');
    sink_slice(&s, slice_str(base64));
    sink_u8(&s, '\0');
    must(s.err == DHK_OK);
}

/* Cuts what is before the next '+' off *REST, with the '+'. */
static bool
cut(struct slice *part, struct slice *rest)
{
    const uint8_t *plus = rest->n == 0 ? NULL : memchr(rest->p, '+', rest->n);
    if (plus == NULL)
        return false;
    *part = slice_of(rest->p, (size_t)(plus - rest->p));
    *rest = slice_of(plus + 1, rest->n - part->n - 1);
    return true;
}

enum dhk_err
checkpoint_vkey_parse(struct checkpoint_vkey *out, struct slice text)
{
    struct slice name, hex, rest = text;
    struct checkpoint_vkey vkey = {0};
    uint8_t id[4], raw[1 + KEY_BYTES];
    size_t n = 0;

    *out = vkey;
    if (text.n >= KEY_VKEY_MAX || !cut(&name, &rest) || !cut(&hex, &rest))
        return DHK_FORMAT;
    if (!checkpoint_is_name(name) ||
        bytes_unhex(id, sizeof id, hex) != DHK_OK ||
        text_unbase64(raw, sizeof raw, &n, rest) != DHK_OK || n != sizeof raw)
        return DHK_FORMAT;
    if (raw[0] != CHECKPOINT_ED25519 && raw[0] != CHECKPOINT_COSIGNATURE)
        return DHK_VERSION;
    vkey.type = raw[0];
    memcpy(vkey.pk.b, raw + 1, KEY_BYTES);
    vkey.id = key_id(vkey.type, name, &vkey.pk);
    enum dhk_err rc = slice_to_str(name, vkey.name, sizeof vkey.name);
    if (rc != DHK_OK || vkey.id != bytes_get_u32(id))
        return DHK_FORMAT;
    *out = vkey;
    return DHK_OK;
}
