/* SPDX-License-Identifier: EUPL-1.2
 *
 * Entries into a directory of tiles, from where it ends. A kill at any point
 * does no harm: what checkpoint covers stays, full bundles written beyond it
 * are taken over by the next run. */
#ifndef CLIENTS_TILESWRITER_H
#define CLIENTS_TILESWRITER_H

#include "checkpoint.h"
#include "tilesdir.h"

struct tileswriter;

/* Goes on after the entries that CP, the checkpoint of D, covers; NULL: from
 * the beginning. D stays the caller's. DHK_FORMAT: D does not hold what CP
 * says; DHK_IO. PROBLEM names the file. */
DHK_MUST_USE enum dhk_err tileswriter_new(struct tileswriter **out,
    struct tilesdir *d, const struct checkpoint *cp,
    struct dhk_problem *problem);
void tileswriter_destroy(struct tileswriter **w);
/* Takes over the full bundles that a killed run left behind the checkpoint.
 * Nobody vouches for them until the root of tileswriter_tree() is proved. */
DHK_MUST_USE enum dhk_err tileswriter_take_over(
    struct tileswriter *w, struct dhk_problem *problem);
const struct tiles_tree *tileswriter_tree(const struct tileswriter *w);

/* Errors of the next two: DHK_EXISTS (a file with other content is there),
 * DHK_LIMIT, DHK_IO; PROBLEM names the file. */
DHK_MUST_USE enum dhk_err tileswriter_append(
    struct tileswriter *w, struct slice entry, struct dhk_problem *problem);
/* Writes what is partial, then NOTE, which must cover what is there:
 * DHK_AUTH when its size or root differ. */
DHK_MUST_USE enum dhk_err tileswriter_finish(
    struct tileswriter *w, struct slice note, struct dhk_problem *problem);

#endif
