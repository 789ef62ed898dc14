/* SPDX-License-Identifier: EUPL-1.2
 *
 * libdriehoek: send and receive signals through a Driehoek broker, and ask its
 * ledger.
 *
 * Caveats first.
 * - A node directory (made by `driehoek init` and `driehoek join`) holds keys,
 *   outbox and inbox. One process may send from it and one may receive from
 *   it at a time; a second one gets DHK_EXISTS.
 * - Nothing here is thread-safe: one struct dhk_node, one thread at a time.
 * - Pointers that a function returns belong to the object they came from and
 *   live as long as it does, unless the function says otherwise.
 * - dhk_push() returns when the signal is durable in the outbox, not when the
 *   broker has it. dhk_flush() tells.
 * - A share may be handed out again, with the same id, when the process ended
 *   between dhk_receive() and dhk_confirm(). An application that stores the id
 *   in its own transaction and looks it up first gets it exactly once.
 * - Out of memory is an error (DHK_NOMEM), never an abort.
 *
 * In fifteen lines (error handling left out):
 *
 *   struct dhk_node *node;  struct dhk_problem problem;
 *   dhk_node_open(&node, "politie", NULL, &problem);
 *   dhk_connect(node, DHK_SEND, 5000, &problem);
 *   struct dhk_signal *s = dhk_signal_new();
 *   dhk_signal_set(s, DHK_KIND, "politiesignaal"); ...
 *   dhk_signal_field(s, "betrokkene", who, strlen(who));
 *   dhk_signal_field(s, "signaal", text, strlen(text));
 *   dhk_push(node, s, &number, &problem);
 *   dhk_flush(node, 5000, &problem);
 */
#ifndef DRIEHOEK_H
#define DRIEHOEK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DHK_EXPORT __attribute__((visibility("default")))

#ifndef PROTO_ERR_H
#define DHK_MUST_USE __attribute__((warn_unused_result))
/* What went wrong. The same values everywhere in the project. */
enum dhk_err {
    DHK_OK = 0,
    DHK_NOMEM,    /* out of memory */
    DHK_IO,       /* the operating system refused; errno may tell more */
    DHK_FORMAT,   /* input is not of the form that is needed */
    DHK_LIMIT,    /* larger, longer or more than allowed */
    DHK_AUTH,     /* a signature, key or tag does not verify */
    DHK_DENIED,   /* the agreement or the role does not allow it */
    DHK_NOTFOUND, /* no such object; or nothing arrived in time */
    DHK_EXISTS,   /* there already, or another process has it */
    DHK_STATE,    /* not possible now: not connected, not in force */
    DHK_VERSION,  /* a version that this library does not speak */
};
#endif

/* A sentence for a person about the last failure: names the file, line, field
 * or rule and what to do; never a field's value. */
struct dhk_problem {
    char text[512];
};

/* --- node --- */
struct dhk_node;

struct dhk_options {
    const char *broker;     /* name of the broker in the directory; NULL: the
                               only one, or the one that is marked default */
    const void *passphrase; /* of the card's key file; NULL: none */
    size_t passphrase_n;
    /* The application keeps its own durable record of what it pushed and took,
     * and this node's outbox and inbox wait for the disk only when there is
     * nothing else to do, or when the broker waits for it before it tells more
     * outcomes. What is different then:
     * - dhk_push() returns before anything is durable: keep the signal until
     *   dhk_sent_next() shows it accepted. When the process or the machine
     *   ends before, it may be gone, or may have reached the broker: push again
     *   what dhk_sent_next() does not show. A recipient may then get it twice,
     *   under two ids.
     * - Store the share's id in your own transaction before dhk_confirm():
     * after such an end a confirmed share may be handed out again, with that
     * id.
     * - Numbers are skipped rather than used twice, and the gaps that such an
     *   end can explain are not reported as missing.
     * Nothing else changes: what the broker has acknowledged is on its disk.
     * Withdrawals are durable at once. */
    bool application_keeps;
};

/* Opens the node directory DIR. OPTIONS may be NULL. Errors: DHK_NOTFOUND (no
 * node there), DHK_AUTH (passphrase), DHK_DENIED (a key file that others may
 * read), DHK_IO, DHK_NOMEM. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_node_open(struct dhk_node **out,
    const char *dir, const struct dhk_options *options,
    struct dhk_problem *problem);
/* Ends connection and node; wipes keys; *NODE becomes NULL. */
DHK_EXPORT void dhk_node_close(struct dhk_node **node);
/* The partner's name. */
DHK_EXPORT const char *dhk_node_name(const struct dhk_node *node);

/* What a connection is for; may be joined with |. */
enum dhk_mode {
    DHK_SEND = 1,    /* push, outcomes */
    DHK_RECEIVE = 2, /* shares; the newer of two receivers wins */
    DHK_QUERY = 8,   /* questions to the ledger */
    DHK_CASES = 16,  /* the course of cases; beside a sender and receiver */
};

/* Connects to the broker, says hello, brings agreement, roster and cards up to
 * date, verifies their signatures against the node's pinned signers, and
 * demands consistency of the ledger with the last checkpoint that this node
 * saw. Errors: DHK_NOTFOUND (not reachable within TIMEOUT_MS; work goes on
 * offline), DHK_AUTH (a signature or the broker's key), DHK_DENIED (the
 * broker refuses this card), DHK_STATE (the ledger contradicts what it showed
 * before: both checkpoints are kept as evidence. When the log signed two heads
 * of one size, that is so from then on, until a roster with another ledger is
 * in force). A node whose partner the roster names a cosigner cosigns the
 * ledger's head here, and now and then in dhk_flush() and dhk_receive(). */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_connect(struct dhk_node *node,
    unsigned modes, int timeout_ms, struct dhk_problem *problem);
DHK_EXPORT void dhk_disconnect(struct dhk_node *node);
/* A descriptor that polls readable when something may have arrived; call
 * dhk_receive() or dhk_flush() with timeout 0 then. -1: not connected. */
DHK_EXPORT int dhk_fd(const struct dhk_node *node);

/* --- a signal to send --- */
struct dhk_signal;
enum dhk_signal_text {
    DHK_KIND,
    DHK_PURPOSE,
    DHK_GROUND,
    DHK_CASE,        /* 32 hex digits, from dhk_case_new() */
    DHK_IN_REPLY_TO, /* 64 hex digits; optional */
};
DHK_EXPORT struct dhk_signal *dhk_signal_new(void);        /* NULL: no memory */
DHK_EXPORT void dhk_signal_destroy(struct dhk_signal **s); /* wipes */
/* All copy their arguments. DHK_EXISTS: set before. DHK_LIMIT: too long. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_signal_set(
    struct dhk_signal *s, enum dhk_signal_text what, const char *text);
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_signal_field(
    struct dhk_signal *s, const char *name, const char *value, size_t n);
/* VALUE "yes"/"no", a level or choice, a decimal number, or "unknown". */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_signal_attribute(
    struct dhk_signal *s, const char *name, const char *value);
/* Only these recipients (each permitted by the agreement). */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_signal_to(
    struct dhk_signal *s, const char *partner);
/* Narrow: leave out PARTNER (NULL: all) or FIELD (NULL: the whole share), for
 * a reason of the closed list: investigation, safety, secrecy, source,
 * necessity, third-party. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_signal_exclude(struct dhk_signal *s,
    const char *partner, const char *field, const char *reason);
/* Seconds from now until it expires undelivered; default 30 days. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_signal_expires(
    struct dhk_signal *s, uint32_t seconds);
/* The same as a time, in seconds since 1970 UTC, whatever this machine's clock
 * says. DHK_FORMAT: not after 1970. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_signal_expires_at(
    struct dhk_signal *s, int64_t at);
/* Until then, at most five years from the push, it is left out of answers to
 * the person whom it is about; the ledger tells auditors. DHK_FORMAT as above.
 */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_signal_covert_until(
    struct dhk_signal *s, int64_t at);
/* 32 hex digits and a NUL: a fresh random case handle. */
DHK_EXPORT void dhk_case_new(char out[33]);

/* --- preview: who would get what --- */
struct dhk_preview_recipient {
    const char *partner;
    bool permitted;
    const char *const *fields;   /* it would get; NULL-terminated */
    const char *const *withheld; /* present, but not for it */
    const char *const *rules;    /* ids that decided; NULL-terminated */
    const char *const *titles;   /* of those rules */
    const char
        *duties;      /* one line, e.g. "retain at most 365 days; no onward" */
    const char *why;  /* when not permitted, or conditional: a sentence */
    bool conditional; /* depends on a fact that the broker computes */
    const char *const *withheld_by; /* of each of `withheld`: the id of the
                                       rule that keeps it back; "no-rule": none
                                       gives it; "sender": you held it back */
    size_t permits; /* the first so many rules share, the others keep back */
};
struct dhk_preview {
    const struct dhk_preview_recipient *list; /* all parties but the sender */
    size_t n;
    size_t permitted_n;
    char agreement[65];   /* SHA-256 of the text, hex */
    int64_t covert_until; /* seconds since 1970 UTC; 0: not covert */
};
/* Checks S against the agreement in force (as last synchronised) and decides.
 * Errors: DHK_FORMAT (PROBLEM names the kind, field, attribute, purpose or
 * ground that is wrong and the nearest valid name), DHK_DENIED (nobody may
 * receive it; *OUT is filled all the same), DHK_STATE (no agreement in
 * force), DHK_LIMIT (a value too long). The caller ends *OUT with
 * dhk_preview_destroy() before dhk_node_close(): its names are the node's. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_preview(struct dhk_node *node,
    const struct dhk_signal *s, const struct dhk_preview **out,
    struct dhk_problem *problem);
DHK_EXPORT void dhk_preview_destroy(const struct dhk_preview **preview);

/* ---- push ------------------------------------------------------------------
 */
/* Previews S and stores it durably in the outbox; *NUMBER identifies it there.
 * Works without a connection. Errors as dhk_preview(), and DHK_IO. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_push(struct dhk_node *node,
    const struct dhk_signal *s, uint64_t *number, struct dhk_problem *problem);
/* The same for N signals in one transaction: the disk is waited for once.
 * NUMBERS (N of them) are consecutive. All are stored or none: after an error
 * *FAILED (may be NULL) is the place of the signal that PROBLEM is about. Who
 * keeps many signals on their way pushes at most half of them at once: while
 * these are sealed, broker and recipients work on the others. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_push_many(struct dhk_node *node,
    const struct dhk_signal *const *list, size_t n, uint64_t *numbers,
    size_t *failed, struct dhk_problem *problem);
/* Seals and sends what is in the outbox, resends unanswered bundles, takes
 * receipts and outcomes, sends withdrawals, until nothing waits for a receipt
 * or TIMEOUT_MS is over. DHK_OK: everything has a receipt or a signed refusal.
 * DHK_NOTFOUND: something still waits, perhaps because for 24 hours no quorum
 * of the cosigners stood behind any head of the ledger: PROBLEM says so, and
 * nothing is sent until one does. DHK_AUTH: a receipt does not verify or
 * differs from its preview; it is kept as evidence. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_flush(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem);

enum dhk_state {
    DHK_WAITING = 1, /* in the outbox, not sealed or not acknowledged */
    DHK_ACCEPTED,    /* receipt verified; outcomes may still come */
    DHK_DONE,        /* every share has its outcome, of whatever kind */
    DHK_REFUSED,     /* signed refusal: see `why`; final */
    DHK_REVIEW,      /* the agreement changed and would share otherwise: push
                        again after looking at the new preview */
    DHK_CANCELLED,
};
struct dhk_outcome {
    const char *partner;
    /* "open", "pending" (waits for an approval), "taken", or the code with
     * which the recipient refused it. The others mean that the recipient did
     * not get it and will not: "quota" (too much waited there for it already:
     * push again later, or call them), "expired" (the term passed before it was
     * answered), "withdrawn" (before it was answered), "not-shared" (by what
     * the broker knows, the agreement leaves nothing for it), "declined" (whose
     * approval it waited for has declined), "card" (the recipient's key card
     * was revoked), "changed-agreement" and "changed-case" (they do not permit
     * it any more). A signal of which every share ended so is DHK_DONE, too:
     * nobody got it. */
    const char *outcome;
    uint64_t index; /* ledger index of its share entry */
    /* NULL: not withdrawn. Else what the recipient did about that: "deleted",
     * "locked" or "used"; "open": it is told and has not answered; "not-told":
     * it never answered the share */
    const char *withdrawal;
};
struct dhk_sent {
    uint64_t number;
    enum dhk_state state;
    char id[65]; /* hex; empty until sealed */
    const char *kind;
    char case_handle[33];
    int64_t pushed; /* seconds since 1970 UTC */
    int64_t expires;
    uint64_t index;  /* of the accepted or refused entry */
    const char *why; /* code of a refusal, or NULL */
    const struct dhk_outcome *outcomes;
    size_t outcomes_n;
    size_t alarms; /* gaps or contradictions that a recipient reported */
    /* NULL: not withdrawn. Else the reason, a code of the closed list */
    const char *withdrawn;
    bool withdrawal_waits;  /* for the broker's receipt */
    char replaced_by[65];   /* id of the signal in its place, or empty */
    uint64_t replaced_with; /* its number, or 0 */
    /* Whether a quorum of the roster's cosigners stands behind the ledger with
     * this signal's entries in it, as far as this node was shown. Before that
     * the receipt is provisional: the broker signed it, and nobody else has
     * said yet that all are shown that same ledger. */
    bool counted;
    /* Number of a signal that was to replace this one and went to nobody: this
     * one is not withdrawn. 0: none, or withdrawn since. */
    uint64_t not_replaced_with;
};
/* The signal with the smallest number greater than AFTER; DHK_NOTFOUND at the
 * end. *OUT lives until the next call. After a power failure it may show less,
 * until the broker, which has it all, was connected to again. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_sent_next(
    struct dhk_node *node, uint64_t after, const struct dhk_sent **out);
/* Takes a signal out of the outbox that has never been sent, or that waits for
 * review; with it the correction that it was for: the other signal stays as it
 * is. DHK_STATE: it may have been sent. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_cancel(
    struct dhk_node *node, uint64_t number);
/* Keeps, durably, the wish to withdraw signal NUMBER, for a reason of the
 * closed list: incorrect, wrong-person, wrong-recipient, no-ground, objection,
 * ordered, outdated. It is signed and sent with the next dhk_flush() after the
 * signal's receipt. Shares not answered end; whoever answered is told, and
 * says in dhk_sent_next() what it did. The same again changes nothing. Errors:
 * DHK_NOTFOUND (no such signal), DHK_STATE (it was not sent, or went to
 * nobody), DHK_EXISTS (withdrawn for another reason, or corrected, or to be),
 * DHK_FORMAT (no such reason). */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_withdraw(struct dhk_node *node,
    uint64_t number, const char *reason, struct dhk_problem *problem);
/* Pushes S as dhk_push(), and withdraws signal NUMBER in favour of it as soon
 * as S is accepted and some recipient's mailbox took it: both are kept, or
 * none. When S goes to nobody (refused, cancelled, up for review, every mailbox
 * full), NUMBER stays as it is: see `not_replaced_with`. *REPLACEMENT is the
 * number of S. Errors as both. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_correct(struct dhk_node *node,
    uint64_t number, const struct dhk_signal *s, const char *reason,
    uint64_t *replacement, struct dhk_problem *problem);
/* The C2SP tlog-proof of the acceptance of signal NUMBER (entry in its `extra`
 * line), malloc()ed text; the caller free()s it. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_proof(
    struct dhk_node *node, uint64_t number, char **text);

/* ---- receive ----------------------------------------------------------------
 */
struct dhk_share_field {
    const char *name;
    const char *value; /* NUL-terminated; NUL bytes cannot occur */
    size_t n;
};
struct dhk_share {
    char id[65]; /* stable: the same when handed out again */
    bool again;  /* may have been handed out before: released, or already in
                    the inbox when this process opened it; a share that a power
                    failure took from there comes without this */
    const char *sender, *kind, *purpose, *ground;
    char case_handle[33];
    char in_reply_to[65];               /* or empty */
    int64_t created, expires, accepted; /* seconds; accepted: broker's time */
    int64_t covert_until; /* nothing of it to the person before; 0: no term */
    const struct dhk_share_field *fields;
    size_t fields_n;
    const struct dhk_share_field *attributes; /* the opened ones */
    size_t attributes_n;
    const char *const *rules;                /* NULL-terminated ids */
    int32_t retain_at_most, retain_at_least; /* days, -1: no such duty */
    bool onward_limited;
    const char *const *onward; /* NULL-terminated; empty: to nobody */
    const char *const *notify;
    bool log;
    char agreement[65];
    uint64_t index;   /* of its share entry in the ledger */
    uint64_t missing; /* shares of this sender that are in the ledger, and
                         neither came nor are proved to have ended */
    /* NULL: a share. Else the notice that the sender took back the signal with
     * this id: "withdrawn", or "corrected" when another takes its place. A
     * notice has no kind, fields or duties; index is that of its own entry. */
    const char *notice;
    const char *reason;   /* of a notice: a code of the closed list */
    char replaced_by[65]; /* id of the signal in its place, or empty */
    uint64_t share;       /* index of the share entry that it is about */
};
/* The next verified share, or notice, or DHK_NOTFOUND after TIMEOUT_MS (0: at
 * once). Shares that do not verify are reported through dhk_report(), never
 * returned: what the sender, or the broker on its ledger, made wrong is
 * answered with a signed refusal; what may have been altered on its way comes
 * again. *OUT lives until it is confirmed or refused. Several may be open at
 * once. A share that has waited here, for longer than a second or since another
 * process, and that the ledger proves to be withdrawn meanwhile, is not handed
 * out any more, and reported: its notice comes, also when it had been handed
 * out before. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_receive(struct dhk_node *node,
    int timeout_ms, const struct dhk_share **out, struct dhk_problem *problem);
/* Signs and stores the answer "taken", durable when it returns; it is sent
 * with the next exchange. Ends *SHARE. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_confirm(
    struct dhk_node *node, const struct dhk_share **share);
/* The same for N shares in one transaction: the disk is waited for once. All
 * pointers of LIST become NULL, or none after an error. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_confirm_many(
    struct dhk_node *node, const struct dhk_share **list, size_t n);
/* The same with "refused by application". */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_refuse(
    struct dhk_node *node, const struct dhk_share **share);
/* What was done about a signal that was withdrawn. */
enum dhk_done {
    DHK_DELETED = 1,
    DHK_LOCKED, /* kept, and used for nothing any more */
    DHK_USED,   /* it had been used already */
};
/* Answers a notice, as dhk_confirm() does a share. Each of the two, and
 * dhk_refuse(), gives DHK_STATE for the other. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_answer_notice(
    struct dhk_node *node, const struct dhk_share **notice, enum dhk_done what);
/* Puts it back: it comes again. */
DHK_EXPORT void dhk_release(
    struct dhk_node *node, const struct dhk_share **share);
/* Sends stored answers and waits until the broker has committed them. */
DHK_EXPORT DHK_MUST_USE enum dhk_err dhk_answers_flush(
    struct dhk_node *node, int timeout_ms, struct dhk_problem *problem);
/* Called for each share that was refused by verification, or waits because it
 * may have been altered: a sentence with sender, code or reason, and ledger
 * index; no value. And for what the broker says without
 * the signatures that it takes. Default: nothing. */
DHK_EXPORT void dhk_report(struct dhk_node *node,
    void (*report)(void *ctx, const char *sentence), void *ctx);

/* --- all else --- */
/* Static English text of ERR; never NULL. */
DHK_EXPORT const char *dhk_error_text(enum dhk_err err);
#ifndef PROTO_ERR_H
static inline const char *
dhk_strerror(enum dhk_err err)
{
    return dhk_error_text(err);
}
#endif
DHK_EXPORT const char *dhk_version(void);
/* What driehoek-ledger(1) and driehoek-case(1) do. */
#include "driehoek-ledger.h"

#include "driehoek-case.h"

#ifdef __cplusplus
}
#endif
#endif
