/* SPDX-License-Identifier: EUPL-1.2
 *
 * A municipality's file holder: municipality_node DIRECTORY. Each share becomes
 * a file in DIRECTORY.shares that is named by the share's id and appears whole
 * or not at all: this program's transaction. Handed a share again, it finds
 * the file, and has it exactly once. The file goes when it is withdrawn. */
#include <driehoek.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Keeps SHARE for good, or finds that it is kept already. */
static bool
keep(int folder, const struct dhk_share *share)
{
    if (share->notice != NULL)
        return (unlinkat(folder, share->id, 0) == 0 || errno == ENOENT) &&
               fsync(folder) == 0;
    int fd = openat(folder, "new", O_CREAT | O_TRUNC | O_WRONLY, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    bool ok = file != NULL;
    for (size_t i = 0; ok && i < share->fields_n; i++)
        ok = fprintf(file, "%s: %zu\n%s\n", share->fields[i].name,
                 share->fields[i].n, share->fields[i].value) >= 0;
    ok = ok && fflush(file) == 0 && fsync(fd) == 0;
    ok = file != NULL && fclose(file) == 0 && ok;
    if (ok &&
        renameat2(folder, "new", folder, share->id, RENAME_NOREPLACE) != 0)
        ok = errno == EEXIST;
    return ok && fsync(folder) == 0; /* its name, too */
}

static enum dhk_err
take_all(struct dhk_node *node, int folder, struct dhk_problem *problem)
{
    const struct dhk_share *share = NULL;
    enum dhk_err rc;
    while ((rc = dhk_receive(node, 2000, &share, problem)) == DHK_OK) {
        if (!keep(folder, share)) {
            dhk_release(node, &share); /* it comes again */
            return DHK_IO;
        }
        printf("%s %s from %s, to be kept for at most %d days\n", share->id,
            share->kind, share->sender, share->retain_at_most);
        rc = share->notice == NULL /* only now */
                 ? dhk_confirm(node, &share)
                 : dhk_answer_notice(node, &share, DHK_DELETED);
        if (rc != DHK_OK)
            return rc;
    }
    return rc == DHK_NOTFOUND ? dhk_answers_flush(node, 5000, problem) : rc;
}

int
main(int argc, char **argv)
{
    struct dhk_node *node = NULL;
    struct dhk_problem problem = {""};
    char path[4096];
    int folder = -1;
    enum dhk_err rc =
        argc != 2 ? DHK_FORMAT : dhk_node_open(&node, argv[1], NULL, &problem);

    (void)snprintf(path, sizeof path, "%s.shares", argc == 2 ? argv[1] : "");
    if (rc == DHK_OK && (mkdir(path, 0700) == 0 || errno == EEXIST))
        folder = open(path, O_RDONLY | O_DIRECTORY);
    if (rc == DHK_OK)
        rc = folder < 0 ? DHK_IO
                        : dhk_connect(node, DHK_RECEIVE, 5000, &problem);
    if (rc == DHK_OK)
        rc = take_all(node, folder, &problem);
    if (rc != DHK_OK)
        (void)fprintf(stderr, "%s: %s\n", dhk_error_text(rc), problem.text);
    dhk_node_close(&node);
    return rc == DHK_OK ? 0 : 1;
}
