/* SPDX-License-Identifier: EUPL-1.2 */
#include "brokers.h"

#include "node.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 16, TAIL = 32 }; /* of the list at first; " and 12345 others" */

enum dhk_err
brokers_path(char *path, const char *dir, const char *name)
{
    char brokers[NODE_PATH];
    enum dhk_err rc = node_path(brokers, dir, "brokers");

    return rc == DHK_OK ? node_path(path, brokers, name) : rc;
}

/* join writes broker.conf last. */
static bool
is_joined(const char *dir, const char *name)
{
    char path[NODE_PATH], conf[NODE_PATH], endpoint[NODE_ENDPOINT];

    return bytes_is_name(slice_str(name)) &&
           brokers_path(path, dir, name) == DHK_OK &&
           node_path(conf, path, "broker.conf") == DHK_OK &&
           node_setting(endpoint, sizeof endpoint, conf, "endpoint") == DHK_OK;
}

static enum dhk_err
add(struct brokers *b, const char *name)
{
    if (b->n % ROOM == 0) {
        void *more = realloc(b->name, (b->n + ROOM) * sizeof *b->name);

        if (more == NULL)
            return DHK_NOMEM;
        b->name = more;
    }
    return slice_to_str(slice_str(name), b->name[b->n++], sizeof *b->name);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void
default_first(struct brokers *b, const char *dir)
{
    char conf[NODE_PATH], name[LIMIT_NAME + 1];

    if (node_path(conf, dir, "node.conf") != DHK_OK ||
        node_setting(name, sizeof name, conf, "broker") != DHK_OK)
        return;
    for (size_t i = 0; i < b->n && !b->has_default; i++) {
        if (strcmp(b->name[i], name) != 0)
            continue;
        memmove(b->name + 1, b->name, i * sizeof *b->name);
        memcpy(b->name[0], name, sizeof name);
        b->has_default = true;
    }
}

enum dhk_err
brokers_list(struct brokers *out, const char *dir, struct dhk_problem *problem)
{
    char folder[NODE_PATH];
    const struct dirent *entry;
    DIR *list = NULL;
    enum dhk_err rc = node_path(folder, dir, "brokers");

    *out = (struct brokers){.n = 0};
    if (rc == DHK_OK && (list = opendir(folder)) == NULL)
        rc = DHK_IO;
    if (rc != DHK_OK)
        return problem_file(problem, rc, folder);
    while (rc == DHK_OK && (entry = readdir(list)) != NULL) {
        if (is_joined(dir, entry->d_name))
            rc = add(out, entry->d_name);
    }
    (void)closedir(list);
    if (rc != DHK_OK)
        return problem_file(problem, rc, folder);
    if (out->n > 0)
        qsort(out->name, out->n, sizeof *out->name, by_name);
    default_first(out, dir);
    return DHK_OK;
}

void
brokers_clear(struct brokers *b)
{
    free(b->name);
    *b = (struct brokers){.n = 0};
}

static bool
is_other(const struct brokers *b, size_t i, const char *but)
{
    return but == NULL || strcmp(b->name[i], but) != 0;
}

size_t
brokers_others(char *out, size_t cap, const struct brokers *b, const char *but)
{
    size_t total = 0, shown = 0, at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < b->n; i++)
        total += is_other(b, i, but) ? 1 : 0;
    for (size_t i = 0; i < b->n; i++) {
        const char *between = shown + 1 == total ? " and " : ", ";

        if (!is_other(b, i, but))
            continue;
        if (at + strlen(b->name[i]) + TAIL > cap) {
            (void)snprintf(
                out + at, cap - at, " and %zu others", total - shown);
            break;
        }
        at += (size_t)snprintf(
            out + at, cap - at, "%s%s", shown == 0 ? "" : between, b->name[i]);
        shown++;
    }
    return total;
}

enum dhk_err
brokers_unknown(const char *dir, const char *name, struct dhk_problem *problem)
{
    struct brokers all;
    char names[BROKERS_TEXT] = "";
    size_t n = 0;

    if (brokers_list(&all, dir, NULL) == DHK_OK)
        n = brokers_others(names, sizeof names, &all, name);
    brokers_clear(&all);
    if (n == 0)
        return problem_set(problem, DHK_NOTFOUND,
            "%s is not joined to a broker%s%s: run driehoek join", dir,
            name == NULL ? "" : " named ", name == NULL ? "" : name);
    if (name == NULL)
        return problem_set(problem, DHK_NOTFOUND,
            "%s has no default broker, but is joined to %s: choose one", dir,
            names);
    return problem_set(problem, DHK_NOTFOUND,
        "%s is not joined to a broker named %s, but to %s: choose one of "
        "these, or run driehoek join",
        dir, name, names);
}
