/* SPDX-License-Identifier: EUPL-1.2
 *
 * A whole agreement, paragraph by paragraph; see render.h. */
#include "render.h"

#include <string.h>

#include "render_parts.h"
#include "rule.h"

struct writer {
    struct words words;
    struct pen pen; /* writes on words */
    enum render_section section;
    render_take take;
    void *ctx;
    bool no_memory;
};

/* Hands over what was written, as a paragraph. */
static void
give(struct writer *wr, const char *id, const char *title)
{
    struct render_paragraph p = {wr->section, id, title, NULL};

    wr->no_memory |= words_end(&wr->words, &p.text) != DHK_OK;
    if (!wr->no_memory) {
        wr->take(wr->ctx, &p);
    }
    words_done(&wr->words);
}

static void
add_date(const struct pen *pen, int64_t day)
{
    static const char *const months[][2] = {
        {"januari", "January"},
        {"februari", "February"},
        {"maart", "March"},
        {"april", "April"},
        {"mei", "May"},
        {"juni", "June"},
        {"juli", "July"},
        {"augustus", "August"},
        {"september", "September"},
        {"oktober", "October"},
        {"november", "November"},
        {"december", "December"},
    };
    struct agreement_date date = agreement_date(day);

    words_format(pen->w, "%d %s %d", date.day,
        months[date.month - 1][pen->lang], date.year);
}

static void
header(struct writer *wr)
{
    const struct pen *pen = &wr->pen;
    const struct agreement *a = pen->a;
    struct render_list list = {.link = RENDER_AND, .left = a->signatories_n};
    char hex[2 * sizeof a->supersedes + 1];

    render_say(pen, "Dit is versie ", "This is version ");
    words_format(pen->w, "%u", a->version);
    render_say(pen, " van het convenant ", " of the agreement ");
    words_add(pen->w, a->name);
    render_say(pen, ". Het geldt van ", ". It is valid from ");
    add_date(pen, a->valid_from);
    render_say(pen, ", 0.00 uur, tot ", ", 00:00, until ");
    add_date(pen, a->valid_until);
    render_say(
        pen, ", 0.00 uur, in de tijdzone ", ", 00:00, in the time zone ");
    render_quote(pen, a->timezone);
    if (a->has_supersedes) {
        bytes_hex(hex, a->supersedes, sizeof a->supersedes);
        render_say(pen, ". Het vervangt de tekst met SHA-256 ",
            ". It supersedes the text with SHA-256 ");
        words_add(pen->w, hex);
    }
    render_say(pen, ". Ondertekenaars: ", ". Signatories: ");
    for (size_t i = 0; i < a->signatories_n; i++) {
        render_next(pen, &list);
        words_add(pen->w, a->parties[a->signatories[i]]);
    }
    render_say(pen,
        ". Zonder de handtekening van ieder van hen geldt het niet.",
        ". Without the signature of each of them it does not apply.");
    give(wr, a->name, NULL);
}

static void
parties(struct writer *wr)
{
    render_say(&wr->pen, "De partijen zijn: ", "The parties are: ");
    render_set(&wr->pen, render_all(wr->pen.a->parties_n), render_party_name,
        RENDER_AND);
    words_add(wr->pen.w, ".");
    give(wr, NULL, NULL);
}

static void
purposes(struct writer *wr)
{
    const struct agreement *a = wr->pen.a;

    for (size_t i = 0; i < a->purposes_n; i++) {
        give(wr, a->purposes[i].name, a->purposes[i].title);
    }
}

static void
grounds(struct writer *wr)
{
    const struct agreement *a = wr->pen.a;

    for (size_t i = 0; i < a->grounds_n; i++) {
        give(wr, a->grounds[i].name, a->grounds[i].title);
    }
}

static void
attributes(struct writer *wr)
{
    const struct agreement *a = wr->pen.a;

    for (size_t i = 0; i < a->attributes_n; i++) {
        render_attribute(&wr->pen, &a->attributes[i]);
        give(wr, a->attributes[i].name, NULL);
    }
}

static void
windows(struct writer *wr)
{
    const struct agreement *a = wr->pen.a;

    for (size_t i = 0; i < a->windows_n; i++) {
        render_window(&wr->pen, &a->windows[i]);
        give(wr, a->windows[i].name, NULL);
    }
}

static void
kinds(struct writer *wr)
{
    const struct agreement *a = wr->pen.a;

    if (render_categories(&wr->pen)) {
        give(wr, NULL, NULL);
    }
    for (size_t i = 0; i < a->kinds_n; i++) {
        render_kind(&wr->pen, &a->kinds[i]);
        give(wr, a->kinds[i].name, NULL);
    }
}

static void
general(struct writer *wr)
{
    static const char *const sentences[][2] = {
        {"Wat geen regel toelaat, mag niet. Een verbod gaat voor, wat een "
         "andere regel ook toelaat. De volgorde van de regels doet er niet "
         "toe.",
            "What no rule allows is not allowed. What is forbidden stays so, "
            "whatever another rule allows. The order of the rules has no "
            "meaning."},
        {"Staat er ‘of’ tussen partijen, doelen, gronden of soorten, dan "
         "geldt de regel voor elk daarvan. Een gegeven dat een soort signaal "
         "niet heeft, wordt daarin niet verstrekt.",
            "Where ‘or’ stands between parties, purposes, grounds or kinds, "
            "the rule applies to each of them. Data that a kind of signal does "
            "not have is not given in it."},
        {"Gelden meer regels die iets toelaten tegelijk, dan worden de "
         "gegevens van al die regels verstrekt, zonder wat een van die regels "
         "achterwege laat en zonder wat een verbod tegenhoudt. Blijft er niets "
         "over, dan wordt er niets verstrekt.",
            "When several rules that allow something apply at once, the data "
            "of all of them is given, without what one of them leaves out and "
            "without what is never to be given. When nothing remains, nothing "
            "is given."},
        {"Dan gelden ook de verplichtingen van al die regels: van hoogstens "
         "de kortste en van minstens de langste bewaartermijn, doorgeven "
         "alleen aan wie volgens elk van de beperkingen mag, en per groep die "
         "goedkeurt het hoogste aantal. Noemt een regel een verplichting "
         "niet, dan legt die regel haar niet op.",
            "The obligations of all of them apply too: the shortest period of "
            "at most and the longest of at least, passing on only to those "
            "whom each of the limits allows, and for each group that approves "
            "the highest number. An obligation that a rule does not name is "
            "not imposed by it."},
        {"Is de waarde van een kenmerk onbekend, dan geldt een regel die iets "
         "toelaat en van dat kenmerk afhangt, niet. Bij een verbod telt een "
         "voorwaarde over dat kenmerk dan als vervuld, en een uitzondering "
         "als niet vervuld.",
            "When the value of an attribute is unknown, a rule that allows "
            "something and depends on that attribute does not apply. In a "
            "prohibition, a condition on that attribute then counts as met, "
            "and an exception as not met."},
        {"Heeft een soort signaal een kenmerk niet, dan is aan een "
         "voorwaarde over dat kenmerk niet voldaan en doet een uitzondering "
         "over dat kenmerk zich niet voor.",
            "When a kind of signal does not have an attribute, a condition on "
            "that attribute is not met, and an exception on it does not "
            "occur."},
        {"Wat tussen dubbele aanhalingstekens staat, is letterlijk overgenomen "
         "en "
         "beslist niets.",
            "What stands between double quotation marks is copied as it was "
            "written, "
            "and decides nothing."},
    };

    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        words_add(wr->pen.w, sentences[i][wr->pen.lang]);
        give(wr, NULL, NULL);
    }
}

static void
rules(struct writer *wr, enum rule_type type)
{
    const struct agreement *a = wr->pen.a;

    for (size_t i = 0; i < a->rules_n; i++) {
        if (a->rules[i].type == type) {
            render_rule(wr->pen.w, a, i, wr->pen.lang);
            give(wr, a->rules[i].id, a->rules[i].title);
        }
    }
}

static void
permits(struct writer *wr)
{
    rules(wr, RULE_PERMIT);
}

static void
forbids(struct writer *wr)
{
    rules(wr, RULE_FORBID);
}

static void
nevers(struct writer *wr)
{
    rules(wr, RULE_NEVER);
}

static const struct section {
    const char *word;
    const char *heading[2];
    void (*write)(struct writer *wr);
} sections[] = {
    [RENDER_AGREEMENT] = {"agreement", {"Het convenant", "The agreement"},
        header},
    [RENDER_PARTIES] = {"parties", {"Partijen", "Parties"}, parties},
    [RENDER_PURPOSES] = {"purposes", {"Doelen", "Purposes"}, purposes},
    [RENDER_GROUNDS] = {"grounds", {"Gronden", "Legal grounds"}, grounds},
    [RENDER_KINDS] = {"kinds",
        {"Soorten signalen en hun gegevens", "Kinds of signals and their data"},
        kinds},
    [RENDER_ATTRIBUTES] = {"attributes",
        {"Kenmerken van een signaal", "Attributes of a signal"}, attributes},
    [RENDER_WINDOWS] = {"windows", {"Tijden", "Times"}, windows},
    [RENDER_GENERAL] = {"general",
        {"Hoe de regels samen werken", "How the rules work together"}, general},
    [RENDER_PERMITS] = {"permits", {"Wat mag", "What is allowed"}, permits},
    [RENDER_FORBIDS] = {"forbids", {"Wat verboden is", "What is forbidden"},
        forbids},
    [RENDER_NEVERS] = {"nevers",
        {"Gegevens die nooit worden verstrekt", "Data that is never given"},
        nevers},
};

const char *
render_heading(enum render_section section, enum render_lang lang)
{
    return sections[section].heading[lang];
}

const char *
render_section_word(enum render_section section)
{
    return sections[section].word;
}

enum dhk_err
render_agreement(const struct agreement *a, enum render_lang lang,
    render_take take, void *ctx)
{
    struct writer wr = {.take = take, .ctx = ctx};

    wr.pen = (struct pen){&wr.words, a, lang};
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        wr.section = (enum render_section)i;
        sections[i].write(&wr);
    }
    return wr.no_memory ? DHK_NOMEM : DHK_OK;
}
