/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a person or a program is shown of previews, sent signals and shares.
 * Texts are for reading; the JSON is stable and documented in the manual. */
#ifndef CLIENTS_VIEW_H
#define CLIENTS_VIEW_H

#include "err.h"
#include "driehoek.h"
#include "json.h"

/* Who would get what, a paragraph for each recipient. */
void view_preview(FILE *out, const struct dhk_preview *preview);
json_t *view_preview_json(const struct dhk_preview *preview);

const char *view_state(enum dhk_state state); /* "waiting", "accepted", ... */
/* One sentence: "Signal 3 was accepted: ledger entry 17." */
void view_sent(FILE *out, const struct dhk_sent *sent);
/* "gemeente taken (17), om open (18)", with the shares' entries; cut at CAP. */
void view_outcomes(char *out, size_t cap, const struct dhk_sent *sent);
/* Adds what is known of SENT to OBJECT. */
void view_sent_json(json_t *object, const struct dhk_sent *sent);
/* Every signal that NODE has sent or keeps, or only those not over yet, as a
 * table or as JSON, one a line; *N is their number. */
DHK_MUST_USE enum dhk_err view_sent_list(
    struct dhk_node *node, bool open_only, bool json, size_t *n);
/* How NODE stands: what waits, what is in force, the last head; as tables or
 * as one JSON object. */
DHK_MUST_USE enum dhk_err view_node(struct dhk_node *node, bool json);
/* The same as members of OBJECT, which gets none when it fails. */
DHK_MUST_USE enum dhk_err view_node_json(json_t *object, struct dhk_node *node);
/* The agreement in force, what waits and what is open, as a short table. */
DHK_MUST_USE enum dhk_err view_node_brief(struct dhk_node *node);
/* Whether every share of SENT has its outcome, or it is over otherwise. */
bool view_is_over(const struct dhk_sent *sent);

json_t *view_share_json(const struct dhk_share *share);
/* Whether all texts of SHARE are UTF-8, as JSON needs them. */
bool view_share_is_text(const struct dhk_share *share);

/* "a, b and c" of a NULL-terminated list; cut at CAP. */
void view_join(char *out, size_t cap, const char *const *list);

#endif
