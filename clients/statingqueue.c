/* SPDX-License-Identifier: EUPL-1.2 */
#include "statingqueue.h"

#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_DIGITS = 8 };

static bool
is_number(const char *name, uint64_t *number)
{
    uint64_t n = 0;
    for (size_t i = 0; i < NUMBER_DIGITS; i++) {
        if (name[i] < '0' || name[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(name[i] - '0');
    }
    *number = n;
    return name[NUMBER_DIGITS] == '\0';
}

/* The least number above AFTER, or the greatest of all; 0: there is none. */
static enum dhk_err
scan(const char *folder, uint64_t after, uint64_t *least, uint64_t *greatest)
{
    const struct dirent *entry;
    uint64_t number;
    DIR *d = opendir(folder);

    *least = *greatest = 0;
    if (d == NULL)
        return errno == ENOENT ? DHK_OK : DHK_IO;
    while ((entry = readdir(d)) != NULL) {
        if (!is_number(entry->d_name, &number))
            continue;
        if (number > *greatest)
            *greatest = number;
        if (number > after && (*least == 0 || number < *least))
            *least = number;
    }
    (void)closedir(d);
    return DHK_OK;
}

static enum dhk_err
number_path(char path[NODE_PATH], const char *folder, uint64_t number)
{
    char name[32];
    (void)snprintf(
        name, sizeof name, "%0*llu", NUMBER_DIGITS, (unsigned long long)number);
    return node_path(path, folder, name);
}

enum dhk_err
statingqueue_next(
    struct statingqueue_item *out, const char *folder, uint64_t *number)
{
    uint64_t least, greatest;
    enum dhk_err rc;

    do {
        uint8_t *bytes = NULL;
        out->said = (struct statement){.made = 0};
        rc = scan(folder, *number, &least, &greatest);
        if (rc != DHK_OK || least == 0)
            return rc == DHK_OK ? DHK_NOTFOUND : rc;
        *number = out->number = least;
        rc = number_path(out->path, folder, least);
        if (rc == DHK_OK)
            rc = file_read(&bytes, &out->n, out->path, sizeof out->bytes);
        if (rc == DHK_OK)
            memcpy(out->bytes, bytes, out->n);
        file_free(&bytes, out->n);
    } while (rc == DHK_IO && errno == ENOENT);
    if (rc == DHK_OK)
        rc = statement_decode(&out->said, slice_of(out->bytes, out->n), NULL);
    return rc == DHK_OK || rc == DHK_IO ? rc : DHK_FORMAT;
}

enum dhk_err
statingqueue_add(const char *folder, struct slice bytes, uint64_t *number)
{
    char path[NODE_PATH];
    uint64_t least, greatest = 0;
    enum dhk_err rc = file_mkdir(folder);

    do { /* until nobody else took the number */
        if (rc == DHK_OK || rc == DHK_EXISTS)
            rc = scan(folder, 0, &least, &greatest);
        if (rc == DHK_OK)
            rc = number_path(path, folder, greatest + 1);
        if (rc == DHK_OK)
            rc = file_create(path, bytes, 0600);
    } while (rc == DHK_EXISTS);
    *number = greatest + 1;
    return rc;
}
