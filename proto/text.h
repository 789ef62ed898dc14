/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the text formats (roster, allowed_signers, notes, revocations, armored
 * files) have in common: lines, words, numbers, dates, armor. Strict: one way
 * to write a number, no control characters, no carriage returns. */
#ifndef PROTO_TEXT_H
#define PROTO_TEXT_H

#include "bytes.h"
#include "err.h"

/* A position between the lines of a text. */
struct text {
    struct slice rest;
    unsigned line; /* number of the line read last; the first is 1 */
    bool ended;    /* whether that line ended with a newline */
};

void text_init(struct text *t, struct slice all);
/* The next line without its newline; false after the last. */
bool text_line(struct slice *line, struct text *t);
/* Cuts the next word off *REST: blanks (space, tab), then what is up to the
 * next blank. Empty when none is left. */
struct slice text_word(struct slice *rest);
bool text_is(struct slice s, const char *word);
/* Cuts PREFIX off the front of *S, or returns false. */
bool text_skip(struct slice *s, const char *prefix);
/* Well-formed UTF-8 without control characters; tabs pass if TABS. */
bool text_is_plain(struct slice s, bool tabs);
/* Nothing but spaces, tabs and newlines. */
bool text_is_blank(struct slice s);

/* "tcp://ADDRESS:PORT" without wildcards; PORT may be 0. */
bool text_is_endpoint(uint64_t *port, struct slice s);

/* Decimal digits without a leading zero. DHK_LIMIT over MAX. */
DHK_MUST_USE enum dhk_err text_uint(
    uint64_t *out, struct slice digits, uint64_t max);
/* Exactly the decimal digits of DIGITS, leading zeros allowed; at most nine
 * of them. */
DHK_MUST_USE enum dhk_err text_digits(unsigned *out, struct slice digits);
void text_put_uint(struct sink *out, uint64_t v);

/* Seconds from 1970 to midnight UTC of a day of the years 1970 to 9999. */
DHK_MUST_USE enum dhk_err text_day(
    int64_t *out, unsigned year, unsigned month, unsigned day);
/* The same from YYYY-MM-DD. */
DHK_MUST_USE enum dhk_err text_date(int64_t *out, struct slice date);

/* key_unbase64() for text that nobody vouches for. libsodium reads '+' and '/'
 * with the top bit set as if it were clear: a second text for one value. */
DHK_MUST_USE enum dhk_err text_unbase64(
    void *out, size_t cap, size_t *out_n, struct slice base64);

/* BYTES in base64 between "-----BEGIN LABEL-----" and "-----END LABEL-----",
 * at most LIMIT_SSHSIG bytes of text. Reading wants lines of one width of at
 * most 76 characters, the last perhaps shorter, and nothing before, between or
 * after; *OUT_N is at most CAP. */
void text_armor(struct sink *out, const char *label, struct slice bytes);
DHK_MUST_USE enum dhk_err text_unarmor(uint8_t *out, size_t cap, size_t *out_n,
    const char *label, struct slice armored);

#endif
