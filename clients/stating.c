/* SPDX-License-Identifier: EUPL-1.2 */
#include "stating.h"

#include "file.h"
#include "heads.h"
#include "session.h"
#include "trust.h"

#include "command.h"
#include "entry.h"
#include "receipt.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REQUEST_MS = 2000, NUMBER_DIGITS = 8, WAITING_MAX = 4096 };

struct waiting {
    char path[NODE_PATH];
    uint8_t bytes[LIMIT_STATEMENT];
    size_t n;
    struct statement said;
};

/* --- files: eight digits, in the order in which they were made --- */

static bool
is_number(const char *name, uint64_t *number)
{
    uint64_t n = 0;
    for (size_t i = 0; i < NUMBER_DIGITS; i++) {
        if (name[i] < '0' || name[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(name[i] - '0');
    }
    *number = n;
    return name[NUMBER_DIGITS] == '\0';
}

/* The least number above AFTER, or the greatest of all; 0: there is none. */
static enum dhk_err
scan(const char *folder, uint64_t after, uint64_t *least, uint64_t *greatest)
{
    const struct dirent *entry;
    uint64_t number;
    DIR *d = opendir(folder);

    *least = *greatest = 0;
    if (d == NULL)
        return errno == ENOENT ? DHK_OK : DHK_IO;
    while ((entry = readdir(d)) != NULL) {
        if (!is_number(entry->d_name, &number))
            continue;
        if (number > *greatest)
            *greatest = number;
        if (number > after && (*least == 0 || number < *least))
            *least = number;
    }
    (void)closedir(d);
    return DHK_OK;
}

static enum dhk_err
number_path(char path[NODE_PATH], const char *folder, uint64_t number)
{
    char name[32];
    (void)snprintf(
        name, sizeof name, "%0*llu", NUMBER_DIGITS, (unsigned long long)number);
    return node_path(path, folder, name);
}

/* The first after *NUMBER, which is set to its own; DHK_NOTFOUND. One that is
 * gone meanwhile was sent by another process. */
static enum dhk_err
next_waiting(struct waiting *w, const char *folder, uint64_t *number)
{
    uint64_t least, greatest;
    enum dhk_err rc;

    do {
        uint8_t *bytes = NULL;
        rc = scan(folder, *number, &least, &greatest);
        if (rc != DHK_OK || least == 0)
            return rc == DHK_OK ? DHK_NOTFOUND : rc;
        *number = least;
        rc = number_path(w->path, folder, least);
        if (rc == DHK_OK)
            rc = file_read(&bytes, &w->n, w->path, sizeof w->bytes);
        if (rc == DHK_OK)
            memcpy(w->bytes, bytes, w->n);
        file_free(&bytes, w->n);
    } while (rc == DHK_IO && errno == ENOENT);
    if (rc == DHK_OK)
        rc = statement_decode(&w->said, slice_of(w->bytes, w->n), NULL);
    return rc == DHK_OK || rc == DHK_IO ? rc : DHK_FORMAT;
}

/* --- signing --- */

static enum dhk_err
sign(struct sink *out, struct dhk_node *node, const char *origin,
    const struct stating *said, struct dhk_problem *problem)
{
    struct statement s = {.origin = slice_str(origin),
        .what = said->what,
        .until = said->until,
        .made = session_now(node)};

    if (!node->has_card)
        return problem_set(problem, DHK_STATE,
            "no key card is valid now: driehoek key card makes one");
    memcpy(s.card, node->card.id, sizeof s.card);
    memcpy(s.case_handle, said->case_handle, sizeof s.case_handle);
    enum dhk_err rc = statement_issue(out, &s, node->secret.sign);
    if (rc == DHK_FORMAT || rc == DHK_LIMIT)
        return problem_set(problem, DHK_FORMAT,
            "a hold ends in the future, and within five years");
    return rc;
}

enum dhk_err
stating_keep(struct dhk_node *node, const char *broker_dir, const char *origin,
    const struct stating *said, struct dhk_problem *problem)
{
    char folder[NODE_PATH], path[NODE_PATH];
    uint8_t mem[LIMIT_STATEMENT];
    uint64_t least, greatest;
    struct sink out;

    sink_init(&out, mem, sizeof mem);
    enum dhk_err rc = sign(&out, node, origin, said, problem);
    if (rc != DHK_OK)
        return rc;
    rc = node_path(folder, broker_dir, "stated");
    if (rc == DHK_OK)
        rc = file_mkdir(folder);
    do { /* until nobody else took the number */
        if (rc == DHK_OK || rc == DHK_EXISTS)
            rc = scan(folder, 0, &least, &greatest);
        if (rc == DHK_OK)
            rc = number_path(path, folder, greatest + 1);
        if (rc == DHK_OK)
            rc = file_create(path, sink_done(&out), 0600);
    } while (rc == DHK_EXISTS);
    return rc == DHK_OK ? rc : problem_file(problem, rc, folder);
}

enum dhk_err
stating_waiting(struct stating *out, const char *broker_dir,
    const uint8_t handle[STATEMENT_CASE])
{
    char folder[NODE_PATH];
    struct waiting *w = malloc(sizeof *w);
    enum dhk_err rc = node_path(folder, broker_dir, "stated");
    uint64_t number = 0;
    bool found = false;

    if (w == NULL)
        return DHK_NOMEM;
    while (rc == DHK_OK && (rc = next_waiting(w, folder, &number)) == DHK_OK) {
        if (memcmp(w->said.case_handle, handle, STATEMENT_CASE) != 0 ||
            w->said.what == ACT_DESTROYED)
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
    const struct waiting *w)
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
take_receipt(struct dhk_node *node, const struct waiting *w, struct slice bytes,
    struct dhk_problem *problem)
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

/* Signed anew when the card is another by now, or the ledger. */
static enum dhk_err
renew(struct dhk_node *node, struct waiting *w, struct dhk_problem *problem)
{
    const char *origin = trust_roster(node->trust)->origin;
    struct stating said = {.what = w->said.what, .until = w->said.until};
    struct sink out;

    if (memcmp(w->said.card, node->card.id, sizeof w->said.card) == 0 &&
        slice_equal(w->said.origin, slice_str(origin)))
        return DHK_OK;
    memcpy(said.case_handle, w->said.case_handle, sizeof said.case_handle);
    sink_init(&out, w->bytes, sizeof w->bytes);
    enum dhk_err rc = sign(&out, node, origin, &said, problem);
    if (rc == DHK_FORMAT) { /* a hold that is over holds nothing */
        w->n = 0;
        return unlink(w->path) == 0 ? DHK_OK : DHK_IO;
    }
    w->n = out.n;
    if (rc == DHK_OK)
        rc = file_write(w->path, sink_done(&out), 0600);
    return rc == DHK_OK
               ? statement_decode(&w->said, slice_of(w->bytes, w->n), NULL)
               : rc;
}

static enum dhk_err
send_one(struct dhk_node *node, struct waiting *w, struct dhk_problem *problem)
{
    struct command reply, c = {.type = COMMAND_STATE};
    uint8_t *copy;
    enum dhk_err rc = renew(node, w, problem);

    if (rc != DHK_OK || w->n == 0)
        return rc;
    c.bytes = slice_of(w->bytes, w->n);
    rc = session_request(node->session, &c, &reply, REQUEST_MS, problem);
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
    struct waiting *w = malloc(sizeof *w);
    uint64_t number = 0;
    enum dhk_err next = DHK_OK,
                 rc = node_path(folder, node->broker_dir, "stated");

    *waiting = 0;
    if (w == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    while (rc == DHK_OK && *waiting < WAITING_MAX) {
        next = next_waiting(w, folder, &number);
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
