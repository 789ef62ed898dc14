/* SPDX-License-Identifier: EUPL-1.2
 *
 * The options that every ZeroMQ socket of the project gets, on both sides;
 * each is there for a known fault of libzmq 4.3.4. Static inline, so that
 * only the two files that include it link libzmq: broker/router.c and
 * clients/transport.c. */
#ifndef HOST_CURVE_H
#define HOST_CURVE_H

#include <stdint.h>

enum {
    CURVE_MAX_MESSAGE = 1024 * 1024 + 4096,
    CURVE_HANDSHAKE_MS = 3000,
    CURVE_HEARTBEAT_MS = 10000,
    CURVE_HEARTBEAT_TIMEOUT_MS = 30000,
    CURVE_TCP_MAXRT_MS = 30000,
    CURVE_HWM = 1024,
    CURVE_BACKLOG = 4096,
    CURVE_ZAP_ENFORCE_DOMAIN = 93, /* DRAFT, present in Debian's binary */
};
#define CURVE_ZAP_DOMAIN "driehoek"

#endif
