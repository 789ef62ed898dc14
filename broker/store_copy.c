/* SPDX-License-Identifier: EUPL-1.2 */
#include "store_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "host/store.h"
#include "table.h"

enum { PART = 1 << 20 };

static enum dhk_err
create(int *fd, const char *path)
{
    *fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd >= 0)
        return DHK_OK;
    return errno == EEXIST ? DHK_EXISTS : DHK_IO;
}

/* LMDB does not make its copies durable. */
static enum dhk_err
end(int fd, enum dhk_err rc)
{
    if (rc == DHK_OK && fsync(fd) != 0)
        rc = DHK_IO;
    int kept = errno;
    if (close(fd) != 0 && rc == DHK_OK)
        return DHK_IO;
    errno = kept;
    return rc;
}

enum dhk_err
store_copy_to(
    const char *path, const char *dir, size_t map_bytes, bool *compact)
{
    static const char *const names[TABLES] = TABLE_NAMES;
    struct store_options o = {.tables = names,
        .tables_n = TABLES,
        .map_bytes = map_bytes,
        .beside = true};
    struct store *s = NULL;
    int fd = -1;
    enum dhk_err rc = store_open(&s, dir, &o);

    if (rc == DHK_OK)
        rc = create(&fd, path);
    if (rc != DHK_OK) {
        store_close(&s);
        return rc;
    }
    *compact = true;
    rc = store_copy(s, fd, true);
    if (rc == DHK_IO) { /* it lost pages: then all of them, as they are */
        *compact = false;
        if (ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0)
            rc = store_copy(s, fd, false);
    }
    rc = end(fd, rc);
    store_close(&s);
    return rc;
}

enum dhk_err
store_copy_file(const char *path, const char *from)
{
    int fd = -1, source = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    enum dhk_err rc = source < 0 ? DHK_IO : create(&fd, path);
    ssize_t n = 0;

    while (rc == DHK_OK &&
           (n = copy_file_range(source, NULL, fd, NULL, PART, 0)) > 0)
        continue;
    if (rc == DHK_OK && n < 0)
        rc = DHK_IO;
    if (source >= 0)
        (void)close(source);
    return fd >= 0 ? end(fd, rc) : rc;
}
