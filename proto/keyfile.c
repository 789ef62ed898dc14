/* SPDX-License-Identifier: EUPL-1.2
 *
 * The text, every line ended by a newline and every space single:
 *
 *     driehoek-key 1
 *     purpose <name>
 *     name <printable, no space>
 *     wrap none | wrap argon2id <passes> <KiB> <salt: base64 of 16 bytes>
 *     secret <base64 of the secret and 16 bytes more>
 *
 * The 16 bytes are Poly1305's tag, the four lines above being the associated
 * data; without a passphrase they are a checksum, against accidents only. */
#include "keyfile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "key.h"
#include "seal.h"

enum {
    EXTRA = SEAL_TAG, /* a tag, or a checksum of the same length */
    SALT = crypto_pwhash_argon2id_SALTBYTES,
    RAW_MAX = KEYFILE_SECRET_MAX + EXTRA,
    RAW_TEXT = 4 * ((RAW_MAX + 2) / 3) + 1,
    SALT_TEXT = 4 * ((SALT + 2) / 3) + 1,
    LINE_MAX_BYTES = 128,
    /* Argon2id's cost. The floor stops a file from asking for less than its
     * owner was promised, the ceiling from stopping the machine. */
    PASSES = crypto_pwhash_argon2id_OPSLIMIT_MODERATE,
    PASSES_MAX = 16,
    KIB = crypto_pwhash_argon2id_MEMLIMIT_MODERATE / 1024,
    KIB_MAX = 1024 * 1024,
};

/* A file taken apart. */
struct parts {
    struct keyfile kf;
    uint64_t passes;
    uint64_t kib;
    uint8_t salt[SALT];
    struct slice head;   /* the lines before the secret */
    struct slice secret; /* its base64 */
};

static bool
is_owner(const char *s)
{
    size_t n = strnlen(s, sizeof((struct keyfile *)NULL)->name);
    if (n == 0 || n == sizeof((struct keyfile *)NULL)->name)
        return false;
    for (size_t i = 0; i < n; i++)
        if (s[i] <= ' ' || s[i] > '~')
            return false;
    return true;
}

static bool
is_purpose(const char *s)
{
    size_t n = strnlen(s, sizeof((struct keyfile *)NULL)->purpose);
    return n < sizeof((struct keyfile *)NULL)->purpose &&
           bytes_is_name(slice_of(s, n));
}

static void
put_line(struct sink *s, const char *key, const char *value)
{
    sink_slice(s, slice_str(key));
    sink_slice(s, slice_str(" "));
    sink_slice(s, slice_str(value));
    sink_slice(s, slice_str("\n"));
}

static void
put_head(struct sink *s, const struct parts *f)
{
    put_line(s, "driehoek-key", "1");
    put_line(s, "purpose", f->kf.purpose);
    put_line(s, "name", f->kf.name);
    if (!f->kf.wrapped) {
        put_line(s, "wrap", "none");
        return;
    }
    char salt[SALT_TEXT];
    char how[LINE_MAX_BYTES];
    key_base64(salt, sizeof salt, f->salt, sizeof f->salt);
    (void)snprintf(how, sizeof how, "argon2id %" PRIu64 " %" PRIu64 " %s",
        f->passes, f->kib, salt);
    put_line(s, "wrap", how);
}

/* The checksum of a secret that is not wrapped. */
static void
checksum(uint8_t out[EXTRA], struct slice head, struct slice secret)
{
    uint8_t full[SEAL_HASH];
    struct slice parts[2] = {head, secret};
    seal_hash(full, "driehoek key file v1", parts, 2);
    memcpy(out, full, EXTRA);
    key_wipe(full, sizeof full);
}

static enum dhk_err
derive(uint8_t key[SEAL_KEY], const struct parts *f, struct slice pass)
{
    const char *p = pass.n == 0 ? "" : (const char *)pass.p;
    if (crypto_pwhash(key, SEAL_KEY, p, pass.n, f->salt, f->passes,
            (size_t)f->kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return DHK_NOMEM;
    return DHK_OK;
}

enum dhk_err
keyfile_encode(struct sink *out, const struct keyfile *kf, struct slice secret,
    struct slice pass)
{
    enum dhk_err rc = DHK_FORMAT;
    uint8_t key[SEAL_KEY] = {0};
    uint8_t raw[RAW_MAX] = {0};
    char text[RAW_TEXT] = {0};
    struct parts f = {.kf = *kf, .passes = PASSES, .kib = KIB};
    size_t start = out->n;

    if (!is_purpose(kf->purpose) || !is_owner(kf->name) ||
        secret.n < KEYFILE_SECRET_MIN || secret.n > KEYFILE_SECRET_MAX)
        goto out;
    f.kf.wrapped = pass.n > 0;
    key_random(f.salt, sizeof f.salt);
    put_head(out, &f);
    rc = out->err;
    if (rc != DHK_OK)
        goto out;
    struct slice head = slice_of(out->p + start, out->n - start);
    if (f.kf.wrapped) {
        /* fresh salt, hence a fresh key: the nonce may be zero */
        rc = derive(key, &f, pass);
        if (rc != DHK_OK)
            goto out;
        seal_box(raw, secret, head, key);
    } else {
        memcpy(raw, secret.p, secret.n);
        checksum(raw + secret.n, head, secret);
    }
    key_base64(text, sizeof text, raw, secret.n + EXTRA);
    put_line(out, "secret", text);
    rc = out->err;
out:
    key_wipe(key, sizeof key);
    key_wipe(raw, sizeof raw);
    key_wipe(text, sizeof text);
    return rc;
}

/* The next line's value, when the line begins with KEY and a space. */
static struct slice
take_line(struct cursor *c, const char *key)
{
    struct slice want = slice_str(key);
    size_t left = c->left.n;
    const uint8_t *end = left == 0 ? NULL : memchr(c->left.p, '\n', left);
    size_t n = end == NULL ? left : (size_t)(end - c->left.p);
    struct slice line = cursor_bytes(c, n);
    (void)cursor_bytes(c, 1); /* the newline */
    if (c->err == DHK_OK &&
        (n <= want.n || !slice_equal(slice_of(line.p, want.n), want) ||
            line.p[want.n] != ' '))
        cursor_fail(c, DHK_FORMAT, key);
    if (c->err != DHK_OK)
        return slice_of(NULL, 0);
    return slice_of(line.p + want.n + 1, line.n - want.n - 1);
}

static void
take_text(struct cursor *c, const char *key, char *dst, size_t cap)
{
    enum dhk_err rc = slice_to_str(take_line(c, key), dst, cap);
    if (rc != DHK_OK)
        cursor_fail(c, rc, key);
}

/* The bytes of IN up to the first space, which is passed over too. */
static struct slice
take_word(struct cursor *in)
{
    const uint8_t *end =
        in->left.n == 0 ? NULL : memchr(in->left.p, ' ', in->left.n);
    if (end == NULL)
        return cursor_bytes(in, in->left.n);
    struct slice word = cursor_bytes(in, (size_t)(end - in->left.p));
    (void)cursor_bytes(in, 1);
    return word;
}

/* At most seven digits, which is enough below KIB_MAX; leading zeros are
 * caught when the head is written again. */
static uint64_t
take_number(struct cursor *in, uint64_t least, uint64_t most)
{
    struct slice word = take_word(in);
    uint64_t v = 0;
    bool good = word.n > 0 && word.n <= 7;
    for (size_t i = 0; good && i < word.n; i++) {
        good = word.p[i] >= '0' && word.p[i] <= '9';
        v = v * 10 + (uint64_t)(word.p[i] - '0');
    }
    if (!good)
        cursor_fail(in, DHK_FORMAT, "not a number");
    else if (v < least || v > most)
        cursor_fail(in, DHK_LIMIT, "cost of the passphrase");
    return v;
}

static void
take_wrap(struct cursor *c, struct parts *f)
{
    struct slice how = take_line(c, "wrap");
    struct cursor in;
    size_t n = 0;
    f->kf.wrapped = !slice_equal(how, slice_str("none"));
    if (!f->kf.wrapped || c->err != DHK_OK)
        return;
    cursor_init(&in, how);
    if (!slice_equal(take_word(&in), slice_str("argon2id")))
        cursor_fail(&in, DHK_VERSION, "unknown way of wrapping");
    f->passes = take_number(&in, PASSES, PASSES_MAX);
    f->kib = take_number(&in, KIB, KIB_MAX);
    enum dhk_err rc = key_unbase64(f->salt, SALT, &n, in.left);
    if (in.err != DHK_OK)
        cursor_fail(c, in.err, in.what);
    else if (rc != DHK_OK || n != SALT)
        cursor_fail(c, DHK_FORMAT, "salt");
}

/* One file has one text: what we would not write so is refused. */
static void
check_head(struct cursor *c, const struct parts *f)
{
    char mem[KEYFILE_MAX];
    struct sink again;
    sink_init(&again, mem, sizeof mem);
    if (c->err != DHK_OK)
        return;
    put_head(&again, f);
    if (!is_purpose(f->kf.purpose) || !is_owner(f->kf.name) ||
        !slice_equal(sink_done(&again), f->head))
        cursor_fail(c, DHK_FORMAT, "not as this program writes it");
}

static enum dhk_err
parse(struct parts *f, struct slice text, struct diag *diag)
{
    struct cursor c;
    *f = (struct parts){.passes = 0};
    cursor_init(&c, text);
    if (text.n > KEYFILE_MAX)
        cursor_fail(&c, DHK_LIMIT, "too long for a key file");
    struct slice version = take_line(&c, "driehoek-key");
    if (c.err == DHK_OK && !slice_equal(version, slice_str("1")))
        cursor_fail(&c, DHK_VERSION, "unknown version of key file");
    take_text(&c, "purpose", f->kf.purpose, sizeof f->kf.purpose);
    take_text(&c, "name", f->kf.name, sizeof f->kf.name);
    take_wrap(&c, f);
    f->head = slice_of(text.p, cursor_at(&c));
    check_head(&c, f);
    f->secret = take_line(&c, "secret");
    enum dhk_err rc = cursor_end(&c);
    if (rc != DHK_OK)
        cursor_diag(&c, diag);
    return rc;
}

enum dhk_err
keyfile_peek(struct keyfile *kf, struct slice text, struct diag *diag)
{
    struct parts f;
    enum dhk_err rc = parse(&f, text, diag);
    *kf = rc == DHK_OK ? f.kf : (struct keyfile){.wrapped = false};
    return rc;
}

static enum dhk_err
unwrap(struct keyfile_secret *secret, const struct parts *f, struct slice raw,
    struct slice pass)
{
    uint8_t key[SEAL_KEY] = {0};
    if (pass.n == 0)
        return DHK_AUTH;
    enum dhk_err rc = derive(key, f, pass);
    if (rc == DHK_OK)
        rc = seal_unbox(secret->b, raw, f->head, key);
    key_wipe(key, sizeof key);
    return rc;
}

static enum dhk_err
take_plain(
    struct keyfile_secret *secret, const struct parts *f, struct slice raw)
{
    uint8_t sum[EXTRA];
    struct slice plain = slice_of(raw.p, raw.n - EXTRA);
    checksum(sum, f->head, plain);
    bool same = key_equal(sum, raw.p + plain.n, EXTRA);
    key_wipe(sum, sizeof sum);
    if (!same)
        return DHK_AUTH;
    memcpy(secret->b, plain.p, plain.n);
    return DHK_OK;
}

enum dhk_err
keyfile_decode(struct keyfile *kf, struct keyfile_secret *secret,
    struct slice text, struct slice pass, struct diag *diag)
{
    struct parts f;
    uint8_t raw[RAW_MAX] = {0};
    size_t n = 0;
    key_wipe(secret, sizeof *secret);
    *kf = (struct keyfile){.wrapped = false};
    struct diag why = {.what = "the secret", .at = 0};
    enum dhk_err rc = parse(&f, text, &why);
    if (rc != DHK_OK)
        goto out;
    why.at = f.head.n;
    rc = key_unbase64(raw, sizeof raw, &n, f.secret);
    if (rc == DHK_OK && n < KEYFILE_SECRET_MIN + EXTRA)
        rc = DHK_FORMAT;
    if (rc != DHK_OK)
        goto out;
    rc = f.kf.wrapped ? unwrap(secret, &f, slice_of(raw, n), pass)
                      : take_plain(secret, &f, slice_of(raw, n));
    if (rc != DHK_OK)
        goto out;
    secret->n = n - EXTRA;
    *kf = f.kf;
out:
    key_wipe(raw, sizeof raw);
    if (rc != DHK_OK) {
        key_wipe(secret, sizeof *secret);
        if (diag != NULL)
            *diag = why;
    }
    return rc;
}
