/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the tests of stores have in common. It ends the process when it fails,
 * for it runs in children, too. */
#ifndef TESTS_UNIT_STORETEST_H
#define TESTS_UNIT_STORETEST_H

#include "scratch.h"

#include "store.h"

/* One row in table 0, committed. */
void storetest_put(struct store *s, const char *key, const char *value);
/* Whether table 0 has VALUE there; NULL: nothing is there. */
bool storetest_holds(struct store *s, const char *key, const char *value);
/* Another process opens DIR, runs WORK and is gone without closing it. */
void storetest_crash(const char *dir, const struct store_options *o,
    void (*work)(struct store *s));
/* Adds one to the byte at AT of the journal. */
void storetest_alter(const char *dir, off_t at);

#endif
