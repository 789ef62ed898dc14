/* SPDX-License-Identifier: EUPL-1.2
 *
 * The broker's directory: entering it, with its user's rights, alone. What is
 * wrong is said on standard error; every function returns an exit code. */
#ifndef BROKER_HOME_H
#define BROKER_HOME_H

#include "config.h"

enum { HOME_PATH = 4096 };

/* Changes to DIR, or to that of the file CONFIG when it is not NULL; FILE is
 * the configuration in it, which must be readable. */
int home_enter(char file[HOME_PATH], const char *dir, const char *config);
/* Root gives its rights up for those of the configured user, for good. */
int home_drop_privileges(const struct config *cfg);
/* One daemon for a directory: holds it until the process ends, and whatever
 * that becomes by exec. EXITS_NO: there is one. */
int home_lock(void);

#endif
