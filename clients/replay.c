/* SPDX-License-Identifier: EUPL-1.2
 *
 * Replaying the ledger; see replay.h. The shares of a bundle follow the entry
 * that accepted it, before the next is accepted: one bundle is kept at a
 * time. */
#include "replay.h"

#include <stdlib.h>
#include <string.h>

#include "caselog.h"
#include "clock.h"
#include "facts.h"
#include "replay_case.h"
#include "replay_rows.h"

enum { SHARES = LIMIT_BUNDLE * LIMIT_PARTIES };

struct known { /* an agreement that was in force */
    uint8_t hash[SEAL_HASH];
    struct agreement *a; /* owned; NULL: it cannot be read */
};
struct sent { /* a share of the bundle at hand, in words of its agreement */
    uint64_t index;
    uint32_t position;
    int recipient, purpose, ground; /* or -1 */
    uint8_t case_handle[16];
    struct simulate_share share;
    uint32_t exact;
    struct value value[LIMIT_ATTRIBUTES];
};

struct replay {
    const struct agreement *now;
    struct known *known; /* owned */
    size_t known_n;
    struct entry *entry;        /* owned: of the record at hand */
    struct entry *bundle;       /* owned: the accepted entry at hand */
    uint8_t bytes[LIMIT_ENTRY]; /* what it borrows from */
    uint64_t bundle_index;
    bool has_bundle;
    const struct agreement *was; /* of the bundle; NULL: not here */
    struct sent *sent;           /* owned: SHARES */
    size_t sent_n;
    struct simulate *simulate; /* owned */
    struct simulate_signal signal;
    bool of_case;            /* the broker computes something of it: */
    struct replay_case from; /* by this, but for the recipient */
    struct caselog *cases;   /* owned: of a complete ledger */
    struct replay_rows rows;
    struct replay_missing missing;
    char origin[LIMIT_ORIGIN + 1];
    bool complete;
    uint64_t entries, signals;
};

enum dhk_err
replay_new(struct replay **out, const struct agreement *now)
{
    struct replay *r = calloc(1, sizeof *r);

    *out = r;
    if (r == NULL)
        return DHK_NOMEM;
    r->now = now;
    r->entry = malloc(sizeof *r->entry);
    r->bundle = malloc(sizeof *r->bundle);
    r->sent = calloc(SHARES, sizeof *r->sent);
    r->simulate = malloc(sizeof *r->simulate);
    if (r->entry != NULL && r->bundle != NULL && r->sent != NULL &&
        r->simulate != NULL && caselog_new(&r->cases) == DHK_OK)
        return DHK_OK;
    replay_destroy(out);
    return DHK_NOMEM;
}

void
replay_destroy(struct replay **out)
{
    struct replay *r = *out;

    if (r == NULL)
        return;
    for (size_t i = 0; i < r->known_n; i++)
        agreement_destroy(&r->known[i].a);
    free(r->known);
    free(r->entry);
    free(r->bundle);
    free(r->sent);
    free(r->simulate);
    caselog_destroy(&r->cases);
    replay_rows_done(&r->rows);
    free(r);
    *out = NULL;
}

/* --- agreements --- */

static const struct agreement *
find_agreement(const struct replay *r, const uint8_t hash[SEAL_HASH])
{
    for (size_t i = 0; i < r->known_n; i++) {
        if (memcmp(r->known[i].hash, hash, SEAL_HASH) == 0)
            return r->known[i].a;
    }
    return NULL;
}

static enum dhk_err
keep_agreement(struct replay *r, struct slice text)
{
    struct known *list =
        reallocarray(r->known, r->known_n + 1, sizeof *r->known);
    struct findings *findings = malloc(sizeof *findings);
    enum dhk_err rc = DHK_NOMEM;

    if (list != NULL)
        r->known = list;
    if (list != NULL && findings != NULL) {
        struct known *k = &r->known[r->known_n];

        seal_sha256(k->hash, text);
        rc = agreement_recorded(&k->a, text, findings);
        r->known_n++;
    }
    free(findings);
    return rc == DHK_NOMEM ? rc : DHK_OK;
}

/* --- the shares of a bundle --- */

static void
take_share(struct replay *r, uint64_t index)
{
    const struct entry_share *s = &r->entry->u.share;
    struct sent *x = &r->sent[r->sent_n];

    if (!r->has_bundle || s->accepted != r->bundle_index ||
        s->position >= r->bundle->u.accepted.n || r->sent_n == SHARES) {
        r->missing.acceptances++;
        return;
    }
    if (r->was == NULL)
        return; /* counted with its signal */
    memset(x, 0, sizeof *x);
    x->index = index;
    x->position = s->position;
    memcpy(x->case_handle, s->case_handle, sizeof x->case_handle);
    x->recipient = agreement_party(r->was, s->recipient);
    x->purpose = agreement_purpose(r->was, s->purpose);
    x->ground = agreement_ground(r->was, s->ground);
    if (!replay_case_stated(x->value, &x->exact, r->was, s))
        x->recipient = -1;
    x->share = (struct simulate_share){.shared = true,
        .fields = s->fields,
        .wrapped = s->wrapped,
        .pending = s->pending};
    r->sent_n++;
}

/* --- one signal --- */

/* The first share of the signal at POSITION; NULL: there is none. */
static const struct sent *
first_of(const struct replay *r, size_t position)
{
    for (size_t i = 0; i < r->sent_n; i++) {
        if (r->sent[i].position == position)
            return &r->sent[i];
    }
    return NULL;
}

static const struct sent *
share_to(const struct replay *r, size_t position, int recipient)
{
    for (size_t i = 0; i < r->sent_n; i++) {
        if (r->sent[i].position == position &&
            r->sent[i].recipient == recipient)
            return &r->sent[i];
    }
    return NULL;
}

/* Whether every share of the signal says the same of it, in words that its
 * agreement knows. */
static bool
is_sound(const struct replay *r, size_t position, const struct sent *first)
{
    uint32_t presence = r->bundle->u.accepted.mark[position].presence;

    for (size_t i = 0; i < r->sent_n; i++) {
        const struct sent *x = &r->sent[i];

        if (x->position == position &&
            (x->recipient < 0 || (x->share.fields & ~presence) != 0 ||
                x->purpose < 0 || x->ground < 0 ||
                x->purpose != first->purpose || x->ground != first->ground))
            return false;
    }
    return true;
}

static enum dhk_err
windows_at(uint32_t *out, const struct agreement *a, uint64_t ms)
{
    unsigned minute;
    int64_t day;

    *out = 0;
    if (a->windows_n == 0)
        return DHK_OK;
    if (!clock_local(a->timezone, ms, &minute, &day))
        return DHK_NOTFOUND;
    *out = agreement_windows_at(a, minute);
    return DHK_OK;
}

static enum dhk_err
prepare(struct replay *r, const struct entry_mark *mark, int kind,
    const struct sent *first)
{
    const struct entry_accepted *a = &r->bundle->u.accepted;
    int sender = agreement_party(r->was, a->sender);
    enum dhk_err rc;

    if (sender < 0 || kind < 0)
        return DHK_FORMAT;
    r->signal = (struct simulate_signal){.was = r->was,
        .sender = (uint16_t)sender,
        .kind = (uint16_t)kind,
        .purpose = (uint16_t)first->purpose,
        .ground = (uint16_t)first->ground,
        .presence = mark->presence,
        .classes = mark->classes};
    r->of_case = replay_case_matters(&r->signal, r->now);
    r->from = (struct replay_case){.told = r->complete,
        .sender = a->sender,
        .seconds = (int64_t)(r->bundle->time / 1000)};
    rc = caselog_find(&r->from.course, r->cases, first->case_handle);
    if (rc != DHK_OK)
        return rc;
    rc = windows_at(&r->signal.windows_was, r->was, r->bundle->time);
    if (rc == DHK_OK)
        rc = windows_at(&r->signal.windows_now, r->now, r->bundle->time);
    return rc == DHK_OK ? simulate_begin(r->simulate, &r->signal, r->now) : rc;
}

struct at { /* the signal that is replayed */
    char week[REPLAY_WEEK];
    size_t position;
    struct replay_change change; /* but for the recipient */
};

/* The signal once more, with what was computed for PARTY. */
static enum dhk_err
begin_party(struct replay *r, const struct sent *sent, const char *party)
{
    struct replay_case from = r->from;

    from.recipient = slice_str(party);
    if (sent != NULL) {
        from.stated = sent->exact;
        from.value = sent->value;
    }
    replay_case_fill(&r->signal, r->now, &from);
    return simulate_begin(r->simulate, &r->signal, r->now);
}

static enum dhk_err
replay_party(struct replay *r, struct at *at, const char *party)
{
    int recipient = agreement_party(r->was, slice_str(party));
    const struct sent *sent =
        recipient < 0 ? NULL : share_to(r, at->position, recipient);
    struct simulate_share share = {.shared = false};
    struct replay_change *c = &at->change;
    enum dhk_err rc = DHK_OK;

    if (recipient == (int)r->signal.sender)
        return DHK_OK;
    if (r->of_case && sent == NULL && !r->complete)
        return DHK_OK; /* what was computed for it is not told */
    if (r->of_case)
        rc = begin_party(r, sent, party);
    if (rc != DHK_OK)
        return rc;
    if (sent != NULL)
        share = sent->share;
    simulate_party(&c->outcome, r->simulate, slice_str(party), &share);
    if (c->outcome.left_out)
        return DHK_OK;
    c->to = party;
    c->share = sent == NULL ? 0 : sent->index;
    c->pending = share.pending;
    return replay_rows_add(&r->rows, at->week, c, share.shared);
}

static enum dhk_err
replay_parties(struct replay *r, struct at *at)
{
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0; rc == DHK_OK && i < r->was->parties_n; i++)
        rc = replay_party(r, at, r->was->parties[i]);
    for (size_t i = 0; rc == DHK_OK && i < r->now->parties_n; i++) {
        const char *party = r->now->parties[i];

        if (agreement_party(r->was, slice_str(party)) < 0)
            rc = replay_party(r, at, party);
    }
    return rc;
}

/* Where and when the signal was accepted. */
static enum dhk_err
begin_at(struct at *at, const struct replay *r, size_t position)
{
    const struct agreement_kind *kind = &r->was->kinds[r->signal.kind];
    int now = agreement_kind(r->now, slice_str(kind->name));
    unsigned minute;
    int64_t day;

    memset(at, 0, sizeof *at);
    if (!clock_local(r->now->timezone, r->bundle->time, &minute, &day))
        return DHK_NOTFOUND;
    replay_rows_week(at->week, day);
    at->position = position;
    at->change = (struct replay_change){.accepted = r->bundle_index,
        .position = (uint32_t)position,
        .time = r->bundle->time,
        .from = r->was->parties[r->signal.sender],
        .kind = kind->name,
        .was = kind,
        .now = now < 0 ? NULL : &r->now->kinds[now]};
    return DHK_OK;
}

static enum dhk_err
replay_signal(struct replay *r, size_t position)
{
    const struct entry_mark *mark = &r->bundle->u.accepted.mark[position];
    const struct sent *first = first_of(r, position);
    struct at at;
    enum dhk_err rc = DHK_FORMAT;

    if (mark->code == ENTRY_CODE_DENIED) {
        r->missing.denied++;
    } else if (mark->code != ENTRY_CODE_NONE) {
        r->missing.refused++;
    } else if (r->was == NULL) {
        r->missing.agreements++;
    } else if (first == NULL) {
        r->missing.shares++;
    } else {
        if (is_sound(r, position, first))
            rc = prepare(r, mark,
                agreement_kind(r->was, r->bundle->u.accepted.kind[mark->kind]),
                first);
        if (rc == DHK_FORMAT) {
            r->missing.unreadable++;
            return DHK_OK;
        }
        r->signals += rc == DHK_OK;
        if (rc == DHK_OK)
            rc = begin_at(&at, r, position);
        return rc == DHK_OK ? replay_parties(r, &at) : rc;
    }
    return DHK_OK;
}

/* --- the records --- */

static enum dhk_err
end_bundle(struct replay *r)
{
    enum dhk_err rc = DHK_OK;

    for (size_t i = 0;
         r->has_bundle && rc == DHK_OK && i < r->bundle->u.accepted.n; i++)
        rc = replay_signal(r, i);
    r->has_bundle = false;
    r->sent_n = 0;
    return rc;
}

static enum dhk_err
take_bundle(struct replay *r, uint64_t index, struct slice bytes)
{
    enum dhk_err rc = end_bundle(r);

    if (rc != DHK_OK)
        return rc;
    if (bytes.n > sizeof r->bytes)
        return DHK_FORMAT;
    memcpy(r->bytes, bytes.p, bytes.n);
    rc = entry_decode(r->bundle, slice_of(r->bytes, bytes.n), NULL);
    r->has_bundle = rc == DHK_OK;
    r->bundle_index = index;
    r->was = find_agreement(r, r->bundle->u.accepted.agreement);
    return rc;
}

/* What is shared from here on is of another course. */
static enum dhk_err
take_stated(struct replay *r, uint64_t index)
{
    const struct caselog_said said = {
        .index = index, .time = r->entry->time, .e = &r->entry->u.stated};
    enum course_verdict ignored;
    enum act_phase phase;
    enum dhk_err rc = end_bundle(r);

    return rc == DHK_OK ? caselog_add(r->cases, &said, &ignored, &phase) : rc;
}

static enum dhk_err
take_entry(struct replay *r, uint64_t index, struct slice bytes)
{
    enum dhk_err rc = entry_decode(r->entry, bytes, NULL);

    if (rc != DHK_OK)
        return rc;
    r->entries++;
    if (r->entry->kind == ENTRY_ACCEPTED)
        return take_bundle(r, index, bytes);
    if (r->entry->kind == ENTRY_STATED)
        return take_stated(r, index);
    if (r->entry->kind == ENTRY_SHARE)
        take_share(r, index);
    else if (r->entry->kind == ENTRY_REFUSED)
        r->missing.refused += r->entry->u.refused.ids.n / SEAL_HASH;
    return DHK_OK;
}

enum dhk_err
replay_record(struct replay *r, const struct ledgerfile_record *record)
{
    switch (record->type) {
    case LEDGERFILE_ORIGIN:
        r->complete = record->complete;
        return slice_to_str(record->origin, r->origin, sizeof r->origin);
    case LEDGERFILE_AGREEMENT:
        return keep_agreement(r, record->text);
    case LEDGERFILE_ENTRY:
        return take_entry(r, record->index, record->entry);
    case LEDGERFILE_NONE:
    case LEDGERFILE_ROSTER:
    case LEDGERFILE_CHECKPOINT:
    case LEDGERFILE_END:
        break;
    }
    return DHK_OK;
}

enum dhk_err
replay_finish(struct replay *r)
{
    return end_bundle(r);
}

void
replay_result(struct replay_result *out, const struct replay *r)
{
    memset(out, 0, sizeof *out);
    memcpy(out->origin, r->origin, sizeof out->origin);
    out->complete = r->complete;
    out->entries = r->entries;
    out->signals = r->signals;
    out->counts = r->rows.counts;
    out->missing = r->missing;
    out->row = r->rows.list;
    out->rows_n = r->rows.n;
    out->change = r->rows.changes;
    out->changes_n = r->rows.changes_n;
}
