/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who would get which fields of a signal, by the agreement: for the widest
 * outcome of what only the broker knows (attributes that it computes, the
 * time of acceptance). What is wrapped when sealing is what is shown here.
 * Names borrow from the agreement. Pure. */
#ifndef CLIENTS_PREVIEW_H
#define CLIENTS_PREVIEW_H

#include "wording.h"

enum { PREVIEW_LINE = 320 };

struct preview_party {
    uint32_t fields; /* to wrap for it; 0: nothing */
    uint32_t given;  /* by the agreement, before the sender narrowed it */
    bool conditional;
    const char *shown[LIMIT_FIELDS + 1];
    const char *withheld[LIMIT_FIELDS + 1];
    const char *withheld_by[LIMIT_FIELDS + 1];
    const char *rules[LIMIT_RULES_USED + 1];
    size_t permits; /* the first so many of them */
    const char *titles[LIMIT_RULES_USED + 1];
    char duties[PREVIEW_LINE];
    char why[PREVIEW_LINE];
};
struct preview {
    struct dhk_preview pub; /* the first member: see preview_of() */
    struct wording wording;
    uint8_t agreement[32];
    struct dhk_preview_recipient *list; /* of the parties, behind them */
    struct preview_party party[];       /* by party of the agreement */
};

/* Decides S for every party but SENDER. Errors:
 * those of wording_find(); DHK_DENIED: nobody may have it, or somebody named
 * may not (*OUT is there all the same); DHK_LIMIT: it would not fit a
 * bundle. */
struct preview_question {
    const struct agreement *agreement;
    const uint8_t *hash; /* of its text, 32 bytes */
    const char *sender;
    const struct dhk_signal *signal; /* must outlive the preview */
    /* only what sealing needs: no rules, duties and reasons in words, unless
     * nobody, or not everybody named, may have it */
    bool brief;
};
DHK_MUST_USE enum dhk_err preview_make(struct preview **out,
    const struct preview_question *q, struct dhk_problem *problem);
void preview_destroy(struct preview **p);
/* The whole of which PUB is the public part. */
struct preview *preview_of(const struct dhk_preview *pub);

/* An upper bound of the bytes that the signal takes, sealed. */
size_t preview_sealed_size(const struct preview *p);

#endif
