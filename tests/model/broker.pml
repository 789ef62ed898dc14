/* SPDX-License-Identifier: EUPL-1.2
 *
 * The broker's core: what it takes, commits and sends. */

/* --- core: batches --- */

inline copy(to, from)
{
    to.accepted[0] = from.accepted[0];
    to.accepted[1] = from.accepted[1];
    to.refused[0] = from.refused[0];
    to.refused[1] = from.refused[1];
    to.outcome[0] = from.outcome[0];
    to.outcome[1] = from.outcome[1];
    to.place[0] = from.place[0];
    to.place[1] = from.place[1];
    to.number[0] = from.number[0];
    to.number[1] = from.number[1];
    to.mail[0] = from.mail[0];
    to.mail[1] = from.mail[1];
    to.tell[0] = from.tell[0];
    to.tell[1] = from.tell[1];
#ifdef LIVE
    to.index[0] = from.index[0];
    to.index[1] = from.index[1]
#endif
}

/* after_commit() sends everything before the next batch begins. */
#define LATER_NONE                                                             \
    (!later_receipt[0] && !later_receipt[1] && !later_answered[0] &&           \
        !later_answered[1])
#define MAY_TAKE (batch || LATER_NONE)

/* store_commit() */
inline commit()
{
    copy(disk, txn);
    batch = false;
#ifdef LIVE
    counted_settled = false;
    counted_confirm = false
#endif
}

/* The store is full, or core dies: nothing of the batch happened. */
inline forget_batch()
{
    copy(txn, disk);
    batch = false;
#if !defined(PAIR) && BUG != 23
    held = txn.mail[0] + txn.mail[1]; /* force_load() */
#endif
    later_receipt[0] = false;
    later_receipt[1] = false;
    later_answered[0] = false;
    later_answered[1] = false
}

/* core.c answer_busy(): the store is full */
inline answer_busy()
{
    forget_batch();
#ifdef LIVE
    uncount()
#endif
}

#ifdef LIVE
/* peer.c peer_uncount() */
inline uncount()
{
    if
#if BUG != 22
    :: counted_settled ->
        open = 0;
        given = 0
#endif
#if BUG != 24
    :: counted_confirm -> confirmed = 0
#endif
    :: else
    fi;
    counted_settled = false;
    counted_confirm = false
}
#endif

/* await.c write_receipt(): what the ledger holds about the bundle */
inline send_receipt(b, ledger)
{
    if
    :: S_UP && ledger.accepted[b] > 0 -> accepted[b] = true
    :: S_UP && ledger.accepted[b] == 0 -> refused[b] = true
    :: !S_UP
    fi;
    later_receipt[b] = false
}

inline send_answered(b)
{
    answered[b] = R_UP;
    later_answered[b] = false
}

/* core.c after_commit(): send_later(), await_answer(). The keeper's signature,
 * for which a receipt waits, is a delay like others. */
inline send_later()
{
    if
    :: later_receipt[0] -> send_receipt(0, disk)
    :: else
    fi;
    if
    :: later_receipt[1] -> send_receipt(1, disk)
    :: else
    fi;
    if
    :: later_answered[0] -> send_answered(0)
    :: else
    fi;
    if
    :: later_answered[1] -> send_answered(1)
    :: else
    fi
}

/* settle.c close_share(), behind the entry that says how it ended: out of the
 * mailbox by mailbox_close(), to be told to the sender by mailbox_tell() */
inline end_share(b, how)
{
    txn.outcome[b] = how;
    txn.place[b] = (txn.place[1 - b] == 0 -> 1 : 2);
    txn.mail[b] = false;
    txn.tell[txn.place[b] - 1] = true;
#ifndef PAIR
    if
    :: held > 0 -> held--
    :: else
    fi
#endif
#ifdef LIVE
    settled(b)
#endif
}

#ifdef LIVE
/* peer.c peer_settled() */
inline settled(b)
{
    if
    :: open > 0 && txn.index[b] <= given ->
        open--;
        counted_settled = true
    :: else
    fi
}
#endif

/* --- core: what is pushed --- */

/* accept.c record() */
inline record(b)
{
    txn.number[b] = true; /* judge_note() */
    if
    :: true -> /* write_accepted(), write_share() with mailbox_add() */
        txn.accepted[b]++;
        txn.mail[b] = true;
#ifndef PAIR
        held++;
#endif
#ifdef LIVE
        txn.index[b] = (txn.index[1 - b] == 0 -> 1 : 2)
#endif
#ifndef PAIR
        if
        :: true
        :: txn.outcome[b] == OPEN -> end_share(b, ENDED) /* return_full() */
        fi
    :: true -> txn.refused[b] = true /* write_refused() */
#endif
    fi
}

/* accept.c accept_push() */
inline take_push(b)
{
    batch = true;
    RECEIVED_BIT(push[b])
    if
    :: txn.number[b] /* look_up_number(): known; answer_again() */
    :: else -> record(b)
    fi;
    later_receipt[b] = true; /* await_receipt() */
#if BUG == 1
    send_receipt(b, txn)
#endif
}

/* --- core: shares --- */

#ifdef LIVE
/* deliver.c next_share(), deliver_to(): by age, while there is credit */
#define MAY_SEND(b)                                                            \
    (r_up && credit && open < WINDOW && disk.mail[b] &&                        \
        disk.index[b] > given &&                                               \
        !(disk.mail[1 - b] && disk.index[1 - b] > given &&                     \
            disk.index[1 - b] < disk.index[b]))
#else
/* at any time; to a card that was renewed, too (drain.c) */
#define MAY_SEND(b) (disk.mail[b] && !deliver[b])
#endif

#ifdef LIVE
#define OPEN_AT(i)                                                             \
    ((disk.mail[0] && disk.index[0] == i) ||                                   \
        (disk.mail[1] && disk.index[1] == i))

/* turns.c turns_resume(), for a hello that says what it likes: up to there
 * what is open counts as delivered */
inline resume(upto)
{
#if BUG == 25
    given = upto;
#endif
    if
    :: BUG != 25 && upto >= 1 && OPEN_AT(1) && open < WINDOW ->
        given = 1;
        open++
    :: else
    fi;
    if
    :: BUG != 25 && upto >= 2 && OPEN_AT(2) && open < WINDOW ->
        given = 2;
        open++
    :: else
    fi
}
#endif

/* settle.c find_open(): of the session's card, or of another of that partner
 * which has open shares */
#ifdef PAIR
#define FOUND(b) (txn.mail[b])
#elif BUG == 18
#define FOUND(b) (txn.mail[b] && !renewed)
#else
#define FOUND(b) (txn.mail[b] && (!renewed || held > 0))
#endif

inline send_share(b)
{
    deliver[b] = true;
#ifdef LIVE
    given = disk.index[b];
    open++
#endif
}

/* settle.c settle_answer(): what is said about a share that is not open here
 * changes nothing, and is said to be answered like the rest */
inline take_answer(b, how)
{
    batch = true;
    RECEIVED(answer[b], how)
    if
    :: FOUND(b) -> end_share(b, how)
#if BUG == 16
    :: !txn.mail[b] && txn.outcome[b] == ENDED -> txn.outcome[b] = how
#endif
    :: else
    fi;
#if BUG == 2
    disk.mail[b] = false;
#endif
#if BUG == 7
    answered[b] = true
#else
    later_answered[b] = true
#endif
}

/* --- core: outcomes --- */

/* The set of the places behind one that the sender is still to be told. */
#define UNTOLD(from)                                                           \
    ((disk.tell[0] && from < 1 -> 1 : 0) + (disk.tell[1] && from < 2 -> 2 : 0))
#define LAST(places) (places == 1 -> 1 : 2)
#if BUG == 6
#define TELL_FROM told
#else
#define TELL_FROM confirmed
#endif
#ifdef LIVE
#define MAY_TELL                                                               \
    (s_up && UNTOLD(TELL_FROM) != 0 && (told == confirmed || tell_again))
#else
#define MAY_TELL                                                               \
    (UNTOLD(TELL_FROM) != 0 && (told != LAST(UNTOLD(TELL_FROM)) ||             \
                                   !HAS(outcomes, UNTOLD(TELL_FROM))))
#endif

/* deliver.c tell(): everything behind what was confirmed in this session, and
 * no more before that is confirmed; after a while all of it once more */
inline send_outcomes()
{
    PUT(outcomes, UNTOLD(TELL_FROM));
    told = LAST(UNTOLD(TELL_FROM));
#ifdef LIVE
    tell_again = false;
#endif
#if BUG == 5
    txn.tell[0] = false;
    txn.tell[1] = false;
    commit()
#endif
}

/* confirms.c confirms_take() with mailbox_confirm(): nobody confirms more than it was
 * told */
inline take_confirm(n)
{
    batch = true;
    RECEIVED(confirm, n)
    if
    :: told >= 1 -> txn.tell[0] = false
    :: else
    fi;
    if
    :: told >= 2 && n == 2 -> txn.tell[1] = false
    :: else
    fi;
    if
    :: confirmed < n && confirmed < told -> confirmed = (told < n -> told : n)
    :: else
    fi;
#ifdef LIVE
    counted_confirm = true
#endif
}

/* --- core: sessions --- */

/* A session of the sender ends, and with LIVE its connection with what is on
 * its way. The next begins with nothing told and nothing flying (do_hello(),
 * send_all()). */
inline cut_sender()
{
    told = 0;
    confirmed = 0;
#ifdef LIVE
    s_up = false;
    tell_again = false;
    flying[0] = false;
    flying[1] = false;
    push[0] = false;
    push[1] = false;
    accepted[0] = false;
    accepted[1] = false;
    outcomes = 0;
    confirm = 0
#endif
}

/* The same for the recipient (do_hello(), begin_again_when_due()). */
inline cut_recipient()
{
#ifdef LIVE
    r_up = false;
    credit = false;
    open = 0;
    given = 0;
    sent[0] = false;
    sent[1] = false;
    deliver[0] = false;
    deliver[1] = false;
    answer[0] = 0;
    answer[1] = 0;
    answered[0] = false;
    answered[1] = false
#endif
    skip
}

inline crash_core()
{
#if BUG == 4
    disk.number[0] = false;
    disk.number[1] = false;
#endif
    forget_batch();
    cut_sender(); /* its parent starts the router anew, too */
    cut_recipient()
}

#ifdef LIVE
#define NEWS_FOR_CORE(would_change) true
#else
/* what changes nothing need not be tried */
#define NEWS_FOR_CORE(would_change) (would_change)
#endif
#define PUSH_WAITS(b)                                                          \
    (push[b] && MAY_TAKE &&                                                    \
        NEWS_FOR_CORE(!txn.number[b] ||                                        \
            !(later_receipt[b] || accepted[b] || refused[b])))
#define ANSWER_WAITS(b, how)                                                   \
    (HAS(answer[b], how) && MAY_TAKE &&                                        \
        NEWS_FOR_CORE(                                                         \
            txn.mail[b] || !(later_answered[b] || answered[b])))
#define CONFIRM_WAITS(n) (HAS(confirm, n) && MAY_TAKE)

/* With PAIR each message is a batch of its own, committed and answered in the
 * same step: that the batch fails or that core dies in it is no other thing
 * than the message's loss, and of what it sends likewise. */
#ifdef PAIR
#define BATCH(condition, action)                                               \
    atomic { (condition) -> action; commit(); send_later() }
#else
#define BATCH(condition, action) atomic { (condition) -> action }
#endif

active proctype Core()
{
end:
    do
    :: BATCH(PUSH_WAITS(0), take_push(0))
    :: BATCH(PUSH_WAITS(1), take_push(1))
    :: BATCH(ANSWER_WAITS(0, TAKEN), take_answer(0, TAKEN))
    :: BATCH(ANSWER_WAITS(1, TAKEN), take_answer(1, TAKEN))
    :: BATCH(CONFIRM_WAITS(1), take_confirm(1))
    :: BATCH(CONFIRM_WAITS(2), take_confirm(2))
    :: atomic { !batch && MAY_SEND(0) -> send_share(0) }
    :: atomic { !batch && MAY_SEND(1) -> send_share(1) }
    :: atomic { !batch && MAY_TELL -> send_outcomes() }
#ifndef LIVE
    /* settle_expired(), settle_changed(), settle_card() */
    :: BATCH(txn.mail[0] && MAY_TAKE, batch = true; end_share(0, ENDED))
    :: BATCH(txn.mail[1] && MAY_TAKE, batch = true; end_share(1, ENDED))
    :: atomic { told != 0 -> cut_sender() }
    :: atomic { crash_core() }
#endif
#ifndef PAIR
    :: BATCH(ANSWER_WAITS(0, DECLINED), take_answer(0, DECLINED))
    :: BATCH(ANSWER_WAITS(1, DECLINED), take_answer(1, DECLINED))
    :: BATCH(ANSWER_WAITS(0, UNFIT), take_answer(0, UNFIT))
    :: BATCH(ANSWER_WAITS(1, UNFIT), take_answer(1, UNFIT))
    :: atomic { batch -> commit() }
    :: atomic { batch -> answer_busy() }
    :: atomic { !batch && !LATER_NONE -> send_later() }
#endif
#ifdef LIAR /* ANSWERED is not signed */
    :: atomic { !answered[0] -> answered[0] = true }
    :: atomic { !answered[1] -> answered[1] = true }
#if BUG == 26 /* nor is CONFIRM: the router says what was to be told */
    :: atomic { told != 0 && !HAS(confirm, told) -> PUT(confirm, told) }
#endif
#endif
#if BUG == 27
    :: BATCH(ANSWER_WAITS(0, UNFIT), take_answer(0, UNFIT))
    :: BATCH(ANSWER_WAITS(1, UNFIT), take_answer(1, UNFIT))
#endif
    od
}
