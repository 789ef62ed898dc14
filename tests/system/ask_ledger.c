/* SPDX-License-Identifier: EUPL-1.2
 *
 * Asks the ledger with the shared library and its one header, as an
 * integrator would. For 47-ledger-library.sh.
 *
 *   ask_ledger DIR list PURPOSE [PARTNER CASE SINCE UNTIL]   "-": left out
 *   ask_ledger DIR one PURPOSE INDEX    and its proof, to standard error
 *   ask_ledger DIR verify PURPOSE
 *   ask_ledger DIR misuse
 *
 * Ends with the number of the error. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driehoek.h"

enum { TIMEOUT_MS = 10000, PURPOSES = 5, WRONG = 99 };

static void
print_list(const char *name, const char *const *list)
{
    printf(" %s=", name);
    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        printf("%s%s", i > 0 ? "," : "", list[i]);
    if (list == NULL)
        printf("?");
}

/* What a partner stated of a case, and of what was released. */
static void
print_stated(const struct dhk_entry *e)
{
    if (e->stated != NULL)
        printf(" stated=%s", e->stated);
    if (e->partner != NULL)
        printf(" partner=%s", e->partner);
    if (e->code != NULL)
        printf(" code=%s", e->code);
    if (e->until != 0)
        printf(" until=%" PRId64, e->until);
    if (e->about != 0)
        printf(" about=%" PRIu64, e->about);
    if (e->ref[0] != '\0')
        printf(" ref=%s", e->ref);
    if (e->share != 0)
        printf(" share=%" PRIu64, e->share);
    for (size_t i = 0; i < e->approvals_n; i++)
        printf("%s%" PRIu64, i == 0 ? " approvals=" : ",", e->approvals[i]);
}

static void
print_entry(const struct dhk_entry *e)
{
    printf("%" PRIu64 " %s from=%s to=%s kind=%s for=%s ground=%s case=%s "
           "id=%s",
        e->index, e->event, e->from != NULL ? e->from : "",
        e->to != NULL ? e->to : "", e->kind != NULL ? e->kind : "",
        e->purpose != NULL ? e->purpose : "",
        e->ground != NULL ? e->ground : "", e->case_handle, e->id);
    print_list("fields", e->fields);
    print_list("withheld", e->withheld);
    print_list("rules", e->rules);
    if (e->facts != NULL && e->facts[0] != NULL)
        print_list("facts", e->facts);
    if (e->pending)
        printf(" pending");
    print_stated(e);
    printf(" bytes=%zu\n", e->n);
}

static enum dhk_err
list(struct dhk_node *node, const struct dhk_question *question,
    struct dhk_problem *problem)
{
    struct dhk_query *query = NULL;
    const struct dhk_entry *entry;
    char *proof = NULL;
    size_t n = 0;
    enum dhk_err rc =
        dhk_query_open(&query, node, question, TIMEOUT_MS, problem);
    while (rc == DHK_OK) {
        rc = dhk_query_next(query, &entry, problem);
        if (rc == DHK_OK) {
            print_entry(entry);
            n++;
        }
    }
    if (rc == DHK_NOTFOUND && query != NULL && (n > 0 || !question->one))
        rc = DHK_OK;
    if (rc == DHK_OK && question->one)
        rc = dhk_query_proof(query, &proof);
    if (proof != NULL)
        fputs(proof, stderr);
    free(proof);
    dhk_query_close(&query);
    return rc;
}

static enum dhk_err
verify(struct dhk_node *node, enum dhk_purpose purpose,
    struct dhk_problem *problem)
{
    struct dhk_verified v;
    enum dhk_err rc = dhk_ledger_verify(node, purpose, TIMEOUT_MS, &v, problem);
    printf("%s complete=%d size=%" PRIu64 " entries=%" PRIu64
           " signatures=%" PRIu64 " checkpoints=%" PRIu64 " open=%" PRIu64
           " faulty=%d place=%d %" PRIu64 " %" PRIu64 "\n",
        v.origin, v.complete, v.size, v.entries, v.signatures, v.checkpoints,
        v.open, v.is_faulty, v.has_place, v.from, v.until);
    return rc;
}

/* --- what is wrong is an error, and no more ------------------------------- */

static int failures;

static void
expect(const char *what, enum dhk_err got, enum dhk_err wanted)
{
    if (got == wanted)
        return;
    printf(
        "%s: %s, not %s\n", what, dhk_error_text(got), dhk_error_text(wanted));
    failures++;
}

static void
open_wrongly(struct dhk_node *node, const char *what,
    const struct dhk_question *question, enum dhk_err wanted)
{
    struct dhk_problem problem = {""};
    struct dhk_query *query = (struct dhk_query *)(uintptr_t)1; /* not left */
    expect(what, dhk_query_open(&query, node, question, TIMEOUT_MS, &problem),
        wanted);
    expect(
        what, dhk_query_open(&query, node, question, TIMEOUT_MS, NULL), wanted);
    if (query != NULL || problem.text[0] == '\0') {
        printf("%s: no sentence, or something is open\n", what);
        failures++;
    }
    dhk_query_close(&query);
}

static void
misuse_connected(struct dhk_node *node)
{
    const struct dhk_question good = {.purpose = DHK_FOR_INTERNAL, .one = true};
    struct dhk_question q = {.purpose = (enum dhk_purpose)0};
    struct dhk_query *query = NULL;
    const struct dhk_entry *entry;
    char *proof = NULL;
    open_wrongly(node, "no purpose", &q, DHK_FORMAT);
    q.purpose = (enum dhk_purpose)PURPOSES;
    open_wrongly(node, "another purpose", &q, DHK_FORMAT);
    q = (struct dhk_question){.purpose = DHK_FOR_COURT, .partner = "Om"};
    open_wrongly(node, "no name", &q, DHK_FORMAT);
    q = (struct dhk_question){.purpose = DHK_FOR_COURT, .case_handle = "12"};
    open_wrongly(node, "no handle", &q, DHK_FORMAT);
    q = (struct dhk_question){.purpose = DHK_FOR_COURT, .outcome = "mooi"};
    open_wrongly(node, "no outcome", &q, DHK_FORMAT);
    q = (struct dhk_question){
        .purpose = DHK_FOR_COURT, .rule = "a rule with a long id"};
    open_wrongly(node, "no rule", &q, DHK_FORMAT);
    q = (struct dhk_question){.purpose = DHK_FOR_COURT, .from = UINT64_MAX};
    open_wrongly(node, "no such entry", &q, DHK_FORMAT);
    q = (struct dhk_question){.purpose = DHK_FOR_COURT, .since = -1};
    open_wrongly(node, "no time", &q, DHK_FORMAT);
    q = (struct dhk_question){.purpose = DHK_FOR_COURT, .until = INT64_MAX};
    open_wrongly(node, "no such time", &q, DHK_FORMAT);
    q = (struct dhk_question){
        .purpose = DHK_FOR_COURT, .one = true, .index = 1000000};
    expect("open", dhk_query_open(&query, node, &q, TIMEOUT_MS, NULL), DHK_OK);
    expect("none", dhk_query_next(query, &entry, NULL), DHK_NOTFOUND);
    expect("no proof", dhk_query_proof(query, &proof), DHK_STATE);
    dhk_query_close(&query);
    expect(
        "open", dhk_query_open(&query, node, &good, TIMEOUT_MS, NULL), DHK_OK);
    expect("early proof", dhk_query_proof(query, &proof), DHK_STATE);
    expect("the entry", dhk_query_next(query, &entry, NULL), DHK_OK);
    for (int i = 0; i < 3; i++)
        expect("the end", dhk_query_next(query, &entry, NULL), DHK_NOTFOUND);
    expect("late proof", dhk_query_proof(query, &proof), DHK_OK);
    free(proof);
    dhk_query_close(&query);
    dhk_query_close(&query);
}

static enum dhk_err
misuse(struct dhk_node *node, struct dhk_problem *problem)
{
    const struct dhk_question good = {.purpose = DHK_FOR_INTERNAL};
    struct dhk_verified v;
    open_wrongly(node, "not connected", &good, DHK_STATE);
    expect("not connected",
        dhk_ledger_verify(node, DHK_FOR_INTERNAL, 1000, &v, NULL), DHK_STATE);
    enum dhk_err rc = dhk_connect(node, DHK_QUERY, TIMEOUT_MS, problem);
    if (rc != DHK_OK)
        return rc;
    expect("no purpose",
        dhk_ledger_verify(node, (enum dhk_purpose)0, 1000, &v, NULL),
        DHK_FORMAT);
    misuse_connected(node);
    return failures == 0 ? DHK_OK : DHK_FORMAT;
}

/* --- arguments ------------------------------------------------------------ */

static const char *
given(int argc, char **argv, int i)
{
    return i < argc && strcmp(argv[i], "-") != 0 ? argv[i] : NULL;
}

static int64_t
number(const char *text)
{
    return text == NULL ? 0 : (int64_t)strtoll(text, NULL, 10);
}

static enum dhk_err
run(struct dhk_node *node, int argc, char **argv, struct dhk_problem *problem)
{
    struct dhk_question q = {.partner = given(argc, argv, 4),
        .case_handle = given(argc, argv, 5),
        .since = number(given(argc, argv, 6)),
        .until = number(given(argc, argv, 7))};
    if (strcmp(argv[2], "misuse") == 0)
        return misuse(node, problem);
    q.purpose = (enum dhk_purpose)number(given(argc, argv, 3));
    q.one = strcmp(argv[2], "one") == 0;
    q.index = (uint64_t)number(q.one ? q.partner : NULL);
    enum dhk_err rc = dhk_connect(node, DHK_QUERY, TIMEOUT_MS, problem);
    if (rc != DHK_OK)
        return rc;
    return strcmp(argv[2], "verify") == 0 ? verify(node, q.purpose, problem)
                                          : list(node, &q, problem);
}

int
main(int argc, char **argv)
{
    struct dhk_node *node = NULL;
    struct dhk_problem problem = {""};
    if (argc < 3)
        return WRONG;
    enum dhk_err rc = dhk_node_open(&node, argv[1], NULL, &problem);
    if (rc == DHK_OK)
        rc = run(node, argc, argv, &problem);
    if (rc != DHK_OK)
        fprintf(stderr, "%s\n", problem.text);
    dhk_node_close(&node);
    return (int)rc;
}
