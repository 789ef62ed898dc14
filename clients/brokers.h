/* SPDX-License-Identifier: EUPL-1.2
 *
 * The brokers that a node directory is joined to: one for each municipality
 * that a police unit works for. Each has its folder brokers/NAME, with what
 * node.h says. */
#ifndef CLIENTS_BROKERS_H
#define CLIENTS_BROKERS_H

#include "err.h"
#include "limits.h"
#include "problem.h"

struct brokers {
    char (*name)[LIMIT_NAME + 1]; /* owned */
    size_t n;
    bool has_default; /* then it is the first */
};
/* Those that the node directory DIR is joined to: the default one first, then
 * the others in order of name. A folder that a broken-off join left is none.
 * The caller calls brokers_clear() in any case. Errors: DHK_IO, DHK_NOMEM. */
DHK_MUST_USE enum dhk_err brokers_list(
    struct brokers *out, const char *dir, struct dhk_problem *problem);
void brokers_clear(struct brokers *b);
/* PATH (NODE_PATH bytes) = DIR/brokers/NAME. */
DHK_MUST_USE enum dhk_err brokers_path(
    char *path, const char *dir, const char *name);

/* "ander, derde and vierde": all but the one named BUT (may be NULL); where
 * CAP is too little, the rest as a number. Returns how many they are. CAP is
 * BROKERS_TEXT or more. */
enum { BROKERS_TEXT = 256 };
size_t brokers_others(
    char *out, size_t cap, const struct brokers *b, const char *but);
/* Says that DIR is joined to no broker NAME (NULL: that it has no default), but
 * to which ones. Returns DHK_NOTFOUND. */
enum dhk_err brokers_unknown(
    const char *dir, const char *name, struct dhk_problem *problem);

#endif
