/* SPDX-License-Identifier: EUPL-1.2 */
#include "status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core.h"
#include "enact.h"

static void line(struct enact *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
line(struct enact *e, const char *format, ...)
{
    size_t at = strlen(e->text);
    va_list ap;

    va_start(ap, format);
    vsnprintf(e->text + at, sizeof e->text - at, format, ap);
    va_end(ap);
}

static void
text_line(
    struct enact *e, const char *what, const struct force_text *t, bool holds)
{
    char hex[65];

    bytes_hex(hex, t->sha256, 32);
    if (!t->known)
        line(e, "%s none\n", what);
    else
        line(e, "%s %s sha256:%s\n", what,
            t->revoked ? "revoked"
            : holds    ? "in-force"
                       : "outside-validity",
            hex);
}

static void
card_line(struct enact *e, const struct force_card *c)
{
    char from[21], until[21], id[65];

    clock_text(from, c->card.from);
    clock_text(until, c->card.until);
    bytes_hex(id, c->card.id, CARD_ID);
    line(e, "card %s serial %llu %s %s from %s until %s queue %llu id %s\n",
        c->card.partner, (unsigned long long)c->card.serial,
        c->revoked != 0 ? "revoked"
        : c->valid      ? "valid"
                        : "not-valid",
        c->card.receives ? "receives" : "sends", from, until,
        (unsigned long long)c->open, id);
}

void
status_reply(struct enact *e)
{
    const struct core *c = e->core;
    size_t ready = 0;
    uint64_t open = 0;

    e->text[0] = '\0';
    for (size_t i = 0; i < c->peers.n; i++)
        ready += c->peers.list[i]->state == PEER_READY ? 1 : 0;
    for (size_t i = 0; i < c->force.cards_n; i++)
        open += c->force.card[i]->open;
    line(e, "origin %s\n", c->cfg.origin);
    line(e, "entries %llu\n", (unsigned long long)c->ledger.size);
    line(e, "checkpoint %llu\n", (unsigned long long)c->ledger.note_size);
    text_line(
        e, "agreement", &c->force.agreement_text, c->force.agreement_holds);
    text_line(e, "roster", &c->force.roster_text, c->force.roster_holds);
    line(e, "clock %s\n", c->clock_stopped ? "stopped" : "good");
    line(e, "connections %zu\n", c->peers.n);
    line(e, "sessions %zu\n", ready);
    line(e, "open-shares %llu\n", (unsigned long long)open);
    line(e, "rejected-messages %llu\n", (unsigned long long)c->rejected);
    for (size_t i = 0; i < c->force.cards_n; i++)
        card_line(e, c->force.card[i]);
    core_reply(e->core, e->client, ENACT_DONE, e->text);
}

void
status_explain_clock(struct enact *e)
{
    struct core *c = e->core;
    struct entry *entry = &c->entry;
    uint64_t index;

    if (!c->clock_stopped) {
        enact_reply(e, ENACT_DONE, "the clock did not jump");
        return;
    }
    memset(entry, 0, sizeof *entry);
    entry->kind = ENTRY_OPERATOR;
    entry->u.operator_code = ENTRY_OPERATOR_CLOCK;
    if (core_append(c, entry, &index) != DHK_OK)
        return;
    uint64_t wall = clock_wall_ms(c->clock);
    c->clock_behind = c->ledger.time > wall ? c->ledger.time - wall : 0;
    c->clock_stopped = false;
    enact_reply(e, ENACT_DONE, "entry %llu explains the jump; going on",
        (unsigned long long)index);
}
