/* SPDX-License-Identifier: EUPL-1.2
 *
 * The records of a complete ledger file, made from an exported ledger: who
 * verifies the one verifies the other. */
#include "tilesfsck.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node.h"
#include "texts.h"

struct run {
    struct tilesdir *d;
    const struct tilesfsck_verify *how;
    struct tilesfsck_fault *fault;
    struct verify *v;
    struct sshsig_signers *signers;
    struct ledgerfile_record *record;
    struct entry *entry;
    struct trust_text text;
    char texts[NODE_PATH];
    char file[sizeof((struct tilesfsck_fault *)0)->file]; /* of that text */
    struct roster *roster; /* that was put in force last */
    struct card *cards;    /* that came so far */
    size_t cards_n, cards_cap;
    uint64_t *sizes; /* of cosigned checkpoints */
    size_t sizes_n, next;
    uint64_t index; /* of the next entry */
    uint64_t size;
};

static struct ledgerfile_record *
fresh(struct run *r, enum ledgerfile_type type)
{
    memset(r->record, 0, sizeof *r->record);
    r->record->type = type;
    return r->record;
}

/* Hands the record on; FILE is where a fault is looked for first. */
static enum dhk_err
verify(struct run *r, const char *file)
{
    struct verify_fault why;
    enum dhk_err rc = verify_record(r->v, r->record, &why);
    if (rc == DHK_OK)
        return rc;
    (void)tilesfsck_fault_is(r->fault, rc, file, why.text);
    r->fault->has_entry = why.has_entry;
    r->fault->entry = why.from;
    return rc;
}

/* --- texts --- */

static enum dhk_err
text_fault(struct run *r, const char *what)
{
    r->fault->has_entry = true;
    r->fault->entry = r->index;
    return tilesfsck_fault_is(r->fault, DHK_AUTH, r->file, what);
}

/* Reads the text that the entry at hand puts in force. */
static enum dhk_err
read_text(struct run *r, enum texts_kind kind)
{
    char path[NODE_PATH];
    uint8_t hash[SEAL_HASH];
    size_t dir = strlen(tilesdir_name(r->d)) + 1;
    const uint8_t *wanted = r->entry->u.text.sha256;
    enum dhk_err rc = texts_path(path, r->texts, kind, wanted);
    if (rc != DHK_OK)
        return rc;
    (void)snprintf(r->file, sizeof r->file, "%s", path + dir);
    rc = texts_gather(&r->text, r->signers, path, NULL);
    if (rc == DHK_NOMEM)
        return rc;
    if (rc != DHK_OK)
        return text_fault(r, "the signed text cannot be read");
    seal_sha256(hash, r->text.text);
    if (memcmp(hash, wanted, sizeof hash) != 0)
        return text_fault(r, "was altered: its hash is not the one that its "
                             "name and its entry say");
    return DHK_OK;
}

/* The text that the entry at hand puts in force, from texts/. */
static enum dhk_err
give_text(struct run *r, enum texts_kind kind)
{
    enum dhk_err rc = read_text(r, kind);
    if (rc == DHK_OK) {
        struct ledgerfile_record *record = fresh(
            r, kind == TEXTS_ROSTER ? LEDGERFILE_ROSTER : LEDGERFILE_AGREEMENT);
        record->text = r->text.text;
        record->sigs_n = r->text.sigs_n;
        memcpy(record->sig, r->text.sig, sizeof record->sig);
        rc = verify(r, r->file);
    }
    if (rc == DHK_OK && kind == TEXTS_ROSTER) {
        roster_destroy(&r->roster);
        /* the verification reads it too, and says what is wrong with it */
        if (roster_parse(&r->roster, r->text.text, NULL) == DHK_NOMEM)
            rc = DHK_NOMEM;
    }
    texts_release(&r->text);
    return rc;
}

/* --- what cosigners signed --- */

static enum dhk_err
keep_card(struct run *r)
{
    if (r->cards_n == r->cards_cap) {
        size_t cap = r->cards_cap == 0 ? 16 : 2 * r->cards_cap;
        struct card *list = realloc(r->cards, cap * sizeof *list);
        if (list == NULL)
            return DHK_NOMEM;
        r->cards = list;
        r->cards_cap = cap;
    }
    /* the verification has taken it, so its form is right */
    enum dhk_err rc =
        card_decode(&r->cards[r->cards_n], r->entry->u.card.card, NULL);
    r->cards_n += rc == DHK_OK;
    return rc;
}

/* The log's checkpoint of the entries so far, if there is one that somebody
 * cosigned. */
static enum dhk_err
give_cosigned(struct run *r)
{
    char name[64];
    struct slice note;
    uint8_t mem[LIMIT_CHECKPOINT];
    if (r->next == r->sizes_n || r->sizes[r->next] != r->index)
        return DHK_OK;
    (void)snprintf(name, sizeof name, "cosigned/%" PRIu64, r->sizes[r->next++]);
    enum dhk_err rc = tilescosigned_read(&note, r->d, r->index);
    if (rc != DHK_OK || note.n > sizeof mem)
        return tilesfsck_fault_is(r->fault, rc, name, dhk_strerror(rc));
    memcpy(mem, note.p, note.n);
    fresh(r, LEDGERFILE_CHECKPOINT)->note = slice_of(mem, note.n);
    return verify(r, name);
}

static enum dhk_err
count_cosigned(struct run *r, struct tilescosigned *out)
{
    char name[64];
    uint64_t bad = 0;
    const struct tilescosigned_cards in = {
        r->cards, r->cards_n, r->sizes, r->next};
    memset(out, 0, sizeof *out);
    if (r->roster == NULL)
        return DHK_OK;
    enum dhk_err rc = tilescosigned_count(out, &bad, r->d, r->roster, &in);
    if (rc == DHK_OK)
        return rc;
    (void)snprintf(name, sizeof name, "cosigned/%" PRIu64, bad);
    return tilesfsck_fault_is(r->fault, rc, name,
        "a cosignature does not verify, or is of no card on the ledger");
}

/* --- entries --- */

static enum dhk_err
give_entry(struct run *r, const char *file, struct slice bytes)
{
    enum dhk_err rc = DHK_OK;
    r->file[0] = '\0';
    /* one that cannot be decoded is for the verification to report */
    if (entry_decode(r->entry, bytes, NULL) == DHK_OK) {
        if (r->entry->kind == ENTRY_ROSTER)
            rc = give_text(r, TEXTS_ROSTER);
        else if (r->entry->kind == ENTRY_AGREEMENT)
            rc = give_text(r, TEXTS_AGREEMENT);
    }
    if (rc != DHK_OK)
        return rc;
    struct ledgerfile_record *record = fresh(r, LEDGERFILE_ENTRY);
    record->index = r->index++;
    record->entry = bytes;
    merkle_leaf(record->leaf, bytes);
    /* what is wrong with one that has a text, that text's signatures are */
    rc = verify(r, r->file[0] != '\0' ? r->file : file);
    if (rc == DHK_OK && r->entry->kind == ENTRY_CARD)
        rc = keep_card(r);
    return rc == DHK_OK ? give_cosigned(r) : rc;
}

static enum dhk_err
give_bundle(struct run *r, const struct tiles_at *at)
{
    char name[TILES_PATH];
    struct slice bytes;
    struct cursor c;
    enum dhk_err rc = tilesfsck_bundle(&bytes, r->d, at, r->fault);
    if (rc != DHK_OK)
        return rc;
    uint8_t *copy = malloc(bytes.n + 1); /* other files are read meanwhile */
    if (copy == NULL)
        return DHK_NOMEM;
    if (bytes.n > 0)
        memcpy(copy, bytes.p, bytes.n);
    tiles_path(name, at);
    cursor_init(&c, slice_of(copy, bytes.n));
    for (unsigned i = 0; rc == DHK_OK && i < at->width; i++)
        rc = give_entry(r, name, tiles_bundle_next(&c));
    free(copy);
    if (rc == DHK_OK && r->how->progress.show != NULL)
        r->how->progress.show(r->how->progress.ctx, r->index, r->size);
    return rc;
}

static enum dhk_err
give_all(struct run *r, struct slice note)
{
    struct checkpoint cp;
    enum dhk_err rc = checkpoint_open(&cp, note, NULL, NULL);
    if (rc != DHK_OK)
        return tilesfsck_fault_is(r->fault, rc, "checkpoint", dhk_strerror(rc));
    r->size = cp.size;
    struct ledgerfile_record *record = fresh(r, LEDGERFILE_ORIGIN);
    record->origin = slice_str(cp.origin);
    record->complete = true;
    rc = verify(r, "checkpoint");
    struct tiles_at at;
    for (uint64_t n = 0;
         rc == DHK_OK && tiles_find(&at, cp.size, TILES_ENTRIES, n); n++)
        rc = give_bundle(r, &at);
    if (rc != DHK_OK)
        return rc;
    fresh(r, LEDGERFILE_CHECKPOINT)->note = note;
    return verify(r, "checkpoint");
}

/* --- all of it --- */

static enum dhk_err
prepare(struct run *r)
{
    struct verify_fault why;
    r->signers = calloc(1, sizeof *r->signers);
    r->record = malloc(sizeof *r->record);
    r->entry = malloc(sizeof *r->entry);
    if (r->signers == NULL || r->record == NULL || r->entry == NULL)
        return DHK_NOMEM;
    enum dhk_err rc = verify_new(&r->v, r->how->input, &why);
    if (rc != DHK_OK) {
        (void)snprintf(r->fault->text, sizeof r->fault->text,
            "the pinned signers: %s", why.text);
        return rc;
    }
    rc = sshsig_signers_parse(r->signers, r->how->input->signers, NULL);
    if (rc == DHK_OK)
        rc = tilescosigned_sizes(&r->sizes, &r->sizes_n, r->d);
    return rc == DHK_OK ? tilesdir_texts(r->texts, r->d) : rc;
}

/* A copy of the note, for it outlives what is read after it. */
static enum dhk_err
read_note(uint8_t mem[LIMIT_CHECKPOINT], struct slice *note, struct run *r)
{
    struct slice there;
    enum dhk_err rc =
        tilesdir_read(r->d, &there, "checkpoint", LIMIT_CHECKPOINT);
    if (rc != DHK_OK)
        return tilesfsck_fault_is(r->fault, rc, "checkpoint", dhk_strerror(rc));
    if (there.n > 0)
        memcpy(mem, there.p, there.n);
    *note = slice_of(mem, there.n);
    return DHK_OK;
}

enum dhk_err
tilesfsck_signatures(struct tilesdir *d, const struct tilesfsck_verify *how,
    struct tilesfsck_signed *result, struct tilesfsck_fault *fault)
{
    struct run r = {.d = d, .how = how, .fault = fault};
    uint8_t mem[LIMIT_CHECKPOINT];
    struct slice note = {NULL, 0};
    struct verify_fault why;
    memset(fault, 0, sizeof *fault);
    enum dhk_err rc = prepare(&r);
    if (rc == DHK_OK)
        rc = read_note(mem, &note, &r);
    if (rc == DHK_OK)
        rc = give_all(&r, note);
    if (rc == DHK_OK) {
        rc = verify_finish(r.v, &result->ledger, &why);
        if (rc != DHK_OK)
            (void)tilesfsck_fault_is(fault, rc, "checkpoint", why.text);
    }
    if (rc == DHK_OK)
        rc = count_cosigned(&r, &result->cosigned);
    if (rc == DHK_NOMEM && fault->text[0] == '\0')
        (void)snprintf(fault->text, sizeof fault->text, "out of memory");
    verify_destroy(&r.v);
    roster_destroy(&r.roster);
    free(r.cards);
    free(r.sizes);
    free(r.signers);
    free(r.record);
    free(r.entry);
    return rc;
}
