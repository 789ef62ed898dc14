/* SPDX-License-Identifier: EUPL-1.2 */
#include "upkeep.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exits.h"
#include "home.h"
#include "settings.h"
#include "spawn.h"

enum { ARGUMENTS = 16 };

static int
say(int code, const char *name, const char *what)
{
    (void)fprintf(stderr, "driehoekd: %s: %s\n", name, what);
    return code;
}

/* PATH as it is found from another directory. */
static int
absolute(char out[HOME_PATH], const char *path)
{
    char here[HOME_PATH];

    if (getcwd(here, sizeof here) == NULL)
        return say(EXITS_LOCAL, ".", strerror(errno));
    int n = path[0] == '/' ? snprintf(out, HOME_PATH, "%s", path)
                           : snprintf(out, HOME_PATH, "%s/%s", here, path);
    if (n < 0 || n >= HOME_PATH)
        return say(EXITS_USAGE, path, "is too long a name");
    while (n > 1 && out[n - 1] == '/')
        out[--n] = '\0';
    return EXITS_DONE;
}

struct arguments {
    char *v[ARGUMENTS];
    size_t n;
};

/* exec changes none of them */
static void
add(struct arguments *a, const char *s)
{
    must(a->n + 1 < ARGUMENTS);
    a->v[a->n++] = (char *)(uintptr_t)s;
    a->v[a->n] = NULL;
}

static int
become(const struct upkeep *u, const struct config *cfg, const char *other)
{
    char path[SPAWN_PATH], map[24];
    struct arguments a = {.n = 0};
    bool snapshot = access(UPKEEP_BACKUP_MARK, F_OK) == 0;

    (void)snprintf(map, sizeof map, "%llu", (unsigned long long)cfg->map_bytes);
    add(&a, path);
    add(&a, u->verb);
    add(&a, snapshot ? "snapshot" : "beside");
    add(&a, snapshot ? "store" : cfg->store);
    add(&a, cfg->origin);
    add(&a, map);
    add(&a, u->json ? "json" : "plain");
    if (other != NULL)
        add(&a, other);
    if (strcmp(u->verb, "backup") == 0) {
        add(&a, "driehoekd.conf");
        add(&a, cfg->signers);
        add(&a, cfg->log_key);
        add(&a, cfg->curve_key);
    }
    if (snapshot && other != NULL)
        return say(EXITS_NO, u->dir, "is a backup, no broker's directory");
    if (spawn_find(path, "driehoekd-store") == DHK_OK)
        (void)execv(path, a.v);
    return say(EXITS_LOCAL, "driehoekd-store", "is missing");
}

/* In the child: becomes what writes the note. */
static int
write_note(const char *dir, const char *file, const char *origin)
{
    char target[HOME_PATH], conf[HOME_PATH], path[SPAWN_PATH], map[24];
    struct config cfg;
    struct arguments a = {.n = 0};
    int code = absolute(target, file);

    if (code == EXITS_DONE)
        code = home_enter(conf, dir, NULL);
    if (code != EXITS_DONE)
        return code;
    if (settings_load(&cfg, conf) != DHK_OK)
        return EXITS_INVALID;
    (void)snprintf(map, sizeof map, "%llu", (unsigned long long)cfg.map_bytes);
    add(&a, path);
    add(&a, "after");
    add(&a, "beside");
    add(&a, cfg.store);
    add(&a, cfg.origin);
    add(&a, map);
    add(&a, "plain");
    add(&a, target);
    add(&a, origin);
    if (spawn_find(path, "driehoekd-store") == DHK_OK)
        (void)execv(path, a.v);
    return say(EXITS_LOCAL, "driehoekd-store", "is missing");
}

int
upkeep_after(const char *dir, const char *file, const char *origin)
{
    int status = 0;
    pid_t pid = fork();

    if (pid < 0)
        return say(EXITS_LOCAL, "fork", strerror(errno));
    if (pid == 0)
        _exit(write_note(dir, file, origin));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return say(EXITS_LOCAL, "wait", strerror(errno));
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXITS_INVALID;
}

int
upkeep(const struct upkeep *u)
{
    char file[HOME_PATH], other[HOME_PATH] = "";
    struct config cfg;
    int code = u->other == NULL ? EXITS_DONE : absolute(other, u->other);

    if (code == EXITS_DONE)
        code = home_enter(file, u->dir, NULL);
    if (code != EXITS_DONE)
        return code;
    enum dhk_err rc = settings_load(&cfg, file);
    if (rc != DHK_OK)
        return rc == DHK_FORMAT ? EXITS_INVALID : EXITS_LOCAL;
    code = home_drop_privileges(&cfg);
    /* nobody may start a broker on a store that is being exchanged */
    if (code == EXITS_DONE && strcmp(u->verb, "restore") == 0)
        code = home_lock();
    if (code != EXITS_DONE)
        return code;
    return become(u, &cfg, u->other == NULL ? NULL : other);
}
