/* SPDX-License-Identifier: EUPL-1.2
 *
 * Making a node, its keys and cards, and joining a broker. */
#include "enroll.h"

#include "texts.h"
#include "trust.h"

#include "file.h"
#include "keyfile.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* DIR/FOLDER */
static enum dhk_err
make_folder(const char *dir, const char *folder, struct dhk_problem *problem)
{
    char path[NODE_PATH];
    enum dhk_err rc = node_path(path, dir, folder);

    if (rc == DHK_OK)
        rc = file_mkdir(path);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

enum dhk_err
enroll_key_write(const char *path, const struct keyfile *kf,
    struct slice secret, struct slice pass, struct dhk_problem *problem)
{
    uint8_t mem[KEYFILE_MAX];
    struct sink out;
    enum dhk_err rc;

    sink_init(&out, mem, sizeof mem);
    rc = keyfile_encode(&out, kf, secret, pass);
    if (rc == DHK_OK)
        rc = file_create(path, sink_done(&out), 0600);
    key_wipe(mem, sizeof mem);
    if (rc == DHK_EXISTS)
        return problem_set(problem, rc, "%s is there already", path);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

static enum dhk_err
make_store_key(const char *dir, const char *name, struct dhk_problem *problem)
{
    struct keyfile kf = {.purpose = "store"};
    char path[NODE_PATH];
    uint8_t secret[SEAL_KEY];
    enum dhk_err rc = node_path(path, dir, "store.key");

    if (rc == DHK_OK)
        rc = slice_to_str(slice_str(name), kf.name, sizeof kf.name);
    if (rc != DHK_OK)
        return problem_file(problem, rc, dir);
    key_random(secret, sizeof secret);
    rc = enroll_key_write(
        path, &kf, slice_of(secret, sizeof secret), slice_of(NULL, 0), problem);
    key_wipe(secret, sizeof secret);
    return rc;
}

enum dhk_err
enroll_create(const char *dir, const char *name, struct dhk_problem *problem)
{
    static const char *const folders[] = {"cards", "cases", "brokers"};
    char path[NODE_PATH], text[LIMIT_NAME + 16];
    enum dhk_err rc;

    if (key_init() != DHK_OK)
        return problem_set(problem, DHK_IO, "libsodium does not work");
    if (!bytes_is_name(slice_str(name)))
        return problem_set(problem, DHK_FORMAT,
            "the name must consist of a-z, 0-9 and single hyphens, begin with "
            "a letter and have at most %d characters",
            LIMIT_NAME);
    rc = node_path(path, dir, "node.conf");
    if (rc == DHK_OK)
        rc = file_mkdir(dir);
    if (rc != DHK_OK)
        return problem_file(problem, rc, dir);
    if (access(path, F_OK) == 0)
        return problem_set(
            problem, DHK_EXISTS, "%s is a node directory already", dir);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        rc = make_folder(dir, folders[i], problem);
        if (rc != DHK_OK)
            return rc;
    }
    rc = make_store_key(dir, name, problem);
    if (rc != DHK_OK)
        return rc;
    /* last: it is what makes DIR a node */
    (void)snprintf(text, sizeof text, "name = %s\n", name);
    rc = file_create(path, slice_str(text), 0600);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

enum dhk_err
enroll_name(
    char name[LIMIT_NAME + 1], const char *dir, struct dhk_problem *problem)
{
    char path[NODE_PATH];
    enum dhk_err rc = node_path(path, dir, "node.conf");

    if (rc == DHK_OK)
        rc = node_setting(name, LIMIT_NAME + 1, path, "name");
    if (rc == DHK_OK && !bytes_is_name(slice_str(name)))
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        return rc;
    return problem_set(problem, DHK_NOTFOUND,
        "%s is not a node directory: run driehoek init", dir);
}

bool
enroll_has_identity(const char *dir)
{
    char path[NODE_PATH];

    return node_path(path, dir, "identity.pub") == DHK_OK &&
           access(path, F_OK) == 0;
}

enum dhk_err
enroll_identity_publish(
    const char *dir, const struct sign_public *pk, struct dhk_problem *problem)
{
    char path[NODE_PATH], text[KEY_B64 + 1];
    enum dhk_err rc = node_path(path, dir, "identity.pub");

    key_base64(text, sizeof text, pk->b, sizeof pk->b);
    text[KEY_B64 - 1] = '\n';
    if (rc == DHK_OK)
        rc = file_write(path, slice_of(text, KEY_B64), 0644);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

static enum dhk_err
write_identity(const char *dir, struct slice seed, struct slice pass,
    const struct sign_public *pk, struct dhk_problem *problem)
{
    struct keyfile kf = {.purpose = "identity"};
    char path[NODE_PATH];
    enum dhk_err rc = enroll_name(kf.name, dir, problem);

    if (rc != DHK_OK)
        return rc;
    /* a public half without the key file here: the key was moved away */
    if (enroll_has_identity(dir))
        return problem_set(problem, DHK_EXISTS,
            "%s/identity.pub is there already: this node has an identity", dir);
    rc = node_path(path, dir, "identity.key");
    if (rc != DHK_OK)
        return problem_file(problem, rc, dir);
    rc = enroll_key_write(path, &kf, seed, pass, problem);
    return rc == DHK_OK ? enroll_identity_publish(dir, pk, problem) : rc;
}

enum dhk_err
enroll_identity(const char *dir, struct slice pass, struct dhk_problem *problem)
{
    struct sign_secret *sk = NULL;
    struct sign_public pk;
    uint8_t seed[KEY_SEED];
    enum dhk_err rc = key_init();

    if (rc == DHK_OK)
        rc = key_sign_new(&sk, &pk);
    if (rc != DHK_OK)
        return problem_set(problem, rc, "no key: %s", dhk_strerror(rc));
    key_sign_seed(sk, seed);
    rc = write_identity(dir, slice_of(seed, sizeof seed), pass, &pk, problem);
    key_wipe(seed, sizeof seed);
    key_sign_destroy(&sk);
    return rc;
}

enum dhk_err
enroll_identity_text(
    char out[KEY_B64], const char *dir, struct dhk_problem *problem)
{
    char path[NODE_PATH];
    uint8_t *mem = NULL;
    size_t n = 0;
    enum dhk_err rc = node_path(path, dir, "identity.pub");

    if (rc == DHK_OK)
        rc = file_read(&mem, &n, path, KEYFILE_MAX);
    if (rc == DHK_OK && n != KEY_B64)
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = slice_to_str(slice_of(mem, n - 1), out, KEY_B64);
    file_free(&mem, n);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

enum dhk_err
enroll_identity_problem(
    enum dhk_err rc, const char *path, struct dhk_problem *problem)
{
    if (rc == DHK_AUTH)
        return problem_set(problem, rc,
            "%s: the passphrase is missing or wrong, or the file is altered",
            path);
    if (rc == DHK_FORMAT || rc == DHK_LIMIT)
        return problem_set(problem, DHK_FORMAT,
            "%s: this is not the file of an identity key", path);
    if (rc == DHK_IO && errno == ENOENT)
        return problem_set(problem, rc,
            "%s is not there: driehoek key new makes it, and --identity says "
            "where else it is",
            path);
    return problem_file(problem, rc, path);
}

enum dhk_err
enroll_is_wrapped(bool *wrapped, const char *path, struct dhk_problem *problem)
{
    struct keyfile kf = {.wrapped = false};
    uint8_t *mem = NULL;
    size_t n = 0;
    enum dhk_err rc = file_read_secret(&mem, &n, path, KEYFILE_MAX);

    if (rc == DHK_OK)
        rc = keyfile_peek(&kf, slice_of(mem, n), NULL);
    *wrapped = rc == DHK_OK && kf.wrapped;
    file_free(&mem, n);
    return rc == DHK_OK ? rc : enroll_identity_problem(rc, path, problem);
}

/* ---- joining ----------------------------------------------------------------
 */

/* The roster names this partner, with this identity key. */
static enum dhk_err
check_named(
    const struct roster *r, const char *dir, struct dhk_problem *problem)
{
    char name[LIMIT_NAME + 1], text[KEY_B64], is[KEY_B64];
    const struct roster_partner *p;
    enum dhk_err rc = enroll_name(name, dir, problem);

    if (rc != DHK_OK)
        return rc;
    p = roster_find(r, slice_str(name));
    if (p == NULL)
        return problem_set(
            problem, DHK_DENIED, "the roster does not name %s", name);
    if (!enroll_has_identity(dir))
        return problem_set(problem, DHK_NOTFOUND,
            "%s has no identity yet: run driehoek key new", dir);
    rc = enroll_identity_text(text, dir, problem);
    if (rc != DHK_OK)
        return rc;
    key_base64(is, sizeof is, p->identity.b, sizeof p->identity.b);
    if (strcmp(text, is) == 0)
        return DHK_OK;
    return problem_set(problem, DHK_AUTH,
        "the roster gives %s another identity key than identity.pub", name);
}

/* A trust in memory or, with BROKER_DIR, one that keeps its texts there. */
static enum dhk_err
take_roster(struct trust **out, const char *broker_dir,
    const struct enroll_join *how, struct dhk_problem *problem)
{
    struct trust_text *in = calloc(1, sizeof *in);
    uint8_t *signers = NULL;
    size_t n = 0;
    int64_t now = (int64_t)(clock_wall_ms(clock_system()) / 1000);
    char path[NODE_PATH];
    enum dhk_err rc;

    if (in == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    rc = file_read(&signers, &n, how->signers, LIMIT_SIGNERS_FILE);
    if (rc != DHK_OK) {
        (void)problem_file(problem, rc, how->signers);
        goto out;
    }
    rc = trust_new(out, slice_of(signers, n), broker_dir, problem);
    if (rc != DHK_OK)
        problem_of_file(problem, how->signers);
    if (rc == DHK_OK)
        rc = texts_gather(in, trust_signers(*out), how->roster, problem);
    if (rc == DHK_OK && broker_dir != NULL) {
        rc = node_path(path, broker_dir, "signers");
        if (rc == DHK_OK)
            rc = file_write(path, slice_of(signers, n), 0600);
        if (rc != DHK_OK)
            (void)problem_file(problem, rc, broker_dir);
    }
    if (rc == DHK_OK) {
        rc = trust_take_roster(*out, in, now, problem);
        if (rc != DHK_OK)
            problem_of_file(problem, how->roster);
    }
out:
    texts_release(in);
    free(in);
    file_free(&signers, n);
    return rc;
}

static enum dhk_err
append_default(const char *dir, const char *broker, struct dhk_problem *problem)
{
    char path[NODE_PATH], name[LIMIT_NAME + 1], text[3 * LIMIT_NAME];
    enum dhk_err rc = node_path(path, dir, "node.conf");

    if (rc == DHK_OK &&
        node_setting(name, sizeof name, path, "broker") == DHK_OK)
        return DHK_OK;
    if (rc == DHK_OK)
        rc = enroll_name(name, dir, problem);
    if (rc != DHK_OK)
        return rc;
    (void)snprintf(text, sizeof text, "name = %s\nbroker = %s\n", name, broker);
    rc = file_write(path, slice_str(text), 0600);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

/* DIR/brokers/BROKER; DHK_EXISTS when it is complete already. */
static enum dhk_err
make_broker_dir(char path[NODE_PATH], const char *dir, const char *broker,
    struct dhk_problem *problem)
{
    char conf[NODE_PATH], brokers[NODE_PATH];
    enum dhk_err rc;

    if (!bytes_is_name(slice_str(broker)))
        return problem_set(problem, DHK_FORMAT,
            "the broker's name must consist of a-z, 0-9 and single hyphens");
    rc = node_path(brokers, dir, "brokers");
    if (rc == DHK_OK)
        rc = node_path(path, brokers, broker);
    if (rc == DHK_OK)
        rc = node_path(conf, path, "broker.conf");
    if (rc == DHK_OK && access(conf, F_OK) == 0)
        return problem_set(problem, DHK_EXISTS,
            "%s has joined a broker named %s already", dir, broker);
    if (rc == DHK_OK)
        rc = file_mkdir(path);
    return rc == DHK_OK ? rc : problem_file(problem, rc, dir);
}

enum dhk_err
enroll_join(
    const char *dir, const struct enroll_join *how, struct dhk_problem *problem)
{
    struct trust *t = NULL;
    char path[NODE_PATH], conf[NODE_PATH], text[NODE_ENDPOINT + 32];
    uint64_t port = 0;
    enum dhk_err rc = key_init();

    if (rc != DHK_OK)
        return problem_set(problem, rc, "libsodium does not work");
    if (strlen(how->endpoint) >= NODE_ENDPOINT ||
        !text_is_endpoint(&port, slice_str(how->endpoint)) || port == 0)
        return problem_set(problem, DHK_FORMAT,
            "the broker's endpoint must be tcp://HOST:PORT");
    /* in memory first: a roster that is refused leaves nothing behind */
    rc = take_roster(&t, NULL, how, problem);
    if (rc == DHK_OK)
        rc = check_named(trust_roster(t), dir, problem);
    if (rc == DHK_OK)
        rc = make_broker_dir(path, dir, how->broker, problem);
    trust_destroy(&t);
    if (rc == DHK_OK)
        rc = take_roster(&t, path, how, problem);
    trust_destroy(&t);
    if (rc != DHK_OK)
        return rc;
    (void)snprintf(text, sizeof text, "endpoint = %s\n", how->endpoint);
    rc = node_path(conf, path, "broker.conf");
    if (rc == DHK_OK)
        rc = file_write(conf, slice_str(text), 0600);
    if (rc != DHK_OK)
        return problem_file(problem, rc, path);
    return append_default(dir, how->broker, problem);
}
