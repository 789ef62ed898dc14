/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the outbox remembers of one signal beside its locked content: where it
 * stands, what was promised to whom, and what became of each share. Nothing
 * in it that the broker may not know. */
#ifndef CLIENTS_RECORD_H
#define CLIENTS_RECORD_H

#include "err.h"
#include "bytes.h"
#include "driehoek.h"
#include "entry.h"
#include "envelope.h"

enum record_end {    /* of one share */
    RECORD_NONE = 0, /* no share entry yet */
    RECORD_OPEN,
    RECORD_PENDING,  /* waits for an approval */
    RECORD_ANSWERED, /* code: enum answer_outcome */
    RECORD_RETURNED, /* code: enum entry_code */
    RECORD_EXPIRED,
    RECORD_UNSHARED,  /* the broker's facts left nothing for it */
    RECORD_WITHDRAWN, /* by its sender, before it was answered */
};
enum { RECORD_ENDS = 8, RECORD_BYTES = 16 * 1024 };

struct record_recipient {
    char partner[LIMIT_NAME + 1];
    uint8_t card[32]; /* that it was sealed to */
    uint32_t fields;  /* wrapped */
    bool conditional; /* may turn out to be less */
    uint64_t index;   /* of its share entry */
    uint8_t leaf[32]; /* hash of that entry */
    enum record_end end;
    uint32_t code;
    uint64_t nth; /* of the shares between the two: as a receipt is read, and
                     not kept */
};
struct record {
    enum dhk_state state;
    char kind[LIMIT_NAME + 1];
    uint8_t case_handle[ENVELOPE_CASE];
    int64_t pushed, expires;
    uint8_t promise[32];   /* hash of who was shown to get which fields */
    uint8_t agreement[32]; /* that it was previewed, or sealed, by */
    enum entry_code why;   /* of a refusal */
    uint32_t tries;        /* times that it was sealed */
    uint32_t alarms;
    /* once sealed: */
    bool has_id;
    uint8_t id[ENVELOPE_ID];
    uint8_t from[32]; /* own card that it was sealed with; zero: not known, of
                         an outbox that did not keep it */
    uint64_t bundle;
    uint32_t position;
    uint64_t seq;
    uint32_t presence;
    uint64_t index; /* of the accepted or refused entry */
    /* the last two, so that what is not used need not be cleared or copied */
    size_t recipients_n;
    struct record_recipient recipient[LIMIT_PARTIES];
};

void record_clear(struct record *r);
void record_copy(struct record *out, const struct record *r);

void record_encode(struct sink *out, const struct record *r);
DHK_MUST_USE enum dhk_err record_decode(struct record *out, struct slice bytes);
/* "open", "taken", "expired", "pending", "not-shared", "withdrawn", or the code
 * with which it was refused or returned. */
const char *record_end_name(const struct record_recipient *r);
/* The card that R was sealed with; OWN where that is not known. */
const uint8_t *record_card(const struct record *r, const uint8_t own[32]);
/* Whether no share of R can change any more. */
bool record_is_settled(const struct record *r);

#endif
