/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: an agreement's text as tokens with line and column. The
 * lexer knows shapes only; which names are words of the language is the
 * grammar's business. The text is untrusted: it is checked as a whole for
 * bytes that a reader would not see before the first token is made. */
#ifndef POLICY_LEXER_H
#define POLICY_LEXER_H

#include "findings.h"

enum lexer_kind {
    LEXER_END = 0,
    LEXER_NAME,      /* also the words of the language */
    LEXER_RULE_ID,   /* [A-Z][A-Z0-9]* */
    LEXER_INT,       /* number holds it */
    LEXER_DATE,      /* number holds the day since 1970-01-01 */
    LEXER_TIME,      /* number holds the minute of the day, 0..1440 */
    LEXER_HASH,      /* text is the 64 hex digits */
    LEXER_STRING,    /* text is what stands between the quotes */
    LEXER_SEMICOLON, /* ; */
    LEXER_COLON,     /* : */
    LEXER_COMMA,     /* , */
    LEXER_EQUALS,    /* = */
    LEXER_DASH,      /* - */
    LEXER_DOTS,      /* .. */
};

struct token {
    enum lexer_kind kind;
    struct slice text; /* borrowed from the text */
    struct place at;
    uint32_t number;
};

struct lexer {
    struct slice left;
    struct place at;
    struct findings *findings;
};

/* Whether TEXT holds nothing that hides or misleads: well-formed UTF-8; of the
 * controls only the line feed; beyond ASCII only precomposed Latin letters and
 * common punctuation. The first offence is added to FINDINGS. */
bool lexer_is_clean(struct slice text, struct findings *findings);

/* TEXT must be clean. */
void lexer_init(struct lexer *lx, struct slice text, struct findings *findings);
/* The next token. What is no token is added to FINDINGS and skipped, or taken
 * for the token that it was meant to be. */
struct token lexer_next(struct lexer *lx);

#endif
