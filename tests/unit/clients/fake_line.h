/* SPDX-License-Identifier: EUPL-1.2
 *
 * The line between a real node and a broker that the test plays, in place of
 * the transport: what the broker says about itself comes by itself, all else
 * waits until the test answers it, or is lost with the connection. */
#ifndef UNIT_CLIENTS_FAKE_LINE_H
#define UNIT_CLIENTS_FAKE_LINE_H

#include "../proto/tree.h"
#include "command.h"
#include "ring.h"

enum { LINE_HEARD = 32, LINE_WAITING = 32 };

struct line_message {
    enum command_type type;
    uint64_t number;
    size_t connection; /* on which it came: from 1 */
    uint8_t *bytes;    /* a bundle; or the whole message */
    size_t n;
};
struct line;
/* What a lying broker says to C; false: what an honest one does. */
typedef bool line_lie(struct line *l, const struct command *c);
struct line {
    struct ring *ring;
    bool down;    /* nobody gets a connection */
    bool refuses; /* turns keys down, for as long as the transport lives */
    bool refused;
    line_lie *lie;                         /* NULL: none */
    const struct command *early;           /* comes before the cards */
    unsigned generation;                   /* of the transport that is open */
    size_t connections;                    /* made so far */
    struct tree tree;                      /* the ledger */
    struct line_message heard[LINE_HEARD]; /* PUSH and ANSWER */
    size_t heard_n;
    uint64_t cursor[COMMAND_CLASSES];          /* of the last hello */
    struct line_message waiting[LINE_WAITING]; /* for the node */
    size_t first, end;
};

/* The line that every node's transport uses from now on. */
void line_begin(struct line *l, struct ring *ring);
void line_end(struct line *l);
/* The connection is lost, and what was on it; another one is made at once. */
void line_break(struct line *l);
/* Sends C to the node. */
void line_say(struct line *l, const struct command *c);
/* The same for an OBJECT with LIST. */
void line_give(struct line *l, const struct command *c,
    const struct slice *list, size_t n);
/* The note of the ledger as it is, into MEM. */
struct slice line_note(struct line *l, uint8_t mem[LIMIT_CHECKPOINT]);
/* Enters ENTRY as number INDEX, with others before it where there are none. */
void line_enter(struct line *l, uint64_t index, struct slice entry);
/* Enters ENTRIES and sends a receipt for them as the answer to NUMBER. */
void line_receipt(struct line *l, uint64_t number, const uint64_t *index,
    const struct slice *entry, size_t n);

#endif
