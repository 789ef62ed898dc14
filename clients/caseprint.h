/* SPDX-License-Identifier: EUPL-1.2
 *
 * A case as text and as JSON. */
#ifndef CLIENTS_CASEPRINT_H
#define CLIENTS_CASEPRINT_H

#include "err.h"
#include "driehoek.h"
#include "json.h"

/* "votes are due", ... of a term's name. */
const char *caseprint_term(const char *what);
/* The one to look at first: of this partner's own, else of any; NULL. */
const struct dhk_case_term *caseprint_next(const struct dhk_case *c);
json_t *caseprint_term_json(const struct dhk_case_term *t);

/* All but what comes from outside of the course. */
extern const char caseprint_shielded[]; /* in the place of a label */
/* LABEL: NULL when it is shielded. */
void caseprint_text(const struct dhk_case *c, const char *label);
json_t *caseprint_json(const struct dhk_case *c, const char *label);

/* One statement, as part of a line, and as an object. */
void caseprint_act(const struct dhk_case_act *a);
json_t *caseprint_act_json(const struct dhk_case_act *a);

#endif
