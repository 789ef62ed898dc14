/* SPDX-License-Identifier: EUPL-1.2
 *
 * A share that waits for approvals, in a case that changes: for Spin. Three
 * weighers state what makes and ends a membership, an embargo and the case; two
 * of them (1 and 2) must approve the share, which goes to the member; 1 has two
 * key cards, and a signatory may revoke the first. Statements come in any order,
 * any number of times; what was signed with a card may come after the card's
 * end. Batches of core hold any number of them, and fail; core crashes at any
 * time; what it sends is lost, or comes later, or again.
 *
 * What stands next to a step is the function that does it. BUG=n builds in a
 * fault that must be found; see the file run. */
#ifndef BUG
#define BUG 0
#endif

/* the share's state */
#define NONE 0
#define WAITS 1 /* SHARE entry with pending: MAILBOX_PENDING */
#define READY 2 /* RELEASED */
#define ENDED 3 /* DELIVERED, RETURNED, EXPIRED, WITHDRAWN */

#define ALL 7  /* weighers */
#define BOTH 6 /* who must approve: 1 and 2 */

/* What the ledger says, and the tables that are made from it. */
typedef store {
    byte designated; /* by whom, until it is member */
    byte relieved;   /* by whom, of the member */
    byte closing;    /* by whom */
    byte had;        /* by whom the member was designated: never less */
    bool member;
    bool left; /* was one: it does not come again, to keep this small */
    bool closed;
    bool embargo;
    bool revoked;   /* the first card of 1 */
    byte approved;  /* STATED approve entries of the share: by whom */
    byte approvals; /* how many of them */
    byte share;
    byte ends; /* entries that ended the share */
};
store disk;
store txn; /* of the batch; as the disk when there is no batch */
bool batch;

/* --- what a crash takes away --- */
bool sent; /* force_card.sent: DELIVER went out, by this process */

/* --- network and recipient --- */
bool deliver; /* DELIVER is on its way, and may be for ever */
bool kept;    /* the recipient has it, durably, and answers it */

/* Names for what Spin says of a broken property; none is ever true. */
hidden byte delivered_to_member, not_after_close, not_under_embargo,
    both_approved, counts_once, ends_once, designated_by_all, card_was_valid,
    release_is_true;

#define MAY(s) (s.member && !s.closed && !s.embargo)

inline commit()
{
    disk.designated = txn.designated;
    disk.relieved = txn.relieved;
    disk.closing = txn.closing;
    disk.had = txn.had;
    disk.member = txn.member;
    disk.left = txn.left;
    disk.closed = txn.closed;
    disk.embargo = txn.embargo;
    disk.revoked = txn.revoked;
    disk.approved = txn.approved;
    disk.approvals = txn.approvals;
    disk.share = txn.share;
    disk.ends = txn.ends;
    batch = false
}

inline take_back() /* the batch fails: courses_forget() */
{
    txn.designated = disk.designated;
    txn.relieved = disk.relieved;
    txn.closing = disk.closing;
    txn.had = disk.had;
    txn.member = disk.member;
    txn.left = disk.left;
    txn.closed = disk.closed;
    txn.embargo = disk.embargo;
    txn.revoked = disk.revoked;
    txn.approved = disk.approved;
    txn.approvals = disk.approvals;
    txn.share = disk.share;
    txn.ends = disk.ends;
    batch = false
}

/* settle_*(): one entry, and out of the mailbox */
inline end_share()
{
    txn.share = ENDED;
    txn.ends = txn.ends + 1
}

/* course_apply() of ACT_DESIGNATE by W: statements_take() looks for the very
 * statement first, and the course for the weigher */
inline take_designate(w)
{
    if
#if BUG == 7
    :: txn.designated = txn.designated + 1 /* how many, not who */
#else
    :: txn.designated = txn.designated | 1 << w
#endif
    fi;
    txn.had = txn.had | 1 << w;
#if BUG == 7
    if
    :: txn.designated == 3 ->
#else
    if
    :: txn.designated == ALL ->
#endif
        txn.member = true;
        txn.designated = 0
    :: else
    fi
}

inline leave()
{
    txn.member = false;
    txn.left = true;
    txn.relieved = 0
}

inline take_relieve(w)
{
    txn.relieved = txn.relieved | 1 << w;
    if
    :: txn.relieved == ALL -> leave()
    :: else
    fi
}

inline take_close(w)
{
    txn.closing = txn.closing | 1 << w;
    if
    :: txn.closing == ALL -> txn.closed = true
    :: else
    fi
}

/* approve_take(): the last one has the share decided again */
inline take_approve(w)
{
    txn.approved = txn.approved | 1 << w;
    txn.approvals = txn.approvals + 1;
    if
    :: txn.approvals < 2
    :: txn.approvals >= 2 ->
        if
#if BUG == 8
        :: true -> /* what was decided when it came is believed */
#else
        :: MAY(txn) ->
#endif
            assert(txn.approved == BOTH || counts_once);
            assert(MAY(txn) || release_is_true);
            txn.share = READY
#if BUG == 4
            ; /* sent with what is not committed */
            deliver = true;
            assert(disk.approved == BOTH || both_approved)
#endif
#if BUG != 8
        :: else -> end_share() /* RETURNED changed-case */
#endif
        fi
    fi
}

/* about_check(): it waits, and this partner has not approved it yet */
#if BUG == 3
#define APPROVES(w) (txn.share == WAITS)
#else
#define APPROVES(w) (txn.share == WAITS && (txn.approved >> w & 1) == 0)
#endif

/* read_statement(): the card is valid where the entry will stand */
#if BUG == 5
#define FIRST_CARD (!disk.revoked)
#else
#define FIRST_CARD (!txn.revoked)
#endif

#if BUG == 6
#define OPEN (disk.share == WAITS || disk.share == READY)
#else
#define OPEN (txn.share == WAITS || txn.share == READY)
#endif

#define BEGIN batch = true

/* Core takes what came, in one batch or several. */
active proctype Core()
{
end:
    do
    /* statements; the course has none of them in a case that is over */
    :: atomic { !txn.closed && !txn.member && !txn.left ->
        BEGIN;
        if
#if BUG == 7
        :: take_designate(0)
        :: take_designate(1)
        :: take_designate(2)
#else
        :: (txn.designated & 1) == 0 -> take_designate(0)
        :: (txn.designated & 2) == 0 -> take_designate(1)
        :: (txn.designated & 4) == 0 -> take_designate(2)
#endif
        fi
    }
    :: atomic { !txn.closed && txn.member ->
        BEGIN;
        if
        :: (txn.relieved & 1) == 0 -> take_relieve(0)
        :: (txn.relieved & 2) == 0 -> take_relieve(1)
        :: (txn.relieved & 4) == 0 -> take_relieve(2)
        :: leave()
        fi
    }
    :: atomic { !txn.closed ->
        BEGIN;
        if
        :: (txn.closing & 1) == 0 -> take_close(0)
        :: (txn.closing & 2) == 0 -> take_close(1)
        :: (txn.closing & 4) == 0 -> take_close(2)
        fi
    }
    :: atomic { !txn.closed && !txn.embargo -> BEGIN; txn.embargo = true }
    :: atomic { txn.embargo -> BEGIN; txn.embargo = false }
    :: atomic { !txn.revoked -> BEGIN; txn.revoked = true }
    /* PUSH: decided with what the course says then */
    :: atomic { txn.share == NONE && MAY(txn) -> BEGIN; txn.share = WAITS }
    :: atomic { !txn.closed && APPROVES(1) && FIRST_CARD ->
        BEGIN;
        assert(!txn.revoked || card_was_valid);
        take_approve(1)
    }
    :: atomic { !txn.closed && APPROVES(1) -> BEGIN; take_approve(1) }
    :: atomic { !txn.closed && APPROVES(2) -> BEGIN; take_approve(2) }
    /* decline; withdrawal; expiry: the end of one that is open */
    :: atomic { OPEN -> BEGIN; end_share() }
    /* ANSWER: ends what is open; else its entry says 0 */
    :: atomic { kept && OPEN -> BEGIN; end_share() }
    /* the batch */
    :: atomic { batch -> commit() }
    :: atomic { batch -> take_back() }
    :: atomic { true -> take_back(); sent = false } /* a crash */
    /* between two batches: deliver_to(). What was sent before and may not go
     * (any more) is neither sent nor returned: the recipient may have it */
    :: atomic { !batch && disk.share == READY ->
        if
#if BUG == 1
        :: true ->
#elif BUG == 2
        :: MAY(disk) || sent ->
#else
        :: MAY(disk) ->
#endif
            assert(disk.member || delivered_to_member);
            assert(!disk.closed || not_after_close);
            assert(!disk.embargo || not_under_embargo);
            assert(disk.approved == BOTH || both_approved);
            deliver = true;
            sent = true
        :: !MAY(disk) && !sent -> /* stale_return() */
            BEGIN;
            end_share()
        :: !MAY(disk) && sent
        fi
    }
    od
}

active proctype Recipient()
{
end:
    do
    :: atomic { deliver && !kept -> kept = true }
    :: atomic { deliver -> deliver = false } /* lost */
    od
}

/* --- what must always hold --- */

active proctype Monitor()
{
end:
    if
    :: disk.ends > 1 || (disk.ends == 1) != (disk.share == ENDED) ->
        assert(ends_once)
    :: disk.member && disk.had != ALL -> assert(designated_by_all)
    :: disk.approvals > 2 -> assert(counts_once)
    fi
}
