/* SPDX-License-Identifier: EUPL-1.2 */
#include "scale_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/file.h"
#include "operate.h"
#include "text.h"

enum { DAYS = 60, DAY = 86400, ASK_MS = 60000, CHILDREN = 3 };

void
world_fail(const char *what)
{
    (void)fprintf(stderr, "scale: %s\n", what);
    exit(1);
}

void
world_must(enum dhk_err rc, const char *what)
{
    if (rc == DHK_OK)
        return;
    (void)fprintf(stderr, "scale: %s: %s\n", what, dhk_strerror(rc));
    exit(1);
}

void
world_name(char out[WORLD_NAME], const struct world *w, size_t i)
{
    bool party = i < w->parties;

    (void)snprintf(out, WORLD_NAME, party ? "a%04zu" : "n%05zu", i);
}

static struct sign_secret *
identity(struct sign_public *pk, size_t i)
{
    struct sign_secret *sk = NULL;
    uint8_t seed[KEY_SEED], number[8];
    struct slice part = slice_of(number, sizeof number);

    bytes_put_u64(number, i);
    seal_hash(seed, "scale", &part, 1);
    world_must(key_sign_from_seed(&sk, pk, seed), "identity");
    return sk;
}

void
world_roster(const struct world *w, size_t n)
{
    char name[WORLD_NAME], key[64];

    for (size_t i = 0; i < n; i++) {
        struct sign_public pk;
        struct sign_secret *sk = identity(&pk, i);
        key_sign_destroy(&sk);
        world_name(name, w, i);
        key_base64(key, sizeof key, pk.b, KEY_BYTES);
        (void)printf("partner %s role partner key %s\n", name, key);
    }
}

void
world_read(struct world *w, const char *ledger, const char *agreement)
{
    uint8_t *mem = NULL;
    size_t n = 0, key_n = 0;

    world_must(file_read(&mem, &n, ledger, 4096), ledger);
    struct slice line = slice_of(mem, n);
    struct slice word[6];
    if (n > 0 && mem[n - 1] == '\n')
        line.n--;
    for (size_t i = 0; i < 6; i++)
        word[i] = text_word(&line);
    world_must(
        slice_to_str(word[1], w->origin, sizeof w->origin), "ledger line");
    world_must(
        text_unbase64(w->curve_key.b, KEY_BYTES, &key_n, word[5]), "curve key");
    file_free(&mem, n);
    world_must(file_read(&mem, &n, agreement, LIMIT_TEXT), agreement);
    seal_sha256(w->agreement, slice_of(mem, n));
    file_free(&mem, n);
}

/* Gives CARD to the broker; in a child, for it changes directory. */
static void
hand_in(const struct world *w, struct slice bytes)
{
    struct control_request r = {.verb = CONTROL_CARD_ADD, .files_n = 1};
    uint8_t *reply = NULL;
    size_t n = 0;

    r.file[0] =
        (struct control_file){.name = slice_str("card"), .bytes = bytes};
    if (operate_ask(&reply, &n, &r, w->broker, ASK_MS) != 0)
        world_fail("the operator's socket does not answer");
    if (n == 0 || reply[0] != 0) {
        (void)fprintf(stderr, "scale: %.*s\n", n == 0 ? 0 : (int)n - 1,
            (const char *)reply + 1);
        exit(1);
    }
    free(reply);
}

static void
make_card(const struct world *w, struct world_card *c, size_t i,
    uint64_t serial, struct sink *out)
{
    struct sign_public pk;
    struct sign_secret *sk = identity(&pk, i);
    struct card_secret secret;

    c->card = (struct card){.serial = serial, .receives = serial == 1};
    world_name(c->card.partner, w, i);
    c->card.from = (int64_t)time(NULL) - DAY;
    c->card.until = c->card.from + (int64_t)DAYS * DAY;
    world_must(card_secret_new(&secret, &c->card), "card");
    card_secret_seeds(&secret, c->seeds);
    card_secret_destroy(&secret);
    world_must(card_issue(out, &c->card, sk), "card");
    key_sign_destroy(&sk);
}

void
world_cards(const struct world *w, struct world_card *out, size_t first,
    size_t count, size_t machines)
{
    size_t part = (count / CHILDREN + machines) / machines * machines;
    struct slice *bytes = calloc(count, sizeof *bytes);
    uint8_t *mem = malloc(count * LIMIT_CARD);
    int status;

    if (bytes == NULL || mem == NULL)
        world_fail("out of memory");
    for (size_t i = 0; i < count; i++) {
        struct sink sink;
        sink_init(&sink, mem + i * LIMIT_CARD, LIMIT_CARD);
        make_card(w, &out[i], first + i / machines, i % machines + 1, &sink);
        bytes[i] = sink_done(&sink);
    }
    for (size_t from = 0; from < count; from += part) {
        pid_t child = fork();
        if (child > 0)
            continue;
        for (size_t i = from; i < from + part && i < count; i++)
            hand_in(w, bytes[i]);
        _exit(0);
    }
    while (wait(&status) > 0) {
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            world_fail("a card was not taken");
    }
    free(bytes);
    free(mem);
}
