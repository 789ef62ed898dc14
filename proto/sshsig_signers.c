/* SPDX-License-Identifier: EUPL-1.2
 *
 * The allowed_signers file of ssh-keygen(1), cut down to lines that say
 * plainly whose key counts for what: any doubt refuses the whole file. */
#include <string.h>

#include "sshsig.h"
#include "text.h"

/* A line taken apart; borrowed from it. */
struct fields {
    struct slice principal;
    struct slice options; /* may be empty */
    struct slice type;
    struct slice key;
};

/* The next field up to a blank outside double quotes. */
static struct slice
field(struct slice *rest)
{
    bool quoted = false;
    while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t'))
        *rest = slice_of(rest->p + 1, rest->n - 1);
    struct slice out = slice_of(rest->p, 0);
    for (; out.n < rest->n; out.n++) {
        uint8_t ch = rest->p[out.n];
        if (ch == '"')
            quoted = !quoted;
        if (!quoted && (ch == ' ' || ch == '\t'))
            break;
    }
    if (out.n > 0)
        *rest = slice_of(rest->p + out.n, rest->n - out.n);
    return out;
}

static bool
is_options(struct slice s)
{
    return (s.n > 0 && memchr(s.p, '=', s.n) != NULL) ||
           text_skip(&s, "cert-authority");
}

/* The types that OpenSSH knows and this program does not; certificates are
 * not among them. */
static bool
is_other_type(struct slice type)
{
    static const char *const types[] = {"ssh-rsa", "ssh-dss",
        "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "sk-ecdsa-sha2-nistp256@openssh.com"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (text_is(type, types[i]))
            return true;
    return false;
}

/* Letters, digits and "-_.@" between single commas: no pattern. */
static bool
is_namespaces(struct slice s)
{
    bool inside = false;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t ch = s.p[i];
        bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                     (ch >= '0' && ch <= '9') ||
                     (ch != 0 && strchr("-_.@", ch) != NULL);
        if (!plain && (ch != ',' || !inside))
            return false;
        inside = plain;
    }
    return inside;
}

/* YYYYMMDD[HHMM[SS]][Z] */
static enum dhk_err
parse_time(int64_t *out, struct slice s)
{
    unsigned part[6] = {0}; /* year, month, day, hour, minute, second */
    if (s.n > 0 && s.p[s.n - 1] == 'Z')
        s.n--;
    if (s.n != 8 && s.n != 12 && s.n != 14)
        return DHK_FORMAT;
    for (size_t i = 0, at = 0; at < s.n; i++) {
        size_t n = i == 0 ? 4 : 2;
        if (text_digits(&part[i], slice_of(s.p + at, n)) != DHK_OK)
            return DHK_FORMAT;
        at += n;
    }
    enum dhk_err rc = text_day(out, part[0], part[1], part[2]);
    if (rc != DHK_OK || part[3] > 23 || part[4] > 59 || part[5] > 59)
        return DHK_FORMAT;
    *out += (int64_t)(part[3] * 3600 + part[4] * 60 + part[5]);
    /* zero would mean "no bound" */
    return *out > 0 ? DHK_OK : DHK_FORMAT;
}

/* One NAME="VALUE"; each at most once. */
static const char *
parse_option(struct sshsig_signer *s, struct slice name, struct slice value)
{
    if (text_is(name, "namespaces")) {
        if (s->namespaces[0] != '\0')
            return "option given twice";
        if (!is_namespaces(value))
            return "namespaces must be plain, not patterns";
        if (slice_to_str(value, s->namespaces, sizeof s->namespaces) != DHK_OK)
            return "namespaces are too long";
        return NULL;
    }
    bool after = text_is(name, "valid-after");
    if (!after && !text_is(name, "valid-before"))
        return "unknown option";
    int64_t *bound = after ? &s->valid_after : &s->valid_before;
    if (*bound != 0)
        return "option given twice";
    return parse_time(bound, value) == DHK_OK ? NULL : "malformed time";
}

/* Comma separated NAME="VALUE". */
static const char *
parse_options(struct sshsig_signer *s, struct slice in)
{
    if (text_skip(&in, "cert-authority"))
        return "certificate authorities are not accepted";
    for (;;) {
        const uint8_t *equals = memchr(in.p, '=', in.n);
        if (equals == NULL)
            return "malformed option";
        struct slice name = slice_of(in.p, (size_t)(equals - in.p));
        in = slice_of(equals + 1, in.n - name.n - 1);
        if (!text_skip(&in, "\""))
            return "value of an option must be quoted";
        const uint8_t *quote = in.n == 0 ? NULL : memchr(in.p, '"', in.n);
        if (quote == NULL)
            return "quote is not closed";
        struct slice value = slice_of(in.p, (size_t)(quote - in.p));
        in = slice_of(quote + 1, in.n - value.n - 1);
        const char *why = parse_option(s, name, value);
        if (why != NULL)
            return why;
        if (in.n == 0)
            break;
        if (!text_skip(&in, ",") || in.n == 0)
            return "malformed option";
    }
    if (s->valid_after != 0 && s->valid_before != 0 &&
        s->valid_before < s->valid_after)
        return "validity ends before it begins";
    return NULL;
}

/* Whether the namespaces of S leave out everything of ours. */
static bool
is_foreign(const struct sshsig_signer *s)
{
    return s->namespaces[0] != '\0' &&
           strstr(s->namespaces, "driehoek-") == NULL;
}

static const char *
parse_key(struct sshsig_signer *s, const struct fields *f)
{
    uint8_t blob[512];
    size_t n = 0;
    if (text_unbase64(blob, sizeof blob, &n, f->key) != DHK_OK ||
        sshsig_key_decode(s, slice_of(blob, n)) != DHK_OK)
        return "malformed key";
    const char *type = s->type == SSHSIG_SK_ED25519
                           ? "sk-ssh-ed25519@openssh.com"
                           : "ssh-ed25519";
    return text_is(f->type, type) ? NULL : "key is not of the type it says";
}

/* Parses one line; *SKIP: it is well-formed, but of no use to us. */
static const char *
parse_line(struct sshsig_signer *s, bool *skip, struct slice line)
{
    struct fields f = {.principal = field(&line)};
    f.type = field(&line);
    if (is_options(f.type)) {
        f.options = f.type;
        f.type = field(&line);
    }
    f.key = field(&line);
    if (!bytes_is_name(f.principal))
        return "principal must be one plain name";
    if (slice_to_str(f.principal, s->principal, sizeof s->principal) != DHK_OK)
        return "principal is too long";
    if (f.key.n == 0)
        return "line has no key";
    const char *why = f.options.n > 0 ? parse_options(s, f.options) : NULL;
    if (why != NULL)
        return why;
    if (is_other_type(f.type)) {
        *skip = is_foreign(s);
        return *skip ? NULL : "type of key is not supported";
    }
    if (!text_is(f.type, "ssh-ed25519") &&
        !text_is(f.type, "sk-ssh-ed25519@openssh.com"))
        return "unknown type of key";
    return parse_key(s, &f);
}

/* Distinct principals of the first N lines of LIST. */
static size_t
count_principals(const struct sshsig_signers *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->n; i++) {
        size_t j = 0;
        while (strcmp(list->list[j].principal, list->list[i].principal) != 0)
            j++;
        count += j == i;
    }
    return count;
}

static enum dhk_err
add_line(struct sshsig_signers *out, struct slice line, struct diag *diag)
{
    struct sshsig_signer signer = {.line = (unsigned)diag->at};
    struct slice rest = line;
    bool skip = false;
    if (!text_is_plain(line, true)) {
        diag->what = "control character or malformed UTF-8";
        return DHK_FORMAT;
    }
    struct slice first = text_word(&rest);
    if (first.n == 0 || first.p[0] == '#')
        return DHK_OK;
    diag->what = parse_line(&signer, &skip, line);
    if (diag->what != NULL)
        return DHK_FORMAT;
    if (skip)
        return DHK_OK;
    diag->what = "too many signers";
    if (out->n == SSHSIG_SIGNERS_MAX)
        return DHK_LIMIT;
    out->list[out->n++] = signer;
    return count_principals(out) > LIMIT_SIGNATORIES ? DHK_LIMIT : DHK_OK;
}

enum dhk_err
sshsig_signers_parse(
    struct sshsig_signers *out, struct slice text, struct diag *diag)
{
    struct text t;
    struct slice line;
    struct diag local = {"file is too long", 0};
    enum dhk_err rc = DHK_LIMIT;

    memset(out, 0, sizeof *out);
    if (text.n > LIMIT_SIGNERS_FILE)
        goto out;
    rc = DHK_OK;
    text_init(&t, text);
    while (rc == DHK_OK && text_line(&line, &t)) {
        local.at = t.line;
        rc = add_line(out, line, &local);
    }
out:
    if (rc != DHK_OK) {
        memset(out, 0, sizeof *out);
        if (diag != NULL)
            *diag = local;
    }
    return rc;
}
