/* SPDX-License-Identifier: EUPL-1.2
 *
 * A report as a page that needs nothing but itself and runs no script. Every
 * text is escaped, also those of signed texts. */
#include "report.h"

#include <string.h>

#include "clock.h"
#include "html.h"
#include "report_style.h"

static void
tell(FILE *out, const struct report *r, const char *nl, const char *en)
{
    html_put(out, report_say(r, (struct report_words){nl, en}));
}

static void
put_head(FILE *out, const struct report *r)
{
    char root[2 * SEAL_HASH + 1];

    (void)fprintf(out,
        "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
        "<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
        "'none'; style-src 'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
        r->lang == RENDER_NL ? "nl" : "en");
    html_put(out, report_say(r, r->spec->title));
    bytes_hex(root, r->verified->head.root, SEAL_HASH);
    (void)fprintf(out,
        "</title>\n<style>\n%s@page { @bottom-left { content: \"%s, %s\" } }\n"
        "</style>\n</head>\n<body>\n",
        report_style, r->spec->name, root);
}

/* "<div><dt>nl or en</dt><dd>", for html_put() and "</dd></div>". */
static void
put_term(FILE *out, const struct report *r, const char *nl, const char *en)
{
    (void)fputs("<div><dt>", out);
    tell(out, r, nl, en);
    (void)fputs("</dt><dd>", out);
}

static void
end_term(FILE *out)
{
    (void)fputs("</dd></div>\n", out);
}

static void
put_code(FILE *out, const uint8_t *bytes, size_t n)
{
    char text[2 * SEAL_HASH + 1];

    bytes_hex(text, bytes, n);
    html_element(out, "code", text);
}

static void
put_moment(FILE *out, int64_t seconds)
{
    char text[21];

    clock_text(text, seconds);
    html_put(out, text);
}

static void
put_ask(FILE *out, const struct report *r)
{
    const struct report_ask *ask = r->ask;

    if (ask->has_case) {
        put_term(out, r, "Casus", "Case");
        put_code(out, ask->case_handle, sizeof ask->case_handle);
        end_term(out);
    }
    if (ask->has_card) {
        put_term(out, r, "Sleutelkaart", "Key card");
        put_code(out, ask->card, sizeof ask->card);
        end_term(out);
    }
    if (ask->partner != NULL) {
        put_term(out, r, "Partner", "Partner");
        html_put(out, ask->partner);
        end_term(out);
    }
    if (ask->since != 0) {
        put_term(out, r, "Vanaf", "Since");
        put_moment(out, ask->since);
        end_term(out);
    }
    if (ask->until != 0) {
        put_term(out, r, "Tot", "Until");
        put_moment(out, ask->until);
        end_term(out);
    }
}

static void
put_title(FILE *out, const struct report *r)
{
    (void)fputs("<header>\n", out);
    html_element(out, "h1", report_say(r, r->spec->title));
    html_element(out, "p class=\"question\"", report_say(r, r->spec->question));
    (void)fputs("\n<dl class=\"head\">\n", out);
    put_term(out, r, "Wet", "Law");
    html_put(out, r->spec->law);
    end_term(out);
    put_term(out, r, "Grootboek", "Ledger");
    html_put(out, r->e->origin);
    (void)fprintf(out, ", %llu ", (unsigned long long)r->e->entries);
    tell(out, r, "boekingen, geverifieerd; stand van ",
        "entries, verified; as it was at ");
    put_moment(out, (int64_t)(r->now / 1000));
    end_term(out);
    put_term(out, r, "Wortel", "Root");
    put_code(out, r->verified->head.root, SEAL_HASH);
    (void)fprintf(out, " (%llu)", (unsigned long long)r->verified->head.size);
    end_term(out);
    if (r->ask->purpose != NULL) {
        put_term(out, r, "Doel van de vraag", "Purpose");
        html_put(out, report_word(r, r->ask->purpose));
        end_term(out);
    }
    put_ask(out, r);
    (void)fputs("</dl>\n</header>\n<main>\n", out);
}

static void
put_missing(FILE *out, const struct report *r)
{
    if (r->remarks_n == 0)
        return;
    (void)fputs("<section class=\"missing\">\n<h2>", out);
    tell(out, r, "Wat dit niet zegt", "What this does not tell");
    (void)fputs("</h2>\n<ul>\n", out);
    for (size_t i = 0; i < r->remarks_n; i++) {
        html_element(out, "li", report_say(r, r->remark[i]));
        (void)fputc('\n', out);
    }
    (void)fputs("</ul>\n</section>\n", out);
}

static void
put_cell(FILE *out, const struct report *r, unsigned flags, const json_t *value)
{
    struct words w = {0};
    const char *text = "";

    report_cell(&w, r, flags, value);
    if (words_end(&w, &text) == DHK_OK)
        html_put(out, text);
    words_done(&w);
}

static void
put_fact(FILE *out, const struct report *r, size_t i)
{
    struct words w = {0};
    const char *text = "";

    report_fact_text(&w, r, i);
    if (words_end(&w, &text) == DHK_OK)
        html_put(out, text);
    words_done(&w);
}

static void
put_facts(FILE *out, const struct report *r)
{
    if (r->facts_n == 0)
        return;
    (void)fputs("<dl class=\"facts\">\n", out);
    for (size_t i = 0; i < r->facts_n; i++) {
        put_term(out, r, r->fact[i].title.nl, r->fact[i].title.en);
        put_fact(out, r, i);
        end_term(out);
    }
    (void)fputs("</dl>\n", out);
}

static void
put_row(FILE *out, const struct report *r, const struct report_table *t,
    const json_t *row)
{
    (void)fputs("<tr>", out);
    for (size_t i = 0; i < t->columns_n; i++) {
        const struct report_column *c = &t->columns[i];
        if ((c->flags & REPORT_COLUMN_RIGHT) != 0)
            (void)fputs("<td class=\"num\">", out);
        else
            (void)fputs((c->flags & REPORT_COLUMN_TIME) != 0
                            ? "<td class=\"time\">"
                            : "<td>",
                out);
        put_cell(out, r, c->flags, json_object_get(row, c->key));
        (void)fputs("</td>", out);
    }
    (void)fputs("</tr>\n", out);
}

static void
put_table(FILE *out, const struct report *r, const struct report_table *t)
{
    (void)fputs("<section>\n<h2>", out);
    html_put(out, report_say(r, t->title));
    (void)fputs("</h2>\n", out);
    if (json_array_size(t->rows) == 0) {
        (void)fputs("<p>", out);
        tell(out, r, "Geen.", "None.");
        (void)fputs("</p>\n</section>\n", out);
        return;
    }
    (void)fputs(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"",
        out);
    html_put(out, report_say(r, t->title));
    (void)fputs("\"><table>\n<thead><tr>", out);
    for (size_t i = 0; i < t->columns_n; i++)
        html_element(out,
            (t->columns[i].flags & REPORT_COLUMN_RIGHT) != 0
                ? "th scope=\"col\" class=\"num\""
                : "th scope=\"col\"",
            report_say(r, t->columns[i].title));
    (void)fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t i = 0; i < json_array_size(t->rows); i++)
        put_row(out, r, t, json_array_get(t->rows, i));
    (void)fputs("</tbody>\n</table></div>\n</section>\n", out);
}

void
report_html(FILE *out, const struct report *r)
{
    put_head(out, r);
    put_title(out, r);
    put_missing(out, r);
    put_facts(out, r);
    (void)fputs("<div class=\"charts\">\n", out);
    for (size_t i = 0; i < r->charts_n; i++)
        report_chart_svg(out, r, &r->chart[i]);
    (void)fputs("</div>\n", out);
    for (size_t i = 0; i < r->tables_n; i++)
        put_table(out, r, &r->table[i]);
    (void)fputs("</main>\n<footer>\n", out);
    if (report_has_categories(r))
        html_element(out, "p", report_say(r, report_letters));
    html_element(out, "p", report_say(r, report_laws));
    (void)fputs("\n</footer>\n</body>\n</html>\n", out);
}
