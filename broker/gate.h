/* SPDX-License-Identifier: EUPL-1.2
 *
 * The router's door. libzmq takes every connection that comes, and when
 * descriptors run out it tries again and again with all of a processor; it
 * has no hook for either. But it takes connections with accept4(), and the
 * one that it finds is ours: this one hands on only whom admission.h lets
 * in, hangs up on all others at once, and keeps a descriptor in reserve to do
 * so when there is no other left. gate_expect() and gate_saw() prove that
 * libzmq does go through it. The close() that libzmq finds is ours as well, and
 * tells whose connection has ended. */
#ifndef BROKER_GATE_H
#define BROKER_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct gate_counts {
    uint64_t admitted;
    uint64_t turned_away; /* too many from there, or too many strangers */
    uint64_t no_room;     /* no descriptor for it */
};

/* Before the first listener. There is one gate in a process, as there is one
 * accept4(). */
DHK_MUST_USE enum dhk_err gate_open(void);
void gate_close(void);
/* The next connection from PORT of the address that it goes to is our own: it
 * always comes in. 0: none is. Forgets what gate_saw() knew. */
void gate_expect(uint16_t port);
/* Whether it has come. */
bool gate_saw(void);
/* A message of PEER, under a card's key, came on the connection with descriptor
 * FD. */
void gate_spoke(int fd, uint32_t peer);
/* How many peers' connections have ended and were not taken. Whatever came on
 * them can be read by now, and may not have been. */
size_t gate_ended(void);
/* Takes the first of them: see presence_take(). */
DHK_MUST_USE bool gate_take_ended(uint32_t *peer);
struct gate_counts gate_count(void);

#endif
