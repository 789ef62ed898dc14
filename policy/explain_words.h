/* SPDX-License-Identifier: EUPL-1.2
 *
 * What would have to differ, in Dutch or English. Pure. */
#ifndef POLICY_EXPLAIN_WORDS_H
#define POLICY_EXPLAIN_WORDS_H

#include "explain.h"
#include "render.h"

/* Adds what follows "als": "ernst minstens hoog is (nu laag)", or "if": "ernst
 * is at least hoog (now laag)". */
void explain_words_differ(struct words *w, const struct agreement *a,
    const struct request *req, const struct explain_differ *d,
    enum render_lang lang);

/* Adds what is called value V of the kind's K-th attribute: "hoog", "17", "ja",
 * "onbekend". */
void explain_words_value(struct words *w, const struct agreement *a,
    const struct request *req, size_t k, enum render_lang lang);
/* Adds the windows that hold: "kantooruren, nacht", or "geen venster". */
void explain_words_windows(struct words *w, const struct agreement *a,
    uint32_t windows, enum render_lang lang);

#endif
