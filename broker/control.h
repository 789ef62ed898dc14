/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the operator's commands (`driehoekd card add` ...) send through the
 * parent's control.sock to core: one request record, one reply. Everything
 * that arrives is signed by others; the socket only carries it. */
#ifndef BROKER_CONTROL_H
#define BROKER_CONTROL_H

#include "bytes.h"
#include "err.h"
#include "quorum.h"

/* request = u8 verb | u16 files | per file: u16 name length | name |
 *           u32 length | bytes
 * The first file is the text or card, the others are signatures whose name is
 * the principal of x.NAME.sig. */
enum control_verb {
    CONTROL_NONE = 0,
    CONTROL_CARD_ADD = 1,
    CONTROL_AGREEMENT_ADD = 2,
    CONTROL_ROSTER_ADD = 3,
    CONTROL_REVOKE = 4,
    CONTROL_STATUS = 5, /* the reply's text is a report (report.h) */
    CONTROL_CLOCK = 6,  /* a jump of the clock is explained: go on */
    CONTROL_HEALTH = 7, /* does it accept signals? Code 0 or 1, a sentence */
};
struct control_file {
    struct slice name, bytes;
};
enum {
    CONTROL_FILES = 1 + LIMIT_SIGNATORIES * 2,
    CONTROL_MAX = LIMIT_TEXT + CONTROL_FILES * (LIMIT_SSHSIG + 64),
    /* bytes of a reply: 16,384 cards in a report, and less than a record */
    CONTROL_REPLY_MAX = 2 * 1024 * 1024 - 4096
};
struct control_request {
    enum control_verb verb;
    struct control_file file[CONTROL_FILES];
    size_t files_n;
};
DHK_MUST_USE enum dhk_err control_encode(
    struct sink *out, const struct control_request *r);
DHK_MUST_USE enum dhk_err control_decode(
    struct control_request *out, struct slice bytes);

#endif
