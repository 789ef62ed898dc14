/* SPDX-License-Identifier: EUPL-1.2 */
#include "shield.h"

enum dhk_err
shield_tell(struct dhk_node *node, const char *handle, enum dhk_purpose purpose,
    int timeout_ms, struct dhk_problem *problem)
{
    const struct dhk_question question = {
        .purpose = purpose, .case_handle = handle};
    struct dhk_query *query = NULL;
    enum dhk_err rc =
        dhk_query_open(&query, node, &question, timeout_ms, problem);

    dhk_query_close(&query);
    return rc;
}
