/* SPDX-License-Identifier: EUPL-1.2
 *
 * An evil broker: core with share_encode() wrapped by the linker, so that what
 * it delivers differs from what it was sent. The file "evil" in its directory
 * says how:
 *   flip     one bit of a ciphertext
 *   drop     the opening of one field is left out
 *   wrap     one bit of the wrapped keys
 *   header   one bit of the signed header
 *   entry    one bit of the ledger entry
 *   double   one opening is there twice, another one is not
 *   forge    a revocation that anybody signed is om's
 * The last one by quorum_check(), wrapped in the same way. */
#include "quorum.h"
#include "share.h"

#include <stdio.h>
#include <string.h>

void __real_share_encode(struct sink *out, const struct share *s);
void __wrap_share_encode(struct sink *out, const struct share *s);

enum { WORD = 16 };

static void
read_word(char word[WORD])
{
    FILE *f = fopen("evil", "re");
    size_t n = f == NULL ? 0 : fread(word, 1, WORD - 1, f);

    word[n] = '\0';
    if (f != NULL)
        (void)fclose(f);
}

/* A copy of FROM in MEM with one bit flipped in its middle. */
static struct slice
flipped(uint8_t *mem, struct slice from)
{
    memcpy(mem, from.p, from.n);
    mem[from.n / 2] ^= 1;
    return slice_of(mem, from.n);
}

void
__wrap_share_encode(struct sink *out, const struct share *s)
{
    static uint8_t mem[LIMIT_BUNDLE_BYTES];
    static struct share copy;
    char word[WORD];

    copy = *s;
    read_word(word);
    if (copy.fields_n > 0 && strcmp(word, "flip") == 0)
        copy.field[0].ciphertext = flipped(mem, copy.field[0].ciphertext);
    else if (copy.fields_n > 0 && strcmp(word, "drop") == 0)
        copy.fields_n--;
    else if (strcmp(word, "wrap") == 0)
        copy.recipient.wrap = flipped(mem, copy.recipient.wrap);
    else if (strcmp(word, "header") == 0)
        copy.header.bytes = flipped(mem, copy.header.bytes);
    else if (strcmp(word, "entry") == 0)
        copy.entry = flipped(mem, copy.entry);
    else if (copy.fields_n > 1 && strcmp(word, "double") == 0)
        copy.field[1] = copy.field[0];
    __real_share_encode(out, &copy);
}

enum dhk_err __real_quorum_check(struct quorum *out, struct slice text,
    const struct quorum_sig *sigs, size_t sigs_n, const char *namespace_,
    const struct sshsig_signers *signers, const char *const *required,
    size_t required_n, int64_t now);
enum dhk_err __wrap_quorum_check(struct quorum *out, struct slice text,
    const struct quorum_sig *sigs, size_t sigs_n, const char *namespace_,
    const struct sshsig_signers *signers, const char *const *required,
    size_t required_n, int64_t now);

enum dhk_err
/* NOLINTNEXTLINE(readability-function-size): those of quorum_check() */
__wrap_quorum_check(struct quorum *out, struct slice text,
    const struct quorum_sig *sigs, size_t sigs_n, const char *namespace_,
    const struct sshsig_signers *signers, const char *const *required,
    size_t required_n, int64_t now)
{
    char word[WORD];
    enum dhk_err rc = __real_quorum_check(out, text, sigs, sigs_n, namespace_,
        signers, required, required_n, now);

    read_word(word);
    if (rc != DHK_OK || strcmp(word, "forge") != 0 ||
        strcmp(namespace_, SSHSIG_NS_REVOKE) != 0)
        return rc;
    for (size_t i = 0; i < signers->n; i++) {
        if (strcmp(signers->list[i].principal, "om") != 0)
            continue;
        out->verdict = QUORUM_FULL;
        out->result[0].status = SSHSIG_VALID;
        out->result[0].signer = (int)i;
    }
    return rc;
}
