/* SPDX-License-Identifier: EUPL-1.2
 *
 * The messages between node and broker, one canonical msgpack array each:
 * message = [ 1, type:uint, number:uint, ... ]. `number` is chosen by whoever
 * asks (from 1) and repeated in the reply; 0 where nobody asked.
 *
 *   node -> broker
 *   ASK                                     a challenge, please
 *   HELLO    body:bin, signature:bin64
 *            body = [ 1, origin:str, card:bin32, nonce:bin32, modes:uint,
 *                     duties:uint, urgent:uint, others:uint ];
 *            Ed25519(card.sign, "driehoek/v1/hello", body)
 *            (urgent, others: shares of each class up to these entries are
 *            here, as far as they are open; 0: nothing is known)
 *   PUSH     bundle:bin
 *   CREDIT   window:uint                    open shares it will hold at most
 *   ANSWER   [ answer:bin ... ]
 *   QUERY    query:bin, entry:uint|nil, cursor:uint
 *            (first page: nil, 0; later pages: index of the query's own entry
 *            and the cursor of the page before)
 *   GET      what:uint, id:bin, a:uint, b:uint
 *   CONFIRM  confirmation:bin               outcomes up to its cursor are kept
 *   WITHDRAW withdrawal:bin                 (answered with RECEIPT)
 *   NOTED    cursor:uint                    notices up to here are kept
 *   COSIGN   note:bin                       with one's own cosignature, too;
 *            answered with OBJECT, a checkpoint
 *   STATE    statement:bin                  (answered with RECEIPT)
 *   SHOW     note:bin                       the last head verified here, for a
 *            broker whose store was restored; answered with ANSWERED, count:
 *            the cosigners that have shown theirs
 *
 *   broker -> node
 *   CHALLENGE nonce:bin32, time:uint (ms), origin:str
 *   WELCOME  time:uint, open:uint, agreement:bin32|nil, roster:bin32|nil,
 *            checkpoint:bin (a note, empty before the first), flags:uint;
 *            open: shares that wait for this card, 0 for who does not receive
 *   RECEIPT  receipt:bin                    (number of the PUSH)
 *   DELIVER  from:[uint, uint], to:[uint, uint], delivery:bin
 *            (of urgent and other shares: all that are open between these
 *            entries, without the first, are in it)
 *   ANSWERED count:uint                     (number of the ANSWER; committed)
 *   PAGE     entry:uint, checkpoint:bin, [ index ... ], [ entry:bin ... ],
 *            proof:bin32*n, next:uint|nil
 *   OBJECT   what:uint, [ bytes:bin ... ]
 *   OUTCOMES cursor:uint, [ index:uint ... ], [ entry:bin ... ]
 *   NOTICES  cursor:uint, [ index:uint ... ], [ entry:bin ... ]
 *   NEWS     agreement:bin32|nil, roster:bin32|nil
 *   SUPERSEDED                              a newer connection took over
 *   ERROR    code:uint                      unsigned; enum command_error
 */
#ifndef PROTO_COMMAND_H
#define PROTO_COMMAND_H

#include "seal.h"
#include "limits.h"

enum command_type {
    COMMAND_NONE = 0,
    COMMAND_ASK = 1,
    COMMAND_HELLO = 2,
    COMMAND_PUSH = 3,
    COMMAND_CREDIT = 4,
    COMMAND_ANSWER = 5,
    COMMAND_QUERY = 6,
    COMMAND_GET = 7,
    COMMAND_CONFIRM = 8,
    COMMAND_WITHDRAW = 9,
    COMMAND_NOTED = 10,
    COMMAND_COSIGN = 11,
    COMMAND_STATE = 12,
    COMMAND_SHOW = 13,
    COMMAND_CHALLENGE = 65,
    COMMAND_WELCOME = 66,
    COMMAND_RECEIPT = 67,
    COMMAND_DELIVER = 68,
    COMMAND_ANSWERED = 69,
    COMMAND_PAGE = 70,
    COMMAND_OBJECT = 71,
    COMMAND_OUTCOMES = 72,
    COMMAND_NEWS = 73,
    COMMAND_SUPERSEDED = 74,
    COMMAND_ERROR = 75,
    COMMAND_NOTICES = 76,
};

/* What a connection is for. Of two connections with one card and mode RECEIVE
 * the newer wins; likewise for OUTCOMES. */
enum command_mode {
    COMMAND_MODE_SEND = 1,
    COMMAND_MODE_RECEIVE = 2,
    COMMAND_MODE_OUTCOMES = 4,
    COMMAND_MODE_QUERY = 8,
};

/* Duty types that a node's client knows; a share with another is refused. */
enum command_duty {
    COMMAND_DUTY_RETAIN = 1,
    COMMAND_DUTY_ONWARD = 2,
    COMMAND_DUTY_NOTIFY = 4,
    COMMAND_DUTY_LOG = 8,
};

/* What WELCOME says of the store: bits. Either way it serves reads only. */
enum command_flag {
    COMMAND_FLAG_RESTORED = 1, /* waits for the heads of a quorum: SHOW yours */
    COMMAND_FLAG_CLOSED = 2,   /* for good, at the checkpoint of the WELCOME */
};

enum command_get { /* id; a, b; reply */
    COMMAND_GET_NONE = 0,
    COMMAND_GET_AGREEMENT = 1,   /* sha256, empty: in force; text, its compiled
                                    hash, then pairs of principal (str bytes)
                                    and signature armor */
    COMMAND_GET_ROSTER = 2,      /* the same without the compiled hash */
    COMMAND_GET_CARD = 3,        /* card id; the card's bytes */
    COMMAND_GET_CARDS = 4,       /* empty; every partner's receiving card */
    COMMAND_GET_CONSISTENCY = 5, /* a: old size, b: new size, 0: the latest;
                                    checkpoint note, proof (32 * n bytes) */
    COMMAND_GET_REVOCATION = 6,  /* empty; the revocation of the agreement put
                                    in force last, in the form of a text */
    COMMAND_GET_INCLUSION = 7,   /* hash of an entry; a: its index; checkpoint
                                    note, multi-proof of that one entry */
    COMMAND_GET_CHECKPOINT = 8,  /* empty; a: a size to lead to, or 0; the
                                    newest one that a quorum cosigned, or an
                                    empty list: clients/quorumhead.h */
    COMMAND_GET_COURSE = 9,      /* case handle (16 bytes); a: after this index;
                                    pairs of ledger index (8 bytes) and STATED
                                    entry that the asker may see, ascending */
    COMMAND_GET_CASES = 10,      /* empty; a: changed after this index; pairs of
                                    case handle and index of its last statement,
                                    of the cases that the asker takes part in,
                                    ascending by that index */
    COMMAND_GET_WAITING = 11,    /* empty; a: after this index; pairs of ledger
                                    index and SHARE entry that waits for the
                                    asker's approval */
    COMMAND_GET_ENDED = 12,      /* empty; a: index of a SHARE to the asker, b:
                                    how many from there back to look at; fours
                                    of ledger index and SHARE entry, which never
                                    became due or ended before it was answered,
                                    index and entry that ended it, or 0 and
                                    nothing */
};

enum command_error {
    COMMAND_ERROR_NONE = 0,
    COMMAND_ERROR_MALFORMED = 1, /* the message is not of this protocol */
    COMMAND_ERROR_STATE = 2,     /* not after this: say hello first */
    COMMAND_ERROR_AUTH = 3,      /* hello, query or bundle does not verify */
    COMMAND_ERROR_BUSY = 4,      /* try again later; nothing was stored */
    COMMAND_ERROR_ROLE = 5,      /* not for this role or mode */
    COMMAND_ERROR_NOTFOUND = 6,
    COMMAND_ERROR_CLOCK = 7, /* the broker's clock jumped; operator needed */
    COMMAND_ERROR_CARD = 8,  /* card unknown, revoked or expired */
    COMMAND_ERROR_LIMIT = 9,
    COMMAND_ERROR_DAMAGED = 10, /* what is stored is not what was recorded */
    COMMAND_ERROR_COURSE = 11,  /* the case's course does not have that */
};
const char *command_error_name(enum command_error e);

/* Classes of shares: urgent, others. */
enum { COMMAND_CLASSES = 2 };
struct command_hello {
    struct slice body;
    uint8_t signature[KEY_SIGNATURE];
    struct slice origin;
    uint8_t card[32];
    uint8_t nonce[32];
    uint32_t modes;
    uint32_t duties;
    uint64_t cursor[COMMAND_CLASSES]; /* shares up to here are kept */
};
enum { COMMAND_LIST = 4096 };
struct command {
    enum command_type type;
    uint64_t number;
    struct command_hello hello; /* HELLO */
    struct slice bytes;         /* PUSH, QUERY, CONFIRM, WITHDRAW, COSIGN,
                                   STATE, SHOW,
                                   RECEIPT, DELIVER; the
                                   checkpoint of WELCOME and PAGE */
    uint64_t a, b;              /* CREDIT, GET, NOTED, ANSWERED, times,
                                   cursors: see command.c's table */
    bool has_entry;             /* QUERY, PAGE.next */
    uint64_t entry;
    enum command_get what;          /* GET, OBJECT */
    struct slice id;                /* GET */
    uint8_t nonce[32];              /* CHALLENGE */
    struct slice origin;            /* CHALLENGE */
    bool has_agreement, has_roster; /* WELCOME, NEWS */
    uint8_t agreement[32], roster[32];
    uint32_t flags;           /* WELCOME: enum command_flag */
    enum command_error error; /* ERROR */
    /* lists point into the message; read them with command_list_next */
    struct slice indexes; /* PAGE, OUTCOMES, NOTICES: raw msgpack array */
    struct slice list;    /* ANSWER, PAGE, OBJECT, OUTCOMES,
                                   NOTICES */
    size_t indexes_n, list_n;
    struct slice proof;                                  /* PAGE */
    uint64_t from[COMMAND_CLASSES], to[COMMAND_CLASSES]; /* DELIVER */
};
/* Which member carries what:
 *   CREDIT a=window; QUERY bytes, has_entry/entry, a=cursor; GET what, id, a,
 *   b; CONFIRM bytes; CHALLENGE nonce, a=time, origin; WELCOME a=time, b=open,
 *   agreement, roster, bytes=checkpoint, flags; ANSWERED a=count; PAGE a=entry
 * index of the query, bytes=checkpoint, indexes, list, proof, has_entry/entry =
 *   next cursor; DELIVER from, to, bytes; OBJECT what, list; OUTCOMES and
 * NOTICES a=cursor, indexes, list; WITHDRAW, COSIGN, STATE bytes; NOTED a. */
DHK_MUST_USE enum dhk_err command_decode(
    struct command *out, struct slice bytes, struct diag *diag);
/* Encodes C; lists are given as arrays beside it (NULL and 0 when the type has
 * none). */
DHK_MUST_USE enum dhk_err command_encode(struct sink *out,
    const struct command *c, const uint64_t *indexes, size_t indexes_n,
    const struct slice *list, size_t list_n);
/* Iterate a decoded list: call with a cursor over c->list / c->indexes made by
 * command_list(). */
void command_list(struct cursor *out, struct slice list);
struct slice command_list_next(struct cursor *c);
uint64_t command_index_next(struct cursor *c);

/* Signs origin, card, nonce, modes, duties and cursors of H; OUT gets the whole
 * HELLO message with number NUMBER. */
DHK_MUST_USE enum dhk_err command_hello_issue(struct sink *out, uint64_t number,
    const struct command_hello *h, const struct sign_secret *sk);
DHK_MUST_USE enum dhk_err command_hello_verify(
    const struct command_hello *h, const struct sign_public *pk);

#endif
