/* SPDX-License-Identifier: EUPL-1.2
 *
 * A signatory's part in a case: casework DIRECTORY HANDLE SIGNAL. Brings it
 * forward and has it weighed if nobody has, votes yes with the scores of SIGNAL
 * (the id of a weegstem that was sent), and shows how the case stands then. */
#include <driehoek.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* What the course does not have is refused with the rule that forbids it. */
static enum dhk_err
state(struct dhk_node *node, const struct dhk_act *act,
    struct dhk_problem *problem)
{
    uint64_t index = 0; /* 0: it waits for the next connection */
    enum dhk_err rc = dhk_case_state(node, act, &index, problem);

    if (rc == DHK_OK)
        printf("%s is entry %" PRIu64 "\n", act->act, index);
    return rc;
}

static enum dhk_err
work(struct dhk_node *node, char **argv, struct dhk_problem *problem)
{
    const struct dhk_case *c = NULL;
    struct dhk_act act = {.case_handle = argv[2], .act = "bring"};
    enum dhk_err rc = dhk_case_ask(node, argv[2], problem);

    if (rc == DHK_OK)
        rc = dhk_case_get(node, argv[2], &c, problem);
    bool begun = rc == DHK_OK && strcmp(c->phase, "geen") != 0;
    dhk_case_end(&c);
    if (rc == DHK_OK && !begun)
        rc = state(node, &act, problem);
    act.act = "weigh";
    act.until = time(NULL) + 30 * 86400;
    if (rc == DHK_OK && !begun)
        rc = state(node, &act, problem);
    act = (struct dhk_act){
        .case_handle = argv[2], .act = "vote", .code = "yes", .ref = argv[3]};
    return rc == DHK_OK ? state(node, &act, problem) : rc;
}

static void
show(const struct dhk_case *c)
{
    printf("phase %s, held by %s\n", c->phase, c->holder);
    for (size_t i = 0; i < c->votes_n; i++)
        printf("%s: %s\n", c->votes[i].partner, c->votes[i].yes ? "yes" : "no");
}

int
main(int argc, char **argv)
{
    struct dhk_node *node = NULL;
    struct dhk_problem problem = {""};
    const struct dhk_case *c = NULL;
    enum dhk_err rc = argc == 4 ? DHK_OK : DHK_FORMAT;

    if (rc == DHK_OK)
        rc = dhk_node_open(&node, argv[1], NULL, &problem);
    if (rc == DHK_OK)
        rc = dhk_connect(node, DHK_CASES, 5000, &problem);
    if (rc == DHK_OK)
        rc = work(node, argv, &problem);
    if (rc == DHK_OK)
        rc = dhk_case_get(node, argv[2], &c, &problem);
    if (rc == DHK_OK)
        show(c);
    else
        (void)fprintf(stderr, "%s: %s\n", dhk_error_text(rc), problem.text);
    dhk_case_end(&c);
    dhk_node_close(&node);
    return rc == DHK_OK ? 0 : 1;
}
