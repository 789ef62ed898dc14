/* SPDX-License-Identifier: EUPL-1.2
 *
 * A request in the words of an expect line: "from politie to gemeente signal
 * politiesignaal for openbare-orde on wpg-16-1-b with ernst is hoog". Pure. */
#ifndef POLICY_REQUEST_H
#define POLICY_REQUEST_H

#include "evaluate.h"

enum { REQUEST_TEXT = 16384 }; /* bytes */

/* Reads TEXT in the names of A. An attribute that it does not mention has no
 * value; of windows, exactly those hold that it mentions. DHK_OK only when
 * FINDINGS holds no error, which tells line and column in TEXT and the nearest
 * name. Errors: DHK_FORMAT, DHK_LIMIT (over REQUEST_TEXT), DHK_NOMEM. */
DHK_MUST_USE enum dhk_err request_read(struct request *out,
    const struct agreement *a, struct slice text, struct findings *findings);

#endif
