/* SPDX-License-Identifier: EUPL-1.2
 *
 * The locked content of a file:
 *   [ 1, asked:uint, whole:uint, listed:uint, unproved:uint,
 *     [ [ index, entry:bin ] ... ] ]
 */
#include "casestore.h"

#include "file.h"
#include "key.h"
#include "pack.h"
#include "wire.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEMBERS = 6,
    HEAD = 64, /* bytes of what is not an entry */
    EACH = LIMIT_ENTRY + 16,
    FILE_MAX = HEAD + CASESTORE_ENTRIES * EACH + SEAL_LOCKED_EXTRA,
};

static struct slice
aad_of(const uint8_t handle[STATEMENT_CASE])
{
    return slice_of(handle, STATEMENT_CASE);
}

void
casestore_clear(struct casestore *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->entry[i].bytes);
    free(s->entry);
    *s = (struct casestore){.n = 0};
}

static enum dhk_err
grow(struct casestore *s)
{
    size_t cap = s->cap == 0 ? 16 : s->cap * 2;
    struct casestore_entry *more;

    if (s->n < s->cap)
        return DHK_OK;
    if (s->n >= CASESTORE_ENTRIES)
        return DHK_LIMIT;
    more = reallocarray(s->entry, cap, sizeof *more);
    if (more == NULL)
        return DHK_NOMEM;
    s->entry = more;
    s->cap = cap;
    return DHK_OK;
}

enum dhk_err
casestore_add(struct casestore *s, uint64_t index, struct slice bytes)
{
    size_t at = s->n;
    uint8_t *copy;
    enum dhk_err rc;

    while (at > 0 && s->entry[at - 1].index >= index)
        at--;
    if (at < s->n && s->entry[at].index == index)
        return slice_equal(slice_of(s->entry[at].bytes, s->entry[at].n), bytes)
                   ? DHK_EXISTS
                   : DHK_AUTH;
    rc = grow(s);
    if (rc != DHK_OK)
        return rc;
    copy = malloc(bytes.n + 1);
    if (copy == NULL)
        return DHK_NOMEM;
    if (bytes.n > 0)
        memcpy(copy, bytes.p, bytes.n);
    memmove(&s->entry[at + 1], &s->entry[at], (s->n - at) * sizeof *s->entry);
    s->entry[at] = (struct casestore_entry){index, copy, bytes.n};
    s->n++;
    return DHK_OK;
}

static enum dhk_err
decode(struct casestore *s, struct slice plain)
{
    struct cursor c;
    enum dhk_err rc = DHK_OK;

    cursor_init(&c, plain);
    wire_open(&c, MEMBERS);
    s->asked = (int64_t)unpack_uint(&c, INT64_MAX);
    s->whole = unpack_uint(&c, INT64_MAX);
    s->listed = unpack_uint(&c, INT64_MAX);
    s->unproved = (size_t)unpack_uint(&c, UINT32_MAX);
    size_t n = unpack_array(&c, CASESTORE_ENTRIES);
    for (size_t i = 0; rc == DHK_OK && i < n && c.err == DHK_OK; i++) {
        unpack_array_of(&c, 2);
        uint64_t index = unpack_uint(&c, INT64_MAX);
        struct slice bytes = unpack_bin(&c, LIMIT_ENTRY);
        if (c.err == DHK_OK)
            rc = casestore_add(s, index, bytes);
    }
    return rc == DHK_OK ? cursor_end(&c) : rc;
}

enum dhk_err
casestore_load(struct casestore *out, const struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE], struct dhk_problem *problem)
{
    char path[NODE_PATH] = "courses";
    uint8_t *box = NULL, *plain = NULL;
    size_t n = 0;
    enum dhk_err rc = node_case_path(path, node, "courses", handle, false);

    *out = (struct casestore){.n = 0};
    if (rc == DHK_OK)
        rc = file_read(&box, &n, path, FILE_MAX);
    if (rc == DHK_IO && errno == ENOENT)
        return DHK_OK;
    if (rc == DHK_OK && n < SEAL_LOCKED_EXTRA)
        rc = DHK_FORMAT;
    if (rc == DHK_OK && (plain = malloc(n)) == NULL)
        rc = DHK_NOMEM;
    if (rc == DHK_OK)
        rc = seal_unlocked(
            plain, slice_of(box, n), aad_of(handle), node->store_key);
    if (rc == DHK_OK)
        rc = decode(out, slice_of(plain, n - SEAL_LOCKED_EXTRA));
    free(plain);
    file_free(&box, n);
    if (rc == DHK_OK)
        return rc;
    casestore_clear(out);
    return problem_file(problem, rc == DHK_EXISTS ? DHK_FORMAT : rc, path);
}

static void
encode(struct sink *out, const struct casestore *s)
{
    wire_begin(out, MEMBERS);
    pack_uint(out, (uint64_t)s->asked);
    pack_uint(out, s->whole);
    pack_uint(out, s->listed);
    pack_uint(out, s->unproved);
    pack_array(out, s->n);
    for (size_t i = 0; i < s->n; i++) {
        pack_array(out, 2);
        pack_uint(out, s->entry[i].index);
        pack_bin(out, slice_of(s->entry[i].bytes, s->entry[i].n));
    }
}

enum dhk_err
casestore_save(const struct casestore *s, const struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE], struct dhk_problem *problem)
{
    char path[NODE_PATH] = "courses";
    struct key_pool pool = {.left = 0};
    size_t cap = HEAD;
    struct sink out;
    uint8_t *mem, *box;
    enum dhk_err rc = node_case_path(path, node, "courses", handle, true);

    for (size_t i = 0; i < s->n; i++)
        cap += s->entry[i].n + EACH - LIMIT_ENTRY;
    mem = malloc(cap);
    box = malloc(cap + SEAL_LOCKED_EXTRA);
    if (mem == NULL || box == NULL)
        rc = DHK_NOMEM;
    if (rc == DHK_OK) {
        sink_init(&out, mem, cap);
        encode(&out, s);
        rc = out.err;
    }
    if (rc == DHK_OK) {
        seal_locked(
            box, sink_done(&out), aad_of(handle), node->store_key, &pool);
        rc = file_write(path, slice_of(box, out.n + SEAL_LOCKED_EXTRA), 0600);
    }
    key_wipe(&pool, sizeof pool);
    free(mem);
    free(box);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

enum dhk_err
casestore_forget(const struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE], struct dhk_problem *problem)
{
    char path[NODE_PATH] = "courses";
    enum dhk_err rc = node_case_path(path, node, "courses", handle, false);

    if (rc == DHK_OK)
        rc = file_shred(path);
    if (rc == DHK_OK || rc == DHK_NOTFOUND)
        return DHK_OK;
    return problem_file(problem, rc, path);
}

enum dhk_err
casestore_handles(uint8_t (**list)[STATEMENT_CASE], size_t *n,
    const struct dhk_node *node, struct dhk_problem *problem)
{
    char folder[NODE_PATH];
    uint8_t handle[STATEMENT_CASE];
    const struct dirent *entry;
    DIR *d = NULL;
    enum dhk_err rc = node_path(folder, node->broker_dir, "courses");

    *list = NULL;
    *n = 0;
    if (rc == DHK_OK && (d = opendir(folder)) == NULL)
        return errno == ENOENT ? DHK_OK : problem_file(problem, DHK_IO, folder);
    while (rc == DHK_OK && (entry = readdir(d)) != NULL) {
        uint8_t(*more)[STATEMENT_CASE];
        if (bytes_unhex(handle, sizeof handle, slice_str(entry->d_name)) !=
            DHK_OK)
            continue;
        more = reallocarray(*list, *n + 1, sizeof **list);
        if (more == NULL) {
            rc = DHK_NOMEM;
            break;
        }
        *list = more;
        memcpy((*list)[(*n)++], handle, sizeof handle);
    }
    if (d != NULL)
        (void)closedir(d);
    if (rc == DHK_OK)
        return rc;
    free(*list);
    *list = NULL;
    *n = 0;
    return problem_file(problem, rc, folder);
}
