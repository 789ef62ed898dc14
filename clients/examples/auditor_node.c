/* SPDX-License-Identifier: EUPL-1.2
 *
 * A compliance officer's check: auditor_node DIRECTORY [PARTNER]. Prints what
 * was shared, with whom and by which rules, and what was withheld; then
 * verifies the whole ledger. Both questions become entries of the ledger. */
#include <driehoek.h>

#include <inttypes.h>
#include <stdio.h>

static void
print_names(const char *what, const char *const *names)
{
    printf("%s", what);
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        printf("%s%s", i > 0 ? ", " : " ", names[i]);
}

static enum dhk_err
print_shares(
    struct dhk_node *node, const char *partner, struct dhk_problem *problem)
{
    const struct dhk_question question = {
        .purpose = DHK_FOR_LAWFULNESS, .partner = partner};
    struct dhk_query *query = NULL;
    const struct dhk_entry *e = NULL;
    enum dhk_err rc = dhk_query_open(&query, node, &question, 5000, problem);

    if (rc != DHK_OK)
        return rc;
    while ((rc = dhk_query_next(query, &e, problem)) == DHK_OK) {
        if (e->fields == NULL) /* no share */
            continue;
        printf("%" PRIu64 " %s to %s, %s for %s:", e->index, e->from, e->to,
            e->kind, e->purpose);
        print_names("", e->fields);
        print_names("; withheld", e->withheld);
        print_names("; rule", e->rules);
        printf("\n");
    }
    dhk_query_close(&query);
    return rc == DHK_NOTFOUND ? DHK_OK : rc; /* the end */
}

int
main(int argc, char **argv)
{
    struct dhk_node *node = NULL;
    struct dhk_problem problem = {""};
    struct dhk_verified verified;
    enum dhk_err rc = argc == 2 || argc == 3 ? DHK_OK : DHK_FORMAT;

    if (rc == DHK_OK)
        rc = dhk_node_open(&node, argv[1], NULL, &problem);
    if (rc == DHK_OK)
        rc = dhk_connect(node, DHK_QUERY, 5000, &problem);
    if (rc == DHK_OK)
        rc = print_shares(node, argc == 3 ? argv[2] : NULL, &problem);
    if (rc == DHK_OK)
        rc = dhk_ledger_verify(
            node, DHK_FOR_INTEGRITY, 5000, &verified, &problem);
    if (rc == DHK_OK)
        printf("verified: %" PRIu64 " entries of %s\n", verified.entries,
            verified.origin);
    else
        (void)fprintf(stderr, "%s: %s\n", dhk_error_text(rc), problem.text);
    dhk_node_close(&node);
    return rc == DHK_OK ? 0 : 1;
}
