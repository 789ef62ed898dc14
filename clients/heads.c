/* SPDX-License-Identifier: EUPL-1.2
 *
 * The newest verified checkpoint, and the demand that later ones extend it. */
#include "heads.h"

#include "merkle.h"

#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct head {
    bool is_there;
    struct checkpoint cp;
    uint8_t note[LIMIT_CHECKPOINT];
    size_t note_n;
};
struct heads {
    char dir[NODE_PATH]; /* empty: in memory only */
    struct checkpoint_vkey log;
    struct head last; /* verified and consistent with all before */
    struct head seen; /* newer, signature verified, not yet proved */
    struct head read; /* the last that was read: its signature is verified */
    struct headlist history;
    bool stopped; /* two views of LOG's ledger were shown */
};

enum { OWNER = 0600 };

static enum dhk_err
set_head(struct head *h, const struct checkpoint *cp, struct slice note)
{
    if (note.n > sizeof h->note)
        return DHK_LIMIT;
    h->is_there = true;
    h->cp = *cp;
    memcpy(h->note, note.p, note.n);
    h->note_n = note.n;
    return DHK_OK;
}

static int64_t
system_now(void)
{
    return (int64_t)(clock_wall_ms(clock_system()) / 1000);
}

/* A kept note of another log is history; what is kept was verified. */
static enum dhk_err
read_last(struct heads *h)
{
    char path[NODE_PATH];
    uint8_t *mem = NULL;
    size_t n = 0;
    struct checkpoint cp;
    enum dhk_err rc = node_path(path, h->dir, "checkpoint");

    if (rc == DHK_OK) {
        /* it is written often, so that a kill may well come between */
        file_remove_unfinished(path, system_now());
        rc = file_read(&mem, &n, path, LIMIT_CHECKPOINT);
    }
    if (rc == DHK_IO && errno == ENOENT)
        return DHK_OK;
    if (rc == DHK_OK)
        rc = checkpoint_open(&cp, slice_of(mem, n), NULL, NULL);
    if (rc == DHK_OK && strcmp(cp.origin, h->log.name) == 0)
        rc = set_head(&h->last, &cp, slice_of(mem, n));
    file_free(&mem, n);
    return rc;
}

/* Adds what the file NAME lists; nothing when there is none. */
static enum dhk_err
read_list(struct headlist *l, const struct heads *h, const char *name)
{
    char path[NODE_PATH];
    uint8_t *mem = NULL;
    size_t n = 0;
    struct diag diag;
    enum dhk_err rc = node_path(path, h->dir, name);

    if (rc == DHK_OK)
        rc = file_read(&mem, &n, path, HEADLIST_BYTES);
    if (rc == DHK_IO && errno == ENOENT)
        return DHK_OK;
    if (rc == DHK_OK)
        rc = headlist_parse(l, slice_of(mem, n), &diag);
    file_free(&mem, n);
    return rc;
}

static bool
is_of_log(const struct heads *h, const struct headlist *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->list[i].cp.origin, h->log.name) == 0)
            return true;
    return false;
}

/* A file that cannot be read stops, too. */
static void
read_stopped(struct heads *h)
{
    struct headlist two = {NULL, 0};

    h->stopped =
        h->dir[0] != '\0' &&
        (read_list(&two, h, "stopped") != DHK_OK || is_of_log(h, &two));
    headlist_done(&two);
}

enum dhk_err
heads_open(struct heads **out, const char *broker_dir,
    const struct checkpoint_vkey *log, struct dhk_problem *problem)
{
    struct heads *h = calloc(1, sizeof *h);
    enum dhk_err rc = DHK_OK;

    *out = h;
    if (h == NULL)
        return problem_set(problem, DHK_NOMEM, "out of memory");
    h->log = *log;
    if (broker_dir == NULL)
        return DHK_OK;
    rc = slice_to_str(slice_str(broker_dir), h->dir, sizeof h->dir);
    if (rc == DHK_OK)
        rc = read_last(h);
    if (rc == DHK_OK)
        rc = read_list(&h->history, h, "heads");
    if (rc == DHK_OK) {
        read_stopped(h);
        return rc;
    }
    heads_destroy(out);
    return problem_set(problem, rc, "%s/checkpoint or heads: %s", broker_dir,
        dhk_strerror(rc));
}

void
heads_destroy(struct heads **h)
{
    if (*h != NULL)
        headlist_done(&(*h)->history);
    free(*h);
    *h = NULL;
}

void
heads_set_log(struct heads *h, const struct checkpoint_vkey *log)
{
    if (strcmp(h->log.name, log->name) != 0)
        h->last.is_there = false;
    h->seen.is_there = false;
    h->read.is_there = false;
    h->log = *log;
    read_stopped(h);
}

const struct checkpoint *
heads_last(const struct heads *h)
{
    return h->last.is_there ? &h->last.cp : NULL;
}

struct slice
heads_last_note(const struct heads *h)
{
    return slice_of(h->last.note, h->last.is_there ? h->last.note_n : 0);
}

bool
heads_is_unproved(const struct heads *h)
{
    return h->seen.is_there;
}

const struct checkpoint *
heads_unproved(const struct heads *h)
{
    return h->seen.is_there ? &h->seen.cp : NULL;
}

void
heads_evidence(struct heads *h, const char *what, struct slice bytes)
{
    char path[NODE_PATH], name[96], when[21];

    if (h->dir[0] == '\0')
        return;
    clock_text(when, system_now());
    for (int i = 0; i < 100; i++) {
        (void)snprintf(name, sizeof name, "evidence-%s-%02d-%s", when, i, what);
        if (node_path(path, h->dir, name) != DHK_OK ||
            file_create(path, bytes, 0600) != DHK_EXISTS)
            return;
    }
}

static enum dhk_err
contradiction(struct heads *h, const struct head *a, struct slice b,
    struct dhk_problem *problem)
{
    heads_evidence(h, "kept-note", slice_of(a->note, a->note_n));
    heads_evidence(h, "shown-note", b);
    return problem_set(problem, DHK_STATE,
        "the broker's ledger contradicts what it showed before; both "
        "checkpoints are kept as evidence-* in %s. Stop, and compare with "
        "another partner",
        h->dir);
}

bool
heads_is_stopped(const struct heads *h)
{
    return h->stopped;
}

enum dhk_err
heads_refuse(const struct heads *h, struct dhk_problem *problem)
{
    return problem_set(problem, DHK_STATE,
        "STOP: the log of %s signed two ledgers that contradict each other; "
        "both heads are kept in %s/stopped. Nothing is sent or taken until a "
        "roster with another ledger is in force. Show that file to the other "
        "partners",
        h->log.name, h->dir);
}

static enum dhk_err
write_list(const struct heads *h, const char *name, const struct headlist *list)
{
    char path[NODE_PATH];
    size_t n = headlist_size(list);
    uint8_t *mem = malloc(n);
    struct sink out;
    enum dhk_err rc = mem == NULL ? DHK_NOMEM : node_path(path, h->dir, name);

    if (rc == DHK_OK) {
        sink_init(&out, mem, n);
        headlist_put(&out, list);
        rc = file_write(path, sink_done(&out), OWNER);
    }
    free(mem);
    return rc;
}

/* For good: A and B are of one size, and the log signed both. */
static enum dhk_err
stop(struct heads *h, struct slice a, struct slice b,
    struct dhk_problem *problem)
{
    struct headlist two = {NULL, 0};
    enum dhk_err rc = headlist_add(&two, a);

    h->stopped = true;
    heads_evidence(h, "kept-note", a);
    heads_evidence(h, "shown-note", b);
    if (rc == DHK_OK)
        rc = headlist_add(&two, b);
    if (rc == DHK_OK && h->dir[0] != '\0')
        rc = write_list(h, "stopped", &two);
    headlist_done(&two);
    (void)heads_refuse(h, problem);
    return rc == DHK_OK ? DHK_STATE
                        : problem_set(problem, DHK_STATE,
                              "the log of %s signed two ledgers that "
                              "contradict each other, and that could not be "
                              "kept in %s: %s",
                              h->log.name, h->dir, dhk_strerror(rc));
}

static bool
is_other_root(const struct checkpoint *a, const struct checkpoint *b)
{
    return a->size == b->size && memcmp(a->root, b->root, sizeof a->root) != 0;
}

/* A head of CP's size and of another root, or an empty slice. */
static struct slice
find_other(const struct heads *h, const struct checkpoint *cp)
{
    const struct head *near[] = {&h->last, &h->seen};

    for (size_t i = 0; i < 2; i++)
        if (near[i]->is_there && is_other_root(&near[i]->cp, cp))
            return slice_of(near[i]->note, near[i]->note_n);
    for (size_t i = 0; i < h->history.n; i++) {
        const struct headlist_item *item = &h->history.list[i];
        if (is_other_root(&item->cp, cp) &&
            strcmp(item->cp.origin, cp->origin) == 0)
            return slice_of(item->note, item->n);
    }
    return slice_of(NULL, 0);
}

enum dhk_err
heads_read(struct heads *h, struct checkpoint *cp, struct slice note,
    struct diag *diag)
{
    if (h->read.is_there &&
        slice_equal(note, slice_of(h->read.note, h->read.note_n))) {
        *cp = h->read.cp;
        return DHK_OK;
    }
    enum dhk_err rc = checkpoint_open(cp, note, &h->log, diag);
    return rc == DHK_OK ? set_head(&h->read, cp, note) : rc;
}

/* The same, of NOTE, whose signature is verified. */
static enum dhk_err
open_note(struct checkpoint *cp, struct heads *h, struct slice note,
    struct dhk_problem *problem)
{
    struct diag diag = {NULL, 0};
    struct slice other;
    enum dhk_err rc = heads_read(h, cp, note, &diag);

    if (rc != DHK_OK)
        return problem_set(problem, rc, "a checkpoint of the broker: %s",
            diag.what != NULL ? diag.what : dhk_strerror(rc));
    if (h->stopped)
        return heads_refuse(h, problem);
    other = find_other(h, cp);
    return other.n == 0 ? DHK_OK : stop(h, other, note, problem);
}

enum dhk_err
heads_check(struct heads *h, struct slice note, struct dhk_problem *problem)
{
    struct checkpoint cp;

    return open_note(&cp, h, note, problem);
}

const struct headlist *
heads_history(const struct heads *h)
{
    return &h->history;
}

enum dhk_err
heads_remember(struct heads *h, struct slice note, struct dhk_problem *problem)
{
    size_t before = headlist_size(&h->history);
    enum dhk_err rc = headlist_add(&h->history, note);

    if (rc == DHK_OK && h->dir[0] != '\0' &&
        headlist_size(&h->history) != before)
        rc = write_list(h, "heads", &h->history);
    return rc == DHK_OK ? rc
                        : problem_set(problem, rc, "%s/heads: %s", h->dir,
                              dhk_strerror(rc));
}

enum dhk_err
heads_saw(struct heads *h, struct slice note, struct dhk_problem *problem)
{
    struct checkpoint cp;
    enum dhk_err rc = open_note(&cp, h, note, problem);

    if (rc != DHK_OK)
        return rc;
    if ((h->last.is_there && cp.size <= h->last.cp.size) ||
        (h->seen.is_there && cp.size <= h->seen.cp.size))
        return DHK_OK;
    rc = set_head(&h->seen, &cp, note);
    return rc == DHK_OK ? rc : problem_set(problem, rc, "checkpoint too long");
}

enum dhk_err
heads_saw_newest(struct heads *h, struct slice note, uint64_t least,
    struct dhk_problem *problem)
{
    struct checkpoint cp;
    enum dhk_err rc = heads_saw(h, note, problem);

    if (rc != DHK_OK || !h->last.is_there)
        return rc;
    rc = heads_read(h, &cp, note, NULL);
    if (rc == DHK_OK && cp.size < least)
        return contradiction(h, &h->last, note, problem);
    return rc;
}

static enum dhk_err
store_last(struct heads *h, struct dhk_problem *problem)
{
    char path[NODE_PATH];
    enum dhk_err rc;

    if (h->dir[0] == '\0')
        return DHK_OK;
    rc = node_path(path, h->dir, "checkpoint");
    if (rc == DHK_OK)
        rc = file_write(path, slice_of(h->last.note, h->last.note_n), 0600);
    return rc == DHK_OK ? rc : problem_file(problem, rc, path);
}

/* Whether PROOF leads from OLD to NEW. */
static bool
leads(const struct checkpoint *from, const struct checkpoint *to,
    struct slice proof)
{
    struct merkle_head old = {.size = from->size}, new = {.size = to->size};

    memcpy(old.root, from->root, sizeof old.root);
    memcpy(new.root, to->root, sizeof new.root);
    return merkle_consistency_verify(&old, &new, proof) == DHK_OK;
}

enum dhk_err
heads_relate(struct heads *h, struct slice note, struct slice proof,
    struct dhk_problem *problem)
{
    struct checkpoint cp;
    enum dhk_err rc = open_note(&cp, h, note, problem);

    if (rc != DHK_OK)
        return rc;
    if (!h->last.is_there)
        return problem_set(problem, DHK_STATE, "no checkpoint is known here");
    if (cp.size <= h->last.cp.size ? leads(&cp, &h->last.cp, proof)
                                   : leads(&h->last.cp, &cp, proof))
        return DHK_OK;
    return contradiction(h, &h->last, note, problem);
}

enum dhk_err
heads_bridge(struct heads *h, struct slice note, struct slice proof,
    struct dhk_problem *problem)
{
    struct checkpoint cp;
    enum dhk_err rc = open_note(&cp, h, note, problem);

    if (rc != DHK_OK)
        return rc;
    if (!h->seen.is_there)
        return DHK_OK;
    if (!leads(&h->seen.cp, &cp, proof))
        return contradiction(h, &h->seen, note, problem);
    rc = set_head(&h->seen, &cp, note);
    return rc == DHK_OK ? rc : problem_set(problem, rc, "checkpoint too long");
}

enum dhk_err
heads_prove(struct heads *h, struct slice proof, struct dhk_problem *problem)
{
    if (!h->seen.is_there)
        return DHK_OK;
    if (h->last.is_there && !leads(&h->last.cp, &h->seen.cp, proof))
        return contradiction(
            h, &h->last, slice_of(h->seen.note, h->seen.note_n), problem);
    h->last = h->seen;
    h->seen.is_there = false;
    return store_last(h, problem);
}
