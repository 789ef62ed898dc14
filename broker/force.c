/* SPDX-License-Identifier: EUPL-1.2 */
#include "force.h"

#include <stdlib.h>
#include <string.h>

#include "mailbox.h"
#include "quota.h"
#include "seal.h"
#include "table.h"

enum { TEXT_KEY = 32 + LIMIT_NAME, FORCE_VALUE = 1 + 8 + 32 };

/* Longest that cards are not looked at: a partner may begin or end. */
enum { LOOK_MS = 1000, MINUTE_MS = 60 * 1000 };

enum dhk_err
force_text(struct store_txn *t, const uint8_t sha256[32], struct slice *text)
{
    return store_get(t, TABLE_TEXT, slice_of(sha256, 32), text);
}

enum dhk_err
force_signature(struct store_txn *t, const uint8_t sha256[32], size_t i,
    struct slice *principal, struct slice *armor)
{
    uint8_t at[TEXT_KEY];
    struct slice key;
    enum dhk_err rc;

    memcpy(at, sha256, 32);
    size_t n = 32;
    for (size_t k = 0;; k++) {
        rc = store_after(t, TABLE_TEXT, slice_of(at, n), &key, armor);
        if (rc != DHK_OK)
            return rc;
        if (key.n <= 32 || key.n > sizeof at || memcmp(key.p, sha256, 32) != 0)
            return DHK_NOTFOUND;
        if (k == i)
            break;
        n = key.n;
        memcpy(at, key.p, n);
    }
    *principal = slice_of(key.p + 32, key.n - 32);
    return DHK_OK;
}

/* Key of an agreement's compiled hash. */
static struct slice
compiled_key(uint8_t mem[TEXT_KEY], const uint8_t sha256[32])
{
    static const char name[] = "compiled ";
    struct sink key;

    sink_init(&key, mem, TEXT_KEY);
    sink_slice(&key, slice_str(name));
    sink_put(&key, sha256, 32);
    return sink_done(&key);
}

enum dhk_err
force_compiled(struct store_txn *t, const uint8_t sha256[32],
    uint8_t compiled[COMPILED_HASH])
{
    uint8_t mem[TEXT_KEY];
    struct slice value;
    enum dhk_err rc =
        store_get(t, TABLE_FORCE, compiled_key(mem, sha256), &value);

    if (rc != DHK_OK)
        return rc;
    if (value.n != COMPILED_HASH)
        return DHK_FORMAT;
    memcpy(compiled, value.p, COMPILED_HASH);
    return DHK_OK;
}

enum dhk_err
force_compiled_set(struct store_txn *t, const uint8_t sha256[32],
    const uint8_t compiled[COMPILED_HASH])
{
    uint8_t mem[TEXT_KEY];

    return store_put(t, TABLE_FORCE, compiled_key(mem, sha256),
        slice_of(compiled, COMPILED_HASH));
}

enum dhk_err
force_means_same(bool *same, const struct force *f, struct store_txn *t)
{
    uint8_t then[COMPILED_HASH], now[COMPILED_HASH] = {0};

    *same = true;
    if (f->agreement == NULL)
        return DHK_OK;
    enum dhk_err rc = force_compiled(t, f->agreement_text.sha256, then);
    if (rc == DHK_OK)
        rc = compiled_hash(now, f->agreement, seal_sha256);
    *same = rc == DHK_OK && memcmp(then, now, sizeof now) == 0;
    return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
}

static enum dhk_err
load_state(struct force_text *out, struct store_txn *t, const char *name)
{
    struct slice value;
    enum dhk_err rc = store_get(t, TABLE_FORCE, slice_str(name), &value);

    memset(out, 0, sizeof *out);
    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc != DHK_OK)
        return rc;
    if (value.n != FORCE_VALUE)
        return DHK_FORMAT;
    out->known = true;
    out->revoked = value.p[0] != 0;
    out->entry = bytes_get_u64(value.p + 1);
    memcpy(out->sha256, value.p + 9, 32);
    return DHK_OK;
}

static enum dhk_err
load_texts(struct force *f, struct store_txn *t)
{
    struct slice text;
    struct diag diag;
    struct findings *findings = NULL;
    enum dhk_err rc = load_state(&f->agreement_text, t, "agreement");

    if (rc == DHK_OK)
        rc = load_state(&f->roster_text, t, "roster");
    if (rc == DHK_OK && f->roster_text.known) {
        rc = force_text(t, f->roster_text.sha256, &text);
        if (rc == DHK_OK)
            rc = roster_parse(&f->roster, text, &diag);
    }
    if (rc != DHK_OK || !f->agreement_text.known)
        return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    rc = force_text(t, f->agreement_text.sha256, &text);
    if (rc != DHK_OK)
        return rc == DHK_NOTFOUND ? DHK_FORMAT : rc;
    findings = calloc(1, sizeof *findings);
    if (findings == NULL)
        return DHK_NOMEM;
    rc = agreement_load(&f->agreement, text, findings);
    f->agreement_refused = rc == DHK_FORMAT;
    if (rc == DHK_FORMAT)
        rc = agreement_recorded(&f->agreement, text, findings);
    free(findings);
    return rc;
}

/* Where the card with ID is, or would be. */
static struct force_card **
place_of(const struct force *f, const uint8_t id[CARD_ID])
{
    size_t at = (size_t)bytes_get_u64(id) & (f->places - 1);

    while (
        f->place[at] != NULL && memcmp(f->place[at]->card.id, id, CARD_ID) != 0)
        at = (at + 1) & (f->places - 1);
    return &f->place[at];
}

/* Room for one more in the places; the first of a kind stays. */
static enum dhk_err
put_place(struct force *f, struct force_card *c)
{
    if (2 * (f->cards_n + 1) > f->places) {
        free(f->place);
        f->places = f->places == 0 ? 128 : 2 * f->places;
        f->place = calloc(f->places, sizeof(struct force_card *));
        if (f->place == NULL) {
            f->places = 0;
            return DHK_NOMEM;
        }
        for (size_t i = 0; i < f->cards_n; i++)
            *place_of(f, f->card[i]->card.id) = f->card[i];
    }
    *place_of(f, c->card.id) = c;
    return DHK_OK;
}

static enum dhk_err
remember(struct force *f, const struct force_card *c)
{
    if (f->cards_n == f->cards_cap) {
        size_t cap = f->cards_cap == 0 ? 64 : f->cards_cap * 2;
        struct force_card **more =
            realloc(f->card, cap * sizeof(struct force_card *));
        if (more == NULL)
            return DHK_NOMEM;
        f->card = more;
        f->cards_cap = cap;
    }
    struct force_card *copy = malloc(sizeof *copy);
    if (copy == NULL)
        return DHK_NOMEM;
    *copy = *c;
    if (put_place(f, copy) != DHK_OK) {
        free(copy);
        return DHK_NOMEM;
    }
    f->card[f->cards_n++] = copy;
    return DHK_OK;
}

static enum dhk_err
load_card(struct force *f, struct slice key, struct slice value)
{
    struct force_card c = {0};
    struct diag diag;

    if (key.n != 8 || value.n < 8 || value.n - 8 > sizeof c.bytes)
        return DHK_FORMAT;
    c.number = bytes_get_u64(key.p);
    c.revoked = bytes_get_u64(value.p);
    c.bytes_n = (uint16_t)(value.n - 8);
    memcpy(c.bytes, value.p + 8, c.bytes_n);
    enum dhk_err rc = card_decode(&c.card, slice_of(c.bytes, c.bytes_n), &diag);
    return rc != DHK_OK ? rc : remember(f, &c);
}

static enum dhk_err
load_cards(struct force *f, struct store_txn *t)
{
    uint8_t at[8] = {0};
    struct slice key, value;
    enum dhk_err rc = store_seek(t, TABLE_CARD, slice_of(at, 8), &key, &value);

    while (rc == DHK_OK) {
        rc = load_card(f, key, value);
        if (rc != DHK_OK)
            return rc;
        memcpy(at, key.p, 8);
        rc = store_after(t, TABLE_CARD, slice_of(at, 8), &key, &value);
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

/* How many shares wait in each card's mailbox. */
static enum dhk_err
load_mailboxes(struct force *f, struct store_txn *t)
{
    struct mailbox_share s = {.index = 0};
    enum dhk_err rc;

    while ((rc = mailbox_walk(t, s.index, &s)) == DHK_OK) {
        struct force_card *c = force_card_by_number(f, s.recipient);
        if (c == NULL)
            return DHK_FORMAT;
        quota_add(c, &s);
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

void
force_clear(struct force *f)
{
    for (size_t i = 0; i < f->cards_n; i++) {
        flight_clear(&f->card[i]->flight);
        free(f->card[i]);
    }
    free(f->card);
    free(f->place);
    agreement_destroy(&f->agreement);
    roster_destroy(&f->roster);
    memset(f, 0, sizeof *f);
}

enum dhk_err
force_load(struct force *f, struct store_txn *t)
{
    force_clear(f);
    enum dhk_err rc = load_texts(f, t);
    if (rc == DHK_OK)
        rc = load_cards(f, t);
    if (rc == DHK_OK)
        rc = load_mailboxes(f, t);
    if (rc != DHK_OK)
        force_clear(f);
    return rc;
}

const struct agreement *
force_agreement(const struct force *f)
{
    return f->agreement_holds ? f->agreement : NULL;
}

const struct roster *
force_roster(const struct force *f)
{
    return f->roster_holds ? f->roster : NULL;
}

const struct roster_partner *
force_partner(const struct force *f, struct slice name, uint64_t now)
{
    const struct roster *r = force_roster(f);
    const struct roster_partner *p = r == NULL ? NULL : roster_find(r, name);
    int64_t s = (int64_t)(now / 1000);

    if (p == NULL || s < p->valid_from || s >= p->valid_until)
        return NULL;
    return p;
}

struct force_card *
force_card(const struct force *f, const uint8_t id[CARD_ID])
{
    return f->places == 0 ? NULL : *place_of(f, id);
}

struct force_card *
force_card_by_number(const struct force *f, uint64_t number)
{
    size_t lo = 0, hi = f->cards_n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (f->card[mid]->number == number)
            return f->card[mid];
        if (f->card[mid]->number < number)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

struct force_card *
force_receiving(const struct force *f, struct slice name)
{
    struct force_card *best = NULL;

    for (size_t i = 0; i < f->cards_n; i++) {
        struct force_card *c = f->card[i];
        if (!c->valid || !c->card.receives ||
            !slice_equal(slice_str(c->card.partner), name))
            continue;
        if (best == NULL || c->card.serial >= best->card.serial)
            best = c;
    }
    return best;
}

static bool
read_dated(const struct agreement *a, uint64_t now)
{
    unsigned minute;
    int64_t day;

    return clock_local(a->timezone, now, &minute, &day) &&
           day >= a->valid_from && day < a->valid_until;
}

/* A day begins and ends with a minute. */
static bool
agreement_is_dated(struct force *f, uint64_t now, bool anyway)
{
    uint64_t minute = now / MINUTE_MS;

    if (anyway || minute != f->dated_at)
        f->dated = read_dated(f->agreement, now);
    f->dated_at = minute;
    return f->dated;
}

static bool
roster_is_dated(const struct roster *r, uint64_t now)
{
    int64_t s = (int64_t)(now / 1000);

    return s >= r->valid_from && s < r->valid_until;
}

static void
at_boundary(struct force *f, uint64_t now, int64_t seconds)
{
    uint64_t ms = seconds < 0 ? 0 : (uint64_t)seconds * 1000;

    if (ms > now && ms < f->next)
        f->next = ms;
}

/* Verified once for each identity key that the roster has had. */
static bool
card_is_signed(struct force_card *c, const struct sign_public *identity)
{
    if (!c->verified || memcmp(&c->identity, identity, sizeof *identity) != 0) {
        c->verified =
            card_verify(slice_of(c->bytes, c->bytes_n), identity) == DHK_OK;
        c->identity = *identity;
    }
    return c->verified;
}

static bool
card_is_valid(struct force *f, struct force_card *c, uint64_t now)
{
    const struct roster_partner *p =
        force_partner(f, slice_str(c->card.partner), now);
    int64_t s = (int64_t)(now / 1000);

    at_boundary(f, now, c->card.from);
    at_boundary(f, now, c->card.until);
    return p != NULL && c->revoked == 0 && s >= c->card.from &&
           s < c->card.until && card_is_signed(c, &p->identity);
}

/* Each party's receiving card, in one pass over the cards. */
static void
find_receiving(struct force *f)
{
    memset(f->receiving, 0, sizeof f->receiving);
    for (size_t i = 0; f->agreement != NULL && i < f->cards_n; i++) {
        struct force_card *c = f->card[i];
        int party =
            c->valid && c->card.receives
                ? agreement_party(f->agreement, slice_str(c->card.partner))
                : -1;
        if (party >= 0 &&
            (f->receiving[party] == NULL ||
                c->card.serial >= f->receiving[party]->card.serial))
            f->receiving[party] = c;
    }
}

bool
force_refresh(struct force *f, uint64_t now, bool anyway)
{
    bool changed = false;
    bool roster = f->roster != NULL && !f->roster_text.revoked &&
                  roster_is_dated(f->roster, now);
    bool agreement = f->agreement != NULL && !f->agreement_refused &&
                     !f->agreement_text.revoked &&
                     agreement_is_dated(f, now, anyway);

    if (now < f->next && !anyway && roster == f->roster_holds &&
        agreement == f->agreement_holds)
        return false;
    f->next = now + LOOK_MS;
    f->roster_holds = roster;
    f->agreement_holds = agreement;
    for (size_t i = 0; i < f->cards_n; i++) {
        bool valid = card_is_valid(f, f->card[i], now);
        changed = changed || valid != f->card[i]->valid;
        f->card[i]->valid = valid;
    }
    find_receiving(f);
    return changed;
}

static enum dhk_err
put_card(struct store_txn *t, const struct force_card *c)
{
    uint8_t key[8], value[8 + LIMIT_CARD];

    bytes_put_u64(key, c->number);
    bytes_put_u64(value, c->revoked);
    memcpy(value + 8, c->bytes, c->bytes_n);
    return store_put(t, TABLE_CARD, slice_of(key, 8),
        slice_of(value, (size_t)8 + c->bytes_n));
}

enum dhk_err
force_card_add(struct force *f, struct store_txn *t, struct slice bytes,
    const struct card *card, uint64_t number)
{
    struct force_card c = {.card = *card, .number = number};

    if (bytes.n > sizeof c.bytes)
        return DHK_LIMIT;
    c.bytes_n = (uint16_t)bytes.n;
    memcpy(c.bytes, bytes.p, bytes.n);
    enum dhk_err rc = put_card(t, &c);
    return rc != DHK_OK ? rc : remember(f, &c);
}

enum dhk_err
force_card_revoke(struct store_txn *t, struct force_card *c, uint64_t index)
{
    c->revoked = index;
    return put_card(t, c);
}
