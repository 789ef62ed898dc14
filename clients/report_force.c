/* SPDX-License-Identifier: EUPL-1.2
 *
 * The report on which agreement was in force, by whose signatures, what a
 * change of it changed, and which transfers that would touch. */
#include "report_families.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "diff_words.h"
#include "simulate.h"

enum { MS = 1000, CHANGES = 500 };

/* --- the versions --- */

static json_t *
signers_of(const struct evidence_text *t)
{
    json_t *list = json_build_array();

    for (size_t i = 0; i < t->signers_n; i++)
        json_build_add_slice(list, t->signer[i].principal);
    return list;
}

static json_t *
fingerprints_of(const struct evidence_text *t)
{
    json_t *list = json_build_array();

    for (size_t i = 0; i < t->signers_n; i++)
        json_build_add_slice(list, t->signer[i].fingerprint);
    return list;
}

static uint64_t
count_under(const struct report *r, const struct evidence_text *t)
{
    uint64_t n = 0;

    for (size_t i = 0; i < r->e->shares_n; i++)
        n += r->e->shares[i].text == t;
    return n;
}

static void
put_versions(struct report *r)
{
    static const struct report_column columns[] = {REPORT_ENTRY, REPORT_TIME,
        {"name", {"CONVENANT", "AGREEMENT"}, 0},
        {"version", {"VERSIE", "VERSION"}, REPORT_COLUMN_RIGHT},
        {"until", {"TOT", "UNTIL"}, REPORT_COLUMN_TIME},
        {"revoked_by", {"HERROEPEN DOOR", "REVOKED BY"}, 0},
        {"transfers", {"VERSTREKKINGEN", "TRANSFERS"}, REPORT_COLUMN_RIGHT},
        {"signed_by", {"GETEKEND DOOR", "SIGNED BY"}, 0},
        {"sha256", {"TEKST", "TEXT"}, REPORT_COLUMN_HEX}};
    struct report_table *t = report_table(r, "versions",
        (struct report_words){
            "Versies die van kracht waren", "Versions that were in force"},
        columns, sizeof columns / sizeof columns[0]);

    for (size_t i = 0; i < r->e->agreements_n; i++) {
        const struct evidence_text *x = r->e->agreements[i];
        json_t *row = report_row(t);
        json_build_uint(row, "entry", x->index);
        report_put_time(row, "time", x->time);
        json_build_text(row, "name", x->name);
        json_build_uint(row, "version", x->version);
        report_put_time(row, "until", x->end_time);
        if (x->revoked_by != NULL)
            json_build_text(row, "revoked_by", x->revoked_by);
        else
            json_build_null(row, "revoked_by");
        json_build_uint(row, "transfers", count_under(r, x));
        json_build_put(row, "signed_by", signers_of(x));
        json_build_put(row, "fingerprints", fingerprints_of(x));
        report_put_hex(row, "sha256", x->sha256, sizeof x->sha256);
    }
}

/* "voorbeeldstad 2" as a fact, or that none was. */
static void
put_in_force(struct report *r, const char *key, struct report_words title,
    const struct evidence_text *t)
{
    struct words w = {0};
    const char *text = "";

    if (t == NULL)
        words_add(&w, report_say(r, (struct report_words){"geen", "none"}));
    else
        words_format(&w, "%s %u", t->name, t->version);
    if (words_end(&w, &text) == DHK_OK)
        report_fact(r, key, title, 0, json_string(text));
    words_done(&w);
}

/* --- the changes --- */

static void
put_change_fields(json_t *row, const char *key,
    const struct agreement_kind *kind, uint32_t fields)
{
    json_t *list = json_build_array();

    for (size_t i = 0; kind != NULL && i < kind->fields_n; i++) {
        if ((fields >> i & 1) != 0)
            json_build_add_text(list, kind->fields[i].name);
    }
    json_build_put(row, key, list);
}

static void
put_change(struct report *r, struct report_table *t, const struct diff *d,
    const struct diff_box *one)
{
    static const char *const names[DIFF_GROUPS] = {
        "wider", "narrower", "other obligations"};
    struct words where = {0};
    struct words verdict = {0};
    const char *text = "";
    int kind[2];
    json_t *row = report_row(t);

    for (size_t i = 0; i < 2; i++)
        kind[i] = cells_kind_index(d->cells, i, one->box->kind);
    json_build_text(row, "change", names[one->group]);
    if (diff_words_where(&where, d, one->box, r->lang) == DHK_OK &&
        words_end(&where, &text) == DHK_OK)
        json_build_text(row, "where", text);
    diff_words_verdict(&verdict, one, r->lang);
    if (words_end(&verdict, &text) == DHK_OK)
        json_build_text(row, "verdict", text);
    put_change_fields(row, "gained",
        kind[1] < 0 ? NULL : &d->of[1]->kinds[kind[1]], one->gained);
    put_change_fields(
        row, "lost", kind[0] < 0 ? NULL : &d->of[0]->kinds[kind[0]], one->lost);
    words_done(&where);
    words_done(&verdict);
}

static void
put_changes(struct report *r, const struct evidence_text *was,
    const struct evidence_text *now)
{
    static const struct report_column columns[] = {
        {"change", {"WIJZIGING", "CHANGE"}, REPORT_COLUMN_WORD},
        {"verdict", {"UITKOMST", "VERDICT"}, 0},
        {"gained", {"ERBIJ", "GAINED"}, 0}, {"lost", {"ERAF", "LOST"}, 0},
        {"where", {"WAAR", "WHERE"}, 0}};
    static const struct report_words too_many = {
        "De wijzigingen zijn te veel om hier te staan; zie driehoek policy "
        "diff.",
        "The changes are too many to stand here; see driehoek policy diff."};
    struct diff *d = NULL;
    struct report_table *t = report_table(r, "changes",
        (struct report_words){
            "Wat de nieuwe versie verandert", "What the new version changes"},
        columns, sizeof columns / sizeof columns[0]);
    enum dhk_err rc = diff_new(&d, was->agreement, now->agreement, NULL);

    if (rc == DHK_NOMEM)
        exit(5);
    if (rc != DHK_OK || d->n > CHANGES) {
        report_remark(r, too_many);
    } else {
        for (size_t i = 0; i < d->n; i++)
            put_change(r, t, d, &d->list[i]);
    }
    diff_destroy(&d);
}

/* --- the transfers that it would touch --- */

static const struct report_column of_affected[] = {REPORT_ENTRY, REPORT_TIME,
    REPORT_FROM, REPORT_TO, REPORT_KIND, REPORT_CASE_COLUMN,
    {"would_be", {"ZOU NU", "WOULD NOW"}, REPORT_COLUMN_WORD},
    {"lost", {"ERAF", "LOST"}, 0}, {"gained", {"ERBIJ", "GAINED"}, 0}};

static bool
windows_at(uint32_t *out, const struct agreement *a, uint64_t ms)
{
    unsigned minute;
    int64_t day;

    *out = 0;
    if (a->windows_n == 0)
        return true;
    if (!clock_local(a->timezone, ms, &minute, &day))
        return false;
    *out = agreement_windows_at(a, minute);
    return true;
}

/* False: the ledger does not tell enough of it. */
static bool
again(struct simulate_outcome *out, struct simulate *simulate,
    const struct evidence_share *s, const struct agreement *now)
{
    const struct agreement *was = s->text->agreement;
    struct simulate_share share = {.shared = true,
        .fields = s->fields,
        .wrapped = s->wrapped,
        .pending = s->pending};
    struct simulate_signal *signal;
    bool done = false;

    if (s->signal == NULL || s->in_text == NULL || s->facts_n > 0)
        return false;
    signal = calloc(1, sizeof *signal);
    if (signal == NULL)
        exit(5);
    *signal = (struct simulate_signal){.was = was,
        .sender = (uint16_t)agreement_party(was, slice_str(s->from)),
        .kind = (uint16_t)(s->in_text - was->kinds),
        .purpose = (uint16_t)agreement_purpose(was, slice_str(s->purpose)),
        .ground = (uint16_t)agreement_ground(was, slice_str(s->ground)),
        .presence = s->signal->presence,
        .classes = slice_of(s->signal->classes, s->signal->classes_n)};
    if (windows_at(&signal->windows_was, was, s->signal->time) &&
        windows_at(&signal->windows_now, now, s->signal->time) &&
        simulate_begin(simulate, signal, now) == DHK_OK) {
        simulate_party(out, simulate, slice_str(s->to), &share);
        done = true;
    }
    free(signal);
    return done;
}

static void
put_affected_row(struct report_table *t, const struct evidence_share *s,
    const struct simulate_outcome *o, const struct agreement *now)
{
    int kind = agreement_kind(now, slice_str(s->kind));
    json_t *row = report_row(t);

    report_put_share(row, s);
    json_build_text(row, "would_be",
        o->may_not && o->may_get ? "maybe be denied"
        : o->may_not             ? "be denied"
                                 : "go");
    put_change_fields(row, "lost", s->in_text, o->lost_most);
    put_change_fields(
        row, "gained", kind < 0 ? NULL : &now->kinds[kind], o->gained_most);
}

/* Whether S was decided by WAS, or a version since that is not NOW yet. */
static bool
is_before(const struct evidence_share *s, const struct evidence_text *was,
    const struct evidence_text *now)
{
    return s->text != NULL && s->text->index >= was->index &&
           s->text->index < now->index;
}

static void
put_affected(struct report *r, const struct evidence_text *was,
    const struct evidence_text *now)
{
    uint64_t untold = 0;
    struct simulate *simulate = malloc(sizeof *simulate);
    struct report_table *t = report_table(r, "affected",
        (struct report_words){"Verstrekkingen onder de oude versie die de "
                              "nieuwe anders zou beslissen",
            "Transfers under the old version that the new one would decide "
            "otherwise"},
        of_affected, sizeof of_affected / sizeof of_affected[0]);

    if (simulate == NULL)
        exit(5);
    for (size_t i = 0; i < r->e->shares_n; i++) {
        const struct evidence_share *s = &r->e->shares[i];
        struct simulate_outcome o;
        if (!is_before(s, was, now) ||
            (r->ask->until != 0 && !report_has_time(r, s->time)))
            continue;
        if (!again(&o, simulate, s, now->agreement))
            untold++;
        else if (!o.left_out &&
                 (o.may_not || o.lost_most != 0 || o.gained_most != 0))
            put_affected_row(t, s, &o, now->agreement);
    }
    free(simulate);
    report_count(r, "affected",
        (struct report_words){"Verstrekkingen die zij anders zou beslissen",
            "Transfers that it would decide otherwise"},
        json_array_size(t->rows));
    report_count(r, "untold",
        (struct report_words){"Waarvan het grootboek te weinig zegt",
            "Of which the ledger tells too little"},
        untold);
}

/* The version before T, or NULL. */
static const struct evidence_text *
before(const struct report *r, const struct evidence_text *t)
{
    for (size_t i = 1; i < r->e->agreements_n; i++) {
        if (r->e->agreements[i] == t)
            return r->e->agreements[i - 1];
    }
    return NULL;
}

static void
build_in_force(struct report *r)
{
    const struct evidence_text *now = evidence_in_force(r->e, r->now);
    const struct evidence_text *was;

    put_versions(r);
    put_in_force(
        r, "in_force", (struct report_words){"Van kracht", "In force"}, now);
    if (now != NULL)
        report_fact(r, "signed_by",
            (struct report_words){"Getekend door", "Signed by"}, 0,
            signers_of(now));
    was = r->ask->since != 0
              ? evidence_in_force(r->e, (uint64_t)r->ask->since * MS)
          : now != NULL ? before(r, now)
                        : NULL;
    put_in_force(
        r, "before", (struct report_words){"Daarvoor", "Before that"}, was);
    if (was == NULL || now == NULL || was == now || was->agreement == NULL ||
        now->agreement == NULL)
        return;
    put_changes(r, was, now);
    put_affected(r, was, now);
}

const struct report_spec report_force_in_force = {.name = "in-force",
    .number = "17",
    .title = {"Welk convenant van kracht was", "Which agreement was in force"},
    .question = {"Welke versie was van kracht op een tijdstip, wie tekende "
                 "haar, wat veranderde zij, en welke verstrekkingen raakt dat?",
        "Which version was in force at a time, who signed it, what did it "
        "change, and which transfers does that touch?"},
    .law = "Wpg 20(2)",
    .missing = {"", ""},
    .takes = REPORT_TIMES,
    .build = build_in_force};
