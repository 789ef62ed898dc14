/* SPDX-License-Identifier: EUPL-1.2 */
#include "stating.h"

#include "file.h"
#include "heads.h"
#include "session.h"
#include "statingqueue.h"
#include "trust.h"

#include "command.h"
#include "entry.h"
#include "receipt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REQUEST_MS = 2000, WAITING_MAX = 4096 };

/* --- signing --- */

static enum dhk_err
sign(struct sink *out, struct dhk_node *node, const char *origin,
    const struct stating *said, struct dhk_problem *problem)
{
    struct statement s = {.origin = slice_str(origin),
        .what = said->what,
        .until = said->until,
        .made = session_now(node),
        .about = said->about,
        .has_ref = said->has_ref,
        .code = said->code};

    if (!node->has_card)
        return problem_set(problem, DHK_STATE,
            "no key card is valid now: driehoek key card makes one");
    memcpy(s.card, node->card.id, sizeof s.card);
    memcpy(s.case_handle, said->case_handle, sizeof s.case_handle);
    if (said->partner != NULL)
        s.partner = slice_str(said->partner);
    if (said->has_ref)
        memcpy(s.ref, said->ref, sizeof s.ref);
    enum dhk_err rc = statement_issue(out, &s, node->secret.sign);
    if (rc != DHK_FORMAT && rc != DHK_LIMIT)
        return rc;
    if (said->what == ACT_HOLD)
        return problem_set(problem, DHK_FORMAT,
            "a hold ends in the future, and within five years");
    return problem_set(problem, DHK_FORMAT,
        "'%s' is not stated so: a date has passed or is too far away, or it "
        "has what such an act has not",
        act_name(said->what));
}

enum dhk_err
stating_keep(struct dhk_node *node, const char *broker_dir, const char *origin,
    const struct stating *said, struct dhk_problem *problem)
{
    char folder[NODE_PATH];
    uint8_t mem[LIMIT_STATEMENT];
    uint64_t number;
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    enum dhk_err rc = sign(&out, node, origin, said, problem);
    if (rc != DHK_OK)
        return rc;
    rc = node_path(folder, broker_dir, "stated");
    if (rc == DHK_OK)
        rc = statingqueue_add(folder, sink_done(&out), &number);
    return rc == DHK_OK ? rc : problem_file(problem, rc, folder);
}

enum dhk_err
stating_waiting(struct stating *out, const char *broker_dir,
    const uint8_t handle[STATEMENT_CASE])
{
    char folder[NODE_PATH];
    struct statingqueue_item *w = malloc(sizeof *w);
    enum dhk_err rc = node_path(folder, broker_dir, "stated");
    uint64_t number = 0;
    bool found = false;

    if (w == NULL)
        return DHK_NOMEM;
    while (rc == DHK_OK &&
           (rc = statingqueue_next(w, folder, &number)) == DHK_OK) {
        if (memcmp(w->said.case_handle, handle, STATEMENT_CASE) != 0 ||
            (w->said.what != ACT_HOLD && w->said.what != ACT_RELEASE))
            continue;
        found = true;
        out->what = w->said.what;
        out->until = w->said.until;
        memcpy(out->case_handle, handle, STATEMENT_CASE);
    }
    free(w);
    if (rc == DHK_NOTFOUND)
        return found ? DHK_OK : rc;
    return rc;
}

/* --- sending --- */

static enum dhk_err
contradiction(struct dhk_node *node, struct slice bytes, const char *why,
    struct dhk_problem *problem)
{
    heads_evidence(node->heads, "receipt", bytes);
    return problem_set(problem, DHK_AUTH,
        "the broker's receipt for a statement about a case contradicts it: %s",
        why);
}

/* Whether R is the receipt for W's very statement. */
static bool
is_for(const struct receipt *r, const struct dhk_node *node,
    const struct statingqueue_item *w)
{
    struct entry *e = r->n == 1 ? malloc(sizeof *e) : NULL;
    bool same =
        e != NULL && entry_decode(e, r->entry[0], NULL) == DHK_OK &&
        e->kind == ENTRY_STATED &&
        slice_equal(e->u.stated.partner, slice_str(node->name)) &&
        slice_equal(e->u.stated.body, w->said.body) &&
        memcmp(e->u.stated.signature, w->said.signature, KEY_SIGNATURE) == 0;

    free(e);
    return same;
}

static enum dhk_err
take_receipt(struct dhk_node *node, const struct statingqueue_item *w,
    struct slice bytes, struct dhk_problem *problem)
{
    struct receipt *r = NULL;
    const char *why = NULL;
    enum dhk_err rc = receipt_decode(&r, bytes, NULL);

    if (rc == DHK_NOMEM)
        return problem_set(problem, rc, "out of memory");
    if (rc != DHK_OK ||
        receipt_verify(r, trust_log(node->trust), NULL) != DHK_OK)
        why = "it does not verify";
    else if (!is_for(r, node, w))
        why = "it is about something else";
    rc = why == NULL ? heads_saw(node->heads, r->note, problem)
                     : contradiction(node, bytes, why, problem);
    receipt_destroy(&r);
    if (rc == DHK_OK && unlink(w->path) != 0 && errno != ENOENT)
        rc = problem_file(problem, DHK_IO, w->path);
    return rc;
}

/* It will never be taken: nobody is to wait for it, and somebody is to know. */
static enum dhk_err
refused(const struct dhk_node *node, struct statingqueue_item *w,
    const char *why, struct dhk_problem *problem)
{
    char folder[NODE_PATH], hex[2 * STATEMENT_CASE + 1];
    uint64_t number;
    enum dhk_err rc = node_path(folder, node->broker_dir, "refused");

    if (rc == DHK_OK)
        rc = statingqueue_add(folder, slice_of(w->bytes, w->n), &number);
    if (rc == DHK_OK && unlink(w->path) != 0 && errno != ENOENT)
        rc = DHK_IO;
    if (rc != DHK_OK)
        return problem_file(problem, rc, folder);
    bytes_hex(hex, w->said.case_handle, STATEMENT_CASE);
    node_report(node, "the statement '%s' about case %s will not be taken: %s",
        act_name(w->said.what), hex, why);
    w->n = 0;
    return DHK_OK;
}

/* Signed anew when the card is another by now, or the ledger. */
static enum dhk_err
renew(struct dhk_node *node, struct statingqueue_item *w,
    struct dhk_problem *problem)
{
    const char *origin = trust_roster(node->trust)->origin;
    char partner[LIMIT_NAME + 1];
    struct stating said = {.what = w->said.what,
        .until = w->said.until,
        .about = w->said.about,
        .has_ref = w->said.has_ref,
        .code = w->said.code};
    struct sink out;

    if (memcmp(w->said.card, node->card.id, sizeof w->said.card) == 0 &&
        slice_equal(w->said.origin, slice_str(origin)))
        return DHK_OK;
    memcpy(said.case_handle, w->said.case_handle, sizeof said.case_handle);
    memcpy(said.ref, w->said.ref, sizeof said.ref);
    enum dhk_err rc = slice_to_str(w->said.partner, partner, sizeof partner);
    said.partner = w->said.partner.n > 0 ? partner : NULL;
    sink_init(&out, w->bytes, sizeof w->bytes);
    if (rc == DHK_OK)
        rc = sign(&out, node, origin, &said, problem);
    if (rc == DHK_FORMAT && said.what == ACT_HOLD) {
        w->n = 0; /* one that is over holds nothing */
        return unlink(w->path) == 0 ? DHK_OK : DHK_IO;
    }
    if (rc == DHK_FORMAT)
        return refused(node, w, "its term is over", problem);
    w->n = out.n;
    if (rc == DHK_OK)
        rc = file_write(w->path, sink_done(&out), 0600);
    return rc == DHK_OK
               ? statement_decode(&w->said, slice_of(w->bytes, w->n), NULL)
               : rc;
}

static enum dhk_err
send_one(struct dhk_node *node, struct statingqueue_item *w,
    struct dhk_problem *problem)
{
    struct command reply = {.type = COMMAND_NONE}, c = {.type = COMMAND_STATE};
    uint8_t *copy;
    enum dhk_err rc = renew(node, w, problem);

    if (rc != DHK_OK || w->n == 0)
        return rc;
    c.bytes = slice_of(w->bytes, w->n);
    rc = session_request(node->session, &c, &reply, REQUEST_MS, problem);
    if (rc != DHK_OK && reply.type == COMMAND_ERROR &&
        reply.error == COMMAND_ERROR_COURSE)
        return refused(
            node, w, "the course of the case does not have that now", problem);
    if (rc != DHK_OK)
        return rc;
    if (reply.type != COMMAND_RECEIPT)
        return contradiction(node, reply.bytes, "it is no receipt", problem);
    copy = malloc(reply.bytes.n + 1); /* messages do not last */
    if (copy == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    if (reply.bytes.n > 0)
        memcpy(copy, reply.bytes.p, reply.bytes.n);
    rc = take_receipt(node, w, slice_of(copy, reply.bytes.n), problem);
    free(copy);
    return rc;
}

enum dhk_err
stating_send(
    struct dhk_node *node, size_t *waiting, struct dhk_problem *problem)
{
    char folder[NODE_PATH];
    struct statingqueue_item *w = malloc(sizeof *w);
    uint64_t number = 0;
    enum dhk_err next = DHK_OK,
                 rc = node_path(folder, node->broker_dir, "stated");

    *waiting = 0;
    if (w == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    while (rc == DHK_OK && *waiting < WAITING_MAX) {
        next = statingqueue_next(w, folder, &number);
        if (next != DHK_OK && next != DHK_FORMAT)
            break;
        ++*waiting;
        if (next == DHK_FORMAT) { /* the others are not to wait for it */
            node_report(
                node, "%s is damaged: what it stated is not sent", w->path);
            continue;
        }
        rc = send_one(node, w, problem);
        if (rc == DHK_OK)
            --*waiting;
    }
    free(w);
    if (rc == DHK_OK && next != DHK_OK && next != DHK_FORMAT &&
        next != DHK_NOTFOUND)
        rc = problem_file(problem, next, folder);
    return rc;
}

/* --- what was refused --- */

enum dhk_err
stating_refused_next(
    struct stating_refused *out, const char *broker_dir, uint64_t after)
{
    char folder[NODE_PATH];
    struct statingqueue_item *w = malloc(sizeof *w);
    enum dhk_err rc = node_path(folder, broker_dir, "refused");

    *out = (struct stating_refused){.number = after};
    if (w == NULL)
        return DHK_NOMEM;
    if (rc == DHK_OK)
        rc = statingqueue_next(w, folder, &out->number);
    if (rc == DHK_OK) {
        out->what = w->said.what;
        out->made = w->said.made;
        bytes_hex(out->case_handle, w->said.case_handle, STATEMENT_CASE);
        memcpy(out->signature, w->said.signature, sizeof out->signature);
    }
    free(w);
    return rc == DHK_FORMAT ? DHK_OK : rc;
}

enum dhk_err
stating_refused_told(const char *broker_dir, uint64_t number)
{
    char folder[NODE_PATH];
    struct statingqueue_item *w = malloc(sizeof *w);
    uint64_t found = number - 1;
    enum dhk_err rc = node_path(folder, broker_dir, "refused");

    if (w == NULL)
        return DHK_NOMEM;
    if (rc == DHK_OK)
        rc = statingqueue_next(w, folder, &found);
    if ((rc == DHK_OK || rc == DHK_FORMAT) && found == number)
        rc = unlink(w->path) == 0 || errno == ENOENT ? DHK_OK : DHK_IO;
    free(w);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}
