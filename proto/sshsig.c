/* SPDX-License-Identifier: EUPL-1.2
 *
 * Verification of SSHSIG blobs. Stricter than OpenSSH where it ignores: the
 * reserved field must be empty and nothing may follow the signature. */
#include "sshsig.h"

#include <string.h>

#include "seal.h"
#include "text.h"

enum {
    SSHSIG_VERSION = 1,
    SSHSIG_HASH_MAX = 64,
    SSHSIG_NS_MAX = 64,
    SK_USER_PRESENT = 0x01,
};

static const char magic[] = "SSHSIG";
static const char armor_label[] = "SSH SIGNATURE";
static const char name_ed25519[] = "ssh-ed25519";
static const char name_sk[] = "sk-ssh-ed25519@openssh.com";

/* A signature blob taken apart; borrowed from it. */
struct blob {
    struct slice key;
    struct slice namespace_;
    struct slice hash;
    struct slice signature;
};

/* A signature proper. */
struct signature {
    const uint8_t *ed25519; /* KEY_SIGNATURE bytes */
    uint8_t flags;          /* of a sk signature, as is the next */
    uint32_t counter;
};

static struct slice
string(struct cursor *c)
{
    return cursor_bytes(c, cursor_u32(c));
}

static void
put_string(struct sink *s, struct slice v)
{
    sink_u32(s, (uint32_t)v.n);
    sink_slice(s, v);
}

enum dhk_err
sshsig_key_decode(struct sshsig_signer *out, struct slice blob)
{
    struct cursor c;
    cursor_init(&c, blob);
    struct slice type = string(&c);
    if (c.err == DHK_OK && !text_is(type, name_ed25519) &&
        !text_is(type, name_sk))
        return DHK_VERSION;
    out->type = text_is(type, name_sk) ? SSHSIG_SK_ED25519 : SSHSIG_ED25519;
    out->application[0] = '\0';
    struct slice pk = string(&c);
    if (out->type == SSHSIG_SK_ED25519) {
        struct slice application = string(&c);
        if (slice_to_str(application, out->application,
                sizeof out->application) != DHK_OK)
            cursor_fail(&c, DHK_FORMAT, "application of the key");
    }
    enum dhk_err rc = cursor_end(&c);
    if (rc != DHK_OK)
        return rc;
    if (pk.n != KEY_BYTES)
        return DHK_FORMAT;
    memcpy(out->pk.b, pk.p, KEY_BYTES);
    return DHK_OK;
}

bool
sshsig_key_equal(const struct sshsig_signer *a, const struct sshsig_signer *b)
{
    return a->type == b->type && key_equal(&a->pk, &b->pk, KEY_BYTES) &&
           strcmp(a->application, b->application) == 0;
}

bool
sshsig_signer_is_for(const struct sshsig_signer *s, const char *namespace_)
{
    struct slice rest = slice_str(s->namespaces);
    if (rest.n == 0)
        return true;
    for (;;) {
        const uint8_t *comma = memchr(rest.p, ',', rest.n);
        size_t n = comma == NULL ? rest.n : (size_t)(comma - rest.p);
        if (text_is(slice_of(rest.p, n), namespace_))
            return true;
        if (comma == NULL)
            return false;
        rest = slice_of(comma + 1, rest.n - n - 1);
    }
}

static enum dhk_err
blob_decode(struct blob *out, struct slice in)
{
    struct cursor c;
    cursor_init(&c, in);
    struct slice head = cursor_bytes(&c, sizeof magic - 1);
    if (c.err == DHK_OK && !text_is(head, magic))
        cursor_fail(&c, DHK_FORMAT, "magic");
    if (cursor_u32(&c) != SSHSIG_VERSION)
        cursor_fail(&c, DHK_VERSION, "version");
    out->key = string(&c);
    out->namespace_ = string(&c);
    struct slice reserved = string(&c);
    out->hash = string(&c);
    out->signature = string(&c);
    if (reserved.n > 0)
        cursor_fail(&c, DHK_FORMAT, "reserved field");
    return cursor_end(&c);
}

static enum dhk_err
signature_decode(struct signature *out, struct slice in, enum sshsig_type type)
{
    struct cursor c;
    cursor_init(&c, in);
    bool sk = type == SSHSIG_SK_ED25519;
    struct slice name = string(&c);
    struct slice ed25519 = string(&c);
    out->flags = sk ? cursor_u8(&c) : 0;
    out->counter = sk ? cursor_u32(&c) : 0;
    enum dhk_err rc = cursor_end(&c);
    if (rc != DHK_OK)
        return rc;
    if (!text_is(name, sk ? name_sk : name_ed25519) ||
        ed25519.n != KEY_SIGNATURE)
        return DHK_FORMAT;
    out->ed25519 = ed25519.p;
    return DHK_OK;
}

/* Writes what the SSHSIG format signs: all but the key, and the message's
 * hash in place of the message. */
static enum dhk_err
signed_data(struct sink *out, const struct blob *blob, struct slice message)
{
    uint8_t hash[SSHSIG_HASH_MAX];
    size_t hash_n = SSHSIG_HASH_MAX;
    if (text_is(blob->hash, "sha512")) {
        seal_sha512(hash, message);
    } else if (text_is(blob->hash, "sha256")) {
        seal_sha256(hash, message);
        hash_n = SEAL_HASH;
    } else {
        return DHK_VERSION;
    }
    sink_put(out, magic, sizeof magic - 1);
    put_string(out, blob->namespace_);
    put_string(out, slice_of(NULL, 0));
    put_string(out, blob->hash);
    put_string(out, slice_of(hash, hash_n));
    return out->err;
}

/* What a FIDO key signs instead of DATA. */
static void
sk_data(struct sink *out, const struct sshsig_signer *key,
    const struct signature *sig, struct slice data)
{
    uint8_t hash[SEAL_HASH];
    seal_sha256(hash, slice_str(key->application));
    sink_put(out, hash, sizeof hash);
    sink_u8(out, sig->flags);
    sink_u32(out, sig->counter);
    seal_sha256(hash, data);
    sink_put(out, hash, sizeof hash);
}

/* NULL, or why the signature in BLOB by KEY is none over MESSAGE. */
static const char *
refutation(const struct blob *blob, const struct sshsig_signer *key,
    struct slice message)
{
    uint8_t mem[SSHSIG_NS_MAX + SSHSIG_HASH_MAX + 32];
    uint8_t sk_mem[2 * SEAL_HASH + 5];
    struct sink data, sk;
    struct signature sig;

    if (signature_decode(&sig, blob->signature, key->type) != DHK_OK)
        return "malformed signature";
    if (key->type == SSHSIG_SK_ED25519 && !(sig.flags & SK_USER_PRESENT))
        return "made without touching the security key";
    sink_init(&data, mem, sizeof mem);
    if (signed_data(&data, blob, message) != DHK_OK)
        return "unsupported hash algorithm";
    struct slice over = sink_done(&data);
    if (key->type == SSHSIG_SK_ED25519) {
        sink_init(&sk, sk_mem, sizeof sk_mem);
        sk_data(&sk, key, &sig, over);
        must(sk.err == DHK_OK);
        over = sink_done(&sk);
    }
    if (seal_verify_raw(sig.ed25519, over, &key->pk) != DHK_OK)
        return "made over other content";
    return NULL;
}

static void
fingerprint(char out[SSHSIG_FINGERPRINT], struct slice key)
{
    static const char prefix[] = "SHA256:";
    uint8_t hash[SEAL_HASH];
    char base64[KEY_B64];
    seal_sha256(hash, key);
    key_base64(base64, sizeof base64, hash, sizeof hash);
    /* 32 bytes end in one '=', which OpenSSH leaves out */
    memcpy(out, prefix, sizeof prefix - 1);
    memcpy(out + sizeof prefix - 1, base64, KEY_B64 - 2);
    out[SSHSIG_FINGERPRINT - 1] = '\0';
}

static bool
in_time(const struct sshsig_signer *s, int64_t now)
{
    if (s->valid_after != 0 && now < s->valid_after)
        return false;
    /* ssh-keygen(1): "at or before" */
    return s->valid_before == 0 || now <= s->valid_before;
}

/* Finds the line of KEY, preferably one that counts for NAMESPACE at NOW.
 * Sets `signer`, and with it the status that a good signature will get. */
static enum sshsig_status
look_up(struct sshsig_result *out, const struct sshsig_signer *key,
    const struct sshsig_signers *signers, const char *namespace_, int64_t now)
{
    const char *why = "key of nobody on the list of allowed signers";
    for (size_t i = 0; i < signers->n; i++) {
        const struct sshsig_signer *s = &signers->list[i];
        if (!sshsig_key_equal(s, key))
            continue;
        bool is_for = sshsig_signer_is_for(s, namespace_);
        if (is_for && in_time(s, now)) {
            out->signer = (int)i;
            return SSHSIG_VALID;
        }
        if (out->signer < 0)
            out->signer = (int)i;
        why = is_for ? "key not valid at this time"
                     : "key not allowed for this namespace";
    }
    out->why = why;
    return out->signer < 0 ? SSHSIG_UNKNOWN : SSHSIG_OUTSIDE;
}

enum dhk_err
sshsig_unarmor(uint8_t blob[LIMIT_SSHSIG_BLOB], size_t *n, struct slice armor)
{
    return text_unarmor(blob, LIMIT_SSHSIG_BLOB, n, armor_label, armor);
}

struct slice
sshsig_armor(uint8_t mem[SSHSIG_ARMOR_MAX], struct slice blob)
{
    struct sink s;
    sink_init(&s, mem, SSHSIG_ARMOR_MAX);
    text_armor(&s, armor_label, blob);
    /* one that is too long verifies as nobody's */
    return s.err == DHK_OK ? sink_done(&s) : slice_of(NULL, 0);
}

void
sshsig_verify(struct sshsig_result *out, struct slice armor,
    struct slice message, const char *namespace_,
    const struct sshsig_signers *signers, int64_t now)
{
    uint8_t mem[LIMIT_SSHSIG];
    size_t n = 0;
    struct blob blob;
    struct sshsig_signer key = {0};

    must(namespace_[0] != '\0' && strlen(namespace_) <= SSHSIG_NS_MAX);
    *out = (struct sshsig_result){
        .status = SSHSIG_INVALID, .why = "not an SSH signature", .signer = -1};
    if (text_unarmor(mem, sizeof mem, &n, armor_label, armor) != DHK_OK)
        return;
    if (blob_decode(&blob, slice_of(mem, n)) != DHK_OK)
        return;
    enum dhk_err rc = sshsig_key_decode(&key, blob.key);
    if (rc == DHK_OK || rc == DHK_VERSION)
        fingerprint(out->fingerprint, blob.key);
    if (rc != DHK_OK) {
        out->why = rc == DHK_VERSION ? "unsupported type of key"
                                     : "malformed public key";
        return;
    }
    out->pk = key.pk;
    enum sshsig_status status = look_up(out, &key, signers, namespace_, now);
    const char *why = "wrong namespace";
    if (text_is(blob.namespace_, namespace_))
        why = refutation(&blob, &key, message);
    if (why != NULL) {
        out->why = why;
        return;
    }
    out->status = status;
    if (status == SSHSIG_VALID)
        out->why = NULL;
}
