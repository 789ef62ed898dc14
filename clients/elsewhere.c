/* SPDX-License-Identifier: EUPL-1.2 */
#include "elsewhere.h"

#include "brokers.h"
#include "node.h"
#include "outbox.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ID_TEXT = 2 * ENVELOPE_ID };

/* The number of the signal with this id; DHK_NOTFOUND: it is not there. */
static enum dhk_err
find_id(uint64_t *number, struct store_txn *t, const uint8_t id[ENVELOPE_ID])
{
    struct record *r = calloc(1, sizeof *r);
    enum dhk_err rc = r == NULL ? DHK_NOMEM : DHK_OK;

    *number = 0;
    while (rc == DHK_OK) {
        rc = outbox_next(t, *number, number, r);
        if (rc == DHK_OK && r->has_id && memcmp(r->id, id, ENVELOPE_ID) == 0)
            break;
    }
    free(r);
    return rc;
}

static enum dhk_err
find_through(uint64_t *number, const char *dir, const char *broker,
    const uint8_t id[ENVELOPE_ID])
{
    const struct dhk_options options = {.broker = broker};
    struct dhk_node *node = NULL;
    struct outbox *o = NULL;
    struct store_txn *t = NULL;
    enum dhk_err rc = node_open(&node, dir, &options, NODE_LOCKED, NULL);

    if (rc != DHK_OK)
        return DHK_STATE; /* a file of it is missing: nothing is known */
    rc = outbox_peek(&o, node);
    if (rc == DHK_OK)
        rc = outbox_begin(&t, o, false);
    if (rc == DHK_OK)
        rc = find_id(number, t, id);
    store_abort(&t);
    outbox_close(&o);
    node_close(&node);
    return rc;
}

static void
say_id(const struct cli *cli, const struct dhk_node *node,
    const struct brokers *all, const char *lead, const char *word)
{
    uint8_t id[ENVELOPE_ID];
    const char *unread = NULL;
    uint64_t number = 0;
    bool is_id = bytes_unhex(id, sizeof id, slice_str(word)) == DHK_OK;

    for (size_t i = 0; is_id && i < all->n; i++) {
        enum dhk_err rc = DHK_NOTFOUND;
        const char *name = all->name[i];

        if (strcmp(name, node->broker) != 0)
            rc = find_through(&number, node->dir, name, id);
        if (rc == DHK_OK) {
            cli_say(cli,
                "this node sent it through %s, as number %" PRIu64
                " there: use --via %s",
                name, number, name);
            return;
        }
        if (rc != DHK_NOTFOUND)
            unread = name;
    }
    if (unread == NULL)
        cli_say(cli, "%s %s", lead, word);
    else
        cli_say(cli,
            "%s %s through %s; the outbox of %s could not be read: look with "
            "--via %s",
            lead, word, node->broker, unread, unread);
}

static void
say(const struct cli *cli, const struct dhk_node *node, const char *lead,
    const char *word)
{
    char names[BROKERS_TEXT] = "";
    struct brokers all;
    int64_t number;
    size_t n = 0;

    if (brokers_list(&all, node->dir, NULL) == DHK_OK)
        n = brokers_others(names, sizeof names, &all, node->broker);
    if (n > 0 && strlen(word) != ID_TEXT && cli_number(&number, word))
        cli_say(cli,
            "%s %s through %s; numbers are per broker, and --via chooses "
            "another: %s",
            lead, word, node->broker, names);
    else
        say_id(cli, node, &all, lead, word);
    brokers_clear(&all);
}

const struct dhk_sent *
elsewhere_find(const struct cli *cli, struct dhk_node *node, const char *lead,
    const char *word, enum cli_exit *exit)
{
    const struct dhk_sent *sent = NULL;
    int64_t number = 0;
    bool by_id = strlen(word) == ID_TEXT;
    uint64_t after = 0;
    enum dhk_err rc = DHK_NOTFOUND;

    *exit = CLI_OK;
    if (!by_id && cli_number(&number, word) && number > 0)
        after = (uint64_t)number - 1;
    while ((by_id || number > 0) &&
           (rc = dhk_sent_next(node, after, &sent)) == DHK_OK) {
        after = sent->number;
        if (by_id ? strcmp(sent->id, word) == 0 : after == (uint64_t)number)
            return sent;
        if (!by_id)
            break;
    }
    *exit = CLI_NO;
    if (rc == DHK_OK || rc == DHK_NOTFOUND)
        say(cli, node, lead, word);
    else
        *exit = cli_fail(cli, rc, "the outbox");
    return NULL;
}

void
elsewhere_print(const struct dhk_node *node)
{
    char names[BROKERS_TEXT];
    struct brokers all;

    if (brokers_list(&all, node->dir, NULL) == DHK_OK &&
        brokers_others(names, sizeof names, &all, node->broker) > 0)
        printf("also joined: %s (driehoek status --all shows all)\n", names);
    brokers_clear(&all);
}
