/* SPDX-License-Identifier: EUPL-1.2 */
#include "listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "text.h"

enum { BACKLOG = 8, HOST_CAP = 48 };

static enum dhk_err
parse_path(struct sockaddr_storage *out, socklen_t *out_n, struct slice path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (path.n == 0 || path.n >= sizeof a.sun_path ||
        memchr(path.p, 0, path.n) != NULL)
        return DHK_FORMAT;
    memcpy(a.sun_path, path.p, path.n);
    memcpy(out, &a, sizeof a);
    *out_n = sizeof a;
    return DHK_OK;
}

static enum dhk_err
parse_v6(struct sockaddr_storage *out, socklen_t *out_n, uint16_t port)
{
    struct sockaddr_in6 a = {.sin6_family = AF_INET6,
        .sin6_port = htons(port),
        .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    memcpy(out, &a, sizeof a);
    *out_n = sizeof a;
    return DHK_OK;
}

static enum dhk_err
parse_v4(struct sockaddr_storage *out, socklen_t *out_n, const char *host,
    uint16_t port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, host, &a.sin_addr) != 1 ||
        ntohl(a.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET)
        return DHK_FORMAT;
    memcpy(out, &a, sizeof a);
    *out_n = sizeof a;
    return DHK_OK;
}

enum dhk_err
listener_parse(
    struct sockaddr_storage *out, socklen_t *out_n, struct slice text)
{
    char host[HOST_CAP];
    uint64_t port = 0;
    memset(out, 0, sizeof *out);
    if (text_skip(&text, "unix:"))
        return parse_path(out, out_n, text);
    if (!text_skip(&text, "tcp://"))
        return DHK_FORMAT;
    size_t colon = text.n;
    while (colon > 0 && text.p[colon - 1] != ':')
        colon--;
    if (colon == 0 ||
        text_uint(&port, slice_of(text.p + colon, text.n - colon), 65535) !=
            DHK_OK ||
        port == 0)
        return DHK_FORMAT;
    struct slice name = slice_of(text.p, colon - 1);
    if (text_is(name, "[::1]"))
        return parse_v6(out, out_n, (uint16_t)port);
    if (slice_to_str(name, host, sizeof host) != DHK_OK)
        return DHK_FORMAT;
    return parse_v4(out, out_n, host, (uint16_t)port);
}

/* Removes a socket that an earlier run left; nothing else. */
static enum dhk_err
make_room(const char *path)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return errno == ENOENT ? DHK_OK : DHK_IO;
    if (!S_ISSOCK(st.st_mode))
        return DHK_EXISTS;
    return unlink(path) == 0 ? DHK_OK : DHK_IO;
}

static enum dhk_err
bind_to(int fd, const struct sockaddr_storage *a, socklen_t n)
{
    const int on = 1;
    enum dhk_err rc = DHK_OK;
    if (a->ss_family == AF_UNIX)
        rc =
            make_room((const char *)a + offsetof(struct sockaddr_un, sun_path));
    else if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        rc = DHK_IO;
    if (rc != DHK_OK)
        return rc;
    /* a group's scrapers may connect, if the directory lets them in */
    mode_t before = umask(0117);
    int failed = bind(fd, (const struct sockaddr *)a, n);
    (void)umask(before);
    return failed == 0 && listen(fd, BACKLOG) == 0 ? DHK_OK : DHK_IO;
}

enum dhk_err
listener_open(int *out, struct slice text)
{
    struct sockaddr_storage a;
    socklen_t n = 0;
    enum dhk_err rc = listener_parse(&a, &n, text);
    if (rc != DHK_OK)
        return rc;
    int fd = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return DHK_IO;
    rc = bind_to(fd, &a, n);
    if (rc == DHK_OK) {
        *out = fd;
        return DHK_OK;
    }
    int kept = errno;
    (void)close(fd);
    errno = kept;
    return rc;
}
