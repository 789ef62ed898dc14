/* SPDX-License-Identifier: EUPL-1.2
 *
 * Key cards in a node directory: issuing, finding, listing. */
#include "enroll.h"

#include "file.h"
#include "keyfile.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 64, DAY = 86400, EARLY = 60, SEEDS = 128, DAYS_MAX = 3660 };

/* What is written of one card. */
struct card_files {
    struct slice bytes, seeds, pass;
};

enum dhk_err
enroll_card_path(
    char path[NODE_PATH], const char *dir, uint64_t serial, const char *what)
{
    char name[NAME], folder[NODE_PATH];
    enum dhk_err rc = node_path(folder, dir, "cards");

    (void)snprintf(
        name, sizeof name, "%llu.%s", (unsigned long long)serial, what);
    return rc == DHK_OK ? node_path(path, folder, name) : rc;
}

static enum dhk_err
read_card(struct card *out, const char *path)
{
    uint8_t *text = NULL, mem[CARD_FILE_MAX];
    size_t n = 0;
    struct slice bytes;
    enum dhk_err rc = file_read(&text, &n, path, CARD_FILE_MAX);

    if (rc == DHK_OK)
        rc = card_file_decode(&bytes, mem, slice_of(text, n), NULL);
    if (rc == DHK_OK)
        rc = card_decode(out, bytes, NULL);
    file_free(&text, n);
    return rc;
}

static int
by_serial(const void *a, const void *b)
{
    const struct card *x = a, *y = b;

    return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static bool
has_ending(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);

    return n > m && strcmp(name + n - m, ending) == 0;
}

enum dhk_err
enroll_cards(
    struct card *list, size_t *n, const char *dir, struct dhk_problem *problem)
{
    char folder[NODE_PATH], path[NODE_PATH];
    const struct dirent *item;
    DIR *d = NULL;
    enum dhk_err rc = node_path(folder, dir, "cards");

    *n = 0;
    if (rc == DHK_OK && (d = opendir(folder)) == NULL)
        rc = DHK_IO;
    if (rc != DHK_OK)
        return problem_file(problem, rc, folder);
    while ((item = readdir(d)) != NULL && *n < NODE_CARDS_MAX) {
        if (!has_ending(item->d_name, ".card"))
            continue;
        rc = node_path(path, folder, item->d_name);
        if (rc == DHK_OK)
            rc = read_card(&list[*n], path);
        if (rc != DHK_OK) {
            rc = problem_file(problem, rc, path);
            break;
        }
        (*n)++;
    }
    (void)closedir(d);
    if (*n > 0)
        qsort(list, *n, sizeof *list, by_serial);
    return rc;
}

enum dhk_err
enroll_card_newest(
    struct card *out, const char *dir, int64_t now, struct dhk_problem *problem)
{
    struct card *list = calloc(NODE_CARDS_MAX, sizeof *list);
    size_t n = 0;
    enum dhk_err rc, found = DHK_NOTFOUND;

    if (list == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    rc = enroll_cards(list, &n, dir, problem);
    for (size_t i = 0; rc == DHK_OK && i < n; i++) {
        if (list[i].from <= now && now < list[i].until) {
            *out = list[i];
            found = DHK_OK;
        }
    }
    free(list);
    if (rc == DHK_OK && found != DHK_OK)
        return problem_set(problem, found,
            "%s has no valid key card: run driehoek key card", dir);
    return rc;
}

enum dhk_err
enroll_card_key_path(
    char path[NODE_PATH], const char *dir, struct dhk_problem *problem)
{
    struct card card = {.serial = 0};
    int64_t now = (int64_t)(clock_wall_ms(clock_system()) / 1000);
    enum dhk_err rc = enroll_card_newest(&card, dir, now, problem);

    return rc == DHK_OK ? enroll_card_path(path, dir, card.serial, "key") : rc;
}

/* The key is the one that this node's identity.pub names: a card that another
 * key has signed would be of no use, and hide the cards that are. */
static enum dhk_err
check_identity(const struct keyfile *kf, const struct sign_public *pk,
    const char *dir, struct dhk_problem *problem)
{
    char name[LIMIT_NAME + 1], is[KEY_B64], wanted[KEY_B64];
    enum dhk_err rc = enroll_name(name, dir, problem);

    if (rc != DHK_OK)
        return rc;
    if (strcmp(kf->name, name) != 0)
        return problem_set(problem, DHK_AUTH,
            "that is the identity key of %s; this node is of %s", kf->name,
            name);
    if (!enroll_has_identity(dir))
        return enroll_identity_publish(dir, pk, problem);
    rc = enroll_identity_text(wanted, dir, problem);
    if (rc != DHK_OK)
        return rc;
    key_base64(is, sizeof is, pk->b, sizeof pk->b);
    if (strcmp(is, wanted) == 0)
        return DHK_OK;
    return problem_set(problem, DHK_AUTH,
        "that identity key is not the one of %s/identity.pub", dir);
}

enum dhk_err
enroll_identity_load(struct sign_secret **out, struct sign_public *pk,
    const char *dir, const struct enroll_identity_key *key,
    struct dhk_problem *problem)
{
    char path[NODE_PATH];
    uint8_t *text = NULL;
    size_t n = 0;
    struct keyfile kf;
    struct keyfile_secret *secret = key_secret_new(sizeof *secret);
    enum dhk_err rc = secret == NULL ? DHK_NOMEM : DHK_OK;

    path[0] = '\0';
    if (rc == DHK_OK && key->path != NULL)
        rc = slice_to_str(slice_str(key->path), path, sizeof path);
    else if (rc == DHK_OK)
        rc = node_path(path, dir, "identity.key");
    if (rc == DHK_OK)
        rc = file_read_secret(&text, &n, path, KEYFILE_MAX);
    if (rc == DHK_OK)
        rc = keyfile_decode(&kf, secret, slice_of(text, n), key->pass, NULL);
    if (rc == DHK_OK &&
        (secret->n != KEY_SEED || strcmp(kf.purpose, "identity") != 0))
        rc = DHK_FORMAT;
    if (rc == DHK_OK)
        rc = key_sign_from_seed(out, pk, secret->b);
    file_free(&text, n);
    key_secret_destroy((void **)&secret);
    if (rc != DHK_OK)
        return enroll_identity_problem(rc, path, problem);
    return check_identity(&kf, pk, dir, problem);
}

/* The keys first: a card without its keys would be of no use. */
static enum dhk_err
write_card(char path[NODE_PATH], const char *dir, const struct card *card,
    const struct card_files *f, struct dhk_problem *problem)
{
    struct keyfile kf = {.purpose = "card"};
    uint8_t text[CARD_FILE_MAX];
    struct sink out;
    enum dhk_err rc;

    (void)snprintf(kf.name, sizeof kf.name, "%s", card->partner);
    rc = enroll_card_path(path, dir, card->serial, "key");
    if (rc != DHK_OK)
        return problem_file(problem, rc, dir);
    rc = enroll_key_write(path, &kf, f->seeds, f->pass, problem);
    if (rc != DHK_OK)
        return rc;
    sink_init(&out, text, sizeof text);
    rc = card_file_encode(&out, f->bytes);
    if (rc == DHK_OK)
        rc = enroll_card_path(path, dir, card->serial, "card");
    if (rc == DHK_OK)
        rc = file_write(path, sink_done(&out), 0644);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

/* Later cards have greater serials, also those of the partner's other nodes:
 * the time is a floor. */
static enum dhk_err
next_serial(
    uint64_t *out, const char *dir, int64_t now, struct dhk_problem *problem)
{
    struct card *list = calloc(NODE_CARDS_MAX, sizeof *list);
    size_t n = 0;
    enum dhk_err rc;

    if (list == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    rc = enroll_cards(list, &n, dir, problem);
    *out = (uint64_t)now;
    if (n > 0 && list[n - 1].serial >= *out)
        *out = list[n - 1].serial + 1;
    free(list);
    return rc;
}

static enum dhk_err
issue(struct card *card, char path[NODE_PATH], const char *dir,
    const struct enroll_card *how, const struct sign_secret *identity,
    struct dhk_problem *problem)
{
    struct card_secret secret = {NULL, NULL, NULL, NULL};
    struct card_files f = {.pass = how->card_pass};
    uint8_t mem[LIMIT_CARD], *seeds = key_secret_new(SEEDS);
    struct sink out;
    enum dhk_err rc = DHK_NOMEM;

    sink_init(&out, mem, sizeof mem);
    if (seeds != NULL)
        rc = card_secret_new(&secret, card);
    if (rc == DHK_OK)
        rc = card_issue(&out, card, identity);
    if (rc != DHK_OK) {
        (void)problem_set(problem, rc, "no card: %s", dhk_strerror(rc));
        goto out;
    }
    card_secret_seeds(&secret, seeds);
    f.bytes = sink_done(&out);
    f.seeds = slice_of(seeds, SEEDS);
    rc = write_card(path, dir, card, &f, problem);
out:
    card_secret_destroy(&secret);
    key_secret_destroy((void **)&seeds);
    return rc;
}

enum dhk_err
enroll_card(struct card *out, char path[NODE_PATH], const char *dir,
    const struct enroll_card *how, struct dhk_problem *problem)
{
    struct sign_secret *identity = NULL;
    struct sign_public pk;
    int64_t now = (int64_t)(clock_wall_ms(clock_system()) / 1000);
    enum dhk_err rc = key_init();

    if (rc != DHK_OK)
        return problem_set(problem, rc, "libsodium does not work");
    if (how->days == 0 || how->days > DAYS_MAX)
        return problem_set(
            problem, DHK_LIMIT, "a card is valid for 1 to %d days", DAYS_MAX);
    *out = (struct card){.from = now - EARLY, .receives = how->receives};
    out->until = out->from + (int64_t)how->days * DAY;
    rc = enroll_name(out->partner, dir, problem);
    if (rc == DHK_OK)
        rc = next_serial(&out->serial, dir, now, problem);
    if (rc == DHK_OK)
        rc = enroll_identity_load(&identity, &pk, dir, &how->identity, problem);
    if (rc == DHK_OK)
        rc = issue(out, path, dir, how, identity, problem);
    key_sign_destroy(&identity);
    return rc;
}
