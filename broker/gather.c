/* SPDX-License-Identifier: EUPL-1.2 */
#include "gather.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exits.h"
#include "file.h"

enum { PATH_CAP = 4096 };

static int
no(struct gather *g, int code, const char *file, const char *what)
{
    size_t n = strlen(file);
    n = n < sizeof g->file ? n : sizeof g->file - 1;
    memcpy(g->file, file, n);
    g->file[n] = '\0';
    g->what = what;
    return code;
}

static int
add_file(struct gather *g, const char *path, struct slice name, size_t max)
{
    size_t i = g->request.files_n, n = 0;
    if (i == CONTROL_FILES)
        return no(g, EXITS_USAGE, path, "too many files");
    enum dhk_err rc = file_read(&g->bytes[i], &n, path, max);
    if (rc == DHK_IO)
        return no(g, EXITS_LOCAL, path, strerror(errno));
    if (rc != DHK_OK)
        return no(g, EXITS_INVALID, path, dhk_strerror(rc));
    if (slice_to_str(name, g->name[i], sizeof g->name[i]) != DHK_OK)
        g->name[i][0] = '\0';
    g->request.file[i].name = slice_str(g->name[i]);
    g->request.file[i].bytes = slice_of(g->bytes[i], n);
    g->request.files_n++;
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
add_beside(struct gather *g, const char *path)
{
    char copy[PATH_CAP], other[PATH_CAP];
    static char found[CONTROL_FILES][256];
    int code = EXITS_DONE;
    if (strlen(path) >= sizeof copy)
        return no(g, EXITS_USAGE, path, "too long");
    memcpy(copy, path, strlen(path) + 1);
    memcpy(other, path, strlen(path) + 1);
    const char *dir = dirname(copy), *base = basename(other);
    size_t n = find_signatures(found, CONTROL_FILES - 1, dir, base);
    for (size_t i = 0; i < n && code == EXITS_DONE; i++) {
        char file[PATH_CAP];
        if (file_path(file, sizeof file, dir, found[i]) != DHK_OK)
            return no(g, EXITS_USAGE, path, "too long");
        code = add_file(g, file, signer_of(found[i]), LIMIT_SSHSIG);
    }
    return code;
}

/* The last part of the text's path, when it is short enough for a name. */
static struct slice
name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slice_str(slash == NULL ? path : slash + 1);
}

int
gather_files(struct gather *g, enum control_verb verb, char *const *files,
    size_t n, bool beside)
{
    int code = EXITS_DONE;
    memset(g, 0, sizeof *g);
    g->request.verb = verb;
    for (size_t i = 0; i < n && code == EXITS_DONE; i++)
        code = add_file(g, files[i],
            i == 0 ? name_of(files[i]) : signer_of(files[i]),
            i == 0 ? (size_t)LIMIT_TEXT : (size_t)LIMIT_SSHSIG);
    if (code == EXITS_DONE && n == 1 && beside)
        code = add_beside(g, files[0]);
    return code;
}

void
gather_end(struct gather *g)
{
    for (size_t i = 0; i < g->request.files_n; i++)
        file_free(&g->bytes[i], g->request.file[i].bytes.n);
    g->request.files_n = 0;
}

const char *
gather_joint(struct slice line)
{
    size_t n = 0;
    while (n < line.n && line.p[n] >= '0' && line.p[n] <= '9')
        n++;
    return n > 0 && n < line.n && line.p[n] == ':' ? ":" : ": ";
}
