/* SPDX-License-Identifier: EUPL-1.2
 *
 * An application that takes its time: holder NODE [N] takes one share, or N,
 * goes on exchanging messages with the broker, which may deliver them again and
 * again meanwhile, and ends without having confirmed any. Each is one line with
 * its id at once. Ends with 0 when each came exactly once. */
#include "driehoek.h"

#include <stdio.h>
#include <stdlib.h>

enum { WAIT_MS = 20000, HOLD_MS = 1000 };

int
main(int argc, char **argv)
{
    struct dhk_problem problem = {""};
    struct dhk_node *node = NULL;
    const struct dhk_share *share = NULL, *second = NULL;
    enum dhk_err rc;
    long n = argc == 3 ? strtol(argv[2], NULL, 10) : 1;

    if (argc != 2 && argc != 3)
        return 2;
    rc = dhk_node_open(&node, argv[1], NULL, &problem);
    if (rc == DHK_OK)
        rc = dhk_connect(node, DHK_RECEIVE, WAIT_MS, &problem);
    for (; rc == DHK_OK && n > 0; n--) {
        rc = dhk_receive(node, WAIT_MS, &share, &problem);
        if (rc == DHK_OK && (puts(share->id) < 0 || fflush(stdout) != 0))
            rc = DHK_IO;
    }
    if (rc == DHK_OK)
        rc = dhk_receive(node, HOLD_MS, &second, &problem);
    if (rc != DHK_NOTFOUND || share == NULL || second != NULL)
        (void)fprintf(
            stderr, "holder: %s %s\n", dhk_strerror(rc), problem.text);
    dhk_node_close(&node);
    return share != NULL && rc == DHK_NOTFOUND ? 0 : 1;
}
