/* SPDX-License-Identifier: EUPL-1.2
 *
 * An agreement as sentences, in Dutch or English, made from its parsed form:
 * what the machine decides by, never what a comment says. Titles and reasons
 * stand between double quotes, which none of them can hold, so that no title
 * passes for a sentence of ours. Two agreements that decide or oblige otherwise
 * never read the same. Pure. */
#ifndef POLICY_RENDER_H
#define POLICY_RENDER_H

#include "evaluate.h"
#include "words.h"

struct atom;

enum render_lang { RENDER_NL = 0, RENDER_EN };

/* Rule I as a paragraph of sentences on one line, without its id and title:
 * "In een signaal van de soort s mag p aan q verstrekken: f en g. ..." */
void render_rule(struct words *w, const struct agreement *a, size_t i,
    enum render_lang lang);
/* The sentences of rule I that say when it applies; nothing when always. */
void render_conditions(struct words *w, const struct agreement *a, size_t i,
    enum render_lang lang);
/* One condition, as what follows "als": "ernst minstens hoog is". */
void render_condition(struct words *w, const struct agreement *a,
    const struct atom *atom, enum render_lang lang);
/* Sentences on the obligations; nothing when there are none. */
void render_duties(struct words *w, const struct agreement *a,
    const struct duties *duties, enum render_lang lang);

/* A set of parties: "p, q of r", "elke partij", "elke partij behalve p". */
void render_parties(struct words *w, const struct agreement *a, uint64_t set,
    enum render_lang lang);
/* Those fields of KIND: "f, g en h". */
void render_fields(struct words *w, const struct agreement *a, uint16_t kind,
    uint32_t fields, enum render_lang lang);

enum render_section {
    RENDER_AGREEMENT = 0,
    RENDER_PARTIES,
    RENDER_PURPOSES,
    RENDER_GROUNDS,
    RENDER_KINDS,
    RENDER_ATTRIBUTES,
    RENDER_WINDOWS,
    RENDER_GENERAL, /* how rules work together */
    RENDER_PERMITS,
    RENDER_FORBIDS,
    RENDER_NEVERS,
};
struct render_paragraph {
    enum render_section section;
    const char *id;    /* name, or id of a rule; NULL: none */
    const char *title; /* as written; NULL: none */
    const char *text;  /* sentences on one line; may be empty */
};
/* Takes one paragraph, which is there during the call only. */
typedef void (*render_take)(void *ctx, const struct render_paragraph *p);

/* The whole agreement, paragraph by paragraph, sections in their order, what
 * is in them in the order of the text. DHK_NOMEM: it stopped early. */
DHK_MUST_USE enum dhk_err render_agreement(const struct agreement *a,
    enum render_lang lang, render_take take, void *ctx);
/* Heading of a section. */
const char *render_heading(enum render_section section, enum render_lang lang);
/* The section as a word for programs, the same in each language. */
const char *render_section_word(enum render_section section);

#endif
