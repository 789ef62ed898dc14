/* SPDX-License-Identifier: EUPL-1.2
 *
 * The public entry points: thin, so that the command line program and the
 * tests use the same parts beneath. */
#include "node.h"

#include "drain.h"
#include "earlier.h"
#include "fetch.h"
#include "inbox.h"
#include "outbox.h"
#include "preview.h"
#include "pusher.h"
#include "question.h"
#include "recalls.h"
#include "receiver.h"
#include "sender.h"
#include "sent.h"
#include "session.h"
#include "stating.h"
#include "draft.h"
#include "trust.h"
#include "verify_node.h"

#include <stdlib.h>
#include <string.h>

#ifndef DRIEHOEK_VERSION
#define DRIEHOEK_VERSION "0"
#endif

const char *
dhk_version(void)
{
    return DRIEHOEK_VERSION;
}

const char *
dhk_error_text(enum dhk_err err)
{
    return dhk_strerror(err);
}

/* --- node --- */

enum dhk_err
dhk_node_open(struct dhk_node **out, const char *dir,
    const struct dhk_options *options, struct dhk_problem *problem)
{
    return node_open(out, dir, options, 0, problem);
}

void
dhk_node_close(struct dhk_node **node)
{
    node_close(node);
}

const char *
dhk_node_name(const struct dhk_node *node)
{
    return node->name;
}

/* What was sealed with an older card can be sent by that one only, and must be
 * before anything else: nobody knows whether the broker has it. */
static enum dhk_err
choose_sending_card(struct dhk_node *node, struct dhk_problem *problem)
{
    uint8_t card[CARD_ID];
    enum dhk_err rc = outbox_card(node->outbox, card);

    if (rc == DHK_NOTFOUND)
        return DHK_OK;
    if (rc != DHK_OK)
        return problem_set(problem, rc, "outbox: %s", dhk_strerror(rc));
    rc = node_use_card(node, card, problem);
    if (rc != DHK_NOTFOUND)
        return rc;
    /* too late for those; the rest goes on with the newest card */
    node_report(node, "%s", problem == NULL ? "" : problem->text);
    return DHK_OK;
}

/* What could not be sent waits; it stands in nobody's way. */
static void
send_statements(struct dhk_node *node)
{
    struct dhk_problem problem = {""};
    size_t waiting;

    if (stating_send(node, &waiting, &problem) != DHK_OK)
        node_report(node, "%s", problem.text);
}

enum dhk_err
dhk_connect(struct dhk_node *node, unsigned modes, int timeout_ms,
    struct dhk_problem *problem)
{
    enum dhk_err rc = DHK_OK;

    if (node->session != NULL && session_modes(node->session) != modes)
        session_close(&node->session);
    if ((modes & DHK_SEND) != 0)
        rc = node_outbox(node, problem);
    if (rc == DHK_OK && (modes & DHK_SEND) != 0 && node->session == NULL)
        rc = choose_sending_card(node, problem);
    if (rc == DHK_OK && (modes & DHK_RECEIVE) != 0)
        rc = node_inbox(node, problem);
    if (rc == DHK_OK && node->session == NULL)
        rc = session_open(node, modes, problem);
    if (rc == DHK_OK)
        rc = session_ready(node, timeout_ms, problem);
    if (rc == DHK_OK && (modes & DHK_RECEIVE) != 0)
        rc = drain_earlier_cards(node, modes, timeout_ms, problem);
    if (rc == DHK_OK && (modes & DHK_SEND) != 0)
        rc = earlier_outcomes(node, timeout_ms, problem);
    if (rc == DHK_OK && (modes & (DHK_SEND | DHK_QUERY | DHK_CASES)) != 0)
        send_statements(node);
    /* libzmq does not try again where it was turned down: the next one is made
     * anew */
    if (rc == DHK_DENIED)
        session_close(&node->session);
    return rc;
}

void
dhk_disconnect(struct dhk_node *node)
{
    session_close(&node->session);
}

int
dhk_fd(const struct dhk_node *node)
{
    return node->session == NULL ? -1 : session_fd(node->session);
}

/* --- signals --- */

struct dhk_signal *
dhk_signal_new(void)
{
    return draft_new();
}

void
dhk_signal_destroy(struct dhk_signal **s)
{
    draft_destroy(s);
}

enum dhk_err
dhk_signal_set(
    struct dhk_signal *s, enum dhk_signal_text what, const char *text)
{
    return draft_set(s, what, text);
}

enum dhk_err
dhk_signal_field(
    struct dhk_signal *s, const char *name, const char *value, size_t n)
{
    return draft_field(s, name, value, n);
}

enum dhk_err
dhk_signal_attribute(struct dhk_signal *s, const char *name, const char *value)
{
    return draft_attribute(s, name, value);
}

enum dhk_err
dhk_signal_to(struct dhk_signal *s, const char *partner)
{
    return draft_to(s, partner);
}

enum dhk_err
dhk_signal_exclude(struct dhk_signal *s, const char *partner, const char *field,
    const char *reason)
{
    return draft_exclude(s, partner, field, reason);
}

enum dhk_err
dhk_signal_expires(struct dhk_signal *s, uint32_t seconds)
{
    if (seconds == 0)
        return DHK_FORMAT;
    s->expires = seconds;
    return DHK_OK;
}

enum dhk_err
dhk_signal_expires_at(struct dhk_signal *s, int64_t at)
{
    if (at <= 0)
        return DHK_FORMAT;
    s->expires_at = at;
    return DHK_OK;
}

enum dhk_err
dhk_signal_covert_until(struct dhk_signal *s, int64_t at)
{
    if (at <= 0)
        return DHK_FORMAT;
    s->covert_until = at;
    return DHK_OK;
}

void
dhk_case_new(char out[33])
{
    uint8_t handle[ENVELOPE_CASE];

    must(key_init() == DHK_OK);
    key_random(handle, sizeof handle);
    bytes_hex(out, handle, sizeof handle);
}

/* --- preview and push --- */

enum dhk_err
dhk_preview(struct dhk_node *node, const struct dhk_signal *s,
    const struct dhk_preview **out, struct dhk_problem *problem)
{
    struct preview *p = NULL;
    enum dhk_err rc = pusher_preview(node, s, false, &p, problem);

    *out = p == NULL ? NULL : &p->pub;
    return rc;
}

void
dhk_preview_destroy(const struct dhk_preview **pub)
{
    struct preview *p = *pub == NULL ? NULL : preview_of(*pub);

    preview_destroy(&p);
    *pub = NULL;
}

enum dhk_err
dhk_push_many(struct dhk_node *node, const struct dhk_signal *const *list,
    size_t n, uint64_t *numbers, size_t *failed, struct dhk_problem *problem)
{
    struct pusher_list l = {.signal = list, .n = n, .number = numbers};
    enum dhk_err rc = pusher_push(node, &l, problem);

    if (failed != NULL)
        *failed = l.failed;
    return rc;
}

enum dhk_err
dhk_push(struct dhk_node *node, const struct dhk_signal *s, uint64_t *number,
    struct dhk_problem *problem)
{
    return dhk_push_many(node, &s, 1, number, NULL, problem);
}

enum dhk_err
dhk_flush(struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    return sender_flush(node, timeout_ms, problem);
}

enum dhk_err
dhk_sent_next(
    struct dhk_node *node, uint64_t after, const struct dhk_sent **out)
{
    return sent_next(node, after, out);
}

enum dhk_err
dhk_cancel(struct dhk_node *node, uint64_t number)
{
    return sent_cancel(node, number);
}

enum dhk_err
dhk_withdraw(struct dhk_node *node, uint64_t number, const char *reason,
    struct dhk_problem *problem)
{
    return recalls_withdraw(node, number, reason, problem);
}

enum dhk_err
dhk_correct(struct dhk_node *node, uint64_t number, const struct dhk_signal *s,
    const char *reason, uint64_t *replacement, struct dhk_problem *problem)
{
    const struct recall wish = {.state = RECALL_WAITING,
        .reason = withdrawal_reason_of(slice_str(reason))};
    struct pusher_list l = {.signal = &s,
        .n = 1,
        .number = replacement,
        .corrects = number,
        .wish = &wish};

    if (wish.reason == WITHDRAWAL_NONE)
        return problem_set(
            problem, DHK_FORMAT, "there is no reason %s", reason);
    return pusher_push(node, &l, problem);
}

enum dhk_err
dhk_proof(struct dhk_node *node, uint64_t number, char **text)
{
    return sent_proof(node, number, text);
}

/* --- receive --- */

enum dhk_err
dhk_receive(struct dhk_node *node, int timeout_ms, const struct dhk_share **out,
    struct dhk_problem *problem)
{
    struct parcel *p = NULL;
    enum dhk_err rc = receiver_next(node, timeout_ms, &p, problem);

    *out = p == NULL ? NULL : &p->pub;
    return rc;
}

static enum dhk_err
settle(struct dhk_node *node, const struct dhk_share **list, size_t n,
    enum answer_outcome outcome)
{
    struct parcel **p = calloc(n + 1, sizeof *p);
    enum dhk_err rc = node->inbox == NULL ? DHK_STATE : DHK_OK;

    if (p == NULL)
        return DHK_NOMEM;
    for (size_t i = 0; rc == DHK_OK && i < n; i++) {
        p[i] = inbox_find(node->inbox, list[i]);
        if (p[i] == NULL)
            rc = DHK_NOTFOUND;
        else if ((p[i]->pub.notice != NULL) != answer_is_of_notice(outcome))
            rc = DHK_STATE;
    }
    if (rc == DHK_OK && n > 0)
        rc = receiver_settle(node, p, n, outcome);
    for (size_t i = 0; rc == DHK_OK && i < n; i++)
        list[i] = NULL;
    free(p);
    return rc;
}

enum dhk_err
dhk_confirm(struct dhk_node *node, const struct dhk_share **share)
{
    return settle(node, share, 1, ANSWER_TAKEN);
}

enum dhk_err
dhk_confirm_many(struct dhk_node *node, const struct dhk_share **list, size_t n)
{
    return settle(node, list, n, ANSWER_TAKEN);
}

enum dhk_err
dhk_refuse(struct dhk_node *node, const struct dhk_share **share)
{
    return settle(node, share, 1, ANSWER_REFUSED_BY_APPLICATION);
}

enum dhk_err
dhk_answer_notice(
    struct dhk_node *node, const struct dhk_share **notice, enum dhk_done what)
{
    switch (what) {
    case DHK_DELETED:
        return settle(node, notice, 1, ANSWER_DELETED);
    case DHK_LOCKED:
        return settle(node, notice, 1, ANSWER_LOCKED);
    case DHK_USED:
        return settle(node, notice, 1, ANSWER_USED);
    }
    return DHK_FORMAT;
}

void
dhk_release(struct dhk_node *node, const struct dhk_share **share)
{
    struct parcel *p =
        node->inbox == NULL ? NULL : inbox_find(node->inbox, *share);

    if (p != NULL)
        inbox_release(node->inbox, &p);
    *share = NULL;
}

enum dhk_err
dhk_answers_flush(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem)
{
    return receiver_flush(node, timeout_ms, problem);
}

void
dhk_report(struct dhk_node *node,
    void (*report)(void *ctx, const char *sentence), void *ctx)
{
    node->report = report;
    node->report_ctx = ctx;
}

/* --- questions to the ledger --- */

enum dhk_err
dhk_query_open(struct dhk_query **out, struct dhk_node *node,
    const struct dhk_question *question, int timeout_ms,
    struct dhk_problem *problem)
{
    return question_open(out, node, question, timeout_ms, problem);
}

enum dhk_err
dhk_query_next(struct dhk_query *query, const struct dhk_entry **out,
    struct dhk_problem *problem)
{
    return question_next(query, out, problem);
}

enum dhk_err
dhk_query_proof(const struct dhk_query *query, char **text)
{
    return question_proof(query, text);
}

void
dhk_query_close(struct dhk_query **query)
{
    question_close(query);
}

static void
put_verified(struct dhk_verified *out, const struct verify_result *r)
{
    memcpy(out->origin, r->origin, sizeof out->origin);
    out->complete = r->complete;
    out->size = r->head.size;
    out->entries = r->entries;
    out->signatures = r->signatures;
    out->checkpoints = r->checkpoints;
    out->unchecked = r->unchecked;
    out->open = r->open;
    out->notices = r->notices;
}

static void
put_fault(struct dhk_verified *out, const struct verify_fault *fault)
{
    out->is_faulty = fault->text[0] != '\0';
    out->has_place = fault->has_entry || fault->has_interval;
    out->from = fault->from;
    out->until = fault->until;
}

enum dhk_err
dhk_ledger_verify(struct dhk_node *node, enum dhk_purpose purpose,
    int timeout_ms, struct dhk_verified *out, struct dhk_problem *problem)
{
    struct verify_from from;
    struct verify_result result = {.complete = false};
    struct verify_fault fault = {.text = ""};
    const struct verify_node run = {.node = node,
        .input = &from.input,
        .purpose = (enum query_purpose)purpose,
        .timeout_ms = timeout_ms};
    enum dhk_err rc = question_purpose(purpose, problem);

    memset(out, 0, sizeof *out);
    if (rc != DHK_OK)
        return rc;
    if (node->session == NULL)
        return problem_set(problem, DHK_STATE, "not connected");
    rc = verify_from_node(&from, node, NULL, problem);
    if (rc == DHK_OK)
        rc = verify_node_run(&run, &result, &fault, problem);
    verify_from_end(&from);
    if (rc == DHK_OK)
        put_verified(out, &result);
    else
        put_fault(out, &fault);
    if (out->is_faulty)
        return problem_set(problem, rc, "%s", fault.text);
    return rc;
}
