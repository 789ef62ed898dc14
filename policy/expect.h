/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: the examples that an agreement's authors signed with it.
 * Each is decided; one that comes out otherwise refuses the text. */
#ifndef POLICY_EXPECT_H
#define POLICY_EXPECT_H

#include "resolve.h"

/* Adds an error for every expect line that fails. */
void expect_run(struct resolver *r);
/* The request of the line TEST; false after a finding. */
bool expect_request(
    struct resolver *r, struct request *req, const struct syntax_test *test);

#endif
