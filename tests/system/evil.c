/* SPDX-License-Identifier: EUPL-1.2
 *
 * An evil broker: core with three functions wrapped by the linker, so that what
 * it delivers differs from what it was sent, and what it writes to the ledger
 * from what was done. The file "evil" in its directory says how.
 * share_encode(), what is delivered:
 *   flip     one bit of a ciphertext
 *   drop     the opening of one field is left out
 *   wrap     one bit of the wrapped keys
 *   header   one bit of the signed header
 *   entry    one bit of the ledger entry
 *   double   one opening is there twice, another one is not
 *   move     a ciphertext of the share before, whole with its commitment
 *   swap     the wrapped keys of the share before
 *   count    nothing; its index is a line more in the file "counted"
 * command_encode(), messages to nodes:
 *   save     what is delivered is kept in the file "saved", too
 *   replay   what the file "saved" holds is delivered instead
 *   swallow  a share is left out, now and whenever it is delivered again, and
 *            no notices are sent when it was the only one; a line in the file
 *            "swallowed" says so
 *   card     there are no key cards
 * core_append(), the ledger:
 *   invent   an answer that nobody gave follows each share
 *   add      a share entry for one recipient more follows each share
 *   free     a share binds its recipient to nothing
 * quorum_check():
 *   forge    a revocation that anybody signed is om's
 * agreement_lacking():
 *   lack     signals do without the fields that they must have */
#include "agreement.h"
#include "answer.h"
#include "command.h"
#include "core.h"
#include "delivery.h"
#include "merkle.h"
#include "pack.h"
#include "quorum.h"
#include "share.h"

#include <stdio.h>
#include <string.h>

void __real_share_encode(struct sink *out, const struct share *s);
void __wrap_share_encode(struct sink *out, const struct share *s);
enum dhk_err __real_command_encode(struct sink *out, const struct command *c,
    const uint64_t *indexes, size_t indexes_n, const struct slice *list,
    size_t list_n);
enum dhk_err __wrap_command_encode(struct sink *out, const struct command *c,
    const uint64_t *indexes, size_t indexes_n, const struct slice *list,
    size_t list_n);
enum dhk_err __real_core_append(
    struct core *c, struct entry *e, uint64_t *index);
enum dhk_err __wrap_core_append(
    struct core *c, struct entry *e, uint64_t *index);

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

/* A copy of FROM in MEM. */
static struct slice
copied(uint8_t *mem, struct slice from)
{
    memcpy(mem, from.p, from.n);
    return slice_of(mem, from.n);
}

/* A copy of FROM in MEM with one bit flipped in its middle. */
static struct slice
flipped(uint8_t *mem, struct slice from)
{
    struct slice copy = copied(mem, from);

    mem[from.n / 2] ^= 1;
    return copy;
}

/* --- what is delivered ------------------------------------------------- */

static struct envelope_field last_field;
static struct envelope_recipient last_recipient;

static void
keep(const struct share *s)
{
    static uint8_t field[LIMIT_BUNDLE_BYTES], wrap[LIMIT_WRAP];

    if (s->fields_n == 0)
        return;
    last_field = s->field[0];
    last_field.ciphertext = copied(field, s->field[0].ciphertext);
    last_recipient.wrap = copied(wrap, s->recipient.wrap);
}

static void
count(const struct share *s)
{
    FILE *f = fopen("counted", "ae");

    if (f == NULL)
        return;
    (void)fprintf(f, "%llu\n", (unsigned long long)s->index);
    (void)fclose(f);
}

void
__wrap_share_encode(struct sink *out, const struct share *s)
{
    static uint8_t mem[LIMIT_BUNDLE_BYTES];
    static struct share copy;
    char word[WORD];

    copy = *s;
    read_word(word);
    if (word[0] == '\0')
        keep(s);
    else if (strcmp(word, "count") == 0)
        count(s);
    else if (copy.fields_n > 0 && strcmp(word, "flip") == 0)
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
    else if (copy.fields_n > 0 && strcmp(word, "move") == 0)
        copy.field[0] = last_field;
    else if (strcmp(word, "swap") == 0)
        copy.recipient.wrap = last_recipient.wrap;
    __real_share_encode(out, &copy);
}

/* --- revocations ------------------------------------------------------- */

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

/* --- signals ----------------------------------------------------------- */

uint32_t __real_agreement_lacking(
    const struct agreement_kind *kind, uint32_t presence);
uint32_t __wrap_agreement_lacking(
    const struct agreement_kind *kind, uint32_t presence);

uint32_t
__wrap_agreement_lacking(const struct agreement_kind *kind, uint32_t presence)
{
    char word[WORD];

    read_word(word);
    return strcmp(word, "lack") == 0 ? 0
                                     : __real_agreement_lacking(kind, presence);
}

/* --- messages ---------------------------------------------------------- */

static void
save(struct slice bytes)
{
    FILE *f = fopen("saved", "we");

    if (f == NULL)
        return;
    (void)fwrite(bytes.p, 1, bytes.n, f);
    (void)fclose(f);
}

static struct slice
saved(void)
{
    static uint8_t mem[LIMIT_MESSAGE];
    FILE *f = fopen("saved", "re");
    size_t n = f == NULL ? 0 : fread(mem, 1, sizeof mem, f);

    if (f != NULL)
        (void)fclose(f);
    return slice_of(mem, n);
}

/* BYTES without the share that came first while there was the word, ever after;
 * empty: nothing else was in it. Each bundle here is of one signal. */
static struct slice
without_swallowed(struct slice bytes, bool begin)
{
    static uint8_t mem[LIMIT_MESSAGE], group[LIMIT_MESSAGE], all[LIMIT_MESSAGE];
    static struct slice first;
    struct bundle_statement st;
    struct slice share;
    struct delivery d;
    struct sink groups, out;
    size_t n = 0, left_out = 0;

    if (delivery_decode(&d, bytes, NULL) != DHK_OK)
        return bytes;
    sink_init(&groups, group, sizeof group);
    while (delivery_group_next(&d, &st) && delivery_share_next(&d, &share)) {
        if (begin && first.n == 0)
            first = copied(mem, share);
        if (slice_equal(first, share)) {
            left_out++;
            continue;
        }
        delivery_group(&groups, &st, 1);
        size_t from = pack_bin_begin(&groups);
        sink_slice(&groups, share);
        pack_bin_end(&groups, from);
        n++;
    }
    if (left_out == 0 || n == 0)
        return left_out == 0 ? bytes : slice_of(NULL, 0);
    sink_init(&out, all, sizeof all);
    delivery_begin(&out, n);
    sink_slice(&out, sink_done(&groups));
    return sink_done(&out);
}

static void
tell_swallowed(void)
{
    FILE *f = fopen("swallowed", "ae");

    if (f == NULL)
        return;
    (void)fputs("one\n", f);
    (void)fclose(f);
}

enum dhk_err
__wrap_command_encode(struct sink *out, const struct command *c,
    const uint64_t *indexes, size_t indexes_n, const struct slice *list,
    size_t list_n)
{
    struct command copy = *c;
    char word[WORD];

    if (c->type == COMMAND_DELIVER) {
        read_word(word);
        if (strcmp(word, "save") == 0)
            save(c->bytes);
        else if (strcmp(word, "replay") == 0)
            copy.bytes = saved();
        else
            copy.bytes =
                without_swallowed(c->bytes, strcmp(word, "swallow") == 0);
        if (copy.bytes.n == 0) {
            copy = (struct command){.type = COMMAND_NOTICES};
            tell_swallowed();
        }
    }
    if (c->type == COMMAND_OBJECT && c->what == COMMAND_GET_CARD) {
        read_word(word);
        if (strcmp(word, "card") == 0) {
            copy = (struct command){.type = COMMAND_ERROR,
                .number = c->number,
                .error = COMMAND_ERROR_NOTFOUND};
            list_n = 0;
        }
    }
    return __real_command_encode(out, &copy, indexes, indexes_n, list, list_n);
}

/* --- the ledger -------------------------------------------------------- */

/* That the recipient of share E, entry INDEX, has taken it: signed by a key of
 * the broker's own making, for it has no other. */
static enum dhk_err
invent_answer(struct core *c, const struct entry *e, uint64_t index)
{
    static struct entry fake;
    static struct answer a, read;
    uint8_t mem[LIMIT_ENTRY];
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    struct sink out;
    uint64_t at;

    sink_init(&out, mem, sizeof mem);
    enum dhk_err rc = entry_encode(&out, e);
    a = (struct answer){.origin = slice_str(c->cfg.origin),
        .sender = e->u.share.sender,
        .items_n = 1};
    memcpy(a.card, e->u.share.card, sizeof a.card);
    merkle_leaf(a.item[0].entry_hash, sink_done(&out));
    a.item[0].outcome = ANSWER_TAKEN;
    sink_init(&out, mem, sizeof mem);
    if (rc == DHK_OK)
        rc = key_sign_new(&sk, &pk);
    if (rc == DHK_OK)
        rc = answer_issue(&out, &a, sk);
    key_sign_destroy(&sk);
    if (rc == DHK_OK)
        rc = answer_decode(&read, sink_done(&out), NULL);
    if (rc != DHK_OK)
        return rc;
    memset(&fake, 0, sizeof fake);
    fake.kind = ENTRY_DELIVERED;
    fake.u.delivered.recipient = e->u.share.recipient;
    fake.u.delivered.body = read.body;
    memcpy(fake.u.delivered.signature, read.signature, KEY_SIGNATURE);
    fake.u.delivered.index[0] = index;
    fake.u.delivered.n = 1;
    return __real_core_append(c, &fake, &at);
}

static enum dhk_err
add_recipient(struct core *c, const struct entry *e)
{
    static struct entry more;
    uint64_t at;

    more = *e;
    more.u.share.recipient = slice_str("om");
    return __real_core_append(c, &more, &at);
}

enum dhk_err
__wrap_core_append(struct core *c, struct entry *e, uint64_t *index)
{
    char word[WORD];
    enum dhk_err rc;

    read_word(word);
    if (e->kind == ENTRY_SHARE && strcmp(word, "free") == 0)
        e->u.share.duties = (struct entry_duties){.has_at_most = false};
    rc = __real_core_append(c, e, index);
    if (rc != DHK_OK || e->kind != ENTRY_SHARE)
        return rc;
    if (strcmp(word, "invent") == 0)
        return invent_answer(c, e, *index);
    return strcmp(word, "add") == 0 ? add_recipient(c, e) : rc;
}
