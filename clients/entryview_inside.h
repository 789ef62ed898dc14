/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to entryview*.c. */
#ifndef CLIENTS_ENTRYVIEW_INSIDE_H
#define CLIENTS_ENTRYVIEW_INSIDE_H

#include "entryview.h"

/* N bytes, at most 32, as hex digits. */
void entryview_put_hex(json_t *o, const char *name, const uint8_t *p, size_t n);
void entryview_put_stated(json_t *o, const struct entry_stated *e);

#endif
