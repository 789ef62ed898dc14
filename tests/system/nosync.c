/* SPDX-License-Identifier: EUPL-1.2
 *
 * The control of the power cut test: linked with --wrap=mdb_env_open and
 * --wrap=fdatasync, a program whose store does not wait for the disk. What it
 * acknowledges is lost with the power, and the test must see that. Never part
 * of what is installed. */
#include <lmdb.h>

int __real_mdb_env_open(
    MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);
int __wrap_mdb_env_open(
    MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);
int __wrap_fdatasync(int fd);

int
__wrap_fdatasync(int fd)
{
    (void)fd;
    return 0;
}

int
__wrap_mdb_env_open(
    MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode)
{
    return __real_mdb_env_open(env, path, flags | MDB_NOSYNC, mode);
}
