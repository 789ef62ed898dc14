/* SPDX-License-Identifier: EUPL-1.2
 *
 * The sentences of an agreement for people and for programs. */
#include "policyrender.h"

#include "wrap_text.h"

#include <string.h>

enum { WIDTH = 78, INDENT = 2, BESIDE = 20, QUOTED = 512 };

static const char *const words[] = {[RENDER_NL] = "nl", [RENDER_EN] = "en"};

bool
policyrender_lang(
    const struct cli *cli, enum render_lang *out, const char *word)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(word, words[i]) == 0) {
            *out = (enum render_lang)i;
            return true;
        }
    }
    (void)cli_wrong(cli, "--lang wants nl or en, not '%s'", word);
    return false;
}

struct sheet {
    FILE *out;
    enum render_lang lang;
    bool begun;
    enum render_section section; /* written last */
};

static void
heading(struct sheet *sheet, enum render_section section)
{
    const char *text = render_heading(section, sheet->lang);
    if (sheet->begun && sheet->section == section)
        return;
    (void)fprintf(sheet->out, "%s%s\n", sheet->begun ? "\n" : "", text);
    for (size_t i = wrap_text_width(text, strlen(text)); i > 0; i--)
        (void)fputc('-', sheet->out);
    (void)fputc('\n', sheet->out);
    sheet->begun = true;
    sheet->section = section;
}

/* A name, with its title beside it, or below it when the name is long. */
static void
name_line(FILE *out, const struct render_paragraph *p)
{
    char quoted[QUOTED];
    size_t indent = strlen(p->id) + INDENT;
    (void)fprintf(out, "\n%s", p->id);
    if (p->title == NULL) {
        (void)fputc('\n', out);
        return;
    }
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", p->title);
    if (indent > BESIDE) {
        indent = INDENT;
        (void)fputc('\n', out);
    }
    (void)fprintf(out, "%*s", INDENT, "");
    wrap_text_print(out, quoted, indent, WIDTH);
}

static void
take(void *ctx, const struct render_paragraph *p)
{
    struct sheet *sheet = ctx;
    heading(sheet, p->section);
    if (p->id != NULL)
        name_line(sheet->out, p);
    else
        (void)fputc('\n', sheet->out);
    if (p->text[0] != '\0') {
        (void)fprintf(sheet->out, "%*s", INDENT, "");
        wrap_text_print(sheet->out, p->text, INDENT, WIDTH);
    }
}

enum dhk_err
policyrender_print(FILE *out, const struct policyfile *f, enum render_lang lang)
{
    struct sheet sheet = {.out = out, .lang = lang};
    enum dhk_err rc = render_agreement(f->agreement, lang, take, &sheet);
    if (rc != DHK_OK)
        return rc;
    (void)fprintf(out, "\n%s\nsha256:%s\n",
        lang == RENDER_EN
            ? "Made from the rules of the text that is signed, with hash"
            : "Gemaakt uit de regels van de tekst die wordt ondertekend, met "
              "hash",
        f->sha256);
    return DHK_OK;
}

static void
add(void *ctx, const struct render_paragraph *p)
{
    json_t *o = json_build_object();
    json_build_text(o, "section", render_section_word(p->section));
    if (p->id != NULL)
        json_build_text(o, "id", p->id);
    else
        json_build_null(o, "id");
    if (p->title != NULL)
        json_build_text(o, "title", p->title);
    else
        json_build_null(o, "title");
    json_build_text(o, "text", p->text);
    json_build_add(ctx, o);
}

enum dhk_err
policyrender_json(
    json_t **out, const struct policyfile *f, enum render_lang lang)
{
    const struct agreement *a = f->agreement;
    json_t *paragraphs = json_build_array();
    enum dhk_err rc = render_agreement(a, lang, add, paragraphs);
    *out = json_build_object();
    json_build_text(*out, "name", a->name);
    json_build_uint(*out, "version", a->version);
    json_build_text(*out, "sha256", f->sha256);
    json_build_text(*out, "lang", words[lang]);
    json_build_put(*out, "paragraphs", paragraphs);
    return rc;
}
