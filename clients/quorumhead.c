/* SPDX-License-Identifier: EUPL-1.2 */
#include "quorumhead.h"

#include "cards.h"
#include "command.h"
#include "merkle.h"

#include <string.h>

enum { BEFORE = 2, PART = 3 };

struct part {
    struct slice card, note, proof;
};
struct work {
    struct quorumhead *out;
    const struct quorumhead_by *by;
    struct slice head;                         /* as it was shown */
    struct sink note;                          /* what is kept of it */
    struct sign_public key[LIMIT_SIGNATORIES]; /* of those that count */
    int64_t time[LIMIT_SIGNATORIES];           /* the newest first */
    const char *why; /* the first that does not count does not */
};

static bool
is_cosigner(const struct roster *r, const char *partner)
{
    for (size_t i = 0; i < r->cosigners_n; i++)
        if (strcmp(r->cosigner[i], partner) == 0)
            return true;
    return false;
}

static bool
is_counted(const struct work *w, const struct card *card)
{
    for (size_t i = 0; i < w->out->by_n; i++)
        if (strcmp(w->out->by[i], card->partner) == 0 ||
            key_equal(&w->key[i], &card->witness, sizeof card->witness))
            return true;
    return false;
}

/* NULL, or why the card of a cosigner does not count. */
static const char *
read_card(struct card *out, const struct work *w, struct slice bytes)
{
    if (cards_check(out, bytes, w->by->roster) != DHK_OK)
        return "a card that the roster does not allow";
    if (!is_cosigner(w->by->roster, out->partner))
        return "a partner who is no cosigner";
    if (is_counted(w, out))
        return "a partner, or a key, that signed already";
    return NULL;
}

/* Whether PROOF leads from the head to CP. */
static bool
extends(const struct work *w, const struct checkpoint *cp, struct slice proof)
{
    const struct checkpoint *head = &w->out->cp;
    struct merkle_head old = {.size = head->size}, new = {.size = cp->size};

    memcpy(old.root, head->root, sizeof old.root);
    memcpy(new.root, cp->root, sizeof new.root);
    return merkle_consistency_verify(&old, &new, proof) == DHK_OK;
}

/* NULL, or why the note of a part does not count. */
static const char *
read_note(struct work *w, const struct part *p)
{
    struct checkpoint cp;

    if (p->note.n == 0)
        return p->proof.n == 0 ? NULL : "a proof without a head";
    if (checkpoint_open(&cp, p->note, w->by->log, NULL) != DHK_OK)
        return "a head that the log did not sign";
    w->out->seen[w->out->seen_n++] = p->note;
    return extends(w, &cp, p->proof) ? NULL : "a head that does not extend it";
}

/* Who counts is kept by time, the newest first. */
static void
count(struct work *w, const struct card *card, uint64_t time)
{
    struct quorumhead *q = w->out;
    int64_t at = time > (uint64_t)w->by->now ? w->by->now : (int64_t)time;
    size_t i = q->by_n;

    for (; i > 0 && w->time[i - 1] < at; i--)
        w->time[i] = w->time[i - 1];
    w->time[i] = at;
    w->key[q->by_n] = card->witness;
    memcpy(q->by[q->by_n++], card->partner, sizeof card->partner);
}

/* NULL, or why this part does not count. */
static const char *
read_part(struct work *w, const struct part *p)
{
    struct card card;
    struct checkpoint_vkey witness;
    struct slice line;
    uint64_t time;
    const char *why = read_card(&card, w, p->card);

    if (why == NULL)
        why = read_note(w, p);
    if (why != NULL)
        return why;
    checkpoint_vkey_make(
        &witness, CHECKPOINT_COSIGNATURE, card.partner, &card.witness);
    if (checkpoint_line(&time, &line, p->note.n > 0 ? p->note : w->head,
            &witness) != DHK_OK)
        return "a cosignature that is not there or does not verify";
    if (time < (uint64_t)card.from || time >= (uint64_t)card.until)
        return "a card that was not valid then";
    count(w, &card, time);
    if (p->note.n == 0)
        sink_slice(&w->note, line);
    return NULL;
}

static enum dhk_err
read_parts(struct work *w, struct cursor *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct part p = {.card = command_list_next(c)};
        const char *why;

        p.note = command_list_next(c);
        p.proof = command_list_next(c);
        why = read_part(w, &p);
        if (w->why == NULL)
            w->why = why;
    }
    return w->out->by_n < w->by->roster->quorum ? DHK_AUTH : DHK_OK;
}

enum dhk_err
quorumhead_read(struct quorumhead *out, const struct command *object,
    const struct quorumhead_by *by, struct diag *diag)
{
    struct work w = {.out = out, .by = by};
    size_t n = object->list_n;
    struct cursor c;
    enum dhk_err rc;

    memset(out, 0, sizeof *out);
    *diag = (struct diag){"it has no form", 0};
    if (n == 0)
        return DHK_NOTFOUND;
    if (n < BEFORE || (n - BEFORE) % PART != 0 ||
        (n - BEFORE) / PART > LIMIT_SIGNATORIES)
        return DHK_FORMAT;
    command_list(&c, object->list);
    w.head = command_list_next(&c);
    out->lead = command_list_next(&c);
    sink_init(&w.note, out->note, sizeof out->note);
    rc = checkpoint_open(&out->cp, w.head, by->log, diag);
    if (rc == DHK_OK)
        rc = checkpoint_plain(&w.note, w.head, by->log);
    if (rc != DHK_OK)
        return rc == DHK_AUTH ? rc : DHK_FORMAT;
    out->seen[out->seen_n++] = w.head;
    rc = read_parts(&w, &c, (n - BEFORE) / PART);
    if (rc != DHK_OK)
        diag->what = w.why != NULL ? w.why : "too few cosigners signed it";
    if (rc == DHK_OK)
        out->time = w.time[by->roster->quorum - 1];
    out->note_n = w.note.n;
    return rc == DHK_OK ? w.note.err : rc;
}
