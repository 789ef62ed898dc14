/* SPDX-License-Identifier: EUPL-1.2
 *
 * The file of a case: a line "@ SECONDS", when the ledger was asked, then
 * "NAME SECONDS" a hold. */
#include "holds.h"

#include "cards.h"
#include "fetch.h"
#include "file.h"
#include "reader.h"
#include "stating.h"

#include "entry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 8192, CARD_MS = 2000 };

/* --- what is known --- */

/* The newest word of BY; UNTIL 0 ends its hold. */
static enum dhk_err
set(struct holds *h, struct slice by, int64_t until)
{
    size_t i = 0;

    while (i < h->n && !slice_equal(slice_str(h->item[i].by), by))
        i++;
    if (i == HOLDS_MAX)
        return DHK_LIMIT;
    if (i == h->n)
        h->n++;
    h->item[i].until = until;
    return slice_to_str(by, h->item[i].by, sizeof h->item[i].by);
}

static enum dhk_err
read_line(struct holds *h, char *line)
{
    char *number = strchr(line, ' '), *end;

    if (number == NULL)
        return DHK_FORMAT;
    *number++ = '\0';
    errno = 0;
    long long seconds = strtoll(number, &end, 10);
    if (errno != 0 || end == number || *end != '\0')
        return DHK_FORMAT;
    if (strcmp(line, "@") != 0)
        return set(h, slice_str(line), seconds);
    h->asked = seconds;
    return DHK_OK;
}

static enum dhk_err
read_file(struct holds *h, const char *path)
{
    uint8_t *bytes = NULL;
    size_t n = 0;
    char text[FILE_MAX], *line, *rest = text;
    enum dhk_err rc = file_read(&bytes, &n, path, sizeof text - 1);

    *h = (struct holds){.n = 0};
    if (rc != DHK_OK)
        return rc == DHK_IO && errno == ENOENT ? DHK_OK : rc;
    rc = slice_to_str(slice_of(bytes, n), text, sizeof text);
    file_free(&bytes, n);
    while (rc == DHK_OK && (line = strsep(&rest, "\n")) != NULL) {
        if (*line != '\0')
            rc = read_line(h, line);
    }
    return rc;
}

static enum dhk_err
write_file(const struct holds *h, const char *path)
{
    char text[FILE_MAX];
    size_t n =
        (size_t)snprintf(text, sizeof text, "@ %lld\n", (long long)h->asked);

    for (size_t i = 0; i < h->n; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s %lld\n",
            h->item[i].by, (long long)h->item[i].until);
    return file_write(path, slice_of(text, n), 0600);
}

/* This partner's own word that the ledger does not have yet. */
static enum dhk_err
add_waiting(struct holds *h, const struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE])
{
    struct stating said;
    enum dhk_err rc = stating_waiting(&said, node->broker_dir, handle);

    if (rc == DHK_OK)
        return set(h, slice_str(node->name), said.until);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
holds_known(struct holds *out, const struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE], struct dhk_problem *problem)
{
    char path[NODE_PATH] = "holds";
    enum dhk_err rc = node_case_path(path, node, "holds", handle, false);

    if (rc == DHK_OK)
        rc = read_file(out, path);
    if (rc == DHK_OK)
        rc = add_waiting(out, node, handle);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

enum dhk_err
holds_note(const struct dhk_node *node, const uint8_t handle[STATEMENT_CASE],
    int64_t until, struct dhk_problem *problem)
{
    struct holds h;
    char path[NODE_PATH] = "holds";
    enum dhk_err rc = node_case_path(path, node, "holds", handle, true);

    if (rc == DHK_OK)
        rc = read_file(&h, path);
    if (rc == DHK_OK)
        rc = set(&h, slice_str(node->name), until);
    if (rc == DHK_OK)
        rc = write_file(&h, path);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

const struct holds_item *
holds_standing(const struct holds *h, int64_t now)
{
    const struct holds_item *longest = NULL;

    for (size_t i = 0; i < h->n; i++) {
        if (h->item[i].until > now &&
            (longest == NULL || h->item[i].until > longest->until))
            longest = &h->item[i];
    }
    return longest;
}

/* --- asking --- */

/* Whether the signature is another's than the card's that it names. */
static bool
is_forged(struct dhk_node *node, const struct entry_stated *e,
    const struct statement *said)
{
    const struct card *card;

    if (memcmp(said->card, node->card.id, sizeof said->card) == 0)
        card = &node->card;
    else if (fetch_signer(node, said->card, CARD_MS) == DHK_OK)
        card = cards_by_id(node->cards, said->card);
    else
        card = NULL;
    return card != NULL &&
           (!slice_equal(slice_str(card->partner), e->partner) ||
               statement_verify(said, &card->sign) != DHK_OK);
}

static enum dhk_err
add_stated(struct holds *h, struct dhk_node *node, const struct entry_stated *e)
{
    struct statement said;

    if (statement_from_body(&said, e->body, e->signature, NULL) != DHK_OK ||
        said.what == ACT_DESTROYED)
        return DHK_OK;
    if (!e->all && !slice_equal(e->partner, slice_str(node->name)))
        return DHK_OK; /* it binds somebody else */
    if (is_forged(node, e, &said)) {
        node_report(node,
            "the ledger has a hold or release that %.*s did not sign",
            (int)e->partner.n, (const char *)e->partner.p);
        return DHK_OK;
    }
    return set(h, e->partner, said.until);
}

/* Copied, for a card may have to be fetched, and messages do not last. */
static enum dhk_err
add_entry(struct holds *h, struct dhk_node *node, struct slice bytes)
{
    struct entry *e = malloc(sizeof *e);
    uint8_t mem[LIMIT_ENTRY];
    enum dhk_err rc = e == NULL ? DHK_NOMEM : DHK_OK;

    if (rc == DHK_OK && bytes.n > sizeof mem)
        rc = DHK_LIMIT;
    if (rc == DHK_OK) {
        memcpy(mem, bytes.p, bytes.n);
        rc = entry_decode(e, slice_of(mem, bytes.n), NULL);
    }
    if (rc == DHK_OK && e->kind == ENTRY_STATED)
        rc = add_stated(h, node, &e->u.stated);
    free(e);
    return rc;
}

static enum dhk_err
read_all(struct holds *h, struct dhk_node *node, const struct query *q,
    int timeout_ms, struct dhk_problem *problem)
{
    struct reader *r = NULL;
    struct slice bytes;
    uint64_t index;
    enum dhk_err rc = reader_open(&r, node, q, timeout_ms, problem);

    while (rc == DHK_OK &&
           (rc = reader_next(r, &index, &bytes, problem)) == DHK_OK) {
        rc = add_entry(h, node, bytes);
        if (rc != DHK_OK)
            (void)problem_set(problem, rc, "entry %llu: %s",
                (unsigned long long)index, dhk_strerror(rc));
    }
    if (r != NULL && rc == DHK_NOTFOUND)
        rc = DHK_OK;
    reader_close(&r);
    return rc;
}

enum dhk_err
holds_ask(struct holds *out, struct dhk_node *node,
    const uint8_t handle[STATEMENT_CASE], int timeout_ms,
    struct dhk_problem *problem)
{
    struct query q = {
        .purpose = QUERY_INTERNAL, .what = QUERY_LIST, .has_case = true};
    char path[NODE_PATH] = "holds";

    *out = (struct holds){.asked = node_now(node)};
    memcpy(q.case_handle, handle, sizeof q.case_handle);
    enum dhk_err rc = read_all(out, node, &q, timeout_ms, problem);
    if (rc != DHK_OK)
        return rc;
    rc = node_case_path(path, node, "holds", handle, true);
    if (rc == DHK_OK)
        rc = write_file(out, path);
    if (rc == DHK_OK)
        rc = add_waiting(out, node, handle);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}
