/* SPDX-License-Identifier: EUPL-1.2
 *
 * Case handles and their labels, one locked file each. */
#include "cases.h"

#include "file.h"
#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HANDLE = 16, TIME = 8, PLAIN = TIME + CASES_LABEL };

static enum dhk_err
case_path(char path[NODE_PATH], const struct dhk_node *node, const char *handle)
{
    uint8_t bytes[HANDLE];
    char folder[NODE_PATH];
    enum dhk_err rc = bytes_unhex(bytes, sizeof bytes, slice_str(handle));

    if (rc == DHK_OK)
        rc = node_path(folder, node->dir, "cases");
    return rc == DHK_OK ? node_path(path, folder, handle) : rc;
}

enum dhk_err
cases_new(char handle[33], struct dhk_node *node, const char *label,
    struct dhk_problem *problem)
{
    struct key_pool pool = {.left = 0};
    uint8_t plain[PLAIN] = {0}, box[PLAIN + SEAL_LOCKED_EXTRA];
    char path[NODE_PATH];
    size_t n = strlen(label);
    enum dhk_err rc;

    if (n >= CASES_LABEL || !text_is_plain(slice_str(label), false))
        return problem_set(problem, DHK_FORMAT,
            "a label is at most %d bytes of text on one line", CASES_LABEL - 1);
    dhk_case_new(handle);
    bytes_put_u64(plain, (uint64_t)node_now(node));
    memcpy(plain + TIME, label, n + 1);
    /* all of one length, and locked to its handle */
    seal_locked(box, slice_of(plain, sizeof plain), slice_str(handle),
        node->store_key, &pool);
    key_wipe(&pool, sizeof pool);
    key_wipe(plain, sizeof plain);
    rc = case_path(path, node, handle);
    if (rc == DHK_OK)
        rc = file_create(path, slice_of(box, sizeof box), 0600);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

/* --- marks beside the label's file --- */

static enum dhk_err
mark_path(char path[NODE_PATH], const struct dhk_node *node, const char *handle,
    const char *mark)
{
    enum dhk_err rc = case_path(path, node, handle);
    size_t n = rc == DHK_OK ? strlen(path) : 0;

    if (rc != DHK_OK)
        return rc;
    return snprintf(path + n, NODE_PATH - n, ".%s", mark) < (int)(NODE_PATH - n)
               ? DHK_OK
               : DHK_LIMIT;
}

static bool
has_file(const char *path)
{
    return access(path, F_OK) == 0 || errno != ENOENT;
}

/* What cannot be told is shielded. */
static bool
is_shielded(const struct dhk_node *node, const char *handle)
{
    char path[NODE_PATH];

    return mark_path(path, node, handle, "shielded") != DHK_OK ||
           has_file(path);
}

enum dhk_err
cases_shield(
    struct dhk_node *node, const char *handle, struct dhk_problem *problem)
{
    char path[NODE_PATH];
    enum dhk_err rc = case_path(path, node, handle);

    if (rc == DHK_OK && !has_file(path))
        return DHK_OK;
    if (rc == DHK_OK)
        rc = mark_path(path, node, handle, "shielded");
    if (rc == DHK_OK && !has_file(path))
        rc = file_write(path, slice_str(""), 0600);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

/* --- the end of a case: HANDLE.gone has "SECONDS 0", or 1 once it is stated
 * ---
 */

int64_t
cases_buried(const struct dhk_node *node, const char *handle, bool *stated)
{
    char path[NODE_PATH], text[64] = "", *end = text;
    uint8_t *bytes = NULL;
    size_t n = 0;
    long long at = 0;

    if (mark_path(path, node, handle, "gone") == DHK_OK &&
        access(path, F_OK) == 0) {
        if (file_read(&bytes, &n, path, sizeof text - 1) == DHK_OK &&
            slice_to_str(slice_of(bytes, n), text, sizeof text) == DHK_OK)
            at = strtoll(text, &end, 10);
        file_free(&bytes, n);
        at = at > 0 ? at : 1; /* it is buried, whatever the file says */
    }
    if (stated != NULL)
        *stated = strcmp(end, " 1\n") == 0;
    return at;
}

static enum dhk_err
write_gone(const struct dhk_node *node, const char *handle, int64_t at,
    bool stated, struct dhk_problem *problem)
{
    char path[NODE_PATH], text[64];
    enum dhk_err rc = mark_path(path, node, handle, "gone");

    (void)snprintf(
        text, sizeof text, "%lld %d\n", (long long)at, stated ? 1 : 0);
    if (rc == DHK_OK)
        rc = file_write(path, slice_str(text), 0600);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

enum dhk_err
cases_bury(
    struct dhk_node *node, const char *handle, struct dhk_problem *problem)
{
    char path[NODE_PATH];
    enum dhk_err rc = DHK_OK;

    if (cases_buried(node, handle, NULL) == 0)
        rc = write_gone(node, handle, node_now(node), false, problem);
    if (rc != DHK_OK)
        return rc;
    rc = case_path(path, node, handle);
    if (rc == DHK_OK)
        rc = file_shred(path);
    if (rc == DHK_OK || rc == DHK_NOTFOUND)
        rc = mark_path(path, node, handle, "shielded");
    if (rc == DHK_OK && unlink(path) != 0 && errno != ENOENT)
        rc = DHK_IO;
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

void
cases_revive(const struct dhk_node *node, const char *handle)
{
    char path[NODE_PATH];

    /* whoever lists cases sees that something came since, also when it stays */
    if (mark_path(path, node, handle, "gone") == DHK_OK)
        (void)unlink(path);
}

enum dhk_err
cases_stated(
    struct dhk_node *node, const char *handle, struct dhk_problem *problem)
{
    return write_gone(
        node, handle, cases_buried(node, handle, NULL), true, problem);
}

/* --- reading --- */

static enum dhk_err
read_case(
    struct cases_item *out, const struct dhk_node *node, const char *handle)
{
    uint8_t plain[PLAIN], *box = NULL;
    char path[NODE_PATH];
    size_t n = 0;
    enum dhk_err rc = case_path(path, node, handle);

    if (rc == DHK_OK)
        rc = file_read(&box, &n, path, PLAIN + SEAL_LOCKED_EXTRA);
    if (rc == DHK_IO && errno == ENOENT)
        return DHK_NOTFOUND;
    if (rc == DHK_OK && n != PLAIN + SEAL_LOCKED_EXTRA)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = seal_unlocked(
            plain, slice_of(box, n), slice_str(handle), node->store_key);
    file_free(&box, n);
    if (rc != DHK_OK)
        return rc;
    *out = (struct cases_item){.made = (int64_t)bytes_get_u64(plain)};
    memcpy(out->label, plain + TIME, CASES_LABEL);
    out->label[CASES_LABEL - 1] = '\0';
    key_wipe(plain, sizeof plain);
    return slice_to_str(slice_str(handle), out->handle, sizeof out->handle);
}

enum dhk_err
cases_label(char label[CASES_LABEL], struct dhk_node *node, const char *handle)
{
    enum dhk_err rc = cases_label_shielded(label, node, handle);

    if (rc != DHK_OK || !is_shielded(node, handle))
        return rc;
    key_wipe(label, CASES_LABEL);
    return DHK_DENIED;
}

enum dhk_err
cases_label_shielded(
    char label[CASES_LABEL], struct dhk_node *node, const char *handle)
{
    struct cases_item item;
    enum dhk_err rc = read_case(&item, node, handle);

    if (rc == DHK_OK)
        memcpy(label, item.label, CASES_LABEL);
    key_wipe(&item, sizeof item);
    return rc;
}

/* One damaged file must not hide the others. */
static enum dhk_err
read_for_list(struct cases_item *out, const struct dhk_node *node,
    const char *handle, bool lifted)
{
    enum dhk_err rc = read_case(out, node, handle);

    out->shielded = rc == DHK_OK && is_shielded(node, handle);
    if (rc == DHK_OK && out->shielded && !lifted)
        key_wipe(out->label, sizeof out->label);
    if (rc != DHK_FORMAT && rc != DHK_AUTH && rc != DHK_LIMIT)
        return rc;
    *out = (struct cases_item){.damaged = true};
    return slice_to_str(slice_str(handle), out->handle, sizeof out->handle);
}

static int
by_age(const void *a, const void *b)
{
    const struct cases_item *x = a, *y = b;

    if (x->made != y->made)
        return x->made < y->made ? -1 : 1;
    return strcmp(x->handle, y->handle);
}

static enum dhk_err
append(struct cases_item **list, size_t *n, size_t *cap,
    const struct cases_item *item)
{
    struct cases_item *more;

    if (*n == *cap) {
        *cap = *cap == 0 ? 16 : *cap * 2;
        more = calloc(*cap, sizeof *more);
        if (more == NULL)
            return DHK_NOMEM;
        if (*n > 0)
            memcpy(more, *list, *n * sizeof *more);
        cases_free(list, *n);
        *list = more;
    }
    (*list)[(*n)++] = *item;
    return DHK_OK;
}

enum dhk_err
cases_list(struct cases_item **list, size_t *n, struct dhk_node *node,
    bool lifted, struct dhk_problem *problem)
{
    char folder[NODE_PATH];
    const struct dirent *entry;
    struct cases_item item;
    size_t cap = 0;
    DIR *d = NULL;
    enum dhk_err rc = node_path(folder, node->dir, "cases");

    *list = NULL;
    *n = 0;
    if (rc == DHK_OK && (d = opendir(folder)) == NULL)
        rc = DHK_IO;
    while (rc == DHK_OK && (entry = readdir(d)) != NULL) {
        if (strlen(entry->d_name) != (size_t)2 * HANDLE)
            continue;
        rc = read_for_list(&item, node, entry->d_name, lifted);
        if (rc == DHK_OK)
            rc = append(list, n, &cap, &item);
    }
    key_wipe(&item, sizeof item);
    if (d != NULL)
        (void)closedir(d);
    if (rc != DHK_OK) {
        cases_free(list, *n);
        return problem_file(problem, rc, folder);
    }
    if (*n > 0)
        qsort(*list, *n, sizeof **list, by_age);
    return DHK_OK;
}

void
cases_free(struct cases_item **list, size_t n)
{
    if (*list == NULL)
        return;
    key_wipe(*list, n * sizeof **list);
    free(*list);
    *list = NULL;
}
