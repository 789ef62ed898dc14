/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signed notes by C2SP's specifications signed-note, tlog-checkpoint and
 * tlog-cosignature. What is signed is always the text as received. */
#include "checkpoint.h"

#include <string.h>

#include "text.h"

enum {
    TEXT_MAX = LIMIT_ORIGIN + 128, /* of a checkpoint without extensions */
    ID_BYTES = 4,
    TIME_BYTES = 8,
    VKEYS_MAX = 32,
};

static const char dash[] = "\xe2\x80\x94 ";

/* --- writing ----------------------------------------------------------- */

enum dhk_err
checkpoint_text(struct sink *out, const struct checkpoint *cp)
{
    char base64[KEY_B64];
    if (!checkpoint_is_name(slice_str(cp->origin)) || cp->size > INT64_MAX)
        return DHK_FORMAT;
    key_base64(base64, sizeof base64, cp->root, sizeof cp->root);
    sink_slice(out, slice_str(cp->origin));
    sink_u8(out, '\n');
    text_put_uint(out, cp->size);
    sink_u8(out, '\n');
    sink_slice(out, slice_str(base64));
    sink_u8(out, '\n');
    return out->err;
}

/* Writes a signature line: the key id, TIME when WITH_TIME, SIG. */
static void
put_line(struct sink *out, const struct checkpoint_vkey *vkey,
    const uint64_t *time, const uint8_t sig[KEY_SIGNATURE])
{
    uint8_t raw[ID_BYTES + TIME_BYTES + KEY_SIGNATURE];
    char base64[4 * ((sizeof raw + 2) / 3) + 1];
    struct sink s;
    sink_init(&s, raw, sizeof raw);
    sink_u32(&s, vkey->id);
    if (time != NULL)
        sink_u64(&s, *time);
    sink_put(&s, sig, KEY_SIGNATURE);
    must(s.err == DHK_OK);
    key_base64(base64, sizeof base64, raw, s.n);
    sink_slice(out, slice_str(dash));
    sink_slice(out, slice_str(vkey->name));
    sink_u8(out, ' ');
    sink_slice(out, slice_str(base64));
    sink_u8(out, '\n');
}

enum dhk_err
checkpoint_assemble(struct sink *out, const struct checkpoint *cp,
    const struct sign_public *pk, const uint8_t sig[KEY_SIGNATURE])
{
    struct checkpoint_vkey vkey;
    enum dhk_err rc = checkpoint_text(out, cp);
    if (rc != DHK_OK)
        return rc;
    checkpoint_vkey_make(&vkey, CHECKPOINT_ED25519, cp->origin, pk);
    sink_u8(out, '\n');
    put_line(out, &vkey, NULL, sig);
    return out->err;
}

enum dhk_err
checkpoint_sign(struct sink *out, const struct checkpoint *cp,
    const struct sign_secret *sk, const struct sign_public *pk)
{
    uint8_t mem[TEXT_MAX], sig[KEY_SIGNATURE];
    struct sink text;
    sink_init(&text, mem, sizeof mem);
    enum dhk_err rc = checkpoint_text(&text, cp);
    if (rc != DHK_OK)
        return rc;
    seal_sign_raw(sig, sink_done(&text), sk);
    return checkpoint_assemble(out, cp, pk, sig);
}

/* What a cosignature at TIME over the checkpoint TEXT signs. */
static void
put_cosigned(struct sink *out, uint64_t time, struct slice text)
{
    sink_slice(out, slice_str("cosignature/v1\ntime "));
    text_put_uint(out, time);
    sink_u8(out, '\n');
    sink_slice(out, text);
}

enum dhk_err
checkpoint_cosign(struct sink *out, const struct checkpoint *cp,
    const char *witness, const struct sign_secret *sk,
    const struct sign_public *pk, uint64_t time)
{
    uint8_t text_mem[TEXT_MAX], mem[TEXT_MAX + 64], sig[KEY_SIGNATURE];
    struct sink text, message;
    struct checkpoint_vkey vkey;

    if (!checkpoint_is_name(slice_str(witness)) || time > INT64_MAX)
        return DHK_FORMAT;
    sink_init(&text, text_mem, sizeof text_mem);
    enum dhk_err rc = checkpoint_text(&text, cp);
    if (rc != DHK_OK)
        return rc;
    sink_init(&message, mem, sizeof mem);
    put_cosigned(&message, time, sink_done(&text));
    must(message.err == DHK_OK);
    seal_sign_raw(sig, sink_done(&message), sk);
    checkpoint_vkey_make(&vkey, CHECKPOINT_COSIGNATURE, witness, pk);
    put_line(out, &vkey, &time, sig);
    return out->err;
}

/* --- reading ----------------------------------------------------------- */

/* A signature line taken apart. */
struct line {
    struct slice name;
    uint32_t id;
    uint8_t raw[LIMIT_CHECKPOINT]; /* signature, after the id */
    size_t raw_n;
};

static bool
line_decode(struct line *out, struct slice in)
{
    size_t n = 0;
    if (!text_skip(&in, dash))
        return false;
    const uint8_t *space = in.n == 0 ? NULL : memchr(in.p, ' ', in.n);
    if (space == NULL)
        return false;
    out->name = slice_of(in.p, (size_t)(space - in.p));
    struct slice base64 = slice_of(space + 1, in.n - out->name.n - 1);
    if (!checkpoint_is_name(out->name) ||
        text_unbase64(out->raw, sizeof out->raw, &n, base64) != DHK_OK ||
        n <= ID_BYTES)
        return false;
    out->id = bytes_get_u32(out->raw);
    out->raw_n = n - ID_BYTES;
    memmove(out->raw, out->raw + ID_BYTES, out->raw_n);
    return true;
}

static bool
is_of(const struct line *line, const struct checkpoint_vkey *vkey)
{
    return line->id == vkey->id && text_is(line->name, vkey->name);
}

/* Verifies LINE, which is VKEY's, over TEXT; *TIME is that of a
 * cosignature. */
static enum dhk_err
line_verify(uint64_t *time, const struct line *line, struct slice text,
    const struct checkpoint_vkey *vkey)
{
    uint8_t mem[LIMIT_CHECKPOINT + 64];
    struct sink message;
    *time = 0;
    if (vkey->type == CHECKPOINT_ED25519) {
        if (line->raw_n != KEY_SIGNATURE)
            return DHK_AUTH;
        return seal_verify_raw(line->raw, text, &vkey->pk);
    }
    must(vkey->type == CHECKPOINT_COSIGNATURE);
    if (line->raw_n != TIME_BYTES + KEY_SIGNATURE)
        return DHK_AUTH;
    uint64_t at = bytes_get_u64(line->raw);
    if (at > INT64_MAX)
        return DHK_AUTH;
    sink_init(&message, mem, sizeof mem);
    put_cosigned(&message, at, text);
    must(message.err == DHK_OK);
    enum dhk_err rc =
        seal_verify_raw(line->raw + TIME_BYTES, sink_done(&message), &vkey->pk);
    if (rc == DHK_OK)
        *time = at;
    return rc;
}

/* Checks one signature line against all keys. */
static enum dhk_err
line_check(uint32_t *mask, struct slice in, struct slice text,
    const struct checkpoint_vkey *vkeys, size_t vkeys_n)
{
    struct line line;
    uint64_t time;
    if (!line_decode(&line, in))
        return DHK_FORMAT;
    for (size_t i = 0; i < vkeys_n; i++) {
        if (!is_of(&line, &vkeys[i]))
            continue;
        if (line_verify(&time, &line, text, &vkeys[i]) != DHK_OK)
            return DHK_AUTH;
        *mask |= (uint32_t)1 << i;
    }
    return DHK_OK;
}

/* Splits at the last empty line; both parts keep their last newline. */
static bool
split(struct slice *text, struct slice *lines, struct slice note)
{
    if (note.n < 3 || note.p[note.n - 1] != '\n')
        return false;
    for (size_t i = note.n - 1; i > 0; i--) {
        if (note.p[i] != '\n' || note.p[i - 1] != '\n')
            continue;
        *text = slice_of(note.p, i);
        *lines = slice_of(note.p + i + 1, note.n - i - 1);
        return lines->n > 0;
    }
    return false;
}

static bool
is_note_text(struct slice note)
{
    struct text t;
    struct slice line;
    bool plain = true;
    text_init(&t, note);
    while (plain && text_line(&line, &t))
        plain = text_is_plain(line, false);
    return plain;
}

/* Reads the form of NOTE; *MASK tells which keys signed, perhaps none. */
static enum dhk_err
note_read(struct slice *text, uint32_t *mask, struct slice note,
    const struct checkpoint_vkey *vkeys, size_t vkeys_n)
{
    struct slice lines, line;
    struct text t;
    enum dhk_err rc = DHK_OK;

    *mask = 0;
    if (note.n > LIMIT_CHECKPOINT)
        return DHK_LIMIT;
    if (!is_note_text(note) || !split(text, &lines, note))
        return DHK_FORMAT;
    text_init(&t, lines);
    while (rc == DHK_OK && text_line(&line, &t))
        rc = line_check(mask, line, *text, vkeys, vkeys_n);
    return rc;
}

enum dhk_err
checkpoint_note_open(struct slice *text, uint32_t *signed_mask,
    struct slice note, const struct checkpoint_vkey *vkeys, size_t vkeys_n)
{
    struct slice got = {NULL, 0};
    uint32_t mask = 0;
    must(vkeys_n <= VKEYS_MAX);
    *text = slice_of(NULL, 0);
    *signed_mask = 0;
    enum dhk_err rc = note_read(&got, &mask, note, vkeys, vkeys_n);
    if (rc == DHK_OK && mask == 0)
        rc = DHK_AUTH;
    if (rc != DHK_OK)
        return rc;
    *text = got;
    *signed_mask = mask;
    return DHK_OK;
}

/* NULL, or what is wrong with the TEXT of a checkpoint. */
static const char *
text_decode(struct checkpoint *out, struct slice text)
{
    struct text t;
    struct slice line;
    size_t n = 0;

    text_init(&t, text);
    if (!text_line(&line, &t) || !checkpoint_is_name(line) ||
        slice_to_str(line, out->origin, sizeof out->origin) != DHK_OK)
        return "malformed origin";
    if (!text_line(&line, &t) ||
        text_uint(&out->size, line, INT64_MAX) != DHK_OK)
        return "malformed tree size";
    if (!text_line(&line, &t) ||
        text_unbase64(out->root, sizeof out->root, &n, line) != DHK_OK ||
        n != sizeof out->root)
        return "malformed root hash";
    while (text_line(&line, &t))
        if (line.n == 0)
            return "empty line in a checkpoint";
    return NULL;
}

enum dhk_err
checkpoint_open(struct checkpoint *out, struct slice note,
    const struct checkpoint_vkey *vkey, struct diag *diag)
{
    struct slice text = {NULL, 0};
    struct checkpoint cp = {0};
    uint32_t mask = 0;
    const char *why = NULL;

    must(vkey == NULL || vkey->type == CHECKPOINT_ED25519);
    *out = cp;
    enum dhk_err rc = note_read(&text, &mask, note, vkey, vkey == NULL ? 0 : 1);
    if (rc == DHK_OK && vkey != NULL && mask == 0)
        rc = DHK_AUTH;
    if (rc != DHK_OK) {
        why = rc == DHK_AUTH ? "not signed by the key of the log"
                             : "not a signed note";
    } else if ((why = text_decode(&cp, text)) != NULL) {
        rc = DHK_FORMAT;
    } else if (vkey != NULL && strcmp(vkey->name, cp.origin) != 0) {
        why = "checkpoint of another origin";
        rc = DHK_AUTH;
    }
    if (rc == DHK_OK)
        *out = cp;
    else if (diag != NULL)
        *diag = (struct diag){why, 0};
    return rc;
}

enum dhk_err
checkpoint_line(uint64_t *time, struct slice *line, struct slice note,
    const struct checkpoint_vkey *vkey)
{
    struct slice text, lines, one;
    struct line parts;
    struct text t;

    *time = 0;
    *line = slice_of(NULL, 0);
    if (note.n > LIMIT_CHECKPOINT)
        return DHK_LIMIT;
    if (!is_note_text(note) || !split(&text, &lines, note))
        return DHK_FORMAT;
    text_init(&t, lines);
    while (text_line(&one, &t)) {
        if (!line_decode(&parts, one))
            return DHK_FORMAT;
        if (!is_of(&parts, vkey))
            continue;
        *line = slice_of(one.p, one.n + 1); /* a note ends with a newline */
        return line_verify(time, &parts, text, vkey);
    }
    return DHK_NOTFOUND;
}

enum dhk_err
checkpoint_plain(
    struct sink *out, struct slice note, const struct checkpoint_vkey *log)
{
    struct checkpoint cp;
    struct slice line;
    uint64_t none;
    size_t start = out->n;
    enum dhk_err rc = checkpoint_open(&cp, note, log, NULL);

    if (rc == DHK_OK)
        rc = checkpoint_line(&none, &line, note, log);
    if (rc == DHK_OK)
        rc = checkpoint_text(out, &cp);
    if (rc != DHK_OK)
        return rc;
    sink_u8(out, '\n');
    /* what is signed ends right before the blank line */
    if (out->err == DHK_OK &&
        (note.n < out->n - start ||
            memcmp(note.p, out->p + start, out->n - start) != 0))
        return DHK_FORMAT;
    sink_slice(out, line);
    return out->err;
}

enum dhk_err
checkpoint_cosigned(uint64_t *time, struct slice line,
    const struct checkpoint *cp, const struct checkpoint_vkey *vkey)
{
    uint8_t mem[TEXT_MAX];
    struct sink text;
    struct line parts;

    must(vkey->type == CHECKPOINT_COSIGNATURE);
    *time = 0;
    if (line.n > LIMIT_CHECKPOINT)
        return DHK_LIMIT;
    if (line.n == 0 || line.p[line.n - 1] != '\n' ||
        !line_decode(&parts, slice_of(line.p, line.n - 1)))
        return DHK_FORMAT;
    if (!is_of(&parts, vkey))
        return DHK_NOTFOUND;
    sink_init(&text, mem, sizeof mem);
    enum dhk_err rc = checkpoint_text(&text, cp);
    if (rc != DHK_OK)
        return rc;
    return line_verify(time, &parts, sink_done(&text), vkey);
}

/* Which of VKEYS signed LINE over TEXT. */
static enum dhk_err
signature_of(struct checkpoint_signature *out, const struct line *line,
    struct slice text, const struct checkpoint_vkey *vkeys, size_t vkeys_n)
{
    for (size_t i = 0; i < vkeys_n; i++) {
        if (!is_of(line, &vkeys[i]))
            continue;
        out->key = (int)i;
        return line_verify(&out->time, line, text, &vkeys[i]);
    }
    return DHK_OK;
}

enum dhk_err
checkpoint_signatures(struct checkpoint_signature *out, size_t *n,
    struct slice note, const struct checkpoint_vkey *vkeys, size_t vkeys_n)
{
    struct slice text, lines, one;
    struct line line;
    struct text t;
    uint32_t mask;

    *n = 0;
    enum dhk_err rc = checkpoint_note_open(&text, &mask, note, vkeys, vkeys_n);
    if (rc != DHK_OK || !split(&text, &lines, note))
        return rc == DHK_OK ? DHK_FORMAT : rc;
    text_init(&t, lines);
    while (rc == DHK_OK && text_line(&one, &t)) {
        if (*n == CHECKPOINT_SIGNATURES || !line_decode(&line, one)) {
            rc = *n == CHECKPOINT_SIGNATURES ? DHK_LIMIT : DHK_FORMAT;
            break;
        }
        struct checkpoint_signature *s = &out[(*n)++];
        *s = (struct checkpoint_signature){
            .name = line.name, .id = line.id, .key = -1};
        rc = signature_of(s, &line, text, vkeys, vkeys_n);
    }
    if (rc != DHK_OK)
        *n = 0;
    return rc;
}
