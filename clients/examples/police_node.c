/* SPDX-License-Identifier: EUPL-1.2
 *
 * A police node that pushes one signal: police_node DIRECTORY. It is safe in
 * the outbox before anything is sent; the next run sends what was not sent. */
#include <driehoek.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static enum dhk_err
describe(struct dhk_signal *s)
{
    static const char who[] = "Ruben de Wit, geboren 14 maart 2004";
    static const char what[] = "Betrokkene riep op tot geweld.";
    char handle[33];
    enum dhk_err rc = dhk_signal_set(s, DHK_KIND, "politiesignaal");

    dhk_case_new(handle); /* random; what it stands for stays at this node */
    if (rc == DHK_OK)
        rc = dhk_signal_set(s, DHK_CASE, handle);
    if (rc == DHK_OK)
        rc = dhk_signal_set(s, DHK_PURPOSE, "openbare-orde");
    if (rc == DHK_OK)
        rc = dhk_signal_set(s, DHK_GROUND, "wpg-16-1-b");
    if (rc == DHK_OK)
        rc = dhk_signal_attribute(s, "ernst", "hoog");
    if (rc == DHK_OK)
        rc = dhk_signal_attribute(s, "noodzaak-openbare-orde", "yes");
    if (rc == DHK_OK)
        rc = dhk_signal_field(s, "betrokkene", who, strlen(who));
    if (rc == DHK_OK)
        rc = dhk_signal_field(s, "signaal", what, strlen(what));
    return rc;
}

/* Nothing is decided here: the agreement says who gets what. */
static void
show(const struct dhk_preview *p)
{
    for (size_t i = 0; i < p->n; i++) {
        printf("%s %s:", p->list[i].permitted ? "to" : "not to",
            p->list[i].partner);
        for (size_t f = 0; p->list[i].fields[f] != NULL; f++)
            printf(" %s", p->list[i].fields[f]);
        printf("\n");
    }
}

int
main(int argc, char **argv)
{
    struct dhk_node *node = NULL;
    struct dhk_problem problem = {""};
    const struct dhk_preview *preview = NULL;
    struct dhk_signal *s = dhk_signal_new();
    uint64_t number = 0;
    enum dhk_err rc = argc == 2 && s != NULL ? DHK_OK : DHK_FORMAT;

    if (rc == DHK_OK)
        rc = dhk_node_open(&node, argv[1], NULL, &problem);
    if (rc == DHK_OK) /* not reachable is no obstacle to a push */
        rc = dhk_connect(node, DHK_SEND, 5000, &problem);
    if (rc == DHK_OK || rc == DHK_NOTFOUND)
        rc = describe(s);
    if (rc == DHK_OK)
        rc = dhk_preview(node, s, &preview, &problem);
    if (preview != NULL)
        show(preview);
    if (rc == DHK_OK)
        rc = dhk_push(node, s, &number, &problem);
    if (rc == DHK_OK)
        printf("signal %" PRIu64 " is in the outbox\n", number);
    if (rc == DHK_OK) /* all that waits, also from an earlier run */
        rc = dhk_flush(node, 10000, &problem);
    if (rc != DHK_OK)
        (void)fprintf(stderr, "%s: %s\n", dhk_error_text(rc), problem.text);
    dhk_preview_destroy(&preview);
    dhk_signal_destroy(&s);
    dhk_node_close(&node);
    return rc == DHK_OK ? 0 : 1;
}
