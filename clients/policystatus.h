/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which agreement is in force as a node knows it, until when, by whose
 * signatures, and what a proposed next one still lacks. It shows; nothing here
 * puts a text in force. */
#ifndef CLIENTS_POLICYSTATUS_H
#define CLIENTS_POLICYSTATUS_H

#include "node.h"
#include "policyfile.h"
#include "signing.h"

enum { POLICYSTATUS_SOON = 30 }; /* days before its end */
enum policystatus_state {
    POLICYSTATUS_NONE = 0, /* there never was one here */
    POLICYSTATUS_IN_FORCE,
    POLICYSTATUS_ENDED,   /* the broker says that none is in force */
    POLICYSTATUS_REVOKED, /* a signatory says so */
    POLICYSTATUS_OUTSIDE, /* by its dates it is not valid today */
};
struct policystatus {
    enum policystatus_state state;
    const struct agreement *a; /* the highest here; NULL: none. Borrowed of the
                                  node's trust */
    char sha256[65];
    char compiled[65]; /* the compiled hash, in hexadecimal digits */
    int64_t days;      /* until it ends; less than 1: it has ended */
    struct signing signing;
};
DHK_MUST_USE enum dhk_err policystatus_find(struct policystatus *out,
    const struct dhk_node *node, struct dhk_problem *problem);
/* "in force", "revoked by a signatory", ... */
const char *policystatus_words(enum policystatus_state state);
/* The same as a word for programs. */
const char *policystatus_word(enum policystatus_state state);

struct policystatus_next {
    int64_t days; /* until it ends */
    struct signing signing;
    /* why it cannot come into force even when all have signed, or empty */
    char obstacle[sizeof((struct dhk_problem *)NULL)->text];
};
/* FILE, which is valid, with the signatures beside it, as the next version. */
DHK_MUST_USE enum dhk_err policystatus_next(struct policystatus_next *out,
    const struct policyfile *file, const struct dhk_node *node,
    struct dhk_problem *problem);

#endif
