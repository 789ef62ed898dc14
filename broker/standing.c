/* SPDX-License-Identifier: EUPL-1.2 */
#include "standing.h"

#include <string.h>

#include "core.h"
#include "table.h"

enum { KEY_MAX = 16 + LIMIT_NAME };

/* --- the store ---------------------------------------------------------- */

static struct slice
shown_key(uint8_t mem[KEY_MAX], struct slice partner)
{
    struct sink s;

    sink_init(&s, mem, KEY_MAX);
    sink_slice(&s, slice_str(STANDING_SHOWN_KEY));
    sink_slice(&s, partner);
    must(s.err == DHK_OK); /* of a card */
    return sink_done(&s);
}

static enum dhk_err
forget(struct store_txn *t, struct slice key)
{
    enum dhk_err rc = store_delete(t, TABLE_FORCE, key);

    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

static enum dhk_err
forget_shown(struct store_txn *t)
{
    struct slice key, value, prefix = slice_str(STANDING_SHOWN_KEY);
    uint8_t mem[KEY_MAX];
    enum dhk_err rc;

    while ((rc = store_seek(t, TABLE_FORCE, prefix, &key, &value)) == DHK_OK) {
        if (key.n < prefix.n || memcmp(key.p, prefix.p, prefix.n) != 0)
            return DHK_OK;
        if (key.n > sizeof mem)
            return DHK_FORMAT;
        memcpy(mem, key.p, key.n);
        rc = store_delete(t, TABLE_FORCE, slice_of(mem, key.n));
        if (rc != DHK_OK)
            return rc;
    }
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

enum dhk_err
standing_mark(struct store_txn *t, uint64_t now)
{
    uint8_t value[8];

    bytes_put_u64(value, now);
    enum dhk_err rc = forget_shown(t);
    if (rc == DHK_OK)
        rc = forget(t, slice_str(STANDING_AHEAD_KEY));
    if (rc == DHK_OK)
        rc = store_put(t, TABLE_FORCE, slice_str(STANDING_RESTORED_KEY),
            slice_of(value, 8));
    return rc;
}

static enum dhk_err
read_closed(struct standing *out, struct slice note)
{
    struct diag diag;

    if (note.n > sizeof out->note ||
        checkpoint_open(&out->head, note, NULL, &diag) != DHK_OK)
        return DHK_FORMAT;
    out->closed = true;
    out->note_n = note.n;
    memcpy(out->note, note.p, note.n);
    return DHK_OK;
}

enum dhk_err
standing_load(struct standing *out, struct store_txn *t)
{
    struct slice value;

    memset(out, 0, sizeof *out);
    enum dhk_err rc =
        store_get(t, TABLE_FORCE, slice_str(STANDING_RESTORED_KEY), &value);
    if (rc == DHK_OK && value.n != 8)
        return DHK_FORMAT;
    if (rc == DHK_OK) {
        out->restored = true;
        out->since = bytes_get_u64(value.p);
    } else if (rc != DHK_NOTFOUND) {
        return rc;
    }
    rc = store_get(t, TABLE_FORCE, slice_str(STANDING_CLOSED_KEY), &value);
    if (rc == DHK_OK)
        rc = read_closed(out, value);
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

bool
standing_reads_only(const struct core *c)
{
    return c->standing.restored || c->standing.closed;
}

bool
standing_takes(const struct core *c, enum command_type type)
{
    bool writes = type == COMMAND_PUSH || type == COMMAND_ANSWER ||
                  type == COMMAND_QUERY || type == COMMAND_CONFIRM ||
                  type == COMMAND_WITHDRAW || type == COMMAND_COSIGN ||
                  type == COMMAND_STATE;

    return !writes || !standing_reads_only(c);
}

void
standing_tell(const struct core *c, struct command *welcome)
{
    if (c->standing.restored)
        welcome->flags = COMMAND_FLAG_RESTORED;
    if (!c->standing.closed)
        return;
    welcome->flags = COMMAND_FLAG_CLOSED;
    welcome->bytes = slice_of(c->standing.note, c->standing.note_n);
}

/* --- what was shown ----------------------------------------------------- */

struct shown {
    size_t n;
    bool beyond;            /* one is not within the store */
    struct checkpoint best; /* the highest */
    struct slice best_note;
};

/* Whether CP is the head of a beginning of our ledger. */
static enum dhk_err
is_within(struct core *c, const struct checkpoint *cp, bool *within)
{
    uint8_t root[MERKLE_HASH];

    *within = false;
    if (cp->size > c->ledger.size)
        return DHK_OK;
    enum dhk_err rc = ledger_root(c->txn, cp->size, root);
    *within = rc == DHK_OK && memcmp(root, cp->root, sizeof root) == 0;
    return rc;
}

static enum dhk_err
weigh(struct core *c, struct shown *s, struct slice note)
{
    struct checkpoint cp;
    bool within;

    if (checkpoint_open(&cp, note, NULL, NULL) != DHK_OK)
        return DHK_FORMAT;
    enum dhk_err rc = is_within(c, &cp, &within);
    s->beyond = s->beyond || !within;
    if (s->n++ == 0 || cp.size > s->best.size) {
        s->best = cp;
        s->best_note = note;
    }
    return rc;
}

/* Everything that cosigners of the roster have shown, and the keeper. */
static enum dhk_err
count_shown(struct core *c, struct shown *out)
{
    const struct roster *r = force_roster(&c->force);
    uint8_t mem[KEY_MAX];
    struct slice note;
    enum dhk_err rc = DHK_OK;

    *out = (struct shown){.n = 0};
    for (size_t i = 0; r != NULL && rc == DHK_OK && i < r->cosigners_n; i++) {
        rc = store_get(c->txn, TABLE_FORCE,
            shown_key(mem, slice_str(r->cosigner[i])), &note);
        if (rc == DHK_OK)
            rc = weigh(c, out, note);
        else if (rc == DHK_NOTFOUND)
            rc = DHK_OK;
    }
    if (rc == DHK_OK)
        rc = store_get(
            c->txn, TABLE_FORCE, slice_str(STANDING_AHEAD_KEY), &note);
    out->beyond = out->beyond || rc == DHK_OK;
    return rc == DHK_NOTFOUND ? DHK_OK : rc;
}

void
standing_count(struct core *c, size_t *shown, size_t *needed)
{
    const struct roster *r = force_roster(&c->force);
    struct shown s;

    *needed = r == NULL ? 0 : r->quorum;
    *shown = count_shown(c, &s) == DHK_OK ? s.n : 0;
}

/* --- the end of the waiting ------------------------------------------------
 */

static enum dhk_err
go_on(struct core *c)
{
    enum dhk_err rc = forget_shown(c->txn);

    if (rc == DHK_OK)
        rc = forget(c->txn, slice_str(STANDING_RESTORED_KEY));
    if (rc != DHK_OK)
        return rc;
    c->standing.restored = false;
    c->mail_due = c->redo_due = true;
    c->redo_at = 0;
    core_log(c, "a quorum of cosigners has shown its heads, and the restored "
                "store has them all: it goes on");
    return DHK_OK;
}

static enum dhk_err
close_log(struct core *c, const struct shown *s)
{
    /* the note is the store's: it must not be written while it is read */
    uint8_t mem[LIMIT_CHECKPOINT];
    struct slice note = slice_of(mem, s->best_note.n);

    if (s->best_note.n > sizeof mem)
        return DHK_FORMAT;
    memcpy(mem, s->best_note.p, s->best_note.n);
    enum dhk_err rc =
        store_put(c->txn, TABLE_FORCE, slice_str(STANDING_CLOSED_KEY), note);
    if (rc == DHK_OK)
        rc = forget(c->txn, slice_str(STANDING_RESTORED_KEY));
    if (rc == DHK_OK)
        rc = read_closed(&c->standing, note);
    if (rc != DHK_OK)
        return rc;
    c->standing.restored = false;
    core_log(c,
        "the restored store does not have what was signed: this log is "
        "closed, at %llu entries; a new one must go on (driehoekd init "
        "--after)",
        (unsigned long long)s->best.size);
    return DHK_OK;
}

static enum dhk_err
settle(struct core *c, size_t *n)
{
    const struct roster *r = force_roster(&c->force);
    struct shown s;
    enum dhk_err rc = count_shown(c, &s);

    *n = s.n;
    if (rc != DHK_OK || r == NULL || r->quorum == 0 || s.n < r->quorum)
        return rc;
    return s.beyond ? close_log(c, &s) : go_on(c);
}

enum dhk_err
standing_ahead(struct core *c, const struct checkpoint *head,
    const uint8_t sig[KEY_SIGNATURE])
{
    uint8_t mem[LIMIT_CHECKPOINT];
    struct sink note;

    sink_init(&note, mem, sizeof mem);
    enum dhk_err rc = checkpoint_assemble(&note, head, &c->ledger.log_key, sig);
    if (rc == DHK_OK)
        rc = store_put(c->txn, TABLE_FORCE, slice_str(STANDING_AHEAD_KEY),
            sink_done(&note));
    c->dirty = c->dirty || rc == DHK_OK;
    return rc;
}

/* --- the message -------------------------------------------------------- */

static bool
is_cosigner(const struct roster *r, const char *partner)
{
    for (size_t i = 0; r != NULL && i < r->cosigners_n; i++)
        if (strcmp(r->cosigner[i], partner) == 0)
            return true;
    return false;
}

/* Keeps NOTE of PARTNER, unless it showed a higher one before. */
static enum dhk_err
keep(struct core *c, const char *partner, const struct checkpoint *cp,
    struct slice note)
{
    uint8_t mem[KEY_MAX];
    struct checkpoint before;
    struct slice key = shown_key(mem, slice_str(partner)), old;
    enum dhk_err rc = store_get(c->txn, TABLE_FORCE, key, &old);

    if (rc == DHK_OK && checkpoint_open(&before, old, NULL, NULL) == DHK_OK &&
        before.size >= cp->size)
        return DHK_OK;
    if (rc != DHK_OK && rc != DHK_NOTFOUND)
        return rc;
    c->dirty = true;
    return store_put(c->txn, TABLE_FORCE, key, note);
}

void
standing_show(struct core *c, struct peer *p, const struct command *cmd)
{
    const struct force_card *card = force_card_by_number(&c->force, p->card);
    struct command reply = {.type = COMMAND_ANSWERED, .number = cmd->number};
    struct checkpoint_vkey vkey;
    struct checkpoint cp;
    struct diag diag;
    size_t n = 0;
    enum dhk_err rc = DHK_OK;

    checkpoint_vkey_make(
        &vkey, CHECKPOINT_ED25519, c->ledger.origin, &c->ledger.log_key);
    if (cmd->bytes.n > LIMIT_CHECKPOINT ||
        checkpoint_open(&cp, cmd->bytes, &vkey, &diag) != DHK_OK) {
        c->rejected++;
        core_error(c, p->id, cmd->number, COMMAND_ERROR_AUTH);
        peer_close(c, p);
        return;
    }
    if (c->standing.restored &&
        is_cosigner(force_roster(&c->force), card->card.partner)) {
        rc = keep(c, card->card.partner, &cp, cmd->bytes);
        if (rc == DHK_OK)
            rc = settle(c, &n);
    }
    core_fail(c, rc);
    reply.a = n;
    if (rc == DHK_OK)
        core_send_later(c, p, &reply);
}
