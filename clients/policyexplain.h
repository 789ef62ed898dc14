/* SPDX-License-Identifier: EUPL-1.2
 *
 * An explanation of a decision, for people and for programs. It says all: it is
 * for who has the agreement and knows the request. */
#ifndef CLIENTS_POLICYEXPLAIN_H
#define CLIENTS_POLICYEXPLAIN_H

#include "explain.h"
#include "policyfile.h"
#include "render.h"

struct policyexplain {
    const struct policyfile *file; /* with its agreement */
    const struct request *req;
    const struct explain *why; /* of them both */
    enum render_lang lang;
};

/* On OUT, in sentences. DHK_NOMEM. */
DHK_MUST_USE enum dhk_err policyexplain_print(
    FILE *out, const struct policyexplain *x);
/* One object; the caller owns *OUT, also after DHK_NOMEM. */
DHK_MUST_USE enum dhk_err policyexplain_json(
    json_t **out, const struct policyexplain *x);

#endif
