/* SPDX-License-Identifier: EUPL-1.2
 *
 * A small, true ledger in a file for tests: a log, a signatory, three
 * partners, one signal with a share, its answer, a question, a roster that
 * gives a partner another identity, a card that its own partner revokes,
 * another that a signatory revokes, and the end of the agreement; and the same
 * with one thing wrong that only its meaning gives away, for the log signs
 * whatever it is given. */
#ifndef UNIT_CLIENTS_LEDGER_MAKE_H
#define UNIT_CLIENTS_LEDGER_MAKE_H

/* The closed log that it goes on for; its root is of bytes 8. */
#define LEDGER_BEFORE "ledger.example/0"
enum { LEDGER_BEFORE_SIZE = 70 };

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "checkpoint.h"
#include "entry.h"
#include "ledgerfile.h"

enum ledger_fault {
    LEDGER_TRUE = 0,
    LEDGER_SENDER_SIGNATURE, /* the bundle is signed by another card */
    LEDGER_FOREIGN_CARD,     /* the sender names another partner's card */
    LEDGER_SHARE_ID,         /* the share has an id that was not signed */
    LEDGER_SHARE_PRESENCE,   /* wraps a field that the signal does not have */
    LEDGER_NOT_PERMITTED,    /* shares what the agreement does not permit */
    LEDGER_OTHER_RULE,       /* by a rule that did not decide it */
    LEDGER_SHARE_POINTS,     /* points to an entry that accepts nothing */
    LEDGER_ANSWER_HASH,      /* answers about another entry */
    LEDGER_ANSWER_SIGNATURE,
    LEDGER_ANSWER_TWICE, /* a second outcome of one share */
    LEDGER_ASKER_SIGNATURE,
    LEDGER_TIME_BACK,
    LEDGER_NO_ROSTER_TEXT,
    LEDGER_OTHER_TEXT,        /* another roster's text than the entry names */
    LEDGER_CARD_SIGNATURE,    /* a card that its partner did not sign */
    LEDGER_REVOKED_CARD,      /* the sender's card is revoked before it sends */
    LEDGER_REVOKER_SIGNATURE, /* a revocation that its partner did not sign */
    LEDGER_REVOKED_ANOTHERS,  /* a partner revokes the card of another */
    LEDGER_REVOKED_BY,        /* by another than the one who signed */
    LEDGER_REVOKED_ELSEWHERE, /* on another ledger */
    LEDGER_OTHER_LOG_KEY,     /* checkpoints signed by a stranger */
    LEDGER_UNSIGNED_END,      /* entries after the last checkpoint */
    LEDGER_UNSIGNED_ROSTER,   /* nobody who counts signed the roster */
    LEDGER_OTHER_MEANING,     /* the agreement means something else here */
    LEDGER_OTHER_FINGERPRINT, /* signed with another key than the entry says */
    LEDGER_CLAIMED_SIGNER,    /* by somebody who did not sign */
    /* the revocation of the agreement is */
    LEDGER_END_INVENTED,  /* a stranger's, in the signatory's name */
    LEDGER_END_REPLAYED,  /* the signatory's, of another text */
    LEDGER_END_NAMESPACE, /* signed for another use */
    LEDGER_END_GUEST,     /* by an allowed signer who is no signatory */
    LEDGER_END_BY,        /* by the signatory; the entry names another */
    LEDGER_END_UNKNOWN,   /* of a text that was not in force */
    LEDGER_END_TWICE,
    LEDGER_END_ACCEPTED, /* right, but signals are accepted after it */
    LEDGER_END_BACK,     /* right, but the same text comes back */
    LEDGER_END_ROSTER,   /* of the roster; signals are accepted after it */
    /* the revocation of a card by a signatory's FIDO key is */
    LEDGER_STOP_INVENTED,  /* a stranger's */
    LEDGER_STOP_REPLAYED,  /* of another card */
    LEDGER_STOP_UNTOUCHED, /* made without touching the key */
    LEDGER_STOP_TIME,      /* by a key that did not count any more */
    LEDGER_STOP_TWICE,
    LEDGER_COVERT_FOR_EVER,      /* a share, for longer than five years */
    LEDGER_STATED_SIGNATURE,     /* the partner did not sign it */
    LEDGER_STATED_ELSEWHERE,     /* on another ledger */
    LEDGER_STATED_ALL,           /* a partner's word that is to bind all */
    LEDGER_STATED_ONE,           /* an auditor's that is not */
    LEDGER_STATED_FOR_EVER,      /* a hold by a clock far ahead */
    LEDGER_HELD_UNSAID,          /* the subject's answer left out a share */
    LEDGER_HELD_ANOTHER,         /* another one, it is said */
    LEDGER_HELD_UNASKED,         /* nobody asked */
    LEDGER_WITHDRAWAL_SIGNATURE, /* the sender did not sign it */
    LEDGER_WITHDRAWN_ELSEWHERE,  /* on another ledger */
    LEDGER_WITHDRAWN_ANOTHER,    /* another signal than the share's */
    LEDGER_WITHDRAWN_TWICE,
    LEDGER_WITHDRAWN_UNTOLD, /* the recipient answered, and is not told */
    LEDGER_TOLD_UNANSWERED,  /* it did not, and is */
    LEDGER_NOTICE_TAKEN,     /* answered as if it were a share */
    LEDGER_REPLACED_BY_NOTHING,
    LEDGER_LINK_BROKEN,   /* names another entry before of its card */
    LEDGER_SHARE_SKIPPED, /* names a share before that is not there */
    LEDGER_SEAL_ROOT,     /* seals another list */
    LEDGER_SEAL_LEFT_OUT, /* a list without the row */
    LEDGER_SEAL_SKIPS,    /* begins behind the end of the one before */
    LEDGER_SEAL_UNLINKED, /* names another seal before */
    LEDGER_SEAL_AHEAD,    /* covers entries to come */
    LEDGER_FAULTS,
    LEDGER_SEALED, /* no fault: with seals */
    /* no fault: the recipient repeats an answer that the broker has */
    LEDGER_ANSWER_REPEATED,
    LEDGER_CASE,      /* statements, a covert share, and a subject's answer */
    LEDGER_WITHDRAWN, /* after the answer; the notice is answered */
    LEDGER_WITHDRAWN_OPEN, /* before; told when the answer came late */
};

enum { LEDGER_ENTRIES_MAX = 24 };
struct ledger_made {
    uint8_t *bytes; /* the file; free() */
    size_t n;
    char signers[2048];
    struct checkpoint head; /* of the last checkpoint */
    size_t entries;
    size_t start[LEDGER_ENTRIES_MAX]; /* of the record's body, by entry */
    size_t end[LEDGER_ENTRIES_MAX];
    uint64_t note_sizes[LEDGER_ENTRIES_MAX];
    size_t notes_n;
};

enum { LEDGER_NOW = 1795000000 }; /* 2026-11-18 */

void ledger_make(struct ledger_made *out, enum ledger_fault fault);
/* As a partner's file, whose only checkpoint is the last. */
void ledger_make_partial(struct ledger_made *out, enum ledger_fault fault);

#endif
