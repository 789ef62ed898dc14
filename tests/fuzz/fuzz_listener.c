/* SPDX-License-Identifier: EUPL-1.2
 *
 * Where metrics may be asked for: never at an address of another machine. */
#include <netinet/in.h>

#include "listener.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sockaddr_storage a;
    socklen_t n = 0;
    if (listener_parse(&a, &n, slice_of(data, size)) != DHK_OK)
        return 0;
    must(n <= sizeof a);
    if (a.ss_family == AF_UNIX)
        return 0;
    if (a.ss_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, &a, sizeof v6);
        must(IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) && v6.sin6_port != 0);
        return 0;
    }
    struct sockaddr_in v4;
    must(a.ss_family == AF_INET);
    memcpy(&v4, &a, sizeof v4);
    must(ntohl(v4.sin_addr.s_addr) >> 24 == 127 && v4.sin_port != 0);
    return 0;
}
