/* SPDX-License-Identifier: EUPL-1.2
 *
 * The end of a file whose content is to be gone. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 65536, PATH_CAP = 4096 };

static enum dhk_err
overwrite(int fd)
{
    static const uint8_t zeros[BLOCK];
    struct stat st;
    if (fstat(fd, &st) != 0)
        return DHK_IO;
    for (off_t at = 0; at < st.st_size;) {
        off_t left = st.st_size - at;
        ssize_t n = pwrite(fd, zeros, left < BLOCK ? (size_t)left : BLOCK, at);
        if (n <= 0 && errno != EINTR)
            return DHK_IO;
        at += n > 0 ? n : 0;
    }
    return fsync(fd) == 0 ? DHK_OK : DHK_IO;
}

static enum dhk_err
sync_folder(const char *path)
{
    char folder[PATH_CAP];
    enum dhk_err rc = slice_to_str(slice_str(path), folder, sizeof folder);
    char *slash = rc == DHK_OK ? strrchr(folder, '/') : NULL;
    if (rc != DHK_OK)
        return rc;
    if (slash == NULL)
        strcpy(folder, ".");
    else
        slash[slash == folder ? 1 : 0] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return DHK_IO;
    int failed = fsync(fd);
    (void)close(fd);
    return failed == 0 ? DHK_OK : DHK_IO;
}

enum dhk_err
file_shred(const char *path)
{
    /* of any age: nobody is to finish writing it */
    file_remove_unfinished(path, INT64_MAX);
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? DHK_NOTFOUND : DHK_IO;
    enum dhk_err rc = overwrite(fd);
    (void)close(fd);
    if (rc == DHK_OK && unlink(path) != 0)
        rc = DHK_IO;
    return rc == DHK_OK ? sync_folder(path) : rc;
}
