/* SPDX-License-Identifier: EUPL-1.2
 *
 * An auditor's file has every entry and needs no proofs; a partner's has its
 * own with a proof for each page. */
#include "ledgerfetch.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "entry.h"
#include "merkle.h"
#include "reader.h"
#include "session.h"
#include "trust.h"

enum { NOTES_WANTED = 16, NOTES_TRIED = 128, AGAIN_MS = 250 };

struct run {
    const struct ledgerfetch *f;
    struct dhk_problem *problem;
    bool complete;
    struct reader *reader;
    struct ledgerfile_record *record;
    struct entry *entry;
    uint8_t bytes[LIMIT_ENTRY]; /* of the entry at hand */
    uint64_t done, total;
    uint64_t time;      /* of the entry before */
    uint64_t last_note; /* size of the checkpoint emitted last */
    size_t tried;
    uint8_t note[LIMIT_CHECKPOINT]; /* of the page at hand */
    size_t note_n;
    uint8_t *proof;
    size_t proof_n;
};

static enum dhk_err
emit(struct run *r)
{
    return r->f->emit(r->f->ctx, r->record);
}

static struct ledgerfile_record *
fresh(struct run *r, enum ledgerfile_type type)
{
    memset(r->record, 0, sizeof *r->record);
    r->record->type = type;
    return r->record;
}

/* --- signed texts ------------------------------------------------------------
 */

/* From an OBJECT's list: the text, an agreement's compiled hash, which its
 * entry has too, then pairs of principal and signature. */
static enum dhk_err
text_of(struct ledgerfile_record *out, const struct command *reply)
{
    struct cursor c;
    size_t before = out->type == LEDGERFILE_AGREEMENT ? 2 : 1;
    if (reply->list_n < before || (reply->list_n - before) % 2 != 0 ||
        (reply->list_n - before) / 2 > QUORUM_SIGNATURES)
        return DHK_FORMAT;
    command_list(&c, reply->list);
    out->text = command_list_next(&c);
    if (before == 2)
        (void)command_list_next(&c);
    out->sigs_n = (reply->list_n - before) / 2;
    for (size_t i = 0; i < out->sigs_n; i++) {
        struct slice name = command_list_next(&c);
        out->sig[i].armor = command_list_next(&c);
        if (!bytes_is_name(name) || slice_to_str(name, out->sig[i].name,
                                        sizeof out->sig[i].name) != DHK_OK)
            return DHK_FORMAT;
    }
    return DHK_OK;
}

/* The text with hash ID as a record of its own. */
static enum dhk_err
emit_text(struct run *r, enum ledgerfile_type type, struct slice id)
{
    struct command ask = {.type = COMMAND_GET, .id = id};
    struct command reply;
    ask.what =
        type == LEDGERFILE_ROSTER ? COMMAND_GET_ROSTER : COMMAND_GET_AGREEMENT;
    enum dhk_err rc = session_request(
        r->f->node->session, &ask, &reply, r->f->timeout_ms, r->problem);
    if (rc != DHK_OK)
        return rc;
    rc = text_of(fresh(r, type), &reply);
    r->record->time = r->entry->time;
    if (rc != DHK_OK)
        return problem_set(r->problem, rc, "the broker sent a malformed text");
    return emit(r);
}

/* --- checkpoints
 * --------------------------------------------------------------- */

/* A copy: the page's own memory goes with the next question. */
static enum dhk_err
keep_page(struct run *r)
{
    const struct receipt *page = reader_page(r->reader);
    if (page->note.n > sizeof r->note)
        return problem_set(r->problem, DHK_LIMIT, "a checkpoint is too long");
    memcpy(r->note, page->note.p, page->note.n);
    r->note_n = page->note.n;
    r->total = page->checkpoint.size;
    free(r->proof);
    r->proof = malloc(page->proof.n + 1);
    if (r->proof == NULL)
        return problem_set(r->problem, DHK_NOMEM, "out of memory");
    if (page->proof.n > 0)
        memcpy(r->proof, page->proof.p, page->proof.n);
    r->proof_n = page->proof.n;
    return DHK_OK;
}

static enum dhk_err
emit_page(struct run *r)
{
    struct ledgerfile_record *record = fresh(r, LEDGERFILE_CHECKPOINT);
    record->note = slice_of(r->note, r->note_n);
    if (!r->complete) /* all pages are of one tree: nothing to prove between */
        record->proof = slice_of(r->proof, r->proof_n);
    return emit(r);
}

/* The checkpoint of the entries so far, when the log signed one: it narrows
 * down where a fault is. Batches end where the time changes. */
static enum dhk_err
emit_note(struct run *r)
{
    struct cursor c;
    struct command reply;
    struct dhk_problem ignored;
    struct command ask = {.type = COMMAND_GET,
        .what = COMMAND_GET_CONSISTENCY,
        .a = r->last_note,
        .b = r->done};
    if (r->done == 0 || r->done - r->last_note < r->total / NOTES_WANTED + 1 ||
        r->tried++ >= NOTES_TRIED)
        return DHK_OK;
    if (session_request(r->f->node->session, &ask, &reply, r->f->timeout_ms,
            &ignored) != DHK_OK ||
        reply.list_n != 2)
        return DHK_OK;
    command_list(&c, reply.list);
    fresh(r, LEDGERFILE_CHECKPOINT)->note = command_list_next(&c);
    r->last_note = r->done;
    return emit(r);
}

/* --- entries ----------------------------------------------------------------
 */

static enum dhk_err
before_entry(struct run *r)
{
    enum dhk_err rc = DHK_OK;
    if (r->complete && r->f->after == NULL && r->entry->time != r->time)
        rc = emit_note(r);
    r->time = r->entry->time;
    if (rc != DHK_OK)
        return rc;
    if (r->entry->kind == ENTRY_ROSTER)
        return emit_text(
            r, LEDGERFILE_ROSTER, slice_of(r->entry->u.text.sha256, SEAL_HASH));
    if (r->entry->kind == ENTRY_AGREEMENT)
        return emit_text(r, LEDGERFILE_AGREEMENT,
            slice_of(r->entry->u.text.sha256, SEAL_HASH));
    return DHK_OK;
}

static enum dhk_err
take_entry(struct run *r, uint64_t index, struct slice bytes)
{
    enum dhk_err rc = DHK_OK;
    if (bytes.n > sizeof r->bytes)
        return problem_set(r->problem, DHK_LIMIT, "an entry is too long");
    memcpy(r->bytes, bytes.p, bytes.n);
    if (!r->complete && reader_place(r->reader) == 0 && r->done > 0)
        rc = emit_page(r);
    if (rc == DHK_OK && reader_place(r->reader) == 0)
        rc = keep_page(r);
    /* one that cannot be decoded is for the verification to report */
    if (rc == DHK_OK &&
        entry_decode(r->entry, slice_of(r->bytes, bytes.n), NULL) == DHK_OK)
        rc = before_entry(r);
    if (rc != DHK_OK)
        return rc;
    struct ledgerfile_record *record = fresh(r, LEDGERFILE_ENTRY);
    record->index = index;
    record->entry = slice_of(r->bytes, bytes.n);
    merkle_leaf(record->leaf, record->entry);
    r->done++;
    rc = emit(r);
    if (rc == DHK_OK && r->f->progress != NULL)
        r->f->progress(r->f->ctx, r->done, r->total);
    return rc;
}

/* Who seals first says that it is busy meanwhile. */
static enum dhk_err
open_reader(struct run *r, const struct reader_after *after)
{
    const struct timespec wait = {.tv_nsec = AGAIN_MS * 1000000L};
    const struct clock *clock = r->f->node->clock;
    uint64_t until = clock_monotonic_ms(clock);
    enum dhk_err rc;
    if (r->f->answer != NULL)
        until += (uint64_t)r->f->timeout_ms;
    do {
        rc = reader_open_after(&r->reader, r->f->node, after, r->problem);
    } while (rc == DHK_NOTFOUND && clock_monotonic_ms(clock) < until &&
             nanosleep(&wait, NULL) == 0);
    return rc;
}

static enum dhk_err
take_entries(struct run *r)
{
    struct query q = {.purpose = r->f->purpose, .what = QUERY_FETCH};
    if (r->f->answer != NULL)
        q = *r->f->answer;
    struct slice bytes;
    uint64_t index;
    const struct reader_after after = {&q, r->f->after, r->f->timeout_ms};
    if (r->f->after != NULL)
        q.from = r->f->after->size;
    enum dhk_err rc = open_reader(r, &after);
    while (rc == DHK_OK) {
        rc = reader_next(r->reader, &index, &bytes, r->problem);
        if (rc == DHK_OK)
            rc = take_entry(r, index, bytes);
    }
    if (rc != DHK_NOTFOUND)
        return rc;
    if (r->done == 0)
        return problem_set(r->problem, rc, "the broker showed no entry at all");
    return emit_page(r);
}

static enum dhk_err
start(struct run *r)
{
    const struct roster *roster = trust_roster(r->f->node->trust);
    const struct roster_partner *own =
        roster_find(roster, slice_str(r->f->node->name));
    r->complete = own != NULL && own->role == ROSTER_AUDITOR &&
                  (r->f->answer == NULL || r->f->answer->partner.n == 0);
    struct ledgerfile_record *record = fresh(r, LEDGERFILE_ORIGIN);
    record->origin = slice_str(roster->origin);
    record->complete = r->complete;
    return emit(r);
}

enum dhk_err
ledgerfetch_run(const struct ledgerfetch *f, struct dhk_problem *problem)
{
    enum dhk_err rc = DHK_NOMEM;
    struct run *r = calloc(1, sizeof *r);
    if (r == NULL)
        return problem_set(problem, rc, "out of memory");
    r->f = f;
    r->problem = problem;
    r->record = malloc(sizeof *r->record);
    r->entry = malloc(sizeof *r->entry);
    if (r->record != NULL && r->entry != NULL)
        rc = start(r);
    if (rc == DHK_OK)
        rc = take_entries(r);
    reader_close(&r->reader);
    free(r->record);
    free(r->entry);
    free(r->proof);
    free(r);
    return rc;
}
