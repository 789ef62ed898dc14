/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on what did not go, and on what was taken back: refusals, withheld
 * fields, recalls. */
#include "report_families.h"

#include <string.h>

/* --- 12: refusals --- */

static const struct report_column of_refusals[] = {REPORT_ENTRY, REPORT_TIME,
    {"by", {"DOOR", "BY"}, REPORT_COLUMN_WORD}, REPORT_FROM, REPORT_TO,
    REPORT_KIND, REPORT_CASE_COLUMN,
    {"reason", {"REDEN", "REASON"}, REPORT_COLUMN_WORD},
    {"signals", {"SIGNALEN", "SIGNALS"}, REPORT_COLUMN_RIGHT}, REPORT_FIELDS,
    {"age_days", {"DAGEN OUD", "DAYS OLD"}, REPORT_COLUMN_RIGHT},
    {"review", {"HERZIENING", "REVIEW"}, REPORT_COLUMN_TIME},
    {"state", {"STAND", "STATE"}, REPORT_COLUMN_WORD}};

struct refusal {
    const char *by, *reason;
    uint64_t index, time, signals;
    const char *from, *to, *kind;
};

static json_t *
put_refusal(struct report *r, struct report_table *t, const struct refusal *x)
{
    json_t *row = report_row(t);

    json_build_uint(row, "entry", x->index);
    report_put_time(row, "time", x->time);
    json_build_text(row, "by", x->by);
    json_build_text(row, "from", x->from);
    json_build_text(row, "to", x->to);
    json_build_text(row, "kind", x->kind);
    json_build_text(row, "reason", x->reason);
    json_build_uint(row, "signals", x->signals);
    report_put_days(row, "age_days", x->time, r->now);
    json_build_null(row, "review");
    json_build_null(row, "state");
    return row;
}

/* By the broker: whole bundles, then signals of accepted ones. */
static void
put_by_broker(struct report *r, struct report_table *t)
{
    struct refusal x = {.by = "broker", .to = "", .kind = ""};

    if (r->ask->has_case)
        return; /* the ledger does not tell the case of what was not taken */
    for (size_t i = 0; i < r->e->refusals_n; i++) {
        const struct evidence_refusal *f = &r->e->refusals[i];
        x.index = f->index;
        x.time = f->time;
        x.signals = f->n;
        x.from = f->from;
        x.reason = entry_code_name(f->code);
        if (report_has_time(r, f->time) && report_has_party(r, f->from, NULL))
            (void)put_refusal(r, t, &x);
    }
    for (size_t i = 0; i < r->e->signals_n; i++) {
        const struct evidence_signal *s = &r->e->signals[i];
        x.index = s->index;
        x.time = s->time;
        x.signals = 1;
        x.from = s->from;
        x.kind = s->kind;
        x.reason = entry_code_name(s->code);
        if (s->code != ENTRY_CODE_NONE && report_has_time(r, s->time) &&
            report_has_party(r, s->from, NULL))
            (void)put_refusal(r, t, &x);
    }
}

/* What the agreement permits of what was there, and the sender kept back. */
static uint32_t
vetoed(const struct evidence_share *s)
{
    uint32_t present;

    if (!evidence_present(&present, s) || !s->is_decided)
        return 0;
    return present & s->permitted & ~s->wrapped;
}

static bool
is_refused(const struct evidence_share *s)
{
    return s->end == EVIDENCE_RETURNED ||
           (s->end == EVIDENCE_ANSWERED && s->answer != ANSWER_TAKEN);
}

static void
put_of_share(struct report *r, struct report_table *t,
    const struct evidence_share *s, const struct refusal *how)
{
    struct refusal x = *how;
    json_t *row;

    x.signals = 1;
    x.from = s->from;
    x.to = s->to;
    x.kind = s->kind;
    row = put_refusal(r, t, &x);
    report_put_hex(row, "case", s->case_handle, sizeof s->case_handle);
    report_put_fields(row, "fields", s,
        strcmp(how->by, "sender") == 0 ? vetoed(s) : s->fields);
}

/* Why a share that waited was not agreed to; NULL: it is not told. */
static const struct evidence_stated *
declined(const struct report *r, const struct evidence_share *s)
{
    const struct evidence_case *c = evidence_case(r->e, s->case_handle);

    for (size_t i = 0; c != NULL && i < c->stated_n; i++) {
        const struct evidence_stated *x = report_stated(r, c, i);
        if (x != NULL && x->what == ACT_DECLINE && x->about == s->index)
            return x;
    }
    return NULL;
}

static void
put_by_parties(struct report *r, struct report_table *t)
{
    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        struct refusal x = {.by = "recipient",
            .index = s->end_index,
            .time = s->end_time,
            .reason = report_outcome(s)};
        if (!report_has_share(r, s))
            continue;
        if (s->end == EVIDENCE_RETURNED) {
            const struct evidence_stated *no = declined(r, s);
            x.by = no == NULL ? "broker" : no->by;
            x.reason = no == NULL ? entry_code_name(s->code)
                                  : act_code_name(no->what, no->code);
        }
        if (is_refused(s))
            put_of_share(r, t, s, &x);
        x = (struct refusal){.by = "sender",
            .index = s->index,
            .time = s->time,
            .reason = "kept back by the sender"};
        if (vetoed(s) != 0)
            put_of_share(r, t, s, &x);
        x.reason = "weighty reason declared";
        if (vetoed(s) == 0 && evidence_declares(s, "zwaarwegende-reden", "yes"))
            put_of_share(r, t, s, &x);
    }
}

/* --- weighty reasons, which their partner has to review --- */

static bool
is_open(enum act_phase p)
{
    return p != ACT_PHASE_REJECTED && p != ACT_PHASE_CLOSED &&
           p != ACT_PHASE_DESTROYED;
}

/* How statement AT of C was ended since; NULL: it was not. */
static const char *
ended(const struct report *r, const struct evidence_case *c, size_t at)
{
    const struct evidence_stated *s = report_stated(r, c, at);

    for (size_t i = at + 1; i < c->stated_n; i++) {
        const struct evidence_stated *x = report_stated(r, c, i);
        if (x == NULL || x->by != s->by)
            continue;
        if (x->what == ACT_LIFT)
            return "lifted";
        if (x->what == s->what && x->about == s->about)
            return "renewed";
    }
    return NULL;
}

static const char *
state_of(struct report *r, const struct evidence_case *c, size_t at)
{
    const char *how = ended(r, c, at);

    if (how != NULL)
        return how;
    if (r->e->complete && !is_open(report_course(r, c)->phase))
        return "case closed";
    return report_stated(r, c, at)->until <= report_seconds(r) ? "overdue"
                                                               : "in force";
}

/* A refusal or embargo; with OVERDUE those alone whose review is late. */
static void
put_weighty(struct report *r, struct report_table *t,
    const struct evidence_case *c, size_t at, bool overdue)
{
    const struct evidence_stated *s = report_stated(r, c, at);
    const char *state = state_of(r, c, at);
    const struct evidence_share *about = evidence_share_at(r->e, s->about);
    struct refusal x = {.by = s->what == ACT_EMBARGO ? "embargo" : "refuse",
        .index = s->index,
        .time = s->time,
        .signals = about == NULL ? 0 : 1,
        .from = s->by,
        .to = about == NULL ? "" : about->from,
        .kind = about == NULL ? "" : about->kind,
        .reason = act_code_name(s->what, s->code)};
    json_t *row;

    if (overdue != (strcmp(state, "overdue") == 0))
        return;
    row = put_refusal(r, t, &x);
    report_put_hex(row, "case", c->handle, sizeof c->handle);
    report_put_seconds(row, "review", s->until);
    json_build_text(row, "state", state);
}

static void
put_all_weighty(struct report *r, struct report_table *t, bool overdue)
{
    for (size_t i = 0; i < r->e->cases_n; i++) {
        const struct evidence_case *c = &r->e->cases[i];
        for (size_t k = 0; report_has_case(r, c->handle) && k < c->stated_n;
             k++) {
            const struct evidence_stated *s = report_stated(r, c, k);
            if (s != NULL &&
                (s->what == ACT_REFUSE || s->what == ACT_EMBARGO) &&
                report_has_time(r, s->time) && report_has_party(r, s->by, NULL))
                put_weighty(r, t, c, k, overdue);
        }
    }
}

static void
build_refusals(struct report *r)
{
    static const struct report_words of[3] = {
        {"Door de makelaar", "By the broker"},
        {"Door de ontvanger", "By the recipient"},
        {"Door de zender", "By the sender"}};
    static const char *const by[3] = {"broker", "recipient", "sender"};
    struct report_table *t = report_table(r, "refusals",
        (struct report_words){"Weigeringen", "Refusals"}, of_refusals,
        sizeof of_refusals / sizeof of_refusals[0]);

    put_all_weighty(r, t, true);
    report_count(r, "overdue",
        (struct report_words){"Herziening te laat", "Not reviewed in time"},
        json_array_size(t->rows));
    put_all_weighty(r, t, false);
    report_count(r, "weighty",
        (struct report_words){"Weigeringen en embargo's om een zwaarwegende "
                              "reden",
            "Refusals and embargoes for a weighty reason"},
        json_array_size(t->rows));
    put_by_broker(r, t);
    put_by_parties(r, t);
    for (size_t k = 0; k < 3; k++) {
        uint64_t n = 0;
        for (size_t i = 0; i < json_array_size(t->rows); i++)
            n += strcmp(json_string_value(
                            json_object_get(json_array_get(t->rows, i), "by")),
                     by[k]) == 0;
        report_count(r, by[k], of[k], n);
    }
    report_charts_withheld(r);
}

const struct report_spec report_refusals_refusals = {.name = "refusals",
    .number = "12",
    .title = {"Weigeringen", "Refusals"},
    .question = {"Wat is geweigerd of door de zender tegengehouden, om welke "
                 "reden, hoe lang geleden, en wanneer wordt het herzien?",
        "What was refused or kept back by its sender, for what reason, how "
        "long ago, and when is it reviewed?"},
    .law = "W 4, 7(2)",
    .missing = {"De zwaarwegende reden in woorden: die blijft bij de zender. "
                "Wie een zender in het geheel niet noemde, staat niet op het "
                "grootboek. Van wat de makelaar weigerde, is de casus "
                "onbekend.",
        "The weighty reason in words, which stays at the sender. Whom a sender "
        "left out altogether is not on the ledger. Of what the broker refused, "
        "the case is unknown."},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_refusals};

/* --- withheld --- */

static const struct report_column of_withheld[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_CASE_COLUMN, REPORT_FIELDS,
    {"by_agreement", {"ACHTER DOOR CONVENANT", "WITHHELD BY AGREEMENT"}, 0},
    {"by_sender", {"ACHTER DOOR ZENDER", "WITHHELD BY SENDER"}, 0},
    REPORT_RULES};

/* Returns whether something stayed back. */
static bool
put_withheld(
    struct report_table *t, const struct evidence_share *s, uint64_t counts[2])
{
    uint32_t present;
    uint32_t kept;
    json_t *row;

    if (!evidence_present(&present, s) || (present & ~s->fields) == 0)
        return false;
    kept = present & ~s->fields;
    row = report_row(t);
    report_put_transfer(row, s, s->fields);
    report_put_fields(row, "by_agreement", s, kept & ~vetoed(s));
    report_put_fields(row, "by_sender", s, kept & vetoed(s));
    counts[0] += (uint64_t)__builtin_popcount(kept & ~vetoed(s));
    counts[1] += (uint64_t)__builtin_popcount(kept & vetoed(s));
    return true;
}

static void
build_withheld(struct report *r)
{
    uint64_t shares = 0;
    uint64_t with = 0;
    uint64_t fields[2] = {0, 0};
    struct report_table *t = report_table(r, "transfers",
        (struct report_words){"Verstrekkingen waarbij iets achterbleef",
            "Transfers where something stayed back"},
        of_withheld, sizeof of_withheld / sizeof of_withheld[0]);

    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        if (!report_has_share(r, s))
            continue;
        shares++;
        with += put_withheld(t, s, fields);
    }
    report_count(r, "shares",
        (struct report_words){"Verstrekkingen", "Transfers"}, shares);
    report_count(r, "with_withheld",
        (struct report_words){
            "Waarbij iets achterbleef", "Where something stayed back"},
        with);
    report_count(r, "fields_by_agreement",
        (struct report_words){"Velden achter door het convenant",
            "Fields withheld by the agreement"},
        fields[0]);
    report_count(r, "fields_by_sender",
        (struct report_words){
            "Velden achter door de zender", "Fields withheld by the sender"},
        fields[1]);
    report_charts_withheld(r);
}

const struct report_spec report_refusals_withheld = {.name = "withheld",
    .number = "",
    .title = {"Achtergebleven velden", "Withheld fields"},
    .question = {"Welke velden hadden een waarde en bleven achter: door het "
                 "convenant, of door de zender?",
        "Which fields had a value and stayed back: by the agreement, or by "
        "their sender?"},
    .law = "W 4",
    .missing = {"", ""},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_withheld};

/* --- 13: recalls --- */

static const struct report_column of_recalls[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_CASE_COLUMN,
    {"share", {"VERSTREKKING", "TRANSFER"}, REPORT_COLUMN_RIGHT},
    {"correction", {"CORRECTIE", "CORRECTION"}, REPORT_COLUMN_WORD},
    {"reason", {"REDEN", "REASON"}, 0},
    {"state", {"STAND", "STATE"}, REPORT_COLUMN_WORD},
    {"answered", {"BEANTWOORD", "ANSWERED"}, REPORT_COLUMN_TIME},
    {"days", {"DAGEN", "DAYS"}, REPORT_COLUMN_RIGHT}};

static const char *
recall_state(const struct evidence_recall *x)
{
    if (!x->told)
        return "never had it";
    return x->answer == ANSWER_NONE ? "open" : answer_outcome_name(x->answer);
}

static void
put_recall(struct report *r, struct report_table *t,
    const struct evidence_recall *x, const struct evidence_share *s)
{
    json_t *row = report_row(t);

    json_build_uint(row, "entry", x->index);
    report_put_time(row, "time", x->time);
    json_build_text(row, "from", x->from);
    json_build_text(row, "to", x->to);
    if (s != NULL) {
        json_build_text(row, "kind", s->kind);
        report_put_hex(row, "case", s->case_handle, sizeof s->case_handle);
        report_put_hex(row, "id", s->id, sizeof s->id); /* of the signal */
    } else {
        json_build_null(row, "kind");
        json_build_null(row, "case");
        json_build_null(row, "id");
    }
    json_build_uint(row, "share", x->share_index);
    json_build_bool(row, "correction", x->correction);
    json_build_text(row, "reason", withdrawal_reason_name(x->reason));
    json_build_text(row, "state", recall_state(x));
    report_put_time(row, "answered", x->answer_time);
    report_put_days(
        row, "days", x->time, x->answer_time != 0 ? x->answer_time : r->now);
}

static void
build_recalls(struct report *r)
{
    uint64_t n = 0;
    uint64_t told = 0;
    uint64_t open = 0;
    struct report_table *t = report_table(r, "recalls",
        (struct report_words){"Terugroepingen", "Recalls"}, of_recalls,
        sizeof of_recalls / sizeof of_recalls[0]);

    for (size_t i = 0; i < r->e->recalls_n; i++) {
        const struct evidence_recall *x = &r->e->recalls[i];
        const struct evidence_share *s =
            x->share == 0 ? NULL : &r->e->shares[x->share - 1];
        if (!report_has_time(r, x->time) ||
            !report_has_party(r, x->from, x->to) ||
            (r->ask->has_case &&
                (s == NULL || !report_has_case(r, s->case_handle))))
            continue;
        n++;
        told += x->told;
        open += x->told && x->answer == ANSWER_NONE;
        put_recall(r, t, x, s);
    }
    report_count(r, "recalls",
        (struct report_words){"Teruggeroepen verstrekkingen", "Recalled"}, n);
    report_count(r, "told",
        (struct report_words){"Waarvan de ontvanger het had en is ingelicht",
            "Of which the recipient had it and is told"},
        told);
    report_count(r, "open",
        (struct report_words){"Nog niet beantwoord", "Not answered yet"}, open);
    report_charts_open(r);
}

const struct report_spec report_refusals_recalls = {.name = "recalls",
    .number = "13",
    .title = {"Terugroepingen", "Recalls"},
    .question = {"Wat is ingetrokken of gecorrigeerd, welke ontvangers hebben "
                 "dat bevestigd, en welke niet?",
        "What was withdrawn or corrected, which recipients have acknowledged "
        "that, and which have not?"},
    .law = "W 10; B 8; Wpg 4(4), 28(5)",
    .missing = {"", ""},
    .takes = REPORT_CASE | REPORT_PARTNER | REPORT_TIMES,
    .build = build_recalls};
