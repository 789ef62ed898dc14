/* SPDX-License-Identifier: EUPL-1.2
 *
 * The configuration file is written last: a directory without one is not a
 * broker's, and init may be repeated there until it is. */
#include "setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "checkpoint.h"
#include "exits.h"
#include "file.h"
#include "keyfile.h"
#include "sshsig.h"
#include "upkeep.h"

enum { PATH_CAP = 4096, TEXT_CAP = 1024 };
/* whose the key files are; the roster names the broker by its keys */
#define KEY_OWNER "broker"

struct passphrase {
    uint8_t *p; /* or NULL */
    size_t n;
    int fd;
};

static int
say(int code, const char *name, const char *what)
{
    (void)fprintf(stderr, "driehoekd: %s: %s\n", name, what);
    return code;
}

static int
say_err(const char *name, enum dhk_err rc)
{
    if (rc == DHK_IO)
        return say(EXITS_LOCAL, name, strerror(errno));
    if (rc == DHK_DENIED)
        return say(EXITS_LOCAL, name,
            "must be readable by its owner, who runs the daemon, alone");
    if (rc == DHK_NOMEM || rc == DHK_EXISTS)
        return say(EXITS_LOCAL, name, dhk_strerror(rc));
    return say(EXITS_INVALID, name, dhk_strerror(rc));
}

static void
forget(struct passphrase *pass)
{
    void *mem = pass->p;
    key_secret_destroy(&mem);
    pass->p = NULL;
    pass->n = 0;
}

static int
ask_passphrase(struct passphrase *pass)
{
    if (pass->p != NULL)
        return EXITS_DONE;
    int fd = pass->fd < 0 ? STDIN_FILENO : pass->fd;
    if (pass->fd < 0 && isatty(fd) == 0)
        return say(EXITS_USAGE, "a passphrase is needed",
            "give it with --passphrase-fd or on a terminal");
    enum dhk_err rc = file_read_passphrase(
        &pass->p, &pass->n, fd, "Passphrase of the broker's keys: ");
    return rc == DHK_OK ? EXITS_DONE : say_err("passphrase", rc);
}

/* A new one: not empty, and from a terminal twice. */
static int
ask_new_passphrase(struct passphrase *pass)
{
    struct passphrase again = {NULL, 0, pass->fd};
    int code = ask_passphrase(pass);
    if (code == EXITS_DONE && pass->n == 0)
        code = say(EXITS_USAGE, "passphrase", "must not be empty");
    if (code != EXITS_DONE || pass->fd >= 0)
        return code;
    enum dhk_err rc = file_read_passphrase(
        &again.p, &again.n, STDIN_FILENO, "The same again: ");
    if (rc != DHK_OK)
        code = say_err("passphrase", rc);
    else if (again.n != pass->n || !key_equal(again.p, pass->p, again.n))
        code = say(EXITS_USAGE, "passphrase", "the two differ");
    forget(&again);
    return code;
}

/* --- keys ------------------------------------------------------------- */

static int
write_key(const char *path, const char *purpose, const uint8_t seed[KEY_SEED],
    const struct passphrase *pass)
{
    struct keyfile kf = {.name = KEY_OWNER};
    struct sink out;
    char mem[KEYFILE_MAX];
    (void)snprintf(kf.purpose, sizeof kf.purpose, "%s", purpose);
    sink_init(&out, mem, sizeof mem);
    enum dhk_err rc = keyfile_encode(
        &out, &kf, slice_of(seed, KEY_SEED), slice_of(pass->p, pass->n));
    if (rc == DHK_OK)
        rc = file_create(path, sink_done(&out), 0600);
    key_wipe(mem, sizeof mem);
    return rc == DHK_OK ? EXITS_DONE : say_err(path, rc);
}

static int
read_key(uint8_t seed[KEY_SEED], const char *path, const char *purpose,
    struct passphrase *pass)
{
    struct keyfile kf;
    struct diag diag = {NULL, 0};
    uint8_t *text = NULL;
    size_t n = 0;
    int code = EXITS_DONE;
    void *mem = key_secret_new(sizeof(struct keyfile_secret));
    struct keyfile_secret *secret = mem;
    enum dhk_err rc = mem == NULL
                          ? DHK_NOMEM
                          : file_read_secret(&text, &n, path, KEYFILE_MAX);
    if (rc == DHK_OK)
        rc = keyfile_peek(&kf, slice_of(text, n), &diag);
    if (rc == DHK_OK && kf.wrapped)
        code = ask_passphrase(pass);
    if (rc == DHK_OK && code == EXITS_DONE)
        rc = keyfile_decode(&kf, secret, slice_of(text, n),
            slice_of(pass->p, kf.wrapped ? pass->n : 0), &diag);
    if (rc == DHK_OK && code == EXITS_DONE) {
        if (secret->n == KEY_SEED && strcmp(kf.purpose, purpose) == 0)
            memcpy(seed, secret->b, KEY_SEED);
        else
            code = say(EXITS_INVALID, path, "is the key of another use");
    }
    file_free(&text, n);
    key_secret_destroy(&mem);
    if (rc == DHK_AUTH)
        return say(EXITS_INVALID, path, "wrong passphrase, or altered");
    return rc == DHK_OK ? code : say_err(path, rc);
}

int
setup_read_keys(
    struct supervise_secrets *out, const struct config *cfg, int passphrase_fd)
{
    struct passphrase pass = {NULL, 0, passphrase_fd};
    int code = read_key(out->log_seed, cfg->log_key, "log", &pass);
    if (code == EXITS_DONE)
        code = read_key(out->curve_seed, cfg->curve_key, "curve", &pass);
    forget(&pass);
    return code;
}

/* --- init ------------------------------------------------------------- */

struct fresh {
    struct sign_secret *log;
    struct dh_secret *curve;
    struct sign_public log_pk;
    struct dh_public curve_pk;
};

static int
write_keys(struct fresh *k, const struct passphrase *pass)
{
    enum dhk_err rc = key_sign_new(&k->log, &k->log_pk);
    if (rc == DHK_OK)
        rc = key_dh_new(&k->curve, &k->curve_pk);
    void *mem = rc == DHK_OK ? key_secret_new(KEY_SEED) : NULL;
    if (mem == NULL)
        return say_err("keys", rc == DHK_OK ? DHK_NOMEM : rc);
    key_sign_seed(k->log, mem);
    int code = write_key("log.key", "log", mem, pass);
    key_dh_scalar(k->curve, mem);
    if (code == EXITS_DONE)
        code = write_key("curve.key", "curve", mem, pass);
    key_secret_destroy(&mem);
    return code;
}

/* Reads the signers file; one that we could not use is refused now. */
static int
read_signers(uint8_t **text, size_t *n, const char *path)
{
    static struct sshsig_signers signers;
    struct diag diag = {NULL, 0};
    enum dhk_err rc = file_read(text, n, path, LIMIT_SIGNERS_FILE);
    if (rc != DHK_OK)
        return say_err(path, rc);
    rc = sshsig_signers_parse(&signers, slice_of(*text, *n), &diag);
    if (rc == DHK_OK && signers.n > 0)
        return EXITS_DONE;
    (void)fprintf(stderr, "driehoekd: %s:%zu: %s\n", path, diag.at,
        diag.what == NULL ? "names nobody" : diag.what);
    return EXITS_INVALID;
}

static int
write_config(const struct config *cfg)
{
    char text[TEXT_CAP];
    int n = snprintf(text, sizeof text,
        "# See driehoekd.conf(5).\n"
        "server\n"
        "    endpoint = \"%s\"\n"
        "ledger\n"
        "    origin = \"%s\"\n"
        "keys\n"
        "    log = \"log.key\"\n"
        "    curve = \"curve.key\"\n"
        "trust\n"
        "    signers = \"allowed_signers\"\n",
        cfg->endpoint, cfg->origin);
    must(n > 0 && (size_t)n < sizeof text);
    enum dhk_err rc =
        file_create("driehoekd.conf", slice_of(text, (size_t)n), 0600);
    return rc == DHK_OK ? EXITS_DONE : say_err("driehoekd.conf", rc);
}

static int
print_roster_line(const struct config *cfg, const struct fresh *k)
{
    struct checkpoint_vkey vkey;
    char log[KEY_VKEY_MAX], curve[KEY_B64];
    checkpoint_vkey_make(&vkey, CHECKPOINT_ED25519, cfg->origin, &k->log_pk);
    checkpoint_vkey_text(log, &vkey);
    key_base64(curve, sizeof curve, k->curve_pk.b, KEY_BYTES);
    (void)printf("The roster must name this broker's ledger and keys so:\n"
                 "ledger %s log %s curve %s\n",
        cfg->origin, log, curve);
    return fflush(stdout) == 0 ? EXITS_DONE : EXITS_LOCAL;
}

static int
check_options(struct config *cfg, const struct setup *s)
{
    const char *what = NULL;
    struct slice origin = slice_str(s->origin);
    config_init(cfg);
    if (origin.n == 0 || memchr(s->origin, '"', origin.n) != NULL ||
        config_set(cfg, slice_str("ledger/origin"), origin, &what) != DHK_OK)
        return say(EXITS_USAGE, "--origin",
            "must be a name without spaces, quotes and plus signs");
    if (s->endpoint != NULL &&
        (strchr(s->endpoint, '"') != NULL ||
            config_set(cfg, slice_str("server/endpoint"),
                slice_str(s->endpoint), &what) != DHK_OK))
        return say(EXITS_USAGE, "--endpoint",
            "must be tcp://ADDRESS:PORT without wildcards");
    return EXITS_DONE;
}

static int
fill(const struct config *cfg, const struct setup *s, struct slice signers,
    const struct passphrase *pass)
{
    struct fresh k = {NULL, NULL, {{0}}, {{0}}};
    enum dhk_err rc = DHK_OK;
    if (access("driehoekd.conf", F_OK) == 0)
        return say(EXITS_NO, "driehoekd.conf", "exists: a broker lives here");
    /* left over from an init that did not end */
    (void)unlink("log.key");
    (void)unlink("curve.key");
    if ((rc = file_mkdir("store")) != DHK_OK ||
        (rc = file_mkdir("run")) != DHK_OK ||
        (rc = file_write("allowed_signers", signers, 0600)) != DHK_OK)
        return say_err("the broker's directory", rc);
    int code = s->after == NULL
                   ? EXITS_DONE
                   : upkeep_after(s->after, "store/" SETUP_BEFORE, s->origin);
    if (code == EXITS_DONE)
        code = write_keys(&k, pass);
    if (code == EXITS_DONE)
        code = write_config(cfg);
    if (code == EXITS_DONE)
        code = print_roster_line(cfg, &k);
    key_sign_destroy(&k.log);
    key_dh_destroy(&k.curve);
    return code;
}

int
setup_make(const struct setup *s)
{
    struct config cfg;
    struct passphrase pass = {NULL, 0, s->passphrase_fd};
    uint8_t *signers = NULL;
    size_t n = 0;
    int code = check_options(&cfg, s);
    if (code == EXITS_DONE)
        code = read_signers(&signers, &n, s->signers);
    if (code == EXITS_DONE && (s->passphrase || s->passphrase_fd >= 0))
        code = ask_new_passphrase(&pass);
    if (code == EXITS_DONE) {
        enum dhk_err rc = file_mkdir(s->dir);
        if (rc == DHK_OK && chdir(s->dir) != 0)
            rc = DHK_IO;
        code = rc != DHK_OK ? say_err(s->dir, rc)
                            : fill(&cfg, s, slice_of(signers, n), &pass);
    }
    file_free(&signers, n);
    forget(&pass);
    return code;
}
