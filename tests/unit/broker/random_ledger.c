/* SPDX-License-Identifier: EUPL-1.2 */
#include "random_parts.h"

#include <stdlib.h>
#include <string.h>

enum { MARKS = 12, SHARES_OF_ONE = 3 };

const char *const random_partner[RANDOM_PARTNERS] = {"politie", "gemeente",
    "om", "school", "wijkteam", "reclassering", "ggz", "raad"};
const char *const random_kind[RANDOM_WORDS] = {"zorgsignaal", "overlast",
    "dreiging", "verzuim", "schuld", "huiselijk-geweld"};
const char *const random_purpose[RANDOM_WORDS] = {
    "zorg", "openbare-orde", "opsporing", "jeugd", "preventie", "nazorg"};
const char *const random_rule[RANDOM_WORDS] = {
    "P1", "P2", "P5", "J1", "Z3", "OOV-12"};

const struct random_line random_empty = {.partner = {-1, -1},
    .sender = -1,
    .recipient = -1,
    .kind = -1,
    .purpose = -1,
    .case_ = -1};

int
random_below(struct random_ledger *r, uint64_t n)
{
    return (int)chance_below(&r->chance, n);
}

void
random_fill(struct random_ledger *r, uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)chance_u64(&r->chance);
}

struct slice
random_partner_name(int i)
{
    return slice_str(random_partner[i]);
}

void
random_case(uint8_t handle[16], uint64_t number)
{
    struct chance c = {number};

    for (size_t i = 0; i < 16; i++)
        handle[i] = (uint8_t)chance_u64(&c);
}

/* --- writing down --- */

static void *
more(void *list, size_t *cap, size_t n, size_t size)
{
    if (n < *cap)
        return list;
    *cap = *cap == 0 ? 1024 : *cap * 2;
    void *p = realloc(list, *cap * size);
    must(p != NULL);
    return p;
}

void
random_note_line(struct random_ledger *r, const struct random_line *line)
{
    if (!r->keeps)
        return;
    r->line = more(r->line, &r->line_cap, r->line_n, sizeof *line);
    r->line[r->line_n++] = *line;
    r->about[r->about_n - 1].n++;
}

/* Appends r->entry, seen by A and B. */
enum dhk_err
random_put(struct random_ledger *r, bool all, int a, int b)
{
    uint64_t index;
    enum dhk_err rc = ledger_append(r->ledger, r->t, &r->entry, r->now, &index);

    if (rc != DHK_OK || !r->keeps)
        return rc;
    if (r->about_n == 0)
        r->first = index;
    must(index == r->first + r->about_n);
    r->about = more(r->about, &r->about_cap, r->about_n, sizeof *r->about);
    r->about[r->about_n++] = (struct random_about){.kind = r->entry.kind,
        .time = r->entry.time,
        .all = all,
        .seen = {a, b},
        .first = r->line_n};
    return DHK_OK;
}

struct entry *
random_fresh(struct random_ledger *r, enum entry_kind kind)
{
    memset(&r->entry, 0, sizeof r->entry);
    r->entry.kind = kind;
    return &r->entry;
}

/* --- bundles --- */

static enum dhk_err
put_share(struct random_ledger *r, const struct random_share *share,
    uint32_t position)
{
    const struct random_line *line = &share->line;
    struct entry_share *s = &random_fresh(r, ENTRY_SHARE)->u.share;
    int others = random_below(r, RANDOM_PARTNERS);

    s->accepted = share->accepted;
    s->position = position;
    random_fill(r, s->id, sizeof s->id);
    random_fill(r, s->card, sizeof s->card);
    s->sender = random_partner_name(line->sender);
    s->recipient = random_partner_name(line->recipient);
    s->kind = slice_str(random_kind[line->kind]);
    s->purpose = slice_str(random_purpose[line->purpose]);
    s->ground = slice_str("wpg-20");
    random_case(s->case_handle, (uint64_t)line->case_);
    memset(s->agreement, 7, sizeof s->agreement);
    s->fields = 3;
    s->wrapped = 7;
    for (int i = 0; i < RANDOM_WORDS; i++) {
        if ((line->rules >> i & 1) != 0)
            s->rule[s->rules_n++] = slice_str(random_rule[i]);
    }
    s->duties.has_at_most = true;
    s->duties.at_most = 1825;
    s->duties.onward_limited = true;
    for (int i = 0; i < others; i++)
        s->duties.onward[s->duties.onward_n++] = random_partner_name(i);
    s->expires = r->now / 1000 + 86400;
    s->nth = 1;
    enum dhk_err rc = random_put(r, false, line->sender, line->recipient);
    random_note_line(r, line);
    return rc;
}

static void
draw_share(struct random_ledger *r, struct random_line *line)
{
    line->partner[0] = line->sender;
    line->recipient =
        (line->sender + 1 + random_below(r, RANDOM_PARTNERS - 1)) %
        RANDOM_PARTNERS;
    line->partner[1] = line->recipient;
    line->purpose = random_below(r, RANDOM_WORDS);
    line->case_ = (int64_t)chance_below(&r->chance, r->cases);
    line->rules = 1U << random_below(r, RANDOM_WORDS) |
                  1U << random_below(r, RANDOM_WORDS);
}

struct plan { /* of a bundle */
    int sender;
    size_t n;
    int kind[MARKS];
    enum entry_code code[MARKS];
    size_t shares_n;
    struct random_line share[MARKS * SHARES_OF_ONE];
    uint32_t position[MARKS * SHARES_OF_ONE];
};

static void
draw(struct random_ledger *r, struct plan *p)
{
    memset(p, 0, sizeof *p);
    p->sender = random_below(r, RANDOM_PARTNERS);
    p->n = 1 + (size_t)random_below(r, MARKS);
    for (size_t i = 0; i < p->n; i++) {
        p->kind[i] = random_below(r, RANDOM_WORDS);
        p->code[i] =
            random_below(r, 10) == 0
                ? (enum entry_code)(1 + random_below(r, ENTRY_CODES - 1))
                : ENTRY_CODE_NONE;
        int shares = p->code[i] != ENTRY_CODE_NONE
                         ? 0
                         : 1 + random_below(r, SHARES_OF_ONE);
        for (int k = 0; k < shares; k++) {
            struct random_line *line = &p->share[p->shares_n];
            *line = random_empty;
            line->sender = p->sender;
            line->kind = p->kind[i];
            draw_share(r, line);
            p->position[p->shares_n++] = (uint32_t)i;
        }
    }
}

/* Kinds are named once, in the order in which the marks use them. */
static void
put_marks(struct random_ledger *r, const struct plan *p)
{
    struct entry_accepted *a = &r->entry.u.accepted;
    int named[RANDOM_WORDS];

    memset(named, -1, sizeof named);
    for (size_t i = 0; i < p->n; i++) {
        if (named[p->kind[i]] < 0) {
            named[p->kind[i]] = (int)a->kinds_n;
            a->kind[a->kinds_n++] = slice_str(random_kind[p->kind[i]]);
        }
        a->mark[i] = (struct entry_mark){.kind = (uint16_t)named[p->kind[i]],
            .presence = 7,
            .seq = i + 1,
            .code = p->code[i]};
    }
    a->n = p->n;
}

static void
note_accepted(struct random_ledger *r, const struct plan *p)
{
    for (size_t i = 0; i < p->n; i++) {
        struct random_line line = random_empty;
        line.partner[0] = line.sender = p->sender;
        line.kind = p->kind[i];
        line.outcome[0] = p->code[i] == 0 ? "accepted" : "refused";
        if (p->code[i] != 0)
            line.outcome[1] = entry_code_name(p->code[i]);
        random_note_line(r, &line);
    }
    for (size_t i = 0; i < p->shares_n; i++) {
        struct random_line line = p->share[i];
        line.outcome[0] = "accepted";
        random_note_line(r, &line);
    }
}

static enum dhk_err
bundle(struct random_ledger *r)
{
    struct plan p;
    struct entry_accepted *a = &random_fresh(r, ENTRY_ACCEPTED)->u.accepted;
    uint64_t accepted = r->ledger->size;

    draw(r, &p);
    random_fill(r, r->mem, p.n * 32);
    random_fill(r, a->card, sizeof a->card);
    random_fill(r, a->signature, sizeof a->signature);
    a->sender = random_partner_name(p.sender);
    a->ids = slice_of(r->mem, p.n * 32);
    put_marks(r, &p);
    enum dhk_err rc = random_put(r, false, p.sender, -1);
    note_accepted(r, &p);
    for (size_t i = 0; rc == DHK_OK && i < p.shares_n; i++) {
        struct random_share *s = &r->ring[r->shares++ % RANDOM_RING];
        *s = (struct random_share){.index = r->ledger->size,
            .accepted = accepted,
            .line = p.share[i],
            .open = true};
        rc = put_share(r, s, p.position[i]);
    }
    return rc;
}

enum dhk_err
random_ledger_event(
    struct random_ledger *r, struct ledger *l, struct store_txn *t)
{
    static const struct {
        int percent;
        enum dhk_err (*make)(struct random_ledger *r);
    } events[] = {{47, bundle}, {25, random_put_answer},
        {5, random_put_refusal}, {3, random_put_returned},
        {3, random_put_released}, {3, random_put_expired},
        {4, random_put_withdrawn}, {4, random_put_queried},
        {1, random_put_seal}, {1, random_put_held}, {1, random_put_stated},
        {1, random_put_card}, {1, random_put_text}, {1, random_put_revoked}};
    int at = random_below(r, 101);

    r->ledger = l;
    r->t = t;
    r->now += chance_below(&r->chance, 50);
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        if (at < events[i].percent)
            return events[i].make(r);
        at -= events[i].percent;
    }
    return random_put_operator(r);
}

void
random_ledger_init(
    struct random_ledger *r, uint64_t seed, uint64_t cases, bool keeps)
{
    static const uint8_t key[KEY_SEED] = {1};
    struct sign_public pk;

    memset(r, 0, sizeof *r);
    r->chance.state = seed;
    r->cases = cases;
    r->keeps = keeps;
    must(key_sign_from_seed(&r->sk, &pk, key) == DHK_OK);
}

void
random_ledger_end(struct random_ledger *r)
{
    key_sign_destroy(&r->sk);
    free(r->about);
    free(r->line);
}

const struct random_about *
random_ledger_about(const struct random_ledger *r, uint64_t index)
{
    must(index >= r->first && index - r->first < r->about_n);
    return &r->about[index - r->first];
}
