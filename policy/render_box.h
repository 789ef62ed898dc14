/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a box of requests asks for, in Dutch or English: for people who read
 * neither rules nor tables. Pure. */
#ifndef POLICY_RENDER_BOX_H
#define POLICY_RENDER_BOX_H

#include "boxes.h"
#include "render.h"

/* Adds the conditions of BOX on attributes and windows as what follows "als" or
 * "if": "ernst minstens hoog is en het signaal binnen kantooruren wordt
 * aanvaard". Nothing when there is none. C is the space of one agreement, at
 * the kind of the box. */
void render_box_when(struct words *w, const struct cells *c,
    const struct agreement *a, const struct box *box, enum render_lang lang);
/* Adds the titles of the purposes, or grounds, of BOX: each between double
 * quotes, joined by "of" or "or"; "elk doel", "any ground" for all of several.
 * DIMENSION is CELLS_PURPOSE or CELLS_GROUND. */
void render_box_use(struct words *w, const struct agreement *a,
    const struct box *box, size_t dimension, enum render_lang lang);

#endif
