/* SPDX-License-Identifier: EUPL-1.2
 *
 * Files are read before the change to the broker's directory, where the
 * socket's short relative path fits the kernel's limit whatever the length of
 * the directory's name. */
#include "operate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "exits.h"
#include "file.h"

enum { PATH_CAP = 4096, LENGTH = 4 };

struct request {
    struct control_request r;
    uint8_t *bytes[CONTROL_FILES];
    char name[CONTROL_FILES][LIMIT_NAME + 1];
};

static int
say(int code, const char *name, const char *what)
{
    (void)fprintf(stderr, "driehoekd: %s: %s\n", name, what);
    return code;
}

static int
add_file(struct request *q, const char *path, struct slice name, size_t max)
{
    size_t i = q->r.files_n, n = 0;
    if (i == CONTROL_FILES)
        return say(EXITS_USAGE, path, "too many files");
    enum dhk_err rc = file_read(&q->bytes[i], &n, path, max);
    if (rc == DHK_IO)
        return say(EXITS_LOCAL, path, strerror(errno));
    if (rc != DHK_OK)
        return say(EXITS_INVALID, path, dhk_strerror(rc));
    if (slice_to_str(name, q->name[i], sizeof q->name[i]) != DHK_OK)
        q->name[i][0] = '\0';
    q->r.file[i].name = slice_str(q->name[i]);
    q->r.file[i].bytes = slice_of(q->bytes[i], n);
    q->r.files_n++;
    return EXITS_DONE;
}

/* NAME of x.NAME.sig, or what is before .sig. */
static struct slice
signer_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t n = strlen(name);
    if (n > 4 && strcmp(name + n - 4, ".sig") == 0)
        n -= 4;
    size_t from = n;
    while (from > 0 && name[from - 1] != '.')
        from--;
    return slice_of(name + from, n - from);
}

static int
compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Names in DIR of the form BASE.NAME.sig, sorted. */
static size_t
find_signatures(char (*out)[256], size_t max, const char *dir, const char *base)
{
    size_t n = 0, base_n = strlen(base);
    struct dirent *e = NULL;
    DIR *d = opendir(dir);
    if (d == NULL)
        return 0;
    while ((e = readdir(d)) != NULL && n < max) {
        size_t len = strlen(e->d_name);
        if (len < base_n + 6 || strncmp(e->d_name, base, base_n) != 0 ||
            e->d_name[base_n] != '.' ||
            strcmp(e->d_name + len - 4, ".sig") != 0)
            continue;
        if (bytes_is_name(slice_of(e->d_name + base_n + 1, len - base_n - 5)))
            memcpy(out[n++], e->d_name, len + 1);
    }
    (void)closedir(d);
    qsort(out, n, sizeof out[0], compare);
    return n;
}

static int
add_beside(struct request *q, const char *path)
{
    char copy[PATH_CAP], other[PATH_CAP];
    static char found[CONTROL_FILES][256];
    int code = EXITS_DONE;
    if (strlen(path) >= sizeof copy)
        return say(EXITS_USAGE, path, "too long");
    memcpy(copy, path, strlen(path) + 1);
    memcpy(other, path, strlen(path) + 1);
    const char *dir = dirname(copy), *base = basename(other);
    size_t n = find_signatures(found, CONTROL_FILES - 1, dir, base);
    for (size_t i = 0; i < n && code == EXITS_DONE; i++) {
        char file[PATH_CAP];
        if (file_path(file, sizeof file, dir, found[i]) != DHK_OK)
            return say(EXITS_USAGE, path, "too long");
        code = add_file(q, file, signer_of(found[i]), LIMIT_SSHSIG);
    }
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
print_plain(FILE *f, struct slice text, const char *before)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t ch = text.p[i];
        bool plain = (ch >= 0x20 && ch != 0x7f) || ch == '\n';
        if (i == 0 || text.p[i - 1] == '\n')
            (void)fputs(before, f);
        (void)fputc(plain ? ch : '?', f);
    }
    if (text.n > 0 && text.p[text.n - 1] != '\n')
        (void)fputc('\n', f);
}

/* FILE is what a refusal is about, or NULL. */
static void
print_reply(int code, struct slice text, const char *file)
{
    char before[PATH_CAP + 16] = "";
    if (code != EXITS_DONE)
        (void)snprintf(before, sizeof before, "driehoekd: %s%s",
            file != NULL ? file : "", file != NULL ? ": " : "");
    print_plain(code == EXITS_DONE ? stdout : stderr, text, before);
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
operate_print(uint8_t **reply, size_t n, const char *file)
{
    int code = (*reply)[0];
    print_reply(code, slice_of(*reply + 1, n - 1), file);
    if (fflush(stdout) != 0 && code == EXITS_DONE)
        code = EXITS_LOCAL;
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
    struct request *q = calloc(1, sizeof *q);
    int code = EXITS_DONE;
    if (q == NULL)
        return say(EXITS_LOCAL, "request", "out of memory");
    q->r.verb = verb;
    for (size_t i = 0; i < files_n && code == EXITS_DONE; i++)
        code = add_file(q, files[i],
            i == 0 ? slice_of(NULL, 0) : signer_of(files[i]),
            i == 0 ? (size_t)LIMIT_TEXT : (size_t)LIMIT_SSHSIG);
    if (code == EXITS_DONE && files_n == 1 && with_signatures)
        code = add_beside(q, files[0]);
    if (code == EXITS_DONE)
        code = deliver(&q->r, dir, files_n > 0 ? files[0] : NULL);
    for (size_t i = 0; i < q->r.files_n; i++)
        file_free(&q->bytes[i], q->r.file[i].bytes.n);
    free(q);
    return code;
}
