/* SPDX-License-Identifier: EUPL-1.2
 *
 * The delivery protocol for Spin: what sender, broker and recipient keep, send
 * and take, step by step, with the function that each step stands for.
 * README.md says what is left out, and why that is allowed.
 *
 * Two bundles of one share each, from one sending card to one receiving card.
 *   (nothing)  one signal; the second bundle is the same signal, sealed anew
 *              after a signed refusal. Several messages in one batch, a crash
 *              at any point, a network without any manners; and the recipient
 *              may renew its card.
 *   LIAR       the same with a router that says ANSWERED when it likes
 *   PAIR       two signals at the same time, each message a batch of its own
 *   LIVE       the same with at most FAULTS losses, repetitions, crashes and
 *              so on, after which every signal must come to its end
 *   MAIL       and both shares in the mailbox from the beginning
 * BUG=n builds in a fault that must be found; see the file run. */
#ifdef MAIL
#define LIVE
#endif
#ifdef LIVE
#define PAIR
#endif
#ifndef FAULTS
#define FAULTS 1
#endif
#ifndef WINDOW
#define WINDOW 2
#endif
#ifndef BUG
#define BUG 0
#endif

/* How a share ended. The first three are answers, signed by the recipient. */
#define OPEN 0
#define TAKEN 1    /* its application confirmed */
#define DECLINED 2 /* its application refused */
#define UNFIT 3    /* its own checks refused: never handed out */
#define ENDED 4    /* by the broker: expired, over quota, card, agreement */

/* --- the network ---
 * One bit for each message that can exist. Once set it stays: whoever may
 * receive the message does so now, later, again or never, in any order and in
 * any later session. With LIVE it goes when it is received; to lose or to
 * repeat a message is a fault. */
bool push[2];     /* PUSH: the bundle */
bool accepted[2]; /* RECEIPT with the ACCEPTED and SHARE entries */
bool refused[2];  /* RECEIPT with the REFUSED entry */
byte outcomes;    /* OUTCOMES: bit n for the set n of places it tells of */
byte confirm;     /* CONFIRM: bit n for cursor n */
bool deliver[2];  /* DELIVER: the share */
byte answer[2];   /* ANSWER: bit n for outcome n */
bool answered[2]; /* ANSWERED, to an ANSWER about this share */

#define HAS(bits, n) (bits >> (n) & 1)
#define PUT(bits, n) bits = bits | 1 << (n)
#ifdef LIVE
byte faults = FAULTS;
#define RECEIVED(bits, n)                                                      \
    if                                                                         \
    :: bits = bits & ~(1 << (n))                                               \
    :: faults > 0 -> faults--                                                  \
    fi;
#define RECEIVED_BIT(bit)                                                      \
    if                                                                         \
    :: bit = false                                                             \
    :: faults > 0 -> faults--                                                  \
    fi;
#else
#define RECEIVED(bits, n)
#define RECEIVED_BIT(bit)
#endif

/* --- what is durable --- */

/* The broker's store. The entries that end shares have places 1 and 2, in the
 * order of the ledger; nothing ever leaves the ledger. */
typedef store {
    byte accepted[2]; /* ACCEPTED entries about this bundle */
    bool refused[2];  /* a REFUSED entry */
    byte outcome[2];  /* of the DELIVERED, RETURNED or EXPIRED entry */
    byte place[2];    /* of that entry; 0: none */
    bool number[2];   /* TABLE_NUMBER: the card has used this number */
    bool mail[2];     /* TABLE_SHARE, TABLE_MAIL, TABLE_OPEN */
    bool tell[2];     /* TABLE_OUTCOME, by place - 1 */
#ifdef LIVE
    byte index[2]; /* of the SHARE entry: the order of acceptance */
#endif
};
store disk;
store txn; /* of the batch; as the disk when there is no batch */

/* The outbox. */
#define LATER 0  /* not needed yet */
#define QUEUED 1 /* QUEUE */
#define SEALED 2 /* BUNDLES: until there is a receipt */
#define HELD 3   /* SHARES: a receipt of acceptance came */
#define TURNED 4 /* a receipt of refusal came */
byte out[2];
byte shown[2]; /* record_recipient.end: what the sender is shown */
byte early[2]; /* EARLY: an outcome that came before the receipt */

/* The inbox. */
bool kept[2];    /* SHARES: verified, not confirmed */
bool leaf[2];    /* LEAVES: kept, or its answer is on its way */
bool counted[2]; /* SEEN: its counter came, ... */
byte noted[2];   /* ... and with what it was answered; OPEN stands for TAKEN */
byte reply[2];   /* ANSWERS: to be sent until ANSWERED comes */
#ifndef PAIR
bool renewed; /* the recipient goes on with another card */
#endif

/* --- what a crash takes away --- */

bool batch;             /* core: messages were taken and are not committed */
bool later_receipt[2];  /* await.c: sent after the commit */
bool later_answered[2]; /* core_send_later() */
byte told, confirmed;   /* peer.h, of the session that hears outcomes */
byte cursor;            /* sender.c: committed and not yet confirmed */
bool handed[2];         /* inbox.c: in the application's hands */
#ifndef PAIR
byte held; /* force_card.open of the card that the shares are sealed to */
#endif
#ifdef LIVE
bool s_up, r_up;  /* said hello on a connection that still stands */
bool credit;      /* peer.h window: core had CREDIT in this session */
bool flying[2];   /* outbox_flight: sent in this session */
bool sent[2];     /* inbox_flight: sent in this session */
bool tell_again;  /* peer.h */
byte open, given; /* peer.h open and cursor, of the session that receives */
bool counted_settled, counted_confirm; /* peer.h counted, in this batch */
#define S_UP s_up
#define R_UP r_up
#else
#define S_UP true
#define R_UP true
#endif

/* --- what only the properties know --- */

byte word[2]; /* the application's, once its confirmation has returned */

/* Names for what Spin says of a broken property; none is ever true. */
hidden byte accepted_once, receipt_is_true, not_lost, handed_out_once,
    outcome_is_what_was_said, answer_is_not_lost, shown_is_the_outcome,
    outcome_is_told, fit_is_not_refused;

#define BOTH(property) (property(0) && property(1))
/* The end that every signal must come to. */
#define ENDS_WELL(b) (out[b] == HELD && shown[b] != OPEN && reply[b] == OPEN)
#define DONE (BOTH(ENDS_WELL) && !disk.tell[0] && !disk.tell[1])

#include "broker.pml"
#include "nodes.pml"

/* --- what must always hold --- */

#define ACCEPTED_ONCE(b) (disk.accepted[b] + disk.refused[b] <= 1)
/* of one signal that was sealed anew, only one bundle */
#ifdef PAIR
#define SIGNAL_ONCE true
#else
#define SIGNAL_ONCE (disk.accepted[0] + disk.accepted[1] <= 1)
#endif
#define RECEIPT_IS_TRUE(b)                                                     \
    ((out[b] != HELD || disk.accepted[b] == 1) &&                              \
        (out[b] != TURNED || disk.refused[b]))
/* accepted: in the mailbox, or ended on the ledger; taken into the inbox:
 * there until the application has spoken */
#define NOT_LOST(b)                                                            \
    ((disk.accepted[b] == 0 || disk.mail[b] || disk.outcome[b] != OPEN) &&     \
        (!counted[b] || kept[b] || word[b] != OPEN))
#define OUTCOME_IS_WHAT_WAS_SAID(b)                                            \
    ((disk.outcome[b] != TAKEN || word[b] == TAKEN) &&                         \
        (disk.outcome[b] != DECLINED || word[b] == DECLINED))
#ifdef LIAR /* or remembered until the share is delivered again */
#define REMEMBERED(b) (counted[b] && AS_NOTED(b) == word[b])
#else
#define REMEMBERED(b) false
#endif
#define ANSWER_IS_NOT_LOST(b)                                                  \
    (word[b] == OPEN || reply[b] == word[b] || disk.outcome[b] != OPEN ||      \
        REMEMBERED(b))
#define SHOWN_IS_THE_OUTCOME(b)                                                \
    (shown[b] == OPEN || shown[b] == disk.outcome[b])
/* told until the outbox has it */
#define OUTCOME_IS_TOLD(b)                                                     \
    (disk.place[b] == 0 || disk.tell[disk.place[b] - 1] ||                     \
        shown[b] == disk.outcome[b] || early[b] == disk.outcome[b])

/* with PAIR nothing is wrong with the shares as core delivers them */
#ifdef PAIR
#define FIT_IS_NOT_REFUSED(b) (disk.outcome[b] != UNFIT)
#else
#define FIT_IS_NOT_REFUSED(b) true
#endif

#ifndef LIVE
active proctype Monitor()
{
end:
    if
    :: !(BOTH(ACCEPTED_ONCE) && SIGNAL_ONCE) -> assert(accepted_once)
    :: !BOTH(RECEIPT_IS_TRUE) -> assert(receipt_is_true)
    :: !BOTH(NOT_LOST) -> assert(not_lost)
    :: !BOTH(OUTCOME_IS_WHAT_WAS_SAID) -> assert(outcome_is_what_was_said)
    :: !BOTH(ANSWER_IS_NOT_LOST) -> assert(answer_is_not_lost)
    :: !BOTH(SHOWN_IS_THE_OUTCOME) -> assert(shown_is_the_outcome)
    :: !BOTH(OUTCOME_IS_TOLD) -> assert(outcome_is_told)
    :: !BOTH(FIT_IS_NOT_REFUSED) -> assert(fit_is_not_refused)
    fi
}
#endif

/* --- what must happen in the end --- */

#ifdef LIVE
#define FAILED(condition, action)                                              \
    atomic { faults > 0 && (condition) ->                                      \
        faults--;                                                              \
        action;                                                                \
        answer_busy()                                                          \
    }

/* Time passes when nothing else can happen. Whatever a node waits for has taken
 * too long then (RESEND_MS), and after that what the broker waits for
 * (redeliver-ms), in turns. And whatever may go wrong. */
active proctype World()
{
    bool brokers_turn;

    do
    :: atomic { timeout && !DONE && !brokers_turn ->
#if BUG != 17
        flying[0] = false; /* send_all() */
        flying[1] = false;
#endif
#if BUG != 13
        sent[0] = false; /* begin_again_when_due() */
        sent[1] = false;
#endif
        brokers_turn = true
    }
    :: atomic { timeout && !DONE && brokers_turn -> /* redeliver_to() */
#if BUG != 14
        tell_again = told != confirmed;
#endif
#if BUG != 12
        if
        :: open > 0 ->
            open = 0;
            given = 0
        :: else
        fi;
#endif
        brokers_turn = false
    }
    :: atomic { faults > 0 && !DONE -> faults--; crash_core() }
    :: atomic { faults > 0 && s_up && !DONE -> faults--; crash_sender() }
    :: atomic { faults > 0 && r_up && !DONE -> faults--; crash_recipient() }
    :: atomic { faults > 0 && push[0] -> faults--; push[0] = false }
    :: atomic { faults > 0 && push[1] -> faults--; push[1] = false }
    :: atomic { faults > 0 && accepted[0] -> faults--; accepted[0] = false }
    :: atomic { faults > 0 && accepted[1] -> faults--; accepted[1] = false }
    :: atomic { faults > 0 && outcomes != 0 -> faults--; outcomes = 0 }
    :: atomic { faults > 0 && confirm != 0 -> faults--; confirm = 0 }
    :: atomic { faults > 0 && deliver[0] -> faults--; deliver[0] = false }
    :: atomic { faults > 0 && deliver[1] -> faults--; deliver[1] = false }
    :: atomic { faults > 0 && answer[0] != 0 -> faults--; answer[0] = 0 }
    :: atomic { faults > 0 && answer[1] != 0 -> faults--; answer[1] = 0 }
    :: atomic { faults > 0 && answered[0] -> faults--; answered[0] = false }
    :: atomic { faults > 0 && answered[1] -> faults--; answered[1] = false }
    /* said by the router alone */
    :: atomic { faults > 0 && reply[0] != OPEN -> faults--; answered[0] = true }
    :: atomic { faults > 0 && reply[1] != OPEN -> faults--; answered[1] = true }
    /* the store is full */
    :: FAILED(HAS(answer[0], TAKEN), take_answer(0, TAKEN))
    :: FAILED(HAS(answer[1], TAKEN), take_answer(1, TAKEN))
    :: FAILED(HAS(confirm, 1), take_confirm(1))
    :: FAILED(HAS(confirm, 2), take_confirm(2))
    :: FAILED(push[0], take_push(0))
    :: FAILED(disk.mail[0], end_share(0, ENDED))
    /* settle_expired(): not a fault, but as rare */
    :: atomic { faults > 0 && disk.mail[0] ->
        faults--;
        end_share(0, ENDED);
        commit()
    }
    od
}

ltl ends { <> DONE }
#endif

init
{
    atomic {
        out[0] = QUEUED;
#ifdef PAIR
        out[1] = QUEUED;
#endif
#ifdef LIVE
        seal(0);
        seal(1);
#endif
#ifdef MAIL
        record(0);
        record(1);
        commit();
        out[0] = HELD;
        out[1] = HELD
#endif
    }
}
