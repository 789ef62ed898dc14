/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on special categories of personal data: every transfer of them, and
 * whether some sender's cases carry them more than others'. */
#include "report_families.h"

#include <stdlib.h>
#include <string.h>

#include "smallcells.h"

/* --- 4: transfers --- */

static void
put_necessity(json_t *row, const struct evidence_share *s)
{
    report_put_said(row, "necessary", s, "noodzakelijk");
    report_put_said(row, "special_necessary", s, "bijzonder-noodzakelijk");
}

/* Special fields that were in the signal and stayed back; per sender. */
static void
count_kept(struct report *r)
{
    uint64_t fields = 0;
    uint64_t transfers = 0;

    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        uint32_t present;
        uint32_t kept;
        if (!report_has_share(r, s) || !evidence_present(&present, s))
            continue;
        kept = evidence_special(s, present & ~s->fields);
        fields += (uint64_t)__builtin_popcount(kept);
        transfers += kept != 0;
    }
    report_count(r, "kept_back_transfers",
        (struct report_words){"Verstrekkingen waarbij bijzondere gegevens "
                              "achterbleven",
            "Transfers where special data stayed back"},
        transfers);
    report_count(r, "kept_back_fields",
        (struct report_words){"Zulke velden", "Such fields"}, fields);
}

static void
build_transfers(struct report *r)
{
    static const struct report_column columns[] = {REPORT_ENTRY, REPORT_TIME,
        REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_PURPOSE, REPORT_GROUND,
        REPORT_CASE_COLUMN, REPORT_SPECIAL, REPORT_FIELDS, REPORT_RULES,
        {"necessary", {"NOODZAKELIJK", "NECESSARY"}, REPORT_COLUMN_WORD},
        {"special_necessary", {"BIJZONDER NOODZAKELIJK", "SPECIAL NECESSARY"},
            REPORT_COLUMN_WORD},
        REPORT_OUTCOME};
    struct report_table *t = report_table(r, "transfers",
        (struct report_words){"Verstrekkingen met bijzondere gegevens",
            "Transfers with special data"},
        columns, sizeof columns / sizeof columns[0]);

    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        uint32_t special = evidence_special(s, s->fields);
        json_t *row;
        if (special == 0 || !report_has_share(r, s))
            continue;
        row = report_row(t);
        report_put_transfer(row, s, special);
        put_necessity(row, s);
    }
    report_count(r, "transfers",
        (struct report_words){
            "Verstrekkingen met bijzondere gegevens", "Transfers of them"},
        json_array_size(t->rows));
    count_kept(r);
}

const struct report_spec report_special_transfers = {
    .name = "special-categories",
    .number = "4",
    .title = {"Bijzondere persoonsgegevens", "Special categories"},
    .question = {"Welke verstrekkingen bevatten gegevens over religie, "
                 "politiek, afkomst of gezondheid: wie, waarom, en hoe "
                 "noodzakelijk?",
        "Which transfers carried religion, politics, ethnicity or health: who, "
        "why, and how necessary?"},
    .law = "W 8; B 10; AVG 9",
    .missing =
        {"De motivering van de noodzaak in woorden: die blijft bij de "
         "zender; op het grootboek staat alleen dat hij haar verklaarde.",
            "The necessity in words, which stays at the sender: the ledger has "
            "only that it was declared."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_transfers};

/* --- 5: over-representation --- */

enum { FLAGS = 4, SENDERS = 256 };
static const char *const flags[FLAGS] = {
    "religion", "politics", "race", "health"};

struct sender {
    const char *name;
    uint64_t cases, flagged[FLAGS], any;
    /* of the case at hand */
    bool seen;
    unsigned has;
};
struct senders {
    struct sender of[SENDERS];
    size_t n;
};

static struct sender *
sender_of(struct senders *all, const char *name)
{
    size_t i = 0;

    while (i < all->n && all->of[i].name != name)
        i++;
    if (i == SENDERS)
        return NULL;
    if (i == all->n)
        all->of[all->n++] = (struct sender){.name = name};
    return &all->of[i];
}

static unsigned
flags_of(const struct evidence_share *s)
{
    uint32_t present;
    unsigned has = 0;

    (void)evidence_present(&present, s);
    for (uint32_t left = evidence_special(s, present); left != 0;
         left &= left - 1) {
        const char *name = s->in_text->fields[__builtin_ctz(left)].special;
        for (unsigned i = 0; i < FLAGS; i++) {
            if (strcmp(flags[i], name) == 0)
                has |= 1U << i;
        }
    }
    return has;
}

static void
count_sender(struct sender *x)
{
    x->cases += x->seen;
    x->any += x->seen && x->has != 0;
    for (unsigned i = 0; i < FLAGS; i++)
        x->flagged[i] += x->has >> i & 1;
    x->seen = false;
    x->has = 0;
}

/* A case counts once for each sender that sent about it, and once for all. */
static void
count_cases(struct report *r, struct senders *all)
{
    for (size_t c = 0; c < r->e->cases_n; c++) {
        const struct evidence_case *one = &r->e->cases[c];
        struct sender *whole = &all->of[0];
        for (size_t i = 0; i < one->n; i++) {
            const struct evidence_share *s = &r->e->shares[one->share[i]];
            struct sender *x = sender_of(all, s->from);
            unsigned has = flags_of(s);
            if (x == NULL || !report_has_share(r, s))
                continue;
            x->seen = true;
            x->has |= has;
            whole->seen = true;
            whole->has |= has;
        }
        for (size_t i = 0; i < all->n; i++)
            count_sender(&all->of[i]);
    }
}

enum { CASES = 0, ANY, FIRST_FLAG, FIGURES = FIRST_FLAG + FLAGS };

static uint64_t
figure(const struct sender *x, size_t k)
{
    return k == CASES ? x->cases
           : k == ANY ? x->any
                      : x->flagged[k - FIRST_FLAG];
}

/* HIDDEN[i * FIGURES + k]: what may not be told of sender I; the row of all
 * together comes last. What a sender's figures add up to is never less than
 * that of all together, in which a case counts once: who could not tell a
 * hidden figure from the sum cannot tell it from that. */
static void
hide(const struct report *r, const struct senders *all, bool *hidden)
{
    uint64_t *value = calloc(all->n * FIGURES, sizeof *value);
    struct smallcells s = {
        all->n, FIGURES, value, hidden, r->ask->smallest, false};

    if (value == NULL)
        exit(5);
    for (size_t i = 1; i < all->n; i++) {
        for (size_t k = 0; k < FIGURES; k++) {
            value[(i - 1) * FIGURES + k] = figure(&all->of[i], k);
            value[(all->n - 1) * FIGURES + k] += figure(&all->of[i], k);
        }
    }
    if (smallcells_hide(&s) != DHK_OK)
        exit(5);
    for (size_t k = 0; k < FIGURES; k++) {
        if (figure(&all->of[0], k) < r->ask->smallest)
            hidden[(all->n - 1) * FIGURES + k] = true;
    }
    free(value);
}

static void
put_sender(struct report_table *t, const struct sender *x, const char *name,
    const bool *hidden)
{
    static const char *const keys[FIGURES] = {
        "cases", "any", "religion", "politics", "race", "health"};
    json_t *row = report_row(t);
    char key[24];

    json_build_text(row, "from", name);
    for (size_t k = 0; k < FIGURES; k++) {
        bool percent = !hidden[k] && !hidden[CASES] && x->cases > 0;
        if (hidden[k])
            json_build_null(row, keys[k]);
        else
            json_build_uint(row, keys[k], figure(x, k));
        if (k == CASES)
            continue;
        (void)snprintf(key, sizeof key, "%s_percent", keys[k]);
        if (percent)
            json_build_uint(row, key, figure(x, k) * 100 / x->cases);
        else
            json_build_null(row, key);
    }
}

static void
put_senders(struct report *r, struct report_table *t, const struct senders *all)
{
    bool *hidden = calloc(all->n * FIGURES, sizeof *hidden);

    if (hidden == NULL)
        exit(5);
    hide(r, all, hidden);
    for (size_t i = 1; i < all->n; i++) {
        if (all->of[i].cases > 0)
            put_sender(
                t, &all->of[i], all->of[i].name, &hidden[(i - 1) * FIGURES]);
    }
    put_sender(t, &all->of[0],
        report_say(r, (struct report_words){"(allen samen)", "(all)"}),
        &hidden[(all->n - 1) * FIGURES]);
    free(hidden);
}

static void
build_representation(struct report *r)
{
    enum { HIDES = REPORT_COLUMN_RIGHT | REPORT_COLUMN_SMALL };
    static const struct report_column columns[] = {REPORT_FROM,
        {"cases", {"CASUSSEN", "CASES"}, HIDES},
        {"any", {"MET BIJZONDERE", "WITH SPECIAL"}, HIDES},
        {"any_percent", {"%", "%"}, HIDES},
        {"religion", {"RELIGIE", "RELIGION"}, HIDES},
        {"religion_percent", {"%", "%"}, HIDES},
        {"politics", {"POLITIEK", "POLITICS"}, HIDES},
        {"politics_percent", {"%", "%"}, HIDES},
        {"race", {"AFKOMST", "RACE"}, HIDES},
        {"race_percent", {"%", "%"}, HIDES},
        {"health", {"GEZONDHEID", "HEALTH"}, HIDES},
        {"health_percent", {"%", "%"}, HIDES}};
    struct report_table *t = report_table(r, "senders",
        (struct report_words){"Casussen waarin een zender zulke gegevens had",
            "Cases in which a sender had such data"},
        columns, sizeof columns / sizeof columns[0]);
    struct senders *all = calloc(1, sizeof *all);

    if (all == NULL)
        exit(5);
    all->n = 1; /* the first stands for all senders together */
    count_cases(r, all);
    report_count(r, "smallest",
        (struct report_words){
            "Kleinste getal dat wordt genoemd", "Smallest figure that is told"},
        r->ask->smallest);
    put_senders(r, t, all);
    free(all);
}

const struct report_spec report_special_representation = {
    .name = "representation",
    .number = "5",
    .title = {"Oververtegenwoordiging", "Representation"},
    .question =
        {"In welk deel van de casussen van iedere zender waren gegevens "
         "over religie, politiek, afkomst of gezondheid aanwezig: is "
         "een gemeenschap oververtegenwoordigd?",
            "In what share of each sender's cases was religion, politics, "
            "ethnicity or health present: is one community over-represented?"},
    .law = "B 14(3); B 10",
    .missing = {"Welke ideologie, en welke gemeenschap: zulke etiketten staan "
                "niet op het grootboek. Hier staat dat een veld van zo'n soort "
                "in het signaal gevuld was, ook als het niet werd gedeeld. "
                "'verborgen': minder dan het kleinste getal, of verborgen "
                "omdat zo'n getal anders uit te rekenen was.",
        "Which ideology and which community: no such label is on the ledger. "
        "This shows that a field of such a sort was filled in the signal, also "
        "where it was not shared. 'hidden': below the smallest figure, or "
        "hidden because such a figure could be computed otherwise."},
    .takes = REPORT_PARTNER | REPORT_TIMES | REPORT_SMALLEST,
    .build = build_representation};
