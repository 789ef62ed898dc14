/* SPDX-License-Identifier: EUPL-1.2
 *
 * A conversation with one broker: challenge and signed hello, what the broker
 * says is in force (verified before it counts), consistency of its ledger,
 * questions with their answers by number, and everything else in the order in
 * which it came. A lost connection is made again beneath; then the hello is
 * said again and session_epoch() counts one more. */
#ifndef CLIENTS_SESSION_H
#define CLIENTS_SESSION_H

#include "command.h"
#include "node.h"

struct session;

/* Begins to connect; NODE->session is set. MODES as in dhk_connect(). */
DHK_MUST_USE enum dhk_err session_open(
    struct dhk_node *node, unsigned modes, struct dhk_problem *problem);
void session_close(struct session **s);
unsigned session_modes(const struct session *s);
int session_fd(const struct session *s);

/* Makes sure that the broker knows us and that all is up to date, waiting at
 * most TIMEOUT_MS. Cheap when nothing changed. DHK_NOTFOUND: not reachable;
 * DHK_AUTH, DHK_DENIED, DHK_STATE as dhk_connect(). */
DHK_MUST_USE enum dhk_err session_ready(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem);
/* The same, for a card that the broker may turn down: that is heard at once,
 * for no operator is about to add it. */
DHK_MUST_USE enum dhk_err session_admitted(
    struct dhk_node *node, int timeout_ms);
/* Whether the last hello still counts, as far as is known. */
bool session_is_ready(struct session *s);
/* Counts the hellos: another number than before means that whatever was sent
 * before may be lost. */
unsigned session_epoch(const struct session *s);
/* How many shares waited for this card when the broker said welcome. */
uint64_t session_mail(const struct session *s);
/* Another receiver, or sender, of this card took over: no more shares or
 * outcomes come. */
bool session_is_superseded(const struct session *s);
/* The broker does not know this session any more. */
void session_lost(struct session *s);
/* What is in force may have changed: session_ready() asks again. */
void session_refresh(struct session *s);
/* The broker's clock, in seconds; the node's own before the first hello. */
int64_t session_now(const struct dhk_node *node);

/* Sends C under *NUMBER (may be NULL). With 0 there it gets a fresh one; else
 * it is sent again under the one that it had in this session, so that a reply
 * to either sending is taken: a broker that is slower than we are patient would
 * never be heard otherwise. */
DHK_MUST_USE enum dhk_err session_send(struct session *s, struct command *c,
    const struct slice *list, size_t list_n, uint64_t *number);
/* Sends C and waits for its reply, setting other messages aside. Slices in
 * *REPLY live until the next call. An ERROR reply becomes an enum dhk_err:
 * DHK_NOTFOUND also for a time-out. */
DHK_MUST_USE enum dhk_err session_request(struct session *s, struct command *c,
    struct command *reply, int timeout_ms, struct dhk_problem *problem);
/* Whether the last session_request() got no answer, or "busy": it may get one
 * later, and nothing is known of what was asked for. */
bool session_is_unanswered(const struct session *s);
/* The next message that is no reply to session_request(): set aside before,
 * or new. NEWS and SUPERSEDED are taken care of here. DHK_NOTFOUND: none
 * within TIMEOUT_MS. */
DHK_MUST_USE enum dhk_err session_next(
    struct session *s, struct command *c, int timeout_ms);
/* Whether session_next() has a message at once: until it has none, polling the
 * session's descriptor may miss one. */
bool session_is_pending(struct session *s);
/* What an ERROR of the broker means, with a sentence. */
enum dhk_err session_error(enum command_error e, struct dhk_problem *problem);

/* A number greater than all before, and the nonce of the hello, for queries. */
uint64_t session_count(struct session *s);
const uint8_t *session_nonce(const struct session *s);

#endif
