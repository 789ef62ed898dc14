/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signatures seen by signatory; see signing.h. */
#include "signing.h"

#include "table.h"

#include <stdlib.h>
#include <string.h>

/* The signature that counts for the principal, else the one in the file that
 * has its name, else NULL. */
static const struct sshsig_result *
find(const struct quorum *q, const struct trust_text *in,
    const struct sshsig_signers *signers, const char *principal)
{
    const struct sshsig_result *named = NULL;
    for (size_t i = 0; i < q->results_n; i++) {
        const struct sshsig_result *r = &q->result[i];
        if (r->status == SSHSIG_VALID &&
            strcmp(signers->list[r->signer].principal, principal) == 0)
            return r;
        if (strcmp(in->sig[i].name, principal) == 0)
            named = r;
    }
    return named;
}

static void
look_at(struct signing_one *out, const char *principal,
    const struct sshsig_result *r, const struct sshsig_signers *signers)
{
    (void)snprintf(out->name, sizeof out->name, "%s", principal);
    if (r == NULL)
        return;
    memcpy(out->key, r->fingerprint, sizeof out->key);
    out->state = SIGNING_REFUSED;
    if (r->status != SSHSIG_VALID)
        out->why = r->why;
    else if (strcmp(signers->list[r->signer].principal, principal) != 0)
        out->why = "made with the key of another signatory";
    else
        out->state = SIGNING_SIGNED;
}

enum dhk_err
signing_look(struct signing *out, const struct approval *a,
    const struct trust_text *in, const struct sshsig_signers *signers,
    int64_t now)
{
    const char *required[APPROVAL_REQUIRED];
    struct quorum *q = calloc(1, sizeof *q);
    *out = (struct signing){.n = approval_required(required, a, signers)};
    enum dhk_err rc = q == NULL ? DHK_NOMEM : DHK_OK;
    if (rc == DHK_OK)
        rc = quorum_check(q, in->text, in->sig, in->sigs_n, a->namespace_,
            signers, required, out->n, now);
    if (rc == DHK_OK) {
        for (size_t i = 0; i < out->n; i++)
            look_at(&out->one[i], required[i],
                find(q, in, signers, required[i]), signers);
        out->complete = q->verdict == QUORUM_FULL && out->n > 0;
        memcpy(out->sentence, q->sentence, sizeof out->sentence);
    }
    free(q);
    return rc;
}

const char *
signing_word(enum signing_state state)
{
    static const char *const words[] = {[SIGNING_MISSING] = "missing",
        [SIGNING_SIGNED] = "signed",
        [SIGNING_REFUSED] = "refused"};
    return words[state];
}

enum dhk_err
signing_print(const struct signing *s)
{
    static const struct table_column columns[] = {
        {"SIGNATORY", 0}, {"SIGNATURE", 0}, {"KEY", 0}, {"WHY", TABLE_WRAP}};
    struct table *t = NULL;
    enum dhk_err rc = table_new(&t, columns, 4);
    for (size_t i = 0; rc == DHK_OK && i < s->n; i++) {
        const struct signing_one *one = &s->one[i];
        const char *const cells[] = {one->name, signing_word(one->state),
            one->key[0] != '\0' ? one->key : "-",
            one->why != NULL ? one->why : ""};
        rc = table_row(t, cells);
    }
    if (rc == DHK_OK)
        rc = table_print(t, stdout);
    table_destroy(&t);
    return rc;
}

json_t *
signing_json(const struct signing *s)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < s->n; i++) {
        const struct signing_one *one = &s->one[i];
        json_t *o = json_build_object();
        json_build_text(o, "signatory", one->name);
        json_build_text(o, "state", signing_word(one->state));
        if (one->key[0] != '\0')
            json_build_text(o, "key", one->key);
        else
            json_build_null(o, "key");
        if (one->why != NULL)
            json_build_text(o, "why", one->why);
        else
            json_build_null(o, "why");
        json_build_add(list, o);
    }
    return list;
}
