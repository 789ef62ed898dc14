/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading and writing what follows the head of an entry, per kind: between
 * entry.c and its parts. No other file includes this one. */
#ifndef PROTO_ENTRY_KINDS_H
#define PROTO_ENTRY_KINDS_H

#include "entry.h"
#include "wire.h"

/* entry_signal.c: what becomes of signals */
void entry_signal_read_accepted(struct entry_accepted *a, struct cursor *c);
void entry_signal_write_accepted(
    struct sink *out, const struct entry_accepted *a);
void entry_signal_read_refused(struct entry_refused *r, struct cursor *c);
void entry_signal_write_refused(
    struct sink *out, const struct entry_refused *r);
void entry_signal_read_delivered(struct entry_delivered *d, struct cursor *c);
void entry_signal_write_delivered(
    struct sink *out, const struct entry_delivered *d);

/* entry_withdrawn.c: a withdrawal, of the kind that KIND says */
void entry_withdrawn_read(
    struct entry_withdrawn *w, enum entry_kind kind, struct cursor *c);
void entry_withdrawn_write(struct sink *out, const struct entry_withdrawn *w);

/* entry_share.c: a share and its duties */
void entry_share_read(struct entry_share *s, struct cursor *c);
void entry_share_write(struct sink *out, const struct entry_share *s);

/* entry_case.c: HELD, STATED, RELEASED */
void entry_case_read(struct entry *e, struct cursor *c);
void entry_case_write(struct sink *out, const struct entry *e);

#endif
