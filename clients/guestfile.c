/* SPDX-License-Identifier: EUPL-1.2 */
#include "guestfile.h"

#include "clock.h"
#include "enroll.h"
#include "file.h"
#include "keyfile.h"
#include "problem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 4096, HEX = 2 * GUEST_CASE + 1 };

static const char purpose[] = "guest";

static enum dhk_err
path_of(char path[PATH], const char *dir, const char *name,
    struct dhk_problem *problem)
{
    enum dhk_err rc = file_path(path, PATH, dir, name);

    return rc == DHK_OK ? rc : problem_file(problem, rc, dir);
}

static enum dhk_err
write_card(
    const char *dir, struct guest_card *card, struct dhk_problem *problem)
{
    char path[PATH];
    uint8_t mem[GUEST_CARD_FILE_MAX];
    struct sink out;
    enum dhk_err rc = path_of(path, dir, "guest.card", problem);

    if (rc != DHK_OK)
        return rc;
    sink_init(&out, mem, sizeof mem);
    rc = guest_card_file_encode(&out, card);
    if (rc == DHK_OK)
        rc = file_create(path, sink_done(&out), 0644);
    if (rc == DHK_EXISTS)
        return problem_set(problem, rc, "%s is there already", path);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

/* The key first: a card without it could be admitted, and open nothing. */
static enum dhk_err
write_both(const char *dir, struct guest_card *card, const struct dh_secret *sk,
    struct slice pass, struct dhk_problem *problem)
{
    struct keyfile kf = {.wrapped = false};
    char path[PATH];
    uint8_t secret[KEY_SEED];
    enum dhk_err rc = path_of(path, dir, "guest.key", problem);

    if (rc != DHK_OK)
        return rc;
    memcpy(kf.purpose, purpose, sizeof purpose);
    bytes_hex(kf.name, card->case_handle, sizeof card->case_handle);
    key_dh_scalar(sk, secret);
    rc = enroll_key_write(
        path, &kf, slice_of(secret, sizeof secret), pass, problem);
    key_wipe(secret, sizeof secret);
    if (rc != DHK_OK)
        return rc;
    rc = write_card(dir, card, problem);
    if (rc != DHK_OK)
        (void)unlink(path);
    return rc;
}

enum dhk_err
guestfile_new(struct guest_card *out, const char *dir,
    const uint8_t handle[GUEST_CASE], struct slice pass,
    struct dhk_problem *problem)
{
    struct dh_secret *sk = NULL;
    enum dhk_err rc = file_mkdir(dir);

    memset(out, 0, sizeof *out);
    if (rc != DHK_OK)
        return problem_file(problem, rc, dir);
    memcpy(out->case_handle, handle, sizeof out->case_handle);
    rc = key_dh_new(&sk, &out->seal);
    if (rc != DHK_OK)
        return problem_set(problem, rc, "no key: %s", dhk_strerror(rc));
    rc = write_both(dir, out, sk, pass, problem);
    key_dh_destroy(&sk);
    return rc;
}

/* --- the key --- */

/* The key file's text, for file_free(). */
static enum dhk_err
read_key(uint8_t **text, size_t *n, char path[PATH], const char *dir,
    struct dhk_problem *problem)
{
    enum dhk_err rc = path_of(path, dir, "guest.key", problem);

    if (rc != DHK_OK)
        return rc;
    rc = file_read_secret(text, n, path, KEYFILE_MAX);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

enum dhk_err
guestfile_is_wrapped(bool *out, const char *dir, struct dhk_problem *problem)
{
    char path[PATH];
    uint8_t *text = NULL;
    size_t n = 0;
    struct keyfile kf;
    enum dhk_err rc = read_key(&text, &n, path, dir, problem);

    *out = false;
    if (rc != DHK_OK)
        return rc;
    rc = keyfile_peek(&kf, slice_of(text, n), NULL);
    *out = rc == DHK_OK && kf.wrapped;
    file_free(&text, n);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

/* From the file's head and its secret. */
static enum dhk_err
make_key(struct dh_secret **sk, struct guest_card *card,
    const struct keyfile *kf, const struct keyfile_secret *secret)
{
    uint8_t mem[128];
    struct sink out;

    if (strcmp(kf->purpose, purpose) != 0 || secret->n != KEY_SEED ||
        bytes_unhex(card->case_handle, sizeof card->case_handle,
            slice_str(kf->name)) != DHK_OK)
        return DHK_FORMAT;
    enum dhk_err rc = key_dh_from_seed(sk, &card->seal, secret->b);
    sink_init(&out, mem, sizeof mem);
    return rc == DHK_OK ? guest_card_encode(&out, card) : rc;
}

enum dhk_err
guestfile_load(struct dh_secret **sk, struct guest_card *card, const char *dir,
    struct slice pass, struct dhk_problem *problem)
{
    char path[PATH];
    uint8_t *text = NULL;
    size_t n = 0;
    struct keyfile kf;
    struct keyfile_secret *secret = key_secret_new(sizeof *secret);
    enum dhk_err rc = DHK_NOMEM;

    *sk = NULL;
    memset(card, 0, sizeof *card);
    if (secret == NULL)
        return problem_set(problem, rc, "out of memory");
    rc = read_key(&text, &n, path, dir, problem);
    if (rc != DHK_OK)
        goto out;
    rc = keyfile_decode(&kf, secret, slice_of(text, n), pass, NULL);
    if (rc == DHK_OK)
        rc = make_key(sk, card, &kf, secret);
    if (rc == DHK_AUTH)
        (void)problem_set(problem, rc,
            "%s: the passphrase is missing or wrong, or the file is altered",
            path);
    else if (rc != DHK_OK)
        (void)problem_file(problem, rc, path);
out:
    if (rc != DHK_OK)
        key_dh_destroy(sk);
    file_free(&text, n);
    key_secret_destroy((void **)&secret);
    return rc;
}

enum dhk_err
guestfile_card(
    struct guest_card *out, const char *path, struct dhk_problem *problem)
{
    uint8_t *text = NULL;
    size_t n = 0;
    enum dhk_err rc = file_read(&text, &n, path, GUEST_CARD_FILE_MAX);

    memset(out, 0, sizeof *out);
    if (rc != DHK_OK && rc != DHK_LIMIT)
        return problem_file(problem, rc, path);
    if (rc == DHK_OK)
        rc = guest_card_file_decode(out, slice_of(text, n), NULL);
    file_free(&text, n);
    if (rc != DHK_OK)
        return problem_set(problem, DHK_FORMAT,
            "%s is no guest card: 'driehoek guest new' makes one", path);
    return rc;
}

/* --- extracts --- */

enum dhk_err
guestfile_seal(const char *path, const struct guest_extract *x,
    const struct guest_card *card, struct slice text,
    struct dhk_problem *problem)
{
    uint8_t *mem = malloc(GUEST_EXTRACT_MAX);
    struct sink out;
    enum dhk_err rc = DHK_NOMEM;

    if (mem == NULL)
        return problem_set(problem, rc, "out of memory");
    sink_init(&out, mem, GUEST_EXTRACT_MAX);
    rc = guest_seal(&out, x, card, text);
    if (rc == DHK_OK) {
        rc = file_create(path, sink_done(&out), 0600);
        if (rc == DHK_EXISTS)
            (void)problem_set(problem, rc, "%s is there already", path);
        else if (rc != DHK_OK)
            (void)problem_file(problem, rc, path);
    } else {
        (void)problem_set(problem, rc,
            rc == DHK_LIMIT ? "the extract is too long"
                            : "the extract cannot be sealed: %s",
            dhk_strerror(rc));
    }
    free(mem);
    return rc;
}

static enum dhk_err
say_why(enum dhk_err rc, const char *path, const struct guest_extract *x,
    struct dhk_problem *problem)
{
    char until[21];

    clock_text(until, x->until);
    if (rc == DHK_DENIED)
        return problem_set(problem, rc,
            "the admission ended on %.10s: this extract is to be destroyed, "
            "and is not opened any more",
            until);
    if (rc == DHK_AUTH)
        return problem_set(problem, rc,
            "%s is for another card or case, or was altered", path);
    return problem_set(problem, rc, "%s holds no extract", path);
}

enum dhk_err
guestfile_open(struct slice *text, uint8_t **mem, size_t *n, const char *path,
    const struct guest_card *card, const struct dh_secret *sk, int64_t now,
    struct dhk_problem *problem)
{
    struct guest_extract x;
    uint8_t *bytes = NULL;
    size_t bytes_n = 0;
    enum dhk_err rc = file_read(&bytes, &bytes_n, path, GUEST_EXTRACT_MAX);

    *text = slice_of(NULL, 0);
    *mem = NULL;
    *n = 0;
    if (rc != DHK_OK && rc != DHK_LIMIT)
        return problem_file(problem, rc, path);
    if (rc == DHK_OK)
        rc = guest_decode(&x, slice_of(bytes, bytes_n), NULL);
    if (rc != DHK_OK) {
        rc = problem_set(problem, DHK_FORMAT, "%s is no extract", path);
        goto out;
    }
    *mem = malloc(x.box.n);
    if (*mem == NULL) {
        rc = problem_set(problem, DHK_NOMEM, "out of memory");
        goto out;
    }
    *n = x.box.n;
    rc = guest_open(text, *mem, &x, card, sk, now);
    if (rc != DHK_OK)
        rc = say_why(rc, path, &x, problem);
out:
    if (rc != DHK_OK)
        file_free(mem, *n);
    file_free(&bytes, bytes_n);
    return rc;
}
