/* SPDX-License-Identifier: EUPL-1.2
 *
 * The report on the ledger itself: complete and unaltered, gaps, the clock,
 * and who was denied. */
#include "report_families.h"

#include <stdlib.h>
#include <string.h>

enum { MS = 1000 };

/* --- entries and the clock --- */

static void
put_entries(struct report *r)
{
    uint64_t n = 0;
    uint64_t gaps = 0;
    uint64_t longest = 0;
    uint64_t first = 0;
    uint64_t last = 0;

    for (size_t i = 0; i < r->e->at_n; i++) {
        const struct evidence_at *at = &r->e->at[i];
        if (!report_has_time(r, at->time))
            continue;
        if (n++ == 0)
            first = at->index;
        else
            gaps += at->index - r->e->at[i - 1].index - 1;
        if (n > 1 && at->time - r->e->at[i - 1].time > longest)
            longest = at->time - r->e->at[i - 1].time;
        last = at->index;
    }
    report_count(r, "entries",
        (struct report_words){"Boekingen in deze tijd", "Entries in this time"},
        n);
    report_count(r, "first",
        (struct report_words){"Eerste boeking", "First entry"}, first);
    report_count(r, "last",
        (struct report_words){"Laatste boeking", "Last entry"}, last);
    report_count(r, "not_here",
        (struct report_words){"Boekingen ertussen die hier niet zijn",
            "Entries between them that are not here"},
        gaps);
    report_count(r, "longest_silence_s",
        (struct report_words){"Langste stilte tussen twee boekingen (seconden)",
            "Longest silence between two entries (seconds)"},
        longest / MS);
}

static void
put_clock(struct report *r)
{
    uint64_t jumps = 0;

    for (size_t i = 0; i < r->e->operators_n; i++)
        jumps += r->e->operators[i].code == ENTRY_OPERATOR_CLOCK &&
                 report_has_time(r, r->e->operators[i].time);
    report_fact(r, "time_never_decreases",
        (struct report_words){
            "De tijd loopt nergens terug", "Time nowhere runs backwards"},
        0, json_true());
    report_count(r, "clock_jumps",
        (struct report_words){
            "Sprongen van de klok, door de beheerder verklaard",
            "Jumps of the clock, explained by the operator"},
        jumps);
}

static void
put_verified(struct report *r)
{
    const struct verify_result *v = r->verified;
    char root[2 * SEAL_HASH + 1];

    bytes_hex(root, v->head.root, SEAL_HASH);
    report_fact(r, "complete",
        (struct report_words){"Iedere boeking is hier", "Every entry is here"},
        0, json_boolean(v->complete));
    report_fact(r, "unaltered",
        (struct report_words){"Iedere boeking staat in de getekende boom",
            "Every entry stands in the signed tree"},
        0, json_true());
    report_count(r, "size",
        (struct report_words){"Omvang van de boom", "Size of the tree"},
        v->head.size);
    report_fact(r, "root", (struct report_words){"Wortel", "Root"}, 0,
        json_string(root));
    report_count(r, "checkpoints",
        (struct report_words){
            "Handtekeningen van het grootboek", "Signatures of the log"},
        v->checkpoints);
    report_count(r, "signatures",
        (struct report_words){
            "Handtekeningen van partners", "Signatures of partners"},
        v->signatures);
    report_count(r, "unchecked",
        (struct report_words){"Uitspraken die hier niet na te gaan zijn",
            "Statements that cannot be checked here"},
        v->unchecked);
    report_count(r, "open",
        (struct report_words){
            "Verstrekkingen zonder uitkomst", "Transfers without an outcome"},
        v->open);
}

/* --- numbers of signals, by card --- */

static int
compare_numbers(const void *x, const void *y)
{
    const struct evidence_number *a = x, *b = y;
    int order = memcmp(a->card, b->card, sizeof a->card);

    return order != 0 ? order : (a->seq > b->seq) - (a->seq < b->seq);
}

/* Every number that a signal had, taken or refused, by card. */
static struct evidence_number *
all_numbers(const struct report *r, size_t *n)
{
    const struct evidence *e = r->e;
    struct evidence_number *list =
        calloc(e->signals_n + e->numbers_n + 1, sizeof *list);

    if (list == NULL)
        exit(5);
    *n = 0;
    for (size_t i = 0; i < e->signals_n; i++) {
        memcpy(list[*n].card, e->signals[i].card, SEAL_HASH);
        list[(*n)++].seq = e->signals[i].seq;
    }
    for (size_t i = 0; i < e->numbers_n; i++)
        list[(*n)++] = e->numbers[i];
    qsort(list, *n, sizeof *list, compare_numbers);
    return list;
}

static const char *
owner_of(const struct report *r, const uint8_t card[SEAL_HASH])
{
    for (size_t i = 0; i < r->e->cards_n; i++) {
        if (memcmp(r->e->cards[i].id, card, SEAL_HASH) == 0)
            return r->e->cards[i].partner;
    }
    return "";
}

/* Of N numbers of one card, in order. */
static void
put_numbers(struct report *r, struct report_table *t,
    const struct evidence_number *list, size_t n)
{
    uint64_t distinct = 1;
    json_t *row;

    if (!report_has_party(r, owner_of(r, list->card), NULL))
        return;
    for (size_t i = 1; i < n; i++)
        distinct += list[i].seq != list[i - 1].seq;
    row = report_row(t);
    json_build_text(row, "from", owner_of(r, list->card));
    report_put_hex(row, "card", list->card, SEAL_HASH);
    json_build_uint(row, "first", list[0].seq);
    json_build_uint(row, "last", list[n - 1].seq);
    json_build_uint(row, "seen", distinct);
    json_build_uint(
        row, "missing", list[n - 1].seq - list[0].seq + 1 - distinct);
}

static void
put_sequences(struct report *r)
{
    static const struct report_column columns[] = {REPORT_FROM,
        {"card", {"KAART", "CARD"}, REPORT_COLUMN_HEX},
        {"first", {"EERSTE NUMMER", "FIRST NUMBER"}, REPORT_COLUMN_RIGHT},
        {"last", {"LAATSTE", "LAST"}, REPORT_COLUMN_RIGHT},
        {"seen", {"GEZIEN", "SEEN"}, REPORT_COLUMN_RIGHT},
        {"missing", {"ONTBREKEN", "MISSING"}, REPORT_COLUMN_RIGHT}};
    struct report_table *t = report_table(r, "numbers",
        (struct report_words){"Nummers van signalen, per sleutelkaart",
            "Numbers of signals, by key card"},
        columns, sizeof columns / sizeof columns[0]);
    size_t n;
    struct evidence_number *list = all_numbers(r, &n);
    size_t from = 0;

    for (size_t i = 1; i <= n; i++) {
        if (i < n && memcmp(list[i].card, list[from].card, SEAL_HASH) == 0)
            continue;
        put_numbers(r, t, list + from, i - from);
        from = i;
    }
    free(list);
}

/* From one partner to another: what the recipient says that it misses, by its
 * last answer, and what the ledger leaves it to miss. */
struct between {
    const char *from, *to;
    uint64_t answered; /* index of the last share that was answered */
    uint64_t at, said; /* the answer's index, and the most that it says */
    uint64_t open;
};
struct betweens {
    struct between *list;
    size_t n;
};

static struct between *
find_between(struct betweens *b, const struct evidence_share *s)
{
    struct between *more;
    size_t i = 0;

    while (i < b->n && (b->list[i].from != s->from || b->list[i].to != s->to))
        i++;
    if (i < b->n)
        return &b->list[i];
    more = realloc(b->list, (b->n + 1) * sizeof *more);
    if (more == NULL)
        exit(5);
    b->list = more;
    b->list[b->n] = (struct between){.from = s->from, .to = s->to};
    return &b->list[b->n++];
}

static void
add_answered(const struct evidence_share *s, struct between *b)
{
    if (s->end != EVIDENCE_ANSWERED)
        return;
    b->answered = s->index > b->answered ? s->index : b->answered;
    if (s->end_index > b->at) {
        b->at = s->end_index;
        b->said = 0;
    }
    if (s->end_index == b->at && s->missing > b->said)
        b->said = s->missing;
}

/* What waits for approvals, ran out while it did, went back or was withdrawn,
 * its recipient was not to get. */
static void
add_open(const struct evidence_share *s, struct between *b)
{
    bool due = !s->pending || s->release != 0;

    if (s->index < b->answered && due &&
        (s->end == EVIDENCE_OPEN || s->end == EVIDENCE_EXPIRED))
        b->open++;
}

static void
put_missed(struct report *r)
{
    struct betweens b = {.n = 0};
    uint64_t missing = 0;
    void (*const add[])(const struct evidence_share *, struct between *) = {
        add_answered, add_open};

    for (size_t k = 0; k < sizeof add / sizeof add[0]; k++) {
        for (size_t i = 0; i < r->e->shares_n; i++) {
            const struct evidence_share *s = &r->e->shares[i];
            if (report_has_time(r, s->time))
                add[k](s, find_between(&b, s));
        }
    }
    for (size_t i = 0; i < b.n; i++)
        missing +=
            b.list[i].said < b.list[i].open ? b.list[i].said : b.list[i].open;
    free(b.list);
    report_count(r, "missed_by_recipients",
        (struct report_words){"Delingen die een ontvanger volgens zijn laatste "
                              "antwoord miste, en die hem toekwamen",
            "Shares that a recipient missed by its last answer, and was to "
            "get"},
        missing);
}

/* --- denied attempts --- */

static void
add_denied(
    struct report_table *t, const char *from, enum entry_code code, uint64_t n)
{
    json_t *row = NULL;
    const char *name = entry_code_name(code);

    for (size_t i = 0; i < json_array_size(t->rows) && row == NULL; i++) {
        json_t *x = json_array_get(t->rows, i);
        if (strcmp(json_string_value(json_object_get(x, "from")), from) == 0 &&
            strcmp(json_string_value(json_object_get(x, "reason")), name) == 0)
            row = x;
    }
    if (row == NULL) {
        row = report_row(t);
        json_build_text(row, "from", from);
        json_build_text(row, "reason", name);
    }
    json_build_uint(row, "signals",
        n + (uint64_t)json_integer_value(json_object_get(row, "signals")));
}

static void
put_denied(struct report *r)
{
    static const struct report_column columns[] = {REPORT_FROM,
        {"reason", {"REDEN", "REASON"}, 0},
        {"signals", {"SIGNALEN", "SIGNALS"}, REPORT_COLUMN_RIGHT}};
    struct report_table *t = report_table(r, "denied",
        (struct report_words){
            "Geweigerde pogingen, per zender", "Denied attempts, by sender"},
        columns, sizeof columns / sizeof columns[0]);

    for (size_t i = 0; i < r->e->refusals_n; i++) {
        const struct evidence_refusal *x = &r->e->refusals[i];
        if (report_has_time(r, x->time) && report_has_party(r, x->from, NULL))
            add_denied(t, x->from, x->code, x->n);
    }
    for (size_t i = 0; i < r->e->signals_n; i++) {
        const struct evidence_signal *x = &r->e->signals[i];
        if (x->code != ENTRY_CODE_NONE && report_has_time(r, x->time) &&
            report_has_party(r, x->from, NULL))
            add_denied(t, x->from, x->code, 1);
    }
}

static void
build_integrity(struct report *r)
{
    put_verified(r);
    put_entries(r);
    put_clock(r);
    put_missed(r);
    put_denied(r);
    put_sequences(r);
}

const struct report_spec report_integrity_integrity = {.name = "integrity",
    .number = "19",
    .title = {"Volledig en ongewijzigd", "Complete and unaltered"},
    .question = {"Is het grootboek volledig en ongewijzigd (tussen twee "
                 "tijdstippen), zijn er gaten, sprong de klok, en wie werd hoe "
                 "vaak geweigerd?",
        "Is the ledger complete and unaltered (between two times), are there "
        "gaps, did the clock jump, and who was denied how often?"},
    .law = "BIO2 8.15.05-06; Wpg 32a",
    .missing = {"Een nummer dat ontbreekt, is een signaal dat de makelaar "
                "nooit "
                "bereikte, of dat geweigerd werd toen er te veel weigeringen "
                "waren om ieder te boeken.",
        "A number that is missing is a signal that never reached the broker, "
        "or that was refused when there were too many refusals to enter each."},
    .takes = REPORT_PARTNER | REPORT_TIMES,
    .build = build_integrity};
