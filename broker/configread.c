/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoekd-config FILE: reads the broker's configuration (ZPL) with CZMQ and
 * prints it as checked "section/name=value" lines. Short-lived and the only
 * one that links CZMQ, which brings two dozen libraries along. CZMQ's own
 * errors name no file, so they are caught and said again with file and line.
 * Exit: 0, 2 usage, 4 the file is wrong, 5 it cannot be read. */
#include <czmq.h>

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config.h"
#include "text.h"

enum { EXIT_USAGE = 2, EXIT_INVALID = 4, EXIT_LOCAL = 5, NAME_CAP = 256 };
enum { INDENT = 4, FILE_MAX = 64 * 1024 };

struct reader {
    const char *file;
    char text[FILE_MAX];
    size_t text_n;
    struct config cfg; /* to check values with */
    char set[4096];    /* names so far, each between newlines */
    int failed;
};

/* The word that a line of the file sets, and how deep it stands. */
static struct slice
line_word(struct slice line, size_t *level)
{
    size_t blanks = 0, n = 0;
    while (blanks < line.n && line.p[blanks] == ' ')
        blanks++;
    *level = blanks / INDENT;
    line = slice_of(line.p + blanks, line.n - blanks);
    while (n < line.n && strchr(" =#\t", line.p[n]) == NULL)
        n++;
    return slice_of(line.p, n);
}

/* Line on which SECTION/NAME (or SECTION, with NAME NULL) stands for the
 * last time; 0 when not found. CZMQ keeps no line numbers. */
static unsigned
line_of(const struct reader *r, const char *section, const char *name)
{
    struct text t;
    struct slice line;
    bool inside = false;
    unsigned found = 0;
    text_init(&t, slice_of(r->text, r->text_n));
    while (text_line(&line, &t)) {
        size_t level = 0;
        struct slice word = line_word(line, &level);
        if (word.n == 0)
            continue;
        if (level == 0) {
            inside = text_is(word, section);
            if (inside && name == NULL)
                found = t.line;
        } else if (inside && name != NULL && text_is(word, name)) {
            found = t.line;
        }
    }
    return found;
}

static void
complain(struct reader *r, unsigned line, const char *what)
{
    r->failed = EXIT_INVALID;
    if (line > 0)
        (void)fprintf(stderr, "%s:%u: %s\n", r->file, line, what);
    else
        (void)fprintf(stderr, "%s: %s\n", r->file, what);
}

static void
complain_name(struct reader *r, unsigned line, const char *name)
{
    char what[NAME_CAP * 2];
    const char *nearest = NULL;
    (void)config_is_name(slice_str(name), &nearest);
    (void)snprintf(what, sizeof what, "unknown name %s%s%s%s", name,
        nearest == NULL ? "" : " (did you mean ",
        nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?)");
    complain(r, line, what);
}

static bool
is_set_before(struct reader *r, const char *name)
{
    char line[NAME_CAP + 3];
    size_t n = strlen(r->set);
    (void)snprintf(line, sizeof line, "\n%s\n", name);
    if (strstr(r->set, line) != NULL)
        return true;
    (void)snprintf(
        r->set + n, sizeof r->set - n, "%s", n > 0 ? line + 1 : line);
    return false;
}

static void
read_property(struct reader *r, const char *section, zconfig_t *item)
{
    char name[NAME_CAP], what[NAME_CAP * 2];
    const char *must_be = NULL, *nearest = NULL;
    const char *own = zconfig_name(item), *value = zconfig_value(item);
    (void)snprintf(name, sizeof name, "%s/%s", section, own);
    unsigned line = line_of(r, section, own);
    if (!config_is_name(slice_str(name), &nearest)) {
        complain_name(r, line, name);
        return;
    }
    if (zconfig_child(item) != NULL || value == NULL) {
        complain(r, line, "a name with a value is wanted here");
        return;
    }
    if (config_set(&r->cfg, slice_str(name), slice_str(value), &must_be) !=
        DHK_OK) {
        (void)snprintf(what, sizeof what, "%s must be %s", name, must_be);
        complain(r, line, what);
        return;
    }
    if (is_set_before(r, name)) {
        (void)snprintf(what, sizeof what, "%s is given twice", name);
        complain(r, line, what);
        return;
    }
    (void)printf("%s=%s\n", name, value);
}

static void
read_sections(struct reader *r, zconfig_t *root)
{
    for (zconfig_t *s = zconfig_child(root); s != NULL; s = zconfig_next(s)) {
        const char *section = zconfig_name(s), *value = zconfig_value(s);
        if ((value != NULL && *value != '\0') || zconfig_child(s) == NULL) {
            complain_name(r, line_of(r, section, NULL), section);
            continue;
        }
        for (zconfig_t *i = zconfig_child(s); i != NULL; i = zconfig_next(i))
            read_property(r, section, i);
    }
}

static int
read_text(struct reader *r)
{
    FILE *f = fopen(r->file, "r");
    if (f == NULL)
        return -1;
    r->text_n = fread(r->text, 1, sizeof r->text, f);
    int failed = ferror(f);
    (void)fclose(f);
    return failed != 0 ? -1 : 0;
}

/* Says again what CZMQ printed: lines with "(NUMBER) message". */
static void
complain_again(struct reader *r, char *said)
{
    unsigned line = 0;
    char *message = strstr(said, "): (");
    if (message != NULL) {
        line = (unsigned)strtoul(message + 4, &message, 10);
        if (*message == ')')
            message++;
        while (*message == ' ')
            message++;
        message[strcspn(message, "\n")] = '\0';
    }
    complain(r, line, message == NULL ? "not of the form of ZPL" : message);
}

/* CZMQ reports errors on standard output, which is for our lines. */
static zconfig_t *
load(struct reader *r)
{
    char said[1024] = "";
    int caught = memfd_create("czmq", MFD_CLOEXEC);
    (void)fflush(stdout);
    int out = dup(STDOUT_FILENO);
    if (caught < 0 || out < 0 || dup2(caught, STDOUT_FILENO) < 0)
        return NULL;
    zconfig_t *root = zconfig_load(r->file);
    (void)fflush(stdout);
    (void)dup2(out, STDOUT_FILENO);
    (void)close(out);
    ssize_t n = pread(caught, said, sizeof said - 1, 0);
    (void)close(caught);
    if (root == NULL || n > 0) {
        complain_again(r, said);
        zconfig_destroy(&root);
    }
    return root;
}

int
main(int argc, char **argv)
{
    static struct reader r;
    if (argc != 2) {
        (void)fprintf(stderr, "usage: driehoekd-config FILE\n");
        return EXIT_USAGE;
    }
    r.file = argv[1];
    config_init(&r.cfg);
    if (read_text(&r) != 0) {
        (void)fprintf(stderr, "%s: %s\n", r.file, strerror(errno));
        return EXIT_LOCAL;
    }
    if (r.text_n == sizeof r.text) {
        complain(&r, 0, "too long");
        return EXIT_INVALID;
    }
    zconfig_t *root = load(&r);
    /* CZMQ loses what it had read of a file that is wrong; so do we, without
     * the end of a program that accounts for its memory */
    if (root == NULL)
        _exit(EXIT_INVALID);
    read_sections(&r, root);
    zconfig_destroy(&root);
    if (fflush(stdout) != 0)
        return EXIT_LOCAL;
    return r.failed;
}
