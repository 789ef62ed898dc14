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

#endif
