/* SPDX-License-Identifier: EUPL-1.2
 *
 * The matrix as a page: an overview, then every way of giving with its fields
 * and conditions. Nothing on it comes from elsewhere and it runs no script;
 * marks and words say what shades do, so that it can be printed in black. Every
 * text of the agreement is escaped. */
#include "matrixpage_html.h"

#include <stdlib.h>

#include "html.h"
#include "matrixpage_style.h"

enum {
    FEW_COLUMNS = 8, /* kinds are named in the overview up to here */
    DATE = 40,
};

void
matrixpage_raw(const struct sheet *s, const char *text)
{
    (void)fputs(text, s->out);
}

void
matrixpage_tell(const struct sheet *s, const char *nl, const char *en)
{
    html_put(s->out, matrixpage_say(s->p, nl, en));
}

void
matrixpage_element(
    const struct sheet *s, const char *tag, const char *nl, const char *en)
{
    html_element(s->out, tag, matrixpage_say(s->p, nl, en));
}

void
matrixpage_names(const struct sheet *s, uint16_t kind, uint32_t fields)
{
    struct words w = {0};
    render_fields(&w, s->a, kind, fields, s->p->lang);
    html_put(s->out, matrixpage_words(s->p, &w));
    words_done(&w);
}

/* --- head ----------------------------------------------------------------- */

static void
put_head(const struct sheet *s)
{
    (void)fprintf(s->out,
        "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
        "<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
        "'none'; style-src 'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
        matrixpage_say(s->p, "nl", "en"));
    matrixpage_tell(
        s, "Wie mag wat aan wie geven", "Who may give what to whom");
    (void)fprintf(s->out, ": %s %u</title>\n<style>\n%s", s->a->name,
        s->a->version, matrixpage_style);
    (void)fprintf(s->out,
        "@page { @bottom-left { content: \"convenant %s, %s %u, "
        "sha256:%s\" } }\n</style>\n</head>\n",
        s->a->name, matrixpage_say(s->p, "versie", "version"), s->a->version,
        s->p->file->sha256);
}

static void
put_fact(const struct sheet *s, const char *nl, const char *en)
{
    matrixpage_raw(s, "<div>");
    matrixpage_element(s, "dt", nl, en);
    matrixpage_raw(s, "<dd>");
}

static void
put_facts(const struct sheet *s)
{
    char from[DATE];
    char until[DATE];
    matrixpage_date(from, sizeof from, s->p, s->a->valid_from);
    matrixpage_date(until, sizeof until, s->p, s->a->valid_until);
    matrixpage_raw(s, "<dl class=\"facts\">\n");
    put_fact(s, "Convenant", "Agreement");
    (void)fprintf(s->out, "%s, %s %u</dd></div>\n", s->a->name,
        matrixpage_say(s->p, "versie", "version"), s->a->version);
    put_fact(s, "Geldig", "Valid");
    (void)fprintf(s->out, "%s %s %s %s</dd></div>\n",
        matrixpage_say(s->p, "van", "from"), from,
        matrixpage_say(s->p, "tot", "until"), until);
    put_fact(s, "Ondertekenaars", "Signatories");
    for (size_t i = 0; i < s->a->signatories_n; i++)
        (void)fprintf(s->out, "%s%s", i > 0 ? ", " : "",
            s->a->parties[s->a->signatories[i]]);
    matrixpage_raw(s, "</dd></div>\n");
    put_fact(s, "Vingerafdruk van de tekst", "Fingerprint of the text");
    (void)fprintf(s->out, "<code>sha256:%s</code></dd></div>\n</dl>\n",
        s->p->file->sha256);
}

static void
put_title(const struct sheet *s)
{
    matrixpage_raw(s, "<header>\n");
    matrixpage_element(
        s, "h1", "Wie mag wat aan wie geven", "Who may give what to whom");
    matrixpage_raw(s, "\n");
    put_facts(s);
    matrixpage_raw(s, "<p>");
    matrixpage_tell(s,
        "Deze bladzijde is gemaakt uit de regels van het convenant zelf, en "
        "klopt voor elk signaal dat ooit kan worden verzonden. Wat hier niet "
        "staat, mag niet.",
        "This page is made from the rules of the agreement itself, and holds "
        "for every signal that can ever be sent. What is not here, is not "
        "allowed.");
    if (s->p->from >= 0 || s->p->to >= 0) {
        matrixpage_raw(s, " <strong>");
        matrixpage_tell(
            s, "Getoond is alleen wat er gaat", "Shown is only what goes");
        if (s->p->from >= 0)
            (void)fprintf(s->out, " %s %s", matrixpage_say(s->p, "van", "from"),
                s->a->parties[s->p->from]);
        if (s->p->to >= 0)
            (void)fprintf(s->out, " %s %s", matrixpage_say(s->p, "aan", "to"),
                s->a->parties[s->p->to]);
        matrixpage_raw(s, ".</strong>");
    }
    matrixpage_raw(s, "</p>\n</header>\n<main>\n");
}

/* --- the overview --------------------------------------------------------- */

static size_t
count_kinds(const struct sheet *s, size_t from, size_t to)
{
    size_t n = 0;
    for (size_t k = 0; k < s->a->kinds_n; k++)
        n += matrix_find(s->p->matrix, (uint16_t)from, (uint16_t)to,
                 (uint16_t)k) != NULL;
    return n;
}

/* The kind, as a link to its description. */
static void
put_kind(const struct sheet *s, size_t i)
{
    const struct matrix_entry *e = matrix_at(s->p->matrix, i);
    (void)fprintf(s->out, "<span class=\"mark\" aria-hidden=\"true\">%s%s",
        e->sometimes == 0 ? "&#9632;" : "&#9703;",
        e->approval == MATRIX_NEVER ? "" : "+");
    matrixpage_raw(s, "</span> <a href=\"#");
    matrixpage_anchor(s, i);
    (void)fprintf(s->out, "\">%s</a>", s->a->kinds[e->kind].name);
}

static bool
is_between(const struct sheet *s, size_t i, size_t from, size_t to)
{
    const struct matrix_entry *e = matrix_at(s->p->matrix, i);
    return e->sender == from && e->recipient == to;
}

static void
put_named(const struct sheet *s, size_t from, size_t to)
{
    matrixpage_raw(s, "<ul>");
    for (size_t i = 0; i < matrix_count(s->p->matrix); i++) {
        if (!is_between(s, i, from, to))
            continue;
        matrixpage_raw(s, "<li>");
        put_kind(s, i);
        matrixpage_raw(s, "</li>");
    }
    matrixpage_raw(s, "</ul>");
}

static void
put_count(const struct sheet *s, size_t from, size_t to, size_t n)
{
    (void)fprintf(s->out,
        "<a href=\"#pair_%s--%s\" aria-label=\"%s %s %s: %zu\">%zu</a>",
        s->a->parties[from], s->a->parties[to], s->a->parties[from],
        matrixpage_say(s->p, "aan", "to"), s->a->parties[to], n, n);
}

/* Whether a box of the overview has room for the names of kinds. */
static bool
has_room(const struct sheet *s)
{
    return s->p->to >= 0 || s->a->parties_n <= FEW_COLUMNS;
}

static void
put_cell(const struct sheet *s, size_t from, size_t to)
{
    size_t n = count_kinds(s, from, to);
    if (from == to) {
        matrixpage_raw(s, "<td class=\"self\"><span class=\"unseen\">");
        matrixpage_tell(s, "zichzelf", "itself");
        matrixpage_raw(s, "</span></td>");
    } else if (n == 0) {
        matrixpage_raw(s,
            "<td class=\"none\"><span aria-hidden=\"true\">&#8211;</span>"
            "<span class=\"unseen\">");
        matrixpage_tell(s, "niets", "nothing");
        matrixpage_raw(s, "</span></td>");
    } else {
        matrixpage_raw(s, "<td class=\"some\">");
        if (has_room(s))
            put_named(s, from, to);
        else
            put_count(s, from, to, n);
        matrixpage_raw(s, "</td>");
    }
}

static bool
is_row(const struct sheet *s, size_t party)
{
    return s->p->from < 0 || (size_t)s->p->from == party;
}

static bool
is_column(const struct sheet *s, size_t party)
{
    return s->p->to < 0 || (size_t)s->p->to == party;
}

static void
put_grid(const struct sheet *s)
{
    bool few = has_room(s);
    (void)fprintf(s->out,
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
        "aria-labelledby=\"grid\"><table class=\"grid%s\">\n<caption "
        "id=\"grid\">",
        few ? "" : " many");
    if (few)
        matrixpage_tell(s,
            "Per rij de gever, per kolom de ontvanger, in het vak de "
            "soorten signaal die mogen.",
            "A row for each giver, a column for each receiver, in the box the "
            "kinds of signal that are allowed.");
    else
        matrixpage_tell(s,
            "Per rij de gever, per kolom de ontvanger, in het vak hoeveel "
            "soorten signaal mogen.",
            "A row for each giver, a column for each receiver, in the box how "
            "many kinds of signal are allowed.");
    matrixpage_raw(s, "</caption>\n<thead><tr><th scope=\"col\">");
    matrixpage_tell(s, "van \xe2\x86\x93 aan \xe2\x86\x92",
        "from \xe2\x86\x93 to \xe2\x86\x92");
    matrixpage_raw(s, "</th>");
    for (size_t to = 0; to < s->a->parties_n; to++) {
        if (is_column(s, to))
            (void)fprintf(s->out, "<th scope=\"col\"><span>%s</span></th>",
                s->a->parties[to]);
    }
    matrixpage_raw(s, "</tr></thead>\n<tbody>\n");
    for (size_t from = 0; from < s->a->parties_n; from++) {
        if (!is_row(s, from))
            continue;
        (void)fprintf(
            s->out, "<tr><th scope=\"row\">%s</th>", s->a->parties[from]);
        for (size_t to = 0; to < s->a->parties_n; to++) {
            if (is_column(s, to))
                put_cell(s, from, to);
        }
        matrixpage_raw(s, "</tr>\n");
    }
    matrixpage_raw(s, "</tbody>\n</table></div>\n");
}

static void
put_term(const struct sheet *s, const char *mark, const char *const term[2],
    const char *nl, const char *en)
{
    (void)fprintf(s->out,
        "<div><dt><span class=\"mark\" aria-hidden=\"true\">%s</span> ", mark);
    matrixpage_tell(s, term[0], term[1]);
    matrixpage_raw(s, "</dt>");
    matrixpage_element(s, "dd", nl, en);
    matrixpage_raw(s, "</div>\n");
}

static void
put_legend(const struct sheet *s)
{
    static const char *const always[] = {"Altijd", "Always"};
    static const char *const sometimes[] = {"Soms", "Sometimes"};
    static const char *const never[] = {"Nooit", "Never"};
    static const char *const approval[] = {"Akkoord vooraf", "Approval"};
    matrixpage_raw(s, "<dl class=\"legend\">\n");
    put_term(s, "&#9632;", always,
        "Een veld dat mee mag telkens als er van deze soort iets mag worden "
        "gegeven. Bij een soort: zo is het met alle velden die mee mogen.",
        "A field that may go whenever anything of this kind may be given. At "
        "a kind: so it is with all fields that may go.");
    put_term(s, "&#9703;", sometimes,
        "Een veld dat alleen in sommige van die gevallen mee mag. Bij een "
        "soort: er zijn zulke velden.",
        "A field that may go in some of these cases only. At a kind: there "
        "are such fields.");
    put_term(s, "&#9633;", never, "Een veld dat in geen enkel geval mee mag.",
        "A field that may go in no case at all.");
    put_term(s, "+", approval,
        "Het signaal wacht, altijd of soms, tot wie daarvoor is aangewezen "
        "akkoord geeft.",
        "The signal waits, always or sometimes, until those named approve.");
    matrixpage_raw(s, "</dl>\n");
}

/* --- every way of giving -------------------------------------------------- */

/* How many entries from I on have its route. */
static size_t
count_route(const struct sheet *s, size_t i)
{
    const struct matrix_entry *e = matrix_at(s->p->matrix, i);
    size_t n = 0;
    while (i + n < matrix_count(s->p->matrix) &&
           is_between(s, i + n, e->sender, e->recipient))
        n++;
    return n;
}

static void
put_some(const struct sheet *s, uint16_t kind, uint32_t fields)
{
    matrixpage_raw(s, "<td>");
    if (fields == 0)
        matrixpage_raw(s, "&#8211;");
    else
        matrixpage_names(s, kind, fields);
    matrixpage_raw(s, "</td>");
}

static void
put_way(const struct sheet *s, size_t i, bool first)
{
    const struct matrix_entry *e = matrix_at(s->p->matrix, i);
    matrixpage_raw(s, "<tr>");
    if (first)
        (void)fprintf(s->out,
            "<th scope=\"rowgroup\" id=\"pair_%s--%s\" rowspan=\"%zu\">%s %s"
            "</th>",
            s->a->parties[e->sender], s->a->parties[e->recipient],
            count_route(s, i), matrixpage_say(s->p, "aan", "to"),
            s->a->parties[e->recipient]);
    matrixpage_raw(s, "<th scope=\"row\">");
    put_kind(s, i);
    matrixpage_raw(s, "</th>");
    put_some(s, e->kind, e->always);
    put_some(s, e->kind, e->sometimes);
    html_element(s->out, "td", matrixpage_share(s->p, e->approval, false));
    matrixpage_raw(s, "</tr>\n");
}

static void
begin_giver(const struct sheet *s, uint16_t sender)
{
    static const char *const heads[][2] = {{"Aan wie", "To whom"},
        {"Soort signaal", "Kind of signal"}, {"Altijd", "Always"},
        {"Soms", "Sometimes"}, {"Akkoord vooraf", "Approval"}};
    (void)fprintf(s->out,
        "<table class=\"ways\">\n<caption>%s %s %s</caption>\n"
        "<thead><tr>",
        matrixpage_say(s->p, "Wat", "What"), s->a->parties[sender],
        matrixpage_say(s->p, "mag geven", "may give"));
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        matrixpage_element(s, "th scope=\"col\"", heads[i][0], heads[i][1]);
    matrixpage_raw(s, "</tr></thead>\n");
}

/* A table for each giver; entries come by giver and receiver. */
static void
put_ways(const struct sheet *s)
{
    const struct matrix_entry *last = NULL;
    matrixpage_element(
        s, "h2", "Wat elke partij mag geven", "What each party may give");
    matrixpage_raw(s, "\n");
    for (size_t i = 0; i < matrix_count(s->p->matrix); i++) {
        const struct matrix_entry *e = matrix_at(s->p->matrix, i);
        if (!matrixpage_shows(s->p, e))
            continue;
        bool giver = last == NULL || last->sender != e->sender;
        bool first = giver || last->recipient != e->recipient;
        if (last != NULL && first)
            matrixpage_raw(s, "</tbody>\n");
        if (last != NULL && giver)
            matrixpage_raw(s, "</table>\n");
        if (giver)
            begin_giver(s, e->sender);
        if (first)
            matrixpage_raw(s, "<tbody>\n");
        put_way(s, i, first);
        last = e;
    }
    if (last != NULL)
        matrixpage_raw(s, "</tbody>\n</table>\n");
    else
        matrixpage_element(s, "p", "Niets: geen regel laat het toe.",
            "Nothing: no rule permits it.");
}

/* --- what nobody gets ----------------------------------------------------- */

static uint32_t
goes(const struct sheet *s, size_t kind)
{
    uint32_t some = 0;
    for (size_t i = 0; i < matrix_count(s->p->matrix); i++) {
        const struct matrix_entry *e = matrix_at(s->p->matrix, i);
        some |= e->kind == kind ? e->always | e->sometimes : 0;
    }
    return some;
}

/* Left out when only some of the parties are shown. */
static void
put_kept(const struct sheet *s)
{
    matrixpage_element(
        s, "h2", "Velden die niemand krijgt", "Fields that nobody gets");
    matrixpage_raw(s, "\n<dl class=\"kept\">\n");
    for (size_t k = 0; k < s->a->kinds_n; k++) {
        size_t n = s->a->kinds[k].fields_n;
        uint32_t all = n < 32 ? (UINT32_C(1) << n) - 1 : UINT32_MAX;
        uint32_t kept = all & ~goes(s, k);
        if (kept == 0)
            continue;
        (void)fprintf(s->out, "<div><dt>%s</dt><dd>", s->a->kinds[k].name);
        matrixpage_names(s, (uint16_t)k, kept);
        matrixpage_raw(s, "</dd></div>\n");
    }
    matrixpage_raw(s, "</dl>\n");
}

static void
put_page(const struct sheet *s)
{
    put_head(s);
    matrixpage_raw(s, "<body id=\"top\">\n");
    put_title(s);
    matrixpage_element(s, "h2", "Overzicht", "Overview");
    matrixpage_raw(s, "\n");
    put_grid(s);
    put_legend(s);
    put_ways(s);
    matrixpage_element(s, "h2", "Wanneer het mag, per soort signaal",
        "When it is allowed, by kind of signal");
    matrixpage_raw(s, "\n");
    matrixpage_kinds(s);
    if (s->p->from < 0 && s->p->to < 0)
        put_kept(s);
    matrixpage_raw(s, "</main>\n</body>\n</html>\n");
}

enum dhk_err
matrixpage_html(FILE *out, struct matrixpage *p)
{
    struct sheet s = {.out = out, .p = p, .a = p->file->agreement};
    enum dhk_err rc = matrixpage_group(&s);
    if (rc == DHK_OK)
        put_page(&s);
    for (size_t i = 0; s.text != NULL && i < s.text_n; i++)
        free(s.text[i]);
    free(s.text);
    free(s.group);
    return rc == DHK_OK ? p->rc : rc;
}
