/* SPDX-License-Identifier: EUPL-1.2
 *
 * Files: whole reads with a limit, atomic private writes, secrets. */
#ifndef HOST_FILE_H
#define HOST_FILE_H

#include "bytes.h"
#include "err.h"

/* Reads all of PATH ("-": standard input) into memory of *OUT_N bytes that the
 * caller frees with file_free(). DHK_LIMIT over MAX, DHK_IO with errno. */
DHK_MUST_USE enum dhk_err file_read(
    uint8_t **out, size_t *out_n, const char *path, size_t max);
/* Like file_read, for secrets: refuses (DHK_DENIED) a file that group or
 * others may read or that another user owns. file_free() wipes. */
DHK_MUST_USE enum dhk_err file_read_secret(
    uint8_t **out, size_t *out_n, const char *path, size_t max);
/* Wipes and frees; NULL is fine. */
void file_free(uint8_t **p, size_t n);
/* Writes to a temporary file in the same directory, fsyncs, renames, fsyncs
 * the directory. MODE e.g. 0600. */
DHK_MUST_USE enum dhk_err file_write(
    const char *path, struct slice bytes, unsigned mode);
/* The same, but DHK_EXISTS when PATH is there already. */
DHK_MUST_USE enum dhk_err file_create(
    const char *path, struct slice bytes, unsigned mode);
/* Removes what file_write() and file_create() of PATH left behind when they
 * were killed: "PATH.tmp.XXXXXX", last changed more than an hour before NOW
 * (seconds since 1970), so that nobody is still at work on it. What cannot be
 * removed stays. */
void file_remove_unfinished(const char *path, int64_t now);
/* Overwrites PATH with zeros, fsyncs, removes it and fsyncs the directory; what
 * writers of it left unfinished is removed, too. A disk or file system that
 * writes elsewhere than it is told keeps the old blocks all the same.
 * DHK_NOTFOUND, DHK_IO with errno. */
DHK_MUST_USE enum dhk_err file_shred(const char *path);
/* mkdir 0700; fine when it exists as a directory. */
DHK_MUST_USE enum dhk_err file_mkdir(const char *path);
/* fsyncs the directory PATH, so that what it names stays. */
DHK_MUST_USE enum dhk_err file_sync_dir(const char *path);
/* Joins into DST; DHK_LIMIT when too long. */
DHK_MUST_USE enum dhk_err file_path(
    char *dst, size_t cap, const char *dir, const char *name);
/* Everything from FD until end of file or newline (a passphrase); into memory
 * from key_secret_new(), *OUT_N bytes. On a terminal PROMPT is written to
 * standard error first, nothing is echoed, and a signal that ends the process
 * leaves the terminal as it was. */
DHK_MUST_USE enum dhk_err file_read_passphrase(
    uint8_t **out, size_t *out_n, int fd, const char *prompt);
/* No core dumps, not traceable, and 0, 1 and 2 are taken: a file of ours that
 * got the number of a closed standard output would be written to. First call
 * of every program with secrets. */
void file_protect_process(void);

#endif
