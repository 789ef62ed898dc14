/* SPDX-License-Identifier: EUPL-1.2
 *
 * The descriptions on the page: for each kind which fields may go and when.
 * Most kinds go by several routes on the same terms; such routes are named
 * together and described once. Whether the terms are the same is seen from the
 * description itself. */
#include "matrixpage_html.h"

#include <stdlib.h>
#include <string.h>

#include "html.h"

static void
put(const struct sheet *s, const char *text)
{
    html_put(s->out, text);
}

/* --- one description ------------------------------------------------------ */

static void
put_fields(const struct sheet *s, const struct matrix_entry *e,
    enum matrix_share share, uint32_t fields)
{
    static const char *const mark[] = {"&#9633;", "&#9703;", "&#9632;"};
    static const char *const nl[] = {"Nooit", "Soms", "Altijd"};
    static const char *const en[] = {"Never", "Sometimes", "Always"};
    if (fields == 0)
        return;
    (void)fprintf(s->out,
        "<div><dt><span class=\"mark\" aria-hidden=\"true\">%s</span> ",
        mark[share]);
    matrixpage_tell(s, nl[share], en[share]);
    matrixpage_raw(s, "</dt><dd>");
    matrixpage_names(s, e->kind, fields);
    matrixpage_raw(s, "</dd></div>\n");
}

/* What goes in one case, by what goes always. */
static void
put_what(const struct sheet *s, const struct matrix_entry *e, uint32_t fields)
{
    uint32_t more = fields & ~e->always;
    if (e->always == 0) {
        matrixpage_names(s, e->kind, fields);
    } else if (e->sometimes == 0) {
        matrixpage_tell(s, "Wat altijd mee mag", "What always may");
    } else if (more == 0) {
        matrixpage_tell(s, "Alleen wat altijd mee mag", "Only what always may");
    } else {
        matrixpage_tell(
            s, "Wat altijd mee mag, en ook: ", "What always may, and also: ");
        matrixpage_names(s, e->kind, more);
    }
}

static void
put_duties(const struct sheet *s, const struct duties *duties)
{
    struct words w = {0};
    render_duties(&w, s->a, duties, s->p->lang);
    const char *text = matrixpage_words(s->p, &w);
    put(s, text[0] == '\0' ? matrixpage_say(s->p, "geen", "none") : text);
    words_done(&w);
}

static void
put_rules(const struct sheet *s, const struct matrix_case *one)
{
    for (size_t i = 0; i < one->permits_n; i++) {
        size_t rule = one->permits[i];
        (void)fprintf(s->out, "%s<b>%s</b> ", i > 0 ? "<br>" : "",
            agreement_rule_id(s->a, rule));
        put(s, agreement_rule_title(s->a, rule));
    }
}

/* The rows of one case: the first has the cells that they share. */
struct rows {
    const struct sheet *s;
    const struct matrix_entry *e;
    const struct matrix_case *one;
};

static void
put_row(void *ctx, const struct matrixpage_row *row, size_t i, size_t n)
{
    const struct rows *rows = ctx;
    const struct sheet *s = rows->s;
    matrixpage_raw(s, "<tr>");
    if (i == 0) {
        (void)fprintf(s->out, "<th scope=\"rowgroup\" rowspan=\"%zu\">", n);
        put_what(s, rows->e, rows->one->fields);
        matrixpage_raw(s, "</th>");
    }
    html_element(s->out, "td", row->purposes);
    html_element(s->out, "td", row->grounds);
    html_element(s->out, "td",
        row->when[0] != '\0' ? row->when
                             : matrixpage_say(s->p, "geen verdere voorwaarde",
                                   "no further condition"));
    if (i == 0) {
        (void)fprintf(s->out, "<td rowspan=\"%zu\">", n);
        put_duties(s, &rows->one->duties);
        (void)fprintf(s->out, "</td><td rowspan=\"%zu\">", n);
        put_rules(s, rows->one);
        matrixpage_raw(s, "</td>");
    }
    matrixpage_raw(s, "</tr>\n");
}

static void
put_cases(const struct sheet *s, const struct matrix_entry *e)
{
    static const char *const heads[][2] = {{"Wat", "What"},
        {"Voor welk doel", "For which purpose"},
        {"Op welke grond", "On which ground"}, {"Alleen als", "Only if"},
        {"Verplichtingen", "Obligations"}, {"Regel", "Rule"}};
    matrixpage_raw(s, "<table class=\"cases\">\n<caption>");
    if (e->cases_n == 1)
        matrixpage_tell(s, "Wanneer het mag. Elke rij volstaat.",
            "When it is allowed. Each row is enough.");
    else
        matrixpage_tell(s,
            "Wanneer wat mag. Voor elk signaal geldt hoogstens één rij.",
            "When what is allowed. At most one row holds for each signal.");
    matrixpage_raw(s, "</caption>\n<thead><tr>");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        matrixpage_element(s, "th scope=\"col\"", heads[i][0], heads[i][1]);
    matrixpage_raw(s, "</tr></thead>\n");
    for (size_t i = 0; i < e->cases_n; i++) {
        struct rows rows = {s, e, &e->cases[i]};
        matrixpage_raw(s, "<tbody>\n");
        matrixpage_rows(s->p, e, &e->cases[i], put_row, &rows);
        matrixpage_raw(s, "</tbody>\n");
    }
    matrixpage_raw(s, "</table>\n");
}

static void
put_approval(const struct sheet *s, const struct matrix_entry *e)
{
    if (e->approval == MATRIX_NEVER)
        return;
    matrixpage_raw(
        s, "<p><strong><span class=\"mark\" aria-hidden=\"true\">+</span> ");
    if (e->approval == MATRIX_ALWAYS)
        matrixpage_tell(s, "Hiervoor is altijd vooraf akkoord nodig.",
            "This always needs approval beforehand.");
    else
        matrixpage_tell(s, "Hiervoor is soms vooraf akkoord nodig.",
            "This sometimes needs approval beforehand.");
    matrixpage_raw(s, "</strong></p>\n");
}

static void
describe(const struct sheet *s, const struct matrix_entry *e)
{
    put_approval(s, e);
    matrixpage_raw(s, "<dl class=\"fields\">\n");
    put_fields(s, e, MATRIX_ALWAYS, e->always);
    put_fields(s, e, MATRIX_SOMETIMES, e->sometimes);
    put_fields(s, e, MATRIX_NEVER, matrixpage_kept(s->p, e));
    matrixpage_raw(s, "</dl>\n");
    put_cases(s, e);
}

/* --- groups --------------------------------------------------------------- */

static enum dhk_err
text_of(char **out, const struct sheet *s, const struct matrix_entry *e)
{
    struct sheet own = *s;
    size_t n;
    *out = NULL;
    own.out = open_memstream(out, &n);
    if (own.out == NULL)
        return DHK_NOMEM;
    describe(&own, e);
    if (fclose(own.out) == 0)
        return DHK_OK;
    free(*out);
    *out = NULL;
    return DHK_NOMEM;
}

/* Puts the entry among those with the same description, TEXT, which it takes.
 * The texts of its kind are LIST, one for each group. */
static size_t
join(char **list, size_t *n, char *text)
{
    for (size_t i = 0; i < *n; i++) {
        if (strcmp(list[i], text) == 0) {
            free(text);
            return i + 1;
        }
    }
    list[(*n)++] = text;
    return *n;
}

static enum dhk_err
group_kind(struct sheet *s, size_t kind, char **list, size_t *n)
{
    enum dhk_err rc = DHK_OK;
    *n = 0;
    for (size_t i = 0; rc == DHK_OK && i < matrix_count(s->p->matrix); i++) {
        const struct matrix_entry *e = matrix_at(s->p->matrix, i);
        char *text;
        if (e->kind != kind || !matrixpage_shows(s->p, e))
            continue;
        rc = text_of(&text, s, e);
        if (rc == DHK_OK)
            s->group[i] = join(list, n, text);
    }
    return rc;
}

enum dhk_err
matrixpage_group(struct sheet *s)
{
    size_t all = matrix_count(s->p->matrix);
    char **list = calloc(all + 1, sizeof *list);
    enum dhk_err rc = DHK_OK;
    s->group = calloc(all + 1, sizeof *s->group);
    s->text_n = all + s->a->kinds_n + 1;
    s->text = calloc(s->text_n, sizeof *s->text);
    if (list == NULL || s->group == NULL || s->text == NULL)
        rc = DHK_NOMEM;
    for (size_t k = 0, at = 0; rc == DHK_OK && k < s->a->kinds_n; k++) {
        size_t n;
        rc = group_kind(s, k, list, &n);
        memcpy(s->text + at, list, n * sizeof *list);
        at += n + 1; /* a NULL after each kind's */
    }
    free(list);
    return rc;
}

/* --- routes --------------------------------------------------------------- */

/* The routes of one group: by sender the set of recipients. */
struct routes {
    uint64_t to[LIMIT_PARTIES];
    uint64_t senders, recipients;
};

static void
find_routes(
    struct routes *out, const struct sheet *s, size_t kind, size_t group)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < matrix_count(s->p->matrix); i++) {
        const struct matrix_entry *e = matrix_at(s->p->matrix, i);
        if (e->kind != kind || s->group[i] != group)
            continue;
        out->to[e->sender] |= UINT64_C(1) << e->recipient;
        out->senders |= UINT64_C(1) << e->sender;
        out->recipients |= UINT64_C(1) << e->recipient;
    }
}

/* Whether each of the senders gives to all of the recipients but itself. */
static bool
is_full(const struct routes *r)
{
    for (uint64_t left = r->senders; left != 0; left &= left - 1) {
        unsigned from = (unsigned)__builtin_ctzll(left);
        if (r->to[from] != (r->recipients & ~(UINT64_C(1) << from)))
            return false;
    }
    return true;
}

static void
put_parties(const struct sheet *s, const char *word, uint64_t set)
{
    struct words w = {0};
    render_parties(&w, s->a, set, s->p->lang);
    put(s, word);
    put(s, " ");
    put(s, matrixpage_words(s->p, &w));
    words_done(&w);
}

static void
put_route(const struct sheet *s, uint64_t from, uint64_t to)
{
    put_parties(s, matrixpage_say(s->p, "van", "from"), from);
    put_parties(s, matrixpage_say(s->p, " aan", " to"), to);
}

/* Senders with the same recipients together. */
static void
put_routes(const struct sheet *s, const struct routes *r)
{
    const char *gap = "";
    if (is_full(r)) {
        put_route(s, r->senders, r->recipients);
        if ((r->senders & r->recipients) != 0)
            matrixpage_tell(s, ", niet aan zichzelf", ", not to itself");
        return;
    }
    for (uint64_t left = r->senders; left != 0;) {
        uint64_t to = r->to[__builtin_ctzll(left)];
        uint64_t from = 0;
        for (size_t i = 0; i < s->a->parties_n; i++)
            from |= (uint64_t)(r->to[i] == to) << i;
        put(s, gap);
        put_route(s, from, to);
        gap = "; ";
        left &= ~from;
    }
}

void
matrixpage_anchor(const struct sheet *s, size_t i)
{
    const struct matrix_entry *e = matrix_at(s->p->matrix, i);
    (void)fprintf(
        s->out, "kind_%s--%zu", s->a->kinds[e->kind].name, s->group[i]);
}

static void
put_group(const struct sheet *s, size_t kind, size_t group, const char *text)
{
    struct routes routes;
    find_routes(&routes, s, kind, group);
    (void)fprintf(s->out, "<section class=\"terms\" id=\"kind_%s--%zu\">\n<h4>",
        s->a->kinds[kind].name, group);
    put_routes(s, &routes);
    (void)fprintf(s->out, "</h4>\n%s</section>\n", text);
}

void
matrixpage_kinds(const struct sheet *s)
{
    char **text = s->text;
    for (size_t k = 0; k < s->a->kinds_n; k++, text++) {
        if (*text == NULL)
            continue;
        (void)fprintf(s->out,
            "<h3>%s <a class=\"up\" href=\"#top\">%s</a></h3>\n",
            s->a->kinds[k].name,
            matrixpage_say(s->p, "naar het overzicht", "to the overview"));
        for (size_t group = 1; *text != NULL; text++)
            put_group(s, k, group++, *text);
    }
}
