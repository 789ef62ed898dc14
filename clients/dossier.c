/* SPDX-License-Identifier: EUPL-1.2
 *
 * Making the directory of a dossier; see dossier.h. It is filled under another
 * name and renamed at the end, so that there is a whole one or none. */
#include "dossier.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "approval.h"
#include "cmd.h"
#include "file.h"

enum { PATH = 4096, FILE_MAX = 256 * 1024 * 1024 };

/* These stand for the copies of the two texts. */
static const char NEW[] = "NEW";
static const char OLD[] = "OLD";

/* A file for each: what `driehoek policy` prints with these words. Those that
 * name OLD are left out of the dossier of a first agreement. */
static const struct dossier_file rows[] = {
    {"check.txt", {"de controle van de tekst", "the check of the text"},
        DOSSIER_FINDINGS, {"check", NEW}, ""},
    {"render-nl.txt",
        {"het convenant in Nederlandse zinnen",
            "the agreement in Dutch sentences"},
        0, {"render", NEW, "--lang", "nl"}, ""},
    {"render-en.txt",
        {"het convenant in Engelse zinnen",
            "the agreement in English sentences"},
        0, {"render", NEW, "--lang", "en"}, ""},
    {"matrix-nl.html",
        {"wie wat aan wie mag geven, in het Nederlands",
            "who may give what to whom, in Dutch"},
        0, {"matrix", NEW, "--html", "--lang", "nl"}, ""},
    {"matrix-en.html",
        {"wie wat aan wie mag geven, in het Engels",
            "who may give what to whom, in English"},
        0, {"matrix", NEW, "--html", "--lang", "en"}, ""},
    {"matrix.csv",
        {"hetzelfde als tabel, een regel per veld",
            "the same as a table, a line for each field"},
        0, {"matrix", NEW, "--csv"}, ""},
};

static void
prepare(struct dossier *d)
{
    const struct agreement *a = d->new.agreement;
    const struct agreement *before = d->old.agreement;
    struct approval approval;
    (void)snprintf(d->new_name, sizeof d->new_name, "%s.convenant", a->name);
    if (before != NULL)
        (void)snprintf(d->old_name, sizeof d->old_name, "%s-%u.convenant",
            a->name, before->version);
    approval_of_agreement(&approval, a, before);
    d->signatories_n = quorum_union(d->signatory,
        sizeof d->signatory / sizeof *d->signatory, approval.before,
        approval.before_n, approval.named, approval.named_n);
}

/* --- files, in the current directory ---------------------------------- */

/* FILE is there: puts it on the list, with its hash. */
static enum dhk_err
list(struct dossier *d, const struct dossier_file *file)
{
    uint8_t sha256[SEAL_HASH];
    uint8_t *mem = NULL;
    size_t n = 0;
    enum dhk_err rc = file_read(&mem, &n, file->name, FILE_MAX);
    if (rc != DHK_OK)
        return rc;
    must(d->files_n < DOSSIER_FILES);
    struct dossier_file *made = &d->file[d->files_n++];
    *made = *file;
    seal_sha256(sha256, slice_of(mem, n));
    bytes_hex(made->sha256, sha256, sizeof sha256);
    file_free(&mem, n);
    return DHK_OK;
}

static enum dhk_err
copy_text(struct dossier *d, const struct policyfile *from,
    const struct dossier_file *file)
{
    FILE *out = fopen(file->name, "wxe");
    if (out == NULL)
        return DHK_IO;
    bool written = fwrite(from->text, 1, from->n, out) == from->n;
    return fclose(out) == 0 && written ? list(d, file) : DHK_IO;
}

static enum dhk_err
write_page(struct dossier *d, const struct dossier_file *file,
    void (*write)(FILE *out, const struct dossier *d))
{
    FILE *out = fopen(file->name, "wxe");
    if (out == NULL)
        return DHK_IO;
    write(out, d);
    bool written = ferror(out) == 0;
    return fclose(out) == 0 && written ? list(d, file) : DHK_IO;
}

/* --- what a command prints --------------------------------------------- */

/* Standard output, and standard error for FILE's findings, go to FD. */
static bool
redirect(const struct dossier_file *file, int fd)
{
    return dup2(fd, STDOUT_FILENO) >= 0 &&
           ((file->flags & DOSSIER_FINDINGS) == 0 ||
               dup2(fd, STDERR_FILENO) >= 0);
}

static enum cli_exit
run_words(const struct dossier_file *file)
{
    struct cli cli = {.path = "driehoek policy", .passphrase_fd = -1};
    char word[DOSSIER_WORDS + 1][DOSSIER_NAME] = {"policy"};
    char *argv[DOSSIER_WORDS + 2] = {word[0]};
    int argc = 1;
    for (size_t i = 0; i < DOSSIER_WORDS && file->words[i] != NULL; i++) {
        (void)snprintf(word[argc], sizeof word[0], "%s", file->words[i]);
        argv[argc] = word[argc];
        argc++;
    }
    return cmd_policy(&cli, argc, argv);
}

/* FILE becomes what its command prints. */
static enum cli_exit
run(const struct dossier_file *file)
{
    enum cli_exit exit = CLI_LOCAL;
    int fd = open(file->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int err = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (fd >= 0 && out >= 0 && err >= 0 && fflush(stdout) == 0 &&
        redirect(file, fd))
        exit = run_words(file); /* flushes what it prints */
    if (out >= 0 && err >= 0 &&
        (dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0))
        exit = CLI_LOCAL;
    const int all[] = {fd, out, err};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i] >= 0)
            (void)close(all[i]);
    if (exit == CLI_NO && (file->flags & DOSSIER_DIFFERS) != 0)
        exit = CLI_OK;
    return exit;
}

/* The row with the names of the copies; false: there is no OLD. */
static bool
fill_in(struct dossier_file *file, const struct dossier *d)
{
    for (size_t i = 0; i < DOSSIER_WORDS; i++) {
        if (file->words[i] == OLD && d->old.agreement == NULL)
            return false;
        if (file->words[i] == NEW)
            file->words[i] = d->new_name;
        if (file->words[i] == OLD)
            file->words[i] = d->old_name;
    }
    return true;
}

static enum cli_exit
run_rows(const struct cli *cli, struct dossier *d)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dossier_file file = rows[i];
        if (!fill_in(&file, d))
            continue;
        enum cli_exit exit = run(&file);
        if (exit != CLI_OK) {
            cli_say(cli,
                "%s could not be made: driehoek policy %s ended with "
                "%d",
                file.name, file.words[0], (int)exit);
            return exit;
        }
        enum dhk_err rc = list(d, &file);
        if (rc != DHK_OK)
            return cli_fail(cli, rc, file.name);
    }
    return CLI_OK;
}

static enum cli_exit
fill(const struct cli *cli, struct dossier *d)
{
    const struct dossier_file new = {d->new_name,
        {"de tekst die wordt ondertekend", "the text that is signed"}, 0,
        {NULL}, ""};
    const struct dossier_file old = {d->old_name,
        {"de tekst die nu geldt", "the text before it"}, 0, {NULL}, ""};
    static const struct dossier_file signing = {
        "signing.txt", {"hoe te ondertekenen", "how to sign"}, 0, {NULL}, ""};
    static const struct dossier_file index = {
        "index.html", {"dit overzicht", "this page"}, 0, {NULL}, ""};
    static const struct dossier_file sums = {
        "SHA256SUMS", {"alle hashes", "all hashes"}, 0, {NULL}, ""};
    enum dhk_err rc = copy_text(d, &d->new, &new);
    if (rc == DHK_OK && d->old.agreement != NULL)
        rc = copy_text(d, &d->old, &old);
    if (rc != DHK_OK)
        return cli_fail(cli, rc, "the texts");
    enum cli_exit exit = run_rows(cli, d);
    if (exit != CLI_OK)
        return exit;
    rc = write_page(d, &signing, dossier_signing);
    if (rc == DHK_OK)
        rc = write_page(d, &index, dossier_index);
    if (rc == DHK_OK)
        rc = write_page(d, &sums, dossier_sums);
    return rc == DHK_OK ? CLI_OK : cli_fail(cli, rc, "the pages");
}

/* --- the directory ----------------------------------------------------- */

/* Removes the current directory's files. */
static void
empty(void)
{
    DIR *dir = opendir(".");
    const struct dirent *e;
    if (dir == NULL)
        return;
    while ((e = readdir(dir)) != NULL) /* "." and ".." cannot be unlinked */
        (void)unlink(e->d_name);
    (void)closedir(dir);
}

static bool
is_free(const char *path)
{
    DIR *dir = opendir(path);
    size_t n = 0;
    if (dir == NULL)
        return errno == ENOENT;
    while (readdir(dir) != NULL)
        n++;
    (void)closedir(dir);
    return n <= 2; /* itself and the one above */
}

/* Fills TEMPORARY, seen from here, and comes back. */
static enum cli_exit
fill_there(const struct cli *cli, struct dossier *d, const char *temporary)
{
    enum cli_exit exit = CLI_LOCAL;
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (here < 0 || chdir(temporary) != 0) {
        exit = cli_fail(cli, DHK_IO, temporary);
    } else {
        exit = fill(cli, d);
        if (exit != CLI_OK)
            empty();
        if (fchdir(here) != 0)
            exit = cli_fail(cli, DHK_IO, ".");
    }
    if (here >= 0)
        (void)close(here);
    return exit;
}

/* As mkdir() would have made it; mkdtemp() lets only its owner in. */
static bool
open_up(const char *path)
{
    mode_t mask = umask(0);
    (void)umask(mask);
    return chmod(path, 0777 & ~mask) == 0;
}

enum cli_exit
dossier_write(const struct cli *cli, struct dossier *d, const char *dir)
{
    char path[PATH], temporary[PATH];
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/')
        n--;
    if (n == 0 || n + sizeof ".XXXXXX" > sizeof path)
        return cli_wrong(cli, "-o wants a directory");
    (void)snprintf(path, sizeof path, "%.*s", (int)n, dir);
    if (!is_free(path)) {
        cli_say(cli, "%s is there already, and is no empty directory", path);
        return CLI_LOCAL;
    }
    prepare(d);
    memcpy(temporary, path, n);
    memcpy(temporary + n, ".XXXXXX", sizeof ".XXXXXX");
    if (mkdtemp(temporary) == NULL)
        return cli_fail(cli, DHK_IO, temporary);
    enum cli_exit exit = fill_there(cli, d, temporary);
    if (exit == CLI_OK &&
        (!open_up(temporary) || rename(temporary, path) != 0)) {
        exit = cli_fail(cli, DHK_IO, path);
        if (chdir(temporary) == 0)
            empty();
    }
    if (exit != CLI_OK)
        (void)rmdir(temporary);
    return exit;
}
