/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a third party keeps: a directory with guest.key (its secret, mode 0600)
 * and guest.card, to be given to who admits it; and extracts. No node, no
 * connection. */
#ifndef CLIENTS_GUESTFILE_H
#define CLIENTS_GUESTFILE_H

#include "guest.h"

#include "driehoek.h"

/* Makes DIR, when it is not there, and a fresh key for HANDLE in it; PASS
 * empty: not wrapped. DHK_EXISTS: there is one already. */
DHK_MUST_USE enum dhk_err guestfile_new(struct guest_card *out, const char *dir,
    const uint8_t handle[GUEST_CASE], struct slice pass,
    struct dhk_problem *problem);
/* Whether the key in DIR needs a passphrase. */
DHK_MUST_USE enum dhk_err guestfile_is_wrapped(
    bool *out, const char *dir, struct dhk_problem *problem);
/* The key in DIR and its card; *SK is for key_dh_destroy(), NULL after an
 * error. DHK_AUTH: wrong or no passphrase, or altered. */
DHK_MUST_USE enum dhk_err guestfile_load(struct dh_secret **sk,
    struct guest_card *card, const char *dir, struct slice pass,
    struct dhk_problem *problem);
/* A card from its file ("-": standard input). */
DHK_MUST_USE enum dhk_err guestfile_card(
    struct guest_card *out, const char *path, struct dhk_problem *problem);

/* Seals TEXT to CARD as X says (see guest_seal()), in a new file at PATH, mode
 * 0600. DHK_EXISTS; DHK_LIMIT: it is too long. */
DHK_MUST_USE enum dhk_err guestfile_seal(const char *path,
    const struct guest_extract *x, const struct guest_card *card,
    struct slice text, struct dhk_problem *problem);
/* Opens the extract at PATH. *TEXT is of *MEM, *N bytes for file_free().
 * Errors as guest_open(), with PROBLEM set. */
DHK_MUST_USE enum dhk_err guestfile_open(struct slice *text, uint8_t **mem,
    size_t *n, const char *path, const struct guest_card *card,
    const struct dh_secret *sk, int64_t now, struct dhk_problem *problem);

#endif
