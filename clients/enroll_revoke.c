/* SPDX-License-Identifier: EUPL-1.2
 *
 * Revoking a key card with the identity key: a file for each broker whose
 * ledger the card is on. */
#include "enroll.h"

#include "brokers.h"
#include "revocation.h"
#include "trust.h"

#include "file.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is the same for every broker. */
struct revoking {
    const char *dir;
    const struct enroll_revoke *how;
    struct dhk_problem *problem;
    char name[LIMIT_NAME + 1];
    uint8_t card[CARD_ID];
    int64_t now;
    struct sign_secret *identity;
    struct sign_public pk;
};

/* The id of the card in DIR with the SERIAL. */
static enum dhk_err
find_card(struct revoking *r, uint64_t serial)
{
    struct card *list = calloc(NODE_CARDS_MAX, sizeof *list);
    size_t n = 0;
    bool found = false;
    enum dhk_err rc;

    if (list == NULL)
        return problem_set(r->problem, DHK_NOMEM, "out of memory");
    rc = enroll_cards(list, &n, r->dir, r->problem);
    for (size_t i = 0; rc == DHK_OK && !found && i < n; i++) {
        found = list[i].serial == serial;
        if (found)
            memcpy(r->card, list[i].id, sizeof r->card);
    }
    free(list);
    if (rc == DHK_OK && !found)
        return problem_set(r->problem, DHK_NOTFOUND,
            "%s has no card with that serial: driehoek key list shows them; a "
            "card of another machine is named by its id",
            r->dir);
    return rc;
}

static enum dhk_err
read_card_name(struct revoking *r)
{
    uint64_t serial = 0;
    struct slice text = slice_str(r->how->card);

    if (bytes_unhex(r->card, sizeof r->card, text) == DHK_OK)
        return DHK_OK;
    if (text_uint(&serial, text, UINT64_MAX) == DHK_OK)
        return find_card(r, serial);
    return problem_set(r->problem, DHK_FORMAT,
        "a card is named by its serial or its id of 64 hexadecimal digits: "
        "driehoek key list shows them");
}

/* The broker would not take what another key has signed. */
static enum dhk_err
check_identity(
    struct revoking *r, const struct roster *roster, const char *broker)
{
    const struct roster_partner *p = roster_find(roster, slice_str(r->name));

    if (p == NULL)
        return problem_set(r->problem, DHK_DENIED,
            "the roster of broker %s does not name %s", broker, r->name);
    if (!key_equal(p->identity.b, r->pk.b, KEY_BYTES))
        return problem_set(r->problem, DHK_DENIED,
            "the roster of broker %s gives %s another identity key", broker,
            r->name);
    return DHK_OK;
}

static enum dhk_err
write_file(struct revoking *r, const char *broker, struct slice bytes)
{
    char name[2 * CARD_ID + LIMIT_NAME + sizeof "..revocation"];
    char folder[NODE_PATH], path[NODE_PATH];
    char id[2 * CARD_ID + 1];
    uint8_t text[REVOCATION_FILE_MAX];
    struct sink out;
    enum dhk_err rc;

    bytes_hex(id, r->card, sizeof r->card);
    (void)snprintf(
        name, sizeof name, "%s.%.*s.revocation", id, LIMIT_NAME, broker);
    sink_init(&out, text, sizeof text);
    rc = revocation_file_encode(&out, bytes);
    if (rc == DHK_OK)
        rc = node_path(folder, r->dir, "cards");
    if (rc == DHK_OK)
        rc = node_path(path, folder, name);
    if (rc != DHK_OK)
        return problem_file(r->problem, rc, r->dir);
    rc = file_write(path, sink_done(&out), 0644);
    if (rc != DHK_OK)
        return problem_file(r->problem, rc, path);
    r->how->made(r->how->ctx, broker, path);
    return DHK_OK;
}

static enum dhk_err
revoke_at(struct revoking *r, const char *broker_dir, const char *broker)
{
    uint8_t mem[LIMIT_REVOCATION];
    struct sink out;
    struct trust *trust = NULL;
    struct revocation statement = {
        .partner = slice_str(r->name), .made = r->now};
    enum dhk_err rc = trust_open(&trust, broker_dir, r->problem);

    if (rc == DHK_OK)
        rc = check_identity(r, trust_roster(trust), broker);
    if (rc != DHK_OK)
        goto out;
    statement.origin = slice_str(trust_roster(trust)->origin);
    memcpy(statement.card, r->card, sizeof statement.card);
    sink_init(&out, mem, sizeof mem);
    rc = revocation_issue(&out, &statement, r->identity);
    if (rc == DHK_OK)
        rc = write_file(r, broker, sink_done(&out));
    else
        (void)problem_set(
            r->problem, rc, "no revocation: %s", dhk_strerror(rc));
out:
    trust_destroy(&trust);
    return rc;
}

/* At one broker, or at all of them. */
static enum dhk_err
revoke_everywhere(struct revoking *r)
{
    char path[NODE_PATH];
    const char *only = r->how->broker;
    struct brokers all;
    size_t n = 0;
    enum dhk_err rc = brokers_list(&all, r->dir, r->problem);

    for (size_t i = 0; rc == DHK_OK && i < all.n; i++) {
        if (only != NULL && strcmp(only, all.name[i]) != 0)
            continue;
        rc = brokers_path(path, r->dir, all.name[i]);
        if (rc == DHK_OK)
            rc = revoke_at(r, path, all.name[i]);
        n++;
    }
    brokers_clear(&all);
    return rc == DHK_OK && n == 0 ? brokers_unknown(r->dir, only, r->problem)
                                  : rc;
}

enum dhk_err
enroll_revoke(const char *dir, const struct enroll_revoke *how,
    struct dhk_problem *problem)
{
    struct revoking r = {.dir = dir, .how = how, .problem = problem};
    enum dhk_err rc = key_init();

    if (rc != DHK_OK)
        return problem_set(problem, rc, "libsodium does not work");
    r.now = (int64_t)(clock_wall_ms(clock_system()) / 1000);
    rc = enroll_name(r.name, dir, problem);
    if (rc == DHK_OK)
        rc = read_card_name(&r);
    if (rc == DHK_OK)
        rc = enroll_identity_load(
            &r.identity, &r.pk, dir, &how->identity, problem);
    if (rc == DHK_OK)
        rc = revoke_everywhere(&r);
    key_sign_destroy(&r.identity);
    return rc;
}
