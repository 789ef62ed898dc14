/* SPDX-License-Identifier: EUPL-1.2
 *
 * An application that takes its time: holder NODE takes one share, goes on
 * exchanging messages with the broker, which delivers the share again and
 * again meanwhile, and ends without having confirmed it. Ends with 0 when
 * the share came exactly once. */
#include "driehoek.h"

#include <stdio.h>

enum { WAIT_MS = 20000, HOLD_MS = 1000 };

int
main(int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct dhk_node *node = NULL;
    const struct dhk_share *share = NULL, *second = NULL;
    enum dhk_err rc;

    if (argc != 2)
        return 2;
    rc = dhk_node_open(&node, argv[1], NULL, &problem);
    if (rc == DHK_OK)
        rc = dhk_connect(node, DHK_RECEIVE, WAIT_MS, &problem);
    if (rc == DHK_OK)
        rc = dhk_receive(node, WAIT_MS, &share, &problem);
    if (rc == DHK_OK)
        rc = dhk_receive(node, HOLD_MS, &second, &problem);
    if (rc != DHK_NOTFOUND || share == NULL || second != NULL)
        (void)fprintf(
            stderr, "holder: %s %s\n", dhk_strerror(rc), problem.text);
    else
        (void)puts(share->id);
    dhk_node_close(&node);
    return share != NULL && rc == DHK_NOTFOUND ? 0 : 1;
}
