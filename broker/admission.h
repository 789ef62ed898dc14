/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who may knock, and how often: every connection costs its address, and as
 * long as no card was ever shown from there also all strangers together, a
 * place that comes back with time, or at once when a card is shown. So the
 * connections that are not yet proved are bounded, as is the work that they
 * make, and strangers from however many addresses never stand in the way of
 * addresses that partners come from. Pure: no sockets, no clock. */
#ifndef BROKER_ADMISSION_H
#define BROKER_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
    ADMISSION_PLACES = 8192,
    /* at once, and again a second */
    ADMISSION_STRANGERS = 512,
    ADMISSION_STRANGERS_RATE = 32,
    ADMISSION_STRANGER = 64, /* one address of theirs */
    ADMISSION_STRANGER_RATE = 8,
    ADMISSION_KNOWN = 512, /* one address that a card was shown from */
    ADMISSION_KNOWN_RATE = 128,
};

/* Addresses that fall on one place share it; which ones do, nobody outside can
 * tell, for the hash has a secret key. */
struct admission_place {
    uint64_t due; /* us: when all that was taken has come back */
    uint32_t tag; /* of the address that a card was shown from, or 0 */
};
struct admission {
    uint64_t key[2][5];
    uint64_t strangers_due;
    uint64_t strangers; /* at once, here: fewer when descriptors are few */
    struct admission_place place[ADMISSION_PLACES];
};
/* What a connection was admitted on. */
struct admission_ticket {
    uint32_t place, tag;
    bool stranger; /* had a place among all strangers */
    bool open;     /* no card was shown yet */
};

/* DESCRIPTORS: most that there may be; strangers get a part of them. */
void admission_init(struct admission *a, size_t descriptors);
/* One more connection from FROM at NOW_US: false, or true and its ticket. Of
 * an IPv6 address the first half counts; of other families nothing does. */
bool admission_take(struct admission *a, struct admission_ticket *out,
    const struct sockaddr_storage *from, uint64_t now_us);
/* A card was shown on T's connection. Once for each ticket. */
void admission_prove(
    struct admission *a, struct admission_ticket *t, uint64_t now_us);

#endif
