/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoekd: arguments. Without a subcommand the parent of the daemon, which
 * stays in the foreground; else what an operator does with it. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include "exits.h"
#include "file.h"
#include "home.h"
#include "operate.h"
#include "settings.h"
#include "setup.h"
#include "spawn.h"
#include "supervise.h"
#include "upkeep.h"

enum { WITHIN_MS = 2000 };

struct options {
    const char *config, *dir, *origin, *signers, *endpoint, *after;
    int ready_fd, passphrase_fd;
    bool json;
    unsigned within_ms;
    bool passphrase;    /* ask for one */
    char *const *words; /* subcommand and its arguments */
    size_t words_n;
};

struct subcommand {
    const char *first, *second; /* words */
    enum control_verb verb;
    size_t files_min, files_max;
    bool signatures; /* are looked for beside the file */
    const char *usage;
};

static const struct subcommand subcommands[] = {
    {"card", "add", CONTROL_CARD_ADD, 1, SIZE_MAX, false, "card add FILE..."},
    {"agreement", "add", CONTROL_AGREEMENT_ADD, 1, CONTROL_FILES, true,
        "agreement add FILE [SIGNATURE...]"},
    {"roster", "add", CONTROL_ROSTER_ADD, 1, CONTROL_FILES, true,
        "roster add FILE [SIGNATURE...]"},
    {"revoke", NULL, CONTROL_REVOKE, 1, CONTROL_FILES, true,
        "revoke FILE [SIGNATURE...]"},
    {"status", NULL, CONTROL_STATUS, 0, 0, false, "status [--json]"},
    {"health", NULL, CONTROL_HEALTH, 0, 0, false, "health [--within MS]"},
    {"clock", "accept", CONTROL_CLOCK, 0, 0, false, "clock accept"},
    {"fsck", NULL, CONTROL_NONE, 0, 0, false, "fsck [--json]"},
    {"backup", NULL, CONTROL_NONE, 1, 1, false, "backup TARGET"},
    {"restore", NULL, CONTROL_NONE, 1, 1, false, "restore BACKUP"},
};
enum { SUBCOMMANDS = sizeof subcommands / sizeof subcommands[0] };

static const char usage_text[] =
    "usage: driehoekd [-C DIR | -c FILE] [--ready-fd N] [--passphrase-fd N]\n"
    "       driehoekd init DIR --origin ORIGIN --signers FILE\n"
    "                 [--endpoint tcp://ADDRESS:PORT] [--after OLDDIR]\n"
    "                 [--passphrase | --passphrase-fd N]\n"
    "       driehoekd card add FILE... [-C DIR]\n"
    "       driehoekd agreement add FILE [SIGNATURE...] [-C DIR]\n"
    "       driehoekd roster add FILE [SIGNATURE...] [-C DIR]\n"
    "       driehoekd revoke FILE [SIGNATURE...] [-C DIR]\n"
    "       driehoekd status [--json] [-C DIR]\n"
    "       driehoekd health [--within MS] [-C DIR]\n"
    "       driehoekd clock accept [-C DIR]\n"
    "       driehoekd fsck [--json] [-C DIR]\n"
    "       driehoekd backup TARGET [-C DIR]\n"
    "       driehoekd restore BACKUP [-C DIR]\n"
    "       driehoekd --help | --version\n"
    "Signatures are looked for beside FILE, as FILE.NAME.sig. DIR may be "
    "given\n"
    "in DRIEHOEK_DIR. See driehoekd(8).\n";

static int
usage(const char *what)
{
    if (what != NULL)
        (void)fprintf(stderr, "driehoekd: %s\n", what);
    (void)fputs("Try 'driehoekd --help'.\n", stderr);
    return EXITS_USAGE;
}

static bool
parse_fd(int *out, const char *text)
{
    char *end = NULL;
    errno = 0;
    long v = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || v < 0 || v > 65535)
        return false;
    *out = (int)v;
    return fcntl(*out, F_GETFD) >= 0;
}

static bool
parse_ms(unsigned *out, const char *text)
{
    char *end = NULL;
    errno = 0;
    long v = strtol(text, &end, 10);
    *out = (unsigned)v;
    return errno == 0 && end != text && *end == '\0' && v >= 1 && v <= 60000;
}

enum long_option {
    OPTION_READY = 256,
    OPTION_PASSPHRASE,
    OPTION_ASK,
    OPTION_ORIGIN,
    OPTION_SIGNERS,
    OPTION_ENDPOINT,
    OPTION_AFTER,
    OPTION_JSON,
    OPTION_WITHIN,
    OPTION_HELP,
    OPTION_VERSION,
};

static int
take_option(struct options *o, int option, const char *value)
{
    switch (option) {
    case 'c':
        o->config = value;
        return -1;
    case 'C':
        o->dir = value;
        return -1;
    case OPTION_ORIGIN:
        o->origin = value;
        return -1;
    case OPTION_SIGNERS:
        o->signers = value;
        return -1;
    case OPTION_ENDPOINT:
        o->endpoint = value;
        return -1;
    case OPTION_AFTER:
        o->after = value;
        return -1;
    case OPTION_READY:
        return parse_fd(&o->ready_fd, value)
                   ? -1
                   : usage("--ready-fd wants the number of an open descriptor");
    case OPTION_PASSPHRASE:
        return parse_fd(&o->passphrase_fd, value)
                   ? -1
                   : usage("--passphrase-fd wants the number of an open "
                           "descriptor");
    case OPTION_JSON:
        o->json = true;
        return -1;
    case OPTION_WITHIN:
        return parse_ms(&o->within_ms, value)
                   ? -1
                   : usage("--within wants milliseconds, 1 to 60000");
    case OPTION_ASK:
        o->passphrase = true;
        return -1;
    case OPTION_HELP:
        (void)fputs(usage_text, stdout);
        return fflush(stdout) == 0 ? EXITS_DONE : EXITS_LOCAL;
    case OPTION_VERSION:
        (void)puts("driehoekd " DRIEHOEK_VERSION);
        return fflush(stdout) == 0 ? EXITS_DONE : EXITS_LOCAL;
    default:
        return usage(NULL);
    }
}

/* Returns -1 to go on, or the exit code. */
static int
parse_options(struct options *o, int argc, char **argv)
{
    static const struct option list[] = {
        {"ready-fd", required_argument, NULL, OPTION_READY},
        {"passphrase-fd", required_argument, NULL, OPTION_PASSPHRASE},
        {"passphrase", no_argument, NULL, OPTION_ASK},
        {"origin", required_argument, NULL, OPTION_ORIGIN},
        {"signers", required_argument, NULL, OPTION_SIGNERS},
        {"endpoint", required_argument, NULL, OPTION_ENDPOINT},
        {"after", required_argument, NULL, OPTION_AFTER},
        {"json", no_argument, NULL, OPTION_JSON},
        {"within", required_argument, NULL, OPTION_WITHIN},
        {"help", no_argument, NULL, OPTION_HELP},
        {"version", no_argument, NULL, OPTION_VERSION},
        {NULL, 0, NULL, 0},
    };
    int option = 0;
    *o = (struct options){
        .ready_fd = -1, .passphrase_fd = -1, .within_ms = WITHIN_MS};
    while ((option = getopt_long(argc, argv, "c:C:", list, NULL)) != -1) {
        int code = take_option(o, option, optarg);
        if (code >= 0)
            return code;
    }
    o->words = argv + optind;
    o->words_n = (size_t)(argc - optind);
    if (o->dir == NULL && o->config == NULL)
        o->dir = getenv("DRIEHOEK_DIR");
    return -1;
}

/* --- run -------------------------------------------------------------- */

static int
say(int code, const char *name, const char *what)
{
    (void)fprintf(stderr, "driehoekd: %s: %s\n", name, what);
    return code;
}

static int
go_home(char file[HOME_PATH], const struct options *o)
{
    if (o->dir == NULL && o->config == NULL)
        return usage("which broker? Give -C DIR, -c FILE or DRIEHOEK_DIR");
    return home_enter(file, o->dir, o->config);
}

static int
run(const struct options *o)
{
    char file[HOME_PATH];
    struct config cfg;
    int code = go_home(file, o);
    if (code != EXITS_DONE)
        return code;
    enum dhk_err rc = settings_load(&cfg, file);
    if (rc != DHK_OK)
        return rc == DHK_FORMAT ? EXITS_INVALID : EXITS_LOCAL;
    if (cfg.origin[0] == '\0')
        return say(EXITS_INVALID, file, "ledger/origin is missing");
    if ((code = home_drop_privileges(&cfg)) != EXITS_DONE ||
        (code = home_lock()) != EXITS_DONE)
        return code;
    void *secrets = key_secret_new(sizeof(struct supervise_secrets));
    if (secrets == NULL)
        return say(EXITS_LOCAL, "keys", "out of memory");
    code = setup_read_keys(secrets, &cfg, o->passphrase_fd);
    if (code == EXITS_DONE)
        code = supervise_run(&cfg, secrets, o->ready_fd) == DHK_OK
                   ? EXITS_DONE
                   : EXITS_LOCAL;
    key_secret_destroy(&secrets);
    return code;
}

/* --- subcommands ------------------------------------------------------ */

static int
make(const struct options *o)
{
    char after[HOME_PATH];
    struct setup s = {.dir = o->words_n > 1 ? o->words[1] : o->dir,
        .origin = o->origin,
        .signers = o->signers,
        .endpoint = o->endpoint,
        .passphrase_fd = o->passphrase_fd,
        .passphrase = o->passphrase};
    if (o->words_n > 2)
        return usage("init wants one directory");
    if (s.dir == NULL)
        return usage("init wants a directory");
    if (s.origin == NULL)
        return usage("init wants --origin, the name of the ledger");
    if (s.signers == NULL)
        return usage("init wants --signers, an allowed_signers file");
    if (o->after != NULL && realpath(o->after, after) == NULL)
        return say(EXITS_LOCAL, o->after, strerror(errno));
    s.after = o->after != NULL ? after : NULL;
    return setup_make(&s);
}

/* What shows the report links libraries that the parent must not. */
static int
show_status(const struct options *o)
{
    char path[SPAWN_PATH], json[] = "json";
    char *const argv[] = {
        path, (char *)(uintptr_t)o->dir, o->json ? json : NULL, NULL};
    if (spawn_find(path, "driehoekd-status") == DHK_OK)
        (void)execv(path, argv);
    return say(EXITS_LOCAL, "driehoekd-status", "is missing");
}

static int
with_files(const struct subcommand *c, const struct options *o,
    char *const *files, size_t n)
{
    const char *dir = o->dir;
    if (n < c->files_min || n > c->files_max) {
        (void)fprintf(stderr, "usage: driehoekd %s [-C DIR]\n", c->usage);
        return EXITS_USAGE;
    }
    if (o->json && strstr(c->usage, "--json") == NULL)
        return usage("--json goes with status and fsck");
    if (c->verb == CONTROL_STATUS)
        return show_status(o);
    if (c->verb == CONTROL_NONE)
        return upkeep(&(struct upkeep){.verb = c->first,
            .dir = o->dir,
            .json = o->json,
            .other = n > 0 ? files[0] : NULL});
    if (c->verb == CONTROL_HEALTH)
        return operate_health(dir, o->within_ms);
    if (c->verb != CONTROL_CARD_ADD)
        return operate(c->verb, dir, files, n, c->signatures);
    /* cards stand alone, so each is a request of its own */
    int code = EXITS_DONE;
    for (size_t i = 0; i < n && code == EXITS_DONE; i++)
        code = operate(c->verb, dir, files + i, 1, false);
    return code;
}

static int
dispatch(const struct options *o)
{
    if (strcmp(o->words[0], "init") == 0)
        return make(o);
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        const struct subcommand *c = &subcommands[i];
        size_t words = c->second == NULL ? 1 : 2;
        if (strcmp(o->words[0], c->first) != 0)
            continue;
        if (o->words_n < words ||
            (c->second != NULL && strcmp(o->words[1], c->second) != 0)) {
            (void)fprintf(stderr, "usage: driehoekd %s [-C DIR]\n", c->usage);
            return EXITS_USAGE;
        }
        if (o->dir == NULL)
            return usage("which broker? Give -C DIR or DRIEHOEK_DIR");
        return with_files(c, o, o->words + words, o->words_n - words);
    }
    (void)fprintf(stderr, "driehoekd: no such command: %s\n", o->words[0]);
    return usage(NULL);
}

int
main(int argc, char **argv)
{
    struct options o;
    file_protect_process();
    int code = parse_options(&o, argc, argv);
    if (code >= 0)
        return code;
    if (key_init() != DHK_OK)
        return say(EXITS_LOCAL, "libsodium", "missing, or without its fixes");
    if (o.after != NULL && (o.words_n == 0 || strcmp(o.words[0], "init") != 0))
        return usage("--after is for init");
    if (o.passphrase && (o.words_n == 0 || strcmp(o.words[0], "init") != 0))
        return usage("--passphrase is for init");
    return o.words_n == 0 ? run(&o) : dispatch(&o);
}
