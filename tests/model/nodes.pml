/* SPDX-License-Identifier: EUPL-1.2
 *
 * The sender with its outbox, the recipient with its inbox and application. */

/* --- the sender --- */

/* sealer_bundle() in seal_all(), or pusher_push(): durable before it is sent */
inline seal(b)
{
    out[b] = SEALED
}

#ifdef LIVE
#define MAY_PUSH(b) (s_up && out[b] == SEALED && !flying[b])
#else
#define MAY_PUSH(b) (out[b] == SEALED && !push[b])
#endif

/* sender.c send_flight() */
inline send_push(b)
{
    push[b] = true;
#ifdef LIVE
    flying[b] = true
#endif
}

/* landing.c store_all(), outcomes_land() */
inline take_accepted(b)
{
    RECEIVED_BIT(accepted[b])
    out[b] = HELD;
    shown[b] = early[b];
    early[b] = OPEN;
#ifdef LIVE
    flying[b] = false
#endif
}

/* landing.c store_landed(): queued again where that may help */
inline take_refused(b)
{
    out[b] = TURNED;
    if
    :: b == 0 -> out[1] = QUEUED
    :: else
    fi
}

/* outcomes.c apply_entry(), for the entry that ended share b */
inline apply(b, places)
{
    if
    :: disk.place[b] == 0 || !HAS(places, disk.place[b] - 1)
    :: else ->
        if
        :: out[b] == HELD && shown[b] == OPEN -> shown[b] = disk.outcome[b]
        :: out[b] == HELD && shown[b] != OPEN
        :: out[b] != HELD -> /* open_share(): its receipt is on its way */
#if BUG != 11
            early[b] = disk.outcome[b]
#else
            skip
#endif
        fi
    fi
}

#ifdef LIVE
#define NOT_ASKED faults > 0 -> faults--
#else
#define NOT_ASKED true
#endif
/* sender.c take_outcomes(), committed in receive_all() */
inline take_outcomes(places)
{
    RECEIVED(outcomes, places)
    if
    :: true ->
        apply(0, places);
        apply(1, places);
        cursor = LAST(places)
    :: NOT_ASKED /* outcomes_fetch_cards(): a card could not be asked for */
#if BUG == 20
        -> cursor = LAST(places) /* doubt() */
#endif
    fi
}

/* sender.c confirm(), after that commit */
inline send_confirm()
{
    if
    :: S_UP && cursor != 0 -> PUT(confirm, cursor)
    :: else
    fi;
    cursor = 0
}

inline crash_sender()
{
    cursor = 0;
    cut_sender()
}

active proctype Sender()
{
end:
    do
    :: atomic { MAY_PUSH(0) -> send_push(0) }
    :: atomic { MAY_PUSH(1) -> send_push(1) }
    :: atomic { accepted[0] && out[0] == SEALED -> take_accepted(0) }
    :: atomic { accepted[1] && out[1] == SEALED -> take_accepted(1) }
#ifndef LIVE
    :: atomic { out[0] == QUEUED -> seal(0) }
    :: atomic { out[1] == QUEUED -> seal(1) }
    :: atomic { HAS(outcomes, 1) && cursor == 0 -> take_outcomes(1) }
    :: atomic { HAS(outcomes, 2) && cursor == 0 -> take_outcomes(2) }
    :: atomic { HAS(outcomes, 3) && cursor == 0 -> take_outcomes(3) }
    :: atomic { cursor != 0 -> send_confirm() }
    :: atomic { cursor != 0 -> crash_sender() }
#else
    /* session_ready() in work() */
    :: atomic { !s_up && !DONE -> s_up = true }
    /* find_flight() knows it no more */
    :: atomic { accepted[0] && out[0] == HELD -> accepted[0] = false }
    :: atomic { accepted[1] && out[1] == HELD -> accepted[1] = false }
    :: atomic { HAS(outcomes, 1) -> take_outcomes(1); send_confirm() }
    :: atomic { HAS(outcomes, 2) -> take_outcomes(2); send_confirm() }
    :: atomic { HAS(outcomes, 3) -> take_outcomes(3); send_confirm() }
#endif
#ifndef PAIR
    :: atomic { refused[0] && out[0] == SEALED -> take_refused(0) }
    :: atomic { refused[1] && out[1] == SEALED -> take_refused(1) }
#endif
#if BUG == 8 /* seals anew when no receipt comes for a while */
    :: atomic { out[0] == SEALED && out[1] == LATER -> out[1] = QUEUED }
#endif
#if BUG == 9 /* confirms before the commit, which a crash prevents */
    :: atomic { HAS(outcomes, 1) -> PUT(confirm, 1) }
#endif
    od
}

/* --- the recipient --- */

/* inbox.c read_seen() */
#define AS_NOTED(b) (noted[b] == OPEN -> TAKEN : noted[b])

/* delivering.c take_share(), committed in take_all() */
inline take_share(b)
{
    RECEIVED_BIT(deliver[b])
    if
    :: leaf[b] /* inbox_knows() */
    :: !leaf[b] && counted[b] -> /* INBOX_AGAIN: inbox_answer() */
        reply[b] = AS_NOTED(b);
        leaf[b] = true
    :: !leaf[b] && !counted[b] -> /* INBOX_FRESH: keep_share() */
        kept[b] = true;
        counted[b] = true;
        leaf[b] = true;
#if BUG == 10
        reply[b] = TAKEN
#endif
#if !defined(PAIR) || BUG == 27
    /* inspect_share() finds a fault of sender or core, proving_ask() that the
     * entry is the ledger's; with PAIR there is none but on the way, which is
     * left unanswered */
    :: !leaf[b] ->
        reply[b] = UNFIT;
        leaf[b] = true
#endif
    fi
}

/* inbox.c inbox_next(): to the application */
inline hand_out(b)
{
    assert(word[b] == OPEN || handed_out_once);
    handed[b] = true
}

/* receiver.c receiver_settle() with inbox_settle(), in one commit */
inline settle(b, how)
{
    kept[b] = false;
    reply[b] = how;
    handed[b] = false;
    word[b] = how;
#if BUG != 19
    if
    :: how != TAKEN -> noted[b] = how /* mark_outcome() */
    :: else
    fi;
#endif
#if BUG == 3
    leaf[b] = false;
    counted[b] = false
#endif
}

#ifdef LIVE
#define MAY_REPLY(b) (r_up && reply[b] != OPEN && !sent[b])
#define SHARE_COMES(b) (deliver[b])
#else
#define MAY_REPLY(b) (reply[b] != OPEN && !HAS(answer[b], reply[b]))
#define SHARE_COMES(b) (deliver[b] && !leaf[b])
#endif

/* receiver.c send_answers() */
inline send_reply(b)
{
    PUT(answer[b], reply[b]);
#ifdef LIVE
    sent[b] = true
#endif
}

/* receiver.c take_answered() with inbox_answered() */
inline take_answered(b)
{
    RECEIVED_BIT(answered[b])
    leaf[b] = false;
    reply[b] = OPEN;
#ifdef LIVE
    sent[b] = false
#endif
#if BUG == 15
    counted[b] = false
#endif
}

inline crash_recipient()
{
    handed[0] = false;
    handed[1] = false;
    cut_recipient()
}

active proctype Recipient()
{
end:
    do
    :: atomic { SHARE_COMES(0) -> take_share(0) }
    :: atomic { SHARE_COMES(1) -> take_share(1) }
    :: atomic { MAY_REPLY(0) -> send_reply(0) }
    :: atomic { MAY_REPLY(1) -> send_reply(1) }
    :: atomic { answered[0] && reply[0] != OPEN -> take_answered(0) }
    :: atomic { answered[1] && reply[1] != OPEN -> take_answered(1) }
#ifndef LIVE
    :: atomic { kept[0] && !handed[0] -> hand_out(0) }
    :: atomic { kept[1] && !handed[1] -> hand_out(1) }
    :: atomic { handed[0] -> settle(0, TAKEN) }
    :: atomic { handed[1] -> settle(1, TAKEN) }
    :: atomic { handed[0] || handed[1] -> crash_recipient() }
#else
    :: atomic { kept[0] -> hand_out(0); settle(0, TAKEN) }
    :: atomic { kept[1] -> hand_out(1); settle(1, TAKEN) }
    /* ready(), with a cursor that is right, too old, or made up */
    :: atomic { !r_up && !DONE -> r_up = true; credit = true; resume(0) }
    :: atomic { !r_up && !DONE -> r_up = true; credit = true; resume(1) }
    :: atomic { !r_up && !DONE -> r_up = true; credit = true; resume(2) }
#if BUG == 21 /* CREDIT is answered "busy", which nobody minds */
    :: atomic { !r_up && faults > 0 -> faults--; r_up = true }
#endif
    /* its number is not that of a letter on its way */
    :: atomic { answered[0] && reply[0] == OPEN -> answered[0] = false }
    :: atomic { answered[1] && reply[1] == OPEN -> answered[1] = false }
#endif
#ifndef PAIR
    :: atomic { handed[0] -> settle(0, DECLINED) }
    :: atomic { handed[1] -> settle(1, DECLINED) }
#ifndef LIAR
    :: atomic { !renewed -> renewed = true }
#endif
#endif
    od
}
