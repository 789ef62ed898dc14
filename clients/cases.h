/* SPDX-License-Identifier: EUPL-1.2
 *
 * Case handles with the label that only this node knows, locked with the
 * node's store key. The handle is random: it tells nothing. */
#ifndef CLIENTS_CASES_H
#define CLIENTS_CASES_H

#include "node.h"

enum { CASES_LABEL = 256 };

/* Makes a fresh handle and keeps LABEL (may be empty; at most CASES_LABEL - 1
 * bytes of UTF-8 without control characters) with it. */
DHK_MUST_USE enum dhk_err cases_new(char handle[33], struct dhk_node *node,
    const char *label, struct dhk_problem *problem);
/* The label of HANDLE; DHK_NOTFOUND; DHK_DENIED: it is shielded. */
DHK_MUST_USE enum dhk_err cases_label(
    char label[CASES_LABEL], struct dhk_node *node, const char *handle);

/* Shields HANDLE, for good: what a closed case was about is kept and shown to
 * nobody who works on (Wet, article 6(3)). Fine when it is shielded, or has no
 * label here. */
DHK_MUST_USE enum dhk_err cases_shield(
    struct dhk_node *node, const char *handle, struct dhk_problem *problem);
/* As cases_label(), shielded or not: for who has told the ledger what for, see
 * shield.h. */
DHK_MUST_USE enum dhk_err cases_label_shielded(
    char label[CASES_LABEL], struct dhk_node *node, const char *handle);

/* Ends HANDLE here: its label is overwritten and gone, and the handle is kept
 * as one that must not be used again. Fine when there never was a label, and
 * when it was buried before. */
DHK_MUST_USE enum dhk_err cases_bury(
    struct dhk_node *node, const char *handle, struct dhk_problem *problem);
/* When it was buried, in seconds since 1970 UTC; 0: it was not. *STATED (may be
 * NULL): cases_stated() was called since. */
int64_t cases_buried(
    const struct dhk_node *node, const char *handle, bool *stated);
/* Another partner brought HANDLE here again: it is used again, and what came is
 * destroyed, and stated, anew. Fine when it was not buried. */
void cases_revive(const struct dhk_node *node, const char *handle);
/* The statement that it is destroyed is kept, for the ledger. */
DHK_MUST_USE enum dhk_err cases_stated(
    struct dhk_node *node, const char *handle, struct dhk_problem *problem);

struct cases_item {
    char handle[33];
    char label[CASES_LABEL];
    int64_t made;  /* seconds since 1970 UTC */
    bool damaged;  /* its file does not open: no label, made 0 */
    bool shielded; /* no label, unless with LIFTED */
};
/* All of them, oldest first, in malloc()ed memory: the caller calls
 * cases_free(). LIFTED: with the labels of those that are shielded, which the
 * caller shows to nobody before the ledger has what for, see shield.h. */
DHK_MUST_USE enum dhk_err cases_list(struct cases_item **list, size_t *n,
    struct dhk_node *node, bool lifted, struct dhk_problem *problem);
void cases_free(struct cases_item **list, size_t n); /* wipes */

#endif
