/* SPDX-License-Identifier: EUPL-1.2 */
#include "reload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exits.h"
#include "gather.h"

enum { LINE_CAP = 600 };

static const char *
path_of(const struct reload *r)
{
    return r->text == 0 ? r->cfg->roster : r->cfg->agreement;
}

void
reload_open(struct reload *r, const struct config *cfg, const struct log *log)
{
    *r = (struct reload){.cfg = cfg, .log = log, .text = RELOAD_TEXTS};
}

void
reload_want(struct reload *r)
{
    r->wanted = true;
}

void
reload_core_lost(struct reload *r)
{
    r->asked = false;
}

static void
next(struct reload *r)
{
    r->asked = false;
    r->text++;
}

/* --- what core says --------------------------------------------------- */

/* A line of the log for each line of core's reply. */
static void
log_reply(struct reload *r, bool done, struct slice text)
{
    while (text.n > 0) {
        const uint8_t *end = memchr(text.p, '\n', text.n);
        size_t n = end == NULL ? text.n : (size_t)(end - text.p);
        struct slice line = slice_of(text.p, n);
        log_event(r->log, done ? LOG_LEVEL_INFO : LOG_LEVEL_WARN,
            done ? "loaded" : "not-loaded", "what=\"%s%s%.*s\"", path_of(r),
            gather_joint(line), n > LINE_CAP ? LINE_CAP : (int)n,
            (const char *)line.p);
        n += end == NULL ? 0 : 1;
        text = slice_of(text.p + n, text.n - n);
    }
}

void
reload_reply(struct reload *r, struct slice reply)
{
    if (!r->asked || reply.n == 0)
        return;
    log_reply(r, reply.p[0] == EXITS_DONE, slice_of(reply.p + 1, reply.n - 1));
    next(r);
}

/* --- what core is asked ----------------------------------------------- */

static void
put(struct reload *r, const struct gather *g, reload_ask *ask, void *ctx)
{
    struct sink out;
    uint8_t *mem = malloc(CONTROL_MAX);
    if (mem == NULL) {
        log_event(r->log, LOG_LEVEL_ERROR, "not-loaded",
            "what=\"%s: out of memory\"", path_of(r));
        next(r);
        return;
    }
    sink_init(&out, mem, CONTROL_MAX);
    if (control_encode(&out, &g->request) == DHK_OK) {
        r->asked = ask(ctx, RELOAD_ID, sink_done(&out));
    } else {
        log_event(r->log, LOG_LEVEL_WARN, "not-loaded",
            "what=\"%s: too large\"", path_of(r));
        next(r);
    }
    free(mem);
}

/* Reads the text anew each time: it may be newer by the time core can be
 * asked. */
static void
offer(struct reload *r, reload_ask *ask, void *ctx)
{
    char *path = (char *)(uintptr_t)path_of(r);
    struct gather *g = malloc(sizeof *g);
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        free(g);
        next(r);
        return;
    }
    r->is_missing = false;
    int code = EXITS_LOCAL;
    if (g != NULL)
        code = gather_files(g,
            r->text == 0 ? CONTROL_ROSTER_ADD : CONTROL_AGREEMENT_ADD, &path, 1,
            true);
    if (code == EXITS_DONE) {
        put(r, g, ask, ctx);
    } else {
        log_event(r->log, LOG_LEVEL_WARN, "not-loaded", "what=\"%s: %s\"",
            g != NULL ? g->file : path, g != NULL ? g->what : "out of memory");
        next(r);
    }
    if (g != NULL)
        gather_end(g);
    free(g);
}

/* Whether there is a text to deal with. */
static bool
begin(struct reload *r)
{
    if (r->text == RELOAD_TEXTS && r->wanted) {
        r->wanted = false;
        r->text = 0;
        r->busy = r->is_missing = true;
    }
    return r->text < RELOAD_TEXTS;
}

bool
reload_turn(struct reload *r, reload_ask *ask, void *ctx)
{
    while (begin(r)) {
        unsigned before = r->text;
        if (!r->asked)
            offer(r, ask, ctx);
        if (before == r->text)
            return false; /* core has it, or cannot be asked now */
    }
    bool ended = r->busy;
    r->busy = false;
    if (ended && r->is_missing)
        log_event(r->log, LOG_LEVEL_WARN, "not-loaded",
            "what=\"neither %s nor %s is there\"", r->cfg->roster,
            r->cfg->agreement);
    return ended;
}
