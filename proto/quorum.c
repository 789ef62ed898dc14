/* SPDX-License-Identifier: EUPL-1.2
 *
 * Counts principals, never files: whatever is not a valid signature of a
 * known, undisputed key can at most keep a text out of force. */
#include "quorum.h"

#include <string.h>

#include "text.h"

/* --- the sentence ------------------------------------------------------ */

/* Appends S to the sentence, as far as there is room. */
static void
say(struct quorum *q, const char *s)
{
    size_t at = strlen(q->sentence);
    size_t room = sizeof q->sentence - 1 - at;
    size_t n = strlen(s);
    if (n > room)
        n = room;
    memcpy(q->sentence + at, s, n);
    q->sentence[at + n] = '\0';
}

/* File names come from outside: what a terminal would obey is shown as '?'. */
static void
say_name(struct quorum *q, const char *name)
{
    char shown[QUORUM_NAME_MAX + 1] = {0};
    for (size_t i = 0; i < QUORUM_NAME_MAX && name[i] != '\0'; i++) {
        shown[i] = name[i];
        if (name[i] <= 0x20 || name[i] >= 0x7f)
            shown[i] = '?';
    }
    say(q, shown);
}

static void
say_refused(struct quorum *q, const char *name, const char *why)
{
    q->verdict = QUORUM_REFUSED;
    say(q, "refused: ");
    say_name(q, name);
    say(q, " does not verify (");
    say(q, why);
    say(q, ")");
}

/* Notes on signatures that do not count and do no harm either. */
static void
say_ignored(struct quorum *q, const struct quorum_sig *sigs)
{
    for (size_t i = 0; i < q->results_n; i++) {
        const struct sshsig_result *r = &q->result[i];
        if (r->status == SSHSIG_VALID)
            continue;
        say(q, "; ignored: ");
        say_name(q, sigs[i].name);
        say(q, " (");
        if (r->signer < 0) {
            say(q, "unknown key ");
            say(q, r->fingerprint);
        } else {
            say(q, r->why);
        }
        say(q, ")");
    }
}

/* --- counting ---------------------------------------------------------- */

/* The principal that result I counts for, or NULL. */
static const char *
principal_of(const struct quorum *q, size_t i, const struct sshsig_signers *s)
{
    const struct sshsig_result *r = &q->result[i];
    return r->status == SSHSIG_VALID ? s->list[r->signer].principal : NULL;
}

static bool
has_signed(const struct quorum *q, size_t results_n, const char *principal,
    const struct sshsig_signers *s)
{
    for (size_t i = 0; i < results_n; i++) {
        const char *own = principal_of(q, i, s);
        if (own != NULL && strcmp(own, principal) == 0)
            return true;
    }
    return false;
}

bool
quorum_is_first(
    const struct quorum *q, size_t i, const struct sshsig_signers *signers)
{
    const char *own = principal_of(q, i, signers);
    return own != NULL && !has_signed(q, i, own, signers);
}

/* Whether the key of R is listed for two principals. */
static bool
is_shared(const struct sshsig_result *r, const struct sshsig_signers *s)
{
    const struct sshsig_signer *own = &s->list[r->signer];
    for (size_t i = 0; i < s->n; i++)
        if (key_equal(&s->list[i].pk, &own->pk, KEY_BYTES) &&
            strcmp(s->list[i].principal, own->principal) != 0)
            return true;
    return false;
}

/* NULL, or why result I refuses the text whatever the others say. */
static const char *
objection(const struct quorum *q, size_t i, const struct sshsig_signers *s)
{
    const struct sshsig_result *r = &q->result[i];
    if (r->signer < 0)
        /* of nobody we know; but what we could not even read may have been
         * meant to count */
        return r->fingerprint[0] == '\0' ? r->why : NULL;
    if (r->status == SSHSIG_INVALID)
        return r->why;
    if (is_shared(r, s))
        return "one key is listed for two signatories";
    for (size_t j = 0; j < i; j++)
        if (q->result[j].signer >= 0 &&
            key_equal(&q->result[j].pk, &r->pk, KEY_BYTES))
            return "the same key has signed twice";
    return NULL;
}

/* Fills valid_n and the first part of the sentence. */
static void
count_signed(struct quorum *q, const struct sshsig_signers *s)
{
    say(q, "signed by ");
    for (size_t i = 0; i < q->results_n; i++) {
        const char *principal = principal_of(q, i, s);
        if (principal == NULL || has_signed(q, i, principal, s))
            continue;
        say(q, q->valid_n++ > 0 ? ", " : "");
        say(q, principal);
    }
    if (q->valid_n == 0)
        say(q, "nobody who may");
}

static void
add_missing(struct quorum *q, const char *principal)
{
    for (size_t i = 0; i < q->missing_n; i++)
        if (strcmp(q->missing[i], principal) == 0)
            return;
    say(q, q->missing_n == 0 ? "; missing: " : ", ");
    say(q, principal);
    enum dhk_err rc = slice_to_str(
        slice_str(principal), q->missing[q->missing_n++], sizeof q->missing[0]);
    must(rc == DHK_OK);
}

/* Everything that the answer depends on is named at the call, so that none of
 * it is ever a default. */
enum dhk_err
/* NOLINTNEXTLINE(readability-function-size): the parameters, see above */
quorum_check(struct quorum *out, struct slice text,
    const struct quorum_sig *sigs, size_t sigs_n, const char *namespace_,
    const struct sshsig_signers *signers, const char *const *required,
    size_t required_n, int64_t now)
{
    memset(out, 0, sizeof *out);
    if (sigs_n > QUORUM_SIGNATURES || required_n > QUORUM_SIGNATURES) {
        say(out, "refused: too many signatures");
        return DHK_LIMIT;
    }
    for (size_t i = 0; i < sigs_n; i++) {
        sshsig_verify(
            &out->result[i], sigs[i].armor, text, namespace_, signers, now);
        out->results_n++;
    }
    for (size_t i = 0; i < sigs_n; i++) {
        const char *why = objection(out, i, signers);
        if (why == NULL)
            continue;
        say_refused(out, sigs[i].name, why);
        return DHK_OK;
    }
    count_signed(out, signers);
    for (size_t i = 0; i < required_n; i++)
        if (!has_signed(out, sigs_n, required[i], signers))
            add_missing(out, required[i]);
    say_ignored(out, sigs);
    /* nobody's signature never suffices, whoever is asked for */
    bool full = out->missing_n == 0 && out->valid_n > 0;
    out->verdict = full ? QUORUM_FULL : QUORUM_MISSING;
    return DHK_OK;
}

/* Adds PRINCIPAL unless it is there. */
static size_t
add(const char **out, size_t n, size_t max, const char *principal)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(out[i], principal) == 0)
            return n;
    /* to leave somebody out would be to let a text through */
    must(n < max);
    out[n] = principal;
    return n + 1;
}

size_t
quorum_principals(const char **out, size_t max,
    const struct sshsig_signers *signers, const char *namespace_)
{
    size_t n = 0;
    for (size_t i = 0; i < signers->n; i++)
        if (sshsig_signer_is_for(&signers->list[i], namespace_))
            n = add(out, n, max, signers->list[i].principal);
    return n;
}

size_t
quorum_union(const char **out, size_t max, const char *const *a, size_t a_n,
    const char *const *b, size_t b_n)
{
    size_t n = 0;
    for (size_t i = 0; i < a_n; i++)
        n = add(out, n, max, a[i]);
    for (size_t i = 0; i < b_n; i++)
        n = add(out, n, max, b[i]);
    return n;
}

/* --- revocations ------------------------------------------------------- */

#define REVOCATION_HEAD "driehoek-revocation"
#define REVOKES_TEXT "text sha256:"
#define REVOKES_CARD "card "

/* The next line, which must end; refuses control characters. */
static bool
revocation_line(struct slice *line, struct text *t)
{
    return text_line(line, t) && t->ended && text_is_plain(*line, false);
}

static const char *
parse_revocation(struct quorum_revocation *out, struct text *t)
{
    struct slice line;
    if (!revocation_line(&line, t) || !text_is(line, REVOCATION_HEAD))
        return "not a revocation";
    if (!revocation_line(&line, t))
        return "revocation names nothing";
    if (text_skip(&line, REVOKES_TEXT))
        out->what = QUORUM_REVOKES_TEXT;
    else if (text_skip(&line, REVOKES_CARD))
        out->what = QUORUM_REVOKES_CARD;
    else
        return "revocation is neither of a text nor of a card";
    if (bytes_unhex(out->id, sizeof out->id, line) != DHK_OK)
        return "revocation does not hold 64 hex digits";
    return t->rest.n == 0 ? NULL : "text after what is revoked";
}

enum dhk_err
quorum_revocation_parse(
    struct quorum_revocation *out, struct slice text, struct diag *diag)
{
    struct text t;
    struct quorum_revocation local = {0};
    memset(out, 0, sizeof *out);
    text_init(&t, text);
    const char *why = parse_revocation(&local, &t);
    if (why != NULL) {
        if (diag != NULL)
            *diag = (struct diag){why, t.line};
        return DHK_FORMAT;
    }
    *out = local;
    return DHK_OK;
}

struct slice
quorum_revocation_text(
    uint8_t mem[QUORUM_REVOCATION_TEXT], const struct quorum_revocation *r)
{
    char hex[2 * sizeof r->id + 1];
    struct sink s;
    bytes_hex(hex, r->id, sizeof r->id);
    sink_init(&s, mem, QUORUM_REVOCATION_TEXT);
    sink_slice(&s, slice_str(REVOCATION_HEAD "\n"));
    sink_slice(&s, slice_str(r->what == QUORUM_REVOKES_TEXT ? REVOKES_TEXT
                                                            : REVOKES_CARD));
    sink_slice(&s, slice_str(hex));
    sink_u8(&s, '\n');
    must(s.err == DHK_OK);
    return sink_done(&s);
}
