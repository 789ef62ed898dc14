/* SPDX-License-Identifier: EUPL-1.2
 *
 * Tokens of the agreement language; see lexer.h. */
#include "lexer.h"

static bool
is_lower(int c)
{
    return c >= 'a' && c <= 'z';
}

static bool
is_upper(int c)
{
    return c >= 'A' && c <= 'Z';
}

static bool
is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* Byte I of what is left, or -1. */
static int
peek(const struct lexer *lx, size_t i)
{
    return i < lx->left.n ? lx->left.p[i] : -1;
}

static struct slice
take(struct lexer *lx, size_t n)
{
    struct slice s = slice_of(lx->left.p, n);

    lx->left.p += n;
    lx->left.n -= n;
    lx->at.column += (unsigned)n;
    return s;
}

/* Bytes of the UTF-8 sequence that C begins. */
static size_t
sequence(uint8_t c)
{
    if (c < 0x80) {
        return 1;
    }
    if (c < 0xe0) {
        return 2;
    }
    return c < 0xf0 ? 3 : 4;
}

/* The character at P of at most N bytes; *LEN is 0 when it is none. */
static uint32_t
character(size_t *len, const uint8_t *p, size_t n)
{
    static const uint8_t first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t bytes;
    uint32_t c;

    if (p[0] < 0x80) { /* nearly all */
        *len = 1;
        return p[0];
    }
    *len = 0;
    bytes = sequence(p[0]);
    if (bytes > n || !bytes_is_utf8(slice_of(p, bytes))) {
        return 0;
    }
    c = p[0] & first[bytes];
    for (size_t i = 1; i < bytes; i++) {
        c = c << 6 | (p[i] & 0x3fU);
    }
    *len = bytes;
    return c;
}

/* Letters and signs that a Dutch legal title needs and that look like nothing
 * else; no combining marks, so that a text has one form (NFC). */
static bool
is_title_character(uint32_t c)
{
    static const uint16_t signs[] = {
        0x2013, 0x2014, 0x2018, 0x2019, 0x201c, 0x201d, 0x201e, 0x2026, 0x20ac};

    if (c == '\n' || (c >= 0x20 && c <= 0x7e)) {
        return true;
    }
    if (c >= 0xa1 && c <= 0x24f) {
        /* soft hyphen; clicks that look like | and ! */
        return c != 0xad && !(c >= 0x1c0 && c <= 0x1c3);
    }
    if (c >= 0x1e00 && c <= 0x1eff) {
        return true;
    }
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (c == signs[i]) {
            return true;
        }
    }
    return false;
}

static const char *
hidden_reason(uint32_t c)
{
    if (c == '\t') {
        return "tab: indent with spaces";
    }
    if (c == '\r') {
        return "carriage return: a line ends with a line feed alone";
    }
    if (c == 0xfeff) {
        return "byte-order mark";
    }
    if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
        return "control character";
    }
    if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
        c == 0x200e || c == 0x200f || c == 0x061c) {
        return "character that changes the direction of reading";
    }
    if ((c >= 0x200b && c <= 0x200d) || c == 0x2060 || c == 0xad) {
        return "character that cannot be seen";
    }
    if ((c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000) {
        return "private-use character";
    }
    if (c >= 0x300 && c <= 0x36f) {
        return "combining mark: write the letter as one character";
    }
    return "character that is neither Latin nor common punctuation";
}

bool
lexer_is_clean(struct slice text, struct findings *findings)
{
    struct place at = {1, 1};
    size_t i = 0;

    while (i < text.n) {
        size_t len;
        uint32_t c = character(&len, text.p + i, text.n - i);

        if (len == 0) {
            findings_error(findings, at, "the bytes are not UTF-8");
            return false;
        }
        if (!is_title_character(c)) {
            findings_error(findings, at, "U+%04X is not allowed: %s",
                (unsigned)c, hidden_reason(c));
            return false;
        }
        i += len;
        at.column += (unsigned)len;
        if (c == '\n') {
            at.line++;
            at.column = 1;
        }
    }
    return true;
}

void
lexer_init(struct lexer *lx, struct slice text, struct findings *findings)
{
    lx->left = text;
    lx->at = (struct place){1, 1};
    lx->findings = findings;
}

/* Bytes up to the end of the line. */
static size_t
rest_of_line(const struct lexer *lx)
{
    size_t n = 0;

    while (peek(lx, n) != -1 && peek(lx, n) != '\n') {
        n++;
    }
    return n;
}

static void
skip_blanks(struct lexer *lx)
{
    while (lx->left.n > 0) {
        if (peek(lx, 0) == '\n') {
            take(lx, 1);
            lx->at.line++;
            lx->at.column = 1;
        } else if (peek(lx, 0) == ' ') {
            take(lx, 1);
        } else if (peek(lx, 0) == '#') {
            take(lx, rest_of_line(lx));
        } else {
            break;
        }
    }
}

static uint32_t
digits(struct slice s)
{
    uint64_t v = 0;

    for (size_t i = 0; i < s.n && v <= UINT32_MAX; i++) {
        v = v * 10 + (uint64_t)(s.p[i] - '0');
    }
    return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

/* Days since 1970-01-01 of a date of the Gregorian calendar from 1970 on. */
static uint32_t
day_number(uint32_t year, uint32_t month, uint32_t day)
{
    uint32_t y = month <= 2 ? year - 1 : year;
    uint32_t m = month <= 2 ? month + 9 : month - 3;
    uint32_t era = y / 400;
    uint32_t of_era = y % 400;
    uint32_t of_year = (153 * m + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
           719468;
}

static bool
is_date(uint32_t year, uint32_t month, uint32_t day)
{
    static const uint8_t length[] = {
        31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 1970 || month < 1 || month > 12 || day < 1 ||
        day > length[month - 1]) {
        return false;
    }
    return month != 2 || day < 29 || leap;
}

/* Whether what is left begins with SHAPE, where 0 stands for any digit, and
 * no digit follows. */
static bool
has_shape(const struct lexer *lx, const char *shape)
{
    size_t i = 0;

    for (; shape[i] != '\0'; i++) {
        int c = peek(lx, i);

        if (shape[i] == '0' ? !is_digit(c) : c != shape[i]) {
            return false;
        }
    }
    return !is_digit(peek(lx, i));
}

static void
take_date(struct lexer *lx, struct token *t)
{
    const uint8_t *p = lx->left.p;
    uint32_t year = digits(slice_of(p, 4));
    uint32_t month = digits(slice_of(p + 5, 2));
    uint32_t day = digits(slice_of(p + 8, 2));

    t->kind = LEXER_DATE;
    t->text = take(lx, 10);
    if (!is_date(year, month, day)) {
        findings_error(lx->findings, t->at, "there is no such date");
        return;
    }
    t->number = day_number(year, month, day);
}

static void
take_time(struct lexer *lx, struct token *t)
{
    const uint8_t *p = lx->left.p;
    uint32_t hour = digits(slice_of(p, 2));
    uint32_t minute = digits(slice_of(p + 3, 2));

    t->kind = LEXER_TIME;
    t->text = take(lx, 5);
    t->number = hour * 60 + minute;
    if (minute > 59 || t->number > 24 * 60) {
        findings_error(
            lx->findings, t->at, "there is no such time (00:00 to 24:00)");
        t->number = 0;
    }
}

static void
take_number(struct lexer *lx, struct token *t)
{
    size_t n = 1;

    if (has_shape(lx, "0000-00-00")) {
        take_date(lx, t);
        return;
    }
    if (has_shape(lx, "00:00")) {
        take_time(lx, t);
        return;
    }
    while (is_digit(peek(lx, n))) {
        n++;
    }
    t->kind = LEXER_INT;
    t->text = take(lx, n);
    t->number = digits(t->text);
    if (n > 10 || t->number == UINT32_MAX) {
        findings_error(lx->findings, t->at, "the number is too large");
        t->number = 0;
    } else if (n > 1 && t->text.p[0] == '0') {
        findings_error(lx->findings, t->at, "a number has no leading zero");
    } else if (is_lower(peek(lx, 0)) || is_upper(peek(lx, 0))) {
        findings_error(
            lx->findings, t->at, "a name begins with a letter, not a digit");
    }
}

static void
take_hash(struct lexer *lx, struct token *t)
{
    size_t n = 0;

    take(lx, 1); /* the colon */
    while (is_digit(peek(lx, n)) || is_lower(peek(lx, n)) ||
           is_upper(peek(lx, n))) {
        n++;
    }
    t->kind = LEXER_HASH;
    t->text = take(lx, n);
    if (n != 64) {
        findings_error(lx->findings, t->at,
            "a hash is 'sha256:' and 64 lower-case hex digits");
    }
}

static void
take_name(struct lexer *lx, struct token *t)
{
    size_t n = 1;

    for (;; n++) {
        int c = peek(lx, n);
        int after = peek(lx, n + 1);

        if (c == '-' && (is_lower(after) || is_digit(after))) {
            n++;
        } else if (!is_lower(c) && !is_digit(c)) {
            break;
        }
    }
    t->kind = LEXER_NAME;
    t->text = take(lx, n);
    if (slice_equal(t->text, slice_str("sha256")) && peek(lx, 0) == ':' &&
        peek(lx, 1) != ' ') {
        take_hash(lx, t);
        return;
    }
    if (n > LIMIT_NAME) {
        findings_error(lx->findings, t->at, "the name is longer than %d bytes",
            (int)LIMIT_NAME);
    }
    if (is_upper(peek(lx, 0)) || peek(lx, 0) == '_') {
        findings_error(lx->findings, lx->at,
            "a name is made of lower-case letters, digits and hyphens");
    }
}

static void
take_rule_id(struct lexer *lx, struct token *t)
{
    size_t n = 1;

    while (is_upper(peek(lx, n)) || is_digit(peek(lx, n))) {
        n++;
    }
    if (is_lower(peek(lx, n))) {
        while (is_upper(peek(lx, n)) || is_lower(peek(lx, n)) ||
               is_digit(peek(lx, n)) || peek(lx, n) == '-') {
            n++;
        }
        t->kind = LEXER_NAME;
        t->text = take(lx, n);
        findings_error(lx->findings, t->at,
            "a name is written in lower case, a rule id in capitals");
        return;
    }
    t->kind = LEXER_RULE_ID;
    t->text = take(lx, n);
    if (n > LIMIT_RULE_ID) {
        findings_error(lx->findings, t->at,
            "the rule id is longer than %d bytes", (int)LIMIT_RULE_ID);
    }
}

static void
take_string(struct lexer *lx, struct token *t)
{
    size_t n = 1;

    while (peek(lx, n) != '"' && peek(lx, n) != '\n' && peek(lx, n) != -1) {
        n++;
    }
    t->kind = LEXER_STRING;
    t->text = slice_of(lx->left.p + 1, n - 1);
    if (peek(lx, n) != '"') {
        findings_error(
            lx->findings, t->at, "the title has no closing quote on its line");
        take(lx, n);
        return;
    }
    take(lx, n + 1);
    if (n == 1) {
        findings_error(lx->findings, t->at, "the title is empty");
    } else if (n - 1 > LIMIT_TITLE) {
        findings_error(lx->findings, t->at, "the title is longer than %d bytes",
            (int)LIMIT_TITLE);
    }
}

static bool
take_mark(struct lexer *lx, struct token *t)
{
    static const char marks[] = ";:,=-";
    static const enum lexer_kind kinds[] = {
        LEXER_SEMICOLON, LEXER_COLON, LEXER_COMMA, LEXER_EQUALS, LEXER_DASH};

    if (peek(lx, 0) == '.' && peek(lx, 1) == '.') {
        t->kind = LEXER_DOTS;
        t->text = take(lx, 2);
        return true;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (peek(lx, 0) == marks[i]) {
            t->kind = kinds[i];
            t->text = take(lx, 1);
            return true;
        }
    }
    return false;
}

static void
skip_stray(struct lexer *lx)
{
    size_t len;
    uint32_t c = character(&len, lx->left.p, lx->left.n);

    if (c > 0x7e) {
        findings_error(lx->findings, lx->at,
            "U+%04X stands outside a title or comment", (unsigned)c);
    } else {
        findings_error(
            lx->findings, lx->at, "'%c' has no meaning here", (int)c);
    }
    take(lx, len > 0 ? len : 1);
}

struct token
lexer_next(struct lexer *lx)
{
    struct token t = {.kind = LEXER_END};

    for (;;) {
        skip_blanks(lx);
        t.at = lx->at;
        t.text = slice_of(lx->left.p, 0);
        if (lx->left.n == 0 || findings_is_full(lx->findings)) {
            return t;
        }
        if (is_lower(peek(lx, 0))) {
            take_name(lx, &t);
        } else if (is_upper(peek(lx, 0))) {
            take_rule_id(lx, &t);
        } else if (is_digit(peek(lx, 0))) {
            take_number(lx, &t);
        } else if (peek(lx, 0) == '"') {
            take_string(lx, &t);
        } else if (!take_mark(lx, &t)) {
            skip_stray(lx);
            continue;
        }
        return t;
    }
}
