/* SPDX-License-Identifier: EUPL-1.2
 *
 * A directory with an exported ledger, in the form of C2SP tlog-tiles:
 *
 *   checkpoint                  the signed note; what it covers is there
 *   tile/...                    see tiles.h
 *   cosigned/                   see tilescosigned.h
 *   texts/                      rosters and agreements that the entries put in
 *                               force, with their signatures; see texts.h
 *
 * Files appear whole or not at all, and full tiles never change. Whoever
 * writes holds a lock on the directory, readers share one. Names inside are
 * relative to the directory. */
#ifndef CLIENTS_TILESDIR_H
#define CLIENTS_TILESDIR_H

#include "problem.h"
#include "tiles.h"

struct tilesdir;

/* Opens DIR. To write it is made when it is not there; one that holds
 * something else is refused (DHK_STATE). DHK_EXISTS: another process works with
 * it; DHK_IO. */
DHK_MUST_USE enum dhk_err tilesdir_open(struct tilesdir **out, const char *dir,
    bool write, struct dhk_problem *problem);
void tilesdir_close(struct tilesdir **d);
/* Its name; texts.h wants DIR/texts, which is written to TEXTS (NODE_PATH
 * bytes). */
const char *tilesdir_name(const struct tilesdir *d);
DHK_MUST_USE enum dhk_err tilesdir_texts(char *texts, const struct tilesdir *d);

/* The file NAME of at most MAX bytes; OUT borrows until the next call.
 * DHK_NOTFOUND; DHK_LIMIT; DHK_FORMAT: it is no plain file; DHK_IO. */
DHK_MUST_USE enum dhk_err tilesdir_read(
    struct tilesdir *d, struct slice *out, const char *name, size_t max);
/* Writes a new file NAME, and the directories above. The same bytes there
 * already: fine; others: DHK_EXISTS. */
DHK_MUST_USE enum dhk_err tilesdir_put(
    struct tilesdir *d, const char *name, struct slice bytes);
/* The same for one that may change; it is whole at any time. */
DHK_MUST_USE enum dhk_err tilesdir_replace(
    struct tilesdir *d, const char *name, struct slice bytes);
/* Makes sure that all that was put survives a power cut, then writes
 * checkpoint. */
DHK_MUST_USE enum dhk_err tilesdir_publish(
    struct tilesdir *d, struct slice note);
/* Removes partial tiles and bundles of which the full one is there. Best
 * effort: what cannot be removed stays, and does no harm. */
void tilesdir_prune(struct tilesdir *d);
/* Each file under the folder NAME, by name. An error of FILE ends it. */
DHK_MUST_USE enum dhk_err tilesdir_walk(struct tilesdir *d, const char *name,
    enum dhk_err (*file)(void *ctx, const char *name), void *ctx);
/* Whether NAME is what a killed writer leaves behind. */
bool tilesdir_is_unfinished(const char *name);

#endif
