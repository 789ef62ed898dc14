/* SPDX-License-Identifier: EUPL-1.2
 *
 * Making a node: its directory, identity key, key cards, and tying it to a
 * broker. What `driehoek init`, `key new`, `key card` and `join` do. */
#ifndef CLIENTS_ENROLL_H
#define CLIENTS_ENROLL_H

#include "node.h"

/* Makes DIR (or fills an empty one) for partner NAME: node.conf, store.key and
 * the folders. No identity key yet. DHK_EXISTS: a node is there already. */
DHK_MUST_USE enum dhk_err enroll_create(
    const char *dir, const char *name, struct dhk_problem *problem);

/* Makes identity.key (wrapped when PASS is not empty) and identity.pub, which
 * holds the base64 text for the roster. DHK_EXISTS: one is there already. */
DHK_MUST_USE enum dhk_err enroll_identity(
    const char *dir, struct slice pass, struct dhk_problem *problem);
/* The base64 text of identity.pub. */
DHK_MUST_USE enum dhk_err enroll_identity_text(
    char out[KEY_B64], const char *dir, struct dhk_problem *problem);
bool enroll_has_identity(const char *dir); /* identity.pub is there */
/* Writes identity.pub. */
struct sign_public;
DHK_MUST_USE enum dhk_err enroll_identity_publish(
    const char *dir, const struct sign_public *pk, struct dhk_problem *problem);
/* Says why the identity key at PATH could not be had. */
enum dhk_err enroll_identity_problem(
    enum dhk_err rc, const char *path, struct dhk_problem *problem);
/* Whether the key file at PATH is wrapped: a passphrase is needed. */
DHK_MUST_USE enum dhk_err enroll_is_wrapped(
    bool *wrapped, const char *path, struct dhk_problem *problem);
/* The partner's name, from DIR/node.conf. */
DHK_MUST_USE enum dhk_err enroll_name(
    char name[LIMIT_NAME + 1], const char *dir, struct dhk_problem *problem);
/* SECRET as a new key file at PATH. DHK_EXISTS. */
struct keyfile;
DHK_MUST_USE enum dhk_err enroll_key_write(const char *path,
    const struct keyfile *kf, struct slice secret, struct slice pass,
    struct dhk_problem *problem);
/* PATH of the file of a card, WHAT being "key" or "card". */
DHK_MUST_USE enum dhk_err enroll_card_path(
    char path[NODE_PATH], const char *dir, uint64_t serial, const char *what);
/* The newest card that is valid at NOW. DHK_NOTFOUND. */
DHK_MUST_USE enum dhk_err enroll_card_newest(struct card *out, const char *dir,
    int64_t now, struct dhk_problem *problem);
/* Path of the key file of the newest valid card in DIR. DHK_NOTFOUND. */
DHK_MUST_USE enum dhk_err enroll_card_key_path(
    char path[NODE_PATH], const char *dir, struct dhk_problem *problem);

struct enroll_identity_key {
    const char *path;  /* NULL: DIR/identity.key */
    struct slice pass; /* empty: none */
};
/* Reads the identity key. DHK_AUTH: the passphrase is missing or wrong, or it
 * is not the key that identity.pub names. */
DHK_MUST_USE enum dhk_err enroll_identity_load(struct sign_secret **out,
    struct sign_public *pk, const char *dir,
    const struct enroll_identity_key *key, struct dhk_problem *problem);

struct enroll_card {
    uint32_t days; /* of validity, from now */
    bool receives; /* may be the partner's receiving card */
    struct enroll_identity_key identity;
    struct slice card_pass; /* empty: none */
};
/* Makes fresh daily keys and a card for them, signed by the identity key.
 * PATH gets the place of the card file for the broker's operator; OUT the
 * card. Valid from a minute ago, for clocks differ. The key must be the one of
 * identity.pub; a node without that (another machine of the partner) gets it.
 * DHK_AUTH: it is another one, or another partner's. */
DHK_MUST_USE enum dhk_err enroll_card(struct card *out, char path[NODE_PATH],
    const char *dir, const struct enroll_card *how,
    struct dhk_problem *problem);
/* The cards in DIR, by ascending serial; at most NODE_CARDS_MAX. */
DHK_MUST_USE enum dhk_err enroll_cards(
    struct card *list, size_t *n, const char *dir, struct dhk_problem *problem);

struct enroll_revoke {
    const char *card;   /* serial of one in DIR, or the id of any, 64 hex */
    const char *broker; /* name; NULL: every one that the node has joined */
    struct enroll_identity_key identity;
    /* called for each broker once its revocation is written */
    void (*made)(void *ctx, const char *broker, const char *path);
    void *ctx;
};
/* Signs a revocation of the card for each broker's ledger and writes it to
 * DIR/cards/ID.BROKER.revocation, for that broker's operator. Asks nobody.
 * Errors: DHK_FORMAT (no serial or id), DHK_NOTFOUND (no card of that serial;
 * not joined), DHK_DENIED (the roster gives this partner another identity
 * key, or none), DHK_AUTH (passphrase). */
DHK_MUST_USE enum dhk_err enroll_revoke(const char *dir,
    const struct enroll_revoke *how, struct dhk_problem *problem);

struct enroll_join {
    const char *broker;   /* a name for it, unique in the node */
    const char *endpoint; /* tcp://host:port */
    const char *signers;  /* path of the allowed_signers file to pin */
    const char *roster;   /* path; signatures are beside it, as
                             ROSTER.PRINCIPAL.sig */
};
/* Verifies the roster with the signers, checks that it names this partner
 * with this identity key, and keeps both in DIR/brokers/BROKER. The first
 * broker becomes the default. DHK_EXISTS: a broker of that name is there. */
DHK_MUST_USE enum dhk_err enroll_join(const char *dir,
    const struct enroll_join *how, struct dhk_problem *problem);

#endif
