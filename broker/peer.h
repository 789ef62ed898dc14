/* SPDX-License-Identifier: EUPL-1.2
 *
 * The connections, each with its state: nobody yet, challenged, or known by a
 * signed hello. What may come in which state is one static table in peer.c;
 * anything else is answered with an error and ends the session. A session
 * belongs to one key card and one transport key, compared on every message. */
#ifndef BROKER_PEER_H
#define BROKER_PEER_H

#include "bytes.h"
#include "err.h"
#include "mailbox.h"

struct core;
struct force_card;

/* Connections in all, and sessions of one card. */
enum { PEER_MAX = 20000, PEER_CARD_MAX = 32, PEER_PAGES = 4 };

enum peer_state {
    PEER_NEW = 0,
    PEER_ASKED, /* has a challenge */
    PEER_READY, /* said hello */
};
enum { PEER_STATES = 3 };

struct peer {
    uint64_t id;      /* the router's */
    uint64_t session; /* ours; another after each challenge */
    enum peer_state state;
    uint8_t transport[32];
    uint8_t nonce[32];
    uint64_t card; /* N of its card when ready */
    uint32_t modes, duties;
    /* there may be something to send: in the list of those, by turns */
    bool work;
    struct peer *work_before, *work_after;
    uint64_t seen;       /* monotonic ms of its last message */
    uint64_t window;     /* shares it will hold */
    uint64_t open;       /* shares delivered and not answered */
    uint64_t open_bytes; /* of them, taking each for as long as the others */
    uint64_t cursor[MAILBOX_CLASSES]; /* place of the last share delivered */
    uint64_t said[MAILBOX_CLASSES];   /* the same, as it was told last */
    bool gap[MAILBOX_CLASSES];        /* one after that was not delivered */
    uint64_t progress; /* monotonic ms of the last delivery or answer */
    uint64_t oldest[MAILBOX_CLASSES]; /* share not answered, by class, ... */
    uint64_t looked;     /* ... when it was looked at; monotonic ms */
    uint64_t told;       /* last outcome sent, ... */
    uint64_t told_at;    /* ... when; monotonic ms */
    uint64_t confirmed;  /* last outcome confirmed */
    bool tell_again;     /* that was long ago */
    uint64_t counted;    /* the batch that counted an answer or confirmation */
    uint64_t query;      /* number of the last query */
    bool notices;        /* there may be some to send */
    uint64_t noticed;    /* last notice sent, ... */
    uint64_t noticed_at; /* ... when; monotonic ms */
    uint64_t noted;      /* last notice that it keeps */
    bool notice_again;   /* that was long ago */
    size_t pages;        /* of queries, asked for and not yet sent */
    uint64_t hold;       /* monotonic ms: no share before; 0: none is held */
};
struct peers {
    struct peer **list; /* by ascending id */
    size_t n, cap;
    uint64_t sessions; /* counter */
    /* those with work, the one that has waited longest first: a batch must not
     * look at ten thousand silent connections, nor always begin with one */
    struct peer *work_first, *work_last;
    size_t work_n;
};

/* --- peer_list.c: which there are --- */

/* Connection ID, a new one if it is not known; NULL without memory. */
struct peer *peer_get(struct core *c, uint64_t id, const uint8_t transport[32]);
/* The router says that connection ID, which may be unknown, has ended. What it
 * was delivered and has not answered waits for the next one of its card. */
void peer_gone(struct core *c, uint64_t id);
/* NULL: gone, or another session by now. */
struct peer *peer_find(const struct core *c, uint64_t id, uint64_t session);
/* Ends the session; the connection may ask again. */
void peer_close(struct core *c, struct peer *p);
void peer_clear(struct core *c);
/* The connection that receives, or hears outcomes, for card N; or NULL. */
struct peer *peer_with(const struct core *c, uint64_t n, uint32_t mode);
/* P listens for CARD from now on, where it does at all. */
void peer_listens(struct force_card *card, const struct peer *p);

/* --- peer.c: what they may do --- */

void peer_message(struct core *c, uint64_t id, const uint8_t transport[32],
    struct slice message);
/* Ends the sessions of cards that are valid no more. */
void peer_check_cards(struct core *c);
/* Tells everybody which agreement and roster are in force. */
void peer_news(struct core *c);

#endif
