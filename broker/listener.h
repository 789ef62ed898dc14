/* SPDX-License-Identifier: EUPL-1.2
 *
 * Where metrics may be asked for: a socket that nobody outside this machine
 * can reach. */
#ifndef BROKER_LISTENER_H
#define BROKER_LISTENER_H

#include <sys/socket.h>

#include "bytes.h"
#include "err.h"

/* "tcp://127.0.0.1:PORT", or any other of 127.0.0.0/8; "tcp://[::1]:PORT"; or
 * "unix:PATH", which fits a socket's address. Names, other addresses and port
 * 0 are DHK_FORMAT. */
DHK_MUST_USE enum dhk_err listener_parse(
    struct sockaddr_storage *out, socklen_t *out_n, struct slice text);
/* Opens it; a unix socket in place of one that is there (of anything else that
 * is: DHK_EXISTS), mode 0660. DHK_IO: errno tells. */
DHK_MUST_USE enum dhk_err listener_open(int *out, struct slice text);

#endif
