/* SPDX-License-Identifier: EUPL-1.2
 *
 * Files are read before the change to the broker's directory, where the
 * socket's short relative path fits the kernel's limit whatever the length of
 * the directory's name. */
#include "operate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "exits.h"
#include "gather.h"

enum { PATH_CAP = 4096, LENGTH = 4 };

static int
say(int code, const char *name, const char *what)
{
    (void)fprintf(stderr, "driehoekd: %s: %s\n", name, what);
    return code;
}

/* Neither connecting, nor sending, nor receiving may take longer. */
static bool
limit_time(int fd, unsigned ms)
{
    struct timeval t = {ms / 1000, (suseconds_t)(ms % 1000) * 1000};
    return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t) == 0 &&
           setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) == 0;
}

static int
reach(int *out, const char *dir, unsigned ms)
{
    struct sockaddr_un a = {
        .sun_family = AF_UNIX, .sun_path = "run/control.sock"};
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (here < 0 || chdir(dir) != 0)
        return say(EXITS_LOCAL, dir, strerror(errno));
    *out = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*out < 0 || !limit_time(*out, ms))
        return say(EXITS_LOCAL, "socket", strerror(errno));
    bool reached = connect(*out, (const struct sockaddr *)&a, sizeof a) == 0;
    bool forbidden = !reached && errno == EACCES;
    bool is_broker = access("driehoekd.conf", F_OK) == 0;
    if (fchdir(here) != 0)
        return say(EXITS_LOCAL, ".", strerror(errno));
    (void)close(here);
    if (reached)
        return EXITS_DONE;
    if (forbidden)
        return say(
            EXITS_LOCAL, dir, "only the broker's own user or root may ask it");
    if (!is_broker)
        return say(EXITS_LOCAL, dir, "is no broker's directory");
    return say(EXITS_UNREACHABLE, dir, "the broker does not run");
}

static bool
send_all(int fd, struct slice s)
{
    while (s.n > 0) {
        ssize_t put = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        s = slice_of(s.p + put, s.n - (size_t)put);
    }
    return true;
}

static bool
receive_all(int fd, uint8_t *p, size_t n)
{
    while (n > 0) {
        ssize_t got = recv(fd, p, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

/* Texts of the broker may name partners; nothing that a terminal obeys. */
static void
print_plain(FILE *f, struct slice line)
{
    for (size_t i = 0; i < line.n; i++) {
        uint8_t ch = line.p[i];
        (void)fputc(ch >= 0x20 && ch != 0x7f ? ch : '?', f);
    }
    (void)fputc('\n', f);
}

/* FILE is what a refusal is about, or NULL. */
static void
print_reply(int code, struct slice text, const char *file)
{
    FILE *f = code == EXITS_DONE ? stdout : stderr;
    while (text.n > 0) {
        const uint8_t *end = memchr(text.p, '\n', text.n);
        size_t n = end == NULL ? text.n : (size_t)(end - text.p);
        struct slice line = slice_of(text.p, n);
        if (code != EXITS_DONE)
            (void)fprintf(f, "driehoekd: %s%s", file != NULL ? file : "",
                file != NULL ? gather_joint(line) : "");
        print_plain(f, line);
        n += end == NULL ? 0 : 1;
        text = slice_of(text.p + n, text.n - n);
    }
}

static int
converse(uint8_t **out, size_t *out_n, int fd, struct slice request)
{
    uint8_t head[LENGTH];
    bytes_put_u32(head, (uint32_t)request.n);
    if (!send_all(fd, slice_of(head, LENGTH)) || !send_all(fd, request) ||
        !receive_all(fd, head, LENGTH))
        return say(EXITS_UNREACHABLE, "the broker", "does not answer");
    uint32_t n = bytes_get_u32(head);
    if (n == 0 || n > CONTROL_REPLY_MAX)
        return say(EXITS_INVALID, "the broker", "malformed reply");
    uint8_t *reply = malloc(n);
    if (reply == NULL)
        return say(EXITS_LOCAL, "reply", "out of memory");
    if (!receive_all(fd, reply, n)) {
        free(reply);
        return say(EXITS_UNREACHABLE, "the broker", "does not answer");
    }
    *out = reply;
    *out_n = n;
    return EXITS_DONE;
}

int
operate_ask(uint8_t **out, size_t *out_n, const struct control_request *r,
    const char *dir, unsigned ms)
{
    int fd = -1;
    struct sink bytes;
    uint8_t *mem = malloc(CONTROL_MAX);
    *out = NULL;
    if (mem == NULL)
        return say(EXITS_LOCAL, "request", "out of memory");
    sink_init(&bytes, mem, CONTROL_MAX);
    int code = EXITS_INVALID;
    if (control_encode(&bytes, r) != DHK_OK)
        (void)say(code, "request", "too large");
    else
        code = reach(&fd, dir, ms);
    if (code == EXITS_DONE)
        code = converse(out, out_n, fd, sink_done(&bytes));
    if (fd >= 0)
        (void)close(fd);
    free(mem);
    return code;
}

int
operate_flushed(int code)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return code;
    return say(EXITS_LOCAL, "standard output", "cannot be written");
}

int
operate_print(uint8_t **reply, size_t n, const char *file)
{
    int code = (*reply)[0];
    print_reply(code, slice_of(*reply + 1, n - 1), file);
    code = operate_flushed(code);
    free(*reply);
    *reply = NULL;
    return code;
}

static int
deliver(const struct control_request *r, const char *dir, const char *file)
{
    uint8_t *reply = NULL;
    size_t n = 0;
    int code = operate_ask(&reply, &n, r, dir, 0);
    return code == EXITS_DONE ? operate_print(&reply, n, file) : code;
}

int
operate_health(const char *dir, unsigned ms)
{
    struct control_request r = {.verb = CONTROL_HEALTH};
    uint8_t *reply = NULL;
    size_t n = 0;
    if (operate_ask(&reply, &n, &r, dir, ms) != EXITS_DONE)
        return EXITS_NO;
    return operate_print(&reply, n, NULL) == EXITS_DONE ? EXITS_DONE : EXITS_NO;
}

int
operate(enum control_verb verb, const char *dir, char *const *files,
    size_t files_n, bool with_signatures)
{
    struct gather *g = malloc(sizeof *g);
    if (g == NULL)
        return say(EXITS_LOCAL, "request", "out of memory");
    int code = gather_files(g, verb, files, files_n, with_signatures);
    if (code != EXITS_DONE)
        (void)say(code, g->file, g->what);
    else
        code = deliver(&g->request, dir, files_n > 0 ? files[0] : NULL);
    gather_end(g);
    free(g);
    return code;
}
