/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a broker does with statements about cases, on a fake_line: takes those
 * that the course of the case has, and shows the course, each as core does;
 * and lies when it is told to. */
#ifndef UNIT_CLIENTS_FAKE_DESK_H
#define UNIT_CLIENTS_FAKE_DESK_H

#include "course.h"
#include "fake_line.h"

enum desk_fault {
    DESK_HONEST,
    DESK_FORGED,     /* one that its partner did not sign */
    DESK_OTHER_CASE, /* of another case */
    DESK_NO_STATED,  /* an entry of another kind */
    DESK_CHANGED,    /* another entry under the same index */
    DESK_BACKWARD,   /* the list does not ascend */
    DESK_WEIGHER,    /* says that somebody weighs who does not */
    DESK_ALONE,      /* says that one weighs alone */
    DESK_NO_CARD,    /* shows nobody's key card */
    DESK_SILENT,     /* answers no question about cases */
    DESK_DEAF,       /* answers no statement */
    DESK_REFUSES,    /* takes none */
};
enum { DESK_ENTRIES = 64 };
struct desk_entry {
    uint64_t index;
    uint8_t bytes[LIMIT_ENTRY];
    size_t n;
    char partner[LIMIT_NAME + 1];
    bool shown; /* to members, too */
};
struct desk {
    enum desk_fault fault;
    struct course course;
    struct desk_entry entry[DESK_ENTRIES];
    size_t n;
    size_t stated;    /* STATE that came */
    size_t page;      /* pairs of a page; 0: all in one */
    size_t questions; /* GET of a course */
    uint64_t now;     /* ms; 0: that of the nodes */
    const struct dhk_node *asker;
    struct slice waiting; /* a SHARE entry that waits, or nothing */
};

/* For line.lie: the desk that was begun last. */
line_lie fake_desk;
void fake_desk_begin(
    struct desk *d, struct line *l, const uint8_t handle[STATEMENT_CASE]);
/* NODE is the one that talks to the broker from now on. */
void fake_desk_talk(struct desk *d, struct dhk_node *node);

#endif
