/* SPDX-License-Identifier: EUPL-1.2
 *
 * The matrix as text, and what all its forms have in common. */
#include "matrixpage.h"

#include <string.h>
#include <time.h>

#include "render_box.h"
#include "table.h"
#include "wrap_text.h"

enum { WIDTH = 80, INDENT = 4, LABEL = 12, NUMBER = 24 };

void
matrixpage_too_many(const struct cli *cli, const struct words *why)
{
    const char *text;
    if (words_end(why, &text) == DHK_OK && text[0] != '\0')
        cli_say(cli, "%s", text);
}

bool
matrixpage_shows(const struct matrixpage *p, const struct matrix_entry *e)
{
    return (p->from < 0 || e->sender == p->from) &&
           (p->to < 0 || e->recipient == p->to);
}

uint32_t
matrixpage_kept(const struct matrixpage *p, const struct matrix_entry *e)
{
    size_t n = p->file->agreement->kinds[e->kind].fields_n;
    uint32_t all = n < 32 ? (UINT32_C(1) << n) - 1 : UINT32_MAX;
    return all & ~e->always & ~e->sometimes;
}

const char *
matrixpage_say(const struct matrixpage *p, const char *nl, const char *en)
{
    return p->lang == RENDER_EN ? en : nl;
}

const char *
matrixpage_words(struct matrixpage *p, const struct words *w)
{
    const char *text;
    enum dhk_err rc = words_end(w, &text);
    if (p->rc == DHK_OK)
        p->rc = rc;
    return text;
}

const char *
matrixpage_share(
    const struct matrixpage *p, enum matrix_share share, bool plain)
{
    static const char *const nl[] = {"nooit", "soms", "altijd"};
    static const char *const en[] = {"never", "sometimes", "always"};
    return plain || p->lang == RENDER_EN ? en[share] : nl[share];
}

void
matrixpage_date(char *out, size_t n, const struct matrixpage *p, int64_t day)
{
    static const char *const nl[] = {"januari", "februari", "maart", "april",
        "mei", "juni", "juli", "augustus", "september", "oktober", "november",
        "december"};
    static const char *const en[] = {"January", "February", "March", "April",
        "May", "June", "July", "August", "September", "October", "November",
        "December"};
    time_t at = (time_t)(day * 86400);
    struct tm tm;
    (void)gmtime_r(&at, &tm);
    (void)snprintf(out, n, "%d %s %d", tm.tm_mday,
        (p->lang == RENDER_EN ? en : nl)[tm.tm_mon], tm.tm_year + 1900);
}

static void
take_box(struct matrixpage *p, const struct cells *c, const struct box *box,
    struct words words[3])
{
    const struct agreement *a = p->file->agreement;
    render_box_use(&words[0], a, box, CELLS_PURPOSE, p->lang);
    render_box_use(&words[1], a, box, CELLS_GROUND, p->lang);
    render_box_when(&words[2], c, a, box, p->lang);
}

void
matrixpage_rows(struct matrixpage *p, const struct matrix_entry *e,
    const struct matrix_case *one, matrixpage_take take, void *ctx)
{
    struct boxes *boxes = NULL;
    struct cells *c;
    enum dhk_err rc = matrix_boxes(&boxes, p->matrix, e, one);
    if (rc == DHK_OK)
        rc = matrix_turn(&c, p->matrix, e->kind);
    for (size_t i = 0; rc == DHK_OK && i < boxes_count(boxes); i++) {
        struct words words[3] = {{0}, {0}, {0}};
        take_box(p, c, boxes_at(boxes, i), words);
        const struct matrixpage_row row = {matrixpage_words(p, &words[0]),
            matrixpage_words(p, &words[1]), matrixpage_words(p, &words[2])};
        take(ctx, &row, i, boxes_count(boxes));
        for (size_t k = 0; k < 3; k++)
            words_done(&words[k]);
    }
    if (p->rc == DHK_OK)
        p->rc = rc;
    boxes_destroy(&boxes);
}

/* --- one case, in lines --------------------------------------------------- */

struct sheet {
    FILE *out;
    struct matrixpage *p;
};

/* "    label   text", the text broken at blanks. */
static void
line(FILE *out, const char *label, const char *text)
{
    size_t width = wrap_text_width(label, strlen(label));
    if (text[0] == '\0')
        return;
    (void)fprintf(out, "%*s%s%*s", INDENT, "", label,
        (int)(width < LABEL ? LABEL - width : 1), "");
    wrap_text_print(out, text, INDENT + LABEL, WIDTH);
}

static void
print_row(void *ctx, const struct matrixpage_row *row, size_t i, size_t n)
{
    struct sheet *sheet = ctx;
    const struct matrixpage *p = sheet->p;
    if (n > 1)
        (void)fprintf(sheet->out, "%*s%s\n", INDENT, "",
            i == 0 ? matrixpage_say(p, "een van deze:", "one of these:")
                   : matrixpage_say(p, "of:", "or:"));
    line(sheet->out, matrixpage_say(p, "doel", "purpose"), row->purposes);
    line(sheet->out, matrixpage_say(p, "grond", "ground"), row->grounds);
    line(sheet->out, matrixpage_say(p, "als", "if"), row->when);
}

static void
print_rule(FILE *out, const struct matrixpage *p, size_t rule)
{
    const struct agreement *a = p->file->agreement;
    struct words w = {0};
    const char *text;
    words_format(&w, "%s \"%s\"", agreement_rule_id(a, rule),
        agreement_rule_title(a, rule));
    if (words_end(&w, &text) == DHK_OK)
        line(out, matrixpage_say(p, "regel", "rule"), text);
    words_done(&w);
}

void
matrixpage_case(FILE *out, struct matrixpage *p, const struct matrix_entry *e,
    const struct matrix_case *one)
{
    struct sheet sheet = {out, p};
    struct words duties = {0};
    matrixpage_rows(p, e, one, print_row, &sheet);
    render_duties(&duties, p->file->agreement, &one->duties, p->lang);
    line(
        out, matrixpage_say(p, "plicht", "duty"), matrixpage_words(p, &duties));
    words_done(&duties);
    for (size_t i = 0; i < one->permits_n; i++)
        print_rule(out, p, one->permits[i]);
}

/* --- one way of giving ---------------------------------------------------- */

static void
print_fields(FILE *out, struct matrixpage *p, const char *label, uint16_t kind,
    uint32_t fields)
{
    struct words w = {0};
    if (fields == 0)
        return;
    render_fields(&w, p->file->agreement, kind, fields, p->lang);
    line(out, label, matrixpage_words(p, &w));
    words_done(&w);
}

static void
print_entry(FILE *out, struct matrixpage *p, const struct matrix_entry *e)
{
    const struct agreement *a = p->file->agreement;
    const char *also = matrixpage_say(p, "en ook", "and also");
    (void)fprintf(out, "\n%s -> %s: %s\n", a->parties[e->sender],
        a->parties[e->recipient], a->kinds[e->kind].name);
    print_fields(
        out, p, matrixpage_share(p, MATRIX_ALWAYS, false), e->kind, e->always);
    print_fields(out, p, matrixpage_share(p, MATRIX_SOMETIMES, false), e->kind,
        e->sometimes);
    print_fields(out, p, matrixpage_share(p, MATRIX_NEVER, false), e->kind,
        matrixpage_kept(p, e));
    for (size_t i = 0; i < e->cases_n; i++) {
        const struct matrix_case *one = &e->cases[i];
        if (e->cases_n > 1)
            (void)fprintf(out, "  %s %zu%s\n",
                matrixpage_say(p, "Geval", "Case"), i + 1,
                (one->fields & ~e->always) == 0 && e->sometimes != 0
                    ? matrixpage_say(p, ": alleen wat altijd mee mag",
                          ": only what always may")
                    : "");
        print_fields(out, p, also, e->kind,
            e->always == 0 ? 0 : one->fields & ~e->always);
        print_fields(out, p, matrixpage_say(p, "velden", "fields"), e->kind,
            e->always == 0 ? one->fields : 0);
        matrixpage_case(out, p, e, one);
    }
}

static enum dhk_err
add_line(
    struct table *t, const struct matrixpage *p, const struct matrix_entry *e)
{
    const struct agreement *a = p->file->agreement;
    char number[3][NUMBER];
    const uint32_t fields[] = {e->always, e->sometimes, matrixpage_kept(p, e)};
    for (size_t i = 0; i < 3; i++)
        (void)snprintf(number[i], NUMBER, "%d", __builtin_popcount(fields[i]));
    const char *const cells[] = {a->parties[e->sender],
        a->parties[e->recipient], a->kinds[e->kind].name, number[0], number[1],
        number[2], matrixpage_share(p, e->approval, false)};
    return table_row(t, cells);
}

static enum dhk_err
print_table(FILE *out, const struct matrixpage *p)
{
    const struct table_column columns[] = {
        {matrixpage_say(p, "VAN", "FROM"), 0},
        {matrixpage_say(p, "AAN", "TO"), 0},
        {matrixpage_say(p, "SOORT", "KIND"), 0},
        {matrixpage_say(p, "ALTIJD", "ALWAYS"), TABLE_RIGHT},
        {matrixpage_say(p, "SOMS", "SOMETIMES"), TABLE_RIGHT},
        {matrixpage_say(p, "NOOIT", "NEVER"), TABLE_RIGHT},
        {matrixpage_say(p, "AKKOORD VOORAF", "APPROVAL"), 0}};
    struct table *t;
    enum dhk_err rc =
        table_new(&t, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; rc == DHK_OK && i < matrix_count(p->matrix); i++)
        rc = add_line(t, p, matrix_at(p->matrix, i));
    if (rc == DHK_OK)
        rc = table_print(t, out);
    table_destroy(&t);
    return rc;
}

static void
print_legend(FILE *out, const struct matrixpage *p)
{
    (void)fputc('\n', out);
    wrap_text_print(out,
        matrixpage_say(p,
            "Geteld zijn velden. Altijd: het veld mag mee telkens als er van "
            "die soort iets mag worden gegeven. Soms: alleen in sommige van "
            "die gevallen. Nooit: in geen geval. Wanneer er iets mag, zeggen "
            "--from en --to.",
            "Numbers are of fields. Always: the field may go whenever "
            "anything of that kind may. Sometimes: in some of these cases "
            "only. Never: in no case. --from and --to tell when."),
        0, WIDTH);
}

enum dhk_err
matrixpage_text(FILE *out, struct matrixpage *p)
{
    const struct agreement *a = p->file->agreement;
    bool one = p->from >= 0 || p->to >= 0;
    size_t shown = 0;
    (void)fprintf(out, "%s: convenant %s, %s %u\n",
        matrixpage_say(p, "Wie mag wat aan wie geven",
            "Who may give what to "
            "whom"),
        a->name, matrixpage_say(p, "versie", "version"), a->version);
    for (size_t i = 0; i < matrix_count(p->matrix); i++) {
        const struct matrix_entry *e = matrix_at(p->matrix, i);
        if (!matrixpage_shows(p, e))
            continue;
        shown++;
        if (one)
            print_entry(out, p, e);
    }
    if (shown == 0) {
        (void)fprintf(out, "\n%s\n",
            matrixpage_say(p, "Niets: geen regel laat het toe.",
                "Nothing: no rule permits it."));
    } else if (!one) {
        (void)fputc('\n', out);
        enum dhk_err rc = print_table(out, p);
        p->rc = p->rc == DHK_OK ? rc : p->rc;
        print_legend(out, p);
    }
    (void)fprintf(out, "\nsha256:%s\n", p->file->sha256);
    return p->rc;
}
