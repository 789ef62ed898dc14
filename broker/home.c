/* SPDX-License-Identifier: EUPL-1.2 */
#include "home.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "exits.h"
#include "file.h"

static int
say(int code, const char *name, const char *what)
{
    (void)fprintf(stderr, "driehoekd: %s: %s\n", name, what);
    return code;
}

int
home_enter(char file[HOME_PATH], const char *dir, const char *config)
{
    char copy[HOME_PATH];
    const char *name = "driehoekd.conf";
    if (config != NULL) {
        if (strlen(config) >= sizeof copy)
            return say(EXITS_USAGE, config, "too long");
        memcpy(copy, config, strlen(config) + 1);
        const char *slash = strrchr(config, '/');
        name = slash == NULL ? config : slash + 1;
        dir = dirname(copy);
    }
    if (chdir(dir) != 0)
        return say(EXITS_LOCAL, dir, strerror(errno));
    (void)snprintf(file, HOME_PATH, "%s", name);
    if (access(file, R_OK) == 0)
        return EXITS_DONE;
    if (errno == ENOENT && config == NULL)
        return say(EXITS_LOCAL, dir,
            "no broker lives here, for it has no driehoekd.conf; 'driehoekd "
            "init' makes one, and driehoekd(8), RESTORING, tells how to put "
            "one back on a new machine");
    return say(EXITS_LOCAL, file, strerror(errno));
}

int
home_drop_privileges(const struct config *cfg)
{
    if (cfg->user[0] == '\0' || geteuid() != 0)
        return EXITS_DONE;
    const struct passwd *pw = getpwnam(cfg->user);
    if (pw == NULL)
        return say(EXITS_LOCAL, cfg->user, "no such user");
    if (initgroups(cfg->user, pw->pw_gid) != 0 ||
        setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) != 0 ||
        setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) != 0 ||
        (pw->pw_uid != 0 && setuid(0) == 0))
        return say(EXITS_LOCAL, cfg->user, "could not become this user");
    return EXITS_DONE;
}

int
home_lock(void)
{
    if (file_mkdir("run") != DHK_OK)
        return say(EXITS_LOCAL, "run", strerror(errno));
    int fd = open("run/driehoekd.lock", O_RDWR | O_CREAT, 0600);
    if (fd < 0)
        return say(EXITS_LOCAL, "run/driehoekd.lock", strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return EXITS_DONE; /* held until we end */
    return say(EXITS_NO, "this directory", "its broker runs already");
}
