/* SPDX-License-Identifier: EUPL-1.2
 *
 * Opening and closing a node directory. */
#include "node.h"

#include "brokers.h"
#include "cards.h"
#include "counted.h"
#include "enroll.h"
#include "heads.h"
#include "held.h"
#include "proving.h"
#include "inbox.h"
#include "outbox.h"
#include "sealer.h"
#include "sent.h"
#include "session.h"
#include "trust.h"

#include "file.h"
#include "keyfile.h"
#include "text.h"

#include "statement.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CONF_MAX = 4096, TRIES = 20, TRY_NS = 50 * 1000 * 1000 };

int64_t
node_now(const struct dhk_node *node)
{
    return (int64_t)(clock_wall_ms(node->clock) / 1000);
}

enum dhk_err
node_path(char *path, const char *dir, const char *name)
{
    return file_path(path, NODE_PATH, dir, name);
}

enum dhk_err
node_case_path(char *path, const struct dhk_node *node, const char *folder,
    const uint8_t *handle, bool make)
{
    char hex[2 * STATEMENT_CASE + 1], dir[NODE_PATH];
    enum dhk_err rc = node_path(dir, node->broker_dir, folder);

    bytes_hex(hex, handle, STATEMENT_CASE);
    if (rc == DHK_OK && make)
        rc = file_mkdir(dir);
    return rc == DHK_OK ? node_path(path, dir, hex) : rc;
}

void
node_report(const struct dhk_node *node, const char *format, ...)
{
    char sentence[512];
    va_list args;

    if (node->report == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    node->report(node->report_ctx, sentence);
}

/* "NAME = VALUE", blanks around the sign optional. */
static bool
is_setting(struct slice line, const char *name, struct slice *value)
{
    if (!text_skip(&line, name))
        return false;
    while (line.n > 0 && line.p[0] == ' ')
        line = slice_of(line.p + 1, line.n - 1);
    if (!text_skip(&line, "="))
        return false;
    while (line.n > 0 && line.p[0] == ' ')
        line = slice_of(line.p + 1, line.n - 1);
    *value = line;
    return true;
}

enum dhk_err
node_setting(char *value, size_t cap, const char *path, const char *name)
{
    enum dhk_err rc;
    uint8_t *mem = NULL;
    size_t n = 0;
    struct slice line, found;
    struct text t;

    rc = file_read(&mem, &n, path, CONF_MAX);
    if (rc != DHK_OK)
        return rc;
    rc = DHK_NOTFOUND;
    text_init(&t, slice_of(mem, n));
    while (rc == DHK_NOTFOUND && text_line(&line, &t)) {
        if (is_setting(line, name, &found))
            rc = slice_to_str(found, value, cap);
    }
    file_free(&mem, n);
    return rc;
}

static enum dhk_err
read_store_key(struct dhk_node *node, struct dhk_problem *problem)
{
    enum dhk_err rc;
    char path[NODE_PATH];
    uint8_t *text = NULL;
    size_t n = 0;
    struct keyfile kf;
    struct keyfile_secret *secret = NULL;

    rc = node_path(path, node->dir, "store.key");
    if (rc != DHK_OK)
        return problem_file(problem, rc, node->dir);
    rc = file_read_secret(&text, &n, path, KEYFILE_MAX);
    if (rc != DHK_OK)
        return problem_file(problem, rc, path);
    rc = DHK_NOMEM;
    secret = key_secret_new(sizeof *secret);
    node->store_key = key_secret_new(SEAL_KEY);
    if (secret == NULL || node->store_key == NULL)
        goto out;
    rc =
        keyfile_decode(&kf, secret, slice_of(text, n), slice_of(NULL, 0), NULL);
    if (rc == DHK_OK &&
        (secret->n != SEAL_KEY || strcmp(kf.purpose, "store") != 0))
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        memcpy(node->store_key, secret->b, SEAL_KEY);
out:
    file_free(&text, n);
    key_secret_destroy((void **)&secret);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

/* The newest card that is valid now. */
static enum dhk_err
choose_card(struct dhk_node *node, struct dhk_problem *problem)
{
    enum dhk_err rc =
        enroll_card_newest(&node->card, node->dir, node_now(node), problem);

    node->has_card = rc == DHK_OK;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
load_card_secret(struct dhk_node *node, struct dhk_problem *problem)
{
    enum dhk_err rc;
    char path[NODE_PATH];
    uint8_t *text = NULL;
    size_t n = 0;
    struct keyfile kf;
    struct keyfile_secret *secret = key_secret_new(sizeof *secret);

    if (secret == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    rc = enroll_card_path(path, node->dir, node->card.serial, "key");
    if (rc == DHK_OK)
        rc = file_read_secret(&text, &n, path, KEYFILE_MAX);
    if (rc != DHK_OK) {
        (void)problem_file(problem, rc, path);
        goto out;
    }
    rc = keyfile_decode(&kf, secret, slice_of(text, n),
        slice_of(node->passphrase, node->passphrase_n), NULL);
    if (rc == DHK_OK && secret->n != KEYFILE_SECRET_MAX)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = card_secret_load(&node->secret, secret->b, &node->card);
    if (rc == DHK_AUTH)
        (void)problem_set(problem, rc,
            "%s: the passphrase is missing or "
            "wrong, or the file is altered",
            path);
    else if (rc != DHK_OK)
        (void)problem_file(problem, rc, path);
out:
    file_free(&text, n);
    key_secret_destroy((void **)&secret);
    return rc;
}

static enum dhk_err
keep_passphrase(struct dhk_node *node, const struct dhk_options *options,
    struct dhk_problem *problem)
{
    if (options == NULL || options->passphrase == NULL ||
        options->passphrase_n == 0)
        return DHK_OK;
    node->passphrase = key_secret_new(options->passphrase_n);
    if (node->passphrase == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    memcpy(node->passphrase, options->passphrase, options->passphrase_n);
    node->passphrase_n = options->passphrase_n;
    return DHK_OK;
}

enum dhk_err
node_use_card(struct dhk_node *node, const uint8_t id[CARD_ID],
    struct dhk_problem *problem)
{
    struct card *list;
    size_t n = 0;
    int64_t now = node_now(node);
    enum dhk_err rc;

    if (node->has_card && memcmp(node->card.id, id, CARD_ID) == 0)
        return DHK_OK;
    list = calloc(NODE_CARDS_MAX, sizeof *list);
    if (list == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    rc = enroll_cards(list, &n, node->dir, problem);
    while (rc == DHK_OK && n > 0 && memcmp(list[n - 1].id, id, CARD_ID) != 0)
        n--;
    if (rc == DHK_OK &&
        (n == 0 || now < list[n - 1].from || list[n - 1].until <= now))
        rc = problem_set(problem, DHK_NOTFOUND,
            "signals in the outbox were sealed with a key card that is not "
            "here or not valid any more; whether the broker has them is on "
            "its ledger");
    if (rc == DHK_OK) {
        card_secret_destroy(&node->secret);
        node->confirm = 0; /* what the other card was told */
        node->card = list[n - 1];
        rc = load_card_secret(node, problem);
        node->has_card = rc == DHK_OK;
    }
    free(list);
    return rc;
}

static enum dhk_err
open_broker(
    struct dhk_node *node, const char *name, struct dhk_problem *problem)
{
    enum dhk_err rc;
    char path[NODE_PATH];

    rc = slice_to_str(slice_str(name), node->broker, sizeof node->broker);
    if (rc != DHK_OK || !bytes_is_name(slice_str(name)))
        return problem_set(
            problem, DHK_FORMAT, "the name of the broker is no name");
    rc = brokers_path(node->broker_dir, node->dir, name);
    if (rc == DHK_OK)
        rc = node_path(path, node->broker_dir, "broker.conf");
    if (rc != DHK_OK)
        return problem_file(problem, rc, node->dir);
    rc = node_setting(node->endpoint, sizeof node->endpoint, path, "endpoint");
    if (rc != DHK_OK)
        return brokers_unknown(node->dir, name, problem);
    rc = trust_open(&node->trust, node->broker_dir, problem);
    if (rc != DHK_OK)
        return rc;
    rc = cards_new(&node->cards);
    if (rc == DHK_OK)
        rc = held_new(&node->held);
    if (rc == DHK_OK)
        rc = proving_new(&node->proving);
    if (rc != DHK_OK)
        return problem_set(problem, rc, "out of memory");
    rc = heads_open(
        &node->heads, node->broker_dir, trust_log(node->trust), problem);
    return rc != DHK_OK ? rc
                        : counted_open(&node->counted, node->broker_dir,
                              trust_log(node->trust)->name, problem);
}

/* Name of the broker that is meant; empty when the node has none. */
static enum dhk_err
choose_broker(struct dhk_node *node, const struct dhk_options *options,
    const char *conf, unsigned flags, struct dhk_problem *problem)
{
    char name[LIMIT_NAME + 1];
    enum dhk_err rc;

    if (options != NULL && options->broker != NULL)
        return open_broker(node, options->broker, problem);
    rc = node_setting(name, sizeof name, conf, "broker");
    if (rc == DHK_OK)
        return open_broker(node, name, problem);
    if (rc != DHK_NOTFOUND)
        return problem_file(problem, rc, conf);
    if ((flags & NODE_UNJOINED) != 0)
        return DHK_OK;
    return brokers_unknown(node->dir, NULL, problem);
}

static enum dhk_err
fill(struct dhk_node *node, const struct dhk_options *options, unsigned flags,
    struct dhk_problem *problem)
{
    enum dhk_err rc;
    char conf[NODE_PATH];

    rc = node_path(conf, node->dir, "node.conf");
    if (rc == DHK_OK)
        rc = node_setting(node->name, sizeof node->name, conf, "name");
    if (rc != DHK_OK)
        return problem_set(problem, DHK_NOTFOUND,
            "%s is not a node directory: run driehoek init", node->dir);
    rc = read_store_key(node, problem);
    if (rc == DHK_OK)
        rc = choose_card(node, problem);
    if (rc == DHK_OK)
        rc = keep_passphrase(node, options, problem);
    if (rc == DHK_OK && node->has_card && (flags & NODE_LOCKED) == 0)
        rc = load_card_secret(node, problem);
    if (rc == DHK_OK)
        rc = choose_broker(node, options, conf, flags, problem);
    return rc;
}

enum dhk_err
node_open(struct dhk_node **out, const char *dir,
    const struct dhk_options *options, unsigned flags,
    struct dhk_problem *problem)
{
    enum dhk_err rc = DHK_NOMEM;
    struct dhk_node *node = NULL;

    *out = NULL;
    if (key_init() != DHK_OK)
        return problem_set(problem, DHK_IO,
            "libsodium does not work or lacks the fix of CVE-2025-69277");
    node = calloc(1, sizeof *node);
    if (node == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    node->clock = clock_system();
    node->application_keeps = options != NULL && options->application_keeps;
    rc = slice_to_str(slice_str(dir), node->dir, sizeof node->dir);
    if (rc == DHK_OK)
        rc = fill(node, options, flags, problem);
    else
        (void)problem_file(problem, rc, dir);
    if (rc != DHK_OK)
        node_close(&node);
    *out = node;
    return rc;
}

void
node_close(struct dhk_node **node)
{
    struct dhk_node *n = *node;

    if (n == NULL)
        return;
    session_close(&n->session);
    sealer_destroy(&n->sealer);
    sent_destroy(&n->sent);
    outbox_close(&n->outbox);
    inbox_close(&n->inbox);
    heads_destroy(&n->heads);
    counted_destroy(&n->counted);
    proving_destroy(&n->proving);
    held_destroy(&n->held);
    cards_destroy(&n->cards);
    trust_destroy(&n->trust);
    card_secret_destroy(&n->secret);
    key_secret_destroy((void **)&n->store_key);
    key_secret_destroy((void **)&n->passphrase);
    key_wipe(n, sizeof *n);
    free(n);
    *node = NULL;
}

static void
pause_briefly(void)
{
    const struct timespec t = {0, TRY_NS};

    (void)nanosleep(&t, NULL);
}

enum dhk_err
node_outbox(struct dhk_node *node, struct dhk_problem *problem)
{
    enum dhk_err rc = DHK_OK;

    if (node->trust == NULL)
        return problem_set(problem, DHK_STATE, "not joined to a broker");
    for (int i = 0; node->outbox == NULL && i < TRIES; i++) {
        if (i > 0)
            pause_briefly();
        rc = outbox_open(&node->outbox, node);
        if (rc != DHK_EXISTS)
            break;
    }
    if (rc == DHK_EXISTS)
        return problem_set(problem, rc,
            "another process is sending from this node; its outbox can be "
            "opened by one at a time");
    return rc == DHK_OK ? rc : problem_file(problem, rc, "outbox");
}

enum dhk_err
node_inbox(struct dhk_node *node, struct dhk_problem *problem)
{
    enum dhk_err rc = DHK_OK;

    if (node->trust == NULL)
        return problem_set(problem, DHK_STATE, "not joined to a broker");
    for (int i = 0; node->inbox == NULL && i < TRIES; i++) {
        if (i > 0)
            pause_briefly();
        rc = inbox_open(&node->inbox, node);
        if (rc != DHK_EXISTS)
            break;
    }
    if (rc == DHK_EXISTS)
        return problem_set(problem, rc,
            "another process is receiving for this node; its inbox can be "
            "opened by one at a time");
    return rc == DHK_OK ? rc : problem_file(problem, rc, "inbox");
}
