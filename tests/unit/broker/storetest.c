/* SPDX-License-Identifier: EUPL-1.2 */
#include "storetest.h"

#include <fcntl.h>
#include <sys/wait.h>

void
storetest_put(struct store *s, const char *key, const char *value)
{
    struct store_txn *t = NULL;
    must(store_begin(&t, s, true) == DHK_OK);
    must(store_put(t, 0, slice_str(key), slice_str(value)) == DHK_OK);
    must(store_commit(&t) == DHK_OK);
}

bool
storetest_holds(struct store *s, const char *key, const char *value)
{
    struct store_txn *t = NULL;
    struct slice v;
    must(store_begin(&t, s, false) == DHK_OK);
    enum dhk_err rc = store_get(t, 0, slice_str(key), &v);
    bool same = value == NULL
                    ? rc == DHK_NOTFOUND
                    : rc == DHK_OK && slice_equal(v, slice_str(value));
    store_abort(&t);
    return same;
}

void
storetest_crash(const char *dir, const struct store_options *o,
    void (*work)(struct store *s))
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        struct store *s = NULL;
        if (store_open(&s, dir, o) != DHK_OK)
            _exit(2);
        work(s);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

void
storetest_alter(const char *dir, off_t at)
{
    char path[256];
    uint8_t byte;
    (void)snprintf(path, sizeof path, "%s/%s", dir, STORE_JOURNAL);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte++;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    (void)close(fd);
}
